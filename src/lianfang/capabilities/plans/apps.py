from django.apps import AppConfig


class PlansConfig(AppConfig):
    """The switch between routine and emergency."""

    name = "lianfang.capabilities.plans"
    label = "plans"
    default_auto_field = "django.db.models.BigAutoField"
