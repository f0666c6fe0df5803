"""How many: declared metrics, snapshots and frozen reports."""
