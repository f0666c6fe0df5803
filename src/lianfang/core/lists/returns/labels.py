"""The words and pinyin codes by which return forms name our fields."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

FIELDS: Mapping[str, tuple[str, ...]] = {
    "sequence": ("序号", "编号"),
    "person.name": ("姓名", "人员姓名", "被核查人姓名", "名字"),
    "document.type": ("证件类型", "证件种类"),
    "document.number": (
        "证件号码", "证件号", "身份证号", "身份证号码", "身份证件号码", "公民身份号码", "居民身份证号", "身份证",
    ),
    "phone": ("联系电话", "手机号码", "手机号", "手机", "电话", "联系方式", "本人电话", "电话号码"),
    "person.sex": ("性别",),
    "person.age": ("年龄",),
    "person.birth_date": ("出生日期", "出生年月"),
    "person.nationality": ("国籍", "国家地区"),
    "person.category": ("人员类别", "人员类型", "重点人员类别"),
    "list.batch": ("下发批次", "数据批次号", "批次"),
    "list.row": ("来函序号", "原序号", "下发序号"),
    "in_area": ("是否在本辖区", "是否在辖区", "是否在本地"),
    "dwelling.address": (
        "现居住详细地址", "现住址", "详细地址", "居住地址", "家庭住址", "家庭地址", "现居住地", "现居住地址", "住址",
    ),
    "area.county": ("所属区县编号", "所属县区编号"),
    "area.subdistrict": ("所属街道编号", "所属镇街编号"),
    "area.community": ("所属社区编号", "所属村社编号"),
    "area.grid": ("所属网格编号", "网格编号"),
    "area.community.name": ("所属社区", "社区", "村社区", "所属村社"),
    "area.grid.name": ("所属网格", "网格"),
    "outcome": ("核查结果", "结果代码", "核实结果", "排查结果", "处置结果", "核查情况", "反馈结果"),
    "outcome.destination": ("去向/原因", "去向", "去向及原因", "原因"),
    "measure": ("管控措施", "管控方式", "措施", "健康管理措施"),
    "measure.starts_on": ("管控起始日期", "管控开始日期", "管控开始时间", "起始日期"),
    "measure.ends_on": ("管控截止日期", "管控结束日期", "解除日期", "截止日期"),
    "arrived_at": ("到达时间", "抵达时间", "抵达日期", "到达日期"),
    "household.size": ("同住人数", "同住人员数"),
    "work.done_by": ("核查人", "经办人", "核查人员", "核实人", "网格员"),
    "work.done_by.phone": ("核查人电话", "经办人电话", "核查人联系电话", "网格员电话"),
    "work.done_at": ("核查时间", "核实时间", "核查日期", "反馈时间"),
    "note": ("备注", "备注说明"),
}  # fmt: skip
"""Field → the labels that mean it, the usual one first."""

CODES: Mapping[str, str] = {
    "xh": "sequence",
    "xm": "person.name",
    "zjlx": "document.type",
    "zjhm": "document.number",
    "sfzh": "document.number",
    "sfzhm": "document.number",
    "sjhm": "phone",
    "lxdh": "phone",
    "xb": "person.sex",
    "nl": "person.age",
    "csrq": "person.birth_date",
    "gj": "person.nationality",
    "rylb": "person.category",
    "zdrqlb": "person.category",
    "sszrqbh": "area.county",
    "sszrjdbh": "area.subdistrict",
    "sszrsqbh": "area.community",
    "sswgbh": "area.grid",
    "xxdz": "dwelling.address",
    "xzz": "dwelling.address",
    "jzdz": "dwelling.address",
    "hcjg": "outcome",
    "gkcs": "measure",
    "gkksrq": "measure.starts_on",
    "gkjsrq": "measure.ends_on",
    "hcr": "work.done_by",
    "hcrdh": "work.done_by.phone",
    "hcsj": "work.done_at",
    "bz": "note",
}
"""Pinyin initials as provincial and police exchange formats use them → field."""

_NOISE = re.compile(r"[\s*＊:：]+|[（(\[【][^）)\]】]*[）)\]】]")
_BY_LABEL = {label: name for name, labels in FIELDS.items() for label in labels}


def plain_label(text: str) -> str:
    """The label without blanks, line breaks, stars and bracketed remarks, in half-width signs."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", text))


def field_of(text: str) -> str:
    """The field a heading stands for, empty if unknown. A pinyin code or a known label, or else the longest known
    label (of three signs or more) inside it."""
    plain = plain_label(text)
    if plain.lower() in CODES:
        return CODES[plain.lower()]
    if plain in _BY_LABEL:
        return _BY_LABEL[plain]
    inside = [label for label in _BY_LABEL if len(label) >= 3 and label in plain and len(plain) <= 2 * len(label)]
    return _BY_LABEL[max(inside, key=len)] if inside else ""
