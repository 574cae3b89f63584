"""What the plugin's words say of a message: read once, for both detectors."""

from __future__ import annotations

from bisect import bisect, bisect_left
import re
from typing import TYPE_CHECKING
import unicodedata

from src.core.chat.events import Kind
from src.core.text import fold

from .words import built_in

if TYPE_CHECKING:
    from src.core.area import Message
    from src.core.text import Folded, Hit

    from .settings import Answer, Matter

_NEAR = 20
"""So many characters may lie between where what it is about and what is said of it begin."""
_LONG = 40
"""A longer message than this is no greeting, and what begins with 收到 is more than a receipt."""
_CHAIN = 8
"""From so many emoji on, with no word, they are a chain; fewer are an answer."""

_ENDS = re.compile(r"[。！？!?；;\n\r]")
_PARTICLES = frozenset("啊呀呢吧了哦喔噢啦哈嘛的哇哟诶么嘞哒咯嗯呵都又祝也和您愿在吗")
"""What stands beside a greeting and adds nothing to it; a term has two characters at least."""
_FACE = re.compile(r"\[[\w ]{1,8}\]")
"""An emoji as WeChat writes it."""
_QUESTION = re.compile(
    r"[?？吗哪谁]|几[点号时]|什么|怎么|如何|多少|多久|是不是|有没有|能不能|要不要|可不可以|请问|请教"
)
"""Only beside class business: 谁来打游戏 asks the teacher nothing."""
_JOINS = re.compile(r"(?:^|\n)[ \t]*\d{1,2}\s*[.、．)）:：]")


class Seen:
    """What of the plugin's words stands in a message, and in which sentence."""

    def __init__(self, folded: Folded) -> None:
        self._hits: dict[str, list[Hit]] = {}
        for hit in built_in().scan(folded):
            if hit.confidence == 1:
                self._hits.setdefault(hit.category, []).append(hit)
        self._ends = [end.start() for end in _ENDS.finditer(folded.raw)]

    def of(self, category: str) -> list[Hit]:
        """The hits of a category (see `words.read_words`), in the order of the text."""
        return self._hits.get(category, [])

    def pairs(self, matter: Matter) -> list[Hit]:
        """The hits of what a matter is about that have something said of it near, and those."""
        said = self.of(f"{matter} says")
        starts = [hit.start for hit in said]
        found: list[Hit] = []
        for about in self.of(f"{matter} about"):
            first = bisect_left(starts, about.start - _NEAR)
            last = bisect(starts, about.start + _NEAR)
            sentence = self.sentence(about)
            if near := [hit for hit in said[first:last] if self.sentence(hit) == sentence]:
                found += (about, *near)
        return found

    def sentence(self, hit: Hit) -> int:
        """The number of the sentence that the hit stands in."""
        return bisect(self._ends, hit.start)

    def has(self, *contexts: str) -> bool:
        """Whether words of any of these contexts stand anywhere."""
        return any(context in self._hits for context in contexts)


def is_chain(message: Message) -> bool:
    """Whether a message is nothing but emoji, and many of them."""
    event = message.event
    faces = sum(segment.kind is Kind.FACE for segment in event.segments)
    bare, codes = _FACE.subn("", event.text)
    emoji = sum(unicodedata.category(character) == "So" for character in bare)
    return faces + codes + emoji >= _CHAIN and not fold(bare).skeleton and not event.shown


def answers_of(message: Message, seen: Seen) -> set[Answer]:
    """What of `Answer` a message may be."""
    event = message.event
    answers: set[Answer] = set()
    if seen.has("absence"):
        answers.add("absence")
    if seen.has("thanks", "courtesy"):
        answers.add("thanks")
    addressed = any(segment.kind is Kind.MENTION for segment in event.segments)
    if event.reply_to is not None or addressed or "您" in event.text:
        answers.add("reply")
    short = len(message.folded.skeleton) <= _LONG
    if (short and seen.has("receipt")) or _JOINS.search(event.text):
        answers.add("receipt")
    business = seen.has("school", "teacher") or "请问" in event.text
    if business and _QUESTION.search(event.text):
        answers.add("question")
    return answers


def nothing_else(folded: Folded, whole: list[Hit], seen: Seen) -> bool:
    """Whether a message consists of these words, forms of address and particles alone."""
    if len(folded.skeleton) > _LONG:
        return False
    rest = list(folded.raw)
    for hit in (*whole, *seen.of("filler"), *seen.of("everyone")):
        rest[hit.start : hit.end] = [""] * (hit.end - hit.start)
    return _PARTICLES.issuperset(fold(_FACE.sub("", "".join(rest))).skeleton)
