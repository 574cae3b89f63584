"""群规与制度: what is in force, and how it is chosen and changed."""

from nonebot.plugin import PluginMetadata

from . import commands, doctor, why

__plugin_meta__ = PluginMetadata(
    name="群规与制度",
    description="查看群规、选定和修改制度、体检",
    usage="在群里发送 /群规 或 /帮助",
    type="application",
    config=None,
    supported_adapters={"~onebot.v11", "~onebot.v12"},
)

__all__ = ["commands", "doctor", "why"]
