"""Invented names: as frequent as in life, with compound surnames, names of minorities and of foreigners."""

from __future__ import annotations

from functools import cache
from random import Random

from bench.matching.tables import Weighted, given_characters, surnames
from lianfang.jobs.demo_names import draw_given
from lianfang.kernel.surnames import COMPOUND

_COMPOUND_SHARE = 0.0025
_BY_COHORT = 0.45
"""Given names drawn from what the years liked; the others from all characters by their frequency."""
_FIRST = (
    "阿依 买买提 艾力 热娜 古丽娜尔 买合木提 阿布都热合曼 阿依古丽 吐尔逊 麦麦提 艾尼瓦尔 帕提古丽 努尔 迪丽努尔 "
    "玛依拉 库尔班 茹仙古丽 依明 祖力皮亚 木拉提 阿曼古丽 沙拉木 卡德尔 热依汗 伊力哈木 古海尔 塔依尔 乌斯曼 买热木"
).split()
_SECOND = (
    "买买提 吐尔逊 阿不都拉 司马义 艾山 肉孜 卡迪尔 阿不力孜 热合曼 依布拉音 尼亚孜 阿吾提 吾守尔 玉素甫 托合提 萨迪克 "
    "奥斯曼 阿布拉 赛买提 亚森 巴拉提 克里木 苏莱曼 哈力克 达吾提 赛依提 胡达拜尔地 阿西木 图尔荪 米吉提"
).split()
_TIBETAN = "扎西 卓玛 次仁 央金 达瓦 顿珠 尼玛 拉姆 格桑 旺堆 平措 德吉 丹增 边巴 普布 白玛 索朗 仁青 多吉 曲珍".split()
_YI = "木呷 阿牛 拉日 尔古 曲比 吉克 阿西 沙马 日火 马海 阿果 子布 吉木 乌牛 伍呷 有格 惹古 牛牛 史洛 依伍".split()
_LATIN_GIVEN = (
    "JOHN MARIA DAVID ANNA JAMES LINDA PETER SARA THOMAS JULIA AKIRA YUKI MINJUN SEOYEON IVAN OLGA AHMED FATIMA VAN "
    "CARLOS LUCIA PIERRE CLAIRE HANS EVA RAJ PRIYA KOFI AMINA"
).split()
_LATIN_FAMILY = (
    "SMITH GARCIA MILLER IVANOVA TANAKA KIM PARK NGUYEN TRAN ALI KHAN BROWN TAYLOR MULLER ROSSI DUBOIS SILVA SINGH "
    "SUZUKI LOPEZ WILSON MARTIN PETROV HASSAN OSEI WAGNER JONES MORENO COSTA"
).split()


@cache
def _surnames() -> Weighted:
    return Weighted({name: float(ppm) for name, ppm in surnames().items() if len(name) == 1})


@cache
def _compound() -> tuple[str, ...]:
    return tuple(sorted(COMPOUND))


@cache
def _characters() -> Weighted:
    return Weighted({sign: float(ppm) for sign, ppm in given_characters().items()})


def draw_surname(random: Random) -> str:
    """A surname, as frequent as in life; one in 400 has two characters."""
    if random.random() < _COMPOUND_SHARE:
        return random.choice(_compound())
    return _surnames().draw(random)


def draw_name(random: Random, surname: str, *, sex: str, year: int, ring: str = "") -> str:
    """A full name. `ring`: the character that brothers and sisters share."""
    if ring or random.random() < _BY_COHORT:
        return surname + draw_given(random, sex=sex, born=year, ring=ring)
    first = _characters().draw(random)
    if random.random() < (0.3 if 1970 <= year < 2000 else 0.12):
        return surname + first
    if sex == "2" and random.random() < 0.03:
        return surname + first + first
    return surname + first + _characters().draw(random)


def draw_minority(random: Random) -> str:
    """A name with a dot between its parts."""
    kind = random.random()
    if kind < 0.6:
        return f"{random.choice(_FIRST)}·{random.choice(_SECOND)}"
    first, second = random.sample(_TIBETAN if kind < 0.8 else _YI, 2)
    return f"{first}·{second}"


def draw_latin(random: Random) -> str:
    """A name as a passport writes it: given names, then the family's."""
    given = random.sample(_LATIN_GIVEN, 2 if random.random() < 0.3 else 1)
    return " ".join([*given, random.choice(_LATIN_FAMILY)])
