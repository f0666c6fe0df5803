"""Errands for people at home: taken down, batched by building and time, handed over at the door; and care calls.

Money is never handled: there is no column for it, shop and resident settle it between them.
"""
