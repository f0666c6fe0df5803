from pathlib import Path

from django.apps import AppConfig


class PlaybooksConfig(AppConfig):
    """Editions of the control rules and who signed them."""

    name = "lianfang.playbooks"
    label = "playbooks"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """A site's own editions lie in the data folder."""
        from django.conf import settings

        from lianfang.playbooks.shelf import use_own_folder

        use_own_folder(Path(settings.DATA_DIR) / "editions")
