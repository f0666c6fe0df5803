"""Secrets at rest: sealing of personal fields and keyed blind indexes. Knows no model."""

from lianfang.core.vault.keys import KeyRing, MissingKey, UnreadableKey, load_key_ring, missing
from lianfang.core.vault.sealing import UnreadableSeal, blind_key, configure, seal, seal_text, sign, unseal, unseal_text

__all__ = [
    "KeyRing",
    "MissingKey",
    "UnreadableKey",
    "UnreadableSeal",
    "blind_key",
    "configure",
    "load_key_ring",
    "missing",
    "seal",
    "seal_text",
    "sign",
    "unseal",
    "unseal_text",
]
