"""隐私保护: rankings, personal numbers, doxxing and other people's talk stay out of the group."""

from nonebot.plugin import PluginMetadata

from . import detector, explain
from .settings import PrivacySettings

__plugin_meta__ = PluginMetadata(
    name="隐私保护",
    description="成绩排名，身份证、银行卡、电话名单、住址，人肉开盒，转发的聊天记录",
    usage="由制度的条款启用，例如：/启用 privacy",
    type="application",
    supported_adapters={"~onebot.v11", "~onebot.v12"},
)

__all__ = ["PrivacySettings", "detector", "explain"]
