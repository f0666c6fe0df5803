"""In whose name residents' pages act. Looked up once per process: a submission asks for nobody's account."""

from __future__ import annotations

from functools import cache

from lianfang.core.access.automatons import Automaton, automaton
from lianfang.core.access.models import User


@cache
def resident_door() -> User:
    """The account of residents' own pages."""
    return automaton(Automaton.RESIDENT)
