"""静默时间与上课时间: when a group is quiet, and what has its place during lessons (04.3.4, 09.3.2, 12.6.1,
12.6.2)."""

from nonebot.plugin import PluginMetadata

from . import commands, levels
from .detector import area
from .explain import explain
from .settings import QuietSettings

__plugin_meta__ = PluginMetadata(
    name="静默与上课时间",
    description="按校历的静默时间：提醒、撤回或全员禁言；上课时间只说学习的事",
    usage="由制度的条款启用，例如：/启用 quiet_hours",
    type="application",
)

area.explanation(explain)

__all__ = ["QuietSettings", "commands", "levels"]
