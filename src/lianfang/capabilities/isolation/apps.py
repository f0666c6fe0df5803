from django.apps import AppConfig


class IsolationConfig(AppConfig):
    """Registers what changes hands when two records of one person are merged."""

    name = "lianfang.capabilities.isolation"
    label = "isolation"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """A consent stays with whoever gave it, also when their two records become one."""
        from lianfang.capabilities.isolation.models import DoorSensor
        from lianfang.core.people.merging import MOVED_WITH_A_PERSON

        MOVED_WITH_A_PERSON.append((DoorSensor, "consented_by_id"))
