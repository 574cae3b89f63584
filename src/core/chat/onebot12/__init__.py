"""OneBot 12, as WeChat implementations speak it: ComWeChat first (anchors/onebot.md, 1b)."""

from .adapter import Adapter, OneBot12Chat
from .platform import OneBot12Platform

__all__ = ["Adapter", "OneBot12Chat", "OneBot12Platform"]
