from importlib import import_module

from django.apps import AppConfig


class ZoneConfig(AppConfig):
    """Its tables lie in several modules; they are known once imported."""

    name = "lianfang.capabilities.zone"
    label = "zone"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Make the other tables known."""
        import_module("lianfang.capabilities.zone.contracts")
        import_module("lianfang.capabilities.zone.passes")
