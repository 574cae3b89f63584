"""Whom words are about: names among what somebody wrote. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from src.core.chat.events import Account, Member

NOBODY_IN_PARTICULAR = ("班级", "本班", "群", "本群", "班级群", "机器人", "群规", "学校", "建议")
"""Words that stand in front of what is about no person."""
_SHORTEST = 2
"""Characters; a shorter piece of a name is found everywhere."""


class Meant(NamedTuple):
    """Who is meant at the beginning of some words, and what follows."""

    people: tuple[Member, ...]
    rest: str


def _starts(words: str, name: str) -> bool:
    return words == name or words.startswith((f"{name} ", f"{name}\n", f"{name}，", f"{name},"))


def meant(words: str, members: Iterable[Member]) -> Meant:
    """Those whose whole name or id the words begin with, the longest name counts; else those in whose
    name the first word is."""
    plain = words.strip().removeprefix("@").strip()
    people = list(members)
    begun = [
        (len(key), member)
        for member in people
        for key in (member.name, member.account.user_id)
        if key and _starts(plain, key)
    ]
    if begun:
        longest = max(length for length, _ in begun)
        exact = {member.account: member for length, member in begun if length == longest}
        return Meant(tuple(exact.values()), plain[longest:].strip(" \n，,"))
    first, _, rest = plain.partition(" ")
    if len(first) < _SHORTEST:
        return Meant((), plain)
    alike = tuple(member for member in people if first in member.name)
    return Meant(alike, rest.strip() if alike else plain)


def about_nobody(words: str) -> bool:
    """Whether the words say of themselves that they are about no person."""
    return words.split(maxsplit=1)[:1] != [] and words.split(maxsplit=1)[0] in NOBODY_IN_PARTICULAR


def named_in(words: str, called: Mapping[Account, Sequence[str]]) -> list[Account]:
    """Those of whom a name stands anywhere in the words. `called` are the names that people have for
    somebody, as a card or a roster has them; a teacher is also found by the family name alone."""
    found: list[Account] = []
    for account, names in called.items():
        for name in names:
            short = f"{name[:1]}老师" if "老师" in name else ""
            if (len(name) >= _SHORTEST and name in words) or (short and short in words):
                found.append(account)
                break
    return found
