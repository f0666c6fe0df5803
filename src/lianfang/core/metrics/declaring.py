"""How metrics of one source are declared together."""

from __future__ import annotations

from collections.abc import Callable

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lianfang.core.metrics.registry import At, Metric, Source, declare

Text = str | Promise
Where = Callable[[At], Q]
Line = tuple[str, Text, Text, Text, Where, str]
"""Code, label, unit, definition, condition, tone."""


PERSONS = _("persons")


def having(**columns: str) -> Where:
    """The condition that a column has a value."""
    return lambda at: Q(**columns)


def declare_lines(source: Source, lines: tuple[Line, ...], *, day_based: bool) -> None:
    """Enter several metrics of one source into the registry."""
    for code, label, unit, definition, where, tone in lines:
        declare(
            Metric(
                code=code,
                label=label,
                unit=unit,
                definition=definition,
                source=source,
                where=where,
                day_based=day_based,
                tone=tone,
            )
        )
