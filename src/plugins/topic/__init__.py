"""话题: what has its place in the group, and who starts a talk (08.1.2.3, 12.2.1, 14.1.3, 15.4.1,
17.3.3)."""

from nonebot.plugin import PluginMetadata

from . import detector

__plugin_meta__ = PluginMetadata(
    name="话题",
    description="闲聊、晒饭、笑话、游戏等与班级无关的话题，以及谁可以在群里起头",
    usage="由群规条款绑定；或 /启用 topic，再用 /制度 set 写明哪些话题不合适",
    type="application",
)

__all__ = ["detector"]
