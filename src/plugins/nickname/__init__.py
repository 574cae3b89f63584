"""群昵称: names have the form that the policy writes, and nobody takes another's (02.1.2, 03.2.1, 08.1.1.2,
10.3.1, 11.6.1, 12.1.2, 14.1.2, 21.1.1.2)."""

from nonebot.plugin import PluginMetadata

from . import levels
from .area import area
from .settings import NicknameSettings

__plugin_meta__ = PluginMetadata(
    name="群昵称",
    description="群昵称的格式：提醒、宽限、自动改；不许冒用老师和别人的名片",
    usage="由制度的条款启用，例如：/启用 nickname",
    type="application",
)

__all__ = ["NicknameSettings", "area", "levels"]
