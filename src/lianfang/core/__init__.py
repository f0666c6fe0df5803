"""The ledgers. The staircase is written in CONTRIBUTING.md and enforced by import-linter."""
