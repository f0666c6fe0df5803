"""The fixed words and codes upper tables use for results, measures, documents and sexes.

Texts are stored words of Chinese forms and never translated. Result codes follow the standing order of the ten results
(standards 4.3); document types are GA/T 517 as the police exchange writes them; sexes GB/T 2261.1; measure codes are
those of the provincial import form.
"""

from __future__ import annotations

from collections.abc import Mapping

from lianfang.core.measures.models import Regime
from lianfang.core.work.outcomes import Outcome
from lianfang.kernel.identity_kinds import IdentityKind

OUTCOME_TEXTS: Mapping[str, str] = {
    Outcome.CONTROLLED.value: "在本辖区—已管控",
    Outcome.NO_CONTROL.value: "在本辖区—不需管控",
    Outcome.ELSEWHERE.value: "不在本辖区—转推",
    Outcome.NEVER_CAME.value: "从未到过",
    Outcome.LEFT.value: "已离开",
    Outcome.UNREACHABLE.value: "联系不上",
    Outcome.WRONG_NUMBER.value: "空号错号",
    Outcome.NO_SUCH_PERSON.value: "查无此人",
    Outcome.DUPLICATE.value: "重复",
    Outcome.HANDLED_ELSEWHERE.value: "已由他处管控",
}
OUTCOME_CODES: Mapping[str, str] = {text: f"{number:02}" for number, text in enumerate(OUTCOME_TEXTS.values(), start=1)}
"""``在本辖区—已管控`` → ``01`` … ``已由他处管控`` → ``10``."""

IN_AREA = frozenset({Outcome.CONTROLLED.value, Outcome.NO_CONTROL.value})
NOT_IN_AREA = frozenset({Outcome.ELSEWHERE.value, Outcome.NEVER_CAME.value, Outcome.LEFT.value})

MEASURE_TEXTS: Mapping[str, str] = {
    Regime.CENTRAL.value: "集中隔离",
    Regime.HOME.value: "居家隔离医学观察",
    Regime.HOME_MONITORING.value: "居家健康监测",
    Regime.DAILY_MONITORING.value: "日常健康监测",
    Regime.SELF_MONITORING.value: "自我健康监测",
}
MEASURE_CODES: Mapping[str, str] = {
    "集中隔离": "01",
    "居家隔离医学观察": "02",
    "居家健康监测": "03",
    "日常健康监测": "04",
    "三天两检": "05",
    "解除": "06",
}
"""The provincial form has no code for self-monitoring: such a value is reported, not bent."""

DOCUMENT_TEXTS: Mapping[str, str] = {
    IdentityKind.RESIDENT_ID.value: "居民身份证",
    IdentityKind.HK_MACAO_RESIDENCE.value: "居民身份证",
    IdentityKind.TAIWAN_RESIDENCE.value: "居民身份证",
    IdentityKind.FOREIGN_PERMANENT.value: "外国人永久居留证",
    IdentityKind.FOREIGN_PERMANENT_OLD.value: "外国人永久居留证",
    IdentityKind.HK_MACAO_PERMIT.value: "港澳通行证",
    IdentityKind.TAIWAN_PERMIT.value: "台湾通行证",
    IdentityKind.PASSPORT_CN.value: "普通护照",
    IdentityKind.PASSPORT_FOREIGN.value: "普通护照",
    IdentityKind.OTHER.value: "其他",
}
"""Residence permits of Hong Kong, Macao and Taiwan residents carry an 18-digit citizen-style number; forms of this kind
have no code of their own for them and take 111."""
DOCUMENT_CODES: Mapping[str, str] = {
    "居民身份证": "111",
    "普通护照": "414",
    "台湾通行证": "511",
    "港澳通行证": "516",
    "外国人永久居留证": "553",
    "其他": "990",
}

SEX_TEXTS: Mapping[str, str] = {"1": "男", "2": "女", "": "未说明"}
SEX_CODES: Mapping[str, str] = {"男": "1", "女": "2", "未说明": "9"}

CODE_TABLES: Mapping[str, Mapping[str, str]] = {
    "zjlx": DOCUMENT_CODES,
    "xb": SEX_CODES,
    "hcjg": OUTCOME_CODES,
    "gkcs": MEASURE_CODES,
}
"""Code tables by the name export profiles call them."""

CODES_BY_FIELD: Mapping[str, Mapping[str, str]] = {
    "document.type": DOCUMENT_CODES,
    "person.sex": SEX_CODES,
    "outcome": OUTCOME_CODES,
    "measure": MEASURE_CODES,
}
"""The same by our own field names."""
