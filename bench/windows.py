"""`python -m bench.windows`: what the memory of recent messages costs with 100,000 people at once.

In this process. Prints bytes a person and the growth of the resident memory, with 20 messages of each
within the hour; then what anti_flood adds to a clean message while all are remembered.
"""

from __future__ import annotations

import os
from pathlib import Path
from statistics import median, quantiles
import time

import nonebot

from src.core.area import AREAS, Message
from src.core.chat.events import Account, GroupKey, Kind, MessageReceived, MessageRef, Segment
from src.core.text import fold
from src.core.windows import GroupWindows
from tests.end_to_end.launcher import ROOT

from .sentences import sentences

PEOPLE = 100_000
MEMBERS = 50
TIMED = 20_000
_PAGE = os.sysconf("SC_PAGE_SIZE")


def resident() -> int:
    """Bytes of memory that this process has now."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * _PAGE


def message(user: int, text: str, at: float) -> Message:
    """A clean message as the guard builds it, with an account of its own as each event has."""
    group = GroupKey("qq", str(user // MEMBERS))
    ref = MessageRef("1", group, str(at), at)
    event = MessageReceived(ref, Account("qq", str(user)), (Segment(Kind.TEXT, text),), text)
    return Message(event, fold(text), (), at, at)


def filled(each: int) -> list[GroupWindows]:
    """The windows of all groups when everybody has written so much within the hour; prints."""
    before = resident()
    groups = [GroupWindows() for _ in range(PEOPLE // MEMBERS)]
    texts = [text for text, _ in zip(sentences(2026), range(997), strict=False)]
    for number in range(each):
        for user in range(PEOPLE):
            text = texts[(user + number * 7) % len(texts)]
            at = 1e9 + number * 3600 / each
            groups[user // MEMBERS].observe(message(user, text, at), at)
    grown = resident() - before
    print(
        f"{each:>4} messages each: {grown / PEOPLE:,.0f} bytes a person, {grown / 1e6:.1f} MB in all"
    )
    return groups


def timed(groups: list[GroupWindows]) -> None:
    """What observing and the detectors of anti_flood take together, message by message."""
    area = AREAS["anti_flood"]
    settings = area.settings()
    kept: list[float] = []
    judged: list[float] = []
    for number, text in zip(range(TIMED), sentences(7), strict=False):
        user = number * 7919 % PEOPLE
        at = 1e9 + 7200 + number / 10
        one = message(user, text, at)
        windows = groups[user // MEMBERS]
        start = time.perf_counter_ns()
        windows.observe(one, at)
        seen = time.perf_counter_ns()
        for detector in area.detectors:
            detector(one, settings, windows)
        judged.append((time.perf_counter_ns() - seen) / 1e3)
        kept.append((seen - start) / 1e3)
    for name, taken in (("remembering it", kept), ("anti_flood's part", judged)):
        p99 = quantiles(taken, n=100)[98]
        print(f"a clean message, {name}: median {median(taken):.1f} us, p99 {p99:.1f} us")


def main() -> None:
    """Measure both, the larger one last."""
    os.chdir(ROOT)  # NoneBot names plugins by their path from here.
    nonebot.init(log_level="WARNING")
    nonebot.load_plugins("src/plugins")
    print(f"{PEOPLE:,} people in groups of {MEMBERS}")
    timed(filled(20))


if __name__ == "__main__":
    main()
