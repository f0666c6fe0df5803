"""The printed letter: PDF with its hash and a code to check it by. Also unsigned, to be signed on paper."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from lianfang.capabilities.commitment.letters import LetterText
from lianfang.capabilities.commitment.models import Commitment, SignedHow
from lianfang.core.measures.duties import AnswerSource
from lianfang.core.metrics.paper.press import Press
from lianfang.core.metrics.paper.qr import qr_svg
from lianfang.core.metrics.paper.typography import long_date, short_moment

_SIGNED_BY = {
    AnswerSource.SELF: "本人签署",
    AnswerSource.PROXY: "代办人签署",
    AnswerSource.STAFF: "纸质签署，已拍照留存",
}
_HOW = {SignedHow.DRAWN: "手写签名", SignedHow.TYPED: "凭验证码进入后键入姓名", SignedHow.PAPER: "纸质签名"}


def signed_pdf(press: Press, commitment: Commitment, *, check_address: str) -> bytes:
    """The letter as it was signed. `check_address` is where its code can be checked."""
    said = commitment.content
    lines = [
        ["签署时间", short_moment(datetime.fromisoformat(said["signed_at"]))],
        ["签署方式", f"{_SIGNED_BY[AnswerSource(said['source'])]}（{_HOW[SignedHow(said['how'])]}）"],
        ["校验码", commitment.check_code],
    ]
    picture = commitment.picture if said["how"] == SignedHow.DRAWN else b""
    content = {
        **_letter(said["letter"]),
        **_about(said["person"], said["starts_at"], said["ends_at"], said["order_no"]),
        "signer": said["signer"],
        "picture": list(picture),
        "signed": long_date(datetime.fromisoformat(said["signed_at"]).date()),
        "facts": lines,
        "digest": commitment.digest,
        "qr": qr_svg(check_address),
    }
    return press.sheet("commitment.typ", content, stamp=commitment.signed_at).pdf


def blank_pdf(press: Press, letter: LetterText, *, person: str, starts_at: datetime, ends_at: datetime) -> bytes:
    """The letter with room for a signature, for those who sign on paper."""
    content = {
        **_letter(asdict(letter)),
        **_about(person, starts_at.isoformat(), ends_at.isoformat(), ""),
        "signer": "",
        "picture": [],
        "signed": "",
        "facts": [["文本", letter.code]],
        "digest": "",
        "qr": "",
    }
    return press.sheet("commitment.typ", content, stamp=starts_at).pdf


def _letter(said: dict[str, Any]) -> dict[str, Any]:
    return {name: said[name] for name in ("title", "opening", "promises", "rights", "closing")}


def _about(person: str, starts_at: str, ends_at: str, order_no: str) -> dict[str, str]:
    begins, ends = (short_moment(datetime.fromisoformat(text)) for text in (starts_at, ends_at))
    return {"person": person, "span": f"{begins} 至 {ends}", "order_no": order_no}
