"""进群核对: who comes in, who was pulled in, who leaves (01.4.2, 06.2.3, 03.6.1, 13.4.3)."""

from nonebot.plugin import PluginMetadata

from . import (
    answers,
    arrival,
    commands,
    handlers,
    leaving,
    levels,
    probation,
    pulled,
    review,
)
from .area import area
from .settings import JoinSettings

__plugin_meta__ = PluginMetadata(
    name="进群核对",
    description="按名册和第二凭据核对入群申请；新人、被拉进来的人、退群、定期核对成员",
    usage="由制度的条款启用，例如：/启用 join_verification",
    type="application",
)

__all__ = [
    "JoinSettings",
    "answers",
    "area",
    "arrival",
    "commands",
    "handlers",
    "leaving",
    "levels",
    "probation",
    "pulled",
    "review",
]
