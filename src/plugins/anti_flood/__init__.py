"""防刷屏: the same text or picture again and again, too many messages or pictures at once, walls of
text."""

from nonebot.plugin import PluginMetadata

from . import detector, explain
from .settings import FloodSettings

__plugin_meta__ = PluginMetadata(
    name="防刷屏",
    description="同样的内容连续发送，短时间内发得太多，或大段文字、大量图片",
    usage="由制度的条款启用，例如：/启用 anti_flood",
    type="application",
    config=None,
    supported_adapters={"~onebot.v11", "~onebot.v12"},
)

__all__ = ["FloodSettings", "detector", "explain"]
