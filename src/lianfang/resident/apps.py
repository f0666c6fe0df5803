"""Registers templates and static files of the residents' pages; it has no models."""

from django.apps import AppConfig


class ResidentConfig(AppConfig):
    """The residents' pages."""

    name = "lianfang.resident"
    label = "resident"
    verbose_name = "Resident"
