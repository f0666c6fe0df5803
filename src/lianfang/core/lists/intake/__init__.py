"""Messy files and pasted text in, facts about people out: see `api`. The child that parses files imports little."""
