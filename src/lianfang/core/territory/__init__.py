"""See `models`."""
