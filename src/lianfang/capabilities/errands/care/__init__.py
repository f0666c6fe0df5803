"""Care calls: people with special needs are called before they have to ask. See `rules` for how often."""
