from django.apps import AppConfig


class SelfReportConfig(AppConfig):
    """Posters, residents' reports, companies' staff files, plates to look out for."""

    name = "lianfang.capabilities.self_report"
    label = "self_report"
    default_auto_field = "django.db.models.BigAutoField"
