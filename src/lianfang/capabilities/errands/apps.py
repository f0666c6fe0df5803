from django.apps import AppConfig


class ErrandsConfig(AppConfig):
    """Registers what changes hands when two records of one person are merged."""

    name = "lianfang.capabilities.errands"
    label = "errands"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Errands go with the person they are for."""
        from lianfang.capabilities.errands.models import Errand
        from lianfang.core.people.merging import MOVED_WITH_A_PERSON

        MOVED_WITH_A_PERSON.append((Errand, "person_id"))
