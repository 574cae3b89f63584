"""值日: who has the duty of the day."""

from nonebot.plugin import PluginMetadata

from . import commands

__plugin_meta__ = PluginMetadata(
    name="值日",
    description="今天由谁值日，交接",
    usage="在群里发送 /值日 @对方",
    type="application",
    config=None,
    supported_adapters={"~onebot.v11", "~onebot.v12"},
)

__all__ = ["commands"]
