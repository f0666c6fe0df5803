"""名单排查: a list becomes work at the right door, and its results go back to the sender."""
