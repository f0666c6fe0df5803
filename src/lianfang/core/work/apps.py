from django.apps import AppConfig


class WorkConfig(AppConfig):
    """Registers what changes hands when two records of one person are merged."""

    name = "lianfang.core.work"
    label = "work"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Add this ledger's rows to those that move with a person."""
        from lianfang.core.people.merging import MOVED_WITH_A_PERSON
        from lianfang.core.work.models import ContactAttempt, WorkOrigin, WorkSubject

        MOVED_WITH_A_PERSON.append((WorkSubject, "person_id"))
        MOVED_WITH_A_PERSON.append((WorkOrigin, "person_id"))
        MOVED_WITH_A_PERSON.append((ContactAttempt, "person_id"))
