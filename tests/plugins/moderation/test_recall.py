"""/recall: a head teacher can stop a teacher's post, and whoever's message goes is told kindly."""

from __future__ import annotations

from typing import TYPE_CHECKING

from src.core.chat.port import Act, Answer, Word
from src.core.people import Role
from src.core.store import models
from tests.houses import ADMIN, CLASS, OWNER, PARENT, a_home, account

if TYPE_CHECKING:
    from pathlib import Path


async def test_a_head_teacher_stops_a_teachers_post(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        home.house.people.grant(CLASS, account(PARENT), Role.HEAD_TEACHER)
        home.house.people.grant(CLASS, account(ADMIN), Role.TEACHER)
        await home.says(ADMIN, "周末一起去看车展的报名", message_id="m")
        await home.says(PARENT, "/撤回 请发到老师群", reply_to="m")
        assert [done.value for done in home.platform.asked(Act.WITHDRAW)] == ["m"]
        assert home.platform.said()[-1] == "已撤回。"
        (told,) = home.platform.whispered(ADMIN)
        assert "不是处分" in told
        assert "请发到老师群" in told
        assert "车展" not in told
        assert not home.platform.muted(ADMIN)
        case = await models.Case.get()
        assert (case.step, case.ladder) == ("remind", "")


async def test_a_teacher_cannot_stop_the_head_teachers(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        await home.says(OWNER, "明天家长会", message_id="m")
        await home.says(ADMIN, "/撤回", reply_to="m")
        assert not home.platform.asked(Act.WITHDRAW)


async def test_a_parent_is_told_what_to_post_instead(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        await home.says(PARENT, "谁家有二手钢琴", message_id="m")
        await home.says(ADMIN, "/recall 这里只说班里的事", reply_to="m")
        (told,) = home.platform.whispered(PARENT)
        assert "这里只说班里的事" in told
        assert "私下" in told


async def test_where_it_could_not_be_withdrawn_nobody_is_told_that_it_was(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        home.platform.answers[Act.WITHDRAW] = Answer(Word.REFUSED)
        await home.says(PARENT, "谁家有二手钢琴", message_id="m")
        await home.says(ADMIN, "/recall", reply_to="m")
        (told,) = home.platform.whispered(PARENT)
        assert "请您自己撤回" in told


async def test_for_ones_own_and_the_bots_nobody_is_told(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        await home.says(ADMIN, "发错了", message_id="m")
        await home.says(ADMIN, "/recall", reply_to="m")
        assert len(home.platform.asked(Act.WITHDRAW)) == 1
        assert not home.platform.asked(Act.WHISPER)
