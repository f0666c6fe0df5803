"""Registers templates and static files of the phone pages; it has no models."""

from django.apps import AppConfig


class FieldConfig(AppConfig):
    """The phone pages."""

    name = "lianfang.field"
    label = "field"
    verbose_name = "Field"
