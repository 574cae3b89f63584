"""A group that is closed at once, and stays so until somebody opens it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from src.core.chat.events import AdminChanged, GroupMuted
from src.core.chat.port import Act, Answer, Capabilities, Word
from src.core.clock import to_datetime
from src.core.people import Role
from src.core.store import models
from tests.houses import (
    BOT,
    CLASS,
    INSULT,
    OWNER,
    PARENT,
    PARENTS,
    FakePlatform,
    Home,
    a_home,
    account,
)

if TYPE_CHECKING:
    from pathlib import Path

LEADER = PARENTS[2]


def a_leader(home: Home) -> None:
    """The school has a leader who is in the group."""
    home.house.people.grant(CLASS, account(LEADER), Role.LEADER)


async def state() -> str:
    """What the whole mute is."""
    return (await models.WholeMute.get()).state


async def frozen() -> bool:
    """Whether the store has the group frozen."""
    return (await models.Group.get()).frozen_at is not None


async def test_freeze_closes_keeps_and_tells_and_unfreeze_opens(tmp_path: Path) -> None:
    async with a_home(tmp_path, pack="text-only-parents") as home:
        a_leader(home)
        await home.says(PARENT, INSULT)
        await home.says(PARENT, "这是一条要留下来的话" * 10, message_id="kept")
        home.platform.done.clear()
        await home.says(PARENT, "/freeze 我也想")
        assert not await frozen()
        await home.says(OWNER, "/freeze 有人发不当内容", reply_to="kept")
        assert await frozen()
        assert CLASS in home.platform.closed
        request = await models.Request.get(kind="emergency")
        kept = await models.Evidence.filter(request=request).order_by("id").select_related("by")
        assert [one.by.user_id for one in kept if one.by is not None] == [PARENT, PARENT]
        assert all(len(one.value) <= 60 and len(one.digest) == 64 for one in kept)
        assert kept[1].digest == home.house.audit.digest("这是一条要留下来的话" * 10)
        # The group reads one line that says nothing; who froze it and the leader know more.
        (line,) = [text for text in home.platform.said() if "暂停发言" in text]
        assert "不当" not in line
        (alert,) = [text for text in home.platform.whispered(LEADER) if "【紧急】" in text]
        assert "有人发不当内容" in alert
        assert "已冻结" in home.platform.whispered(OWNER)[-1]

        # Once more says only what is so, and keeps what is replied to.
        await home.says(OWNER, "/freeze", reply_to="kept")
        assert len([text for text in home.platform.said() if "暂停发言" in text]) == 1
        assert await models.Evidence.all().count() == 3
        assert await models.Request.filter(kind="emergency").count() == 1

        await home.says(OWNER, f"解冻 {home.group.id}", group=None)
        assert not await frozen()
        assert await state() == "open"
        assert CLASS not in home.platform.closed
        assert "恢复发言" in home.platform.said()[-1]
        request = await models.Request.get(kind="emergency")
        assert (request.state, request.open_key) == ("closed", None)
        assert "已解冻" in home.platform.whispered(LEADER)[-1]
        home.platform.done.clear()
        await home.advance(900)
        assert home.platform.done == []
        await home.says(OWNER, "/unfreeze")
        assert "没有冻结" in home.platform.said()[-1]
        kinds = await models.AuditEntry.all().order_by("id").values_list("kind", flat=True)
        assert [kind for kind in kinds if "freeze" in str(kind)] == ["freeze", "freeze", "unfreeze"]


async def test_quiet_hours_neither_open_a_frozen_group_nor_lose_their_own(tmp_path: Path) -> None:
    async with a_home(tmp_path, pack="text-only-parents") as home:
        await home.says(OWNER, "/启用 quiet_hours")
        number = next(
            clause.number
            for clause in (home.group.policy.clauses if home.group.policy else ())
            if clause.plugin == "quiet_hours"
        )
        await home.says(OWNER, f"/制度 set {number} level mute_all")
        # 12:00 to 21:00, before the hours.
        await home.advance(9 * 3600)
        await home.says(OWNER, "/freeze")
        await home.advance(11 * 3600)
        # The hours have come and gone.
        assert CLASS in home.platform.closed
        await home.advance(14 * 3600)
        # They hold again, at 22:00 of the next day.
        await home.says(OWNER, "/unfreeze")
        assert await state() == "closed"
        assert CLASS in home.platform.closed
        assert "静默时间" in home.platform.whispered(OWNER)[-1]
        await home.advance(11 * 3600)
        assert CLASS not in home.platform.closed


async def test_a_refusal_or_a_lie_is_tried_again(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        a_leader(home)
        home.platform.answers[Act.MUTE_ALL] = Answer(Word.DONE)
        await home.says(OWNER, "/freeze")
        assert await state() == "closing"
        assert "还没有开启" in home.platform.whispered(OWNER)[-1]
        home.platform.answers[Act.MUTE_ALL] = Answer(Word.REFUSED, wording="not an admin")
        await home.advance(1800)
        assert any("没能开启全员禁言" in text for text in home.platform.whispered(LEADER))
        del home.platform.answers[Act.MUTE_ALL]
        # The bot's rank is back.
        home.house.event(
            home.platform, AdminChanged(BOT, home.clock.now(), CLASS, account(BOT), True)
        )
        await home.settled()
        assert (await state(), CLASS in home.platform.closed) == ("closed", True)
        home.platform.answers[Act.MUTE_ALL] = Answer(Word.DONE)
        await home.says(OWNER, "/unfreeze")
        assert await state() == "opening"
        assert "接着试" in home.platform.whispered(OWNER)[-1]
        del home.platform.answers[Act.MUTE_ALL]
        await home.advance(120)
        assert (await state(), CLASS in home.platform.closed) == ("open", False)


async def test_a_kill_or_a_lost_line_loses_nothing(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        # Killed after the row was written, before the platform was asked.
        await models.Group.all().update(frozen_at=to_datetime(home.clock.now()))
        await home.restart()
        await home.advance(60)
        assert (await state(), CLASS in home.platform.closed) == ("closed", True)
        # Another minute does nothing more.
        home.platform.done.clear()
        await home.advance(600)
        assert home.platform.asked(Act.MUTE_ALL) == []
        # A start finds it frozen; killed after `/unfreeze` was written, before the platform was asked.
        await home.restart()
        assert home.group.frozen
        await models.Group.all().update(frozen_at=None)
        await home.restart()
        assert (await state(), CLASS in home.platform.closed) == ("open", False)


async def test_who_opens_it_by_hand_has_decided(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        a_leader(home)
        await home.says(OWNER, "/freeze")
        home.platform.closed.clear()
        home.house.event(
            home.platform, GroupMuted(BOT, home.clock.now(), CLASS, account(OWNER), False)
        )
        await home.advance(86_400)
        assert (await state(), CLASS in home.platform.closed) == ("opened", False)
        told = [text for text in home.platform.whispered(LEADER) if "有人在群里解除" in text]
        assert len(told) == 1
        # A new order is newer than that.
        await home.says(OWNER, "/freeze")
        assert (await state(), CLASS in home.platform.closed) == ("closed", True)
        home.platform.closed.clear()
        home.lose()
        home.connect()
        await home.settled()
        assert await state() == "opened"
        await home.says(OWNER, "/unfreeze")
        assert await state() == "open"
        assert home.platform.asked(Act.MUTE_ALL)[-1].value is True


async def test_what_a_person_closed_before_stays_theirs(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        home.platform.closed.add(CLASS)
        await home.says(OWNER, "/freeze")
        assert "早已有人开启" in home.platform.whispered(OWNER)[-1]
        await home.says(OWNER, "/unfreeze")
        assert "手动开的" in home.platform.whispered(OWNER)[-1]
        assert CLASS in home.platform.closed
        assert home.platform.asked(Act.MUTE_ALL) == []


async def test_a_platform_that_cannot_close_a_group(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        home.platform.capabilities = Capabilities(frozenset(Act) - {Act.MUTE_ALL})
        await home.says(OWNER, "/freeze")
        assert await frozen()
        assert any("暂停发言" in text for text in home.platform.said())
        assert "已在群里请大家暂停发言" in home.platform.whispered(OWNER)[-1]
        assert home.platform.asked(Act.MUTE_ALL) == []
        # Nor says anything there.
        await home.says(OWNER, "/unfreeze")
        home.platform.answers[Act.SAY] = Answer(Word.REFUSED)
        await home.says(OWNER, "/freeze")
        assert "没能发出" in home.platform.whispered(OWNER)[-1]


async def test_what_another_bot_answers_while_the_groups_own_is_away(tmp_path: Path) -> None:
    async with a_home(tmp_path, superusers=(OWNER,)) as home:
        other = FakePlatform(home.clock, "10002")
        other.groups[CLASS].clear()
        home.connect(other)
        home.lose()
        await home.settled()
        await home.says(OWNER, "冻结 1 有急事", group=None, platform=other)
        assert "还没有开启，我会接着试" in other.whispered(OWNER)[-1]
        home.connect()
        await home.settled()
        assert CLASS in home.platform.closed
        home.lose()
        await home.settled()
        await home.says(OWNER, "解冻 1", group=None, platform=other)
        assert "还没能解除，我会接着试" in other.whispered(OWNER)[-1]
        home.connect()
        await home.settled()
        assert CLASS not in home.platform.closed


async def test_private_commands_are_about_the_callers_group(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        await home.says(OWNER, "冻结 有急事", group=None)
        assert CLASS in home.platform.closed
        # Private appeals and reports go on: nothing else is stopped.
        await home.says(PARENT, "我的记录", group=None)
        assert home.platform.whispered(PARENT)
        number = (await models.Request.get(kind="emergency")).number
        await home.says(OWNER, f"确认 {home.group.id}-{number} 处理完了", group=None)
        assert any("还冻结着" in text for text in home.platform.whispered(OWNER))
        await home.says(OWNER, "解冻", group=None)
        assert CLASS not in home.platform.closed
