"""Measurements: what a page, an import and a roll-up cost, beside published figures of peers and physical limits."""
