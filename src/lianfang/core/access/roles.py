"""Roles and what each may do. A permission is a verb on a ledger; where it holds comes from the grant's area."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What an account may be in an area."""

    COUNTY = "county", _("County command")
    COMMAND = "command", _("Subdistrict command")
    DATA_DESK = "data_desk", _("Data desk")
    SECRETARY = "secretary", _("Community secretary")
    GRID_WORKER = "grid_worker", _("Grid worker")
    HEALTH = "health", _("Public health officer")
    DOCTOR = "doctor", _("Community doctor")
    RUNNER = "runner", _("Errand runner")
    INSPECTOR = "inspector", _("Inspector")
    AUDITOR = "auditor", _("Auditor")
    ADMINISTRATOR = "administrator", _("System administrator")


ALL_PERMISSIONS: dict[str, object] = {
    "territory.read": _("See areas and who answers for them"),
    "territory.edit": _("Change areas and the responsibility net"),
    "people.read": _("See people and households, names masked in lists"),
    "people.open": _("Open a person's file in full (the look is logged)"),
    "people.edit": _("Register and correct people"),
    "people.merge": _("Merge and split records of one person"),
    "lists.read": _("See lists and their rows"),
    "lists.import": _("Bring lists in and undo them"),
    "lists.decide": _("Decide doubtful rows"),
    "lists.return": _("Send results back to the sender"),
    "work.read": _("See work"),
    "work.assign": _("Dispatch, assign and forward work"),
    "work.do": _("Accept work, log calls, record and submit results"),
    "work.verify": _("Verify or return submitted work"),
    "work.report_tip": _("Pass on a tip"),
    "measures.read": _("See measures"),
    "measures.propose": _("Propose a measure"),
    "measures.approve": _("Approve a measure"),
    "measures.operate": _("Put an approved measure into effect at the door and hand it over"),
    "measures.release": _("Lift a measure after the check"),
    "measures.hear": _("Decide appeals"),
    "measures.audit": _("Check all restrictions from outside, without names"),
    "playbooks.sign": _("Sign an edition of the control rules"),
    "plans.activate": _("Order the switch between routine and emergency"),
    "zone.propose": _("Propose a lock-down or a risk area, name who answers for its doors"),
    "zone.approve": _("Order a lock-down or a risk area and lift it"),
    "zone.pass": _("Give and check household passes"),
    "self_report.handle": _("Print posters, take and correct residents' reports at the counter"),
    "self_report.submit": _("Report oneself and one's family (residents' own pages)"),
    "resident.answer": _("Answer for oneself or those one acts for (residents' own pages)"),
    "resident.admit": _("Give residents a code for their own page, bind who acts for whom, take down what is on paper"),
    "care.generate": _("Make the duties of the day and see what was missed (the clock)"),
    "care.signal": _("Send events of door sensors"),
    "errands.take": _("Take down requests of people at home and arrange them"),
    "errands.run": _("Carry out errands"),
    "metrics.read": _("See numbers"),
    "reports.freeze": _("Freeze and correct the day's reports"),
    "reports.submit": _("Submit a unit's daily report"),
    "access.read": _("See accounts and grants"),
    "access.grant": _("Make accounts and give or end grants"),
    "access.confirm": _("Confirm roles that read people"),
    "sla.edit": _("Change time limits"),
    "audit.read": _("Search the audit log"),
}

_SEE = frozenset({"territory.read", "people.read", "lists.read", "work.read", "measures.read", "metrics.read"})
_DO = frozenset({"people.open", "people.edit", "work.do", "work.report_tip"})

PERMISSIONS: dict[str, frozenset[str]] = {
    Role.COUNTY: _SEE
    | {"people.open", "reports.submit", "access.confirm", "measures.hear", "playbooks.sign", "plans.activate"},
    Role.COMMAND: _SEE
    | {"people.open", "work.assign", "work.verify", "work.report_tip", "reports.freeze", "reports.submit"}
    | {"measures.operate", "measures.release", "zone.approve", "plans.activate"}
    | {"sla.edit", "territory.edit", "access.confirm"},
    Role.DATA_DESK: _SEE
    | _DO
    | {"lists.import", "lists.decide", "lists.return", "work.assign", "work.verify", "people.merge"}
    | {"reports.freeze", "reports.submit", "measures.propose", "territory.edit", "sla.edit"}
    | {"zone.propose", "self_report.handle", "resident.admit", "errands.take"},
    Role.SECRETARY: _SEE
    | _DO
    | {"lists.decide", "work.assign", "work.verify", "reports.submit", "measures.propose", "people.merge"}
    | {"measures.operate", "measures.release", "zone.propose", "zone.pass", "self_report.handle", "resident.admit"}
    | {"errands.take", "errands.run"},
    Role.GRID_WORKER: frozenset({"territory.read", "people.read", "work.read", "measures.read", "metrics.read"})
    | _DO
    | {"measures.operate", "zone.pass", "self_report.handle", "resident.admit", "errands.take", "errands.run"},
    Role.HEALTH: _SEE | {"people.open", "measures.approve", "measures.release", "measures.hear", "playbooks.sign"},
    Role.DOCTOR: frozenset({"territory.read", "people.read", "work.read", "measures.read", "metrics.read"})
    | {"people.open", "work.do"},
    Role.RUNNER: frozenset({"territory.read", "errands.run"}),
    Role.INSPECTOR: frozenset({"territory.read", "work.read", "metrics.read", "work.report_tip"}),
    Role.AUDITOR: frozenset({"territory.read", "audit.read", "access.read", "measures.audit"}),
    Role.ADMINISTRATOR: frozenset({"territory.read", "access.read", "access.grant"}),
}

TOTP_ROLES = frozenset(
    {role.value for role in (Role.COUNTY, Role.COMMAND, Role.DATA_DESK, Role.HEALTH, Role.ADMINISTRATOR)}
)
"""Roles that command or see whole lists log in with a second factor (switched off in the demo, which says so)."""

_OF_PEOPLE = frozenset(
    {"people.read", "people.open", "people.edit", "people.merge", "lists.read", "work.read", "measures.read"}
    | {"errands.run"}
)
PEOPLE_ROLES = frozenset(role.value for role in Role if PERMISSIONS[role] & _OF_PEOPLE)
"""Roles in which one reads about people. Whoever makes accounts cannot bring one into force alone (four eyes)."""
