"""Pure rules: no Django, no clock, nothing of ours is imported from here."""
