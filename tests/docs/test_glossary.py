"""The law of words: what the code names has a term, and the screen says that term."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator

import pytest
from django.apps import apps

from lianfang.capabilities.cleanup.models import PairState
from lianfang.capabilities.commitment.models import SignedHow
from lianfang.capabilities.errands.models import ErrandKind, ErrandSource, ErrandState
from lianfang.capabilities.isolation.models import OpeningReason
from lianfang.capabilities.resident_access.models import CodeChannel
from lianfang.capabilities.resident_access.proxies import ProxyRelation, ProxySide
from lianfang.capabilities.resident_access.requests import RequestKind, RequestVerdict
from lianfang.capabilities.self_report.models import Channel, CompanyState, PosterKind, ReportState
from lianfang.capabilities.zone.models import ZoneKind
from lianfang.core.access.models import Answerer
from lianfang.core.access.roles import ALL_PERMISSIONS, Role
from lianfang.core.audit.models import AuditEntry
from lianfang.core.lists.models import ListState, Placement, Purpose, RowDecision
from lianfang.core.measures.duties import AnswerSource, DutyKind, DutyState
from lianfang.core.measures.models import FactKind, Regime, ZoneLevel
from lianfang.core.measures.standing import AppealVerdict, HeldBatch
from lianfang.core.metrics.models import Activation, ReportKind, ResponseLevel
from lianfang.core.metrics.registry import METRICS
from lianfang.core.people.models import Sex
from lianfang.core.territory.models import Level
from lianfang.core.work.models import Matter, WorkOrigin, WorkState
from lianfang.core.work.outcomes import CallResult, CareOutcome, Outcome
from lianfang.core.work.rules import LIFECYCLE
from lianfang.jobs import reference, reference_words

CHOICES = {
    "role": Role,
    "answerer": Answerer,
    "level": Level,
    "matter": Matter,
    "work_state": WorkState,
    "outcome": Outcome,
    "care_outcome": CareOutcome,
    "call_result": CallResult,
    "list_state": ListState,
    "row_decision": RowDecision,
    "placement": Placement,
    "purpose": Purpose,
    "origin_kind": WorkOrigin.Kind,
    "fact_kind": FactKind,
    "zone_level": ZoneLevel,
    "duty_kind": DutyKind,
    "duty_state": DutyState,
    "answer_source": AnswerSource,
    "appeal_verdict": AppealVerdict,
    "held_why": HeldBatch.Why,
    "regime": Regime,
    "report_kind": ReportKind,
    "mode": Activation.Mode,
    "response_level": ResponseLevel,
    "zone_kind": ZoneKind,
    "audit_kind": AuditEntry.Kind,
    "sex": Sex,
    "pair_state": PairState,
    "poster_kind": PosterKind,
    "report_channel": Channel,
    "report_state": ReportState,
    "company_state": CompanyState,
    "errand_kind": ErrandKind,
    "errand_state": ErrandState,
    "errand_source": ErrandSource,
    "code_channel": CodeChannel,
    "proxy_relation": ProxyRelation,
    "proxy_side": ProxySide,
    "signed_how": SignedHow,
    "request_kind": RequestKind,
    "request_verdict": RequestVerdict,
    "opening_reason": OpeningReason,
}
UNSEEN = {"audit_kind"}
"""Kinds whose labels Django makes itself; they are never shown."""

Terms = dict[str, dict[str, dict[str, str]]]


@pytest.fixture(scope="module")
def terms() -> Terms:
    reference.load()
    return tomllib.loads(reference_words.GLOSSARY.read_text(encoding="utf-8"))


def labels() -> Iterator[tuple[str, str, object]]:
    """Kind, code and label of every declared word that people see."""
    for kind, choices in CHOICES.items():
        if kind not in UNSEEN:
            yield from ((kind, str(one.value), one.label) for one in choices)
    yield from (("permission", code, text) for code, text in ALL_PERMISSIONS.items())
    yield from (("metric", code, one.label) for code, one in METRICS.items())


class TestTheGlossary:
    @pytest.mark.parametrize("kind", CHOICES)
    def test_knows_every_choice(self, terms: Terms, kind: str) -> None:
        assert list(terms[kind]) == [str(value) for value in CHOICES[kind].values]

    def test_knows_every_table(self, terms: Terms) -> None:
        ours = {m._meta.object_name for m in apps.get_models() if m.__module__.startswith("lianfang.")}
        assert terms["model"].keys() == ours

    def test_knows_every_permission(self, terms: Terms) -> None:
        assert terms["permission"].keys() == ALL_PERMISSIONS.keys()

    def test_knows_every_metric(self, terms: Terms) -> None:
        assert terms["metric"].keys() == METRICS.keys()

    def test_knows_every_verb_of_work(self, terms: Terms) -> None:
        assert {step.verb for step in LIFECYCLE.transitions} <= terms["idea"].keys()

    def test_gives_each_term_in_both_languages(self, terms: Terms) -> None:
        bare = [
            (kind, code) for kind, part in terms.items() for code, one in part.items() if not one["zh"] or not one["en"]
        ]
        assert bare == []

    def test_says_in_english_what_the_code_says(self, terms: Terms) -> None:
        other = [(k, c, reference.english(t)) for k, c, t in labels() if terms[k][c]["en"] != reference.english(t)]
        assert other == []

    def test_says_in_chinese_what_the_screen_says(self, terms: Terms) -> None:
        shown = [(kind, code, reference.both(text)[1]) for kind, code, text in labels()]
        assert [(k, c, zh, terms[k][c]["zh"]) for k, c, zh in shown if zh and zh != terms[k][c]["zh"]] == []

    def test_gives_one_english_word_one_chinese_one(self, terms: Terms) -> None:
        seen: dict[str, set[str]] = {}
        for kind, code, text in labels():
            seen.setdefault(reference.english(text), set()).add(terms[kind][code]["zh"])
        assert {english: words for english, words in seen.items() if len(words) > 1} == {}
