"""The web application: templates, static files, template tags and the Chinese of its own sentences."""

import gc

from django.apps import AppConfig

FEW_COLLECTIONS = (50_000, 20, 100)
"""Thresholds of the garbage collector. With Python's own, a page or a chunk of a list spends a third of its time on
walking through objects that all live on: a county's places, the applications, the rows at work."""


class WebConfig(AppConfig):
    """Registers templates, static files and locale of the pages; it has no models."""

    name = "lianfang.web"
    label = "web"
    verbose_name = "Web"

    def ready(self) -> None:
        """Start listening to what the account pages report."""
        from lianfang.web.security import trail

        trail.connect()
        gc.freeze()
        gc.set_threshold(*FEW_COLLECTIONS)
