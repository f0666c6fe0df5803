"""Chinese of the pages of areas and duties, by English message id. The catalogue is made from these pairs."""

# ruff: noqa: E501 - a sentence stays on one line

from __future__ import annotations

MESSAGES: dict[str, str] = {
    "%(name)s now answers for %(area)s.": "%(name)s现负责%(area)s。",
    "A list carries one of these presets; its own deadline counts when it is earlier. Work already dispatched keeps its deadline.": "名单选用其中一档；名单自带期限更早的以名单为准。已派单的工单期限不变。",
    "Accepting comes before finishing; both take between 5 minutes and 30 days (43200 minutes).": "签收时限不得长于办结时限；两者都在 5 分钟至 30 天（43200 分钟）之间。",
    "Account": "账号",
    "Address, or a door like 5-2-301": "地址，或门牌如 5-2-301",
    "Areas and duties": "区域与责任",
    "Ask": "查询",
    "Duties": "责任人",
    "End": "结束",
    "End the duty of %(name)s?": "结束%(name)s的责任？",
    "Ended.": "已结束。",
    "From further up": "上级",
    "Here": "本级",
    "In place of": "接替",
    "Minutes to accept": "签收时限（分钟）",
    "Minutes to finish": "办结时限（分钟）",
    "Name someone": "指定责任人",
    "No door or area in your territory fits.": "您的辖区内没有符合的门牌或区域。",
    "Nobody with an account answers here: work waits at the desk.": "此处没有带账号的责任人：工单留在数据专班。",
    "Nobody: beside the others": "不接替，另增一人",
    "None: gets no work in the system": "无账号：系统不派单",
    "Off duty": "休班",
    "Role": "角色",
    "Saved. Lists received from now on use it.": "已保存，此后收到的名单适用。",
    "Show telephones": "显示电话",
    "Telephones shown. Your look was written down.": "已显示电话，本次查看已留痕。",
    "Time limits": "办理时限",
    "Vacant": "空缺",
    "Who answers for this door?": "这扇门谁负责？",
    "Who answers where. Work goes to the grid worker, to the deputy when they are off duty, to the community when nobody is named.": "谁负责哪里。工单派给网格员；休班时派给副网格员；空缺时派给社区。",
    "Work goes to <b>%(name)s</b> (%(role)s).": "工单派给<b>%(name)s</b>（%(role)s）。",
    "no account": "无账号",
}
