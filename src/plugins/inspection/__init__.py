"""巡检: the school sees every group, and the head teacher their own, in one look (01.5.2, 03.5.2, 09.1.2,
13.5.1, 17.5.1); who has long been silent is listed for people to decide (05.4.5, 13.4.3, 18.4.3)."""

from nonebot.plugin import PluginMetadata

from . import commands, digest, schedule
from .area import area

__plugin_meta__ = PluginMetadata(
    name="巡检",
    description="定期看每个群的制度、权限、没办完的事、判错的比例、久不露面的管理者",
    usage="/巡检",
    type="application",
)

__all__ = ["area", "commands", "digest", "schedule"]
