"""底册走访: door-knock records, neighbours' tips, who lives here now."""
