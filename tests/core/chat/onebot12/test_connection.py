"""The OneBot 12 adapter over a real socket: who speaks for which bot, and what gets through."""

from __future__ import annotations

import asyncio
import itertools
from typing import TYPE_CHECKING, Any, TypeAlias

import msgpack
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from sandbox.fakewechat import FakeWeChat
from tests.core.chat.test_connection import SECRET, TOKEN, WAIT, Served

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

Lines: TypeAlias = "Callable[..., Awaitable[FakeWeChat]]"

GROUP = "g@chatroom"
_numbers = itertools.count(1)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    log = tmp_path_factory.mktemp("served") / "log"
    process = Served(log, ONEBOT_ACCESS_TOKEN=TOKEN, ONEBOT_SECRET=SECRET, API_TIMEOUT="2")
    yield process
    process.stop()


@pytest.fixture
def bot() -> str:
    return f"wxid_bot{next(_numbers)}"


def wechat_of(served: Served, *bots: str, platform: str = "wechat") -> FakeWeChat:
    wechat = FakeWeChat(
        f"ws://127.0.0.1:{served.port}/onebot/v12/ws",
        TOKEN,
        bots=bots,
        now=lambda: 1_790_000_000.0,
        platform=platform,
        details=lambda: served.log()[-4000:],
    )
    wechat.add_group(GROUP, "group", {"wxid_a": "a", **dict.fromkeys(bots, "bot")})
    return wechat


@pytest.fixture
async def lines(served: Served) -> AsyncIterator[Lines]:
    """Makes connected implementations, and ends them after the test."""
    made: list[FakeWeChat] = []

    async def make(*bots: str, platform: str = "wechat", announce: bool = True) -> FakeWeChat:
        wechat = wechat_of(served, *bots, platform=platform)
        made.append(wechat)
        await wechat.connect(announce=announce)
        return wechat

    yield make
    for wechat in made:
        await wechat.disconnect()


async def test_events_come_to_the_door_in_order_and_then_to_nonebot(
    served: Served, bot: str, lines: Lines
) -> None:
    wechat = await lines(bot)
    texts = [str(number) for number in range(200)]
    for text in texts:
        await wechat.speak(GROUP, "wxid_a", text)
    await served.until(bot, "nonebot", 200)
    await wechat.disconnect()
    await served.until(bot, "Lost")
    assert served.texts(bot) == texts
    assert sorted(served.texts(bot, "nonebot"), key=int) == texts
    assert served.told(bot)[0]["what"] == "Connected"


async def test_what_the_door_keeps_does_not_come_to_nonebot(
    served: Served, bot: str, lines: Lines
) -> None:
    wechat = await lines(bot)
    for text in ("withhold", "fail", "fail", "mark"):
        await wechat.speak(GROUP, "wxid_a", text)
    await served.until(bot, "nonebot", text="mark")
    assert served.texts(bot, "nonebot") == ["fail", "fail", "mark"]


@pytest.mark.parametrize(
    ("platform", "namespace"), [("wechat", "wx"), ("qq", "qq"), ("kook", "kook")]
)
async def test_the_namespace_is_what_the_connection_announced(
    served: Served, bot: str, lines: Lines, platform: str, namespace: str
) -> None:
    wechat = await lines(bot, platform=platform)
    event = await wechat.speak(GROUP, "wxid_a", "mark")
    await wechat.send_raw({**event, "self": {"platform": "telegram", "user_id": bot}, "id": "x"})
    await wechat.recall(event)
    told = await served.until(bot, "Withdrawn")
    assert told["fields"]["ref"][1] == [namespace, GROUP]
    assert served.texts(bot) == ["mark"]


async def test_who_was_not_announced_is_not_heard(served: Served, bot: str, lines: Lines) -> None:
    stranger = f"{bot}-stranger"
    wechat = await lines(bot)
    await wechat.send_raw(wechat.message(stranger, "wxid_a", "x", group_id=GROUP))
    await wechat.send_raw({**wechat.message(bot, "wxid_a", "y", group_id=GROUP), "self": None})
    await wechat.speak(GROUP, "wxid_a", "mark")
    await served.until(bot, "message", text="mark")
    assert served.texts(bot) == ["mark"]
    assert served.told(stranger) == []


async def test_who_announces_nothing_is_asked(served: Served, bot: str, lines: Lines) -> None:
    await lines(bot, announce=False)
    await served.until(bot, "Connected")


async def test_bots_of_one_line_come_and_go_alone(served: Served, bot: str, lines: Lines) -> None:
    other = f"{bot}-2"
    wechat = await lines(bot, other)
    await served.until(other, "Connected")
    wechat.bots = [other]
    await wechat.announce(online=False)
    await served.until(other, "Lost")
    wechat.bots = [bot]
    await wechat.speak(GROUP, "wxid_a", "still here")
    await served.until(bot, "message", text="still here")
    wechat.bots = [other]
    await wechat.announce()
    await served.until(other, "Connected", 2)
    await wechat.disconnect()
    await served.until(other, "Lost", 2)
    await served.until(bot, "Lost")


async def test_no_line_takes_anothers_bot(served: Served, bot: str, lines: Lines) -> None:
    first = await lines(bot)
    await served.until(bot, "Connected")
    second = await lines(f"{bot}-2")
    second.bots.append(bot)
    await second.announce()
    await second.send_raw(second.message(bot, "wxid_a", "forged", group_id=GROUP))
    # The first line is asked whether it is alive, and answers.
    await first.calls("get_status", 2)
    await first.speak(GROUP, "wxid_a", "say")
    await served.until(bot, "answer", word="done")
    assert [said.bot for said in first.spoken] == [bot]
    assert served.texts(bot) == ["say"]
    # Once it is free, who waits for it has it.
    await first.disconnect()
    await served.until(bot, "Connected", 2)
    await second.send_raw(second.message(bot, "wxid_a", "now", group_id=GROUP))
    await served.until(bot, "message", text="now")


async def test_a_line_that_is_dead_gives_its_bots_up(
    served: Served, bot: str, lines: Lines
) -> None:
    first = await lines(bot)
    await served.until(bot, "Connected")
    first.answers = False
    second = await lines(bot)
    await served.until(bot, "Connected", 2)
    await second.speak(GROUP, "wxid_a", "mark")
    await served.until(bot, "message", text="mark")
    whats = [t["what"] for t in served.told(bot) if t["what"] in ("Connected", "Lost")]
    assert whats == ["Connected", "Lost", "Connected"]


async def test_no_line_answers_for_another(served: Served, bot: str, lines: Lines) -> None:
    first, second = await lines(bot), await lines(f"{bot}-2")
    first.answers = False
    await served.until(bot, "Connected")
    await first.speak(GROUP, "wxid_a", "say")
    for number in range(50):
        answer: dict[str, Any] = {"status": "ok", "retcode": 0, "data": None, "message": ""}
        await second.send_raw({**answer, "echo": str(number)})
    told = await served.until(bot, "answer")
    assert told["word"] == "unknown"


async def test_a_bot_of_another_protocol_is_not_taken(
    served: Served, bot: str, lines: Lines
) -> None:
    qq = 2_200_000_000 + next(_numbers)
    async with served.line(qq) as line:
        await served.until(qq, "Connected")
        wechat = await lines(bot, str(qq))
        await wechat.send_raw(wechat.message(str(qq), "wxid_a", "forged", group_id=GROUP))
        await wechat.speak(GROUP, "wxid_a", "mark")
        await served.until(bot, "message", text="mark")
        await line.say("mark")
        await served.until(qq, "nonebot", text="mark")
    assert served.texts(qq) == ["mark"]


async def test_what_is_not_offered_is_refused_at_once(
    served: Served, bot: str, lines: Lines
) -> None:
    wechat = await lines(bot)
    await wechat.speak(GROUP, "wxid_a", "leave")
    told = await served.until(bot, "answer")
    assert (told["word"], told["wording"]) == ("refused", "所接的程序没有“退群”这个功能")
    assert not [call for call in wechat.received if call.action == "leave_group"]


async def test_what_comes_twice_counts_once(served: Served, bot: str, lines: Lines) -> None:
    wechat = await lines(bot)
    event = await wechat.speak(GROUP, "wxid_a", "one")
    await wechat.send_raw({**event, "id": "another"})
    await wechat.send_raw({**event, "message_id": "another"})
    notice = {**event, "type": "notice", "detail_type": "group_member_increase"}
    request = {**event, "type": "request", "detail_type": "wx.friend_request", "v3": "a", "v4": "b"}
    for later in (0, 1):
        await wechat.send_raw({**notice, "id": str(later)})
        await wechat.send_raw({**request, "id": str(later), "time": event["time"] + later})
    await wechat.speak(GROUP, "wxid_a", "mark")
    await served.until(bot, "nonebot", text="mark")
    # A line that comes back may repeat what it said.
    await wechat.connect()
    await wechat.send_raw(event)
    await wechat.speak(GROUP, "wxid_a", "mark 2")
    await served.until(bot, "message", text="mark 2")
    assert served.texts(bot) == ["one", "one", "mark", "mark 2"]
    whats = [told["what"] for told in served.told(bot)]
    assert whats.count("MemberCame") == 1
    assert whats.count("FriendRequested") == 1


async def test_own_messages_are_not_shown_to_the_door(
    served: Served, bot: str, lines: Lines
) -> None:
    wechat = await lines(bot)
    await wechat.send_raw(wechat.message(bot, bot, "own", group_id=GROUP))
    await wechat.speak(GROUP, "wxid_a", "mark")
    await served.until(bot, "nonebot", text="mark")
    assert served.texts(bot) == ["mark"]


async def test_frames_may_be_packed_and_flat(served: Served, bot: str, lines: Lines) -> None:
    wechat = await lines(bot)
    packed = msgpack.packb(wechat.message(bot, "wxid_a", "packed", group_id=GROUP))
    assert packed is not None
    await wechat.send_raw(packed)
    flat = wechat.message(bot, "wxid_a", "flat", group_id=GROUP)
    del flat["self"]
    await wechat.send_raw({**flat, "self.platform": "wechat", "self.user_id": bot})
    await served.until(bot, "message", text="flat")
    assert served.texts(bot) == ["packed", "flat"]


async def test_a_private_message_makes_its_author_reachable(
    served: Served, bot: str, lines: Lines
) -> None:
    wechat = await lines(bot)
    await wechat.whisper("wxid_a", "reachable")
    assert (await served.until(bot, "reachable"))["value"] is True


async def test_a_line_lost_in_the_middle_of_a_call(served: Served, bot: str, lines: Lines) -> None:
    wechat = await lines(bot)
    await wechat.speak(GROUP, "wxid_a", "say")
    await served.until(bot, "answer")
    wechat.answers = False
    await wechat.speak(GROUP, "wxid_a", "say")
    await wechat.calls("send_message", 2)
    wechat.drop()
    told = await served.until(bot, "answer", 2)
    assert (told["word"], told["wording"]) == ("unknown", "connection lost")


@pytest.mark.parametrize(
    "more",
    [
        {"headers": {}},
        {"headers": {"Authorization": "Bearer wrong"}},
        {"query": "?access_token=wrong"},
        {"headers": {"Authorization": f"Bearer {TOKEN}"}, "origin": "http://127.0.0.1"},
        {"query": f"?access_token={TOKEN}", "origin": "http://127.0.0.1"},
    ],
)
async def test_who_is_refused(served: Served, more: dict[str, Any]) -> None:
    address = f"ws://127.0.0.1:{served.port}/onebot/v12/ws{more.get('query', '')}"
    headers = more.get("headers", {})
    with pytest.raises(InvalidStatus):
        await connect(address, additional_headers=headers, origin=more.get("origin"), proxy=None)


async def test_a_token_in_the_address_counts(served: Served, bot: str) -> None:
    wechat = wechat_of(served, bot)
    wechat.url += f"?access_token={TOKEN}"
    wechat.token = ""
    await wechat.connect()
    await served.until(bot, "Connected")
    await wechat.disconnect()


@pytest.mark.parametrize("frame", ["{", "{}", '{"type": "meta", "detail_type": "heartbeat"}'])
async def test_a_line_begins_with_a_connect_event(served: Served, frame: str) -> None:
    async with connect(
        f"ws://127.0.0.1:{served.port}/onebot/v12/ws?access_token={TOKEN}", proxy=None
    ) as websocket:
        await websocket.send(frame)
        with pytest.raises(ConnectionClosed) as closed:
            await asyncio.wait_for(websocket.recv(), WAIT)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1008


async def test_garbage_is_survived_and_nothing_of_it_is_in_the_log(
    served: Served, bot: str, lines: Lines
) -> None:
    before = len(served.log())
    wechat = await lines(bot)
    good = wechat.message(bot, "wxid_a", "秘密", group_id=GROUP)
    reply = {"type": "reply", "data": {"message_id": ["秘密"], "quoted": "秘密"}}
    for frame in (
        "",
        "{秘密",
        "[" * 50_000,
        b"\xc1",
        b"\x93\x01\x02\x03",
        {"echo": "1", "status": "ok"},
        {"echo": "9" * 5000, "status": "秘密"},
        {"type": 5, "x": "秘密"},
        {"a": 1, "a.b": "秘密", "type": "message"},
        {**good, "message": [reply]},
        {**good, "message": {"秘密": 1}, "message_id": ["秘密"]},
        {**good, "message": [{"type": "text", "data": {"text": {"秘密": 1}}}], "message_id": "7"},
        {**good, "type": "notice", "detail_type": "group_message_delete", "operator_id": {}},
        {**good, "type": "秘密"},
        {**good, "type": "meta", "detail_type": "status_update", "status": {"bots": "秘密"}},
        {**good, "self": {"platform": "wechat", "user_id": bot, "x": ["秘密"]}, "message_id": "8"},
    ):
        await wechat.send_raw(frame)
    await wechat.speak(GROUP, "wxid_a", "mark")
    await served.until(bot, "nonebot", text="mark")
    log = served.log()[before:]
    assert "OneBot 12" in log
    assert "秘密" not in log
    assert "ERROR" not in log
