"""A household's form as the browser sent it, on a resident's page and at the counter alike."""

from __future__ import annotations

from django.http import HttpRequest

from lianfang.capabilities.self_report import rules


def draft_from(request: HttpRequest) -> rules.Draft:
    """What was typed so far."""
    many = {name: request.POST.getlist(name) for name in ("symptoms", "needs")}
    return rules.draft_of({key: str(value) for key, value in request.POST.items()}, many)


def with_more_or_less(draft: rules.Draft, go: str) -> rules.Draft:
    """The draft with a person more (`add`) or less (`drop-2`), for those without scripts."""
    people = list(draft.people)
    if go == "add" and len(people) < rules.MOST_PEOPLE:
        people.append(dict.fromkeys(rules.PERSON_FIELDS, ""))
    elif go.startswith("drop-") and go[5:].isdigit() and 0 < int(go[5:]) < len(people):
        del people[int(go[5:])]
    return rules.Draft(draft.said, tuple(people), draft.many)
