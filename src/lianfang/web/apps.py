"""The web application: templates, static files, template tags and the Chinese of its own sentences."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Registers templates, static files and locale of the pages; it has no models."""

    name = "lianfang.web"
    label = "web"
    verbose_name = "Web"

    def ready(self) -> None:
        """Start listening to what the account pages report."""
        from lianfang.web.security import trail

        trail.connect()
