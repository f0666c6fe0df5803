"""Who signed which edition. The rules themselves are files; of them only the digest is here."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from lianfang.core.access.models import User
from lianfang.kernel.uuid7 import uuid7


class EditionSignature(models.Model):
    """Two people's signatures under the content of one edition.

    Invariants: an edition is signed once per content, which its digest names; the second signature is another
    person's, and has its moment. A file whose content has changed has another digest and so no signature.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    edition = models.CharField(max_length=30)
    digest = models.CharField(max_length=64)
    signed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField()
    countersigned_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    countersigned_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["edition", "digest"], name="edition_signed_once_per_content"),
            models.CheckConstraint(
                condition=Q(countersigned_by=None) | ~Q(countersigned_by=F("signed_by")),
                name="edition_countersigned_by_another",
            ),
            models.CheckConstraint(
                condition=Q(countersigned_by=None, countersigned_at=None)
                | Q(countersigned_by__isnull=False, countersigned_at__isnull=False),
                name="edition_countersignature_has_its_moment",
            ),
            models.CheckConstraint(condition=~Q(digest=""), name="edition_signature_names_a_content"),
        ]
