"""`python -m bench.address_rows`: writes the labelled addresses of `tests/data/addresses` anew (see the README there).

Templates fill in invented doors in the ways people write them; the odd ones are written by hand. The parts `dev` and
`test` have other places, other seeds, and mix the styles differently.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Callable

from bench.address_land import FOLDER, SMALL, Land, figures, land_of, room, room_written, spoken

FIELDS = ("part", "style", "address", "compound", "building", "unit", "room", "group", "number", "shop", "outside")
LETTERS = {"b": "building", "u": "unit", "r": "room", "g": "group", "n": "number", "s": "shop"}
_WIDE = str.maketrans("0123456789-#ABCDEF", "０１２３４５６７８９－＃ＡＢＣＤＥＦ")


Made = tuple[str, str]
"""An address and its label: ``compound|b5|u2|r301``."""


def flat(land: Land) -> Made:
    """A flat with an entrance: 5幢2单元301室."""
    name = land.numbered("花苑", "江南", "花园", "新村", "公馆", "二期", "天", "雅苑", "丽景", "公寓", "西区")
    number = land.dice.randint(1, 10)
    unit, (flat_number, storey) = land.dice.randint(1, 4), room(land)
    house = figures(land, number) + land.one("幢", "栋", "号楼", "座", "#", "号", "#楼")
    entrance = figures(land, unit) + land.one("单元", "单元", "单元", "门", "梯", "号单元")
    if house.endswith("号"):
        entrance = figures(land, unit) + "单元"
    gap = land.one("", "", "", " ")
    text = gap.join((land.written(name), house, entrance, room_written(land, flat_number, storey)))
    return land.above(name) + text, f"{name}|b{number}|u{unit}|r{flat_number}"


def dashed(land: Land) -> Made:
    """A flat in figures only: 5-2-301, 5#2-301, 5/2/301."""
    name = land.numbered("花苑", "江南", "花园", "新村", "天", "雅苑", "丽景", "西区")
    number, unit, (flat_number, _) = land.dice.randint(1, 10), land.dice.randint(1, 4), room(land)
    text = land.one("{}-{}-{}", "{}#{}-{}", "{}/{}/{}", "{} {} {}", "{}幢{}-{}", "{}-{}-{}室", "{}#-{}-{}", "{}.{}.{}")
    written = land.written(name) + text.format(number, unit, flat_number)
    wide = land.dice.random() < 0.2
    return land.above(name) + (
        written.translate(_WIDE) if wide else written
    ), f"{name}|b{number}|u{unit}|r{flat_number}"


def tower(land: Land) -> Made:
    """A flat in a tower, without an entrance."""
    name = land.kind("国际", "花苑", "壹号", "丽都")
    letters = "座" in land.buildings[name][0] and land.buildings[name][0][0].isalpha()
    house = land.one("A", "B", "C", "D") if letters else str(land.dice.randint(1, 8))
    flat_number, storey = room(land, tower=True)
    word = land.one("座", "栋", "-") if letters else land.one("座", "幢", "号楼", "#", "-")
    text = room_written(land, flat_number, storey) if word != "-" else flat_number
    return land.above(name) + land.written(name) + house + word + text, f"{name}|b{house}|r{flat_number}"


def lettered(land: Land) -> Made:
    """An entrance by letter or side: 甲单元, 东单元, A座."""
    name = land.numbered("花苑", "江南", "新村", "天", "丽景", "西区")
    number, (flat_number, _) = land.dice.randint(1, 9), room(land)
    unit = land.one("甲", "乙", "东", "西", "A", "B")
    word = land.one("单元", "座") if unit.isascii() else land.one("单元", "门")
    house = f"{number}{land.one('幢', '号楼', '栋')}"
    return land.above(name) + name + house + unit + word + flat_number, f"{name}|b{number}|u{unit}|r{flat_number}"


def side(land: Land) -> Made:
    """A flat by its side: 3楼东户."""
    name = land.kind("江南", "新村", "天", "丽景", known=True)
    number, unit = land.dice.randint(1, 9), land.dice.randint(1, 4)
    where = land.one("东", "西", "中")
    storey = land.one("", "2", "5", "顶")
    text = f"{number}{land.one('幢', '号楼')}{unit}单元{storey and storey + '楼'}{where}户"
    return land.above(name) + name + text, f"{name}|b{number}|u{unit}|r{storey}{where}"


def group_house(land: Land) -> Made:
    """A house of a village group."""
    name = land.village()
    group, number = land.dice.randint(1, 6), land.dice.randint(1, 180)
    word = land.one("组", "组", "组", "村民小组", "队", "小组")
    written = (
        land.one("", "第")
        + figures(land, group)
        + word
        + land.one(str(number), f"{number:03}")
        + land.one("号", "号", "")
    )
    return land.above(name) + land.written(name) + written, f"{name}|g{group}|n{number}"


def hamlet(land: Land) -> Made:
    """A house of a natural village, with or without the village around it."""
    name = land.kind("自然村", "湾", "洼", "坝")
    number, sub = land.dice.randint(1, 90), land.dice.randint(1, 3)
    around = land.one("", land.village())
    written, label = land.one(
        f"{number}号|n{number}", f"{number}-{sub}号|n{number}-{sub}", f"{number}号院|n{number}"
    ).split("|")
    return land.above(name) + around + land.written(name) + written, f"{name}|{label}"


def street(land: Land) -> Made:
    """A house on a road."""
    name = land.kind("路", "巷")
    number, sub = land.dice.randint(131, 300), land.dice.randint(1, 3)
    flat_number, _ = room(land)
    written, label = land.one(
        f"{number}号|n{number}",
        f"{number}-{sub}号|n{number}-{sub}",
        f"{number}号附{sub}号|n{number}-{sub}",
        f"{number}号之{SMALL[sub]}|n{number}-{sub}",
        f"{number}号{flat_number}室|n{number}/r{flat_number}",
    ).split("|")
    return land.above(name) + name + written, f"{name}|{label.replace('/', '|')}"


def lane(land: Land) -> Made:
    """A lane of numbered houses: 58弄5号301室."""
    name = land.kind("弄")
    number, (flat_number, _) = land.dice.randint(1, 60), room(land)
    if land.dice.random() < 0.3:
        return land.above(name) + f"{name}{number}号", f"{name}|n{number}"
    return land.above(name) + f"{name}{number}号{flat_number}{land.one('', '室')}", f"{name}|b{number}|r{flat_number}"


def courtyard(land: Land) -> Made:
    """A building or house in a courtyard."""
    name = land.kind("号院", "大院", "家属院")
    house, (flat_number, _) = land.dice.randint(1, 9), room(land)
    unit = land.dice.randint(1, 3)
    written, label = land.one(
        f"{house}号楼{flat_number}|b{house}/r{flat_number}",
        f"{house}号楼{unit}单元{flat_number}室|b{house}/u{unit}/r{flat_number}",
        f"{house}栋{flat_number}|b{house}/r{flat_number}",
        f"{house}号|n{house}",
        f"{house}排{unit}号|b{house}/n{unit}",
        f"{house}-{unit}-{flat_number}|b{house}/u{unit}/r{flat_number}",
    ).split("|")
    return land.above(name) + land.written(name) + written, f"{name}|{label.replace('/', '|')}"


def dormitory(land: Land) -> Made:
    """A room in a dormitory."""
    name = land.kind("宿舍", "学生公寓")
    house, (flat_number, _) = land.dice.randint(1, 5), room(land)
    written = (
        f"{figures(land, house)}{land.one('号楼', '栋', '#', '幢')}{flat_number}{land.one('', '室', '寝室', '宿舍')}"
    )
    return land.above(name) + land.written(name) + written, f"{name}|b{house}|r{flat_number}"


def shop(land: Land) -> Made:
    """A shop, stall or hotel room."""
    number, letter = land.dice.randint(1, 60), land.one("A", "B", "C")
    market, homes = land.kind("市场"), land.numbered("花苑", "江南", "新村", "天", "丽景")
    hotel, street_of_shops = land.kind("宾馆", "饭店"), land.kind("商业街", "广场")
    return land.dice.choice(
        [
            (
                f"{land.written(market)}{letter}{number}{land.one('摊位', '号摊位', '号摊')}",
                f"{market}|s{letter}{number}",
            ),
            (
                f"{land.above(homes)}{homes}{land.one('沿街商铺', '门面', '沿街门面', '底商')}{number}号",
                f"{homes}|s{number}",
            ),
            (f"{homes}5幢商铺{number}号", f"{homes}|b5|s{number}"),
            (
                f"{land.written(street_of_shops)}{number}号{land.one('商铺', '店铺', '门面')}",
                f"{street_of_shops}|s{number}",
            ),
            (f"{land.written(hotel)}3{number:02}{land.one('房', '室', '房间')}", f"{hotel}|r3{number:02}"),
        ]
    )


def cut(land: Land) -> Made:
    """A compound's name cut short."""
    name = land.one(*{"dev": ("望湖花苑", "锦绣江南"), "test": ("碧水云天", "红枫雅苑")}[land.part])
    number, unit, (flat_number, _) = land.dice.randint(1, 9), land.dice.randint(1, 4), room(land)
    text = land.one(f"{number}幢{unit}单元{flat_number}", f"{number}-{unit}-{flat_number}")
    return land.above(name) + name[:-1] + text, f"{name}|b{number}|u{unit}|r{flat_number}"


def two(land: Land) -> Made:
    """Two addresses in one cell."""
    text, label = land.dice.choice([flat, dashed])(land)
    other = land.one(flat(land)[0], group_house(land)[0], f"{_far(land)}3幢1单元101室")
    form = land.one(
        "户籍：{1}；现居{0}", "户籍地{1}，现住{0}", "原住{1}，现住{0}", "现住{0}，户籍{1}", "现居住地：{0}（户籍：{1}）"
    )
    return form.format(text, other), label


def noisy(land: Land) -> Made:
    """A door with words, telephones and days around it."""
    text, label = land.dice.choice([flat, dashed, group_house, courtyard])(land)
    return land.one(
        "现住：{}",
        "住址：{}",
        "{}（租住）",
        "{}，居家隔离",
        "{} 19900001234",
        "{}，电话19900001234",
        "居住在{}",
        "{}(4月3日返回)",
    ).format(text), label


def outside(land: Land) -> Made:
    """A door somewhere else, sometimes in a compound of the same name."""
    number, unit, (flat_number, _) = land.dice.randint(1, 30), land.dice.randint(1, 4), room(land)
    name = land.one("夏晖小区", "春晓苑", "中央公园", land.kind("花园", "丽景", "花苑", "雅苑"))
    written = f"{number}{land.one('幢', '号楼', '栋')}{unit}单元{flat_number}室"
    return _far(land) + name + written, f"outside|b{number}|u{unit}|r{flat_number}"


def _far(land: Land) -> str:
    ours = {"dev": ("云海省", "云州市"), "test": ("岚江省", "岚州市")}[land.part]
    near = ours[1] + land.one("北岭区", "临江区", "南浦县")
    far = land.one("", ours[0]) + land.one("平州市", "泽州市") + land.one("河口县", "丰县")
    return land.one(near, far) + land.one("", "梅林街道", "槐林镇")


def nowhere(land: Land) -> Made:
    """No door: areas, compounds, buildings, entrances, storeys, landmarks."""
    name = land.numbered("花苑", "江南", "新村", "天", "丽景", "雅苑")
    village, road, any_name = land.village(), land.kind("路"), land.dice.choice(list(land.names))
    number = land.dice.randint(1, 10)
    house = f"{name}{number}{land.one('幢', '号楼', '栋', '#')}"
    text, label = land.dice.choice(
        [
            (any_name, any_name),
            (land.home[-1] + land.dice.choice(land.communities), ""),
            ("".join(land.home), ""),
            (house, name),
            (f"{house}{number}单元", name),
            (f"{house}3单元{number}楼", name),
            (f"{house}{land.one('整幢', '全部居民', '楼下', '门口', '东侧')}", name),
            (f"{village}{number}组", village),
            (f"{village}{spoken(number)}队", village),
            (f"{name}{number}楼", name),
            (f"{name}{land.one('东门', '南门', '地下车库', '物业', '保安亭', '3号门', '快递柜', '健身广场')}", name),
            (f"{road}{number}0{number}号{land.one('对面', '附近', '旁边')}", road),
            (f"{road}路口", road),
            (f"{name}{number}、{number + 1}幢", name),
            (f"{name}{number}-{number + 2}号楼", name),
            (f"{house}1单元301、302室", name),
            (f"{house}1单元{number}01旁", name),
        ]
    )
    return (land.above(label) if label else "") + text, label


def talk(land: Land) -> Made:
    """No door: what else people write into an address cell, alone or behind a compound or building."""
    day, days = f"{land.dice.randint(1, 12)}月{land.dice.randint(1, 28)}日", land.one("7", "14", "3")
    phone = f"1990000{land.dice.randint(1000, 9999)}"
    words = land.one(
        f"{day}至今居家隔离",
        f"居家健康监测{days}天",
        f"集中隔离{days}天，{day}解除",
        f"核酸{days}次阴性",
        f"电话{phone}",
        phone,
        f"2022年{day}到达",
        f"2022-{land.dice.randint(1, 12)}-{land.dice.randint(1, 28)}",
        f"乘G{land.dice.randint(1000, 9999)}次{land.dice.randint(1, 16)}车",
        f"同行{days}人",
        "已联系，拒接",
        "无法核实",
        f"{days}人同住",
        f"工号{land.dice.randint(1000, 9999)}",
    )
    name = land.numbered("花苑", "江南", "新村", "天", "丽景", "雅苑")
    number = land.dice.randint(1, 10)
    alone, behind, house = (words, ""), (f"{name}，{words}", name), (f"{name}{number}幢 {words}", name)
    return land.dice.choice([alone, behind, house])


STYLES: dict[Callable[[Land], Made], tuple[int, int]] = {
    flat: (120, 90),
    dashed: (60, 80),
    tower: (45, 50),
    lettered: (25, 30),
    side: (20, 20),
    group_house: (50, 45),
    hamlet: (30, 35),
    street: (35, 35),
    lane: (20, 20),
    courtyard: (40, 40),
    dormitory: (35, 30),
    shop: (40, 40),
    cut: (12, 15),
    two: (30, 30),
    noisy: (35, 40),
    outside: (40, 45),
    nowhere: (150, 160),
    talk: (90, 100),
}
"""How many rows of each style `dev` and `test` have."""


def labelled(part: str, style: str, address: str, label: str) -> dict[str, str]:
    """A row of the table from an address and its label."""
    compound, *pieces = label.split("|")
    row = dict.fromkeys(FIELDS, "") | {"part": part, "style": style, "address": address}
    row |= {"outside": "yes"} if compound == "outside" else {"compound": compound}
    return row | {LETTERS[piece[0]]: piece[1:] for piece in pieces}


def rows_of(part: str) -> list[dict[str, str]]:
    """All rows of a part: the templates' and those written by hand."""
    land, found = land_of(part), []
    for style, counts in STYLES.items():
        made: dict[str, str] = defaultdict(str)
        for _ in range(40 * counts[part == "test"]):
            if len(made) < counts[part == "test"]:
                made.setdefault(*style(land))
        found += [labelled(part, style.__name__, text, label) for text, label in made.items()]
    for line in (FOLDER / f"handwritten-{part}.txt").read_text(encoding="utf-8").splitlines():
        text, _, label = line.partition(" => ")
        found.append(labelled(part, "by_hand", text, "" if label == "-" else label))
    return found


def main() -> None:
    """Write the table."""
    with (FOLDER / "labelled.csv").open("w", encoding="utf-8", newline="") as target:
        writer = csv.DictWriter(target, FIELDS, lineterminator="\n")
        writer.writeheader()
        for part in ("dev", "test"):
            writer.writerows(rows_of(part))


if __name__ == "__main__":
    main()
