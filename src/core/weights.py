"""How much a message counts, and what it repeats: pure functions behind `windows`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .chat.events import Kind
from .text import fold

if TYPE_CHECKING:
    from .area import Message

FULL, STICKER, COMMAND = 10, 7, 5
"""Tenths of a message (anchors/moderation.md, 4.4)."""

_LONGEST = 16
"""Letters of an acknowledgement; what is longer says more."""
_ACKNOWLEDGES = re.compile(
    r"(?:已?收到|好[的哒嘞滴]?|谢谢?|感谢|多谢|辛苦|知道|知晓|明白|了解|没问题|已[阅读]|okk?"
    r"|嗯|恩|赞|[\u4e00-\u9fff]?老师|您|们|了|啦|1)+"
)
_FACE = re.compile(r"\[[\w ]{1,8}\]")
"""An emoji as WeChat writes it."""
_THANKFUL = frozenset("👍👌🙏🌹💐❤🫡🤝💪👏🌷✅🆗\ufe0f\u200d🏻🏼🏽🏾🏿")
_DIGITS = re.compile(r"\d+")
_LETTERS = 3
"""From so many letters on, what is left of a text without its digits can be compared: `95` and `98`
behind two letters are marks."""
_LISTED = re.compile(r"接龙|^\s*\d+\s*[.、．)）:：]", re.MULTILINE)
_MEANT = re.compile(
    r"[第号]\s*\d|\d\s*[分号点题页班元块岁名个只本人节课条张次斤米度月日年周天时秒组队楼室排座比群万千百%％]"
    r"|\d[:：./~～-]\d"
)
"""A number that says what is meant; without it the text would be another."""
_SPEECHLESS = frozenset({Kind.FACE, Kind.REPLY, Kind.MENTION})


def acknowledges(message: Message) -> bool:
    """Whether a message only says that something was read, or thanks for it."""
    event = message.event
    if any(one.kind is not Kind.TEXT and one.kind not in _SPEECHLESS for one in event.segments):
        return False
    skeleton = message.folded.skeleton
    if skeleton and len(skeleton) <= _LONGEST and _ACKNOWLEDGES.fullmatch(skeleton):
        return True
    if len(event.text) > _LONGEST:
        return False
    bare = "".join(_FACE.sub("", event.text).split())
    some = bool(event.text.strip()) or any(one.kind is Kind.FACE for one in event.segments)
    return some and _THANKFUL.issuperset(bare)


def compared(message: Message) -> str:
    """What of the words is compared with other messages: without spaces, punctuation, emoji, and
    digits that say nothing. Those of a list, a mark, a time or a number of something stay."""
    text = message.event.text
    skeleton = message.folded.skeleton
    if "[" in text and (bare := _FACE.sub("", text)) != text:
        skeleton = fold(bare).skeleton or skeleton
    if not skeleton:
        return text.strip()
    if _DIGITS.search(skeleton) is None or _MEANT.search(text) or _LISTED.search(text):
        return skeleton
    letters = _DIGITS.sub("", skeleton)
    return letters if len(letters) >= _LETTERS else skeleton
