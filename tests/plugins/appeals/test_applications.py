"""An appeal as the comment of a new application, after somebody was taken out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from src.core.chat.events import JoinRequested
from src.core.chat.port import Act, Answer, Word
from src.core.store import models
from tests.houses import CLASS, OWNER, account

from .homes import FATHER, PUPIL, WHY, a_school, appeals, case_state, days_pass, the_appeal

if TYPE_CHECKING:
    from pathlib import Path

    from tests.houses import Home

JOINING: dict[str, Any] = {
    "number": "3",
    "text": "申请入群写清楚是谁。",
    "plugin": "join_verification",
    "settings": {"forms": ["{学生}{关系}"]},
    "ladder": "one",
}


def decided(home: Home) -> list[tuple[str, bool, str]]:
    """The platform's decisions: flag, whether let in, reason."""
    return [done.value for done in home.platform.asked(Act.DECIDE_JOIN)]


async def removed(home: Home, user: str = PUPIL) -> models.Case:
    """The owner takes somebody out and blocks them."""
    await home.advance(60)
    await home.says(OWNER, f"/拉黑 {user} 30天 广告")
    assert account(user) not in home.platform.groups[CLASS]
    home.platform.done.clear()
    case = await models.Case.all().order_by("-id").first()
    assert case is not None
    return case


@pytest.mark.parametrize("joining", [True, False], ids=["with", "without"])
@pytest.mark.parametrize(
    "comment",
    [
        "申诉 1 那是班级通知",
        "问题：你是谁的家长？\n答案：/申诉 1 那是班级通知",
        "申诉 那是班级通知",
        "/appeal #1：那是班级通知",
    ],
)
async def test_the_appeal_is_opened_and_the_application_answered_once(
    tmp_path: Path, comment: str, joining: bool
) -> None:
    async with a_school(tmp_path, appeals(), *([JOINING] if joining else [])) as home:
        await removed(home)
        flag = await home.applies(PUPIL, comment)
        appeal = await the_appeal()
        assert (appeal.state, appeal.payload["reason"]) == ("open", "那是班级通知")
        [(answered, accepted, reason)] = decided(home)
        assert (answered, accepted) == (flag, False)
        assert f"申诉已收到 #{appeal.number}" in reason
        assert "11月4日 12:01 前答复" in reason
        assert not await models.Request.exists(kind="join")


async def test_it_is_told_again_and_added_to_and_decided(tmp_path: Path) -> None:
    async with a_school(tmp_path, appeals(), JOINING) as home:
        await removed(home)
        flag = await home.applies(PUPIL, "申诉 1 那是班级通知")
        # The same once more, as platforms do; then in other words, by the father from his account.
        await home.applies(PUPIL, "申诉 1 那是班级通知", flag=flag)
        home.platform.applications.pop(flag)
        assert len(decided(home)) == 1
        await home.leaves(FATHER)
        await home.applies(FATHER, "申诉 1 我是孩子爸爸，可以作证")
        assert len(decided(home)) == 2
        assert (await the_appeal()).payload["reason"].endswith("我是孩子爸爸,可以作证")
        assert await models.Request.filter(kind="appeal").count() == 1
        appeal = await the_appeal()
        await home.says(OWNER, f"/复核 {appeal.number} 撤销 {WHY}")
        assert "由别人来做" in home.platform.said()[-1]
        await home.says("800", f"/复核 {appeal.number} 撤销 {WHY}")
        assert await case_state() == "reversed"
        assert not await models.Block.exists(live_key__isnull=False)
        [text] = [one for one in home.platform.whispered(PUPIL) if "结果：撤销" in one]
        assert "已从“不能再加入”的名单里去掉" in text
        assert "请重新申请加入" in text
        # Now an ordinary application is decided as such; who was taken out is a person's to let in.
        home.platform.done.clear()
        await home.applies(PUPIL, "申诉 1 我可以回来了吗")
        assert "已经撤销，不用申诉了" in decided(home)[-1][2]
        await home.applies(PUPIL, "陈晨妈妈")
        assert await models.Request.exists(kind="join", state="open")


async def test_an_application_that_no_case_is_known_of_is_left_to_join_verification(
    tmp_path: Path,
) -> None:
    async with a_school(tmp_path, appeals(within="1d"), JOINING) as home:
        await home.applies("50001", "申诉 1 我没有错")
        assert not decided(home)
        assert (await models.Request.get(kind="join")).state == "open"
        # Too late, and without a reason: answered by a line that says so.
        await removed(home)
        await home.applies(PUPIL, "申诉")
        assert "申诉请写上理由" in decided(home)[-1][2]
        await days_pass(home, 2)
        await home.applies(PUPIL, "申诉 1 那是班级通知")
        assert "已经过了" in decided(home)[-1][2]
        assert not await models.Request.exists(kind="appeal")


async def test_what_the_platform_does_not_pass_on_and_what_came_meanwhile(tmp_path: Path) -> None:
    async with a_school(tmp_path) as home:
        await removed(home)
        # The line is down when it comes; then the platform refuses the answer: it is told in private.
        home.lose()
        await home.settled()
        home.platform.applications["f"] = JoinRequested(
            home.platform.bot.user_id, home.clock.now(), CLASS, account(PUPIL), "申诉 1 是通知", "f"
        )
        home.platform.answers[Act.DECIDE_JOIN] = Answer(Word.REFUSED, wording="no right")
        home.connect()
        await home.settled()
        assert (await the_appeal()).payload["reason"] == "是通知"
        assert sum("申诉已收到" in one for one in home.platform.whispered(PUPIL)) == 1
        # Once only, however often the line comes back.
        home.lose()
        home.connect()
        await home.settled()
        assert sum("申诉已收到" in one for one in home.platform.whispered(PUPIL)) == 1


async def test_a_group_that_only_watches_files_and_leaves_the_application_to_people(
    tmp_path: Path,
) -> None:
    async with a_school(tmp_path) as home:
        await removed(home)
        await home.says(OWNER, "/制度 mode observe")
        await home.applies(PUPIL, "申诉 1 那是班级通知")
        assert (await the_appeal()).state == "open"
        assert not decided(home)
