"""A company that resumes work hands in its staff.

A stranger's file waits sealed and unopened until somebody of the community, who knows the company, releases it; then it
is a list whose columns the data desk confirms, like any other.
"""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from lianfang.capabilities.self_report import posters
from lianfang.capabilities.self_report.models import CompanyReport, CompanyState, PosterKind
from lianfang.core import vault
from lianfang.core.access.automatons import Automaton, automaton
from lianfang.core.actions.door import Answer, Command, action
from lianfang.core.actions.refusals import NotFound, Refusal, refusal
from lianfang.core.lists import storage
from lianfang.core.lists.models import Purpose, SourceList
from lianfang.core.lists.receiving import INLINE_BYTES, inspect, receive
from lianfang.core.territory.models import STEP, Level, Territory
from lianfang.kernel.cells import clean_text
from lianfang.kernel.credit_codes import read_credit_code
from lianfang.kernel.phones import read_phones

MOST_BYTES: Final = 10 * 1024 * 1024
LASTS: Final = timedelta(hours=48)
LEGAL_BASIS: Final = "传染病防治法（2025年修订）、突发公共卫生事件应急条例第四十条"

refusal("self_report.no_employer", _("Write the name of the company."))
refusal(
    "self_report.bad_credit_code", _("Compare the unified social credit code with the licence: it has 18 characters.")
)
refusal("self_report.no_contact", _("Write who can be asked, and a telephone number."))
refusal("self_report.no_file", _("Choose the file with your staff (.xlsx, .xls or .csv, at most 10 MB)."))
refusal("self_report.not_waiting_file", _("This file was decided meanwhile. Reload to see it."))
refusal("self_report.no_reason", _("Write why, so that the company can be told."))
ENDINGS: Final = (".xlsx", ".xls", ".csv")


def faults_of(given: dict[str, str], *, filename: str, size: int) -> dict[str, str]:
    """What is wrong with a registration, as refusal codes by name of the input; empty when it can be taken."""
    faults = {}
    if len(given["employer"]) < 2:
        faults["employer"] = "self_report.no_employer"
    if not read_credit_code(given["credit_code"]).valid:
        faults["credit_code"] = "self_report.bad_credit_code"
    if not given["contact"]:
        faults["contact"] = "self_report.no_contact"
    if not read_phones(given["phone"]).phones:
        faults["phone"] = "self_report.bad_phone"
    if given["read"] != "yes":
        faults["read"] = "self_report.not_read"
    if not filename.lower().endswith(ENDINGS) or not 0 < size <= MOST_BYTES:
        faults["file"] = "self_report.no_file"
    return faults


@action("self_report.register_company")
def register_company(
    command: Command,
    *,
    poster_code: str,
    employer: str,
    credit_code: str,
    contact: str,
    phone: str,
    filename: str,
    size: int,
    file_hash: str,
) -> Answer:
    """Take a company's registration; its file is stored already under the command's id and stays unopened."""
    poster = posters.poster_of(poster_code)
    if poster is None or poster.kind != PosterKind.COMPANY:
        command.asked.add("self_report.submit")
        raise NotFound("poster")
    command.require("self_report.submit", path=poster.path)
    if not poster.is_open(command.now):
        raise Refusal("self_report.closed")
    ask = json.dumps({"contact": contact, "phone": phone}, ensure_ascii=False).encode()
    CompanyReport.objects.create(
        id=command.id,
        poster_id=poster.id,
        path=poster.path,
        received_at=command.now,
        employer=clean_text(employer)[:80],
        credit_code=read_credit_code(credit_code).number[:18],
        contact_sealed=vault.seal(ask, place="company.contact", row=command.id),
        filename=filename[:200],
        size=size,
        file_hash=file_hash,
    )
    command.note("self_report.register_company", path=poster.path, subject_kind="company", subject_id=command.id)
    return {"company": str(command.id)}


@action("self_report.release_company")
def release_company(command: Command, *, company_id: UUID) -> Answer:
    """Release a company's file: it becomes a list of its community, whose columns the data desk confirms."""
    found = _waiting(command, company_id)
    community = Territory.objects.get(path=found.path[: 3 * STEP], level=Level.COMMUNITY)
    receive(
        Command(actor=automaton(Automaton.CLOCK), now=command.now),
        list_id=found.id,
        sender=found.employer,
        title=f"{found.employer}复工人员",
        purpose=Purpose.WORKERS,
        issuer=community.name,
        legal_basis=LEGAL_BASIS,
        deadline_at=command.now + LASTS,
        filename=found.filename,
        size=found.size,
        file_hash=found.file_hash,
        territory_id=community.id,
        document_no=found.credit_code,
    )
    if found.size <= INLINE_BYTES:
        inspect(SourceList.objects.select_related("sender").get(id=found.id))
    found.source_list_id = found.id
    _decide(command, found, CompanyState.RELEASED)
    return {"company": str(found.id), "list": str(found.id)}


@action("self_report.decline_company")
def decline_company(command: Command, *, company_id: UUID, reason: str) -> Answer:
    """Decline a company's file, with a reason. The file is removed unopened."""
    found = _waiting(command, company_id)
    found.reason = reason.strip()[:200]
    if not found.reason:
        raise Refusal("self_report.no_reason")
    _decide(command, found, CompanyState.DECLINED)
    storage.shred(found.id)
    return {"company": str(found.id)}


def _waiting(command: Command, company_id: UUID) -> CompanyReport:
    found = CompanyReport.objects.visible_to(command.actor).filter(id=company_id).select_for_update().first()
    if found is None:
        command.asked.add("self_report.handle")
        raise NotFound("company")
    command.require("self_report.handle", path=found.path)
    if found.state != CompanyState.WAITING:
        raise Refusal("self_report.not_waiting_file")
    return found


def _decide(command: Command, found: CompanyReport, state: CompanyState) -> None:
    found.state, found.decided_by, found.decided_at = state, command.actor, command.now
    found.save(update_fields=["state", "reason", "source_list", "decided_by", "decided_at"])
    code = "self_report.release_company" if state == CompanyState.RELEASED else "self_report.decline_company"
    command.note(code, path=found.path, subject_kind="company", subject_id=found.id)


def is_known(company_id: UUID) -> bool:
    """Whether a registration with this id was taken: then its file must stay."""
    return CompanyReport.objects.filter(id=company_id).exists()
