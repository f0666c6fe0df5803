"""People the ledger holds twice: found, looked at side by side, merged or kept apart, and taken back. See `finder`."""
