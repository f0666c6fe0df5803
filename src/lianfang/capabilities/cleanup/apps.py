from django.apps import AppConfig


class CleanupConfig(AppConfig):
    """Hears of every change in what people are found by."""

    name = "lianfang.capabilities.cleanup"
    label = "cleanup"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Whoever is written or changed is compared by the next pass of the finder."""
        from lianfang.capabilities.cleanup.marking import mark
        from lianfang.core.people.keys import KEYS_CHANGED

        KEYS_CHANGED.append(mark)
