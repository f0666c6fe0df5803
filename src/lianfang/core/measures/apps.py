from importlib import import_module

from django.apps import AppConfig


class MeasuresConfig(AppConfig):
    """Registers what changes hands when two records of one person are merged."""

    name = "lianfang.core.measures"
    label = "measures"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Add this ledger's rows to those that move with a person; its other tables are known once imported."""
        import_module("lianfang.core.measures.standing")
        from lianfang.core.measures.duties import Duty
        from lianfang.core.measures.models import ControlMeasure, EpidemiologicalFact
        from lianfang.core.people.merging import MOVED_WITH_A_PERSON

        MOVED_WITH_A_PERSON.append((EpidemiologicalFact, "person_id"))
        MOVED_WITH_A_PERSON.append((ControlMeasure, "person_id"))
        MOVED_WITH_A_PERSON.append((Duty, "person_id"))
