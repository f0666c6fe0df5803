"""The numbers of a day of checking lists: each with its label, unit and definition (口径) beside its rows."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lianfang.core.metrics import sources
from lianfang.core.metrics.declaring import PERSONS, declare_lines, having
from lianfang.core.work.models import WorkState
from lianfang.core.work.outcomes import Outcome

declare_lines(
    sources.LISTS,
    (
        (
            "lists.received",
            _("Lists received"),
            _("lists"),
            _(
                "Files and pasted lists received since midnight, refused and zero reports included. A list belongs to "
                "the area that received it."
            ),
            sources.everything,
            "",
        ),
    ),
    day_based=True,
)

declare_lines(
    sources.LIST_ROWS,
    (
        (
            "rows.received",
            _("Persons on lists"),
            _("rows"),
            _(
                "Persons on the rows of lists received since midnight; lists refused or taken back do not count. A row "
                "lies where its check lies, or with the area that received the list while it has none."
            ),
            sources.everything,
            "",
        ),
    ),
    day_based=True,
)

declare_lines(
    sources.PARKED_ROWS,
    (
        (
            "rows.review",
            _("Rows for review"),
            _("rows"),
            _("Rows of any list that a person must still decide: the same person or not."),
            sources.everything,
            "bad",
        ),
    ),
    day_based=False,
)
declare_lines(
    sources.DISPATCHED_LISTS,
    (
        (
            "lists.near_deadline",
            _("Lists near their deadline"),
            _("lists"),
            _("Dispatched lists whose deadline comes within two hours while someone on them has no result yet."),
            sources.near_deadline,
            "bad",
        ),
    ),
    day_based=False,
)

declare_lines(
    sources.ORIGINS,
    (
        (
            "rows.asked",
            _("Checks asked for"),
            _("requests"),
            _("Reasons for a check that came up since midnight: decided rows of lists, tips, door-knocks."),
            sources.everything,
            "",
        ),
        (
            "rows.merged",
            _("Calls saved"),
            _("calls"),
            _(
                "Reasons for a check that came up since midnight and joined work which another reason had already "
                "opened or answered. Each is a call that nobody had to make twice."
            ),
            sources.joined,
            "",
        ),
    ),
    day_based=True,
)

_HOMES = _("households")

declare_lines(
    sources.WORK,
    (
        (
            "work.opened",
            _("Checks opened"),
            _HOMES,
            _("Checks of households opened since midnight; requests for the same household count once."),
            sources.opened,
            "",
        ),
        (
            "work.dispatched",
            _("Dispatched"),
            _HOMES,
            _("Checks opened since midnight that lie with someone who answers for the door."),
            sources.placed,
            "",
        ),
        (
            "work.reached",
            _("Reached"),
            _HOMES,
            _(
                "Checks opened since midnight in which someone of the household was spoken to: a call reached them, or "
                "a result was found out that is neither “could not be reached” nor a dead number."
            ),
            sources.reached,
            "",
        ),
        (
            "work.finished",
            _("Result found"),
            _HOMES,
            _("Checks opened since midnight whose result was handed in; forwarded ones count."),
            lambda at: sources.opened(at) & sources.handed_in(at),
            "",
        ),
        (
            "work.confirmed",
            _("Verified the same day"),
            _HOMES,
            _("Checks opened since midnight and already verified by someone other than the doer."),
            lambda at: sources.opened(at) & sources.verified(at),
            "",
        ),
        (
            "work.due",
            _("To be checked"),
            _HOMES,
            _("Checks to deal with on the day: opened since midnight, or opened earlier and still open at midnight."),
            sources.due,
            "",
        ),
        (
            "work.done",
            _("Checked"),
            _HOMES,
            _("Of the checks to deal with on the day, those whose result was handed in; forwarded ones count."),
            lambda at: sources.due(at) & sources.handed_in(at),
            "",
        ),
        (
            "work.verified",
            _("Verified"),
            _HOMES,
            _("Checks verified since midnight by someone other than the doer."),
            sources.verified,
            "",
        ),
        (
            "work.forwarded",
            _("Forwarded elsewhere"),
            _HOMES,
            _("Checks passed on to another area since midnight, with a reason."),
            lambda at: Q(state=WorkState.FORWARDED, closed_at__lte=at.instant, closed_at__gte=at.starts_at),
            "",
        ),
    ),
    day_based=True,
)

declare_lines(
    sources.WORK,
    (
        (
            "work.late",
            _("Late"),
            _HOMES,
            _("Checks past their deadline and not closed. Lateness is stamped once and never taken back."),
            lambda at: sources.still_open(at) & Q(late_since__lte=at.instant),
            "bad",
        ),
        (
            "work.unplaced",
            _("Unplaced"),
            _HOMES,
            _("Open checks without an address in the area: someone must find the door or forward them."),
            lambda at: Q(state=WorkState.UNPLACED),
            "bad",
        ),
        (
            "work.waiting",
            _("Waiting for verification"),
            _HOMES,
            _("Checks whose result was handed in and that nobody else has verified yet."),
            lambda at: sources.still_open(at) & Q(submitted_at__lte=at.instant),
            "",
        ),
        (
            "work.unanswered",
            _("Called, not reached"),
            _HOMES,
            _("Open checks that were called at least once without reaching anyone and have no result yet."),
            lambda at: (
                sources.still_open(at)
                & Q(first_call_at__lte=at.instant, reached_at=None, submitted_at=None, tries__gt=0)
            ),
            "",
        ),
    ),
    day_based=False,
)

declare_lines(
    sources.PEOPLE,
    (
        (
            "people.registered",
            _("Registered people"),
            PERSONS,
            _("People registered at a dwelling; a record merged into another does not count."),
            lambda at: Q(dwelling__isnull=False),
            "",
        ),
        (
            "people.unplaced",
            _("People without a door"),
            PERSONS,
            _("People we know of whose dwelling is not known; a record merged into another does not count."),
            lambda at: Q(dwelling=None),
            "",
        ),
    ),
    day_based=False,
)
declare_lines(
    sources.PEOPLE,
    (
        (
            "arrivals",
            _("Arrivals"),
            PERSONS,
            _(
                "People on lists of arrivals and inbound travellers received since midnight, known or new, each once. "
                "Rows still to be reviewed do not count. The origin is what the newest of their rows says."
            ),
            sources.arrived,
            "",
        ),
    ),
    day_based=True,
)
declare_lines(
    sources.HOUSEHOLDS,
    (
        (
            "households",
            _("Households"),
            _HOMES,
            _("Households of which someone is registered at the household's own door."),
            sources.has_people,
            "",
        ),
    ),
    day_based=False,
)
declare_lines(
    sources.DWELLINGS,
    (
        (
            "dwellings",
            _("Dwellings"),
            _("dwellings"),
            _("Places with a door where a household can live: flats, houses, rooms in dormitories."),
            sources.everything,
            "",
        ),
        (
            "dwellings.occupied",
            _("Occupied dwellings"),
            _("dwellings"),
            _("Dwellings at which someone is registered."),
            sources.lived_in,
            "",
        ),
        (
            "dwellings.vacant",
            _("Vacant dwellings"),
            _("dwellings"),
            _("Dwellings marked vacant by whoever was last at the door."),
            lambda at: Q(status=sources.VACANT),
            "",
        ),
    ),
    day_based=False,
)

declare_lines(
    sources.FINDINGS,
    tuple(
        (
            f"outcome.{outcome.value}",
            outcome.label,
            PERSONS,
            _("Persons for whom this result was written down since midnight, handed in or not."),
            having(outcome=outcome.value),
            "",
        )
        for outcome in Outcome
    ),
    day_based=True,
)
