"""防刷屏: the same text or picture again and again, and too many messages at once."""

from nonebot.plugin import PluginMetadata

from . import detector, explain
from .settings import FloodSettings

__plugin_meta__ = PluginMetadata(
    name="防刷屏",
    description="同样的内容连续发送，或短时间内发得太多",
    usage="由制度的条款启用，例如：/启用 anti_flood",
    type="application",
    config=None,
    supported_adapters={"~onebot.v11"},
)

__all__ = ["FloodSettings", "detector", "explain"]
