"""The words senders write above their columns, and the field each means.

`EXACT` knows whole labels (spaces, line breaks, asterisks and bracketed remarks removed, lower case); `PARTS` knows
pieces of labels, tried in order. Chinese, English and the pinyin initials of official data formats.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from lianfang.kernel.pinyin import simplified

FIELDS: Final[frozenset[str]] = frozenset(
    """name name_latin identity identity_type phone sex birth_date age nationality address registered_address
    province city county subdistrict community compound building unit room grid arrived_at departed_at origin
    destination transport coach seat event_at event_place release_at reason category relation household_size
    householder employer sender_ref sequence note temperature test_result result result_at result_by result_measure
    companions landlord_name landlord_phone landlord_identity ignore""".split()
)
"""Everything a column can mean. ``ignore`` keeps the cell in the raw row only."""

SEVERAL: Final[frozenset[str]] = frozenset({"phone", "identity", "ignore", "result", "result_by", "result_at", "note"})
"""Fields that more than one column may have; all others belong to the column that fits best."""

RESULTS: Final[frozenset[str]] = frozenset({"result", "result_at", "result_by", "result_measure"})
"""Columns the sender left to be filled in on return."""

PERSON: Final[frozenset[str]] = frozenset({"name", "name_latin", "identity", "phone"})
"""Fields without any of which a table is no list of people."""

_WORDS: Final[dict[str, str]] = {
    "name": (
        "姓名 名字 人员姓名 姓名全称 姓 人员 受检人 受检者 被检人 受检人姓名 购药人 购药人姓名 扫码人 机主 "
        "机主姓名 机主姓氏 姓氏 持码人 旅客 旅客姓名 乘客 乘客姓名 租客 租客姓名 租户 租户姓名 承租人 当事人 "
        "患者 患者姓名 学生 学生姓名 员工 员工姓名 职工姓名 中文姓名 中文名 真实姓名 返乡人员 返乡人员姓名 "
        "对象 对象姓名 人名 密接者 密接姓名 密接者姓名 xm xingming name fullname realname username 被采样人 "
        "采样人员姓名 家庭成员 家庭成员姓名 成员姓名 住户姓名 居民姓名 本人姓名 大名 姓甚名谁 租住人员 租住人 "
        "承租人员 入住人 "
        "入住人员 居住人 居住人员 暂住人 暂住人员 流动人员 被报告人 重点人员 户主及家庭成员 户内人员 家庭人员 "
        "全家人员"
    ),
    "name_latin": (
        "paxname passengername englishname latinname 英文姓名 英文名 拼音姓名 姓名拼音 护照姓名 证件英文名 "
        "pax xmpy ywxm"
    ),
    "identity": (
        "身份证 身份证号 身份证号码 公民身份号码 公民身份证号 公民身份证号码 居民身份证号 居民身份证号码 "
        "身份号码 证件号 证件号码 证照号码 证件编号 身份证件号 身份证件号码 有效证件号码 有效证件号 证件 "
        "护照号 护照号码 通行证号码 证号 idno id号 idnumber idcard idcardno docno documentno documentnumber "
        "passportno passport certno cardno zjhm zjh sfzh sfzhm sfz gmsfhm gmsfzh sfzjhm zjbh 本人身份证号 "
        "租客身份证号 购药人身份证号 身份证号/护照号 身份证/护照号 公民身份号 公民身份 身份号"
    ),
    "identity_type": (
        "证件类型 证件种类 证件类别 证件名称 zjlx zjzl sfzjlx doctype documenttype idtype cardtype certtype"
    ),
    "phone": (
        "电话 手机 手机号 手机号码 电话号码 联系电话 联系方式 联系手机 联系号码 联系手机号 本人电话 本人手机 "
        "本人手机号 移动电话 固定电话 座机 座机号 固话 备用电话 家庭电话 租客电话 其他电话 电话1 电话2 手机1 手机2 "
        "手机号1 手机号2 联系电话1 联系电话2 tel telephone telno mobile mobileno mobilephone phone phoneno "
        "phonenumber cellphone contact contactno contactnumber sjhm sjh sj lxdh lxfs dhhm yddh lxsj brdh "
        "号码"
    ),
    "sex": "性别 xb gender sex 男/女",
    "birth_date": "出生日期 出生年月 出生年月日 生日 csrq csny birthday birthdate dateofbirth dob",
    "age": "年龄 年纪 岁数 周岁 nl age",
    "nationality": "国籍 国籍/地区 国籍地区 国别 国家 国家/地区 gj gjdq nationality citizenship country",
    "address": (
        "地址 住址 现住址 现住地址 现地址 家庭住址 家庭地址 居住地址 居住地 居住地点 现居住地 现居住地址 "
        "现居地 现居住详细地址 现住地 详细地址 详细住址 联系地址 常住地址 常住地 常住详细地址 住所 "
        "住处 家住哪里 住哪里 住在哪里 居住详细地址 居住小区及房号 小区及房号 居住小区 家庭详细地址 "
        "健康管理地址 出租房地址 出租房屋地址 "
        "房屋地址 租住地址 居家地址 隔离地址 居住地详细地址 目前居住地 目前住址 现住址(详细到门牌号) "
        "具体地址 具体住址 dz zz xzz xzdz xjzd jzdz jzd xxdz jtzz jtdz czdz lxdz address homeaddress addr "
        "residence currentaddress"
    ),
    "registered_address": (
        "户籍地址 户籍地 户籍 户籍所在地 户口所在地 户口地址 户籍详细地址 身份证地址 证件地址 户籍住址 原籍 "
        "籍贯 hjdz hjd hkszd hjszd registeredaddress"
    ),
    "province": "省 省份 所在省 现住省 居住省份 省(区、市) 省市区 sf province",
    "city": "市 地市 城市 所在市 现住市 居住城市 ds cs city",
    "county": (
        "区县 县区 县 区 县(市、区) 县市区 区(县) 所属区县 所在区县 所属区县编号 所在县区 现住县区 sszrqbh "
        "ssqx qx xq qxbh county district"
    ),
    "subdistrict": (
        "街道 乡镇 镇街 镇 乡 街镇 镇(街道) 乡镇街道 乡镇(街道) 街道(乡镇) 街道/乡镇 所属街道 所在街道 "
        "所属街道编号 所属镇街 所属乡镇 sszrjdbh ssjd jd xz zj jdbh subdistrict street town"
    ),
    "community": (
        "社区 村居 居委 居委会 村委会 村社 村(社区) 社区(村) 村/社区 社区/村 行政村 村 所属社区 所在社区 "
        "所属村居 所属村(社区) 所属社区编号 村(居) 居村 居村委 sszrsqbh sssq sq cj sqbh community"
    ),
    "compound": (
        "小区 小区(村) 小区名称 小区/村 小区名 所在小区 居住小区名称 楼盘 自然村 院落 xiaoqu xqmc compound estate"
    ),
    "building": (
        "楼幢 楼栋 楼号 幢/组号 栋/组号 座 座号 幢 幢号 栋 栋号 栋数 楼 楼座 楼幢号 楼栋号 几幢 几栋 号楼 组 "
        "楼栋/组 幢/组 ld ldh lh "
        "zh building"
    ),
    "unit": "梯 梯号 梯位 门洞 单元 单元号 几单元 dy dyh unit",
    "room": "户室 门室 室 室号 房号 房间号 房间 门牌 门牌号码 户号 门号 房室号 室/号 几室 fh fjh sh mph room roomno",
    "grid": "网格 网格号 网格编号 网格名称 所属网格 所在网格 所属网格编号 wg wgbh wgh sswg grid gridcode",
    "arrived_at": (
        "抵达日期 抵达时间 到达日期 到达时间 返乡日期 返乡时间 返回日期 返回时间 返程时间 到家时间 到家日期 "
        "返岗日期 返岗时间 入境日期 入境时间 入住日期 入住时间 来返时间 返抵时间 抵县时间 抵市时间 抵街时间 "
        "来本地时间 到达 抵达 返回 抵达日 到达日 来云时间 来返日期 进入时间 报到时间 到访时间 航班日期 "
        "乘车日期 乘车时间 fltdate flightdate ddsj ddrq dqsj "
        "rjrq rjsj fhsj arrivaltime arrivaldate arrivedat 拟返乡时间 预计返乡时间 预计到达时间"
    ),
    "departed_at": (
        "离开时间 离开日期 离开涉疫地时间 出发时间 出发日期 离境日期 启程时间 离市时间 离开风险区时间 cfsj "
        "cfrq lksj lkrq departuretime departuredate"
    ),
    "origin": (
        "来源地 出发地 出发城市 从哪里来 旅居地 旅居史 始发地 始发站 发站 上车站 来自 来源 涉疫地区 涉疫地 "
        "驻留区域 风险地区 风险区域 来自地区 出发站 途经地 途经风险地区 旅居地区 返乡前居住地 来源地区 "
        "务工地 前往地 lyd cfd ljd dep from origin departure 何地返回 从何处来 从何地返回"
    ),
    "destination": "目的地 到达地 到站 下车站 抵达地 到达站 到达城市 终点站 mdd ddz arr to destination arrival",
    "transport": (
        "车次 航班 航班号 航班/车次 车次/航班 交通工具 交通方式 返回方式 出行方式 班次 车牌 车牌号 车牌号码 "
        "乘坐交通工具 fltno flightno flight cc hbh jtgj train trainno"
    ),
    "coach": "车厢 车厢号 cxh coach",
    "seat": "座位 座位号 座号 席位 席位号 座次 zwh seat seatno",
    "event_at": (
        "采样时间 采样日期 上次采样日期 上次采样时间 最近采样时间 末次接触时间 末次接触日期 最后接触时间 "
        "最后接触日期 接触时间 暴露时间 购药时间 购药日期 购买时间 扫码时间 赋码时间 赋码日期 驻留起 "
        "驻留时间 驻留起始时间 开始时间 登记时间 检测时间 就诊时间 到访日期 时间 日期 cysj jcsj gysj smsj "
        "fmsj time date 末次暴露时间 末次暴露日期"
    ),
    "event_place": (
        "采样点 采样点名称 采样地点 药店 药店名称 场所 场所名称 地点 扫码地点 接触地点 暴露地点 检测机构 "
        "就诊医院 cyd csmc"
    ),
    "release_at": "解除隔离日期 解除日期 解除时间 解除隔离时间 期满日期 管控结束日期 驻留止 结束时间 截止时间",
    "reason": "原因 未检原因 赋码原因 核查原因 推送原因 事由 管控原因 排查原因 协查原因 fmyy wjyy reason",
    "category": (
        "类别 人员类别 人员类型 人员分类 人群分类 人群类别 判定类别 风险类别 风险等级 码色 健康码 健康码颜色 "
        "健康码状态 类型 密接类型 药品 药品名称 药品类别 人员属性 重点人员类别 lb rylb rylx ms category"
    ),
    "relation": "与户主关系 与户主的关系 关系 家庭关系 成员关系 与病例关系 与户主 hzgx yhzgx relation relationship",
    "household_size": "家庭人数 户人数 同住人数 人数 家庭人口 家庭人口数 户籍人数 居住人数 人口数 jtrs",
    "householder": "户主 户主姓名 户主名 家长姓名 hz hzxm",
    "companions": "同住人 同住人员 共同居住人 同住家属 同行人 同行人员 同行人员姓名 家庭成员情况",
    "employer": (
        "工作单位 单位 企业名称 企业 公司 公司名称 单位名称 所在单位 用工单位 就读学校 学校 gzdw dwmc employer company"
    ),
    "sender_ref": (
        "数据批次号 推送批次 下发批次 批次 批次号 采样编号 样本编号 条码 条码号 唯一标识 数据编号 流水号 "
        "来函序号 记录编号 主键 任务编号 工单号 pch bh cybh lsh refno recordid batch uuid guid"
    ),
    "sequence": "序号 编号 序 行号 号 顺序号 xh no no. num number # index 序列",
    "note": "备注 说明 备注说明 其他 其他说明 备注信息 bz remark remarks note notes comment",
    "temperature": "体温 体温(℃) 体温℃ 测温 tw temperature temp",
    "test_result": "检测结果 核酸结果 核酸检测结果 检验结果 采样结果 抗原结果 jcjg hsjg testresult",
    "result": (
        "结果 核查结果 核查情况 反馈 反馈情况 反馈结果 结果代码 核实结果 核实情况 处置结果 处置情况 排查结果 "
        "排查情况 落实情况 是否在本辖区 去向 去向/原因 核查反馈 hcjg hcqk fkqk fkjg clqk result feedback "
        "outcome"
    ),
    "result_at": (
        "核查时间 核查日期 反馈时间 反馈日期 管控起始日期 管控开始日期 管控时间 核实时间 排查时间 转运时间 "
        "hcsj hcrq fksj gkksrq gkqsrq"
    ),
    "result_by": (
        "核查人 核查人员 核查人姓名 核实人 经办人 反馈人 排查人 核查人电话 反馈单位 包保干部 责任人 hcr fkr jbr"
    ),
    "result_measure": "管控措施 拟采取措施 采取措施 处置措施 管控方式 管控状态 管理措施 落实措施 gkcs czcs measure",
    "landlord_name": (
        "出租户 出租户姓名 屋主 屋主姓名 房东 房东姓名 "
        "出租人 出租人姓名 出租方 出租方姓名 房主 房主姓名 业主 业主姓名 产权人 fdxm fd"
    ),
    "landlord_phone": (
        "出租户电话 出租户联系电话 屋主电话 房东电话 房东手机 房东手机号 房东联系电话 房东联系方式 出租人电话 "
        "出租人联系电话 房主电话 业主电话 "
        "业主联系电话 fddh fdsj"
    ),
    "landlord_identity": (
        "出租户身份证 出租户身份证号 屋主身份证号 房东身份证 房东身份证号 房东身份证号码 房东证件号码 "
        "出租人身份证号 出租人身份证号码 房主身份证号 "
        "业主身份证号 fdsfz fdsfzh"
    ),
    "ignore": (
        "民族 文化程度 婚姻状况 职业 房间数 疫苗针次 疫苗接种情况 推送单位 号码归属 号码归属地 归属地 出生年 "
        "属相 链接 照片 关联病例 病例 病例姓名 联系人 紧急联系人 网格员 填报人 登记人 采样人 采样员 监护人 "
        "楼长 法人 职务 职位 职称 办公电话 值班电话 咨询电话 监督电话 服务热线 传真 传真号码 摸排人数 已核查 "
        "未核查 mz link url 户编号 户编码 家庭编号 家庭户编号 householdid householdno"
    ),
}

EXACT: Final[dict[str, str]] = {word: field for field, words in _WORDS.items() for word in words.split()}

_RELATIVES: Final = r"(?:同住|同行|共同居住|配偶|妻子|丈夫|爱人|父母|家属)(?:人员|人|者)?"
"""How a label begins that speaks of somebody who lives or came with the person of the row."""

_OTHER_PEOPLE: Final = (
    r"(?:紧急联系|联络|监护|家长|父亲|母亲|填报|登记|填表|采样(?!者)|流调|推送|报告|上报|审核|网格|包保|楼栋?长|网格长|负责|法人|单位联系|企业联系|关联|病例|陪同|担保|介绍|"
    r"接收|值班|随访|医生|民警|书记|社工|志愿者|签约|经手|录入|对接|联系人|传染源|感染来源|户主)"
)
"""How a label begins that speaks of somebody else than the person of the row."""

PARTS: Final[tuple[tuple[re.Pattern[str], str], ...]] = tuple(
    (re.compile(pattern), field)
    for pattern, field in (
        (r"(?:房东|出租人|出租户|出租方|房主|屋主|业主|产权人).*(?:身份|证)", "landlord_identity"),
        (r"(?:房东|出租人|出租户|出租方|房主|屋主|业主|产权人).*(?:电话|手机|联系|号码|方式)", "landlord_phone"),
        (r"房东|出租人|出租方|出租户(?!.*(?:地址|住址))|房主|屋主|业主(?!.*(?:地址|住址))", "landlord_name"),
        (r"^(?:核查|核实|经办|反馈|排查|处置|包保)(?:人|人员|干部|责任人)", "result_by"),
        (r"户主.*关系|与.*关系", "relation"),
        (r"^户主(?:姓名|名)?$", "householder"),
        (r"(?:家庭成员|家人|户内人员|户内人口)(?:姓名|名单|情况)?$", "name"),
        (rf"^{_RELATIVES}\d?(?:的)?(?:姓名|名字|情况|信息)?$", "companions"),
        (rf"^{_RELATIVES}\d?.*(?:身份|证件|号码|电话|手机|联系|年龄|性别|生日|出生)", "ignore"),
        (rf"^{_OTHER_PEOPLE}.*(?:姓名|名字|电话|手机|联系|方式|身份证|证件|号码|员|者|人|长|单位|地址)?$", "ignore"),
        (r"(?:疫苗|接种|针次|民族|学历|职业|照片|签名|签字)", "ignore"),
        (r"(?:人数|户数|总数|合计|占比|完成率|百分比)$", "household_size"),
        (r"证件?(?:类型|种类|类别)|(?:id|doc|cert|card)\s*type", "identity_type"),
        (r"户籍|户口|身份证.*地址|证件.*地址", "registered_address"),
        (r"身[份分]证|证件?号|身份号|公民身份|护照号|(?:id|passport|document|cert).*(?:no|num)", "identity"),
        (r"^(?:办公|值班|咨询|监督|报告|举报|热线|单位).{0,2}电话|传真|热线", "ignore"),
        (r"电话|手机|联系方式|联[系络].{0,2}号|(?:phone|mobile|tel)", "phone"),
        (r"(?:英文|拼音|护照).*(?:姓名|名)|(?:pax|passenger|english|latin).*name", "name_latin"),
        (r"姓名|名字$|^name|name$", "name"),
        (r"性别|gender", "sex"),
        (r"出生.*(?:日期|年月|时间)|生日|birth", "birth_date"),
        (r"年龄|^age", "age"),
        (r"国籍|国别|nationality", "nationality"),
        (r"体温|temperature", "temperature"),
        (r"核酸.*结果|检测.*结果|抗原.*结果|检验.*结果", "test_result"),
        (r"(?:核查|反馈|管控|核实|排查|处置).*(?:时间|日期)", "result_at"),
        (r"(?:管控|采取|处置|落实).*措施", "result_measure"),
        (r"(?:核查|核实|反馈|排查|处置|落实).*(?:结果|情况|意见|状态)|^反馈", "result"),
        (r"解除.*(?:时间|日期)", "release_at"),
        (r"(?:离开|出发|离境|启程).*(?:时间|日期)", "departed_at"),
        (
            r"(?:到达|抵达|返乡|返回|入境|返岗|到家|返|来.?|入住|抵).*(?:时间|日期)|来云|哪天(?:到|来|回)|几号(?:到|来|回)|arriv.*(?:time|date)|(?:time|date).*arriv",
            "arrived_at",
        ),
        (r"(?:接触|暴露|采样|购药|扫码|赋码|检测|驻留|就诊|登记|发病|确诊).*(?:时间|日期)", "event_at"),
        (r"(?:采样|检测|扫码|就诊|接触|暴露).*(?:点|地|场所|机构|医院)", "event_place"),
        (r"来源|从.*来|旅居|出发地|始发|风险(?:地|区)|涉疫(?:地|区)|何地", "origin"),
        (r"目的地|到达(?:地|站)|终点", "destination"),
        (r"航班|车次|交通|flight|train", "transport"),
        (r"座位|席位|seat", "seat"),
        (r"网格", "grid"),
        (
            r"(?:现|居|住|家庭|常住|租|隔离|管理|详细|具体|目前).*(?:地址|住址|住地|住所|地点)|地址|住址|address",
            "address",
        ),
        (r"住(?:在|哪)|哪里住|^home|(?:现|家庭)?住(?:处|哪)", "address"),
        (r"小区.*(?:房号|门牌|楼|栋|幢)", "address"),
        (r"小区|楼盘|自然村", "compound"),
        (r"楼幢|楼栋|栋号|幢号|号楼|^[楼幢栋座组][/或、]?[楼幢栋座组]?号?$", "building"),
        (r"单元", "unit"),
        (r"房号|室号|门牌|房间号|户室", "room"),
        (r"街道|乡镇|镇街", "subdistrict"),
        (r"社区|村居|居委|村委|行政村", "community"),
        (r"区县|县区|县市", "county"),
        (r"批次|流水号|唯一|编号$|编码$", "sender_ref"),
        (r"单位|企业|公司|学校", "employer"),
        (r"原因|事由|reason", "reason"),
        (r"类别|类型|分类|码色|等级", "category"),
        (r"备注|remark", "note"),
        (r"(?:时间|日期)$", "event_at"),
    )
)
"""Pieces of labels in the order they are tried; what speaks of other people comes first."""

_CODES: Final[tuple[tuple[re.Pattern[str], str], ...]] = tuple(
    (re.compile(pattern), field)
    for pattern, field in (
        (
            r"(?:jjlxr|lxr|jhr|jz|tbr|txr|bgr|jbr|dbr|cyr|cyy|wgy|fzr|wly)(?:xm|dh|lxdh|sjh|sjhm|lxfs|sfzh|sfzhm|zjhm)?",
            "ignore",
        ),
        (r"fd(?:xm|mc)", "landlord_name"),
        (r"fd(?:lxdh|sjh|sjhm|lxfs)", "landlord_phone"),
        (r"fd(?:zjhm|sfzhm)", "landlord_identity"),
        (r"[a-z]{0,4}xm", "name"),
        (r"[a-z]{0,4}(?:sfzhm?|sfzjhm?|zjhm?|gmsfhm?|gmsfzhm)", "identity"),
        (r"[a-z]{0,4}(?:lxdh|sjhm?|dhhm?|yddh|lxfs|lxsj)\d?", "phone"),
        (r"(?:hj|hk)[a-z]{0,3}(?:dz|xz|d|szd)|hj[a-z]{0,3}dz", "registered_address"),
        (r"(?:x|xj|j|c|m|xc)z[a-z]{0,3}(?:dz|xz|zz)|[xj]{1,2}z[dz]{1,2}z?", "address"),
        (r"(?:lr|tb|gx|tj|sb|cj)(?:sj|rq)", "ignore"),
        (r"(?:dd|fh|dq|rj|fx|dl|dy|fg)(?:sj|rq)", "arrived_at"),
        (r"(?:lk|cf|lj)(?:sj|rq)", "departed_at"),
    )
)
"""Codes of pinyin initials put together from known pieces: ``ryxm`` 人员姓名, ``jjlxrdh`` 紧急联系人电话."""

_BRACKETED: Final = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】")
_DROPPED: Final = re.compile(r"[\s*:_.。、,，★☆※▲●]+")


def plain_label(text: str) -> str:
    """A label (cleaned by `clean_text`) as `EXACT` knows labels: no space, no asterisk, no remark, lower case."""
    compact = _DROPPED.sub("", text).lower()
    if compact in EXACT:
        return compact
    bare = _BRACKETED.sub("", compact)
    return bare or compact


@lru_cache(maxsize=20_000)
def field_of_label(text: str) -> tuple[str, float]:
    """Field a label means and how sure that is (1.0 whole label known, 0.75 a piece of it, 0 unknown, field empty)."""
    label = plain_label(text)
    if label not in EXACT and not label.isascii():
        label = simplified(label)
    if not label or len(label) > 40:
        return "", 0.0
    if field := EXACT.get(label):
        return field, 1.0
    if len(label) > 20:
        return "", 0.0
    if label.isascii() and label.isalnum() and (field := _field_of_code(label)):
        return field, 0.75
    for pattern, field in PARTS:
        if pattern.search(label):
            return field, 0.75
    return "", 0.0


def _field_of_code(code: str) -> str:
    return next((field for pattern, field in _CODES if pattern.fullmatch(code)), "")
