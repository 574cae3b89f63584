"""Carrying commands out: who may, whom is meant, and what the caller is told."""

from __future__ import annotations

from typing import TYPE_CHECKING
from unittest.mock import patch

import pytest

from src.core.chat.events import GroupKey, Kind, PlatformRole, Segment
from src.core.chat.port import Act, Answer, Word
from src.core.commands import texts
from src.core.people import Role
from src.core.store import models
from tests.houses import ADMIN, CLASS, OWNER, PARENT, PARENTS, Home, a_home, account

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

SUPERUSER = "555"
OTHER = PARENTS[1]
AT = Segment(Kind.MENTION, PARENT)


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[Home]:
    async with a_home(tmp_path, superusers=[SUPERUSER]) as one:
        yield one


async def warned() -> list[str]:
    """Whom people have warned."""
    cases = await models.Case.filter(step="warn").order_by("id").select_related("account")
    return [case.account.user_id for case in cases]


# -- rights ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("user", "may"), [(OTHER, False), (ADMIN, True), (OWNER, True), (SUPERUSER, True)]
)
async def test_who_may_warn(home: Home, user: str, may: bool) -> None:
    await home.says(user, f"/warn {PARENT} 吵闹")
    assert await warned() == ([PARENT] if may else [])
    assert (texts.no_right(10) in home.platform.said()) is not may


async def test_the_right_is_read_fresh(home: Home) -> None:
    """An admin who was one when the message was sent, and is none any more."""
    home.hears(ADMIN, f"/warn {PARENT}")
    home.platform.join(ADMIN, "何老师", PlatformRole.MEMBER)
    await home.settled()
    assert await warned() == []
    assert home.platform.said() == [texts.no_right(10)]


async def test_where_the_right_cannot_be_read_nothing_is_done(home: Home) -> None:
    home.platform.answers[Act.FETCH_MEMBER] = Answer(Word.UNKNOWN)
    await home.says(ADMIN, f"/warn {PARENT}")
    assert await warned() == []
    assert home.platform.said() in ([texts.UNSURE_RIGHT], [texts.CANNOT_READ_MEMBERS])


async def test_the_schools_role_goes_before_the_platforms(home: Home) -> None:
    home.house.people.grant(CLASS, account(OTHER), Role.TEACHER)
    home.house.people.grant(CLASS, account(OWNER), Role.PARENT)
    await home.says(OTHER, f"/warn {PARENT}")
    assert await warned() == [PARENT]
    await home.says(OWNER, f"/warn {PARENT}")
    assert home.platform.said()[-1] == texts.no_right(10)


# -- whom is meant --------------------------------------------------------------------------------


async def test_a_mention(home: Home) -> None:
    await home.says(ADMIN, [Segment(Kind.TEXT, "/warn "), AT, Segment(Kind.TEXT, " 吵闹")])
    assert await warned() == [PARENT]


@pytest.mark.parametrize(
    "name", ["张小明妈妈", "@张小明妈妈", PARENT, f"@{PARENT}", "李 雷 的 妈妈"]
)
async def test_a_whole_name_that_is_unique(home: Home, name: str) -> None:
    if not name.endswith(PARENT):
        home.platform.join(PARENT, name.removeprefix("@"))
    await home.says(ADMIN, f"/warn {name} 吵闹")
    assert await warned() == [PARENT], home.platform.said()


async def test_a_whole_name_goes_before_a_part_of_one(home: Home) -> None:
    home.platform.join(PARENT, "李雷")
    home.platform.join(OTHER, "李雷的妈妈")
    await home.says(ADMIN, "/warn 李雷")
    assert await warned() == [PARENT]


async def test_several_candidates_are_lines_to_copy(home: Home) -> None:
    home.platform.join(PARENT, "王芳")
    home.platform.join(OTHER, "王芳")
    await home.says(ADMIN, "/mute 王芳 10m 吵闹")
    assert await models.Case.all().count() == 0
    said = home.platform.said()[-1].splitlines()
    assert said[0] == texts.SEVERAL
    lines = [line.split("　")[0] for line in said[1:]]
    assert lines == [f"/禁言 {user} 10m 吵闹" for user in (PARENT, OTHER)]


async def test_part_of_a_name_only_offers_lines_to_copy(home: Home) -> None:
    home.platform.join(PARENT, "张小明妈妈")
    await home.says(ADMIN, "/mute 小明 10m 吵闹")
    assert await models.Case.all().count() == 0
    line = home.platform.said()[-1].splitlines()[1].split("　")[0]
    assert line == f"/禁言 {PARENT} 10m 吵闹"
    await home.says(ADMIN, line)
    assert home.platform.muted(PARENT)


@pytest.mark.parametrize("name", ["没有这个人", "@", '""'])
async def test_nobody(home: Home, name: str) -> None:
    await home.says(ADMIN, f"/warn {name}")
    assert await warned() == []
    assert home.platform.said()


async def test_the_author_of_the_message_replied_to(home: Home) -> None:
    await home.says(PARENT, "吵闹", message_id="77")
    await home.says(ADMIN, "/warn 不要吵闹", reply_to="77")
    assert await warned() == [PARENT]
    assert (await models.Case.get()).reason == "不要吵闹"


async def test_a_reply_to_what_is_gone(home: Home) -> None:
    await home.says(ADMIN, "/warn 不要吵闹", reply_to="78")
    assert await warned() == []
    assert home.platform.said() == [texts.REPLY_GONE]


# -- answers --------------------------------------------------------------------------------------


async def test_what_does_not_fit_is_answered_with_usage_and_example(home: Home) -> None:
    await home.says(ADMIN, "/mute")
    usage, example = home.platform.said()[-1].splitlines()
    assert usage == texts.USAGE.format(usage="/禁言 @某人 [时长] [理由]")
    assert example.startswith("例如：/禁言 @")


async def test_a_wrong_duration_is_explained(home: Home) -> None:
    await home.says(ADMIN, f"/mute {PARENT} 99999d")
    assert "一百年" in home.platform.said()[-1]
    assert await models.Case.all().count() == 0


async def test_a_private_command_names_the_group(home: Home) -> None:
    home.house.people.grant(CLASS, account(ADMIN), Role.TEACHER)
    await home.says(ADMIN, "确认 12", group=None)
    assert "3-12" in home.platform.whispered(ADMIN)[-1]
    await home.says(ADMIN, "确认 77-12", group=None)
    assert home.platform.whispered(ADMIN)[-1] == texts.NO_SUCH_GROUP.format(group=77)
    await home.says(ADMIN, "/warn 101", group=None)
    assert home.platform.whispered(ADMIN)[-1] == texts.IN_GROUP_ONLY
    await home.says(OTHER, f"确认 {home.group.id}-12", group=None)
    assert home.platform.whispered(OTHER)[-1] == texts.no_right(10)
    await home.says(ADMIN, f"确认 {home.group.id}-12", group=None)
    assert "#12" in home.platform.whispered(ADMIN)[-1]


async def test_a_private_answer_that_cannot_be_delivered_waits_behind_a_neutral_line(
    home: Home,
) -> None:
    home.platform.answers[Act.WHISPER] = Answer(Word.REFUSED, wording="不是好友")
    for _ in range(3):
        await home.says(PARENT, "/record")
    assert len(home.platform.said()) == 1
    assert "我的记录" in home.platform.said()[0]


async def test_a_command_that_fails_is_answered(home: Home) -> None:
    with patch.object(models.Case, "create", side_effect=OSError("disk full")):
        await home.says(ADMIN, f"/warn {PARENT}")
    assert home.platform.said() == [texts.FAULT]
    await home.says(ADMIN, "/help")
    assert len(home.platform.said()) == 2


async def test_a_command_before_any_pack_is_chosen(tmp_path: Path) -> None:
    async with a_home(tmp_path, pack=None) as home:
        await home.says(ADMIN, f"/warn {PARENT} 吵闹")
        assert await warned() == [PARENT]
        await home.says(PARENT, "/rules")
        assert "text-only-parents" in home.platform.said()[-1]


async def test_a_command_in_a_group_that_is_not_in_the_store(home: Home) -> None:
    other = GroupKey("qq", "2")
    home.platform.join(ADMIN, "何老师", PlatformRole.ADMIN, other)
    for text in ("/help", "/rules", "/record", "/todo", "确认 12", "/case 1", "/doctor", "/policy"):
        await home.says(ADMIN, text, group=other)
    answers = [done for done in home.platform.done if done.act in (Act.SAY, Act.WHISPER)]
    assert len(answers) == 8
    assert texts.FAULT not in home.platform.said(other)
