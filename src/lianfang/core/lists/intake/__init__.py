"""Messy files and pasted text in, facts about people out; no database, no Django."""
