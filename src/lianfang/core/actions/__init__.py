"""The door: see `lianfang.core.actions.door`."""
