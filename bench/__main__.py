"""`make bench`: plain NoneBot2 (a) and Qungui (b), in turn, over one real WebSocket each."""

from __future__ import annotations

import argparse
import asyncio
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

from .peers import Batch, Peer, peer

if TYPE_CHECKING:
    from collections.abc import Callable

BURST = 200
EXCHANGES = 50
MEMORY_MESSAGES = 100_000
MEMORY_BATCH = 1_000


@dataclass(frozen=True, slots=True)
class Round:
    """One peer's turn. Latencies are in seconds, medians of the turn."""

    batch: Batch
    burst: Batch
    marker: float
    """From the marker alone to its answer."""
    exchange: float
    """From a message with the marker behind it to the answer."""


async def turn(one: Peer, messages: int) -> Round:
    """Measure one peer once."""
    batch = await one.handle(one.frames(messages))
    burst = await one.handle(one.frames(BURST))
    marker = [(await one.handle([])).seconds for _ in range(EXCHANGES)]
    exchange = [(await one.handle(one.frames(1))).seconds for _ in range(EXCHANGES)]
    return Round(batch, burst, median(marker), median(exchange))


COLUMNS: list[tuple[str, Callable[[Round], float]]] = [
    ("messages/s", lambda r: r.batch.per_second),
    ("CPU us/message", lambda r: r.batch.cpu_each * 1e6),
    (f"burst of {BURST} ms", lambda r: r.burst.seconds * 1e3),
    ("marker ms", lambda r: r.marker * 1e3),
    ("message+marker ms", lambda r: r.exchange * 1e3),
]


def line(name: str, values: list[float]) -> str:
    """A row of the table."""
    return f"{name:>8}" + "".join(f"{value:>20.2f}" for value in values)


async def speed(rounds: int, messages: int) -> None:
    """Alternate a and b, and print each round, the medians and the ratio."""
    async with peer(bare=True) as a, peer(bare=False) as b:
        peers = {"a": a, "b": b}
        for one in peers.values():
            await turn(one, messages)
        print(" " * 8 + "".join(f"{name:>20}" for name, _ in COLUMNS))
        seen: dict[str, list[Round]] = {"a": [], "b": []}
        for number in range(1, rounds + 1):
            for name, one in peers.items():
                measured = await turn(one, messages)
                seen[name].append(measured)
                print(line(f"{name} {number}", [of(measured) for _, of in COLUMNS]), flush=True)
        medians = {n: [median(map(of, seen[n])) for _, of in COLUMNS] for n in peers}
        for name, values in medians.items():
            print(line(f"{name} med", values))
        print(line("b/a", [b / a for a, b in zip(medians["a"], medians["b"], strict=True)]))
        for one in peers.values():
            await one.check()


async def memory() -> None:
    """Print the resident memory of both after 100,000 messages in 200 groups."""
    for name, bare in (("a", True), ("b", False)):
        async with peer(bare=bare) as one:
            print(f"{name}: {one.resident():.1f} MB ready", flush=True)
            for sent in range(MEMORY_BATCH, MEMORY_MESSAGES + 1, MEMORY_BATCH):
                await one.handle(one.frames(MEMORY_BATCH))
                if sent % 20_000 == 0:
                    print(f"{name}: {one.resident():.1f} MB after {sent:,} messages", flush=True)
            await one.check()


def main() -> None:
    """Read the options and measure."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="turns of each peer")
    parser.add_argument("--messages", type=int, default=2000, help="messages in a turn")
    parser.add_argument("--memory", action="store_true", help="measure memory instead of speed")
    options = parser.parse_args()
    asyncio.run(memory() if options.memory else speed(options.rounds, options.messages))


if __name__ == "__main__":
    main()
