"""Where door sensors and their gateways send events: no log-in, a key in the header, JSON in and out."""

from __future__ import annotations

import re
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, JsonResponse
from django.http.request import RawPostDataException, UnreadablePostError
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from lianfang.capabilities.isolation.reading import BadSignal, events_in
from lianfang.capabilities.isolation.signalling import Taken, take
from lianfang.core.actions.refusals import SENTENCES
from lianfang.resident.limiting import Limit, address_of

SENDINGS = Limit(most=1200, seconds=60)
"""Batches from one address: a gateway of a whole subdistrict sends less."""
WRONG_KEYS = Limit(most=30, seconds=600)
"""Requests without a single event whose key fits, from one address. A key has 256 bits: this spares the server."""

STATUS = {"isolation.wrong_key": 401, "isolation.too_large": 413, "isolation.too_often": 429}
_BEARER = re.compile(r"Bearer +([A-Za-z0-9_-]{20,100})", re.IGNORECASE)


@login_not_required
@csrf_exempt
@require_POST
def door_events(request: HttpRequest) -> JsonResponse:
    """Take one event or a batch. What becomes of each stands in the answer; one bad event never stops the others.

    The answer is 200 as soon as one event was taken, so that a device does not send those again.
    """
    address = address_of(request)
    wait = SENDINGS.wait(address)
    if wait:
        return _refused("isolation.too_often", wait=wait)
    bearer = _BEARER.fullmatch(request.headers.get("Authorization", "").strip())
    if bearer is None:
        return _wrong_key(address)
    try:
        events = events_in(request.read(MOST_READ))
    except BadSignal as why:
        return _refused(why.code)
    except (RawPostDataException, UnreadablePostError):
        return _refused("isolation.not_json")
    taken = take(events, key=bearer[1])
    codes = {one.code for one in taken}
    if codes == {"isolation.wrong_key"}:
        return _wrong_key(address)
    status = 200 if "" in codes else STATUS.get(taken[0].code, 422)
    return _answer({"events": [_told(one) for one in taken]}, status=status)


MOST_READ = 64 * 1024 + 1
"""Bytes read of a body: one more than it may have."""


def _told(one: Taken) -> dict[str, object]:
    if one.code:
        return {"id": one.event_id, "ok": False, "code": one.code, "message": one.sentence}
    return {"id": one.event_id, "ok": True, "reported": one.reported}


def _wrong_key(address: str) -> JsonResponse:
    wait = WRONG_KEYS.wait(address)
    return _refused("isolation.too_often", wait=wait) if wait else _refused("isolation.wrong_key")


def _refused(code: str, *, wait: int = 0) -> JsonResponse:
    answer = _answer({"code": code, "message": str(SENTENCES[code])}, status=STATUS.get(code, 400))
    if wait:
        answer.headers["Retry-After"] = str(wait)
    if answer.status_code == 401:
        answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


def _answer(said: dict[str, Any], *, status: int) -> JsonResponse:
    answer = JsonResponse(said, status=status, json_dumps_params={"ensure_ascii": False})
    answer.headers["Cache-Control"] = "no-store"
    return answer


urlpatterns = [path("api/door-events/", door_events, name="door_events")]
"""The address stands in the settings of devices: it does not change."""
