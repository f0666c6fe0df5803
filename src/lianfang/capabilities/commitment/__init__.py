"""Commitment letters: a text for each regime and edition, signed on the phone or on paper. See `letters`, `signing`."""
