"""`make bench`: plain NoneBot2 (a), Qungui (b, c) and nonebot-plugin-admin (d), in turn, over one
real WebSocket each."""

from __future__ import annotations

import argparse
import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass
import math
from statistics import median
from typing import TYPE_CHECKING

from .environment import admin_python, versions
from .peers import MOST_VIOLATED, Admin, Bare, Batch, Peer, Qungui, Violated, peer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

PEERS: dict[str, type[Peer]] = {"a": Bare, "b": Qungui, "c": Violated, "d": Admin}
BURST = 200
EXCHANGES = 50
SLOW_MESSAGES = 20
SLOW_EXCHANGES = 3
"""With a peer that is slow, in a turn; it has the burst in its last turn alone."""
MEMORY_MESSAGES = 100_000
MEMORY_BATCH = 1_000


@dataclass(frozen=True, slots=True)
class Round:
    """One peer's turn. Latencies are in seconds, medians of the turn."""

    batch: Batch
    burst: Batch | None
    marker: float
    """From the marker alone to its answer."""
    exchange: float
    """From a message with the marker behind it to the answer."""


async def turn(one: Peer, messages: int, *, last: bool) -> Round:
    """Measure one peer once."""
    batch = await one.handle(one.frames(messages if one.quick else SLOW_MESSAGES))
    burst = await one.handle(one.frames(BURST)) if one.quick or last else None
    times = range(EXCHANGES if one.quick else SLOW_EXCHANGES)
    marker = [(await one.handle([])).answered for _ in times]
    exchange = [(await one.handle(one.frames(1))).answered for _ in times]
    return Round(batch, burst, median(marker), median(exchange))


COLUMNS: list[tuple[str, Callable[[Round], float]]] = [
    ("messages/s", lambda r: r.batch.per_second),
    ("CPU us/message", lambda r: r.batch.cpu_each * 1e6),
    (f"burst of {BURST} ms", lambda r: r.burst.seconds * 1e3 if r.burst else math.nan),
    ("answered ms", lambda r: r.burst.answered * 1e3 if r.burst else math.nan),
    ("withdrawn ms", lambda r: r.burst.withdrawn * 1e3 if r.burst else math.nan),
    ("marker ms", lambda r: r.marker * 1e3),
    ("message+marker ms", lambda r: r.exchange * 1e3),
]


def line(name: str, values: Sequence[float | str]) -> str:
    """A row of the table, in Markdown."""
    cells = [value if isinstance(value, str) else _short(value) for value in values]
    return f"| {name:<6} |" + "".join(f" {cell:>17} |" for cell in cells)


def _short(value: float) -> str:
    """Three digits that count, or all before the point; a dash where nothing was measured."""
    if math.isnan(value):
        return "-"
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def _median(values: Iterable[float]) -> float:
    """The median of what was measured."""
    known = [value for value in values if not math.isnan(value)]
    return median(known) if known else math.nan


async def speed(names: str, rounds: int, messages: int) -> None:
    """Let the peers take turns, and print each round, the medians and the ratios to b."""
    async with AsyncExitStack() as stack:
        peers = {name: await stack.enter_async_context(peer(PEERS[name])) for name in names}
        for one in peers.values():
            await one.handle(one.frames(messages if one.quick else SLOW_EXCHANGES))
        print(line("", [name for name, _ in COLUMNS]))
        print(line("---", ["---:"] * len(COLUMNS)))
        seen: dict[str, list[Round]] = {name: [] for name in peers}
        for number in range(1, rounds + 1):
            for name, one in peers.items():
                measured = await turn(one, messages, last=number == rounds)
                seen[name].append(measured)
                print(line(f"{name} {number}", [of(measured) for _, of in COLUMNS]), flush=True)
        medians = {n: [_median(map(of, seen[n])) for _, of in COLUMNS] for n in peers}
        for name, values in medians.items():
            print(line(f"**{name}**", values))
        for name in peers:
            if "b" in peers and name != "b":
                pairs = zip(medians["b"], medians[name], strict=True)
                print(line(f"b/{name}", [b / other for b, other in pairs]))
        for one in peers.values():
            await one.check()
    if "b" in medians and "d" in medians:
        rate, cpu, burst, *_ = zip(medians["b"], medians["d"], strict=True)
        print(
            f"d is behind b by a factor of {_short(rate[0] / rate[1])} in messages per second,"
            f" {_short(cpu[1] / cpu[0])} in CPU, {_short(burst[1] / burst[0])} in the burst"
        )
    if "d" in names:
        shown = ("nonebot-plugin-admin", "nonebot2", "nonebot-adapter-onebot", "tortoise-orm")
        installed = versions(admin_python())
        print("d: " + ", ".join(f"{name} {installed[name]}" for name in shown))


async def memory(names: str) -> None:
    """Print the resident memory of the peers after 100,000 messages in 200 groups."""
    for name in names:
        async with peer(PEERS[name]) as one:
            print(f"{name}: {one.resident():.1f} MB ready", flush=True)
            for sent in range(MEMORY_BATCH, MEMORY_MESSAGES + 1, MEMORY_BATCH):
                await one.handle(one.frames(MEMORY_BATCH))
                if sent % 20_000 == 0:
                    print(f"{name}: {one.resident():.1f} MB after {sent:,} messages", flush=True)
            await one.check()


def main() -> None:
    """Read the options and measure."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--peers", default="", help="which of abcd (default all; with memory, ab)")
    parser.add_argument("--rounds", type=int, default=3, help="turns of each peer")
    parser.add_argument("--messages", type=int, default=2000, help="messages in a turn")
    parser.add_argument("--memory", action="store_true", help="measure memory instead of speed")
    options = parser.parse_args()
    names: str = options.peers or ("ab" if options.memory else "abcd")
    if not set(names) <= set("ab" if options.memory else PEERS):
        parser.error(f"no such peers: {names}")
    if options.memory:
        asyncio.run(memory(names))
        return
    each = options.messages + BURST + EXCHANGES
    if "c" in names and options.rounds * each + options.messages > MOST_VIOLATED:
        parser.error(f"c can be sent {MOST_VIOLATED:,} messages: fewer rounds, or --peers abd")
    asyncio.run(speed(names, options.rounds, options.messages))


if __name__ == "__main__":
    main()
