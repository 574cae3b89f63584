"""名册: who belongs to the class, taken over from a file (06.1.3); who is missing and who is unknown."""

from nonebot.plugin import PluginMetadata

from . import commands, files, missing
from .area import area

__plugin_meta__ = PluginMetadata(
    name="名册",
    description="从 Excel、CSV 导入名册，查谁还没进群、谁不在名册上，发入群码，删除个人资料",
    usage="班主任私聊发送：名册",
    type="application",
)

__all__ = ["area", "commands", "files", "missing"]
