"""Lianfang: grassroots epidemic prevention and control, from the list to the evening's table."""
