"""The page of the reference about the editions of the control rules, written from their files."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from lianfang.jobs.reference import page, table
from lianfang.playbooks.schema import CategoryPlan, Edition, StagePlan
from lianfang.playbooks.shelf import editions


def editions_page() -> str:
    """Every edition on the shelf, with what it lays on whom."""
    parts = [table(("Edition", "Title", "From", "To", "Kind", "Digest"), _shelf())]
    for one in editions().values():
        parts += [f"## {one.code}", f"{one.title}\n\n{one.source}", table(_HEAD, _categories(one))]
        if one.zones:
            parts.append(table(("Area", "Conduct", "Days without a new case", "Becomes", "Sure"), _zones(one)))
    return page(
        "Editions",
        "Dated editions of the control rules as they are on the shelf.\n"
        "Each is a file in `src/lianfang/playbooks/editions`; “sure” is how well its source backs the values: "
        "what is low is a local setting.",
        *parts,
    )


_HEAD = ("Category", "Counted from", "Stages (days)", "Tests on days", "Sure", "Source")


def _shelf() -> Iterator[tuple[str, ...]]:
    for one in editions().values():
        ends = f"{one.ends_at:%Y-%m-%d}" if one.ends_at else ""
        yield f"`{one.code}`", one.title, f"{one.starts_at:%Y-%m-%d}", ends, one.kind, f"`{one.digest[:16]}`"


def _categories(one: Edition) -> Iterator[tuple[str, ...]]:
    for plan in one.categories.values():
        yield f"`{plan.code}`", plan.clock, _stages(plan), _tests(plan.stages), plan.confidence, plan.source


def _stages(plan: CategoryPlan) -> str:
    if plan.none_because:
        return f"none: {plan.none_because}"
    return " + ".join(f"{stage.regime} {stage.days}" for stage in plan.stages) or "as the person they live with"


def _tests(stages: tuple[StagePlan, ...]) -> str:
    return " + ".join(", ".join(map(str, stage.test_days)) or "none" for stage in stages)


def _zones(one: Edition) -> Iterator[tuple[str, ...]]:
    for zone in one.zones.values():
        days = str(zone.clear_days)
        if zone.after_higher_days:
            days += f" ({zone.after_higher_days} after a higher level)"
        yield f"`{zone.level}`", zone.conduct, days, zone.becomes, zone.confidence


PAGES: dict[str, Callable[[], str]] = {"editions.md": editions_page}
