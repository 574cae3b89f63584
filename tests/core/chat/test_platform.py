"""Our acts over OneBot 11: what is called, and in which of three words the answer is told."""

from __future__ import annotations

import asyncio
import base64
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from nonebot.adapters.onebot.v11 import ActionFailed, ApiNotAvailable, NetworkError
import pytest

from src.core.chat.events import (
    Account,
    GroupKey,
    JoinRequested,
    Kind,
    MessageRef,
    PlatformRole,
    Segment,
)
from src.core.chat.files import download
from src.core.chat.onebot11.platform import UNCLEAR, OneBot11Platform
from src.core.chat.pacing import Pacing, Rate
from src.core.chat.port import Act, Answer, Platform, Priority, Word, Words
from src.core.chat.wordings import plain
from src.core.clock import DrivenClock

from .web import serving

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from nonebot.adapters import Bot

FIXTURES = Path(__file__).parents[4] / "shared" / "fixtures" / "onebot"
needs_fixtures = pytest.mark.skipif(not FIXTURES.is_dir(), reason="../shared/fixtures is not here")
GROUP = GroupKey("qq", "30")
WHO = Account("qq", "20")
REF = MessageRef("10", GROUP, "-40", 1_790_000_000.0)
NOW = 1_800_000_000.0


Calling: TypeAlias = "Callable[[OneBot11Platform], Awaitable[Answer[None]]]"


class FakeBot:
    """Answers each call with what it was given, or raises it."""

    def __init__(self, *outcomes: Any) -> None:
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self._outcomes = list(outcomes)
        self.never: asyncio.Event | None = None
        self.driver: Any = None

    async def call_api(self, api: str, **data: Any) -> Any:
        if api == "get_version_info":
            return self.driver
        self.calls.append((api, data))
        if self.never is not None:
            await self.never.wait()
        outcome = self._outcomes.pop(0) if self._outcomes else None
        if isinstance(outcome, Exception):
            raise outcome
        return outcome


def connected(bot: FakeBot, pacing: Pacing | None = None) -> OneBot11Platform:
    platform = OneBot11Platform(
        "10", namespace="qq", clock=DrivenClock(NOW), pacing=pacing or Pacing(enabled=False)
    )
    platform.connected(cast("Bot", bot))
    return platform


def with_outcome(*outcomes: Any) -> OneBot11Platform:
    return connected(FakeBot(*outcomes))


ACTS: list[tuple[Calling, str, dict[str, Any]]] = [
    (
        lambda p: p.withdraw(REF),
        "delete_msg",
        {"message_id": -40},
    ),
    (
        lambda p: p.mute(GROUP, WHO, 600),
        "set_group_ban",
        {"group_id": 30, "user_id": 20, "duration": 600},
    ),
    (
        lambda p: p.mute(GROUP, WHO, 0),
        "set_group_ban",
        {"group_id": 30, "user_id": 20, "duration": 1},
    ),
    (
        lambda p: p.unmute(GROUP, Account("qq", "x7")),
        "set_group_ban",
        {"group_id": 30, "user_id": "x7", "duration": 0},
    ),
    (
        lambda p: p.mute_all(GROUP, muted=True),
        "set_group_whole_ban",
        {"group_id": 30, "enable": True},
    ),
    (
        lambda p: p.remove(GROUP, WHO),
        "set_group_kick",
        {"group_id": 30, "user_id": 20, "reject_add_request": False},
    ),
    (
        lambda p: p.set_card(GROUP, WHO, "c"),
        "set_group_card",
        {"group_id": 30, "user_id": 20, "card": "c"},
    ),
    (
        lambda p: p.set_group_name(GROUP, "n"),
        "set_group_name",
        {"group_id": 30, "group_name": "n"},
    ),
    (
        lambda p: p.announce(GROUP, "t"),
        "_send_group_notice",
        {"group_id": 30, "content": "t"},
    ),
    (
        lambda p: p.decide_join(GROUP, "f", accept=False, reason="r"),
        "set_group_add_request",
        {"flag": "f", "sub_type": "add", "approve": False, "reason": "r"},
    ),
    (
        lambda p: p.decide_friend("f", accept=True),
        "set_friend_add_request",
        {"flag": "f", "approve": True},
    ),
    (
        lambda p: p.decide_invitation("f", accept=True),
        "set_group_add_request",
        {"flag": "f", "sub_type": "invite", "approve": True},
    ),
    (lambda p: p.leave(GROUP), "set_group_leave", {"group_id": 30}),
    (
        lambda p: p.send_file(WHO, "巡检.xlsx", b"PK", GROUP),
        "upload_private_file",
        {"user_id": 20, "file": "base64://UEs=", "name": "巡检.xlsx"},
    ),
]


@pytest.mark.parametrize(("calling", "api", "data"), ACTS)
async def test_acts(calling: Calling, api: str, data: dict[str, Any]) -> None:
    bot = FakeBot(None)
    assert await calling(connected(bot)) == Answer(Word.DONE)
    assert bot.calls == [(api, data)]


async def test_saying() -> None:
    bot = FakeBot({"message_id": -5})
    answer = await connected(bot).say(
        GROUP, Words("[CQ:at,qq=all] hi", mention=(WHO,), reply_to=REF)
    )
    assert answer == Answer(Word.DONE, MessageRef("10", GROUP, "-5", NOW))
    assert bot.calls == [
        (
            "send_group_msg",
            {
                "group_id": 30,
                "message": [
                    {"type": "reply", "data": {"id": "-40"}},
                    {"type": "at", "data": {"qq": "20"}},
                    {"type": "text", "data": {"text": " "}},
                    {"type": "text", "data": {"text": "[CQ:at,qq=all] hi"}},
                ],
            },
        )
    ]


async def test_said_without_a_message_id() -> None:
    assert await with_outcome(None).say(GROUP, Words("x")) == Answer(Word.DONE)


async def test_whispering_through_a_group_and_who_can_be_reached() -> None:
    bot = FakeBot({"message_id": 5}, ActionFailed(wording="请先添加对方为好友"), NetworkError("t"))
    platform = connected(bot)
    assert platform.reachable(WHO) is None
    answer = await platform.whisper(WHO, Words("x"), via=GROUP)
    assert answer.value == MessageRef("10", None, "5", NOW)
    assert bot.calls[0][1]["group_id"] == 30
    assert platform.reachable(WHO) is True
    assert (await platform.whisper(WHO, Words("x"))).word is Word.REFUSED
    assert "group_id" not in bot.calls[1][1]
    assert platform.reachable(WHO) is False
    assert (await platform.whisper(WHO, Words("x"))).word is Word.UNKNOWN
    assert platform.reachable(WHO) is False
    platform.heard_from(WHO)
    assert platform.reachable(WHO) is True
    platform.lost()
    assert (await platform.whisper(WHO, Words("x"))).word is Word.REFUSED
    assert platform.reachable(WHO) is True


@pytest.mark.parametrize(
    ("outcome", "word", "wording"),
    [
        (ActionFailed(wording="w", message="m"), Word.REFUSED, "w"),
        (ActionFailed(message="m", wording=""), Word.REFUSED, "m"),
        (ActionFailed(msg="NOT_MANAGEABLE"), Word.REFUSED, "NOT_MANAGEABLE"),
        (ActionFailed(data={"message": "Error: 无权操作"}), Word.REFUSED, "Error: 无权操作"),
        (ActionFailed(retcode=200), Word.REFUSED, "retcode 200"),
        (ActionFailed(wording="长" * 999), Word.REFUSED, "长" * 300),
        (ActionFailed(wording="Timeout: NTEvent recallMsg"), Word.UNKNOWN, None),
        (ActionFailed(wording="操作超时"), Word.UNKNOWN, "操作超时"),
        (NetworkError("WebSocket call api x timeout"), Word.UNKNOWN, None),
        (ApiNotAvailable(), Word.REFUSED, "not connected"),
        (RuntimeError("秘密"), Word.UNKNOWN, "RuntimeError"),
        (UNCLEAR, Word.UNKNOWN, ""),
        (None, Word.DONE, ""),
    ],
)
async def test_answers_in_three_words(outcome: Any, word: Word, wording: str | None) -> None:
    answer = await with_outcome(outcome).mute(GROUP, WHO, 60)
    assert answer.word is word
    assert answer.value is None
    if wording is not None:
        assert answer.wording == wording


async def test_refused_when_not_connected() -> None:
    platform = OneBot11Platform("10", namespace="qq", clock=DrivenClock(NOW))
    assert await platform.leave(GROUP) == Answer(Word.REFUSED, wording="not connected", asked=False)


async def test_a_message_without_id_cannot_be_withdrawn() -> None:
    bot = FakeBot()
    answer = await connected(bot).withdraw(MessageRef("10", GROUP, "", NOW))
    assert answer.word is Word.REFUSED
    assert bot.calls == []


async def test_a_line_lost_in_the_middle_of_a_call_leaves_it_unknown() -> None:
    bot = FakeBot()
    bot.never = asyncio.Event()
    platform = connected(bot)
    call = asyncio.create_task(platform.mute(GROUP, WHO, 60))
    for _ in range(5):
        await asyncio.sleep(0)
    platform.lost()
    assert await call == Answer(Word.UNKNOWN, wording="connection lost")
    assert {task for task in asyncio.all_tasks() if task.get_name() == "set_group_ban"} == set()


async def test_a_cancelled_caller_leaves_no_call_behind() -> None:
    bot = FakeBot()
    bot.never = asyncio.Event()
    platform = connected(bot)
    call = asyncio.create_task(platform.mute(GROUP, WHO, 60))
    for _ in range(5):
        await asyncio.sleep(0)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert {task for task in asyncio.all_tasks() if task.get_name() == "set_group_ban"} == set()


async def test_words_wait_for_their_turn_and_too_many_are_refused() -> None:
    bot = FakeBot()
    platform = connected(bot, Pacing(limit=1, group=Rate(every=1000, burst=1)))
    await platform.say(GROUP, Words("1"))
    waiting = asyncio.create_task(platform.say(GROUP, Words("2")))
    await asyncio.sleep(0)
    refused = await platform.say(GROUP, Words("3", priority=Priority.NOTICE))
    assert refused == Answer(Word.REFUSED, wording="queue full", asked=False)
    assert len(bot.calls) == 1
    await platform.close()
    assert (await waiting).word is Word.REFUSED


async def test_reading_a_message() -> None:
    raw = {
        "message_id": -40,
        "group_id": 30,
        "time": 1_790_000_000,
        "sender": {"user_id": 20},
        "message": [{"type": "text", "data": {"text": "x"}}],
    }
    answer = await with_outcome(raw).message(REF)
    assert answer.done
    assert answer.value is not None
    assert answer.value.ref == REF
    assert (answer.value.account, answer.value.text) == (WHO, "x")
    assert answer.value.segments == (Segment(Kind.TEXT, "x"),)


@pytest.mark.parametrize("wording", ["消息不存在", "消息1234不存在", "message not found or gone"])
async def test_a_message_that_is_not_there(wording: str) -> None:
    answer = await with_outcome(ActionFailed(wording=wording)).message(REF)
    assert answer == Answer(Word.DONE, wording=wording)


@pytest.mark.parametrize("outcome", [None, 5, [], {}, {"message_id": 1}])
async def test_an_answer_that_cannot_be_read_is_unknown(outcome: Any) -> None:
    platform = with_outcome(outcome)
    assert (await platform.message(REF)).word is Word.UNKNOWN


async def test_reading_a_member() -> None:
    raw = {"user_id": 20, "nickname": "n", "role": "admin"}
    raw |= {"join_time": 5, "shut_up_timestamp": 9, "last_sent_time": 7}
    bot = FakeBot(raw)
    answer = await connected(bot).member(GROUP, WHO)
    assert bot.calls == [
        ("get_group_member_info", {"group_id": 30, "user_id": 20, "no_cache": True})
    ]
    assert answer.value is not None
    assert answer.value.role is PlatformRole.ADMIN
    one = answer.value
    assert (one.muted_until, one.joined, one.last_spoke) == (9, 5, 7)


@pytest.mark.parametrize(
    ("outcome", "word"),
    [
        ({"user_id": 20, "nickname": "", "card": "", "join_time": 0}, Word.DONE),
        (ActionFailed(wording="群(30)成员20不存在"), Word.DONE),
        (ActionFailed(wording="群员不存在"), Word.DONE),
        (ActionFailed(wording="群(30)不存在"), Word.REFUSED),
        (ActionFailed(wording="no permission"), Word.REFUSED),
        (None, Word.UNKNOWN),
        (NetworkError("t"), Word.UNKNOWN),
    ],
)
async def test_who_is_no_member(outcome: Any, word: Word) -> None:
    answer = await with_outcome(outcome).member(GROUP, WHO)
    assert (answer.word, answer.value) == (word, None)


async def test_other_reading() -> None:
    members = await with_outcome([{"user_id": 20, "nickname": "n"}, None, 5]).members(GROUP)
    assert members.value is not None
    assert [member.account for member in members.value] == [WHO]
    assert (await with_outcome({}).members(GROUP)).word is Word.UNKNOWN
    assert (await with_outcome({"group_name": "g"}).group_name(GROUP)).value == "g"
    for shut, muted in ((-1, True), (0, False), (None, None)):
        answer = await with_outcome({"group_all_shut": shut}).all_muted(GROUP)
        assert (answer.word, answer.value) == (Word.DONE, muted)
    assert (await with_outcome({"url": "u"}).fetch_file(GROUP, "/1")).value == "u"
    assert (await with_outcome({}).fetch_file(GROUP, "/1")).word is Word.UNKNOWN
    notices = [
        {"publish_time": 1, "message": {"text": "old"}},
        {"publish_time": 2, "message": {"text": "new&#10;&lt;1&gt;"}},
        5,
    ]
    assert (await with_outcome(notices).read_announcement(GROUP)).value == "new\n<1>"
    assert await with_outcome([]).read_announcement(GROUP) == Answer(Word.DONE)
    assert Act.MUTE in with_outcome({}).capabilities.acts


@needs_fixtures
async def test_opening_a_forward() -> None:
    raw = json.loads((FIXTURES / "v11-resp-37-forward-content.json").read_text(encoding="utf-8"))
    answer = await with_outcome(raw["data"]).open_forward("1")
    assert answer.value is not None
    assert [message.text for message in answer.value.messages] == ["兼职刷单 加V abc"]


@needs_fixtures
@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("04-ban-admin-target", Word.REFUSED),
        ("05-recall-failed", Word.REFUSED),
        ("07-no-such-request", Word.REFUSED),
        ("08-send-timeout-riskcontrol", Word.UNKNOWN),
        ("09-send-removed-from-group", Word.REFUSED),
        ("10-bad-params", Word.REFUSED),
        ("13-lagrange-failed", Word.REFUSED),
        ("15-gocq-not-manageable", Word.REFUSED),
        ("16-gocq-flag-checked", Word.REFUSED),
        ("18-llbot-failed", Word.REFUSED),
        ("19-snowluma-oidb", Word.REFUSED),
        ("20-snowluma-request-gone", Word.REFUSED),
        ("22-matcha-denied", Word.REFUSED),
    ],
)
async def test_failures_of_the_implementations(name: str, word: Word) -> None:
    raw = json.loads((FIXTURES / f"v11-resp-{name}.json").read_text(encoding="utf-8"))
    answer = await with_outcome(ActionFailed(**raw)).withdraw(REF)
    assert answer.word is word
    assert answer.wording


@pytest.mark.parametrize(
    ("driver", "trusted"),
    [
        ({"app_name": "NapCat.Onebot"}, True),
        ({"app_name": "LLOneBot"}, True),
        # It calls who was let in by an admin invited by that admin.
        ({"app_name": "SnowLuma"}, False),
        ({"app_name": "Lagrange.OneBot"}, False),
        ({"app_name": 5}, False),
        (None, False),
    ],
)
async def test_whose_word_about_the_inviter_is_taken(driver: Any, trusted: bool) -> None:
    bot = FakeBot()
    bot.driver = driver
    platform = connected(bot)
    assert not platform.tells_inviter
    for _ in range(5):
        await asyncio.sleep(0)
    assert platform.tells_inviter is trusted
    await platform.close()


APPLICATION = {"request_id": 17, "group_id": 30, "message": "答案：张小明妈妈", "checked": False}


@pytest.mark.parametrize(
    ("record", "applicant", "inviter"),
    [
        # NapCat names the applicant as the inviter, LLBot and go-cqhttp as what they are.
        (APPLICATION | {"invitor_uin": 20}, "20", None),
        (APPLICATION | {"requester_uin": "20", "group_id": "30"}, "20", None),
        (APPLICATION | {"requester_uin": 20, "invitor_uin": 21}, "20", "21"),
        (APPLICATION | {"requester_uin": 20, "request_id": 0, "flag": "17"}, "20", None),
        (APPLICATION | {"requester_uin": 20, "checked": True}, None, None),
        (APPLICATION | {"requester_uin": 20, "group_id": 31}, None, None),
        (APPLICATION | {"requester_uin": 0, "invitor_uin": 0}, None, None),
        (APPLICATION | {"requester_uin": 20, "request_id": None}, None, None),
        ("?", None, None),
    ],
)
async def test_applications_that_wait(
    record: Any, applicant: str | None, inviter: str | None
) -> None:
    answer = await with_outcome({"join_requests": [record]}).join_requests(GROUP)
    by = Account("qq", inviter) if inviter else None
    found = [JoinRequested("10", NOW, GROUP, WHO, "答案：张小明妈妈", "17", by)]
    assert answer == Answer(Word.DONE, found if applicant else [])


async def test_applications_that_cannot_be_listed() -> None:
    # go-cqhttp has null where there are none.
    assert (await with_outcome({"join_requests": None}).join_requests(GROUP)).value == []
    refused = await with_outcome([{"requester_uin": 0}]).join_requests(GROUP)
    assert (refused.word, plain(refused.wording)) == (Word.REFUSED, "所接的程序列不出入群申请")
    for outcome in (ActionFailed(msg="API_NOT_FOUND"), ApiNotAvailable()):
        assert (await with_outcome(outcome).join_requests(GROUP)).word is Word.REFUSED
    assert (await with_outcome(None).join_requests(GROUP)).word is Word.UNKNOWN


async def test_the_whole_flag_is_used_where_it_was_told() -> None:
    bot = FakeBot()
    platform = connected(bot)
    platform.told_of("17", "30|17|7|1")
    for number in range(1000, 2000):
        platform.told_of(str(number), f"30|{number}|7|0")
        platform.told_of(f"a{number}", f"a{number}")
    for flag in ("17", "1999", "a1999"):
        await platform.decide_join(GROUP, flag, accept=True)
    # Only the last thousand are remembered.
    assert [data["flag"] for _, data in bot.calls] == ["17", "30|1999|7|0", "a1999"]


@pytest.mark.parametrize(
    "wording",
    [
        "No such request",
        "flag 不存在",
        "消息已被处理",
        "FLAG_HAS_BEEN_CHECKED",
        "matching group request not found",
        "OIDB error 120162007 on 0x10c8_1: already deleted by system",
        "already agree msg",
    ],
)
async def test_an_application_that_was_answered_already(wording: str) -> None:
    platform = with_outcome(ActionFailed(wording=wording))
    answer = await platform.decide_join(GROUP, "f", accept=True)
    assert (answer.word, answer.wording) == (Word.REFUSED, wording)
    assert plain(answer.wording) == "这份申请已经有人处理过，或已失效"


ROSTER = "姓名,学号\n张小明,1\n".encode()
IN_BASE64 = base64.b64encode(ROSTER).decode()
NO_URL = ActionFailed(wording="real fileUUID not found!")


@pytest.mark.parametrize(
    ("outcomes", "most", "word", "wording"),
    [
        ([{"url": "/roster"}], 100, Word.DONE, ""),
        ([{"url": "/moved"}], 100, Word.DONE, ""),
        ([{"url": "/roster"}], 5, Word.REFUSED, "文件太大"),
        ([{"url": "/gone"}], 100, Word.REFUSED, "文件已经取不到，请重新发送"),
        ([{"url": "/to-the-disk"}], 100, Word.REFUSED, "文件已经取不到，请重新发送"),
        ([{"url": "/round"}], 100, Word.UNKNOWN, "与平台的连接断开了"),
        ([{"url": "/cut-off"}], 100, Word.UNKNOWN, "与平台的连接断开了"),
        ([NO_URL, {"url": "/roster"}], 100, Word.DONE, ""),
        ([NO_URL, {"url": "x", "base64": IN_BASE64}], 100, Word.DONE, ""),
        ([NO_URL, {"base64": IN_BASE64}], 5, Word.REFUSED, "文件太大"),
        ([NO_URL, {"base64": "!"}], 100, Word.REFUSED, "文件已经取不到，请重新发送"),
        # A path on the disk of the implementation, and of ours perhaps.
        ([{"url": "C:\\a.csv"}, {"url": __file__, "file": __file__}], 99999, Word.UNKNOWN, None),
        ([{"url": f"file://{__file__}"}, None], 99999, Word.UNKNOWN, None),
    ],
)
async def test_reading_a_file(
    outcomes: list[Any], most: int, word: Word, wording: str | None
) -> None:
    async with serving(ROSTER) as address:
        given = [
            outcome | {"url": address + outcome["url"]}
            if isinstance(outcome, dict)
            and outcome.get("url", "").startswith("/")
            and outcome["url"] != __file__
            else outcome
            for outcome in outcomes
        ]
        bot = FakeBot(*given)
        answer = await connected(bot).read_file(WHO, "id|hash", most)
    assert answer == Answer(word, ROSTER if word is Word.DONE else None, answer.wording)
    assert wording is None or plain(answer.wording) == wording
    assert bot.calls[0] == (
        "get_private_file_url",
        {"user_id": 20, "file_id": "id", "file_hash": "hash"},
    )


async def test_a_file_that_came_with_its_address() -> None:
    async with serving(ROSTER) as address:
        bot = FakeBot()
        assert (await connected(bot).read_file(WHO, f"{address}/roster", 100)).value == ROSTER
    assert bot.calls == []
    # Nobody listens there any more.
    assert (await download(f"{address}/roster", 100)).word is Word.UNKNOWN


async def test_go_cqhttp_takes_no_file_that_does_not_lie_on_its_disk() -> None:
    failure = ActionFailed(status="failed", msg="OPEN_FILE_ERROR", wording="打开文件失败")
    answer = await with_outcome(failure).send_file(WHO, "巡检.xlsx", b"PK")
    assert answer.word is Word.REFUSED
    assert plain(answer.wording) == "所接的程序发不了文件"


async def test_it_is_a_platform() -> None:
    platform: Platform = with_outcome()
    assert (platform.namespace, platform.bot) == ("qq", Account("qq", "10"))
