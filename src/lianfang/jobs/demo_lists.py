"""The lists of the demo day, written the way offices write them: other headers, titles, gaps, slips and overlaps."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

import xlsxwriter

from lianfang.core.people.registering import NewPerson
from lianfang.jobs.demo_names import draw_surname
from lianfang.jobs.demo_people import Families

COUNTY, TOWN = "云岭县", "云澜街道"
_ORIGINS = "深浦市 丹岚市 长岚市 吉岭原市 沪原市 廊坪市 珲原市".split()
_OUTSIDE = (
    "云岭县石桥镇玉湖花园{a}-{b}-{c}04",
    "云岭县青岙乡新桥路{a}{b}8号",
    "临江市南浦区锦绣家园{a}幢{b}单元{c}02室",
    "丹岚市北湖区文华路{a}号{b}单元{c}01室",
)
_CATEGORIES = "中高风险区旅居 一般人员 黄码 入境 重点场所从业".split()
_CODE_REASONS = "时空伴随 密接 涉疫地旅居".split()
_REASONS = "不在本市 行动不便 已在别处做 联系不上 忘记 ".split(" ")
SOUND_ALIKE = {
    "芳": "方",
    "明": "鸣",
    "伟": "卫",
    "英": "瑛",
    "玲": "琳",
    "丽": "莉",
    "平": "萍",
    "华": "桦",
    "军": "君",
}

POOL, FEWEST = 360, 12
"""People several offices have on their lists (at size 1), and the fewest rows of a list."""


@dataclass(frozen=True, slots=True)
class Resident:
    """Someone on a list: who they are and where they live in words. `community` is empty for people from elsewhere."""

    person: NewPerson
    community: str = ""
    address: str = ""

    @property
    def number(self) -> str:
        """The document number, or empty."""
        return self.person.identities[0][1] if self.person.identities else ""

    @property
    def phone(self) -> str:
        """The telephone, or empty."""
        return self.person.phones[0] if self.person.phones else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A list that comes in: the file and the papers it came with. `hours` is the time until its deadline."""

    filename: str
    content: bytes
    sender: str
    title: str
    purpose: str
    issuer: str
    document_no: str = ""
    sla_code: str = "24h"
    hours: int = 24


def resident_at(person: NewPerson, community: str) -> Resident:
    """A resident with the address in the usual form."""
    label = person.dwelling.label if person.dwelling else ""
    return Resident(person, community, f"{COUNTY}{TOWN}{community}{label}")


class Offices:
    """Writes the day's lists about `known` residents and people nobody here has heard of."""

    def __init__(self, random: Random, families: Families, known: Sequence[Resident], *, size: float = 1) -> None:
        """`size` multiplies the number of rows (at least `FEWEST` a list)."""
        self.random, self.families, self.size = random, families, size
        self.known = list(known)
        self.pool = random.sample(self.known, min(round(POOL * size) + FEWEST, len(self.known)))
        """People several offices have on their lists today."""

    def draw(self, rows: int, *, pooled: float, new_here: float = 0.06, outside: float = 0.04) -> list[Resident]:
        """People for a list: shares of those on several lists, newcomers at doors here, and people from elsewhere."""
        random = self.random
        rows = max(round(rows * self.size), FEWEST)
        wanted = min(int(rows * pooled), len(self.pool))
        people = random.sample(self.pool, wanted)
        while len(people) < rows:
            chance = random.random()
            if chance < new_here / (1 - pooled):
                people.append(self._newcomer())
            elif chance < (new_here + outside) / (1 - pooled):
                people.append(self._outsider())
            else:
                people.append(random.choice(self.known))
        random.shuffle(people)
        return [self._slip(one) for one in people]

    def _newcomer(self) -> Resident:
        home = self.random.choice(self.known)
        return replace(home, person=replace(self._stranger(), dwelling=home.person.dwelling))

    def _outsider(self) -> Resident:
        a, b, c = (self.random.randint(1, n) for n in (9, 3, 6))
        return Resident(self._stranger(), "", self.random.choice(_OUTSIDE).format(a=a, b=b, c=c))

    def _stranger(self) -> NewPerson:
        random = self.random
        return self.families.person(draw_surname(random), random.choice("12"), random.randint(18, 66), "")

    def _slip(self, one: Resident) -> Resident:
        """Clerks' slips: a character that sounds the same, a wrong digit, a number left out, a new telephone."""
        person, chance = one.person, self.random.random()
        if chance < 0.06:
            last = person.name[-1]
            name = person.name[:-1] + SOUND_ALIKE.get(last, last)
            bare = replace(one, person=replace(person, name=name, identities=(), phones=()))
            return replace(bare, address=_without_room(one)) if chance < 0.045 else bare
        if chance < 0.08 and one.number[:1] == "9":
            wrong = one.number[:-2] + str((int(one.number[-2]) + 3) % 10) + one.number[-1]
            return replace(one, person=replace(person, identities=(("resident_id", wrong, False),)))
        if chance < 0.13:
            return replace(one, person=replace(person, identities=()))
        if chance < 0.23:
            return replace(one, person=replace(person, phones=(self.families.numbers.phone(),)))
        if chance < 0.29 and one.community:
            return replace(one, address=_without_room(one))
        return replace(one, address="") if chance < 0.31 else one

    def key_persons(self, at: datetime) -> Paper:
        """The city office's list: titles above, empty result columns, notes below."""
        head = (
            "序号 姓名 性别 身份证\n号码 联系电话 现住址 数据批次号 人员类别 来源地 抵达日期 推送单位 "
            "核查结果 管控措施 备注"
        ).split(" ")
        rows = []
        for number, one in enumerate(self.draw(250, pooled=0.7), start=1):
            day = at.date() - timedelta(days=self.random.randint(1, 6))
            rows.append(
                [
                    *(number, one.person.name, _sex(one), one.number, one.phone, one.address),
                    *(f"PC{at:%Y%m%d}{number:04}", self.random.choice(_CATEGORIES), self.random.choice(_ORIGINS)),
                    *(_loose_day(self.random, day), "省大数据局", None, None, None),
                ]
            )
        title = [
            "市疫情防控工作领导小组办公室\n关于下发重点人员核查名单的通知（附件1）",
            f"文号：云疫防办〔{at.year}〕88号    下发时间：{_day(at.date())} {at:%H:%M}    "
            "请于4小时内核查完毕并回传    （演练）",
        ]
        notes = ["注：1.核查结果从“已在本辖区管控、不在本辖区、查无此人、联系不上”中选填；2.请逐人电话核实，不得漏查。"]
        return Paper(
            filename=f"市疫情防控办下发重点人员核查名单（{at.month}月{at.day}日）.xlsx",
            content=_workbook(head, rows, sheet="核查名单", title=title, notes=notes),
            sender="市疫情防控办",
            title=f"重点人员核查名单 {at:%m-%d}",
            purpose="arrival",
            issuer="市疫情防控办",
            document_no=f"云疫防办〔{at.year}〕88号",
            sla_code="4h",
            hours=4,
        )

    def rail(self, at: datetime) -> Paper:
        """Rail arrivals as the bureau exports them: pinyin headers, GBK, no addresses, a tab behind some numbers."""
        random, out = self.random, io.StringIO()
        table = csv.writer(out)
        table.writerow("xh xm zjlx zjhm sjhm cc cxh zwh fz dz ddsj".split())
        for number, one in enumerate(self.draw(260, pooled=0.6, outside=0.1), start=1):
            kind = "B" if one.number.startswith("ZZ") else "C" if one.number.startswith("H") else "1"
            train = f"{random.choice('GDKZ')}{random.randint(101, 9899)}"
            arrived = at - timedelta(minutes=random.randint(30, 1500))
            seat = [train, f"{random.randint(1, 16):02}", f"{random.randint(1, 18):02}{random.choice('ABCDF')}"]
            tail = "\t" if random.random() < 0.1 else ""
            table.writerow(
                [
                    *(number, one.person.name, kind, one.number + tail, one.phone, *seat),
                    *(random.choice(_ORIGINS)[:-1], random.choice(("云州南", "云州")), f"{arrived:%Y%m%d%H%M}"),
                ]
            )
        return Paper(
            filename=f"铁路到达人员_{at:%Y%m%d}.csv",
            content=out.getvalue().encode("gbk", errors="replace"),
            sender="铁路（市大数据局转）",
            title=f"铁路到达人员 {at:%m-%d}",
            purpose="arrival",
            issuer="市大数据局",
        )

    def untested(self, at: datetime) -> Paper:
        """People who missed the area's test, from the sampling system; some numbers lost digits in a spreadsheet."""
        head = "序号 社区 采样点 人员姓名 身份证号 手机号码 家庭地址 上次采样日期 未检原因".split()
        rows: list[list[Any]] = []
        for number, one in enumerate(self.draw(180, pooled=0.6), start=1):
            lost = number % 60 == 0 and one.number[:1] == "9"
            day = at.date() - timedelta(days=self.random.randint(3, 9))
            rows.append(
                [
                    *(number, one.community, f"{one.community[:-2]}采样点", one.person.name),
                    *(float(one.number[:17] + "0") if lost else one.number, one.phone),
                    *(one.address.removeprefix(COUNTY), _loose_day(self.random, day), self.random.choice(_REASONS)),
                ]
            )
        title = [f"{TOWN}{at.month}月{at.day}日区域核酸应检未检人员名单"]
        return Paper(
            filename="应检未检人员名单.xlsx",
            content=_workbook(head, rows, sheet="应检未检", title=title),
            sender="核酸采样系统",
            title=f"应检未检人员 {at:%m-%d}",
            purpose="untested",
            issuer="县疫情防控办采样组",
        )

    def codes(self, at: datetime) -> Paper:
        """Abnormal health codes from the provincial platform: names, numbers and telephones masked."""
        random = self.random
        head = "序号 姓名 证件类型 证件号码 手机号 码色 赋码原因 区县 街道 赋码时间".split()
        rows = []
        for number, one in enumerate(self.draw(110, pooled=0.75), start=1):
            code = random.choices(("弹窗", "黄码", "红码"), (6, 3, 1))[0]
            since = at - timedelta(minutes=random.randint(60, 2400))
            rows.append(
                [
                    *(number, _masked_name(one.person.name), "居民身份证", _masked(random, one.number)),
                    *(one.phone if random.random() < 0.3 else one.phone and f"199****{one.phone[-4:]}", code),
                    *(random.choice(_CODE_REASONS), COUNTY, TOWN, f"{since:%Y-%m-%d %H:%M:%S}"),
                ]
            )
        return Paper(
            filename="健康码异常人员(脱敏).xlsx",
            content=_workbook(head, rows, sheet="sheet"),
            sender="省平台",
            title=f"健康码异常人员 {at:%m-%d}",
            purpose="code",
            issuer="省大数据局",
            sla_code="4h",
            hours=4,
        )

    def letter(self, at: datetime) -> Paper:
        """Another city's request for assistance: most of its people live elsewhere."""
        head = "序号 姓名 身份证号码 手机号 户籍地址 现居住地 离开涉疫地时间 反馈情况".split()
        rows = []
        for number, one in enumerate(self.draw(100, pooled=0.35, outside=0.45), start=1):
            day = at.date() - timedelta(days=self.random.randint(1, 5))
            home = self._outsider().address
            rows.append([number, one.person.name, one.number, one.phone, home, one.address, _day(day), None])
        title = ["关于协助核查涉疫旅居人员的函（附件）", "贵县各街道：请对下列人员落实管控，非本辖区人员请注明去向。"]
        return Paper(
            filename="外市协查函附件_涉疫旅居人员.xlsx",
            content=_workbook(head, rows, sheet="Sheet1", title=title, notes=["丹岚市疾病预防控制中心"]),
            sender="丹岚市疾控中心",
            title=f"外市协查函附件 {at:%m-%d}",
            purpose="assist",
            issuer="丹岚市疾控中心",
            document_no=f"丹疾控函〔{at.year}〕41号",
        )

    def zero(self, at: datetime) -> Paper:
        """A report of nobody: header and signature, no rows."""
        head = "序号 姓名 身份证号码 联系电话 现住址 类别 备注".split()
        notes = ["填报单位：县疫情防控办    填报人：吴某某    今日无新增"]
        return Paper(
            filename=f"零报告_{at.month}月{at.day}日新增重点人员.xlsx",
            content=_workbook(head, [], sheet="名单", title=["新增重点人员名单"], notes=notes),
            sender="县疫情防控办",
            title=f"新增重点人员（零报告）{at:%m-%d}",
            purpose="arrival",
            issuer="县疫情防控办",
        )

    def of_the_day(self) -> list[Callable[[datetime], Paper]]:
        """The day's lists in the order in which they come."""
        return [self.key_persons, self.rail, self.untested, self.zero, self.codes, self.letter]

    def of_a_day_before(self, back: int) -> list[Callable[[datetime], Paper]]:
        """Two lists of the day `back` days ago."""
        kinds = [self.key_persons, self.rail, self.codes, self.untested]
        return [kinds[back % 4], kinds[(back + 1) % 4]]


def _workbook(
    head: Sequence[str],
    rows: Sequence[Sequence[Any]],
    *,
    sheet: str,
    title: Sequence[str] = (),
    notes: Sequence[str] = (),
) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        page = book.add_worksheet(sheet)
        big = book.add_format({"bold": True, "align": "center", "text_wrap": True, "font_size": 14})
        frame = book.add_format({"border": 1, "text_wrap": True})
        strong = book.add_format({"border": 1, "bold": True, "text_wrap": True})
        line = 0
        for text in title:
            page.merge_range(line, 0, line, len(head) - 1, text, big)
            line += 1
        page.write_row(line, 0, head, strong)
        for row in rows:
            line += 1
            for column, value in enumerate(row):
                if isinstance(value, str):
                    page.write_string(line, column, value, frame)
                else:
                    page.write(line, column, value, frame)
        for text in notes:
            line += 2
            page.merge_range(line, 0, line, len(head) - 1, text)
    return out.getvalue()


def _without_room(one: Resident) -> str:
    """The address as far as the building; people from elsewhere keep theirs."""
    home = one.person.dwelling
    if not one.community or home is None or home.compound is None:
        return one.address
    return f"{TOWN}{home.compound.name}{home.building}"


def _sex(one: Resident) -> str:
    return {"1": "男", "2": "女"}.get(one.person.sex, "")


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _loose_day(random: Random, day: date) -> str:
    """A day as people type it."""
    return random.choice((f"{day:%Y-%m-%d}", f"{day.year}.{day.month}.{day.day}", f"{day:%Y/%m/%d}", f"{day:%Y%m%d}"))


def _masked_name(name: str) -> str:
    return name if "·" in name else name[0] + "*" + name[2:]


def _masked(random: Random, number: str) -> str:
    if len(number) != 18:
        return number
    start, end = random.choice(((6, 14), (10, 14), (14, 18)))
    return number[:start] + "*" * (end - start) + number[end:]
