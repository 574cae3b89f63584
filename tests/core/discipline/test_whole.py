"""The whole mute as a level: what is to be done, by what was done and what should be."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from src.core.area import AREAS
from src.core.chat.events import GroupMuted
from src.core.chat.port import Act, Answer, Word
from src.core.clock import to_datetime
from src.core.discipline.whole import RETRY, UNTIL_TOLD, next_step
from src.core.store import models
from tests.houses import BOT, CLASS, OWNER, Home, a_home, account

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def nobody_else_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    """Here it is the test that says what should be so."""
    monkeypatch.setattr(AREAS["quiet_hours"], "works", [])
    monkeypatch.setattr(AREAS["quiet_hours"], "handlers", {})


NOW = 1_000_000.0
END = NOW + 3600


def a_row(state: str, until: float | None = END, due: float | None = None) -> models.WholeMute:
    return models.WholeMute(
        state=state,
        until=to_datetime(until) if until is not None else None,
        due_at=to_datetime(due) if due is not None else None,
    )


SOON, LONG_AGO, ABSURD = NOW + 60, NOW - 1, NOW + 2 * RETRY[-1]


@pytest.mark.parametrize(
    ("row", "closed", "opened"),
    [
        (None, "close", ""),
        (a_row("open"), "close", ""),
        (a_row("closed"), "", "open"),
        (a_row("closed", NOW), "note", "open"),
        (a_row("closing", due=SOON), "", "open"),
        (a_row("closing", due=LONG_AGO), "close", "open"),
        (a_row("closing", due=ABSURD), "close", "open"),
        (a_row("refused", due=SOON), "", "note"),
        (a_row("refused", due=LONG_AGO), "close", "note"),
        (a_row("opening", due=SOON), "close", ""),
        (a_row("opening", due=LONG_AGO), "close", "open"),
        (a_row("opening", due=ABSURD), "close", "open"),
        (a_row("person"), "", ""),
        (a_row("person", None), "note", ""),
        (a_row("opened"), "", ""),
        (a_row("opened", NOW), "close", "note"),
    ],
)
def test_what_is_to_be_done(row: models.WholeMute | None, closed: str, opened: str) -> None:
    assert next_step(row, END, NOW) == closed
    assert next_step(row, None, NOW) == opened


@pytest.mark.parametrize(
    ("row", "frozen", "hours", "neither"),
    [
        (None, "close", "close", ""),
        (a_row("closed"), "note", "", "open"),
        (a_row("closed", UNTIL_TOLD), "", "note", "open"),
        (a_row("person", UNTIL_TOLD), "", "note", ""),
        # Opened during the hours: to freeze is newer. Opened while frozen: it stays so to the end.
        (a_row("opened"), "close", "", ""),
        (a_row("opened", UNTIL_TOLD), "", "note", "note"),
        (a_row("refused", UNTIL_TOLD, SOON), "", "", "note"),
        (a_row("refused", UNTIL_TOLD, LONG_AGO), "close", "close", "note"),
        (a_row("opening", UNTIL_TOLD, LONG_AGO), "close", "close", "open"),
    ],
)
def test_what_is_to_be_done_with_a_frozen_group(
    row: models.WholeMute | None, frozen: str, hours: str, neither: str
) -> None:
    assert next_step(row, UNTIL_TOLD, NOW) == frozen
    assert next_step(row, END, NOW) == hours
    assert next_step(row, None, NOW) == neither


async def keep(home: Home, until: float | None) -> str:
    """What the state is after it was kept."""
    await home.house.whole_mutes.keep(home.group, home.platform, until)
    await home.settled()
    return (await models.WholeMute.get()).state


def asked(home: Home) -> list[bool]:
    """Whether it was closed or opened, each time the platform was asked."""
    return [done.value for done in home.platform.asked(Act.MUTE_ALL)]


async def test_it_is_closed_and_opened_once(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        end = home.clock.now() + 3600
        for _ in range(2):
            assert await keep(home, end) == "closed"
        for _ in range(2):
            assert await keep(home, None) == "open"
        assert asked(home) == [True, False]


async def test_an_opening_that_fails_is_tried_again_and_then_calls_a_person(
    tmp_path: Path,
) -> None:
    async with a_home(tmp_path) as home:
        await keep(home, home.clock.now() + 3600)
        home.platform.answers[Act.MUTE_ALL] = Answer(Word.REFUSED, wording="not an admin")
        tried: list[float] = []
        start = home.clock.now()
        for _ in range(40):
            before = len(asked(home))
            assert await keep(home, None) == "opening"
            if len(asked(home)) > before:
                tried.append((home.clock.now() - start) / 60)
            await home.advance(60)
        assert tried == [0, 1, 3, 8, 18, 28, 38]
        assert len([t for t in home.platform.whispered(OWNER) if "手动解除" in t]) == 1
        del home.platform.answers[Act.MUTE_ALL]
        await home.advance(600)
        assert await keep(home, None) == "open"
        assert CLASS not in home.platform.closed


async def test_an_answer_of_ok_that_did_nothing_is_noticed(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        home.platform.answers[Act.MUTE_ALL] = Answer(Word.DONE)
        assert await keep(home, home.clock.now() + 3600) == "closing"
        del home.platform.answers[Act.MUTE_ALL]
        await home.advance(60)
        assert await keep(home, home.clock.now() + 3600) == "closed"


async def test_what_the_platform_reports_of_the_bot_itself_is_proof(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        # Nothing comes back of the call, and what is read never changes.
        home.platform.answers[Act.MUTE_ALL] = Answer(Word.UNKNOWN)
        for until, wanted, state in (
            (home.clock.now() + 3600, True, "closed"),
            (None, False, "open"),
        ):
            assert await keep(home, until) in ("closing", "opening")
            event = GroupMuted(BOT, home.clock.now(), CLASS, account(BOT), wanted)
            home.house.event(home.platform, event)
            await home.settled()
            assert (await models.WholeMute.get()).state == state


async def test_what_a_person_closed_is_never_opened(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        home.platform.closed.add(CLASS)
        assert await keep(home, home.clock.now() + 3600) == "person"
        assert await keep(home, None) == "person"
        assert asked(home) == []


@pytest.mark.parametrize("seen", [True, False])
async def test_what_a_person_opened_stays_open_until_the_hours_end(
    tmp_path: Path, seen: bool
) -> None:
    async with a_home(tmp_path) as home:
        end = home.clock.now() + 3600
        await keep(home, end)
        home.platform.closed.clear()
        if seen:
            event = GroupMuted(BOT, home.clock.now(), CLASS, account(OWNER), False)
            home.house.event(home.platform, event)
        else:
            # It happened while the line was down.
            home.lose()
            home.connect()
        await home.settled()
        assert await keep(home, end) == "opened"
        await home.advance(3600)
        assert await keep(home, end + 86_400) == "closed"
        assert asked(home) == [True, True]


async def test_a_refusal_is_told_once_and_leaves_nothing_to_open(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        home.platform.answers[Act.MUTE_ALL] = Answer(Word.REFUSED, wording="not an admin")
        end = home.clock.now() + 3600
        for _ in range(5):
            assert await keep(home, end) == "refused"
            await home.advance(60)
        assert len([t for t in home.platform.whispered(OWNER) if "没能开启" in t]) == 1
        assert await keep(home, None) == "open"
        assert False not in asked(home)


async def test_a_bot_that_is_out_of_the_group_has_nothing_to_open(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        await keep(home, home.clock.now() + 3600)
        await home.house.whole_mutes.gone(home.group)
        assert await keep(home, None) == "open"
        assert asked(home) == [True]
