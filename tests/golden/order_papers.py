"""Orders and notices of the toy town, one per regime: invented people, plain values."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

from lianfang.capabilities.orders.shapes import (
    Basis,
    Call,
    Check,
    Following,
    Head,
    Holder,
    Notice,
    Order,
    Signature,
)
from lianfang.core.measures.rules import SHANGHAI, Condition, Terms

LAW = "《中华人民共和国传染病防治法》第三十九条第一款"
NINTH = "新型冠状病毒肺炎防控方案（第九版）"
APPEAL = "云岭县卫生健康局法规科（电话0590-88000012）"
FIRST = date(2022, 12, 19)
SPANS = {"central": 7, "home": 7, "home_monitoring": 3, "daily_monitoring": 3, "self_monitoring": 3}
CO_RESIDENTS = {"home": "isolated", "home_monitoring": "tested"}
BASES = {
    "central": Basis(
        kind="contact_ruling", day=date(2022, 12, 18), issuer="云岭县疾控中心", document_no="云疾控密接〔2022〕15号"
    ),
    "home": Basis(
        kind="co_residence", day=date(2022, 12, 18), issuer="云岭县疾控中心", document_no="云疾控密接〔2022〕15号"
    ),
    "home_monitoring": Basis(kind="discharged", day=date(2022, 12, 18), issuer="云岭县人民医院"),
    "daily_monitoring": Basis(
        kind="risk_zone_stay",
        day=date(2022, 12, 18),
        issuer="临江市疫情防控指挥部",
        document_no="临疫指〔2022〕88号",
        zone="临江市江北区柳营路12号",
        zone_level="high",
    ),
    "self_monitoring": Basis(kind="arrival", day=date(2022, 12, 18), issuer="望湖社区"),
}
CLOCKS = {
    "central": "last_exposure",
    "home": "household_joined",
    "home_monitoring": "discharged",
    "daily_monitoring": "left_area",
    "self_monitoring": "arrived",
}


def at(day: date, hour: int, minute: int = 0) -> datetime:
    """An instant of a day in Asia/Shanghai."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=SHANGHAI)


def head(regime: str, *, kind: str = "order", drill: bool = False, name: str = "何玉芝") -> Head:
    """The head of a paper of 云澜街道, signed in the evening of the day before."""
    sign = "隔" if kind == "order" else "解"
    return Head(
        number=f"云澜街道{sign}{'演' if drill else ''}〔2022〕{17 + list(SPANS).index(regime):04d}号",
        regime=regime,
        holder=Holder(name=name, number_tail="0016", door="云岭县云澜街道望湖社区望湖花苑5幢2单元301室"),
        signature=Signature(
            office="云澜街道疫情防控指挥部办公室",
            signed_by="沈一鸣",
            signed_post="公共卫生专员",
            signed_at=at(date(2022, 12, 18), 20, 30),
            proposed_post="数据专班" if kind == "order" else "",
        ),
        check=Check(
            code="0G5M-7K3Q-91DM-X2P4-7RTB",
            address="https://lianfang.example/o/0G5M7K3Q91DMX2P47RTB/",
            shown_address="lianfang.example/o/",
        ),
        calls=(
            Call(post="网格员", name="钱小满", phone="19900000101"),
            Call(post="社区医生", name="顾医生", phone="19900000102"),
            Call(post="社区书记", name="陆书记", phone="19900000103"),
        ),
        drill=drill,
    )


def terms(regime: str) -> Terms:
    """What the ninth edition might ask under the regime."""
    days = SPANS[regime]
    tests = {"central": (1, 2, 3, 5, 7), "home": (1, 4, 7), "home_monitoring": (3,), "daily_monitoring": (1, 3)}
    conditions = {
        "central": (
            Condition(code="span_elapsed"),
            Condition(code="tests_negative"),
            Condition(code="environment_negative"),
        ),
        "home": (Condition(code="span_elapsed"), Condition(code="tests_negative"), Condition(code="co_residents")),
        "home_monitoring": (Condition(code="span_elapsed"), Condition(code="tests_negative")),
        "daily_monitoring": (Condition(code="span_elapsed"), Condition(code="tests_spaced", min_gap_h=24)),
    }
    return Terms(
        days=days,
        clock=CLOCKS[regime],
        clock_date=date(2022, 12, 18),
        tests=tuple((FIRST + timedelta(days=number - 1), number) for number in tests.get(regime, ())),
        temperatures=("morning", "evening"),
        co_residents=CO_RESIDENTS.get(regime, "normal"),
        release=conditions.get(regime, (Condition(code="span_elapsed"),)),
    )


def order(regime: str, *, drill: bool = False, name: str = "何玉芝") -> Order:
    """An order from 19 December on."""
    paper_head = head(regime, drill=drill, name=name)
    return Order(
        head=paper_head,
        basis=BASES[regime],
        edition=NINTH,
        legal_basis=LAW,
        starts_at=at(FIRST, 0),
        ends_at=at(FIRST, 0) + timedelta(days=SPANS[regime]),
        place="云岭县望江宾馆集中隔离点3楼" if regime == "central" else paper_head.holder.door,
        appeal_to=APPEAL,
        appeal_hours=24,
        terms=terms(regime),
    )


def notice(regime: str, *, reason: str = "", drill: bool = False) -> Notice:
    """The notice at its end; a stage of three days follows centralised isolation."""
    ends_at = at(FIRST, 0) + timedelta(days=SPANS[regime])
    released_at = at(FIRST + timedelta(days=1), 15, 20) if reason else ends_at + timedelta(hours=9, minutes=5)
    paper_head = head(regime, kind="notice", drill=drill)
    following = (
        Following(
            regime="home_monitoring",
            number="云澜街道隔〔2022〕0019号",
            starts_at=ends_at,
            ends_at=ends_at + timedelta(days=3),
        ),
    )
    return Notice(
        head=replace(paper_head, signature=replace(paper_head.signature, signed_at=released_at)),
        order_number=head(regime).number,
        starts_at=at(FIRST, 0),
        ends_at=ends_at,
        released_at=released_at,
        early=bool(reason),
        reason=reason,
        colour="yellow" if regime == "central" else "none",
        following=following if regime == "central" else (),
    )
