"""The commitment letter on one's own page: read, signed, printed; and the page where its code is checked."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from lianfang.capabilities.commitment import standing
from lianfang.capabilities.commitment.checking import Checked, check
from lianfang.capabilities.commitment.letterpress import signed_pdf
from lianfang.capabilities.commitment.letters import letter_for
from lianfang.capabilities.commitment.signing import sign
from lianfang.capabilities.resident_access import own
from lianfang.core.actions.refusals import Refusal
from lianfang.core.measures.models import ControlMeasure
from lianfang.resident.frame import open_page
from lianfang.resident.guests import Guest, command_of, draw, guest_page
from lianfang.resident.limiting import address_of
from lianfang.resident.papers import CHECKS
from lianfang.web.answering import outside_address, uuid_of
from lianfang.web.queries.reports import press


@guest_page
def letter(request: HttpRequest, guest: Guest) -> HttpResponse:
    """Read the letter of a measure and sign it: by a drawing, or by typing one's name."""
    measure = _measure(request, guest)
    text = letter_for(measure.regime, measure.edition) if measure else None
    if measure is None or text is None:
        return redirect("mine_home", whose=guest.person.id)
    said, status = "", 200
    if request.method == "POST":
        try:
            sign(
                command_of(request),
                measure_id=measure.id,
                signer_id=guest.stay.person_id,
                access_id=guest.stay.id,
                typed_name=request.POST.get("typed_name", ""),
                drawing=request.POST.get("drawing", ""),
            )
        except Refusal as why:
            said, status = why.sentence, 422
    signed = standing.signed_for([measure]).get(measure.id)
    shown = {"measure": measure, "text": text, "signed": signed, "signer": guest.stay.person, "said": said}
    return draw(request, "resident/mine_letter.html", guest, status=status, **shown)


def _measure(request: HttpRequest, guest: Guest) -> ControlMeasure | None:
    named = uuid_of(request.POST.get("measure") or request.GET.get("measure"))
    return own.measure_of(guest.person.id, named) if named else None


@guest_page
def printed_letter(request: HttpRequest, guest: Guest) -> HttpResponse:
    """The signed letter as PDF."""
    measure = _measure(request, guest)
    signed = standing.signed_for([measure]).get(measure.id) if measure else None
    if signed is None:
        raise Http404("commitment")
    address = outside_address(request, reverse("paper_check", args=[signed.check_code]))
    answer = HttpResponse(signed_pdf(press(), signed, check_address=address), content_type="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="{signed.check_code}.pdf"'
    return answer


@open_page
def paper_check(request: HttpRequest, code: str) -> HttpResponse:
    """Whether a printed letter is what was signed. Says nothing about anybody."""
    if CHECKS.wait(address_of(request)):
        return draw(request, "resident/mine_check.html", None, status=429, busy=True)
    found: Checked = check(code)
    return draw(request, "resident/mine_check.html", None, status=200, found=found)
