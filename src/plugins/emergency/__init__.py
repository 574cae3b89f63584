"""紧急情况: words that need a person at once, and a group that has to be closed at once (01.4.6)."""

from nonebot.plugin import PluginMetadata

from . import answering, freezing, hearing, lane
from .area import area
from .settings import EmergencySettings

__plugin_meta__ = PluginMetadata(
    name="紧急情况",
    description="轻生、受伤害、孩子走失的话马上告诉老师，从不处罚说的人；冻结、解冻本群",
    usage="由群规条款绑定；或 /启用 emergency；冻结：/冻结",
    type="application",
)

__all__ = ["EmergencySettings", "answering", "area", "freezing", "hearing", "lane"]
