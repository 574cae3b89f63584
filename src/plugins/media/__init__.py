"""图片、语音、文件与链接: which kinds may be sent, when, and what waits for a consent (06.2.4, 07.5.4,
14.1.5, 15.5.2, 15.6.1, 19.4.2)."""

from nonebot.plugin import PluginMetadata

from . import commands
from .detector import area
from .explain import explain
from .settings import MediaSettings

__plugin_meta__ = PluginMetadata(
    name="图片、语音、文件与链接",
    description="只许某些种类的消息、某些类型的文件，图片只在某些时间；文件、链接和投稿先经老师同意",
    usage="由制度的条款启用，例如：/启用 media",
    type="application",
)

area.explanation(explain)

__all__ = ["MediaSettings", "commands"]
