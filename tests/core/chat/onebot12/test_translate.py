"""What OneBot 12 implementations say, in our words."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
import pytest

from src.core.chat.events import (
    SEAM,
    Account,
    BotJoined,
    BotRemoved,
    FileReceived,
    FriendRequested,
    GroupKey,
    Happened,
    Kind,
    MemberCame,
    MemberLeft,
    MessageReceived,
    MessageRef,
    Segment,
    Withdrawn,
)
from src.core.chat.onebot12.translate import (
    BotState,
    Self,
    friend_flag,
    friend_parts,
    namespace_of,
    read,
    read_content,
    read_member,
    read_self,
    read_status,
)
from src.core.chat.reading import Skipped

HERE = Path(__file__).parent
FIXTURES = HERE.parents[4] / "shared" / "fixtures" / "onebot"
NOW = 1_800_000_000.0
BOT = "wxid_bot0000000001"
GROUP = GroupKey("wx", "48910200000@chatroom")
WHO = Account("wx", "wxid_a1b2c3d4e5f622")
needs_fixtures = pytest.mark.skipif(not FIXTURES.is_dir(), reason="../shared/fixtures is not here")


def fixture(name: str) -> Any:
    return json.loads((FIXTURES / f"{name}.json").read_text(encoding="utf-8"))


@needs_fixtures
def test_a_connection_tells_its_bots() -> None:
    status = fixture("v12-meta-02-status-update")["status"]
    assert read_status(status) == [BotState(Self("wechat", BOT), online=True)]


@needs_fixtures
def test_a_friend_request_is_answered_by_both_its_parts() -> None:
    event = read(fixture("v12-request-01-comwechat-friend"), "wx", NOW)
    assert isinstance(event, FriendRequested)
    assert (event.account, event.comment) == (WHO, "我是群聊“微信群”的阿强")
    assert friend_parts(event.flag) == ("v3_020b…@stranger", "v4_000b…@stranger")


def group_message(message: Any, **more: Any) -> dict[str, Any]:
    return {
        "id": "1",
        "time": 1_790_000_000.0,
        "self": {"platform": "wechat", "user_id": BOT},
        "type": "message",
        "detail_type": "group",
        "sub_type": "",
        "message_id": "6283771234567890123",
        "message": message,
        "alt_message": "a different text",
        "user_id": WHO.user_id,
        "group_id": GROUP.group_id,
        **more,
    }


def happened(kind: str, detail: str, **more: Any) -> MessageReceived | Happened | Skipped:
    return read(group_message([], type=kind, detail_type=detail, **more), "wx", NOW)


def test_a_message_is_told_whole() -> None:
    quoting = [
        {"type": "reply", "data": {"message_id": "5", "user_id": GROUP.group_id}},
        {"type": "mention", "data": {"user_id": BOT}},
        {"type": "text", "data": {"text": "同意"}},
        {"type": "text", "data": {"text": "\0了"}},
    ]
    assert read(group_message(quoting), "wx", NOW) == MessageReceived(
        MessageRef(BOT, GROUP, "6283771234567890123", 1_790_000_000.0),
        WHO,
        (
            Segment(Kind.REPLY, "5"),
            Segment(Kind.MENTION, BOT),
            Segment(Kind.TEXT, "同意"),
            Segment(Kind.TEXT, "了"),
        ),
        "同意了",
        reply_to="5",
    )


def test_the_namespace_is_the_connections_whatever_the_event_says() -> None:
    event = read(
        group_message([], self={"platform": "qq", "user_id": BOT, "namespace": "qq"}), "wx", NOW
    )
    assert isinstance(event, MessageReceived)
    assert event.account.namespace == "wx"


def test_a_private_message_has_no_group() -> None:
    event = read(group_message([], detail_type="private"), "wx", NOW)
    assert isinstance(event, MessageReceived)
    assert (event.ref.group, event.via_group) == (None, None)


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"user_id": BOT}, "the bot's own message"),
        ({"user_id": None}, "no sender"),
        ({"group_id": ["x"]}, "no group"),
        ({"detail_type": "channel"}, "no message of a person"),
        ({"detail_type": None}, "no message of a person"),
    ],
)
def test_what_is_no_message_for_us(more: dict[str, Any], why: str) -> None:
    assert read(group_message([], **more), "wx", NOW) == Skipped(why)


@pytest.mark.parametrize(
    ("kind", "data", "segment"),
    [
        ("mention_all", {}, Segment(Kind.MENTION_ALL)),
        ("image", {"file_id": "f"}, Segment(Kind.IMAGE, "f")),
        ("voice", {"file_id": "f"}, Segment(Kind.VOICE, "f")),
        ("audio", {"file_id": "f"}, Segment(Kind.VOICE, "f")),
        ("video", {"file_id": "f"}, Segment(Kind.VIDEO, "f")),
        ("file", {"file_id": "f", "name": "n"}, Segment(Kind.FILE, "f", "n")),
        ("location", {"latitude": 1.5, "title": "t"}, Segment(Kind.CARD, "t")),
        ("wx.app", {"appid": "a", "title": "t"}, Segment(Kind.CARD, "t")),
        ("wx.emoji", {"file_id": "f"}, Segment(Kind.STICKER, "f")),
        ("wx.unheard", {"x": "y"}, Segment(Kind.OTHER, "wx.unheard")),
        ("text", {"text": ["x"]}, Segment(Kind.TEXT)),
        ("text", None, Segment(Kind.TEXT)),
    ],
)
def test_segments(kind: str, data: Any, segment: Segment) -> None:
    assert read_content([{"type": kind, "data": data}, 5, {"type": 5}]).segments == (segment,)
    assert read_content({"type": kind, "data": data}).segments == (segment,)


@pytest.mark.parametrize("message", ["text", None, 5])
def test_what_is_no_message_has_no_segments(message: Any) -> None:
    assert read_content(message).segments == ()


@pytest.mark.parametrize(
    ("kind", "data", "shown", "links"),
    [
        ("wx.app", {"title": "拼单", "url": "https://a.example"}, ["拼单"], ("https://a.example",)),
        ("file", {"file_id": "f", "name": "刷单教程.apk"}, ["刷单教程.apk"], ()),
        ("location", {"title": "学校", "content": "一号路"}, ["学校", "一号路"], ()),
        ("wx.link", {"title": None, "des": 5, "url": ""}, [], ()),
        ("image", {"file_id": "f", "title": "x"}, [], ()),
        ("text", {"text": "x"}, [], ()),
    ],
)
def test_what_a_segment_shows(
    kind: str, data: dict[str, Any], shown: list[str], links: tuple[str, ...]
) -> None:
    content = read_content([{"type": kind, "data": data}])
    assert content.shown == SEAM.join(shown)
    assert content.links == links


OPERATOR = Account("wx", "wxid_o")
EVENTS: list[tuple[str, dict[str, Any], Happened]] = [
    (
        "group_message_delete",
        {"operator_id": ""},
        Withdrawn(
            BOT, 1_790_000_000.0, MessageRef(BOT, GROUP, "6283771234567890123", 0), None, WHO
        ),
    ),
    (
        "private_message_delete",
        {},
        Withdrawn(BOT, 1_790_000_000.0, MessageRef(BOT, None, "6283771234567890123", 0), WHO, WHO),
    ),
    (
        "group_member_increase",
        {"operator_id": "wxid_o"},
        MemberCame(BOT, 1_790_000_000.0, GROUP, WHO, OPERATOR),
    ),
    ("group_member_increase", {"user_id": BOT}, BotJoined(BOT, 1_790_000_000.0, GROUP)),
    (
        "group_member_decrease",
        {"sub_type": "kick", "operator_id": "wxid_o"},
        MemberLeft(BOT, 1_790_000_000.0, GROUP, WHO, OPERATOR, removed=True),
    ),
    (
        "group_member_decrease",
        {"sub_type": "leave"},
        MemberLeft(BOT, 1_790_000_000.0, GROUP, WHO, None, removed=False),
    ),
    ("group_member_decrease", {"user_id": BOT}, BotRemoved(BOT, 1_790_000_000.0, GROUP)),
    (
        "wx.get_group_file",
        {"file_name": "a.apk", "file_length": 7},
        FileReceived(BOT, 1_790_000_000.0, GROUP, WHO, "", "a.apk", 7),
    ),
    (
        "wx.get_group_file",
        {"file_name": "a.apk", "file_length": "7", "time": "x"},
        FileReceived(BOT, NOW, GROUP, WHO, "", "a.apk", 0),
    ),
]


@pytest.mark.parametrize(("detail", "more", "event"), EVENTS)
def test_notices(detail: str, more: dict[str, Any], event: Happened) -> None:
    assert happened("notice", detail, **more) == event


@pytest.mark.parametrize(
    ("kind", "detail", "more", "why"),
    [
        ("notice", "group_message_delete", {"message_id": ""}, "a field is missing"),
        ("notice", "group_message_delete", {"group_id": None}, "no group"),
        ("notice", "group_member_increase", {"user_id": None}, "a field is missing"),
        ("notice", "group_member_decrease", {"group_id": {}}, "a field is missing"),
        ("notice", "wx.get_group_file", {}, "a field is missing"),
        ("notice", "wx.get_group_poke", {}, "of no kind we know"),
        ("notice", ["x"], {}, "of no kind we know"),
        ("request", "wx.friend_request", {"v3": "a"}, "a field is missing"),
        ("meta", "heartbeat", {}, "of no kind we know"),
    ],
)
def test_what_is_no_event_for_us(kind: str, detail: Any, more: dict[str, Any], why: str) -> None:
    assert happened(kind, detail, **more) == Skipped(why)


@pytest.mark.parametrize(
    ("platform", "namespace"),
    [("wechat", "wx"), ("wx", "wx"), ("qq", "qq"), ("telegram", "telegram")],
)
def test_namespaces(platform: str, namespace: str) -> None:
    assert namespace_of(platform) == namespace


@pytest.mark.parametrize(
    "raw",
    [
        None,
        {},
        {"platform": "wechat"},
        {"platform": "We Chat", "user_id": "a"},
        {"platform": "w" * 17, "user_id": "a"},
        {"platform": "wechat", "user_id": ""},
        {"platform": "wechat", "user_id": 5},
        {"platform": "wechat", "user_id": " a"},
        {"platform": "wechat", "user_id": "a\n"},
        {"platform": ["wechat"], "user_id": "a"},
    ],
)
def test_who_names_no_bot(raw: Any) -> None:
    assert read_self(raw) is None


@pytest.mark.parametrize("status", [None, [], {"bots": {}}, {"bots": [None, {"self": 5}]}])
def test_a_broken_status_tells_of_no_bot(status: Any) -> None:
    assert read_status(status) == []


@pytest.mark.parametrize("flag", ["", "x", "[1, 2]", '["a"]', "5", '["a", "b", "c"]'])
def test_what_is_no_flag_of_ours(flag: str) -> None:
    assert friend_parts(flag) is None


@given(st.text(min_size=1), st.text(min_size=1))
def test_flags_come_back(v3: str, v4: str) -> None:
    flag = friend_flag(v3, v4)
    if flag:
        assert friend_parts(flag) == (v3.replace("\0", ""), v4.replace("\0", ""))


@needs_fixtures
def test_members() -> None:
    records = fixture("v12-resp-02-member-list")["data"]
    members = [read_member(record, "wx") for record in [*records, None, {"user_id": 0}]]
    assert [m and (m.account, m.name, m.muted_until) for m in members] == [
        (WHO, "阿强", None),
        (Account("wx", "wxid_owner00000001"), "群主", None),
        None,
        None,
    ]
    named = read_member({"user_id": "a", "user_name": "n", "user_displayname": "d"}, "wx")
    assert named is not None
    assert named.name == "d"


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["type", "data", "text", "user_id"]), inner, max_size=3)
    ),
    max_leaves=8,
)


@settings(deadline=None)
@given(
    st.sampled_from(["message", "notice", "request"]),
    st.sampled_from(
        ["group", "private", "group_message_delete", "group_member_decrease", "wx.get_group_file"]
    ),
    st.dictionaries(
        st.sampled_from(
            ["time", "user_id", "group_id", "message_id", "message", "sub_type", "file_name"]
        ),
        ANYTHING,
    ),
)
def test_nothing_that_arrives_raises(kind: str, detail: str, more: dict[str, Any]) -> None:
    event = read(group_message([], type=kind, detail_type=detail) | more, "wx", NOW)
    assert isinstance(event, MessageReceived | Happened | Skipped)
