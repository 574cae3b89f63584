"""申诉: who was sanctioned can have it looked at by somebody else."""

from nonebot.plugin import PluginMetadata

from . import applications, commands, review

__plugin_meta__ = PluginMetadata(
    name="申诉",
    description="申诉和复核",
    usage="私聊机器人：申诉 编号 理由",
    type="application",
    config=None,
    supported_adapters={"~onebot.v11", "~onebot.v12"},
)

__all__ = ["applications", "commands", "review"]
