"""What the choices of the form are called, and why a form is not taken."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lianfang.core.actions.refusals import refusal

refusal("self_report.no_address", _("Write where you live: building, unit and room."))
refusal("self_report.choose", _("Choose one of these."))
refusal("self_report.no_origin", _("Write where you came from: city and county."))
refusal("self_report.not_read", _("Tick this box once you have read the notice."))
refusal("self_report.no_day", _("Write the day, like 2026-03-08."))
refusal("self_report.bad_day", _("This is not a day. Write it like 2026-03-08."))
refusal("self_report.future_day", _("This day has not come yet."))
refusal("self_report.no_name", _("Write the name of this person, or take the person out."))
refusal("self_report.bad_name", _("Write the name only, without numbers or remarks."))
refusal("self_report.bad_number", _("This number cannot be right. Compare it with the document, or leave it empty."))
refusal("self_report.number_twice", _("The same number stands at another person. One of them is wrong."))
refusal("self_report.no_phone", _("Write a telephone number where we can reach your household."))
refusal("self_report.bad_phone", _("This is no telephone number. A mobile number has 11 digits."))
refusal("self_report.unreadable", _("This report could not be read any more. Ask the household again."))
refusal("self_report.not_listed", _("This report fits into no list. Write it down anew at the counter."))

Words = dict[str, str | Promise]

RELATIONS: Final[Words] = {
    "self": _("Myself"),
    "spouse": _("Wife or husband"),
    "child": _("Son or daughter"),
    "parent": _("Father or mother"),
    "grandchild": _("Grandchild"),
    "grandparent": _("Grandparent"),
    "sibling": _("Brother or sister"),
    "other": _("Somebody else who lives here"),
}
TRANSPORT: Final[Words] = {
    "": _("Choose, or leave empty"),
    "train": _("By train"),
    "plane": _("By plane"),
    "coach": _("By coach"),
    "car": _("By own car"),
    "other": _("Another way"),
}
CONTACTS: Final[Words] = {
    "no": _("No"),
    "told": _("Yes, I was told that one of us is a contact"),
    "zone": _("Yes, one of us was in a place on the list of risk areas"),
    "unsure": _("I am not sure"),
}
RESULTS: Final[Words] = {
    "": _("No test in the last days"),
    "negative": _("Tested: negative"),
    "positive": _("Tested: positive"),
    "waiting": _("Tested: no result yet"),
}
SYMPTOMS: Final[Words] = {
    "fever": _("Fever, 37.3 °C or more"),
    "cough": _("Cough"),
    "throat": _("Sore throat"),
    "fatigue": _("Tired and weak"),
    "smell": _("Smell or taste gone or weaker"),
    "nose": _("Blocked or running nose"),
    "eyes": _("Red, itching eyes"),
    "muscles": _("Aching muscles"),
    "diarrhoea": _("Diarrhoea"),
}
NEEDS: Final[Words] = {
    "dialysis": _("Dialysis"),
    "pregnant": _("Pregnant or soon after a birth"),
    "medicine": _("Needs medicine all the time"),
    "alone": _("Old and living alone"),
    "infant": _("A small child at home"),
    "disabled": _("Cannot move well, or disabled"),
}

LISTED_RELATIONS: Final = {
    "self": "本人", "spouse": "配偶", "child": "子女", "parent": "父母", "grandchild": "孙子女",
    "grandparent": "祖父母", "sibling": "兄弟姐妹", "other": "同住人",
}  # fmt: skip
"""Words of the list that is made of reports: lists are in Chinese, whoever reads the page."""
LISTED_TRANSPORT: Final = {"train": "火车", "plane": "飞机", "coach": "客车", "car": "自驾", "other": "其他"}
LISTED_CONTACTS: Final = {"told": "自述被告知为密接", "zone": "自述到过风险区", "unsure": "接触史不清"}
LISTED_RESULTS: Final = {"negative": "阴性", "positive": "阳性", "waiting": "待出结果"}
LISTED_SYMPTOMS: Final = {
    "fever": "发热", "cough": "咳嗽", "throat": "咽痛", "fatigue": "乏力", "smell": "嗅觉味觉减退", "nose": "鼻塞流涕",
    "eyes": "结膜炎", "muscles": "肌痛", "diarrhoea": "腹泻",
}  # fmt: skip
LISTED_NEEDS: Final = {
    "dialysis": "血液透析", "pregnant": "孕产妇", "medicine": "慢病用药", "alone": "独居老人", "infant": "婴幼儿",
    "disabled": "行动不便",
}  # fmt: skip
