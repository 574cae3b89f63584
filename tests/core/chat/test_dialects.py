"""docs/dialects.md against the code: what each recorded event and answer becomes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from nonebot.adapters.onebot.v11 import ActionFailed
import pytest

from src.core.chat.events import (
    Account,
    FetchedMessage,
    GroupKey,
    JoinRequested,
    Member,
    MemberCame,
    MessageReceived,
    MessageRef,
    PlatformRole,
)
from src.core.chat.onebot11.platform import UNCLEAR, OneBot11Platform
from src.core.chat.onebot11.translate import read
from src.core.chat.onebot12.translate import read as read_12
from src.core.chat.pacing import Pacing
from src.core.chat.port import Answer, ForwardContent, Word, Words
from src.core.chat.reading import Skipped
from src.core.clock import DrivenClock

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from nonebot.adapters import Bot

ROOT = Path(__file__).parents[3]
FIXTURES = ROOT.parent / "shared" / "fixtures" / "onebot"
NOW = 1_800_000_000.0
GROUP, WHO = GroupKey("qq", "700100200"), Account("qq", "2900000021")
REF = MessageRef("2100000001", GROUP, "1", NOW)
needs_fixtures = pytest.mark.skipif(not FIXTURES.is_dir(), reason="../shared/fixtures is not here")


def rows(prefix: str) -> list[list[str]]:
    """The table rows whose fixture begins so, cell by cell."""
    lines = (ROOT / "docs" / "dialects.md").read_text(encoding="utf-8").splitlines()
    return [
        [cell.strip() for cell in line.split("|")[1:-1]]
        for line in lines
        if line.startswith(f"| {prefix}")
    ]


EVENTS = [row for row in (*rows("v11-"), *rows("v12-")) if not row[0].startswith("v11-resp-")]
READERS = {"v11": ("qq", read), "v12": ("wx", read_12)}
ANSWERS = rows("v11-resp-")


def fixture(name: str) -> Any:
    return json.loads((FIXTURES / f"{name}.json").read_text(encoding="utf-8"))


def fixture_names(answers: bool) -> set[str]:
    version = "v11-" if answers else "v1"
    names = (path.stem for path in FIXTURES.glob(f"{version}*.json"))
    return {name for name in names if ("-resp-" in name) is answers}


def host(address: str) -> str:
    return address.partition("://")[2].partition("/")[0] or address.partition("/")[0]


@needs_fixtures
def test_the_tables_have_every_fixture() -> None:
    assert {row[0] for row in EVENTS} == fixture_names(answers=False)
    assert {row[0] for row in ANSWERS} == fixture_names(answers=True)


@needs_fixtures
@pytest.mark.parametrize("row", EVENTS, ids=lambda row: row[0])
def test_an_event_becomes(row: list[str]) -> None:
    name, _, becomes, detail, shows, hosts = row
    raw = fixture(name)
    namespace, reader = READERS[name[:3]]
    events = [reader(one, namespace, NOW) for one in (raw if isinstance(raw, list) else [raw])]
    assert becomes.removesuffix(" (robot)") == ", ".join(
        "-" if isinstance(event, Skipped) else type(event).__name__ for event in events
    )
    event = events[0]
    if isinstance(event, Skipped):
        assert str(event) == detail
    elif isinstance(event, JoinRequested):
        assert detail == application(event)
    elif isinstance(event, MemberCame):
        by = event.operator.user_id if event.operator else "nobody"
        assert detail == f"{event.account.user_id}, {'invited ' if event.invited else ''}by {by}"
    elif not isinstance(event, MessageReceived):
        assert detail == ""
    else:
        assert detail == " ".join(segment.kind.value for segment in event.segments)
        assert becomes.endswith("(robot)") is event.by_robot
        assert hosts == " ".join(host(link) for link in event.links)
        place = 0
        for piece in shows.split(" … ") if shows else []:
            place = event.shown.index(piece, place) + len(piece)
        assert bool(shows) is bool(event.shown)


class Answering:
    """A bot that answers each call with a recorded answer, as NoneBot hands it on."""

    def __init__(self, raw: dict[str, Any]) -> None:
        self._raw = raw
        self.asked = ""

    async def call_api(self, api: str, **data: Any) -> Any:
        if api == "get_version_info":
            return None
        self.asked = api
        match self._raw["status"]:
            case "failed":
                raise ActionFailed(**self._raw)
            case "ok":
                return self._raw["data"]
            case _:
                return UNCLEAR


CALLS: dict[str, Callable[[OneBot11Platform], Awaitable[Answer[Any]]]] = {
    "delete_msg": lambda p: p.withdraw(REF),
    "send_group_msg": lambda p: p.say(GROUP, Words("x")),
    "set_group_ban": lambda p: p.mute(GROUP, WHO, 600),
    "set_group_kick": lambda p: p.remove(GROUP, WHO),
    "set_group_add_request": lambda p: p.decide_join(GROUP, "f", accept=True),
    "get_msg": lambda p: p.message(REF),
    "get_group_member_list": lambda p: p.members(GROUP),
    "get_group_member_info": lambda p: p.member(GROUP, WHO),
    "get_forward_msg": lambda p: p.open_forward("1"),
    "get_group_system_msg": lambda p: p.join_requests(GROUP),
}


def application(one: JoinRequested) -> str:
    """Who applies and with what, in the table's words."""
    inviter = f" invited by {one.inviter.user_id}" if one.inviter else ""
    return f"{one.account.user_id}{inviter}: {'/'.join(one.comment.splitlines()) or 'nothing'}"


def member(one: Member) -> str:
    """A member in the table's words."""
    muted = " muted" if one.muted_until else ""
    robot = " robot" if one.is_robot else ""
    role = "member" if one.role is PlatformRole.MEMBER else one.role.value
    return f"{one.account.user_id} {role}{muted}{robot}"


def told(call: str, answer: Answer[Any]) -> str:
    """What was read of an answer, in the table's words; its wording where nothing was."""
    match answer.value:
        case None if answer.done and call.startswith("get_"):
            return "nothing there"
        case MessageRef() as ref:
            return f"message {ref.message_id}"
        case Member() as one:
            return member(one)
        case ForwardContent() as content:
            return " ".join(message.text for message in content.messages)
        case list() as several:
            found = cast("list[Member | JoinRequested]", several)
            return ", ".join(
                member(one) if isinstance(one, Member) else f"{application(one)}, flag {one.flag}"
                for one in found
            )
        case FetchedMessage() as message:
            return message.text
        case _:
            return answer.wording


@needs_fixtures
@pytest.mark.parametrize("row", [row for row in ANSWERS if row[1] != "-"], ids=lambda row: row[0])
async def test_an_answer_is_read(row: list[str]) -> None:
    name, call, word, reading = row
    bot = Answering(fixture(name))
    clock = DrivenClock(NOW)
    platform = OneBot11Platform("10", namespace="qq", clock=clock, pacing=Pacing(enabled=False))
    platform.connected(cast("Bot", bot))
    answer = await CALLS[call](platform)
    assert bot.asked == call
    assert answer.word is Word(word)
    said = told(call, answer)
    assert reading in said
    # An empty cell says that there is nothing, and not that anything will do.
    assert bool(reading) is bool(said)
