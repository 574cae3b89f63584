"""What is asked of a connection and of what comes over it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from loguru import logger
from nonebot.adapters.onebot.v11 import Adapter, Event, GroupMessageEvent
from nonebot.drivers import Request
from nonebot.exception import NoLogException
import pytest

from src.core.chat.screening import (
    Faults,
    Recent,
    equal,
    handshake_refusal,
    parse,
    read_frame,
    unlogged,
)

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def logged() -> Iterator[list[str]]:
    lines: list[str] = []
    sink = logger.add(lambda line: lines.append(str(line)), level=0, format="{message}")
    yield lines
    logger.remove(sink)


@pytest.mark.parametrize(
    ("data", "frame"),
    [
        ('{"a": 1}', {"a": 1}),
        ("", None),
        ("[]", None),
        ("5", None),
        ("null", None),
        ("{", None),
        ("[" * 100_000, None),
        ('{"a":' * 100_000, None),
        ('{"a": ' + "9" * 5000 + "}", None),
        (b"\xff\x00", None),
        (None, None),
    ],
)
def test_only_json_objects_are_let_in(data: Any, frame: dict[str, Any] | None) -> None:
    faults = Faults("x")
    assert read_frame(data, faults) == frame
    assert bool(faults.summary()) == (frame is None)


def test_a_fault_is_logged_once_a_kind_and_counted(logged: list[str]) -> None:
    faults = Faults("bot 1")
    for data in ("{秘密", "{秘密", "[]"):
        read_frame(data, faults)
    assert len(logged) == 2
    assert faults.summary() == "frame dropped that is not JSON ×2, " + (
        "frame dropped that is not a JSON object ×1"
    )
    assert "秘密" not in "".join(logged)


def test_where_an_error_was_raised_is_logged_but_not_what_it_says(logged: list[str]) -> None:
    def door(text: str) -> None:
        raise ValueError(text)

    faults, secret = Faults("bot 1"), RAW["raw_message"]
    for _ in range(2):
        try:
            door(secret)
        except ValueError as error:
            faults.note("the door failed", error)
    assert len(logged) == 1
    assert "ValueError in door" in logged[0]
    assert secret not in logged[0]


def test_recent_forgets_by_time_and_by_number() -> None:
    recent = Recent(limit=2, seconds=60)
    assert not recent.again("a", 0)
    assert recent.again("a", 59)
    assert not recent.again("a", 60)
    recent.again("b", 60)
    recent.again("c", 60)
    assert len(recent) == 2
    assert not recent.again("a", 61)
    assert recent.again("c", 61)


def test_recent_may_never_forget_by_time() -> None:
    recent = Recent(limit=2, seconds=math.inf)
    recent.again("a", 0)
    assert recent.again("a", 1e12)


@pytest.mark.parametrize(
    ("given", "expected", "same"),
    [("秘密", "秘密", True), ("a", "b", False), ("", "a", False), ("\udcff", "\udcff", True)],
)
def test_secrets_are_compared(given: str, expected: str, same: bool) -> None:
    assert equal(given, expected) is same


@pytest.mark.parametrize(
    ("headers", "token", "refusal"),
    [
        ({"Authorization": "Bearer t"}, "t", None),
        ({"authorization": "Token t"}, "t", None),
        ({"Authorization": "Bearer t"}, "", "No ONEBOT_ACCESS_TOKEN is set"),
        ({"Authorization": "Bearer t"}, None, "No ONEBOT_ACCESS_TOKEN is set"),
        ({"Authorization": "Bearer u"}, "t", "Authorization Header is invalid"),
        ({"Authorization": "Basic t"}, "t", "Missing Authorization Header"),
        ({"Authorization": "Bearer "}, "t", "Missing Authorization Header"),
        ({}, "t", "Missing Authorization Header"),
        (
            {"Authorization": "Bearer t", "Origin": "http://127.0.0.1"},
            "t",
            "Connections from web pages are refused",
        ),
    ],
)
def test_handshakes(headers: dict[str, str], token: str | None, refusal: str | None) -> None:
    request = Request("GET", "ws://127.0.0.1/onebot/v11/ws?access_token=t", headers=headers)
    assert handshake_refusal(request, token) == refusal


def test_a_token_in_the_address_counts_where_the_protocol_has_it() -> None:
    request = Request("GET", "ws://127.0.0.1/onebot/v12/ws?access_token=t")
    assert handshake_refusal(request, "t", in_query=True) is None


RAW: dict[str, Any] = {
    "post_type": "message",
    "message_type": "group",
    "sub_type": "normal",
    "self_id": 10,
    "user_id": 20,
    "group_id": 30,
    "message_id": 40,
    "time": 1_790_000_000,
    "sender": {},
    "raw_message": "秘密",
    "font": 0,
    "message": [{"type": "text", "data": {"text": "秘密"}}],
}


def parsed(raw: dict[str, Any], faults: Faults) -> Event | None:
    return parse(Adapter.get_event_model(raw), Event, raw, faults)


def test_events_for_nonebot_are_the_adapters_but_unlogged() -> None:
    event = parsed(dict(RAW), Faults("x"))
    assert isinstance(event, GroupMessageEvent)
    assert event.get_plaintext() == "秘密"
    with pytest.raises(NoLogException):
        event.get_log_string()
    assert unlogged(GroupMessageEvent) is type(event)


@pytest.mark.parametrize("more", [{"message_id": "abcd"}, {"sub_type": 5}, {"notice_type": "x"}])
def test_what_no_model_takes_is_unlogged_too(more: dict[str, Any], logged: list[str]) -> None:
    faults = Faults("x")
    event = parsed({**RAW, **more}, faults)
    if event is None:
        assert faults.summary()
    else:
        with pytest.raises(NoLogException):
            event.get_log_string()
    parsed({"post_type": 5, "message": "秘密"}, faults)
    assert "秘密" not in "".join(logged)
