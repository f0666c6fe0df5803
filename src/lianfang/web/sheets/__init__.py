"""Sheets to print and hang up: posters, passes. What is said comes in as data, never as markup."""
