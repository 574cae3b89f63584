"""争吵: two or three people who go for each other (02.4.2, 05.4.4, 21.2.1.8)."""

from nonebot.plugin import PluginMetadata

from . import detector

__plugin_meta__ = PluginMetadata(
    name="争吵",
    description="两三个人在群里吵起来：先请双方冷静，再有就短时间禁言；家长和老师只私下劝",
    usage="由群规条款绑定；或 /启用 quarrel",
    type="application",
)

__all__ = ["detector"]
