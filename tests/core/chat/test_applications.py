"""Applications and private files as the pretend QQ tells them, in each dialect of it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, cast

from nonebot.adapters.onebot.v11 import ActionFailed
import pytest

from sandbox.dialects import LLBOT, NAPCAT, SNOWLUMA, Dialect
from sandbox.fakeqq import BOT, GROUP, HEAD_TEACHER, STRANGER, FakeQQ, RefusedError, class_group
from src.core.chat.events import Account, GroupKey, JoinRequested, MemberCame, MessageReceived
from src.core.chat.onebot11.adapter import OneBot11Chat
from src.core.chat.onebot11.platform import OneBot11Platform
from src.core.chat.onebot11.translate import read
from src.core.chat.pacing import Pacing
from src.core.chat.port import Word
from src.core.clock import DrivenClock

if TYPE_CHECKING:
    from nonebot.adapters import Bot

    from src.core.chat.port import Door

NOW = 1_800_000_000.0
CLASS, WHO = GroupKey("qq", str(GROUP)), Account("qq", str(STRANGER))
ANSWER = "问题：孩子姓名\n答案：郑好妈妈"


class Calling:
    """Calls what the pretend QQ does, without a line between."""

    def __init__(self, qq: FakeQQ) -> None:
        self._qq = qq
        self.flag = ""

    async def call_api(self, api: str, **data: Any) -> Any:
        self.flag = data.get("flag", self.flag)
        try:
            return self._qq._do(api, data)
        except RefusedError as refused:
            raise ActionFailed(wording=refused.wording) from None


def apart() -> tuple[FakeQQ, OneBot11Platform]:
    """A class group and the bot's account in it."""
    qq = class_group("ws://127.0.0.1:9", "token", now=lambda: NOW)
    qq.groups[GROUP].question = "孩子姓名"
    clock = DrivenClock(NOW)
    platform = OneBot11Platform(str(BOT), namespace="qq", clock=clock, pacing=Pacing(enabled=False))
    return qq, platform


@pytest.mark.parametrize("dialect", [NAPCAT, LLBOT, SNOWLUMA], ids=lambda one: one.app)
@pytest.mark.parametrize("listed", [False, True], ids=["told", "listed"])
async def test_an_application_is_answered_by_the_flag_it_came_with(
    dialect: Dialect, listed: bool
) -> None:
    qq, platform = apart()
    qq.dialect = dialect
    calling = Calling(qq)
    platform.connected(cast("Bot", calling))
    flag = await qq.request_join(GROUP, STRANGER, "郑好妈妈")
    event: object = None
    if not listed:
        event = OneBot11Chat(cast("Door", None), DrivenClock(NOW)).read(platform, qq.events[-1])
    else:
        answer = await platform.join_requests(CLASS)
        if dialect is SNOWLUMA:
            assert answer.word is Word.REFUSED
            return
        assert answer.value is not None
        (event,) = answer.value
    assert isinstance(event, JoinRequested)
    # Told and listed, it is known by the same.
    assert event.flag == "1700000000000001" or dialect is SNOWLUMA
    assert (event.group, event.account, event.comment) == (CLASS, WHO, ANSWER)
    assert (await platform.decide_join(CLASS, event.flag, accept=True)).done
    assert calling.flag == (event.flag if listed else flag)
    assert (await platform.member(CLASS, WHO)).value is not None
    again = await platform.decide_join(CLASS, event.flag, accept=False, reason="格式不对")
    assert (again.word, again.wording) == (Word.REFUSED, "No such request")
    if not listed:
        assert (await platform.join_requests(CLASS)).value in ([], None)


async def test_a_list_that_is_full_says_so() -> None:
    qq, platform = apart()
    platform.connected(cast("Bot", Calling(qq)))
    for user in range(99):
        await qq.request_join(GROUP, 5000 + user, "郑好妈妈")
    assert (await platform.join_requests(CLASS)).word is Word.DONE
    await qq.request_join(GROUP, STRANGER, "郑好妈妈")
    answer = await platform.join_requests(CLASS)
    assert answer.word is Word.UNKNOWN
    assert answer.value


@pytest.mark.parametrize("dialect", [NAPCAT, LLBOT, SNOWLUMA], ids=lambda one: one.app)
async def test_nobody_is_taken_for_an_inviter_who_let_somebody_in(dialect: Dialect) -> None:
    qq, platform = apart()
    qq.dialect = dialect
    platform.connected(cast("Bot", Calling(qq)))
    for _ in range(5):
        await asyncio.sleep(0)
    flag = await qq.request_join(GROUP, STRANGER, "郑好妈妈")
    await qq.admin_decides(flag, HEAD_TEACHER, approve=True)
    event = read(qq.events[-1], "qq", NOW)
    assert isinstance(event, MemberCame)
    assert event.operator == Account("qq", str(HEAD_TEACHER))
    assert event.invited is dialect.mislabels
    assert platform.tells_inviter is not dialect.mislabels


async def test_a_private_file_is_read() -> None:
    qq, platform = apart()
    platform.connected(cast("Bot", Calling(qq)))
    await qq.send_file(HEAD_TEACHER, "名单.csv", "姓名\n郑好\n".encode())
    event = read(qq.events[-1], "qq", NOW)
    assert isinstance(event, MessageReceived)
    assert (event.ref.group, event.shown) == (None, "名单.csv")
    answer = await platform.read_file(event.account, event.segments[0].value, 100)
    assert answer.value == "姓名\n郑好\n".encode()
