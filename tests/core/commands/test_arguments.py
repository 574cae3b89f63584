"""What is typed behind a command, as the handler gets it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import given
from hypothesis import strategies as st
import pytest

from src.core.chat.events import Account  # noqa: TC001 - a handler's types are read at run time
from src.core.commands import ArgumentError, Item, Mention, Rest, Seconds, Signature, item
from src.core.people import Rank

from .typed import SOMEBODY, router, typed

if TYPE_CHECKING:
    from src.core.chat.events import Segment

ROUTER = router()
AT = Mention("101")


def parse(*pieces: str | Segment) -> dict[str, Any] | None:
    """The arguments of a command as typed."""
    request = ROUTER.read(typed(*pieces), Rank.SUPERUSER)
    assert request is not None
    return request.command.signature.parse(request.words)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12", Item(12)),
        ("#12", Item(12)),
        ("＃１２", Item(12)),
        (" 12 ", Item(12)),
        ("012", Item(12)),
        ("3-12", Item(12, 3)),
        ("#3-12", Item(12, 3)),
        ("3-#12", Item(12, 3)),
        ("3–12", Item(12, 3)),  # What phones make of a hyphen.
        ("", None),
        ("#", None),
        ("-12", None),
        ("3-", None),
        ("3-4-5", None),
        ("12.5", None),
        ("一", None),
        ("12号", None),
        ("1234567890", None),
        ("½", None),
    ],
)
def test_numbers(text: str, number: Item | None) -> None:
    assert item(text) == number


@given(st.text())
def test_any_text_is_a_number_or_none(text: str) -> None:
    number = item(text)
    assert number is None or (0 <= number.number < 10**9)


@pytest.mark.parametrize(
    ("pieces", "found"),
    [
        (["/mute ", SOMEBODY], {"who": AT}),
        (["/mute ", SOMEBODY, " 10m"], {"who": AT, "duration": 600}),
        (["/mute ", SOMEBODY, " 10"], {"who": AT, "duration": 600}),
        (["/mute ", SOMEBODY, " １０分钟 吵"], {"who": AT, "duration": 600, "reason": "吵"}),
        (["/mute ", SOMEBODY, " 1h30m"], {"who": AT, "duration": 5400}),
        (["/mute ", SOMEBODY, " 吵 10m"], {"who": AT, "reason": "吵 10m"}),
        (["/mute 张三妈妈 2小时"], {"who": "张三妈妈", "duration": 7200}),
        (["/mute 123456789 1天"], {"who": "123456789", "duration": 86400}),
        (['/mute "张三 妈妈" 10m'], {"who": "张三 妈妈", "duration": 600}),
        (["/mute '张三 妈妈' 10m"], {"who": "张三 妈妈", "duration": 600}),
        (["/warn ", SOMEBODY, " 一 二\n三  四"], {"who": AT, "reason": "一 二\n三  四"}),
        (["/warn ", SOMEBODY, ' 说了"不 好"的'], {"who": AT, "reason": '说了"不 好"的'}),
        (["/warn ", SOMEBODY, " don't"], {"who": AT, "reason": "don't"}),
        (["/warn ", SOMEBODY, ' "没有合上'], {"who": AT, "reason": '"没有合上'}),
        (["/warn ", SOMEBODY, " --help -h"], {"who": AT, "reason": "--help -h"}),
        (["/warn ", SOMEBODY, " 和 ", SOMEBODY], {"who": AT, "reason": "和 @101"}),
        (["/mute"], None),
        (["/confirm #12"], {"number": Item(12)}),
        (["/confirm 3-12"], {"number": Item(12, 3)}),
        (["/confirm"], None),
        (["/confirm 12 核实过"], {"number": Item(12), "reason": "核实过"}),
        (["/refuse 12 是 引用"], {"number": Item(12), "reason": "是 引用"}),
        (["/review"], {}),
        (
            ["/review 12 revoke 是 误会"],
            {"number": Item(12), "verdict": "revoke", "reason": "是 误会"},
        ),
        (["/policy set 三.2 terms a b"], {"action": "set", "rest": "三.2 terms a b"}),
        (["/role ", SOMEBODY, " 班主任"], {"who": AT, "role": "班主任"}),
        (["/role ", SOMEBODY], None),
        (["/record"], {}),
        (["/todo 什么"], None),
    ],
)
def test_arguments(pieces: list[str | Segment], found: dict[str, Any] | None) -> None:
    assert parse(*pieces) == found


@pytest.mark.parametrize(
    ("pieces", "part"),
    [
        (["/mute ", SOMEBODY, " 99x 吵"], "时长请写成"),
        (["/mute ", SOMEBODY, " 10m吵"], "时长请写成"),
        (["/mute ", SOMEBODY, " 99999d"], "一百年"),
        (["/mute ", SOMEBODY, " 0"], "大于零"),
        (["/mute ", SOMEBODY, " -5m"], "时长请写成"),
        (["/block ", SOMEBODY, " 1.5h"], "时长请写成"),
        (["/confirm abc"], "不是编号"),
        (["/confirm 12,13"], "不是编号"),
        (["/case " + "字" * 100], "不是编号"),
    ],
)
def test_a_number_that_is_none_is_explained(pieces: list[str | Segment], part: str) -> None:
    with pytest.raises(ArgumentError, match=part):
        parse(*pieces)


@pytest.mark.xfail(strict=True, reason="the first line break becomes a blank")
def test_a_reason_keeps_its_first_line_break() -> None:
    assert parse("/warn ", SOMEBODY, " 一\n二") == {"who": AT, "reason": "一\n二"}


@given(st.text(alphabet=st.characters(exclude_categories=["Cc", "Cs", "Z"]), min_size=1))
def test_a_reason_is_what_was_typed(reason: str) -> None:
    found = parse("/warn ", SOMEBODY, f" 理由 {reason}")
    assert found is not None
    assert found["reason"] == f"理由 {reason}"


async def handler(
    call: object, who: Account, duration: Seconds | None = None, reason: Rest = Rest("")
) -> None:
    """Takes one of each."""


def test_a_signature_is_read_from_a_function() -> None:
    signature = Signature(handler, "test", "试", "/test")
    assert signature.wants_person == "who"
    assert signature.usage == "/test @某人 [时长] [理由]"
    assert signature.parse([AT, "2h 因为"]) == {"who": AT, "duration": 7200, "reason": "因为"}
    assert signature.parse([]) is None
