"""OneBot 11, as QQ implementations speak it: NapCat first (anchors/onebot.md)."""

from .adapter import Adapter, OneBot11Chat
from .platform import OneBot11Platform

__all__ = ["Adapter", "OneBot11Chat", "OneBot11Platform"]
