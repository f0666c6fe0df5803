"""The actions of the registry: a door-knock and a tip."""

from lianfang.capabilities.registry.tips import report_tip
from lianfang.capabilities.registry.visits import Newcomer, record_visit

__all__ = ["Newcomer", "record_visit", "report_tip"]
