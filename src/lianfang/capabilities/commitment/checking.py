"""Whether a printed letter is what was signed: valid or not, and nothing about anybody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from lianfang.capabilities.commitment.models import Commitment
from lianfang.capabilities.commitment.signing import is_intact
from lianfang.core.vault import UnreadableSeal

_WIDE = str.maketrans({"O": "0", "I": "1", "L": "1"})


@dataclass(frozen=True, slots=True)
class Checked:
    """What the code says. `digest` is to be compared with the one at the foot of the paper."""

    is_valid: bool
    signed_at: datetime | None = None
    digest: str = ""


def check(code: str) -> Checked:
    """Look a code up as it was typed; one nobody printed is not valid, and neither is one whose content changed."""
    bare = "".join(sign for sign in code[:40].upper().translate(_WIDE) if sign.isalnum())
    spelled = "-".join(bare[at : at + 4] for at in range(0, 12, 4))
    found = Commitment.objects.filter(check_code=spelled).first() if len(bare) == 12 else None
    if found is None:
        return Checked(False)
    try:
        intact = is_intact(found)
    except UnreadableSeal:
        intact = False
    return Checked(intact, found.signed_at, found.digest) if intact else Checked(False)
