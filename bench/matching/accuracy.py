"""How good the engine is, seed by seed: `python -m bench.matching.accuracy --seeds 1 2 3`.

Writes the section of `docs/reference/matching.md` for development seeds, or the one for held-out seeds if those are
asked for. Who would be called missing is counted as the product counts it: nobody whom any row may be.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Mapping
from pathlib import Path

from bench.matching import DEVELOPMENT, page
from bench.matching.calibration import SEEDS, judged_lists
from bench.matching.judging import Judged
from bench.matching.peers import Size, town
from bench.matching.score import score
from bench.matching.summary import Line, markdown, verdict
from bench.towns import FOLDER
from lianfang.matching.model import shipped

Figures = dict[str, float]
GOALS: Mapping[str, Figures] = {
    "normal": {"precision": 0.9995, "with review": 0.99, "review": 0.01, "called missing": 0.005},
    "hard": {"precision": 0.9995, "with review": 0.92, "review": 0.08, "called missing": 0.005},
}
"""Goals by list; of `_AT_MOST` at most so much, of the others at least."""
_AT_MOST = ("review", "called missing")
HEAD: Line = (
    "list", "seed", "rows", "wrong", "precision of same", "recall", "with review", "with review, told", "review",
    "called missing", "called missing, told",
)  # fmt: skip


def figures(one: Judged) -> Figures:
    """The figures of one list."""
    found = score(one.truth, one.answers)
    return {
        "rows": found.rows,
        "wrong": found.wrong_same,
        "precision": found.precision,
        "recall": found.recall,
        "with review": found.recall_with_review,
        "with review, told": found.recall_with_review_told,
        "review": found.review,
        "called missing": one.false_missing(),
        "called missing, told": one.false_missing(told=True),
    }


def worst(several: Iterable[Figures], name: str) -> float:
    """The worst of the seeds."""
    values = [one[name] for one in several]
    return max(values) if name in _AT_MOST else min(values)


def lines(found: Mapping[str, Mapping[int, Figures]]) -> list[Line]:
    """A line for each seed of each list."""
    return [(kind, str(seed), *_cells(one)) for kind, seeds in found.items() for seed, one in seeds.items()]


def _cells(one: Figures) -> Line:
    return (
        f"{one['rows']:,.0f}",
        f"{one['wrong']:.0f}",
        f"{one['precision']:.5f}",
        f"{one['recall']:.4f}",
        f"{one['with review']:.4f}",
        f"{one['with review, told']:.4f}",
        f"{one['review']:.2%}",
        f"{one['called missing']:.2%}",
        f"{one['called missing, told']:.2%}",
    )


GOALS_HEAD: Line = ("list", "figure", "goal", "worst seed", "")


def goals(found: Mapping[str, Mapping[int, Figures]]) -> list[Line]:
    """Every goal beside the worst seed."""
    made: list[Line] = []
    for kind, wanted in GOALS.items():
        for name, limit in wanted.items():
            value = worst(found[kind].values(), name)
            most = name in _AT_MOST
            reached = value <= limit if most else value >= limit
            made.append((kind, name, f"{'≤' if most else '≥'} {limit:g}", f"{value:.5f}", verdict(reached)))
    return made


def measured(root: Path, sizes: Iterable[Size]) -> dict[str, dict[int, Figures]]:
    """The figures by kind of list and seed."""
    found: dict[str, dict[int, Figures]] = {kind: {} for kind in GOALS}
    for size in sizes:
        for kind, one in judged_lists(town(root, size, prepared=False)):
            found[kind][size.seed] = figures(one)
    return found


def section_of(seeds: Iterable[int]) -> str:
    """Which section of the page tells of these seeds. Raises `ValueError` for seeds of both kinds."""
    kinds = {seed in DEVELOPMENT for seed in seeds}
    if len(kinds) != 1:
        raise ValueError("development seeds and held-out seeds are told apart: ask for one kind")
    return "accuracy on development seeds" if kinds.pop() else "accuracy on held-out seeds"


def main() -> None:
    """Measure, print, write the section."""
    parser = argparse.ArgumentParser(prog="python -m bench.matching.accuracy", description=__doc__)
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--seeds", type=int, nargs="+", default=SEEDS, help="1 to 9 development, 101 to 109 held out")
    parser.add_argument("--folder", type=Path, default=FOLDER / "matching")
    given = parser.parse_args()
    section = section_of(given.seeds)
    sizes = [Size(given.people, given.rows, seed) for seed in given.seeds]
    found = measured(given.folder, sizes)
    about = f"Model {shipped().name}, {sizes[0].name}."
    body = "\n\n".join([about, markdown(HEAD, lines(found)), markdown(GOALS_HEAD, goals(found))])
    page.write(section, body)
    print(body)


if __name__ == "__main__":
    main()
