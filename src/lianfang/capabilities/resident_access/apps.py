from importlib import import_module

from django.apps import AppConfig


class ResidentAccessConfig(AppConfig):
    """Registers what changes hands when two records of one person are merged."""

    name = "lianfang.capabilities.resident_access"
    label = "resident_access"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Codes, stays and requests go with the person; who acts for whom too, unless the two are now one."""
        from lianfang.capabilities.resident_access.models import AccessCode, ResidentSession
        from lianfang.capabilities.resident_access.requests import DataRequest
        from lianfang.core.people.merging import MOVED_WITH_A_PERSON

        import_module("lianfang.capabilities.resident_access.proxies")
        MOVED_WITH_A_PERSON.append((AccessCode, "person_id"))
        MOVED_WITH_A_PERSON.append((ResidentSession, "person_id"))
        MOVED_WITH_A_PERSON.append((DataRequest, "person_id"))
