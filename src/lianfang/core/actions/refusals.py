"""Refusals: a code that never changes and a sentence that says what to do."""

from __future__ import annotations

from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SENTENCES: dict[str, Promise | str] = {}
"""Every refusal code with its sentence; printed in docs/reference/refusals.md."""


class Refusal(Exception):
    """An anticipated no. `code` is for machines, `sentence` for people, `facts` fill the sentence's placeholders."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts

    @property
    def sentence(self) -> str:
        """The translated sentence, with its facts filled in."""
        text = str(SENTENCES.get(self.code, self.code))
        return text % self.facts if self.facts and "%(" in text else text


class NotAllowed(Refusal):
    """The actor lacks a permission in that area."""

    def __init__(self, permission: str) -> None:
        super().__init__("access.not_allowed", permission=permission)


class NotFound(Refusal):
    """No such row, or none that the actor may see: the two are the same answer on purpose."""

    def __init__(self, kind: str) -> None:
        super().__init__("access.not_found", kind=kind)


class SameCommandOtherBody(Refusal):
    """A command id was used again with other content."""

    def __init__(self, command_id: str) -> None:
        super().__init__("command.changed", command=command_id)


class NeverAsked(RuntimeError):
    """A programming fault: the action's body never asked for a permission. Nothing was written."""


def refusal(code: str, sentence: Promise | str) -> str:
    """Declare a refusal code with its sentence; returns the code."""
    SENTENCES[code] = sentence
    return code


refusal("access.not_allowed", _("You are not allowed to do this here. Ask your administrator for the role you need."))
refusal("access.not_found", _("Not found in your area."))
refusal("command.changed", _("This request was already carried out with other content. Reload the page and try again."))
refusal("command.bad_value", _("Something entered is too long or has characters that cannot be kept. Shorten it."))


class Faults:
    """Coded faults of single rows in a batch: one bad row never stops the others."""

    KEYS: ClassVar[tuple[str, str, str]] = ("id", "code", "sentence")

    def __init__(self) -> None:
        self.rows: list[dict[str, str]] = []

    def add(self, row_id: object, refusal: Refusal) -> None:
        """Keep why `row_id` was refused."""
        self.rows.append({"id": str(row_id), "code": refusal.code, "sentence": refusal.sentence})
