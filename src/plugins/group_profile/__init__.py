"""群资料: the group's name, its announcement with the rules, its avatar, and what is set before it opens
(01.4.1, 05.4.1, 06.1.2, 07.4.4, 13.2.2, 13.2.3, 15.1.1, 15.1.2, 17.2.1, 18.1.1, 19.2.1, 19.2.2)."""

from nonebot.plugin import PluginMetadata

from . import announcing, doctor, naming, points
from .area import area
from .settings import ProfileSettings

__plugin_meta__ = PluginMetadata(
    name="群资料",
    description="群名的格式和恢复，群规公告，头像和简介的提醒，建群清单",
    usage="由制度的条款启用，例如：/启用 group_profile",
    type="application",
)

__all__ = ["ProfileSettings", "announcing", "area", "doctor", "naming", "points"]
