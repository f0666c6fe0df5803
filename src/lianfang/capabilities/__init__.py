"""What a subdistrict does, each on the ledgers of the core; independent of each other."""
