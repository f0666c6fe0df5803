"""Chinese surnames: which characters begin a name, and how a surname is read when it differs from the ordinary reading.

Sources: the Hundred Family Surnames with the surnames common today added by hand; readings as in Xiandai Hanyu Cidian.
"""

from __future__ import annotations

SINGLE = frozenset(
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎鲁韦昌马苗凤花方俞任袁柳"
    "潜酆鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于时傅皮卞齐康伍余元卜顾孟平黄和穆萧尹姚邵湛汪祁毛禹狄米贝明臧计伏成戴谈宋茅庞"
    "熊纪舒屈项祝董梁杜阮蓝闵席季麻强贾路娄危江童颜郭梅盛林刁钟徐邱骆高夏蔡田樊胡凌霍虞万支柯昝管卢莫经房裘缪干解应宗丁宣贲邓"
    "郁单杭洪包诸左石崔吉钮龚程嵇邢滑裴陆荣翁荀羊於惠甄曲家封芮羿储靳汲邴糜松井段富巫乌焦巴弓牧隗山谷车侯宓蓬全郗班仰秋仲伊宫"
    "宁仇栾暴甘钭厉戎祖武符刘景詹束龙叶幸司韶郜黎蓟薄印宿白怀蒲邰从鄂索咸籍赖卓蔺屠蒙池乔阴胥能苍双闻莘党翟谭贡劳逄姬申扶堵冉宰"
    "郦雍郤璩桑桂濮牛寿通边扈燕冀郏浦尚农温别庄晏柴瞿阎充慕连茹习宦艾鱼容向古易慎戈廖庾终暨居衡步都耿满弘匡国文寇广禄阙东欧殳沃"
    "利蔚越夔隆师巩厍聂晁勾敖融冷訾辛阚那简饶空曾毋沙乜养鞠须丰巢关蒯相查后荆红游竺权逯盖益桓公肖付代冼覃区邝岳佟佘帅仝邸苑冮"
    "闫揭降麦庹阳缑候刑代涂展原晋闾撒哈仉谌初楚官佴来由训信位兰扎言苟牟母泰荔修户练海衣亓卿战门闪粟腾銮展迟朴院者巨鹿生回才尧"
)

COMPOUND = frozenset(
    (
        "欧阳 太史 端木 上官 司马 东方 独孤 南宫 万俟 闻人 夏侯 诸葛 尉迟 公羊 赫连 澹台 "
        "皇甫 宗政 濮阳 公冶 太叔 申屠 公孙 慕容 仲孙 钟离 长孙 宇文 司徒 鲜于 司空 闾丘 "
        "子车 亓官 司寇 巫马 公西 颛孙 壤驷 公良 漆雕 乐正 宰父 谷梁 拓跋 夹谷 轩辕 令狐 "
        "段干 百里 呼延 东郭 南门 羊舌 微生 公户 公玉 公仪 梁丘 公仲 公上 公门 公山 公坚 "
        "左丘 公伯 西门 公祖 第五 公乘 贯丘 公皙 南荣 东里 东宫 仲长 子书 子桑 即墨 达奚 "
        "褚师 纳兰 完颜 叶赫 那拉 爱新 觉罗 "
    ).split()
)

_SINGLE_READINGS = (
    "单=shan 仇=qiu 曾=zeng 解=xie 任=ren 查=zha 区=ou 朴=piao 盖=ge 覃=qin 缪=miao 翟=zhai 乐=yue 折=she "
    "佘=she 厍=she 黑=he 员=yun 贠=yun 恽=yun 车=che 召=shao 邵=shao 句=gou 勾=gou 郗=xi 秘=bi 洗=xian "
    "冼=xian 宁=ning 都=du 隗=wei 种=chong 祭=zhai 繁=po 过=guo 撒=sa 佴=nai 能=nai 乜=nie 薄=bo 卜=bu "
    "柏=bai 谌=chen 瞿=qu 牟=mou 葛=ge 纪=ji 强=qiang 应=ying 燕=yan 占=zhan 沈=shen 石=shi 夏=xia 贾=jia "
    "费=fei 曲=qu 华=hua 尉=wei 宓=mi 逄=pang 於=yu 那=na 晁=chao 殷=yin 臧=zang 阚=kan "
)

READINGS = {
    **dict(pair.split("=") for pair in _SINGLE_READINGS.split()),
    "尉迟": "yu chi",
    "万俟": "mo qi",
    "长孙": "zhang sun",
    "澹台": "tan tai",
    "单于": "chan yu",
    "宰父": "zai fu",
    "乐正": "yue zheng",
    "仲长": "zhong chang",
    "子车": "zi ju",
}
"""Readings of surnames, toneless, syllables apart; ``ü`` is written ``v``."""
