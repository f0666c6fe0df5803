"""Everything reports can do; importing this module enters the actions into the door."""

from lianfang.capabilities.reports.freezing import correct, freeze
from lianfang.capabilities.reports.units import submit_unit

__all__ = ["correct", "freeze", "submit_unit"]
