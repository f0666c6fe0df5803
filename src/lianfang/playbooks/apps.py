from django.apps import AppConfig


class PlaybooksConfig(AppConfig):
    """Editions of the control rules and who signed them."""

    name = "lianfang.playbooks"
    label = "playbooks"
    default_auto_field = "django.db.models.BigAutoField"
