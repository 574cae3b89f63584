"""What Prometheus may know: numbers without groups and without people.

Nothing is counted here. A scrape reads what the house has anyway, so that messages pay nothing;
for the same reason there is no histogram of the guard's time (an `observe` is a quarter of it).
"""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.metrics_core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    InfoMetricFamily,
)
from prometheus_client.registry import Collector
from tortoise.functions import Count

from .discipline import APPLICATION
from .faults import log_fault
from .store import models
from .upkeep import STORE_SECONDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from prometheus_client.metrics_core import Metric

    from .house import House


@dataclass(frozen=True, slots=True)
class _Waiting:
    """What waits in the store: acts by kind, requests by kind."""

    acts: Mapping[str, int]
    requests: Mapping[str, int]


class Metrics(Collector):
    """The metrics of one house, in a registry of their own."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._waiting: _Waiting | None = None
        self._registry = CollectorRegistry()
        self._registry.register(self)
        ProcessCollector(registry=self._registry)

    async def text(self) -> bytes:
        """All metrics in Prometheus' text format. A store that does not answer is one of them."""
        self._waiting = await self._ask_store()
        return generate_latest(self._registry)

    async def _ask_store(self) -> _Waiting | None:
        if await self._house.probe.ask(STORE_SECONDS) != "ok":
            return None
        try:
            async with asyncio.timeout(STORE_SECONDS):
                acts = (
                    await models.Act.filter(state__in=("requested", "attempting"))
                    .annotate(number=Count("id"))
                    .group_by("kind")
                    .values_list("kind", "number")
                )
                requests = (
                    await models.Request.filter(state="open")
                    .annotate(number=Count("id"))
                    .group_by("kind")
                    .values_list("kind", "number")
                )
        except TimeoutError:
            return None
        except Exception as error:
            log_fault("the store failed at a scrape", error)
            return None
        return _Waiting(dict(acts), dict(requests))

    def describe(self) -> Iterable[Metric]:
        """None: it must not be read before the house stands."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """Called by Prometheus' library, once a scrape."""
        house, tally = self._house, self._house.tally
        yield InfoMetricFamily("qungui_build", "This application.", {"version": APPLICATION})
        groups = list(house.groups)
        judged = sum(group.judged for group in groups)
        yield CounterMetricFamily("qungui_messages_judged", "Messages judged.", judged)
        yield _counters(
            "qungui_findings", "Findings that led to a step.", ("plugin", "step"), tally.findings
        )
        yield _counters(
            "qungui_acts", "Acts that came to rest, by state.", ("kind", "outcome"), tally.acts
        )
        yield _counters(
            "qungui_commands", "Commands carried out.", ("command", "outcome"), tally.commands
        )
        yield _counters("qungui_faults", "Faults that were logged.", ("of",), _by_one(tally.faults))
        modes = Counter(group.mode for group in groups if group.policy is not None)
        yield _gauges("qungui_groups", "Groups with a policy.", "mode", modes)
        yield _gauges("qungui_queue_length", "What waits in a line.", "queue", house.queued())
        yield GaugeMetricFamily(
            "qungui_bots_connected", "Bots whose line is up.", len(house.platforms)
        )
        yield GaugeMetricFamily(
            "qungui_alerts_waiting", "Lines to the superusers not said yet.", house.alerts.waiting
        )
        yield GaugeMetricFamily(
            "qungui_store_up", "Whether the store answers.", int(self._waiting is not None)
        )
        if self._waiting is not None:
            waiting = self._waiting
            yield _gauges("qungui_acts_waiting", "Acts to be done.", "kind", waiting.acts)
            yield _gauges(
                "qungui_requests_open", "What waits for a manager.", "kind", waiting.requests
            )
        backup = house.upkeep.last_backup if house.upkeep is not None else None
        if backup is not None:
            yield GaugeMetricFamily(
                "qungui_backup_timestamp_seconds", "When the newest daily backup was made.", backup
            )


def _by_one(counts: Mapping[str, int]) -> dict[tuple[str], int]:
    return {(key,): count for key, count in counts.items()}


def _counters(
    name: str, text: str, labels: tuple[str, ...], counts: Mapping[tuple[str, ...], int]
) -> CounterMetricFamily:
    family = CounterMetricFamily(name, text, labels=labels)
    for values, count in sorted(counts.items()):
        family.add_metric(values, count)
    return family


def _gauges(name: str, text: str, label: str, counts: Mapping[str, int]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, text, labels=(label,))
    for value, count in sorted(counts.items()):
        family.add_metric((value,), count)
    return family
