"""@ 对方: a message to somebody carries an @ (14.1.6)."""

from nonebot.plugin import PluginMetadata

from .detector import area
from .explain import explain
from .settings import MentionSettings

__plugin_meta__ = PluginMetadata(
    name="@ 对方",
    description="家长对谁说话就 @ 谁，只叫名字的提醒一下",
    usage="由制度的条款启用，例如：/启用 mention",
    type="application",
)

area.explanation(explain)

__all__ = ["MentionSettings"]
