"""举报、投诉和上报: what members tell those who decide, and what is passed up."""

from nonebot.plugin import PluginMetadata

from . import complaints, escalating, reporting

__plugin_meta__ = PluginMetadata(
    name="举报和投诉",
    description="举报、投诉、上报",
    usage="私聊机器人：举报 名字 理由；投诉 名字 理由",
    type="application",
    config=None,
    supported_adapters={"~onebot.v11", "~onebot.v12"},
)

__all__ = ["complaints", "escalating", "reporting"]
