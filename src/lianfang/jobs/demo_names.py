"""Invented names of people and places, drawn from weighted lists of common knowledge. Nobody is meant."""

from __future__ import annotations

from itertools import accumulate
from random import Random
from typing import NamedTuple

_SURNAMES = (
    "王72 李71 张68 刘54 陈45 杨31 黄23 赵21 吴20 周20 徐15 孙15 马13 朱12 胡12 郭11 何11 林11 高10 罗9 郑9 梁9 "
    "谢8 宋8 唐7 许7 韩7 邓7 冯6 曹6 彭6 曾6 肖6 田6 董5 潘5 袁5 蔡5 蒋5 余5 于5 杜5 叶5 程4 魏4 苏4 吕4 丁4 任4 "
    "卢4 姚4 沈4 钟4 姜4 崔4 谭4 陆3 范3 汪3 廖3 石3 金3 韦3 贾3 夏3 付3 方3 邹3 熊3 白3 孟3 秦3 邱3 侯3 江3 尹2 "
    "薛2 闫2 段2 雷2 龙2 黎2 史2 陶2 贺2 毛2 郝2 顾2 龚2 邵2 万2 覃2 武2 钱2 戴2 严2 莫2 孔2 向2 常2 汤1 康1 易1 "
    "乔1 赖1 文1 单1 解1 仇1 查1 欧阳1 上官1 司马1 诸葛1 司徒1 皇甫1"
)
_MALE = (
    "伟强军勇杰涛超明刚平辉健鹏飞斌波宁华建国志文海峰林龙宏亮东磊俊毅凯浩宇成康光翔旭昊然博浚泽铭轩辰睿祥福生根荣"
    "贵庆昌茂松柏山川江河源泉振坤锋钢铁彪雄威武鸿达诚仲伯启哲彬权洲群"
)
_FEMALE = (
    "芳娜敏静丽艳娟霞秀英玲桂兰红燕梅莉萍珍玉洁琴琳雪倩婷颖慧莹佳欣怡悦雯蓉瑶璐蕾薇菲晴彤妍瑾萱涵诗琪梦思雅岚凤翠"
    "巧香彩菊莲荷蓓黛楠媛婧姗娇妮娅璇珊珠琼绮纯苗露霏虹"
)
_OLD_MALE = "国建志德福贵荣生根财树金水木土春来有发长富顺兴旺全祖宗耀继先传学忠义仁礼信保安民胜利解放援朝卫东向阳"
_OLD_FEMALE = "秀桂玉凤兰英珍香菊梅莲花娣妹翠银金彩巧素淑惠芬芳爱月娥婉贞素琴云霞仙"
_YOUNG = (
    "子梓宇浩轩辰睿泽铭奕诺依晨沐若一可欣悦雨桐语嫣思涵诗琪皓宸星沫芮希瑞熙柠玥昕彦霖嘉航禾安亦心弈棋恩承俞乔允牧"
    "野知夏书言景行念慈致远乐"
)
_MIDDLE = "文志建国晓小海春秋永新亚丽雪玉美慧思雨佳家俊嘉立世中天宗少其学开"
_MINORITY = (
    "阿依古丽·买买提 艾力·吐尔逊 热娜·阿不都拉 古丽娜尔·司马义 买合木提·艾山 扎西·次仁 卓玛·央金 达瓦·顿珠 "
    "巴特尔·苏和 乌兰·其其格 木呷·阿牛 阿布都热合曼·肉孜"
).split()
_FOREIGN = (
    ("JOHN SMITH", "美国"),
    ("MARIA GARCIA", "西班牙"),
    ("AKIRA TANAKA", "日本"),
    ("MINJUN KIM", "韩国"),
    ("ANNA IVANOVA", "俄罗斯"),
    ("NGUYEN VAN AN", "越南"),
    ("DAVID MILLER", "英国"),
    ("FATIMA ALI", "巴基斯坦"),
)

_WATER = "望 临 沙 松 枫 后 东 西 南 北 清 青 龙 凤 石 白 金 玉 柳 桃 梅 竹 兰 荷 云 春 秋 安 福 和".split()
_LAND = "湖 江 洲 岗 林 塘 城 桥 溪 山 园 浦 港 湾 坪 亭 泉 岭 田 潭 渡 屿 堤 井 苑".split()
COMMUNITIES = ("望湖", "花园", "东城", "临江", "后塘", "沙洲", "松岗", "枫林")
"""The communities of 云澜街道, the first subdistrict of every demo town."""
SUBDISTRICTS = (
    "云澜街道 清溪街道 北山街道 南浦镇 石桥镇 龙潭镇 凤鸣乡 金塘镇 青岙乡 白沙街道 桃源镇 柳渡乡 松林镇 秋浦街道 "
    "安和乡 福泉镇"
).split()
_FIRST = (
    "阳光 翠湖 金色 锦绣 御景 文华 和谐 幸福 滨江 丽景 紫荆 碧水 香樟 银杏 海棠 梧桐 明珠 新世纪 桂花 玫瑰 书香 "
    "盛世 东方 天和 万安 学府 枫桥 玉泉"
).split()
_ENDS = {
    "多层小区": "花苑 家园 新村 小区 花园 公寓".split(),
    "高层小区": "华庭 名邸 雅苑 公馆 府 尚城".split(),
    "楼院": "里 坊".split(),
    "安置小区": "安置小区 安置房".split(),
    "自然村": "村 上村 下村 头村".split(),
    "集体宿舍": "电子厂宿舍 服装厂宿舍 工地宿舍 纺织厂宿舍".split(),
}


class _Weighted:
    def __init__(self, text: str) -> None:
        pairs = [(word.rstrip("0123456789"), word) for word in text.split()]
        self.words = [word for word, _ in pairs]
        self.sums = list(accumulate(int(whole.removeprefix(word)) for word, whole in pairs))


_SURNAME = _Weighted(_SURNAMES)


def draw_surname(random: Random) -> str:
    """A surname, as frequent as in life."""
    return random.choices(_SURNAME.words, cum_weights=_SURNAME.sums)[0]


def draw_given(random: Random, *, sex: str, born: int, ring: str = "") -> str:
    """A given name as people born in the year `born` have it. `sex` as GB/T 2261.1; `ring` is the family's shared
    first character of a generation, used for half of the brothers and sisters."""
    if born >= 2008:
        pool = _YOUNG
    elif born < 1962:
        pool = _OLD_MALE if sex == "1" else _OLD_FEMALE
    else:
        pool = _MALE if sex == "1" else _FEMALE
    if ring:
        return ring + random.choice(pool)
    if random.random() < (0.3 if 1970 <= born < 2000 else 0.12):
        return random.choice(pool)
    first = random.choice(_MIDDLE if random.random() < 0.4 and born < 2008 else pool)
    return first + random.choice(pool)


def draw_minority(random: Random) -> str:
    """A name with a dot between its parts."""
    return random.choice(_MINORITY)


def draw_foreign(random: Random) -> tuple[str, str]:
    """A name in Latin letters as a passport writes it, and the nationality."""
    return random.choice(_FOREIGN)


class Compound(NamedTuple):
    """Name and kind of a compound to be laid out."""

    name: str
    kind: str


class PlaceNames:
    """Names of communities and compounds: no community twice, compounds rarely."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._pairs = [first + second for first in _WATER for second in _LAND if first + second not in COMMUNITIES]
        random.shuffle(self._pairs)
        self._given = 0
        self._used: set[str] = set()

    def community(self) -> str:
        """A name for a community (without 社区); the first eight are those of 云澜街道."""
        index = self._given
        self._given += 1
        if index < len(COMMUNITIES):
            return COMMUNITIES[index]
        return self._pairs[(index - len(COMMUNITIES)) % len(self._pairs)]

    def compound(self, community: str, kind: str) -> Compound:
        """A name for a compound of `kind` in a community; the community's own name comes first, then others."""
        ends = _ENDS[kind]
        fronts = [community] if kind in ("自然村", "安置小区", "集体宿舍") else [community, *_FIRST]
        for _ in range(20):
            name = self._random.choice(fronts) + self._random.choice(ends)
            if name not in self._used:
                break
            if kind in ("自然村", "安置小区", "集体宿舍"):
                fronts = [community, *(community + word for word in "东西南北中"), *self._pairs[:200]]
        self._used.add(name)
        return Compound(name, kind)
