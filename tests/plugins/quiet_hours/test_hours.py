"""Quiet hours as a class meets them: in a house in the process, without a platform."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from src.core.chat.events import AdminChanged, GroupMuted
from src.core.chat.port import Act, Answer, Capabilities, Word
from src.core.store import models
from src.plugins.quiet_hours.levels import compare
from tests.houses import (
    ADMIN,
    BOT,
    CLASS,
    NAMES,
    NOON,
    OWNER,
    PARENT,
    PARENTS,
    Home,
    a_home,
    account,
)

if TYPE_CHECKING:
    from pathlib import Path

    from src.core.area import Message

HOUR = 3600.0
SOFT, HARD = "parents-daytime", "committee-hours"


async def until(home: Home, written: str) -> None:
    """Let time pass until a local time of November 2026, in steps of ten minutes; of more than a day
    only the last, as if the machine had slept."""
    when = datetime.fromisoformat(f"2026-11-{written}").replace(tzinfo=ZoneInfo("Asia/Shanghai"))
    if when.timestamp() - home.clock.now() > 24 * HOUR:
        home.clock.move_to(when.timestamp() - 24 * HOUR)
        await home.settled()
    # Far off it ticks every ten minutes, on the minute; near by, every minute.
    while when.timestamp() - home.clock.now() > 1800:
        home.clock.move_to(home.clock.now() + 600)
        await home.settled()
    while (left := when.timestamp() - home.clock.now()) > 0:
        await home.advance(min(600, left))


async def set_to(home: Home, **settings: Any) -> None:
    """Change the settings of the quiet clause as the head teacher would."""
    number = "3.2" if home.group.policy and home.group.policy.pack_name == HARD else "六"
    for name, value in settings.items():
        await home.says(OWNER, f"/policy set {number} {name} {value}")
    await home.settled()


def closed(home: Home) -> bool:
    return CLASS in home.platform.closed


def asked(home: Home) -> list[bool]:
    return [done.value for done in home.platform.asked(Act.MUTE_ALL)]


async def steps(user: str = PARENT) -> list[str]:
    cases = models.Case.filter(account__user_id=user).order_by("id")
    return [case.step for case in await cases]


# -- reminders ----------------------------------------------------------------------------------------


async def test_a_night_is_one_private_reminder(tmp_path: Path) -> None:
    async with a_home(tmp_path, pack=SOFT) as home:
        await home.says(PARENT, "大家晚上好")
        await until(home, "03 21:59")
        await home.says(PARENT, "晚安")
        assert await steps() == []
        await until(home, "03 22:00")
        for _ in range(3):
            await home.says(PARENT, "还有人吗")
            await home.advance(HOUR)
        assert await steps() == ["remind"]
        (told,) = home.platform.whispered(PARENT)
        assert "到 07:00 为止" in told
        assert not home.platform.asked(Act.WITHDRAW)
        await until(home, "04 07:00")
        await home.says(PARENT, "早上好")
        assert await steps() == ["remind"]


async def test_nights_add_up_on_the_ladder(tmp_path: Path) -> None:
    async with a_home(tmp_path, pack=SOFT) as home:
        for night in ("03", "05", "08", "25"):
            await until(home, f"{night} 22:30")
            await home.says(PARENT, "还有人吗")
        assert await steps() == ["remind", "remind", "warn", "remind"]
        assert not home.platform.asked(Act.WITHDRAW)


async def test_a_night_is_one_case_over_a_restart(tmp_path: Path) -> None:
    async with a_home(tmp_path, pack=SOFT) as home:
        await until(home, "03 22:30")
        await home.says(PARENT, "还有人吗")
        home.group.incidents.clear()
        await home.advance(HOUR)
        await home.says(PARENT, "还有人吗")
        assert await steps() == ["remind"]


async def test_the_brake_leaves_a_talkative_evening_alone(tmp_path: Path) -> None:
    async with a_home(tmp_path, pack=SOFT) as home:
        await until(home, "03 22:30")
        for parent in PARENTS:
            await home.says(parent, "还有人吗")
        assert home.group.mode == "enforce"
        assert await models.Case.filter(step="remind").count() == len(PARENTS)


@pytest.mark.parametrize(
    "words", ["孩子还没到家，急死了", "【紧急】有人看到小明吗", "陈晨发烧了，请个假"]
)
async def test_what_is_urgent_is_let_through(tmp_path: Path, words: str) -> None:
    async with a_home(tmp_path, pack=SOFT) as home:
        await until(home, "03 22:30")
        await home.says(PARENT, words)
        assert await steps() == []
        await set_to(home, urgent_by="staff")
        await home.says(PARENT, words)
        assert await steps() == ["remind"]


async def test_what_came_late_was_written_in_time(tmp_path: Path) -> None:
    async with a_home(tmp_path, pack=SOFT) as home:
        await until(home, "03 22:03")
        await home.says(PARENT, "明天见", age=240)
        assert await steps() == []
        await until(home, "04 07:03")
        await home.says(PARENT, "有人吗", age=240)
        assert await steps() == ["remind"]


async def test_withdrawn_and_reminded(tmp_path: Path) -> None:
    async with a_home(tmp_path, pack=SOFT) as home:
        await home.says(OWNER, "/policy set 六 withdraw 是")
        await set_to(home, level="withdraw")
        await until(home, "03 22:30")
        for _ in range(2):
            await home.says(PARENT, "还有人吗")
            await home.advance(HOUR)
        assert await steps() == ["remind"]
        assert len(home.platform.asked(Act.WITHDRAW)) == 2
        assert len(home.platform.whispered(PARENT)) == 1


async def test_why_says_which_hours(tmp_path: Path) -> None:
    async with a_home(tmp_path, pack=SOFT) as home:
        await until(home, "03 22:30")
        await home.says(PARENT, "还有人吗")
        await home.says(PARENT, "/为什么 1")
        assert "在静默时间（到 07:00）" in home.platform.whispered(PARENT)[-1]


async def test_other_detectors_may_ask_whether_it_is_quiet(tmp_path: Path) -> None:
    async with a_home(tmp_path, pack=SOFT) as home:
        seen: list[bool] = []
        assert home.group.policy is not None
        area = home.group.policy.judging[0].area

        def look(message: Message, settings: Any, windows: Any) -> None:
            seen.append(message.quiet)

        area.detectors.append(look)
        try:
            for evening in ("03 21:59", "03 22:00", "04 06:59", "04 07:00"):
                await until(home, evening)
                seen.clear()
                await home.says(PARENT, "大家好")
                assert set(seen) == {evening in ("03 22:00", "04 06:59")}
        finally:
            area.detectors.remove(look)


# -- teachers -----------------------------------------------------------------------------------------


async def test_a_teacher_is_told_in_private_and_may_leave_it_for_the_morning(
    tmp_path: Path,
) -> None:
    async with a_home(tmp_path, pack=SOFT) as home:
        await until(home, "03 22:30")
        for _ in range(2):
            await home.says(ADMIN, "明天请带美术用品")
            await home.advance(HOUR)
        assert await steps(ADMIN) == ["word"]
        (told,) = home.platform.whispered(ADMIN)
        assert "静默 明早发" in told
        await home.says(ADMIN, "静默 明早发 明天请带美术用品", group=None)
        assert "11月4日 07:00" in home.platform.whispered(ADMIN)[-1]
        assert not [said for said in home.platform.said() if "代发" in said]
        await until(home, "04 06:50")
        assert not [said for said in home.platform.said() if "代发" in said]
        await until(home, "04 07:00")
        (posted,) = [said for said in home.platform.said() if "代发" in said]
        assert "何老师：明天请带美术用品" in posted
        # Nothing is kept of what has been said.
        assert (await models.Act.get(kind="publish")).payload == {}


async def test_a_parent_cannot_post_by_the_bot(tmp_path: Path) -> None:
    async with a_home(tmp_path, pack=SOFT) as home:
        await until(home, "03 22:30")
        await home.says(PARENT, "静默 明早发 大家好", group=None)
        assert not await models.Act.filter(kind="publish").exists()
        await home.says(ADMIN, "/quiet later 大家好")
        assert "请私聊我" in home.platform.said()[-1]


async def test_a_teachers_urgent_mark_is_counted(tmp_path: Path) -> None:
    async with a_home(tmp_path, pack=SOFT) as home:
        await set_to(home, urgent_a_month=1)
        await until(home, "03 22:30")
        await home.says(ADMIN, "【紧急】停电，明早七点开门")
        assert not [t for t in home.platform.whispered(OWNER) if "第 2 次" in t]
        for _ in range(2):
            await home.says(ADMIN, "【紧急】停水，请自带水")
        assert await steps(ADMIN) == []
        assert len([t for t in home.platform.whispered(OWNER) if "第 2 次" in t]) == 1
        await until(home, "30 22:30")
        await home.advance(24 * HOUR)
        await home.says(ADMIN, "【紧急】停电")
        assert len([t for t in home.platform.whispered(OWNER) if "第 2 次" in t]) == 1


# -- leave --------------------------------------------------------------------------------------------


async def test_leave_for_all_needs_a_reason_and_a_right(tmp_path: Path) -> None:
    async with a_home(tmp_path, pack=HARD) as home:
        await until(home, "03 23:30")
        assert closed(home)
        await home.says(PARENT, "/quiet allow 30m 我想说话")
        await home.says(ADMIN, "/quiet allow 30m")
        await home.says(ADMIN, "/静默 放行 13h 太长")
        assert closed(home)
        await home.says(ADMIN, "/静默 放行 30m 等孩子到家")
        assert "等孩子到家" in home.platform.said()[-1]
        assert not closed(home)
        await home.says(PARENT, "到家了")
        assert await steps() == []
        await home.advance(30 * 60)
        assert closed(home)
        await home.says(ADMIN, "静默 放行 10m 还有一个", group=None)
        assert "还有一个" in home.platform.said()[-1]
        assert not closed(home)
        await home.advance(10 * 60)
        await set_to(home, allow_by="head")
        await home.says(ADMIN, "/静默 放行 30m 再等等")
        assert closed(home)


async def test_leave_is_asked_for_in_advance_and_is_for_that_person_and_time(
    tmp_path: Path,
) -> None:
    async with a_home(tmp_path, pack=HARD) as home:
        await home.says(PARENT, "/静默 申请 23:30-23:50 活动报名")
        assert "请私聊我" in home.platform.said()[-1]
        for wrong in ("23:30-23:50", "25:00-26:00 理由", "23:30-23:30 理由", "13:00-14:00 理由"):
            await home.says(PARENT, f"静默 申请 {wrong}", group=None)
        assert not await models.Request.exists()
        await home.says(PARENT, "静默 申请 23:30-23:50 活动报名要截止了", group=None)
        request = await models.Request.get(kind="approval")
        await home.says(OWNER, "同意", group=None)
        assert "活动报名要截止了" in home.platform.whispered(OWNER)[-1]
        await home.says(ADMIN, f"同意 {request.number}")
        assert "已获同意" in home.platform.whispered(PARENT)[-1]
        # What was asked for outlives a restart.
        home.group.leaves = ()
        await home.house.hours.load(home.house.groups)
        await until(home, "03 23:20")
        assert closed(home)
        await until(home, "03 23:30")
        assert not closed(home)
        await home.says(PARENT, "报名今晚截止")
        await home.says(PARENTS[1], "我也说一句")
        assert await steps() == []
        assert await steps(PARENTS[1]) == ["warn"]
        assert len(home.platform.asked(Act.WITHDRAW)) == 1
        await until(home, "03 23:50")
        assert closed(home)


async def test_leave_may_be_refused_and_lapses(tmp_path: Path) -> None:
    async with a_home(tmp_path, pack=SOFT) as home:
        await home.says(PARENT, "静默 申请 22:30-22:40 一", group=None)
        await home.says(PARENTS[1], "静默 申请 明天 22:30-22:40 二", group=None)
        first, second = await models.Request.filter(kind="approval").order_by("id")
        await home.says(ADMIN, f"/拒绝 {first.number} 明天再说")
        assert "没有获准" in home.platform.whispered(PARENT)[-1]
        await until(home, "04 22:40")
        await home.advance(60)
        assert (await models.Request.get(id=second.id)).state == "lapsed"
        assert home.group.leaves == ()


# -- the whole mute -----------------------------------------------------------------------------------


async def test_the_group_is_told_closed_and_opened_once(tmp_path: Path) -> None:
    async with a_home(tmp_path, pack=HARD) as home:
        await until(home, "03 22:49")
        assert home.platform.said() == []
        await until(home, "03 22:59")
        (told,) = home.platform.said()
        assert "23:00–07:00" in told
        assert not closed(home)
        await until(home, "03 23:00")
        assert closed(home)
        await until(home, "04 06:59")
        assert closed(home)
        await until(home, "04 07:00")
        assert not closed(home)
        assert asked(home) == [True, False]
        assert home.platform.said() == [told]


async def test_a_notice_that_fails_stops_nothing(tmp_path: Path) -> None:
    async with a_home(tmp_path, pack=HARD) as home:
        home.platform.answers[Act.SAY] = Answer(Word.REFUSED)
        await until(home, "03 23:00")
        assert closed(home)
        await until(home, "04 07:00")
        assert not closed(home)
        assert len(home.platform.said()) == 1


async def test_a_manager_who_closes_or_opens_by_hand_is_left_alone(tmp_path: Path) -> None:
    async with a_home(tmp_path, pack=HARD) as home:

        async def by_hand(muted: bool) -> None:
            (home.platform.closed.add if muted else home.platform.closed.discard)(CLASS)
            event = GroupMuted(BOT, home.clock.now(), CLASS, account(OWNER), muted)
            home.house.event(home.platform, event)
            await home.settled()

        await until(home, "03 23:30")
        await by_hand(False)
        await until(home, "04 08:00")
        assert not closed(home)
        assert asked(home) == [True]
        await until(home, "04 23:30")
        assert asked(home) == [True, True]
        await by_hand(False)
        await by_hand(True)
        await until(home, "05 08:00")
        assert closed(home)
        assert asked(home) == [True, True]
        await by_hand(False)
        await until(home, "05 23:10")
        assert asked(home) == [True, True, True]


@pytest.mark.parametrize(
    "change",
    [
        "/policy set 3.2 quiet 每天 13:00-14:00",
        "/policy set 3.2 level remind",
        "/停用 quiet_hours",
        "/policy mode observe",
        "/policy use eight-rules",
    ],
)
async def test_a_change_of_the_rules_opens_at_once(tmp_path: Path, change: str) -> None:
    async with a_home(tmp_path, pack=HARD) as home:
        await until(home, "03 23:30")
        assert closed(home)
        await home.says(OWNER, change)
        assert not closed(home)


async def test_a_change_of_the_bots_rank_is_used_at_once(tmp_path: Path) -> None:
    async with a_home(tmp_path, pack=HARD) as home:
        home.platform.answers[Act.MUTE_ALL] = Answer(Word.REFUSED, wording="not an admin")
        await until(home, "03 23:01")
        assert not closed(home)
        # Until then it reminds.
        await home.says(PARENT, "还有人吗")
        assert await steps() == ["warn"]
        del home.platform.answers[Act.MUTE_ALL]
        home.house.event(
            home.platform, AdminChanged(BOT, home.clock.now(), CLASS, account(BOT), True)
        )
        await home.settled()
        assert closed(home)


async def test_a_line_that_is_lost_at_the_opening_opens_when_it_is_back(tmp_path: Path) -> None:
    async with a_home(tmp_path, pack=HARD) as home:
        await until(home, "03 23:30")
        home.lose()
        await until(home, "04 07:30")
        assert closed(home)
        home.connect()
        await home.settled()
        assert not closed(home)


async def test_a_clock_that_jumps(tmp_path: Path) -> None:
    async with a_home(tmp_path, pack=HARD) as home:
        for hours, should in ((11.5, True), (20, False), (12.5, True), (-20, False), (35, True)):
            home.clock.move_to(NOON + hours * HOUR)
            await home.settled()
            # Set back, the driven clock wakes nobody; a machine's tick does not wait for it.
            await compare(home.house)
            await home.settled()
            assert closed(home) is should, hours


async def test_where_the_platform_cannot_mute_all_the_doctor_says_so(tmp_path: Path) -> None:
    async with a_home(tmp_path, pack=HARD) as home:
        home.platform.capabilities = Capabilities(frozenset(Act) - {Act.MUTE_ALL})
        await until(home, "03 23:30")
        assert asked(home) == []
        await home.says(PARENT, "还有人吗")
        assert await steps() == ["warn"]
        await home.says(OWNER, "/doctor")
        assert "做不到全员禁言，用到它的条款：3.2" in home.platform.said()[-1]


async def test_the_doctor_says_where_the_holidays_end(tmp_path: Path) -> None:
    async with a_home(tmp_path, pack=HARD) as home:
        await home.says(OWNER, "/doctor")
        assert "chinesecalendar" not in home.platform.said()[-1]
        home.clock.move_to(NOON + 50 * 24 * HOUR)
        await home.settled()
        await home.says(OWNER, "/doctor")
        assert "chinesecalendar" in home.platform.said()[-1]


async def test_a_minute_in_which_nothing_is_to_be_done_asks_no_database(tmp_path: Path) -> None:
    async with a_home(tmp_path, pack=HARD) as home:
        await until(home, "03 23:30")
        async with home.statements() as seen:
            await compare(home.house)
            await home.settled()
        assert seen == []


# -- what is shown ------------------------------------------------------------------------------------


async def test_quiet_shows_the_spans_and_why(tmp_path: Path) -> None:
    async with a_home(tmp_path, pack=SOFT) as home:
        await home.says(PARENT, "/quiet")
        shown = home.platform.said()[-1]
        assert "现在可以说话" in shown
        assert "今天（11月3日 周二）" in shown
        assert "静默 22:00–次日 07:00：每天 22:00-07:00" in shown
        await set_to(home, days="2026-11-04=off")
        await until(home, "03 23:00")
        await home.says(PARENT, "静默", group=None)
        shown = home.platform.whispered(PARENT)[-1]
        assert "现在是静默时间，到 07:00；只提醒" in shown
        assert "明天（11月4日 周三，学校安排，按周末）" in shown
        await home.says(PARENT, "/静默 什么")
        assert "看不懂" in home.platform.said()[-1]


async def test_without_a_clause_there_is_nothing_to_show(tmp_path: Path) -> None:
    async with a_home(tmp_path, pack="kindergarten") as home:
        await home.says(PARENT, "/quiet")
        assert "没有静默时间" in home.platform.said()[-1]
        await home.says(PARENT, "静默", group=None)
        assert "都没有静默时间" in home.platform.whispered(PARENT)[-1]
        await home.says(OWNER, "/启用 quiet_hours")
        await home.says(PARENT, "/quiet")
        assert "周一至周五 22:00-06:30" in home.platform.said()[-1]


async def test_in_private_with_two_groups_one_is_named(tmp_path: Path) -> None:
    async with a_home(tmp_path, pack=SOFT) as home:
        other = CLASS._replace(group_id="2")
        home.platform.join(OWNER, "孙老师", home.platform.groups[CLASS][account(OWNER)].role, other)
        home.platform.join(PARENT, NAMES[PARENT], group=other)
        await home.says(OWNER, f"/policy use {HARD}", group=other)
        await home.says(PARENT, "静默", group=None)
        assert "是哪个群" in home.platform.whispered(PARENT)[-1]
        number = home.house.groups.get(other).id
        await home.says(PARENT, f"静默 {number}", group=None)
        assert "每天 23:00-07:00" in home.platform.whispered(PARENT)[-1]


# -- class time ---------------------------------------------------------------------------------------

IDLE = ("好无聊啊，谁来开黑", "摸鱼中", "中午吃啥", "谁在追剧")
FINE = (
    "这道题怎么做？",
    "老师，打游戏影响视力吗",
    "明天开班会，好困啊",
    "收到",
    "橡皮谁借我一下",
    "我今天发烧，想睡觉",
    "好的，谢谢",
    "周五科技馆集合",
)


@pytest.mark.parametrize("words", [*IDLE, *FINE])
async def test_only_what_relates_to_study_in_class(tmp_path: Path, words: str) -> None:
    async with a_home(tmp_path, pack="student-owner-rules") as home:
        await home.says(PARENT, words)
        await home.advance(3 * HOUR)
        await home.says(ADMIN, words)
        assert await models.Case.all().count() == 0
        await home.says(PARENT, words)
        assert await steps() == (["warn"] if words in IDLE else [])
