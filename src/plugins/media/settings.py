"""What a clause sets of media. By default it forbids nothing and asks for nothing."""

from __future__ import annotations

from functools import cached_property
import re
from typing import Annotated, Literal
import unicodedata

from pydantic import AfterValidator, Field, field_validator

from src.core.area import Settings
from src.core.duration import Seconds

MediaKind = Literal[
    "text",
    "picture",
    "sticker",
    "voice",
    "video",
    "file",
    "link",
    "card",
    "forward",
    "red_packet",
]
"""What a message may hold. A link is an address in the text; what is behind a card is the card's."""
Held = Literal[
    "picture", "sticker", "voice", "video", "file", "link", "card", "forward", "red_packet", "post"
]
"""What may wait for a consent. A link is an address in the text or of a card; a post is a long text
that answers nobody."""

_TIMES = re.compile(r"(\d{1,2}):(\d{2})[-~–—至到](\d{1,2}):(\d{2})")
_EXTENSION = re.compile(r"[a-z0-9]{2,10}")
_HOUR = 60


def _read_span(written: str) -> tuple[int, int]:
    """The minutes of the day from which and before which it is; the second may be smaller.

    Raises:
        ValueError: it is no span, with words for people.
    """
    plain = unicodedata.normalize("NFKC", written).replace(" ", "")
    found = _TIMES.fullmatch(plain)
    if found is None:
        raise ValueError(f"「{written}」要写成 07:00-22:00 这样")
    hours, minutes, end_hours, end_minutes = map(int, found.groups())
    for hour, minute, last in ((hours, minutes, 23), (end_hours, end_minutes, 24)):
        if hour > last or minute > 59 or (hour == 24 and minute):
            raise ValueError(f"「{written}」里没有 {hour:02}:{minute:02} 这个时间，最晚写 24:00")
    start, end = hours * _HOUR + minutes, end_hours * _HOUR + end_minutes
    if start == end:
        raise ValueError(f"「{written}」开始和结束一样；全天可以就不写这一项")
    return start, end


def _as_written(span: str) -> str:
    """The span in its one spelling."""
    start, end = _read_span(span)
    return f"{start // _HOUR:02}:{start % _HOUR:02}-{end // _HOUR:02}:{end % _HOUR:02}"


def _extension(written: str) -> str:
    plain = unicodedata.normalize("NFKC", written).strip().lower().lstrip("*.")
    if not _EXTENSION.fullmatch(plain):
        raise ValueError(f"「{written}」不是扩展名：请写 pdf、docx 这样，不带点")
    return plain


class MediaSettings(Settings):
    """What is not written is not looked at."""

    allowed: tuple[MediaKind, ...] = ()
    """The only kinds that may be sent (14.1.5, 06.2.4, 15.5.2); empty: all. An @, a quotation, a
    small face and what the platform does not name are always fine."""
    files: tuple[Annotated[str, AfterValidator(_extension)], ...] = ()
    """The only extensions that a file may have (19.4.2); empty: all."""
    pictures_at: tuple[Annotated[str, AfterValidator(_as_written)], ...] = ()
    """The times of the day at which pictures and videos may be sent; the end is not in it, and may
    be on the next morning. Empty: always."""
    approval: tuple[Held, ...] = ()
    """What a member sends only with a manager's consent (07.5.4, 15.6.1)."""
    approval_within: Seconds = Field(default=48 * 3600, ge=600, le=14 * 86_400)
    """When a question that nobody answers lapses."""
    post_characters: int = Field(default=60, ge=10, le=2000)
    """From how many characters on a text that answers nobody is a post."""
    staff_exempt: bool = True
    """Whether teachers and managers may send any kind, any file, at any time; else they are told in
    private."""

    @field_validator("allowed", "files", "pictures_at", "approval")
    @classmethod
    def _once(cls, values: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(values))

    @cached_property
    def spans(self) -> tuple[tuple[int, int], ...]:
        """`pictures_at` in minutes of the day."""
        return tuple(_read_span(span) for span in self.pictures_at)

    def pictures_in(self, minute: int) -> bool:
        """Whether pictures may be sent in this minute of the day."""
        return not self.spans or any(
            start <= minute < end if start < end else minute >= start or minute < end
            for start, end in self.spans
        )
