"""Our acts over OneBot 12: what is called, what is not offered, and in which word it is told."""

from __future__ import annotations

import asyncio
import base64
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from nonebot.adapters.onebot.v12.exception import ActionMissingField, NetworkError
import pytest

from sandbox.fakewechat import OFFERED
from src.core.chat.calling import UNCLEAR
from src.core.chat.events import Account, GroupKey, MessageRef
from src.core.chat.onebot12 import Adapter, OneBot12Platform
from src.core.chat.pacing import Pacing, Rate
from src.core.chat.port import Act, Answer, Platform, Word, Words
from src.core.chat.wordings import plain
from src.core.clock import DrivenClock
from tests.core.chat.web import serving

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from nonebot.adapters import Bot

FIXTURES = Path(__file__).parents[5] / "shared" / "fixtures" / "onebot"
needs_fixtures = pytest.mark.skipif(not FIXTURES.is_dir(), reason="../shared/fixtures is not here")
GROUP = GroupKey("wx", "g@chatroom")
WHO = Account("wx", "wxid_a")
REF = MessageRef("wxid_bot", GROUP, "6283771234567890123", 1_790_000_000.0)
NOW = 1_800_000_000.0
STANDARD = [name for name in OFFERED if not name.startswith("wx.")]
ROSTER = "姓名,学号\n张小明,1\n".encode()
FLAG = '["v3", "v4"]'

Calling: TypeAlias = "Callable[[OneBot12Platform], Awaitable[Answer[Any]]]"


class FakeBot:
    """Offers some actions, and answers each call with what it was given, or raises it."""

    def __init__(self, *outcomes: Any, offers: Any = OFFERED) -> None:
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.offers = list(offers) if isinstance(offers, tuple) else offers
        self.friends: Any = [{"user_id": WHO.user_id}]
        self._outcomes = list(outcomes)
        self.hold: asyncio.Event | None = None

    async def call_api(self, api: str, **data: Any) -> Any:
        if api == "get_supported_actions":
            if self.hold is not None:
                await self.hold.wait()
            return _given(self.offers)
        if api == "get_friend_list":
            return _given(self.friends)
        self.calls.append((api, data))
        return _given(self._outcomes.pop(0) if self._outcomes else None)


def _given(outcome: Any) -> Any:
    if isinstance(outcome, Exception):
        raise outcome
    return outcome


def refused_with(retcode: int, message: str = "") -> Exception:
    exception = Adapter.get_exception(retcode)
    return exception(status="failed", retcode=retcode, message=message, data=None)


def connected(
    bot: FakeBot, namespace: str = "wx", pacing: Pacing | None = None
) -> OneBot12Platform:
    platform = OneBot12Platform(
        "wxid_bot",
        namespace=namespace,
        clock=DrivenClock(NOW),
        pacing=pacing or Pacing(enabled=False),
    )
    platform.connected(cast("Bot", bot))
    return platform


def with_outcome(*outcomes: Any) -> OneBot12Platform:
    return connected(FakeBot(*outcomes))


ACTS: list[tuple[Calling, str, dict[str, Any]]] = [
    (
        lambda p: p.remove(GROUP, WHO),
        "wx.delete_groupmember",
        {"group_id": "g@chatroom", "user_list": ["wxid_a"]},
    ),
    (
        lambda p: p.set_group_name(GROUP, "n"),
        "set_group_name",
        {"group_id": "g@chatroom", "group_name": "n"},
    ),
    (
        lambda p: p.announce(GROUP, "t"),
        "wx.set_group_announcement",
        {"group_id": "g@chatroom", "announcement": "t"},
    ),
    (lambda p: p.decide_friend(FLAG, accept=True), "wx.accept_friend", {"v3": "v3", "v4": "v4"}),
]


@pytest.mark.parametrize(("calling", "api", "data"), ACTS)
async def test_acts(calling: Calling, api: str, data: dict[str, Any]) -> None:
    bot = FakeBot(None)
    assert await calling(connected(bot)) == Answer(Word.DONE)
    assert bot.calls == [(api, data)]


async def test_what_is_called_otherwise_is_found() -> None:
    bot = FakeBot(None, offers=("wx.kick_groupmember",))
    assert (await connected(bot).remove(GROUP, WHO)).done
    assert bot.calls[0][0] == "wx.kick_groupmember"


async def test_withdrawing_and_leaving_where_they_are_offered() -> None:
    bot = FakeBot(None, None, offers=("delete_message", "leave_group"))
    platform = connected(bot, "qq")
    assert (await platform.withdraw(REF)).done
    assert (await platform.leave(GROUP)).done
    assert bot.calls == [
        ("delete_message", {"message_id": REF.message_id}),
        ("leave_group", {"group_id": "g@chatroom"}),
    ]
    assert platform.capabilities.acts == {Act.WITHDRAW, Act.LEAVE}
    assert (await platform.withdraw(REF._replace(message_id=""))).word is Word.REFUSED


NEVER_ON_WECHAT: list[tuple[Calling, str]] = [
    (lambda p: p.withdraw(REF), "微信上机器人不能撤回别人的消息"),
    (lambda p: p.mute(GROUP, WHO, 60), "微信上机器人不能禁言"),
    (lambda p: p.unmute(GROUP, WHO), "微信上机器人不能禁言"),
    (lambda p: p.mute_all(GROUP, muted=True), "微信上机器人不能全员禁言"),
    (lambda p: p.set_card(GROUP, WHO, "c"), "微信上机器人不能改别人的群名片"),
    (lambda p: p.decide_join(GROUP, "f", accept=True), "微信上机器人不能审批入群申请"),
    (lambda p: p.join_requests(GROUP), "微信上机器人不能读入群申请"),
]
NOT_OFFERED: list[tuple[Calling, str]] = [
    (lambda p: p.remove(GROUP, WHO), "移出成员"),
    (lambda p: p.announce(GROUP, "t"), "发群公告"),
    (lambda p: p.leave(GROUP), "退群"),
    (lambda p: p.decide_friend(FLAG, accept=True), "答复好友申请"),
    (lambda p: p.decide_invitation("f", accept=True), "答复入群邀请"),
    (lambda p: p.message(REF), "读回一条消息"),
    (lambda p: p.read_announcement(GROUP), "读群公告"),
    (lambda p: p.open_forward("1"), "打开合并转发"),
]


@pytest.mark.parametrize(
    ("calling", "wording"),
    NEVER_ON_WECHAT + [(calling, f"所接的程序没有“{act}”这个功能") for calling, act in NOT_OFFERED],
)
async def test_what_cannot_be_done_is_said_and_not_sent(calling: Calling, wording: str) -> None:
    bot = FakeBot(offers=(*STANDARD, "delete_message"))
    answer = await calling(connected(bot))
    assert answer == Answer(Word.REFUSED, wording=wording, asked=False)
    assert bot.calls == []
    # /doctor must not read it as the bot being muted.
    assert plain(wording) == "这个平台做不到"


async def test_wechat_cannot_withdraw_even_where_the_action_is_offered() -> None:
    platform = connected(FakeBot(offers=(*OFFERED, "delete_message")))
    await platform.withdraw(REF)
    assert platform.capabilities.acts == {
        Act.SAY,
        Act.WHISPER,
        Act.REMOVE,
        Act.SET_GROUP_NAME,
        Act.ANNOUNCE,
        Act.DECIDE_FRIEND,
        Act.FETCH_MEMBER,
        Act.FETCH_FILE,
        Act.READ_FILE,
        Act.SEND_FILE,
    }


@pytest.mark.parametrize("offers", [refused_with(10002), NetworkError("t"), None, {"a": 1}])
async def test_what_does_not_tell_what_it_offers_is_tried(offers: Any) -> None:
    bot = FakeBot(None, offers=offers)
    platform = connected(bot)
    assert (await platform.remove(GROUP, WHO)).done
    assert Act.REMOVE in platform.capabilities.acts
    assert Act.MUTE not in platform.capabilities.acts


async def test_calls_wait_until_it_is_known_what_is_offered() -> None:
    bot = FakeBot(offers=())
    bot.hold = asyncio.Event()
    platform = connected(bot)
    call = asyncio.create_task(platform.remove(GROUP, WHO))
    for _ in range(5):
        await asyncio.sleep(0)
    assert not call.done()
    bot.hold.set()
    assert not (await call).asked
    assert bot.calls == []


async def test_another_implementation_may_offer_other_things() -> None:
    platform = connected(FakeBot(offers=("leave_group",)))
    await platform.leave(GROUP)
    platform.lost()
    answer = await platform.leave(GROUP)
    assert answer == Answer(Word.REFUSED, wording="not connected", asked=False)
    platform.connected(cast("Bot", FakeBot(offers=("set_group_name",))))
    assert not (await platform.leave(GROUP)).asked
    assert platform.capabilities.acts == {Act.SET_GROUP_NAME}
    await platform.close()


async def test_closing_while_it_is_asked_what_is_offered() -> None:
    bot = FakeBot()
    bot.hold = asyncio.Event()
    platform = connected(bot)
    await asyncio.sleep(0)
    await platform.close()
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_saying() -> None:
    bot = FakeBot({"message_id": "5", "time": 1.0})
    answer = await connected(bot).say(GROUP, Words("hi", mention=(WHO,), reply_to=REF))
    assert answer == Answer(Word.DONE, MessageRef("wxid_bot", GROUP, "5", NOW))
    assert bot.calls == [
        (
            "send_message",
            {
                "detail_type": "group",
                "group_id": "g@chatroom",
                "message": [
                    {"type": "mention", "data": {"user_id": "wxid_a"}},
                    {"type": "text", "data": {"text": " "}},
                    {"type": "text", "data": {"text": "hi"}},
                ],
            },
        )
    ]


async def test_quoting_where_it_can_be_done() -> None:
    bot = FakeBot()
    await connected(bot, "qq").say(GROUP, Words("hi", reply_to=REF))
    assert bot.calls[0][1]["message"][0] == {
        "type": "reply",
        "data": {"message_id": REF.message_id},
    }


async def test_said_without_a_message_id() -> None:
    assert await with_outcome(None).say(GROUP, Words("x")) == Answer(Word.DONE)


async def test_whispering() -> None:
    bot = FakeBot(None)
    platform = connected(bot)
    assert platform.reachable(WHO) is None
    assert await platform.whisper(WHO, Words("x", mention=(WHO,)), via=GROUP) == Answer(Word.DONE)
    assert bot.calls == [
        (
            "send_message",
            {
                "detail_type": "private",
                "user_id": "wxid_a",
                "message": [{"type": "text", "data": {"text": "x"}}],
            },
        )
    ]
    assert platform.reachable(WHO) is True


async def test_wechat_does_not_deliver_to_strangers() -> None:
    bot = FakeBot()
    bot.friends = [{"user_id": "wxid_b"}, None]
    platform = connected(bot)
    answer = await platform.whisper(WHO, Words("x"))
    assert answer == Answer(Word.REFUSED, wording="对方不是机器人的好友，私聊送不到")
    assert bot.calls == []
    platform.heard_from(WHO)
    assert (await platform.whisper(WHO, Words("x"))).done


@pytest.mark.parametrize("friends", [None, refused_with(20002), NetworkError("t")])
async def test_where_friends_cannot_be_read_it_is_tried(friends: Any) -> None:
    bot = FakeBot()
    bot.friends = friends
    assert (await connected(bot).whisper(WHO, Words("x"))).done


@pytest.mark.parametrize(
    ("outcome", "word", "wording"),
    [
        (refused_with(35000, "操作失败"), Word.REFUSED, "操作失败"),
        (refused_with(10002), Word.REFUSED, "retcode 10002"),
        (refused_with(10003, "长" * 999), Word.REFUSED, "长" * 300),
        (refused_with(20002, "内部服务错误"), Word.UNKNOWN, "内部服务错误"),
        (refused_with(33001, "x"), Word.UNKNOWN, "x"),
        (refused_with(34001, "发送超时"), Word.UNKNOWN, "发送超时"),
        (ActionMissingField({"秘密": 1}), Word.UNKNOWN, "unreadable answer"),
        (NetworkError("call x timeout"), Word.UNKNOWN, "call x timeout"),
        (RuntimeError("秘密"), Word.UNKNOWN, "RuntimeError"),
        (UNCLEAR, Word.UNKNOWN, ""),
        (None, Word.DONE, ""),
    ],
)
async def test_answers_in_three_words(outcome: Any, word: Word, wording: str) -> None:
    assert await with_outcome(outcome).remove(GROUP, WHO) == Answer(word, wording=wording)


@needs_fixtures
@pytest.mark.parametrize(
    ("name", "wording"),
    [
        ("03-unsupported", "未实现的action: delete_message"),
        ("04-bad-param", "Param参数错误"),
        ("07-pylibob-unsupported", "action is not supported"),
    ],
)
async def test_failures_of_the_implementations(name: str, wording: str) -> None:
    raw = json.loads((FIXTURES / f"v12-resp-{name}.json").read_text(encoding="utf-8"))
    answer = await with_outcome(refused_with(raw["retcode"], raw["message"])).remove(GROUP, WHO)
    assert answer == Answer(Word.REFUSED, wording=wording)


async def test_words_wait_for_their_turn() -> None:
    bot = FakeBot()
    platform = connected(bot, pacing=Pacing(limit=1, group=Rate(every=1000, burst=1)))
    await platform.say(GROUP, Words("1"))
    waiting = asyncio.create_task(platform.say(GROUP, Words("2")))
    for _ in range(3):
        await asyncio.sleep(0)
    refused = await platform.say(GROUP, Words("3"))
    assert refused == Answer(Word.REFUSED, wording="queue full", asked=False)
    await platform.close()
    assert (await waiting).word is Word.REFUSED
    assert len(bot.calls) == 1


async def test_reading_a_member() -> None:
    bot = FakeBot({"user_id": "wxid_a", "user_name": "阿强", "wx": {"avatar": ""}})
    answer = await connected(bot).member(GROUP, WHO)
    assert bot.calls == [("get_group_member_info", {"group_id": "g@chatroom", "user_id": "wxid_a"})]
    assert answer.value is not None
    assert (answer.value.account, answer.value.name) == (WHO, "阿强")


@pytest.mark.parametrize(
    ("outcome", "word"),
    [
        (refused_with(35001, "群内没有该联系人"), Word.DONE),
        (refused_with(35000, "操作失败"), Word.REFUSED),
        (None, Word.UNKNOWN),
        ({}, Word.UNKNOWN),
    ],
)
async def test_who_is_no_member(outcome: Any, word: Word) -> None:
    answer = await with_outcome(outcome).member(GROUP, WHO)
    assert (answer.word, answer.value) == (word, None)


async def test_other_reading() -> None:
    members = await with_outcome([{"user_id": "wxid_a"}, None, 5]).members(GROUP)
    assert members.value is not None
    assert [member.account for member in members.value] == [WHO]
    assert (await with_outcome({}).members(GROUP)).word is Word.UNKNOWN
    assert (await with_outcome({"group_name": "g"}).group_name(GROUP)).value == "g"
    assert (await with_outcome({"url": "u"}).fetch_file(GROUP, "f")).value == "u"
    assert (await with_outcome({"data": "…"}).fetch_file(GROUP, "f")).word is Word.UNKNOWN
    assert (await with_outcome().fetch_file(GROUP, "")).word is Word.REFUSED


@pytest.mark.parametrize(
    ("outcomes", "most", "word"),
    [
        ([{"url": "/roster"}], 100, Word.DONE),
        ([refused_with(10004), {"data": base64.b64encode(ROSTER).decode()}], 100, Word.DONE),
        ([{"url": "C:\\a.csv"}, {"data": ROSTER}], 100, Word.DONE),
        ([{}, {"data": ROSTER}], 5, Word.REFUSED),
        ([{}, refused_with(35001)], 100, Word.REFUSED),
        ([{}, {}], 100, Word.UNKNOWN),
    ],
)
async def test_reading_a_file(outcomes: list[Any], most: int, word: Word) -> None:
    async with serving(ROSTER) as address:
        first = outcomes[0]
        if isinstance(first, dict) and first.get("url") == "/roster":
            outcomes = [{"url": f"{address}/roster"}]
        answer = await with_outcome(*outcomes).read_file(WHO, "f", most)
    assert (answer.word, answer.value) == (word, ROSTER if word is Word.DONE else None)


async def test_what_has_no_id_or_is_not_offered_is_not_read() -> None:
    assert (await with_outcome().read_file(WHO, "", 100)).word is Word.REFUSED
    answer = await connected(FakeBot(offers=("send_message",))).read_file(WHO, "f", 100)
    assert (answer.asked, answer.wording) == (False, "所接的程序没有“读私聊里的文件”这个功能")


async def test_sending_a_file() -> None:
    bot = FakeBot({"file_id": "f1"}, None)
    platform = connected(bot)
    assert await platform.send_file(WHO, "巡检.xlsx", b"PK") == Answer(Word.DONE)
    upload, (api, data) = bot.calls
    assert upload == ("upload_file", {"type": "data", "name": "巡检.xlsx", "data": b"PK"})
    assert (api, data["user_id"]) == ("send_message", WHO.user_id)
    assert data["message"] == [{"type": "file", "data": {"file_id": "f1"}}]


@pytest.mark.parametrize("outcome", [None, {}, refused_with(10005), NetworkError("t")])
async def test_a_file_that_was_not_taken_reached_nobody(outcome: Any) -> None:
    bot = FakeBot(outcome)
    assert (await connected(bot).send_file(WHO, "a.xlsx", b"PK")).word is Word.REFUSED
    assert [api for api, _ in bot.calls] == ["upload_file"]


async def test_a_file_for_a_stranger_or_where_none_can_be_sent() -> None:
    bot = FakeBot({"file_id": "f1"})
    bot.friends = []
    answer = await connected(bot).send_file(WHO, "a.xlsx", b"PK")
    assert plain(answer.wording) == "对方不是机器人的好友，私聊送不到"
    bot = FakeBot(offers=("send_message",))
    answer = await connected(bot).send_file(WHO, "a.xlsx", b"PK")
    assert (answer.asked, bot.calls) == (False, [])


async def test_a_friend_request_cannot_be_turned_down() -> None:
    bot = FakeBot()
    assert not (await connected(bot).decide_friend(FLAG, accept=False)).asked
    assert (await connected(bot).decide_friend("x", accept=True)).word is Word.REFUSED
    assert bot.calls == []


async def test_it_is_a_platform() -> None:
    platform: Platform = with_outcome()
    assert (platform.namespace, platform.bot) == ("wx", Account("wx", "wxid_bot"))
