"""Who a row of a list may be: what is asked of the ledger, what is compared, and what comes out of it.

Decided is in `lianfang.matching`; here is what the live ledger and its lists share with it.
"""

from __future__ import annotations

from lianfang.kernel.matching_keys import BlockingKey, blocking_keys, ledger_keys
from lianfang.kernel.matching_types import Candidate, Decision, LedgerPerson

__all__ = ["BlockingKey", "Candidate", "Decision", "LedgerPerson", "blocking_keys", "ledger_keys"]
