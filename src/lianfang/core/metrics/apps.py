from importlib import import_module

from django.apps import AppConfig


class MetricsConfig(AppConfig):
    name = "lianfang.core.metrics"
    label = "metrics"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Enter every metric into the registry."""
        import_module("lianfang.core.metrics.declared")
        import_module("lianfang.core.metrics.declared_measures")
