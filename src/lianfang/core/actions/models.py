"""The door has no table of its own: receipts and entries belong to audit."""
