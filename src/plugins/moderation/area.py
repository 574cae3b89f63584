"""The area that the commands of this plugin belong to."""

from src.core.area import Area, DefaultClause

from .settings import ModerationSettings

area = Area(
    "moderation",
    title="管理命令",
    settings=ModerationSettings,
    default=DefaultClause("老师和值日班委可以警告、禁言、移出违规的成员；每次都有记录，可以申诉。"),
)
