"""Signed commitments. What was signed is kept word for word, sealed; its hash stands on the printed letter."""

from __future__ import annotations

import json
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lianfang.core import vault
from lianfang.core.access.models import User
from lianfang.core.measures.duties import AnswerSource
from lianfang.core.measures.models import ControlMeasure
from lianfang.core.people.models import Person, Scoped
from lianfang.kernel.uuid7 import uuid7

CONTENT, PICTURE = "commitment.content", "commitment.picture"


class SignedHow(models.TextChoices):
    """How somebody signed."""

    DRAWN = "drawn", _("Drawn on the screen")
    TYPED = "typed", _("Name typed after a one-time code")
    PAPER = "paper", _("On paper, photographed")


class CommitmentQuerySet(Scoped["Commitment"]):
    """Questions about commitments."""

    permission = "measures.read"


class Commitment(models.Model):
    """Somebody under a measure signed the letter of its regime: themselves, through whoever acts for them, or on paper.

    `letter` and `letter_digest` name the text; the sealed content holds it word for word together with who signed what
    about whom. `digest` is the SHA-256 of the content, `check_code` its beginning, printed for checking. `access_id` is
    the stay on the resident's page in which it was signed.

    Invariants: a measure's text is signed once; a drawing or a paper has its picture; on paper it was taken down by
    staff and only then; a signature by somebody else names them; no two have the same check code.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    measure = models.ForeignKey(ControlMeasure, on_delete=models.PROTECT, related_name="commitments", db_index=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="commitments")
    path = models.CharField(max_length=48, db_collation="C")
    letter = models.CharField(max_length=60)
    letter_digest = models.CharField(max_length=64)
    how = models.CharField(max_length=8, choices=SignedHow.choices)
    source = models.CharField(max_length=8, choices=AnswerSource.choices)
    signer = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    access_id = models.UUIDField(null=True)
    signed_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    content_sealed = models.BinaryField()
    picture_sealed = models.BinaryField(null=True)
    picture_kind = models.CharField(max_length=4, blank=True, default="")
    digest = models.CharField(max_length=64)
    check_code = models.CharField(max_length=14, unique=True)

    objects = CommitmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["measure", "letter"], name="commitment_once_for_a_text"),
            models.CheckConstraint(
                condition=Q(how="typed", picture_sealed=None)
                | Q(how__in=["drawn", "paper"], picture_sealed__isnull=False),
                name="commitment_has_its_picture",
            ),
            models.CheckConstraint(
                condition=Q(how="paper", source="staff") | (~Q(how="paper") & ~Q(source="staff")),
                name="commitment_on_paper_by_staff",
            ),
            models.CheckConstraint(
                condition=Q(source="proxy", signer__isnull=False) | (~Q(source="proxy") & Q(signer=None)),
                name="commitment_of_another_names_them",
            ),
        ]
        indexes = [models.Index(fields=["path", "signed_at"], name="commitment_by_path")]

    @property
    def content(self) -> dict[str, Any]:
        """What was signed: the text, about whom, by whom, when."""
        said: dict[str, Any] = json.loads(vault.unseal_text(bytes(self.content_sealed), place=CONTENT, row=self.id))
        return said

    @property
    def picture(self) -> bytes:
        """The drawing or the photograph; empty for a typed name."""
        return vault.unseal(bytes(self.picture_sealed), place=PICTURE, row=self.id) if self.picture_sealed else b""
