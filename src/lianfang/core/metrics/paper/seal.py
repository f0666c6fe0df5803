"""The check code that ties a printed page to its frozen content, and the bytes it is taken from.

`canonical` is also how a frozen paper is kept: `restore` gives back the same paper, so a reprint is the same print.
"""

from __future__ import annotations

import hashlib
import json
import types
import typing
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, date, datetime

from lianfang.core.metrics.paper import shapes
from lianfang.core.metrics.paper.shapes import Bulletin, DayLog, DayTable, Paper, UnprintablePaper

_P = typing.TypeVar("_P", Bulletin, DayTable, DayLog)
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_FORM = 1
_KINDS: dict[str, type[Paper]] = {"bulletin": Bulletin, "day_table": DayTable, "day_log": DayLog}


def check_code(payload: bytes) -> str:
    """The first 40 bits of SHA-256 as eight Crockford characters, ``7K3Q-91DM``: no I, L, O or U to misread."""
    number = int.from_bytes(hashlib.sha256(payload).digest()[:5], "big")
    signs = "".join(_CROCKFORD[(number >> shift) & 31] for shift in range(35, -1, -5))
    return f"{signs[:4]}-{signs[4:]}"


def canonical(paper: Paper) -> bytes:
    """The paper as stable UTF-8 JSON: sorted keys, instants in UTC, without its own check code.

    A field at its default is left out, so a field added to a shape later leaves the codes of older papers as they were.
    """
    kind = next(name for name, shape in _KINDS.items() if isinstance(paper, shape))
    body = {"form": _FORM, "kind": kind, "paper": _plain(paper)}
    return json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def restore(payload: bytes) -> Paper:
    """The paper `canonical` was given, sealed anew. Raises UnprintablePaper for bytes it did not write."""
    try:
        body = json.loads(payload)
        shape = _KINDS[body["kind"]] if body["form"] == _FORM else None
        if shape is None:
            raise UnprintablePaper("paper.unknown_form", str(body["form"]))
        paper = _shaped(body["paper"], shape)
    except (KeyError, TypeError, AttributeError, json.JSONDecodeError, UnicodeDecodeError) as fault:
        raise UnprintablePaper("paper.unreadable", str(fault)) from fault
    return sealed(typing.cast("Bulletin", paper))


def sealed(paper: _P) -> _P:
    """The same paper carrying its own check code."""
    return replace(paper, masthead=replace(paper.masthead, check_code=check_code(canonical(paper))))


def intact(paper: Paper) -> bool:
    """Whether the printed check code belongs to the content."""
    return paper.masthead.check_code == check_code(canonical(paper))


def _plain(value: object) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        kept = ((field, getattr(value, field.name)) for field in fields(value) if field.name != "check_code")
        return {field.name: _plain(inner) for field, inner in kept if inner != field.default}
    if isinstance(value, tuple):
        return [_plain(inner) for inner in value]
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return value


def _shaped(value: object, hint: object) -> object:
    """JSON back into the shape its type hint names."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is tuple and isinstance(value, list):
        return tuple(_shaped(inner, arguments[0]) for inner in value)
    if origin in (types.UnionType, typing.Union):
        inner_hints = [inner for inner in arguments if is_dataclass(inner)]
        return _shaped(value, inner_hints[0]) if isinstance(value, Mapping) and inner_hints else value
    if hint is datetime and isinstance(value, str):
        return datetime.fromisoformat(value)
    if hint is date and isinstance(value, str):
        return date.fromisoformat(value)
    if isinstance(hint, type) and is_dataclass(hint):
        if not isinstance(value, Mapping):
            raise TypeError(f"{hint.__name__} expected")
        hints = typing.get_type_hints(hint, vars(shapes))
        return hint(**{name: _shaped(inner, hints[name]) for name, inner in value.items()})
    return value
