"""Who can log in to the demo. Plain constants: the settings and the command line show them."""

from __future__ import annotations

PASSWORD = "Yunlan-Drill-2022"  # noqa: S105 - the demo prints it
"""One password for every demo account; it satisfies the password policy and is no secret."""

LOGINS: list[dict[str, str]] = [
    {"username": "county", "password": PASSWORD, "role": "county", "name": "县防控办", "where": "云岭县"},
    {"username": "command", "password": PASSWORD, "role": "command", "name": "街道值班长", "where": "云澜街道"},
    {"username": "desk", "password": PASSWORD, "role": "data_desk", "name": "数据专班", "where": "云澜街道"},
    {"username": "secretary1", "password": PASSWORD, "role": "secretary", "name": "", "where": "望湖社区"},
    {"username": "secretary2", "password": PASSWORD, "role": "secretary", "name": "", "where": "花园社区"},
    {"username": "grid1", "password": PASSWORD, "role": "grid_worker", "name": "", "where": "望湖社区第一网格"},
    {"username": "grid2", "password": PASSWORD, "role": "grid_worker", "name": "", "where": "花园社区第一网格"},
    {"username": "health", "password": PASSWORD, "role": "health", "name": "疾控专员", "where": "云澜街道"},
    {"username": "doctor", "password": PASSWORD, "role": "doctor", "name": "", "where": "望湖社区"},
    {"username": "runner", "password": PASSWORD, "role": "runner", "name": "何小满", "where": "望湖社区"},
    {"username": "inspector", "password": PASSWORD, "role": "inspector", "name": "督查员", "where": "云澜街道"},
    {"username": "auditor", "password": PASSWORD, "role": "auditor", "name": "审计员", "where": "云岭县"},
    {"username": "admin", "password": PASSWORD, "role": "administrator", "name": "系统管理员", "where": "云岭县"},
]
"""`username`, `password`, `role` (a code of `core.access.roles.Role`), `name` (display name; filled below for people
of the responsibility net) and `where` (the area of the grant)."""

_NAMED = {"secretary1": "程慧敏", "secretary2": "陆建平", "doctor": "沈文君", "grid1": "李秀英", "grid2": "周志强"}
for _login in LOGINS:
    _login["name"] = _login["name"] or _NAMED[_login["username"]]
