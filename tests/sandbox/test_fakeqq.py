"""The pretend QQ itself, against a tiny bot in this process."""

from __future__ import annotations

import asyncio
from base64 import b64decode
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from sandbox import dialects, fakeqq
from sandbox.fakeqq import (
    BOT,
    GROUP,
    HEAD_TEACHER,
    PARENTS,
    STRANGER,
    TEACHER,
    CannotSpeakError,
    FakeQQ,
    Member,
    Mode,
    class_group,
    mention,
    quote,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from sandbox.dialects import Dialect
    from sandbox.fakeqq import Json

PARENT = PARENTS[0]
FIXTURES = Path(__file__).resolve().parents[3] / "shared" / "fixtures" / "onebot"


class TinyBot:
    """What stands in for the bot: keeps the events and calls actions."""

    def __init__(self) -> None:
        self.events: list[Json] = []
        self.answers: list[Json] = []
        self.handshakes: list[dict[str, str]] = []
        self._line: ServerConnection | None = None
        self._asked = 0
        self._news = asyncio.Event()

    async def serve(self, line: ServerConnection) -> None:
        assert line.request is not None
        self.handshakes.append({k.lower(): v for k, v in line.request.headers.raw_items()})
        self._line = line
        try:
            async for frame in line:
                data: Json = json.loads(frame)
                (self.events if "post_type" in data else self.answers).append(data)
                self._news.set()
        except ConnectionClosed:
            pass
        self._news.set()

    async def ask(self, action: str, **params: Any) -> str:
        """Call an action; the echo that its answer will bear."""
        assert self._line is not None
        self._asked += 1
        echo = str(self._asked)
        await self._line.send(json.dumps({"action": action, "params": params, "echo": echo}))
        return echo

    async def answer(self, echo: str) -> Json:
        """The answer to a call."""
        async with asyncio.timeout(10):
            while not (found := [a for a in self.answers if a["echo"] == echo]):
                self._news.clear()
                await self._news.wait()
        return found[0]

    async def call(self, action: str, **params: Any) -> Json:
        """Call an action and return its answer."""
        return await self.answer(await self.ask(action, **params))

    async def told(self, **fields: Any) -> Json:
        """Wait for an event with these fields."""
        async with asyncio.timeout(10):
            while True:
                for event in self.events:
                    if fields.items() <= event.items():
                        return event
                self._news.clear()
                await self._news.wait()


class World:
    """A tiny bot, the platform that is connected to it, and the time there."""

    def __init__(self, bot: TinyBot, port: int) -> None:
        self.time = 1_000_000.0
        self.bot = bot
        self.qq = class_group(f"ws://127.0.0.1:{port}/ws", "secret", now=lambda: self.time)


@pytest.fixture
async def world() -> AsyncIterator[World]:
    bot = TinyBot()
    async with serve(bot.serve, "127.0.0.1", 0) as server:
        world = World(bot, next(iter(server.sockets)).getsockname()[1])
        await world.qq.connect()
        await bot.told(meta_event_type="lifecycle")
        yield world
        await world.qq.disconnect()


@pytest.fixture
def bot(world: World) -> TinyBot:
    return world.bot


@pytest.fixture
def qq(world: World) -> FakeQQ:
    return world.qq


async def test_handshake_names_the_account_and_bears_the_token(bot: TinyBot) -> None:
    assert (
        bot.handshakes[0].items()
        >= {
            "x-self-id": str(BOT),
            "x-client-role": "Universal",
            "authorization": "Bearer secret",
        }.items()
    )
    assert "origin" not in bot.handshakes[0]


async def test_speech_arrives_as_napcat_reports_it(bot: TinyBot, qq: FakeQQ) -> None:
    first = await qq.speak(GROUP, PARENT, "老师好 [微笑]&,")
    second = await qq.speak(GROUP, PARENT, [quote(first), mention(TEACHER), " 收到"])
    assert first != second
    event = await bot.told(message_id=second)
    assert event["message"][0] == {"type": "reply", "data": {"id": str(first)}}
    assert event["raw_message"] == f"[CQ:reply,id={first}][CQ:at,qq={TEACHER}] 收到"
    assert event["sender"]["role"] == "member"
    assert (await bot.told(message_id=first))["raw_message"] == "老师好 &#91;微笑&#93;&amp;,"
    assert (await bot.call("get_msg", message_id=second))["data"]["real_id"] == second


async def test_overrides_replace_fields_of_the_event(bot: TinyBot, qq: FakeQQ) -> None:
    assert await qq.speak(GROUP, PARENT, "", message_id=-7, time=5, message=[]) == -7
    assert (await bot.told(message_id=-7))["time"] == 5
    assert -7 in qq.messages


async def test_whisper_says_by_which_way_it_came(bot: TinyBot, qq: FakeQQ) -> None:
    await qq.whisper(HEAD_TEACHER, "在吗")
    await qq.whisper(PARENT, "在吗", via_group=GROUP)
    assert (await bot.told(user_id=HEAD_TEACHER))["sub_type"] == "friend"
    via = await bot.told(user_id=PARENT)
    assert (via["sub_type"], via["group_id"]) == ("group", GROUP)


async def test_muted_member_cannot_speak_until_the_mute_ends(world: World) -> None:
    bot, qq = world.bot, world.qq
    answer = await bot.call("set_group_ban", group_id=GROUP, user_id=PARENT, duration=600)
    assert answer["status"] == "ok"
    notice = await bot.told(notice_type="group_ban", user_id=PARENT)
    assert (notice["duration"], notice["operator_id"], notice["sub_type"]) == (600, BOT, "ban")
    with pytest.raises(CannotSpeakError):
        await qq.speak(GROUP, PARENT, "为什么")
    info = await bot.call("get_group_member_info", group_id=GROUP, user_id=PARENT)
    assert info["data"]["shut_up_timestamp"] == world.time + 600
    world.time += 600
    assert not qq.muted(GROUP, PARENT)
    await qq.speak(GROUP, PARENT, "现在可以了")


async def test_lifting_a_mute_is_reported_once(bot: TinyBot, qq: FakeQQ) -> None:
    await qq.admin_mutes(GROUP, TEACHER, PARENT, 600)
    await qq.admin_unmutes(GROUP, TEACHER, PARENT)
    before = len(qq.events)
    assert (await bot.call("set_group_ban", group_id=GROUP, user_id=PARENT, duration=0))[
        "status"
    ] == "ok"
    assert len(qq.events) == before
    await qq.speak(GROUP, PARENT, "谢谢")


async def test_whole_mute_silences_members_only(bot: TinyBot, qq: FakeQQ) -> None:
    await bot.call("set_group_whole_ban", group_id=GROUP, enable=True)
    assert (await bot.told(notice_type="group_ban", user_id=0))["duration"] == -1
    with pytest.raises(CannotSpeakError):
        await qq.speak(GROUP, PARENT, "喂")
    await qq.speak(GROUP, TEACHER, "请安静")
    await qq.admin_mutes_all(GROUP, TEACHER, muted=False)
    await qq.speak(GROUP, PARENT, "好的")


@pytest.mark.parametrize(
    ("params", "role", "wording"),
    [
        ({"user_id": HEAD_TEACHER, "duration": 600}, "admin", "cannot ban owner"),
        ({"user_id": TEACHER, "duration": 600}, "admin", "cannot ban admin"),
        ({"user_id": PARENT, "duration": 600}, "member", "ERR_NOT_GROUP_ADMIN"),
        ({"user_id": PARENT, "duration": 59}, "admin", "ERR_INVALID_DURATION"),
        ({"user_id": PARENT, "duration": 2592000}, "admin", "ERR_INVALID_DURATION"),
        ({"user_id": STRANGER, "duration": 600}, "admin", f"群({GROUP})成员{STRANGER}不存在"),
        ({"duration": 600}, "admin", "Key: user_id, Message: Expected required property"),
    ],
)
async def test_ban_is_checked(
    bot: TinyBot, qq: FakeQQ, params: Json, role: fakeqq.Role, wording: str
) -> None:
    qq.member(GROUP, BOT).role = role
    answer = await bot.call("set_group_ban", group_id=GROUP, **params)
    assert (answer["status"], answer["wording"]) == ("failed", wording)
    assert qq.received[-1].done is False


async def test_withdrawn_message_is_gone(world: World) -> None:
    bot, qq = world.bot, world.qq
    said = await qq.speak(GROUP, PARENT, "加微信领福利")
    assert (await bot.call("delete_msg", message_id=said))["status"] == "ok"
    assert (await bot.told(notice_type="group_recall"))["operator_id"] == BOT
    assert (await bot.call("get_msg", message_id=said))["wording"] == "消息不存在"
    assert (await bot.call("delete_msg", message_id=said))["wording"] == "Recall failed"
    assert [m.text for m in qq.withdrawn] == ["加微信领福利"]


async def test_withdrawing_has_a_window_and_a_rank(world: World) -> None:
    bot, qq = world.bot, world.qq
    teachers = await qq.speak(GROUP, TEACHER, "通知")
    assert (await bot.call("delete_msg", message_id=teachers))["status"] == "failed"
    old = await qq.speak(GROUP, PARENT, "早")
    world.time += 121
    assert (await bot.call("delete_msg", message_id=old))["status"] == "failed"
    await qq.recall(old)
    assert (await bot.told(notice_type="group_recall"))["operator_id"] == PARENT


async def test_kick_removes_and_never_admits_that_it_could_not(bot: TinyBot, qq: FakeQQ) -> None:
    assert (await bot.call("set_group_kick", group_id=GROUP, user_id=TEACHER))["status"] == "ok"
    assert TEACHER in qq.groups[GROUP].members
    await bot.call("set_group_kick", group_id=GROUP, user_id=PARENT)
    assert (await bot.told(notice_type="group_decrease"))["sub_type"] == "kick"
    with pytest.raises(CannotSpeakError):
        await qq.speak(GROUP, PARENT, "我还在吗")
    members = await bot.call("get_group_member_list", group_id=GROUP)
    assert PARENT not in {m["user_id"] for m in members["data"]}


async def test_what_the_bot_says_is_kept(bot: TinyBot, qq: FakeQQ) -> None:
    words = [
        {"type": "at", "data": {"qq": str(PARENT)}},
        {"type": "text", "data": {"text": "请看"}},
    ]
    sent = await bot.call("send_msg", message_type="group", group_id=GROUP, message=words)
    assert qq.messages[sent["data"]["message_id"]].mentions == [str(PARENT)]
    assert await qq.says(GROUP, "请看") == "请看"
    await qq.admin_mutes(GROUP, TEACHER, BOT, 60)
    assert (await bot.call("send_group_msg", group_id=GROUP, message="啊"))["status"] == "failed"
    await qq.admin_removes(GROUP, HEAD_TEACHER, BOT)
    assert (await bot.told(notice_type="group_decrease"))["sub_type"] == "kick_me"
    gone = await bot.call("send_group_msg", group_id=GROUP, message="啊")
    assert "已被移出该群" in gone["wording"]


async def test_strangers_are_reached_through_a_session_at_most(bot: TinyBot, qq: FakeQQ) -> None:
    private = {"message": "你好", "user_id": PARENT}
    assert (await bot.call("send_private_msg", **private))["status"] == "failed"
    assert (await bot.call("send_private_msg", **private, group_id=GROUP))["status"] == "ok"
    assert await qq.whispers(PARENT) == "你好"
    qq.strangers_refused = True
    refused = await bot.call("send_private_msg", **private, group_id=GROUP)
    assert "请先添加对方为好友" in refused["wording"]
    friend = await bot.call("send_private_msg", message="好", user_id=HEAD_TEACHER)
    assert friend["status"] == "ok"


async def test_requests_are_decided_once(bot: TinyBot, qq: FakeQQ) -> None:
    flag = await qq.request_join(GROUP, STRANGER, "问题：孩子姓名\n答案：郑好")
    pending = await bot.call("get_group_system_msg")
    assert [r["checked"] for r in pending["data"]["join_requests"]] == [False]
    await bot.call("set_group_add_request", flag=flag, sub_type="add", approve=True)
    assert (await bot.told(notice_type="group_increase"))["user_id"] == STRANGER
    again = await bot.call("set_group_add_request", flag=flag, approve=True)
    assert again["wording"] == "No such request"
    friend = await qq.request_friend(PARENT)
    await bot.call("set_friend_add_request", flag=friend, approve=False)
    assert (qq.requests[friend].approved, PARENT in qq.friends) == (False, False)


async def test_an_application_is_told_of_until_it_is_answered(bot: TinyBot, qq: FakeQQ) -> None:
    qq.groups[GROUP].question = "孩子姓名和您的关系"
    flag = await qq.request_join(GROUP, STRANGER, "郑好妈妈")
    await qq.tell_again(flag)
    await bot.call("get_login_info")
    told = bot.events[1:]
    assert {e["comment"] for e in told} == {"问题：孩子姓名和您的关系\n答案：郑好妈妈"}
    assert {e["flag"] for e in told} == {flag}
    # The implementation is started anew: the flag that was told means nothing any more.
    new = qq.renew_flags()[flag]
    answer = {"approve": False, "reason": "格式不对"}
    gone = await bot.call("set_group_add_request", flag=flag, **answer)
    assert gone["wording"] == "No such request"
    await bot.call("set_group_add_request", flag=new, **answer)
    assert (qq.requests[new].approved, qq.requests[new].reason) == (False, "格式不对")
    assert STRANGER not in qq.groups[GROUP].members


async def test_an_approval_that_came_to_nothing_and_one_that_came_too_late(
    bot: TinyBot, qq: FakeQQ
) -> None:
    flag = await qq.request_join(GROUP, STRANGER, "郑好妈妈")
    qq.behave("set_group_add_request", fakeqq.LIES_DONE, nth=1)
    lie = await bot.call("set_group_add_request", flag=flag, approve=True)
    assert (lie["status"], STRANGER in qq.groups[GROUP].members) == ("ok", False)
    await qq.admin_decides(flag, TEACHER, approve=True)
    assert (await bot.told(notice_type="group_increase"))["operator_id"] == TEACHER
    late = await bot.call("set_group_add_request", flag=flag, approve=False)
    assert (late["status"], STRANGER in qq.groups[GROUP].members) == ("failed", True)


@pytest.mark.parametrize(
    ("dialect", "flag", "inviter", "how"),
    [
        (dialects.NAPCAT, "1700000000000001", None, "approve"),
        (dialects.LLBOT, f"{GROUP}|1700000000000001|7|0", PARENT, "approve"),
        (dialects.SNOWLUMA, f"slreq:1:1700000000000001:{GROUP}:1:0", None, "invite"),
    ],
    ids=["NapCat", "LLBot", "SnowLuma"],
)
async def test_dialects_of_applications_and_names(
    bot: TinyBot, qq: FakeQQ, dialect: Dialect, flag: str, inviter: int | None, how: str
) -> None:
    qq.dialect = dialect
    assert await qq.request_join(GROUP, STRANGER, inviter=PARENT) == flag
    told = await bot.told(post_type="request")
    assert (told["comment"], told.get("invitor_id")) == ("", inviter)
    # Who was invited is listed by SnowLuma alone, which does not say who it is.
    listed = (await bot.call("get_group_system_msg"))["data"]
    records = listed if isinstance(listed, list) else listed["join_requests"]
    assert [r["requester_uin"] for r in records] == ([0] if dialect.mislabels else [])
    await qq.admin_decides(flag, TEACHER, approve=True)
    came = await bot.told(notice_type="group_increase")
    assert (came["sub_type"], came["operator_id"]) == (how, TEACHER)
    qq.set_card(GROUP, PARENT, "别的名字")
    await qq.speak(GROUP, PARENT, "早")
    await qq.rename(GROUP, TEACHER, "别的群名")
    version = (await bot.call("get_version_info"))["data"]
    kinds = {e.get("notice_type") for e in bot.events}
    assert ("group_card" in kinds) is dialect.tells_cards
    assert ("notify" in kinds) is dialect.tells_renames
    assert version["app_name"] == dialect.app


async def test_a_number_answers_what_was_told_under_another_flag(bot: TinyBot, qq: FakeQQ) -> None:
    qq.dialect = dialects.LLBOT
    flag = await qq.request_join(GROUP, STRANGER, "郑好妈妈")
    (record,) = (await bot.call("get_group_system_msg"))["data"]["join_requests"]
    assert (record["requester_uin"], record["message"]) == (STRANGER, "郑好妈妈")
    await bot.call("set_group_add_request", flag=str(record["request_id"]), approve=True)
    assert qq.requests[flag].approved


async def test_a_private_file_is_read_in_base64(bot: TinyBot, qq: FakeQQ) -> None:
    file_id = await qq.send_file(HEAD_TEACHER, "名单.csv", b"\xd0\xd5")
    (segment,) = (await bot.told(message_type="private"))["message"]
    assert (segment["data"]["file"], segment["data"]["file_id"]) == ("名单.csv", file_id)
    assert (await bot.call("get_private_file_url", file_id=file_id))["status"] == "failed"
    got = await bot.call("get_file", file_id=file_id)
    assert b64decode(got["data"]["base64"]) == b"\xd0\xd5"
    assert (await bot.call("get_file", file_id="?"))["wording"] == "file not found"


async def test_a_file_of_the_bots_reaches_friends_only(bot: TinyBot, qq: FakeQQ) -> None:
    file = {"file": "base64://UEs=", "name": "巡检.xlsx"}
    sent = await bot.call("upload_private_file", user_id=HEAD_TEACHER, **file)
    assert qq.files[sent["data"]["file_id"]] == ("巡检.xlsx", b"PK")
    (segment,) = list(qq.messages.values())[-1].segments
    assert (segment["type"], segment["data"]["file"]) == ("file", "巡检.xlsx")
    refused = await bot.call("upload_private_file", user_id=PARENT, **file)
    assert refused["status"] == "failed"
    path = {"user_id": HEAD_TEACHER, "file": "/etc/passwd", "name": "a"}
    assert (await bot.call("upload_private_file", **path))["status"] == "failed"


async def test_a_card_that_is_too_long_is_not_taken(bot: TinyBot, qq: FakeQQ) -> None:
    card = {"group_id": GROUP, "user_id": PARENT, "card": "名" * 21}
    assert (await bot.call("set_group_card", **card))["wording"] == "设置群名片未生效"
    await bot.call("set_group_card", **card | {"card": "名" * 20})
    assert qq.member(GROUP, PARENT).card == "名" * 20


async def test_card_is_reported_when_its_owner_next_speaks(bot: TinyBot, qq: FakeQQ) -> None:
    card = {"group_id": GROUP, "user_id": PARENT, "card": "张小明爸爸"}
    await bot.call("set_group_card", **card)
    assert [e for e in qq.events if e.get("notice_type") == "group_card"] == []
    await qq.speak(GROUP, PARENT, "改好了")
    assert (await bot.told(notice_type="group_card"))["card_new"] == "张小明爸爸"


async def test_announcements_name_and_forwards(bot: TinyBot, qq: FakeQQ) -> None:
    await bot.call("_send_group_notice", group_id=GROUP, content="明天\n“家长会” & 春游")
    notices = await bot.call("_get_group_notice", group_id=GROUP)
    assert notices["data"][0]["message"]["text"] == "明天&#10;“家长会” &amp; 春游"
    await bot.call("set_group_name", group_id=GROUP, group_name="四年级二班")
    assert (await bot.call("get_group_info", group_id=GROUP))["data"]["group_name"] == "四年级二班"
    assert (await bot.told(sub_type="group_name"))["name_new"] == "四年级二班"
    qq.forwards["7"] = [{"user_id": 1094950020, "message": []}]
    assert len((await bot.call("get_forward_msg", id="7"))["data"]["messages"]) == 1
    assert (await bot.call("get_forward_msg", id="8"))["status"] == "failed"


async def test_unknown_action_is_1404(bot: TinyBot) -> None:
    assert (await bot.call("fly_to_the_moon"))["retcode"] == 1404


BAN: Json = {"group_id": GROUP, "user_id": PARENT, "duration": 600}


@pytest.mark.parametrize(
    ("mode", "status", "muted"),
    [
        (fakeqq.fails("机器人权限不足", 100), "failed", False),
        (fakeqq.LIES_DONE, "ok", False),
        (fakeqq.LIES_FAILED, "failed", True),
        (fakeqq.ANSWERS_ASYNC, "async", True),
        (fakeqq.UNREPORTED, "ok", True),
        (Mode(does=False, says=fakeqq.Says.OK, data={"x": 1}), "ok", False),
    ],
)
async def test_answers_that_mislead(
    bot: TinyBot, qq: FakeQQ, mode: Mode, status: str, muted: bool
) -> None:
    qq.behave("set_group_ban", mode)
    answer = await bot.call("set_group_ban", **BAN)
    assert (answer["status"], qq.muted(GROUP, PARENT)) == (status, muted)
    told = any(e.get("notice_type") == "group_ban" for e in qq.events)
    assert told == (muted and mode.notices)


@pytest.mark.parametrize(("mode", "muted"), [(fakeqq.SILENT, True), (fakeqq.SILENT_UNDONE, False)])
async def test_no_answer(bot: TinyBot, qq: FakeQQ, mode: Mode, muted: bool) -> None:
    qq.behave("set_group_ban", mode)
    await bot.ask("set_group_ban", **BAN)
    await bot.call("get_login_info")
    assert [a["data"]["user_id"] for a in bot.answers] == [BOT]
    assert qq.muted(GROUP, PARENT) == muted


@pytest.mark.parametrize(
    ("mode", "muted"), [(fakeqq.DROPS_BEFORE, False), (fakeqq.DROPS_AFTER, True)]
)
async def test_line_breaks_and_comes_back(
    bot: TinyBot, qq: FakeQQ, mode: Mode, muted: bool
) -> None:
    qq.behave("set_group_ban", mode, nth=1)
    await bot.ask("set_group_ban", **BAN)
    await qq.until(lambda: not qq.connected)
    assert qq.muted(GROUP, PARENT) == muted
    lost = await qq.speak(GROUP, TEACHER, "有人吗")
    await qq.connect()
    await qq.speak(GROUP, TEACHER, "又有人了")
    await bot.told(raw_message="又有人了")
    assert lost not in {event.get("message_id") for event in bot.events}
    assert (await bot.call("set_group_ban", **BAN))["status"] == "ok"


async def test_only_the_nth_call_misbehaves(bot: TinyBot, qq: FakeQQ) -> None:
    await bot.call("get_login_info")
    qq.behave("get_login_info", fakeqq.fails("网络错误"), nth=2)
    answers = [await bot.call("get_login_info") for _ in range(3)]
    assert [a["status"] for a in answers] == ["ok", "failed", "ok"]


@pytest.mark.parametrize(("mode", "muted"), [(fakeqq.HELD, False), (fakeqq.HELD_ANSWER, True)])
async def test_held_until_released(bot: TinyBot, qq: FakeQQ, mode: Mode, muted: bool) -> None:
    qq.behave("set_group_ban", mode)
    echo = await bot.ask("set_group_ban", **BAN)
    await qq.calls("set_group_ban")
    await bot.call("get_login_info")
    assert (qq.muted(GROUP, PARENT), len(bot.answers)) == (muted, 1)
    await qq.release()
    assert (await bot.answer(echo))["status"] == "ok"
    assert qq.muted(GROUP, PARENT)


async def test_answers_twice(bot: TinyBot, qq: FakeQQ) -> None:
    qq.behave("get_login_info", fakeqq.ANSWERS_TWICE)
    await bot.call("get_login_info")
    await bot.call("get_version_info")
    assert [a["echo"] for a in bot.answers] == ["1", "1", "2"]


async def test_calls_are_kept_in_order_with_what_came_of_them(bot: TinyBot, qq: FakeQQ) -> None:
    await bot.call("set_group_ban", **BAN)
    await bot.call("set_group_ban", **BAN | {"user_id": TEACHER})
    bans = await qq.calls("set_group_ban", n=2)
    assert [(call.params["user_id"], call.done) for call in bans] == [
        (PARENT, True),
        (TEACHER, False),
    ]


async def test_a_wait_in_vain_tells_what_happened(bot: TinyBot, qq: FakeQQ) -> None:
    await bot.call("fly_to_the_moon")
    with pytest.raises(AssertionError, match="fly_to_the_moon"):
        await qq.until(lambda: False, within=0.01)


async def test_raw_frames_and_repeats(bot: TinyBot, qq: FakeQQ) -> None:
    await qq.join(GROUP, STRANGER)
    await qq.repeat()
    await qq.send_raw({"post_type": "notice", "notice_type": "unheard_of"})
    await bot.told(notice_type="unheard_of")
    assert [e["notice_type"] for e in bot.events[1:]] == ["group_increase"] * 2 + ["unheard_of"]


@pytest.mark.skipif(not FIXTURES.is_dir(), reason="../shared/fixtures is not there")
@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("v11-msg-01-napcat-text", {"post_type": "message"}),
        ("v11-notice-09-ban", {"notice_type": "group_ban"}),
        ("v11-notice-05-decrease-leave", {"notice_type": "group_decrease"}),
        ("v11-notice-01-increase-approve-op0", {"notice_type": "group_increase"}),
        ("v11-notice-14-group-name-napcat", {"sub_type": "group_name"}),
        ("v11-notice-18-upload", {"notice_type": "group_upload"}),
        ("v11-notice-20-recall", {"notice_type": "group_recall"}),
        ("v11-notice-21-admin-set", {"notice_type": "group_admin"}),
        ("v11-request-01-add-question", {"request_type": "group"}),
        ("v11-request-03-friend", {"request_type": "friend"}),
    ],
)
async def test_events_have_the_fields_of_real_ones(qq: FakeQQ, name: str, made: Json) -> None:
    said = await qq.speak(GROUP, PARENT, "1111")
    await qq.recall(said, TEACHER)
    await qq.admin_mutes(GROUP, TEACHER, PARENT, 600)
    await qq.promote(GROUP, PARENTS[1], admin=True)
    await qq.rename(GROUP, TEACHER, "新的群名")
    await qq.upload(GROUP, PARENT, "课表.pdf")
    await qq.join(GROUP, STRANGER)
    await qq.leave(GROUP, STRANGER)
    await qq.request_join(GROUP, STRANGER, "答案")
    await qq.request_friend(STRANGER)
    event = next(e for e in qq.events if made.items() <= e.items())
    real: Json = json.loads((FIXTURES / f"{name}.json").read_text(encoding="utf-8"))
    assert event.keys() == real.keys()


@pytest.mark.skipif(not FIXTURES.is_dir(), reason="../shared/fixtures is not there")
async def test_answers_have_the_fields_of_real_ones(bot: TinyBot, qq: FakeQQ) -> None:
    def real(name: str) -> Json:
        return json.loads((FIXTURES / f"{name}.json").read_text(encoding="utf-8"))

    refused = await bot.call("set_group_ban", **BAN | {"user_id": TEACHER})
    assert refused | {"echo": "1"} == real("v11-resp-04-ban-admin-target")
    missing = await bot.call("get_msg", message_id=12345)
    assert missing | {"echo": "1"} == real("v11-resp-06-message-missing")
    removed = real("v11-resp-09-send-removed-from-group")["wording"]
    await qq.admin_removes(GROUP, HEAD_TEACHER, BOT)
    answer = await bot.call("send_group_msg", group_id=GROUP, message="啊")
    assert answer["wording"] == removed
    listed = real("v11-resp-30-member-list")["data"][0]
    assert Member(1, "甲").record(GROUP).keys() == listed.keys()
    await qq.request_join(GROUP, STRANGER, "答案")
    pending = await bot.call("get_group_system_msg")
    theirs = real("v11-resp-34-system-msg-napcat")["data"]["join_requests"][0]
    assert pending["data"]["join_requests"][0].keys() == theirs.keys()


async def test_observers_are_told_of_everything_once() -> None:
    qq = class_group("ws://127.0.0.1:9", "token", now=lambda: 1_000_000.0)
    told: list[Json] = []
    qq.observers.append(told.append)
    spoken = await qq.speak(GROUP, PARENT, "早")
    qq._do("send_group_msg", {"group_id": GROUP, "message": "早上好"})
    await qq.recall(spoken)
    qq.set_card(GROUP, PARENT, "小明妈妈")
    flag = await qq.request_join(GROUP, STRANGER, "我是家长")
    await qq.admin_decides(flag, TEACHER, approve=True)
    qq._do("_send_group_notice", {"group_id": GROUP, "content": "春游"})
    kinds = ("notice_type", "request_type", "message_type", "change_type")
    assert [next(event[kind] for kind in kinds if kind in event) for event in told] == [
        "group",
        "group",
        "group_recall",
        "card",
        "group",
        "decision",
        "group_increase",
        "announcement",
    ]
    # QQ reports neither the bot's own words nor cards, decisions and announcements.
    assert [event["post_type"] for event in qq.events] == ["message", "notice", "request", "notice"]
