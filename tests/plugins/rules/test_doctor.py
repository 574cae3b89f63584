"""/doctor: what the bot can and cannot do here, and what waits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from src.core.chat.events import Account, PlatformRole
from src.core.chat.port import Act, Answer, Capabilities, Word
from src.core.chat.wordings import plain
from tests.houses import BOT, INSULT, OWNER, PARENT, Home, a_home

if TYPE_CHECKING:
    from pathlib import Path


async def doctor(home: Home) -> str:
    await home.says(OWNER, "/doctor")
    return home.platform.said()[-1]


async def test_all_is_well(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        said = await doctor(home)
        assert "✗" not in said
        assert "本群编号 1" in said
        assert "身份：管理员" in said
        assert "第 1 版，正在执行" in said
        assert "FakePlatform 1.0" in said


async def test_what_is_missing_is_named_with_the_clauses_that_need_it(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        home.platform.join(BOT, "助手", PlatformRole.MEMBER)
        home.platform.capabilities = Capabilities(frozenset(Act) - {Act.MUTE})
        said = await doctor(home)
        assert "✗ 身份：普通成员" in said
        assert "✗ 平台做不到禁言，用到它的条款：一.2、二.1、二.2、二.3、三.1、三.2、三.3" in said


async def test_what_was_not_done_in_plain_words(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        home.platform.answers[Act.MUTE] = Answer(Word.REFUSED, wording="NOT_MANAGEABLE")
        await home.says(PARENT, INSULT)
        said = await doctor(home)
        assert "禁言：机器人在群里的权限不够" in said
        assert "等人决定的：1" in said


async def test_unreachable_managers_a_pause_and_a_wrong_clock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with a_home(tmp_path) as home:
        monkeypatch.setattr(home.platform, "reachable", _not_the_owner)
        await home.says(OWNER, "/pause 2h")
        await home.says(OWNER, "/doctor", age=300.0)
        said = home.platform.said()[-1]
        assert "✗ 私聊送不到：孙老师" in said
        assert "✗ 自动执行暂停到 11月3日 14:00" in said
        assert "相差 300 秒" in said


def _not_the_owner(account: Account) -> bool:
    return account.user_id != OWNER


async def test_a_group_without_a_policy(tmp_path: Path) -> None:
    async with a_home(tmp_path, pack=None) as home:
        assert "还没有选定" in await doctor(home)


@pytest.mark.parametrize(
    ("wording", "said"),
    [
        ("cannot ban admin", "对方是群主或管理员，平台不许"),
        ("机器人权限不足", "机器人在群里的权限不够"),
        ("OIDB error 34 on 0x11ec_2: no permission", "机器人在群里的权限不够"),
        ("发送失败，你已被移出该群，请重新加群。", "机器人不在这个群里"),
        ("消息1234不存在", "消息已经不在，或超过了可撤回的时间"),
        ("Recall failed", "消息已经不在，或超过了可撤回的时间"),
        (
            "Timeout: NTEvent serviceAndMethod:NodeIKernelMsgService/sendMsg",
            "平台没有回答，可能被限制",
        ),
        ("未实现的action: delete_message", "这个平台做不到"),
        ("群内没有该联系人", "对方不在群里"),
        ("retcode 200", "retcode 200"),
        ("啊" * 100, "啊" * 60),
    ],
)
def test_wordings_in_plain_words(wording: str, said: str) -> None:
    assert plain(wording) == said
