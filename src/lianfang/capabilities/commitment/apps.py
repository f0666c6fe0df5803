from django.apps import AppConfig


class CommitmentConfig(AppConfig):
    """Registers what changes hands when two records of one person are merged."""

    name = "lianfang.capabilities.commitment"
    label = "commitment"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """What somebody signed goes with them."""
        from lianfang.capabilities.commitment.models import Commitment
        from lianfang.core.people.merging import MOVED_WITH_A_PERSON

        MOVED_WITH_A_PERSON.append((Commitment, "person_id"))
