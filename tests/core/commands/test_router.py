"""Which message is which command, and what its words are."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st
import pytest

from src.core.chat.events import Kind, Segment
from src.core.commands import ArgumentError, Mention, Router
from src.core.people import Rank

from .typed import BOT, SOMEBODY, router, typed

if TYPE_CHECKING:
    from src.core.chat.events import MessageReceived

ROUTER = router()
AT = Mention("101")


def read(message: MessageReceived) -> tuple[str, tuple[str | Mention, ...]] | None:
    """The command's name and its words."""
    request = ROUTER.read(message, Rank.MEMBER)
    return (request.command.name, request.words) if request is not None else None


@pytest.mark.parametrize(
    ("text", "name", "words"),
    [
        ("/help", "help", ()),
        ("／help", "help", ()),
        ("/HELP", "help", ()),
        ("/帮助", "help", ()),
        ("／帮助 禁言", "help", ("禁言",)),
        ("  /help  mute ", "help", ("mute",)),
        ("/help\nmute", "help", ("mute",)),
        ("/help　mute", "help", ("mute",)),
        ("/warn 101 一行\n第二行  有空格", "warn", ("101 一行\n第二行  有空格",)),
        ("/确认 12", "confirm", ("12",)),
        ("/解除禁言 101", "unmute", ("101",)),
        ("/解禁 101", "unmute", ("101",)),
    ],
)
@pytest.mark.parametrize("private", [False, True])
def test_with_a_prefix(text: str, name: str, words: tuple[str, ...], private: bool) -> None:
    assert read(typed(text, private=private)) == (name, words)


@pytest.mark.parametrize(
    ("pieces", "name", "words"),
    [
        (["/mute ", SOMEBODY, " 10m 刷屏"], "mute", (AT, "10m 刷屏")),
        (["/mute", SOMEBODY], "mute", (AT,)),
        (["/warn ", SOMEBODY, " 和 ", SOMEBODY], "warn", (AT, "和", AT)),
        (["/kick ", Segment(Kind.FACE, "1"), SOMEBODY], "kick", (AT,)),
        # QQ puts the author of a replied-to message in front: that is no word of the command.
        ([Segment(Kind.REPLY, "7"), SOMEBODY, " /mute 10m"], "mute", ("10m",)),
    ],
)
def test_mentions_keep_their_place(
    pieces: list[str | Segment], name: str, words: tuple[str | Mention, ...]
) -> None:
    assert read(typed(*pieces)) == (name, words)


@pytest.mark.parametrize("text", ["/ 禁言 ", "/  mute ", "／　禁言 "])
def test_a_blank_after_the_prefix(text: str) -> None:
    assert read(typed(text, SOMEBODY, " 10m")) == ("mute", (AT, "10m"))


def test_a_mention_close_to_the_name() -> None:
    assert read(typed("/mute", SOMEBODY, "10m")) == ("mute", (AT, "10m"))


@pytest.mark.parametrize(
    ("pieces", "name", "words"),
    [
        ([" /mute ", SOMEBODY], "mute", (AT,)),
        ([" 确认 12"], "confirm", ("12",)),
        (["/help"], "help", ()),
    ],
)
def test_a_command_may_be_addressed_to_the_bot(
    pieces: list[str | Segment], name: str, words: tuple[str | Mention, ...]
) -> None:
    assert read(typed(BOT, *pieces)) == (name, words)


@pytest.mark.parametrize(
    ("text", "name", "words"),
    [
        ("确认 12", "confirm", ("12",)),
        ("确认12", "confirm", ("12",)),
        ("确认#12", "confirm", ("#12",)),
        ("确认 ＃12", "confirm", ("＃12",)),
        ("确认　12", "confirm", ("12",)),
        (" 确认 12 \n", "confirm", ("12",)),
        ("驳回#12", "refuse", ("#12",)),
        ("驳回 3-12", "refuse", ("3-12",)),
    ],
)
def test_bare_in_a_group(text: str, name: str, words: tuple[str, ...]) -> None:
    assert read(typed(text)) == (name, words)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "/",
        "／ ",
        "/\nhelp",
        "//help",
        "/helpme",
        "/帮助，谢谢",
        "/天气 北京",
        "help",
        "帮助",
        "我的记录",
        "申诉 12 我没有",
        "确认",
        "确认一下",
        "确认 12 吧",
        "确认 12，13",
        "我确认 12",
        "请老师确认 12",
        "驳回 12 是引用",
        "confirm 12",
        "确认 1234567890",
        "撤销 12",
        "请发 /help",
        "确认" + " " * 30 + "12",
    ],
)
def test_not_a_command_in_a_group(text: str) -> None:
    assert read(typed(text)) is None


@pytest.mark.parametrize(
    ("text", "name", "words"),
    [
        ("我的记录", "record", ()),
        ("帮助", "help", ()),
        ("待办", "todo", ()),
        ("申诉 3-12 我没有\n真的", "appeal", ("3-12 我没有\n真的",)),
        ("申诉3-12 我没有", "appeal", ("3-12 我没有",)),
        ("确认#12", "confirm", ("#12",)),
        (" 群规 三.1", "rules", ("三.1",)),
    ],
)
def test_bare_in_private(text: str, name: str, words: tuple[str, ...]) -> None:
    assert read(typed(text, private=True)) == (name, words)


@pytest.mark.parametrize(
    "text", ["record", "help 禁言", "帮助我", "我要申诉 12", "申诉，我没有", ""]
)
def test_not_a_command_in_private(text: str) -> None:
    assert read(typed(text, private=True)) is None


@pytest.mark.parametrize(
    ("rank", "private", "allowed"),
    [
        (Rank.MEMBER, False, False),
        (Rank.COMMITTEE, False, True),
        (Rank.SUPERUSER, False, True),
        # In private the right depends on the group, which is found later.
        (Rank.MEMBER, True, True),
    ],
)
def test_what_a_message_shows_of_the_right(rank: Rank, private: bool, allowed: bool) -> None:
    request = ROUTER.read(typed("/confirm 12", private=private), rank)
    assert request is not None
    assert request.allowed({}) is allowed
    # The policy may ask for another rank.
    assert request.allowed({"confirm": Rank.MEMBER})
    assert request.allowed({"confirm": Rank.SUPERUSER + 1}) is private


@pytest.mark.parametrize("name", ["mute", "/mute", "／MUTE", "禁言", "/禁言"])
def test_a_command_by_its_name(name: str) -> None:
    command = ROUTER.named(name)
    assert command is not None
    assert command.name == "mute"


def test_every_command_is_found_by_each_of_its_names_only_once() -> None:
    assert len({command.name for command in ROUTER.commands}) == len(ROUTER.commands)
    for command in ROUTER.commands:
        for name in (command.name, *command.chinese):
            assert ROUTER.named(name) is command
            assert read(typed(f"/{name}")) == (command.name, ())


@pytest.mark.parametrize(
    ("name", "chinese"), [("warn", ("别的",)), ("other", ("警告",)), ("other", ("别的", "别的"))]
)
def test_two_commands_of_one_name_are_refused(name: str, chinese: tuple[str, ...]) -> None:
    made = router()
    mute = made.named("mute")
    assert mute is not None
    with pytest.raises(ValueError, match="two commands are called"):
        made.add(replace(mute, name=name, chinese=chinese))


@pytest.mark.parametrize(
    ("prefixes", "text", "found", "shown"),
    [
        (["!", "!!"], "!!help", True, "!"),
        (["!", "!!"], "!help", True, "!"),
        (["!"], "/help", False, "!"),
        ([""], "help", False, "/"),
        ([], "/help", False, "/"),
    ],
)
def test_other_prefixes(prefixes: list[str], text: str, found: bool, shown: str) -> None:
    made = Router(prefixes)
    for command in ROUTER.commands:
        made.add(command)
    assert (made.read(typed(text), Rank.MEMBER) is not None) is found
    if len(prefixes) < 2:
        assert made.prefix == shown


NAMES = [name for command in ROUTER.commands for name in (command.name, *command.chinese)]
KINDS = st.sampled_from([kind for kind in Kind if kind is not Kind.TEXT])
PIECES = st.lists(st.text() | st.builds(Segment, KINDS, st.text(max_size=10)), max_size=5)
COMMANDS = st.tuples(st.sampled_from(["/", "／", ""]), st.sampled_from(NAMES), st.text()).map(
    "".join
)


@given(COMMANDS | st.text(), PIECES, st.booleans())
def test_whatever_is_typed_is_read_and_parsed_or_explained(
    text: str, pieces: list[str | Segment], private: bool
) -> None:
    request = ROUTER.read(typed(text, *pieces, private=private), Rank.MEMBER)
    if request is None:
        return
    names = {parameter.name for parameter in request.command.signature.parameters}
    with suppress(ArgumentError):
        assert set(request.command.signature.parse(request.words) or ()) <= names
