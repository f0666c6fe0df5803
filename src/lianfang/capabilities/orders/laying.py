"""A paper laid out once for every form: heads, a table of what holds, numbered parts. PDF and Word print the same."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lianfang.capabilities.orders import wording
from lianfang.capabilities.orders.shapes import Basis, Call, Head, Notice, Order, Paper
from lianfang.core.measures.rules import SHANGHAI
from lianfang.core.metrics.paper.typography import one_line

DRILL = "演练"
DRILL_NOTE = "本告知书为演练使用，不产生任何实际约束。"
CHECK_NOTE = "扫码或在网页输入核验码，可查真伪和是否仍然有效；核验页不显示任何个人信息。"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table of what holds. `strong`: what the person must not miss."""

    label: str
    text: str
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the paper: its title and its numbered sentences."""

    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """Everything printed, in the order of printing."""

    office: str
    number: str
    signed: str
    title: str
    salutation: str
    opening: str
    rows: tuple[Row, ...]
    parts: tuple[Part, ...]
    closing: str
    calls: tuple[str, ...]
    approval: str
    date: str
    check_code: str
    check_address: str
    check_shown: str
    check_note: str
    receipt: tuple[str, ...]
    drill: bool


def sheet_of(paper: Paper) -> Sheet:
    """The paper's sheet; every text somebody typed is on one line and without control characters."""
    head = paper.head
    kind = "order" if isinstance(paper, Order) else "notice"
    opening, rows, parts = _order(paper) if isinstance(paper, Order) else _notice(paper)
    closing = "感谢您的理解和配合，祝您健康。" if kind == "notice" else ""
    return Sheet(
        office=one_line(head.signature.office),
        number=one_line(head.number),
        signed=f"签发人：{one_line(head.signature.signed_by)}",
        title=wording.title_of(kind, head.regime),
        salutation=f"{one_line(head.holder.name)}：",
        opening=opening,
        rows=rows,
        parts=parts,
        closing=closing + (DRILL_NOTE if head.drill else ""),
        calls=tuple(_calls(head.calls)),
        approval=_approval(head, kind),
        date=wording.long_day(head.signature.signed_at.astimezone(SHANGHAI).date()),
        check_code=head.check.code,
        check_address=head.check.address,
        check_shown=head.check.shown_address,
        check_note=CHECK_NOTE,
        receipt=("送达人：", "送达时间：", "本人（代收人）签名："),
        drill=head.drill,
    )


def _order(paper: Order) -> tuple[str, tuple[Row, ...], tuple[Part, ...]]:
    head, regime = paper.head, paper.head.regime
    said, day = wording.fact_words(paper.basis.kind, zone=paper.basis.zone, level=paper.basis.zone_level)
    law = one_line(paper.legal_basis)
    opening = (
        f"{said}。为防止疫病传播，依照{law}和《{one_line(paper.edition)}》，"
        f"决定对您采取{wording.REGIMES[regime]}措施：{wording.CONDUCT[regime].summary}"
    )
    rows = (
        *_who(head, place=one_line(paper.place)),
        Row("原因和依据", _basis(paper.basis, said=said, day=day)),
        Row("期限", _span(paper), strong=True),
    )
    return opening, rows, tuple(_order_parts(paper))


def _who(head: Head, *, place: str = "") -> Iterator[Row]:
    tail = one_line(head.holder.number_tail)
    yield Row("姓名", one_line(head.holder.name) + (f"（证件号码尾号{tail}）" if tail else "（未登记证件号码）"))
    door = one_line(head.holder.door)
    yield Row("住址", door or "未登记")
    if place and place != door:
        yield Row("执行地点", place, strong=True)


def _basis(basis: Basis, *, said: str, day: str) -> str:
    number = f"，文书号{one_line(basis.document_no)}" if basis.document_no else ""
    return f"{said}；{day}：{wording.long_day(basis.day)}；认定单位：{one_line(basis.issuer)}{number}。"


def _span(paper: Order) -> str:
    days = wording.days_between(paper.starts_at, paper.ends_at)
    span = f"自{wording.from_instant(paper.starts_at)}起，至{wording.until_instant(paper.ends_at)}止，共{days}天。"
    return span + wording.counting(paper.terms, paper.starts_at)


def _order_parts(paper: Order) -> Iterator[Part]:
    regime, terms, conduct = paper.head.regime, paper.terms, wording.CONDUCT[paper.head.regime]
    with_home = (wording.CO_RESIDENTS[terms.co_residents],) if regime.startswith("home") else ()
    yield Part("请您做到", (*conduct.must, *with_home))
    if conduct.must_not:
        yield Part("请您不要", conduct.must_not)
    asked = (wording.temperature_words(terms, regime), wording.test_words(terms), wording.alarm_words(regime))
    yield Part("体温和检测", tuple(line for line in asked if line))
    yield Part("怎样解除", wording.release_words(terms, regime))
    yield Part("不服怎么办", wording.appeal_words(paper.appeal_to, hours=paper.appeal_hours))


def _notice(paper: Notice) -> tuple[str, tuple[Row, ...], tuple[Part, ...]]:
    head, name = paper.head, wording.REGIMES[paper.head.regime]
    span = f"自{wording.from_instant(paper.starts_at)}起，原定至{wording.until_instant(paper.ends_at)}止"
    released = paper.released_at.astimezone(SHANGHAI)
    rows = (
        *_who(head),
        Row("原措施", f"{name}，{span}（{one_line(paper.order_number)}）"),
        Row("解除时间", f"{wording.long_day(released.date())}{released.hour}时{released.minute:02d}分", strong=True),
        Row("解除原因", _why(paper)),
        Row("健康码", _colour(paper)),
        Row("后续措施", _following(paper)),
    )
    opening = f"您的{name}措施现予解除，《{wording.title_of('order', head.regime)}》同时失效。"
    return opening, rows, (Part("解除以后", tuple(_afterwards(paper))),)


def _why(paper: Notice) -> str:
    reason = one_line(paper.reason).rstrip("。")
    if paper.early:
        return f"提前解除：{reason}。"
    return "期限届满，经核对，解除条件都已符合。" + (f"{reason}。" if reason else "")


def _colour(paper: Notice) -> str:
    if paper.colour in ("none", "green"):
        return "因本措施赋的颜色随解除取消。"
    return f"因本措施赋的颜色随解除取消；因后续措施为{wording.COLOURS[paper.colour]}。"


def _following(paper: Notice) -> str:
    said = [
        f"{wording.REGIMES[one.regime]}，自{wording.from_instant(one.starts_at)}起，"
        f"至{wording.until_instant(one.ends_at)}止（{one_line(one.number)}）"
        for one in paper.following
    ]
    return "；".join(said) + "。" if said else "没有登记其他针对您本人的措施。"


def _afterwards(paper: Notice) -> Iterator[str]:
    if paper.following:
        yield "还有后续措施的，请按相应的告知书执行。"
    else:
        yield "您的出行、上班、上学、就医和进出小区不再因本措施受到限制；可以出示本告知书说明。"
    yield f"颜色没有变更，或仍有人以本措施为由限制您的，请打下面的电话或{wording.HOTLINE}。"
    yield f"继续留意身体状况；有{wording.SYMPTOMS}等症状时，戴好口罩，及时检测、就诊。"


def _calls(calls: tuple[Call, ...]) -> Iterator[str]:
    for call in calls:
        yield f"{one_line(call.post)} {one_line(call.name)} {one_line(call.phone)}".strip()
    yield f"政务服务热线 {wording.HOTLINE}"
    yield "急救 120"


def _approval(head: Head, kind: str) -> str:
    """Which posts proposed and decided: a person can see that they were two."""
    signature = head.signature
    decided = "批准" if kind == "order" else "解除经办"
    proposed = f"提出：{one_line(signature.proposed_post)}；" if signature.proposed_post else ""
    who = f"{one_line(signature.signed_post)} {one_line(signature.signed_by)}".strip()
    return f"{proposed}{decided}：{who}，{wording.from_instant(signature.signed_at)}。"
