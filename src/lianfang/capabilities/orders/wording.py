"""The words of orders and notices: what each regime asks in plain Chinese, what a fact is called, how a span is said.

The five regimes stay five (standards 4.1): what one of them forbids is not forbidden by the next milder one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from lianfang.core.measures.rules import SHANGHAI, Condition, Terms
from lianfang.core.metrics.paper.typography import one_line

REGIMES = {
    "central": "集中隔离医学观察",
    "home": "居家隔离医学观察",
    "home_monitoring": "居家健康监测",
    "daily_monitoring": "日常健康监测",
    "self_monitoring": "自我健康监测",
}
"""Names of the regimes as they stand in the papers' titles."""


@dataclass(frozen=True, slots=True)
class Conduct:
    """What somebody must do under a regime and what they may not, in the regime's own words."""

    summary: str
    must: tuple[str, ...]
    must_not: tuple[str, ...]


CONDUCT = {
    "central": Conduct(
        "在集中隔离点住一个房间，期间不离开房间。",
        (
            "住在隔离点安排的房间里；老人、孩子、孕妇和需要照护的人可向隔离点申请陪护。",
            "由工作人员测量体温、采样，请予配合；取餐、采样开门时戴好口罩。",
            "正在服药、透析、怀孕或有其他就医需要的，入住时就告诉工作人员，由隔离点安排专人专车就医。",
        ),
        ("未经同意离开房间或隔离点。", "与其他房间的人来往、聚集。"),
    ),
    "home": Conduct(
        "在自己家里隔离，期间不出家门。",
        (
            "尽量单独住一间通风好的房间，有条件的单独使用卫生间；必须与家人共处时戴口罩、相距1米以上。",
            "生活用品、买菜买药告诉网格员，送到门口；垃圾装袋扎紧，按约定时间放在门口由专人收取。",
            "看病、透析、分娩等确需外出的，先打电话，经同意后由专人专车接送；危急时直接打120并说明正在居家隔离。",
        ),
        ("离开家门，或请外人进家。", "在家聚餐、聚会；使用与别户相通的中央空调。"),
    ),
    "home_monitoring": Conduct(
        "住在家里，非必要不外出。",
        (
            "房间勤开窗通风，餐具、毛巾与家人分开。",
            "看病、买必需品等确需外出的，事先告诉社区，经同意后外出，全程戴口罩，办完即回。",
        ),
        ("乘坐公共交通工具。", "聚餐、聚会，去人员密集的场所。"),
    ),
    "daily_monitoring": Conduct(
        "照常上班、上学、生活，住处和单位“两点一线”。",
        ("出门戴口罩，与人保持距离。", "往返住处和单位（学校）尽量步行、骑车或自驾。"),
        ("聚餐、聚会，去人员密集的室内场所。",),
    ),
    "self_monitoring": Conduct(
        "照常上班、上学、生活，本措施不限制外出。",
        ("自己留意体温和身体状况。", "有症状时戴口罩，不去上班、上学，先检测或就诊。"),
        (),
    ),
}

SHUT_IN = ("central", "home")

CO_RESIDENTS = {
    "isolated": "同住人员一并居家隔离，各自另有告知书；老人和有慢性病的人不宜当照护人。",
    "tested": "同住人员可以正常生活，请按通知参加检测。",
    "normal": "同住人员可以正常生活，请做好通风和个人防护。",
}

FACTS = {
    "positive_test": ("您的检测结果为阳性", "采样日期"),
    "contact_ruling": ("您被判定为密切接触者", "最后一次接触的日期"),
    "secondary_contact": ("您被判定为密切接触者的密切接触者", "最后一次接触的日期"),
    "risk_zone_stay": ("您在已公布的{level}风险区{zone}停留过", "离开日期"),
    "symptom": ("您出现了需要监测的症状", "症状出现的日期"),
    "inbound": ("您从境外入境", "入境日期"),
    "closed_loop": ("您结束了闭环管理的高风险岗位工作", "离开闭环的日期"),
    "discharged": ("您感染后出院", "出院日期"),
    "co_residence": ("您与居家隔离的人同住", "共同居住的起算日期"),
    "arrival": ("您从外地来（返）本地", "抵达日期"),
    "site_case": ("您所在的隔离点出现新发病例", "病例发现的日期"),
}
"""What each kind of fact is called to the person, and what its day is the day of."""

ZONE_LEVELS = {"high": "高", "medium": "中", "low": "低"}

CLOCKS = {
    "last_exposure": "最后一次接触",
    "left_area": "离开风险区",
    "entered_site": "进入隔离点",
    "entered_country": "入境",
    "left_closed_loop": "离开闭环",
    "sampled": "采样",
    "discharged": "出院",
    "onset": "出现症状",
    "arrived": "抵达本地",
    "new_case_in_site": "隔离点新发病例",
    "household_joined": "开始同住",
}
"""The day an edition counts from; codes as in the editions."""

COLOURS = {"red": "红色", "orange": "橙色", "yellow": "黄色", "green": "绿色"}

SYMPTOMS = "发热、干咳、乏力、咽痛、嗅（味）觉减退、腹泻"
HOTLINE = "12345"
_HALVES = {"morning": "上午", "evening": "下午（晚间）"}
_WEEKDAYS = "一二三四五六日"


def title_of(kind: str, regime: str) -> str:
    """The paper's title."""
    return f"{'解除' if kind == 'notice' else ''}{REGIMES[regime]}告知书"


def long_day(day: date) -> str:
    """``2022年12月19日``, as official papers write it."""
    return f"{day.year}年{day.month}月{day.day}日"


def from_instant(instant: datetime) -> str:
    """A beginning: ``2022年12月19日0时``; minutes only where there are some."""
    local = instant.astimezone(SHANGHAI)
    return f"{long_day(local.date())}{local.hour}时" + (f"{local.minute}分" if local.minute else "")


def until_instant(instant: datetime) -> str:
    """An end (exclusive) as people understand it: midnight is 24时 of the last day."""
    local = instant.astimezone(SHANGHAI)
    if (local.hour, local.minute) == (0, 0):
        return f"{long_day(local.date() - timedelta(days=1))}24时"
    return from_instant(instant)


def last_day(ends_at: datetime) -> date:
    """The last day of a span whose end is exclusive."""
    return (ends_at.astimezone(SHANGHAI) - timedelta(microseconds=1)).date()


def days_between(starts_at: datetime, ends_at: datetime) -> int:
    """Calendar days of a span, the first and the last counted."""
    return (last_day(ends_at) - starts_at.astimezone(SHANGHAI).date()).days + 1


def fact_words(kind: str, *, zone: str = "", level: str = "") -> tuple[str, str]:
    """What the fact is, said to the person, and what its day is called."""
    said, day = FACTS.get(kind, ("有已登记的流行病学事实", "日期"))
    named = f"（{one_line(zone)}）" if zone else ""
    return said.format(level=ZONE_LEVELS.get(level, ""), zone=named), day


def counting(terms: Terms, starts_at: datetime) -> str:
    """How the days were counted, where the edition left it in the terms."""
    if terms.clock not in CLOCKS or terms.clock_date is None:
        return ""
    began = f"天数从{CLOCKS[terms.clock]}之日（{long_day(terms.clock_date)}）起算"
    first = starts_at.astimezone(SHANGHAI).date()
    return f"{began}，{first.month}月{first.day}日为第{terms.first_day}天。"


def temperature_words(terms: Terms, regime: str) -> str:
    """When to measure and how to tell; empty when the terms ask for no temperature."""
    if not terms.temperatures:
        return ""
    hours = terms.hours or {}
    said = []
    for half in terms.temperatures:
        due = hours.get(f"temperature_{half}", ("", "12:00" if half == "morning" else "20:00"))[1]
        said.append(f"{_HALVES.get(half, half)}{due}前")
    when = "、".join(said)
    if regime == "central":
        return f"每天{when}各测一次体温，由工作人员测量、登记。"
    return f"每天{when}各测一次体温，在手机“居民页面”填报；不用手机的，打电话告诉网格员代记。"


def alarm_words(regime: str, *, fever: str = "37.3") -> str:
    """What to do on fever or a symptom."""
    whom = "告诉工作人员" if regime == "central" else "打下面的电话"
    ride = "" if regime == "central" else "，不要自己乘公共交通工具去医院"
    return f"体温{fever}℃及以上，或有{SYMPTOMS}之一的，立即{whom}{ride}。"


def test_words(terms: Terms) -> str:
    """The test days with their dates; empty without any."""
    days = [f"{day.month}月{day.day}日（星期{_WEEKDAYS[day.weekday()]}，第{number}天）" for day, number in terms.tests]
    return f"检测{len(days)}次：{'、'.join(days)}。" if days else ""


def condition_words(condition: Condition) -> str:
    """One condition of release in words; one this code does not know is not left out."""
    gap = f"每两次相隔至少{condition.min_gap_h}小时、" if condition.min_gap_h else ""
    said = {
        "span_elapsed": "期限届满",
        "tests_negative": "规定的检测全部做完且都是阴性",
        "tests_spaced": f"规定的检测{gap}都是阴性",
        "consecutive_negative": f"最后{condition.count or 1}次检测{gap}都是阴性",
        "linked_contact_negative": f"与您关联的密切接触者第{condition.day}天的检测也是阴性",
        "environment_negative": "房间的环境采样是阴性",
        "co_residents": "同住的被隔离人员也都符合条件",
    }
    return said.get(condition.code, "方案规定的其他条件")


def release_words(terms: Terms, regime: str) -> tuple[str, ...]:
    """How the measure ends, in sentences."""
    conditions = "；".join(condition_words(one) for one in terms.release) or "期限届满"
    who = "隔离点和社区" if regime == "central" else "社区"
    return (
        f"下列条件都符合时解除：{conditions}。",
        f"届满当日由{who}核对，符合的当即解除并发给《{title_of('notice', regime)}》；"
        f"还缺什么，会当面告诉您。到期没有人联系您的，请打下面的电话或{HOTLINE}。",
    )


def appeal_words(appeal_to: str, *, hours: int) -> tuple[str, ...]:
    """The two ways to object, and what holds meanwhile."""
    return (
        f"认为弄错了人、弄错了事实或天数算错了的，可以向{one_line(appeal_to)}申诉，口头、书面、手机“居民页面”都可以。"
        f"由没有参与提出和批准的人在{hours}小时内答复；申诉有理的，立即解除。",
        "也可以自收到本告知书之日起60日内依法申请行政复议，或者6个月内依法提起行政诉讼。申诉、复议、诉讼期间措施继续执行，"
        "法律另有规定的除外。",
    )
