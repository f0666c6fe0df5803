"""The numbers of people under measures: real ones, and those of a drill apart."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lianfang.core.measures.models import Regime
from lianfang.core.metrics import sources
from lianfang.core.metrics.declaring import PERSONS, declare_lines, having

declare_lines(
    sources.MEASURES,
    (
        (
            "measures.in_force",
            _("Under measures"),
            PERSONS,
            _("Measures approved, begun, not ended and not released at the instant, of all five kinds."),
            sources.everything,
            "",
        ),
        (
            "measures.ending",
            _("Measures ending today"),
            PERSONS,
            _("Measures in force that end before midnight: check each, then release or prolong."),
            lambda at: Q(ends_at__lte=at.ends_at),
            "",
        ),
        *(
            (
                f"measures.{regime.value}",
                regime.label,
                PERSONS,
                _("Measures of this one kind approved, begun, not ended and not released at the instant."),
                having(regime=regime.value),
                "",
            )
            for regime in Regime
        ),
    ),
    day_based=False,
)

declare_lines(
    sources.DRILL_MEASURES,
    (
        (
            "drill.measures",
            _("Under measures in a drill"),
            PERSONS,
            _(
                "Measures made in a drill that are in force at the instant. They count in other numbers only under its "
                "banner."
            ),
            sources.everything,
            "",
        ),
    ),
    day_based=False,
)
