"""The matching engine: who on a list is whom in a ledger. Runs on plain files: no Django, no database server."""
