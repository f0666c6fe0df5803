"""底册走访: what is seen at the door and what neighbours tell. Starts the same loop as a list does."""
