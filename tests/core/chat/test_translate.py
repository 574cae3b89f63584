"""What OneBot 11 implementations say, in our words."""

from __future__ import annotations

import json
from pathlib import Path
import string
import time
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
import pytest

from src.core.chat.events import (
    APART,
    Account,
    BotMuted,
    FileReceived,
    GroupKey,
    GroupMuted,
    GroupRenamed,
    Happened,
    JoinRequested,
    Kind,
    MemberCame,
    MemberLeft,
    MemberMuted,
    MessageReceived,
    MessageRef,
    PlatformRole,
    Segment,
    Withdrawn,
)
from src.core.chat.onebot11.translate import (
    Skipped,
    clean,
    is_official_robot,
    read,
    read_applications,
    read_content,
    read_fetched,
    read_forward,
    read_id,
    read_member,
    read_time,
)

HERE = Path(__file__).parent
FIXTURES = HERE.parents[3] / "shared" / "fixtures" / "onebot"
NOW = 1_800_000_000.0
needs_fixtures = pytest.mark.skipif(not FIXTURES.is_dir(), reason="../shared/fixtures is not here")


def fixture(name: str) -> Any:
    return json.loads((FIXTURES / f"{name}.json").read_text(encoding="utf-8"))


@needs_fixtures
def test_array_and_string_form_say_the_same() -> None:
    assert read(fixture("v11-msg-04-napcat-mixed-array"), "qq", NOW) == read(
        fixture("v11-msg-05-napcat-mixed-cqstring"), "qq", NOW
    )


def group_message(message: Any, **more: Any) -> dict[str, Any]:
    return {
        "post_type": "message",
        "message_type": "group",
        "sub_type": "normal",
        "self_id": 10,
        "user_id": 20,
        "group_id": 30,
        "message_id": 40,
        "time": 1_790_000_000,
        "sender": {"user_id": 20, "nickname": "nick", "card": "card", "role": "admin"},
        "message": message,
        **more,
    }


def received(message: Any = "hello", **more: Any) -> MessageReceived:
    event = read(group_message(message, **more), "qq", NOW)
    assert isinstance(event, MessageReceived)
    return event


def happened(**raw: Any) -> Happened | MessageReceived | Skipped:
    return read({"self_id": 10, "time": 1_790_000_000, **raw}, "qq", NOW)


def test_a_message_is_told_whole() -> None:
    assert received([{"type": "text", "data": {"text": "hello"}}]) == MessageReceived(
        MessageRef("10", GroupKey("qq", "30"), "40", 1_790_000_000.0),
        Account("qq", "20"),
        (Segment(Kind.TEXT, "hello"),),
        "hello",
        "card",
        PlatformRole.ADMIN,
    )


def test_who_wrote_it_is_the_events_user_never_the_senders() -> None:
    assert received(sender={"user_id": 99, "role": "owner"}).account.user_id == "20"


@pytest.mark.parametrize("sender", [None, "x", [], {"role": ["owner"], "card": 5}, {"role": "god"}])
def test_a_broken_sender_has_no_name_and_no_role(sender: Any) -> None:
    event = received(sender=sender)
    assert (event.name, event.platform_role) == ("", PlatformRole.MEMBER)


@pytest.mark.parametrize(
    ("given_id", "expected"),
    [
        (-358748624, "-358748624"),
        (1234567890123456789, "1234567890123456789"),
        ("abcd-efgh", "abcd-efgh"),
        (" 7 ", "7"),
        (0, ""),
        ("0", ""),
        (None, ""),
        (True, ""),
        (1.5, ""),
        ([], ""),
        ("x" * 129, ""),
        (10**130, ""),
        ("a\nb", ""),
    ],
)
def test_message_ids(given_id: Any, expected: str) -> None:
    assert read_id(given_id) == expected
    assert received(message_id=given_id).ref.message_id == expected


@pytest.mark.parametrize("moment", [None, "x", -1, 0, float("nan"), float("inf"), 10**12, []])
def test_an_absurd_time_is_the_arrivals(moment: Any) -> None:
    assert read_time(moment, NOW) == NOW
    assert received(time=moment).ref.time == NOW


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"user_id": 10}, "the bot's own message"),
        ({"user_id": "10"}, "the bot's own message"),
        ({"user_id": 0}, "no sender"),
        ({"group_id": None}, "no group"),
        ({"sub_type": "notice"}, "no message of a person"),
        ({"message_type": "channel"}, "no message of a person"),
        ({"message_type": ["group"]}, "no message of a person"),
        ({"post_type": "message_sent"}, "the bot's own message"),
        ({"post_type": "notice"}, "of no kind we know"),
        ({"post_type": ["message"]}, "of no kind we know"),
    ],
)
def test_what_is_skipped(more: dict[str, Any], reason: str) -> None:
    event = read(group_message("hello", **more), "qq", NOW)
    assert isinstance(event, Skipped)
    assert event == reason


@pytest.mark.parametrize("message", [None, [], "", 5, [None, 5, {}, {"type": 5}]])
def test_a_message_without_content_is_still_a_message(message: Any) -> None:
    event = received(message)
    assert (event.segments, event.text) == ((), "")


def test_private_message_and_temporary_session() -> None:
    event = received(message_type="private", sub_type="friend", group_id=None)
    assert (event.ref.group, event.via_group) == (None, None)
    event = received(message_type="private", sub_type="group", group_id=30)
    assert (event.ref.group, event.via_group) == (None, GroupKey("qq", "30"))
    event = received(
        message_type="private", sub_type="group", group_id=None, sender={"group_id": 31}
    )
    assert event.via_group == GroupKey("qq", "31")


@pytest.mark.parametrize(
    ("kind", "data", "segment"),
    [
        ("at", {"qq": 20}, Segment(Kind.MENTION, "20")),
        ("at", {"qq": "all"}, Segment(Kind.MENTION_ALL)),
        ("reply", {"id": -5}, Segment(Kind.REPLY, "-5")),
        ("face", {"id": 0}, Segment(Kind.FACE, "0")),
        ("mface", {"emoji_id": "ab", "url": "u"}, Segment(Kind.STICKER, "ab")),
        ("image", {"file": "a.png", "emoji_id": "ab"}, Segment(Kind.STICKER, "ab")),
        ("image", {"file": "a.png", "sub_type": "1"}, Segment(Kind.STICKER, "a.png")),
        ("file", {"file": "a.doc", "file_id": "/1"}, Segment(Kind.FILE, "/1", "a.doc")),
        # An address in the place of an id is a name that somebody gave.
        ("file", {"file": "http://127.0.0.1/", "name": "a.csv"}, Segment(Kind.FILE, "", "a.csv")),
        ("file", {"file": "/tmp/1", "file_id": "/1"}, Segment(Kind.FILE, "/1")),
        ("file", {"file_name": "a.doc", "file_hash": "h"}, Segment(Kind.FILE, "h", "a.doc")),
        ("json", {"data": "{}"}, Segment(Kind.CARD, "{}")),
        ("record", {"file": "v.amr"}, Segment(Kind.VOICE, "v.amr")),
        ("forward", {"id": "f"}, Segment(Kind.FORWARD, "f")),
        ("redbag", {"title": "t"}, Segment(Kind.RED_PACKET, "t")),
        ("shake", {}, Segment(Kind.OTHER, "shake")),
        ("text", None, Segment(Kind.TEXT, "")),
        ("text", {"text": 5}, Segment(Kind.TEXT, "5")),
        ("text", {"text": {}}, Segment(Kind.TEXT, "")),
    ],
)
def test_segments(kind: str, data: Any, segment: Segment) -> None:
    assert read_content([{"type": kind, "data": data}]).segments == (segment,)
    assert read_content({"type": kind, "data": data}).segments == (segment,)


MD5 = "956fee3b1830729d70141fae2e01262b"


@pytest.mark.parametrize(
    "data",
    [
        {"file": f"{MD5.upper()}.jpg", "url": "https://a.test/?rkey=1"},
        {"file": f"{MD5}.image"},
        {"file": "{956FEE3B-1830-729D-7014-1FAE2E01262B}.jpg"},
        {"file": "https://a.test/x?y=1", "url": f"https://a.test/0/0-0-{MD5.upper()}/0?term=2"},
        {"file": "a.png", "md5": MD5},
    ],
)
def test_the_same_picture_twice_has_the_same_value(data: dict[str, str]) -> None:
    assert read_content([{"type": "image", "data": data}]).segments == (Segment(Kind.IMAGE, MD5),)


def test_a_picture_without_digest_has_a_value_without_the_key_that_expires() -> None:
    one = {"file": "https://a.test/d?fileid=X&rkey=1"}
    assert read_content([{"type": "image", "data": one}]).segments == (
        Segment(Kind.IMAGE, "a.test/d"),
    )
    odd = {"file": "http://[::1"}
    assert read_content([{"type": "image", "data": odd}]).segments == (Segment(Kind.IMAGE, ""),)


def test_the_authors_text_is_without_quotation_and_mention() -> None:
    event = received("[CQ:reply,id=1][CQ:at,qq=5,name=x]a&#91;b&#93;&amp;&#44;[CQ:face,id=2]c")
    assert event.text == "a[b]&,c"
    assert event.reply_to == "1"


@pytest.mark.parametrize(
    ("dirty", "pure"),
    [("a\0b", "ab"), ("a\ud800b", "a�b"), ("😀", "😀"), ("\ud83d\ude00", "😀"), (5, "")],
)
def test_what_no_database_takes_is_cleaned_away(dirty: Any, pure: str) -> None:
    assert clean(dirty) == pure


@settings(deadline=None)
@given(st.text(st.characters(categories=["Cs", "Ll", "Lo", "Cc"])))
def test_cleaned_text_can_be_written_everywhere(text: str) -> None:
    pure = clean(text)
    assert "\0" not in pure
    assert pure.encode().decode() == pure


def escaped(text: str) -> str:
    for char, code in (("&", "&amp;"), ("[", "&#91;"), ("]", "&#93;"), (",", "&#44;")):
        text = text.replace(char, code)
    return text


SEGMENTS = st.lists(
    st.one_of(
        st.text("a[]&,=#; 加", min_size=1).map(
            lambda text: {"type": "text", "data": {"text": text}}
        ),
        st.tuples(st.sampled_from(["face", "at", "image"]), st.text("ab[],&=", min_size=1)).map(
            lambda pair: {"type": pair[0], "data": {"id": pair[1], "qq": pair[1]}}
        ),
    ),
    max_size=6,
)


@settings(deadline=None)
@given(SEGMENTS)
def test_string_form_is_the_array_form(segments: list[dict[str, Any]]) -> None:
    parts: list[str] = []
    for segment in segments:
        data = segment["data"]
        if segment["type"] == "text":
            parts.append(escaped(data["text"]))
        else:
            fields = "".join(f",{key}={escaped(value)}" for key, value in data.items())
            parts.append(f"[CQ:{segment['type']}{fields}]")
    of_string = read_content("".join(parts)).segments
    of_array = read_content(segments).segments
    assert "".join(s.value for s in of_string) == "".join(s.value for s in of_array)
    assert [s for s in of_string if s.kind is not Kind.TEXT] == [
        s for s in of_array if s.kind is not Kind.TEXT
    ]


@pytest.mark.parametrize("piece", ["[CQ:a,b=", "[CQ:", "[CQ:a,b=c,", "&#91", "[CQ:a,b=c]", "字"])
def test_a_million_characters_are_read_in_linear_time(piece: str) -> None:
    text = piece * (1_000_000 // len(piece))
    begin = time.process_time()
    read_content(text)
    assert time.process_time() - begin < 10


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(string.printable),
    lambda children: (
        st.lists(children) | st.dictionaries(st.text(string.ascii_lowercase), children)
    ),
    max_leaves=8,
)
KINDS = st.sampled_from(
    "group_recall friend_recall group_increase group_decrease group_ban group_card notify "
    "group_name_change group_admin group_upload bot_offline group_dismiss offline_file "
    "friend group".split()
)


@settings(max_examples=150, deadline=None)
@given(
    post_type=st.sampled_from(["message", "notice", "request", "meta_event"]) | JSON,
    kind=KINDS | JSON,
    message_type=st.sampled_from(["group", "private"]) | JSON,
    fields=st.fixed_dictionaries(
        {},
        optional={
            name: st.integers(0, 3) | JSON
            for name in (
                "self_id user_id group_id operator_id message_id time sender message sub_type "
                "duration file flag comment card_new name_new name invitor_id tag data "
                "requester_uin request_id checked"
            ).split()
        },
    ),
)
def test_nothing_that_is_sent_makes_it_fail(
    post_type: Any, kind: Any, message_type: Any, fields: dict[str, Any]
) -> None:
    raw = {
        "post_type": post_type,
        "notice_type": kind,
        "request_type": kind,
        "message_type": message_type,
        **fields,
    }
    read(raw, "qq", NOW)
    read_member(raw, "qq")
    read_fetched(raw, "10", "qq")
    read_forward({"messages": [raw, fields.get("message")]}, "10", "qq")
    read_applications({"join_requests": [raw, fields.get("data")]}, GROUP, "10", NOW)


GROUP = GroupKey("qq", "30")
TIME = 1_790_000_000.0
TWENTY, ADMIN = Account("qq", "20"), Account("qq", "21")


@pytest.mark.parametrize(
    ("raw", "event"),
    [
        (
            {"notice_type": "group_recall", "message_id": -4, "operator_id": 21},
            Withdrawn("10", TIME, MessageRef("10", GROUP, "-4", 0), ADMIN, TWENTY),
        ),
        (
            {"notice_type": "friend_recall", "message_id": 4},
            Withdrawn("10", TIME, MessageRef("10", None, "4", 0), TWENTY, TWENTY),
        ),
        (
            {"notice_type": "group_increase", "operator_id": 0},
            MemberCame("10", TIME, GROUP, TWENTY, None),
        ),
        (
            {"notice_type": "group_increase", "sub_type": "invite", "operator_id": 21},
            MemberCame("10", TIME, GROUP, TWENTY, ADMIN, invited=True),
        ),
        (
            {"notice_type": "group_decrease", "sub_type": "kick", "operator_id": 21},
            MemberLeft("10", TIME, GROUP, TWENTY, ADMIN, True),
        ),
        (
            {"notice_type": "group_ban", "sub_type": "ban", "operator_id": 21, "duration": 600},
            MemberMuted("10", TIME, GROUP, TWENTY, ADMIN, 600),
        ),
        (
            {"notice_type": "group_ban", "sub_type": "lift_ban", "operator_id": 21},
            MemberMuted("10", TIME, GROUP, TWENTY, ADMIN, 0),
        ),
        (
            {"notice_type": "group_ban", "sub_type": "ban", "user_id": 10, "duration": 60},
            BotMuted("10", TIME, GROUP, 60),
        ),
        (
            {"notice_type": "group_ban", "sub_type": "ban", "user_id": 0, "duration": 2**31 - 1},
            GroupMuted("10", TIME, GROUP, None, True),
        ),
        (
            {"notice_type": "group_name_change", "name": "new"},
            GroupRenamed("10", TIME, GROUP, "new", TWENTY),
        ),
        (
            {"notice_type": "group_upload", "file": {"id": "/1", "name": "a", "size": "77"}},
            FileReceived("10", TIME, GROUP, TWENTY, "/1", "a", 77),
        ),
    ],
)
def test_notices(raw: dict[str, Any], event: Happened) -> None:
    assert happened(**{"post_type": "notice", "user_id": 20, "group_id": 30, **raw}) == event


@pytest.mark.parametrize(
    ("file", "value"),
    [
        ({"name": "名单.xlsx", "size": 5, "url": "https://f.example/1"}, "https://f.example/1"),
        ({"name": "名单.xlsx", "id": "/7", "url": ""}, "/7"),
    ],
)
def test_a_private_file_that_a_notice_tells_of(file: dict[str, Any], value: str) -> None:
    raw = {"post_type": "notice", "notice_type": "offline_file", "self_id": 10, "time": TIME}
    event = read(raw | {"user_id": 20, "file": file}, "qq", 0)
    segment = Segment(Kind.FILE, value, "名单.xlsx")
    ref = MessageRef("10", None, "", TIME)
    assert event == MessageReceived(ref, TWENTY, (segment,), "", shown="名单.xlsx")
    assert isinstance(read(raw | {"user_id": 10, "file": file}, "qq", 0), Skipped)
    assert isinstance(read(raw | {"user_id": 20, "file": None}, "qq", 0), Skipped)


@pytest.mark.parametrize(
    ("data", "value"),
    [
        ({"file": "名单.xlsx", "file_id": "7", "file_hash": "ab"}, "7|ab"),
        ({"file": "名单.xlsx", "file_id": "7", "file_hash": ""}, "7"),
        ({"file": "名单.xlsx", "file_hash": "ab"}, "ab"),
    ],
)
def test_a_file_in_a_private_message(data: dict[str, Any], value: str) -> None:
    raw = {"post_type": "message", "message_type": "private", "self_id": 10, "user_id": 20}
    event = read(raw | {"message": [{"type": "file", "data": data}]}, "qq", 0)
    assert isinstance(event, MessageReceived)
    assert event.segments == (Segment(Kind.FILE, value, "名单.xlsx"),)


def test_a_request_with_a_numeric_flag_and_no_comment() -> None:
    event = happened(
        post_type="request",
        request_type="group",
        sub_type="add",
        group_id=30,
        user_id=20,
        flag=123456,
        comment=None,
        invitor_id=0,
    )
    assert event == JoinRequested("10", TIME, GROUP, TWENTY, "", "123456", None)


@pytest.mark.parametrize(
    "notice_type",
    ["group_recall", "group_increase", "group_decrease", "group_ban", "group_card", "group_admin"],
)
def test_a_notice_without_its_fields_is_skipped(notice_type: str) -> None:
    assert isinstance(happened(post_type="notice", notice_type=notice_type), Skipped)


@needs_fixtures
def test_members() -> None:
    records = fixture("v11-resp-30-member-list")["data"]
    members = [read_member(record, "qq") for record in records]
    assert [(m.account.user_id, m.role, m.is_robot, m.muted_until) for m in members if m] == [
        ("10000101", PlatformRole.OWNER, False, 0),
        ("2100000001", PlatformRole.ADMIN, False, 0),
        ("2900000021", PlatformRole.MEMBER, False, 1780003600),
        ("2854196310", PlatformRole.ADMIN, True, 0),
    ]
    assert read_member(fixture("v11-resp-32-member-info-snowluma-notmember")["data"], "qq") is None


@pytest.mark.parametrize(
    ("user_id", "robot"),
    [
        ("2854196310", True),
        ("66600000", True),
        ("2900000021", False),
        ("x", False),
        ("9" * 99, False),
    ],
)
def test_official_robots(user_id: str, robot: bool) -> None:
    assert is_official_robot(user_id) is robot


def test_forwards_inside_forwards_are_flattened_to_a_depth() -> None:
    def nested(depth: int) -> dict[str, Any]:
        content = [{"type": "text", "data": {"text": str(depth)}}]
        if depth < 9:
            content.append({"type": "forward", "data": {"content": [nested(depth + 1)]}})  # pyright: ignore[reportArgumentType]
        return {"type": "node", "data": {"user_id": 20, "content": content}}

    found = read_forward({"message": [nested(0)]}, "10", "qq")
    assert [message.text for message in found] == ["0", "1", "2", "3"]
    assert found[0].account == TWENTY


@pytest.mark.parametrize("name", ["messages", "message", "content"])
@pytest.mark.parametrize("inner", ["message", "content"])
def test_a_forward_under_whatever_name(name: str, inner: str) -> None:
    node = {inner: [{"type": "text", "data": {"text": "x"}}], "sender": {"user_id": 20}}
    missing = dict.fromkeys({"messages", "message", "content"} - {name})
    for answer in ({name: [node], **missing}, {name: [{"type": "node", "data": node}]}):
        found = read_forward(answer, "10", "qq")
        assert [(one.text, one.account) for one in found] == [("x", TWENTY)]


def test_a_forward_that_came_along_is_shown_and_its_authors_apart() -> None:
    nodes = [
        {"user_id": 1, "message": [{"type": "text", "data": {"text": word}}]}
        for word in ("早上好", "你好")
    ]
    event = received([{"type": "forward", "data": {"id": "f", "content": nodes}}])
    assert event.shown == f"早上好{APART}你好"
    assert event.text == ""
    assert event.account == TWENTY


def test_a_forward_with_forwards_says_each_word_once() -> None:
    inner = {"message": [{"type": "text", "data": {"text": "里面"}}]}
    middle = {"message": [{"type": "forward", "data": {"content": [inner]}}]}
    event = received([{"type": "forward", "data": {"id": "f", "content": [middle, inner]}}])
    assert event.shown == f"里面{APART}里面"


def test_a_fetched_message_shows_its_card() -> None:
    card = json.dumps({"prompt": "标题", "meta": {"a": {"jumpUrl": "https://a.test/x"}}})
    found = read_fetched(
        {"message_id": 1, "message": [{"type": "json", "data": {"data": card}}]}, "10", "qq"
    )
    assert found is not None
    assert (found.text, found.shown, found.links) == ("", "标题", ("https://a.test/x",))


def test_an_official_robot_is_known_by_its_number() -> None:
    assert received(user_id=2854196310).by_robot
    assert not received().by_robot
