"""居民自报: posters, what residents report of their household without an account, and what becomes of it.

A report is one sealed row until the background takes it up: then it is rows of a list and work at the door, like any
list. Companies hand in their staff the same way, vehicles are looked at by their plates.
"""
