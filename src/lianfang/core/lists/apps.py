from django.apps import AppConfig


class ListsConfig(AppConfig):
    """Registers what changes hands when two records of one person are merged."""

    name = "lianfang.core.lists"
    label = "lists"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Add this ledger's rows to those that move with a person."""
        from lianfang.core.lists.models import DecisionPin, ListRow
        from lianfang.core.people.merging import MOVED_WITH_A_PERSON

        MOVED_WITH_A_PERSON.append((ListRow, "person_id"))
        MOVED_WITH_A_PERSON.append((DecisionPin, "person_id"))
