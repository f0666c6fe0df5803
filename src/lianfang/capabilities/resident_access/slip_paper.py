"""The slip a grid worker hands over: whose page, the code, a QR that opens the page with the code typed in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from lianfang.capabilities.resident_access import codes, rules
from lianfang.capabilities.resident_access.models import AccessCode
from lianfang.core.metrics.paper.press import Press
from lianfang.core.metrics.paper.qr import qr_svg
from lianfang.core.metrics.paper.typography import day_and_clock
from lianfang.kernel.masking import mask_name

_STEPS = (
    "用手机扫右上角的二维码，或在浏览器里打开下面的网址。",
    "输入上面的 8 位验证码（不分大小写，没有字母 O、I、L、U）。",
    "就能看到自己的措施、填报体温、签承诺书、提出申诉，不用注册。",
)
_WARNING = (
    "验证码等于您的钥匙，请收好；丢了请告诉社区作废重发。工作人员不会向您索要验证码。"
    "看不清、用不了手机的，打社区电话口头办理一样有效。"
)


def slips_pdf(press: Press, rows: Sequence[AccessCode], *, office: str, address: str, now: datetime) -> bytes:
    """Slips for these codes, four on a page; `address` is the page where codes are typed. Names are masked: a slip may
    get lost. The code stands behind ``#`` in the QR, which browsers never send, so it is in nobody's log."""
    slips = []
    for row in rows:
        assert row.person is not None, "a slip is for somebody"
        code = codes.code_of(row.id, row.channel)
        slips.append(
            {
                "name": mask_name(row.person.name),
                "place": str(row.person.dwelling or ""),
                "code": rules.spaced(code),
                "until": day_and_clock(row.expires_at),
                "qr": qr_svg(f"{address}#{code}"),
            }
        )
    content = {
        "title": "我的页面验证码",
        "office": office,
        "steps": list(_STEPS),
        "warning": _WARNING,
        "address": address,
        "slips": slips,
    }
    return press.sheet("slip.typ", content, stamp=now).pdf
