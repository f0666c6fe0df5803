"""Residents' own pages, without a log-in: light, large, and usable without scripts. See `frame`."""
