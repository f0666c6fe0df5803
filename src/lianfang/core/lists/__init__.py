"""Lists that come down: what we were told, row by row, and what was decided about each row."""
