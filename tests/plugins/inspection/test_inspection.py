"""Inspection as a school meets it: in a house in the process."""

from __future__ import annotations

import asyncio
from datetime import timedelta
import io
import stat
import sys
from typing import TYPE_CHECKING, Any
from unittest import mock

from openpyxl import load_workbook
import pytest

from src.cli import main
from src.core.chat.events import GroupKey, Member, PlatformRole
from src.core.chat.port import Act, Answer, Capabilities, Word
from src.core.clock import to_datetime
from src.core.config import QunguiConfig
from src.core.people import Role
from src.core.policy import compile_policy
from src.core.policy.pack import Pack
from src.core.store import models
from src.core.store.rows import account_row
from src.plugins.inspection.gather import Seen, Stored, put_together
from src.plugins.inspection.settings import InspectionSettings
from tests.houses import (
    ADMIN,
    BOT,
    CLASS,
    INSULT,
    NOON,
    OWNER,
    PARENT,
    PARENTS,
    FakePlatform,
    Home,
    a_home,
    account,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

HOUR, DAY = 3600.0, 86_400.0
LEADER, OTHER_HEAD = "700", "701"
OTHER = GroupKey("qq", "2")
MONDAY = NOON + 5 * DAY + 20 * HOUR
"""Monday 9 November 2026, 08:00 in Shanghai."""
SUNDAY = NOON + 5 * DAY + 7 * HOUR
"""Sunday 8 November 2026, 19:00 in Shanghai."""


async def asks(home: Home, user: str, text: str, group: GroupKey | None = None) -> str:
    """Somebody writes; what they are told in private."""
    before = len(home.platform.whispered(user))
    await home.says(user, text, group=group)
    await done(home)
    return "\n".join(home.platform.whispered(user)[before:])


async def done(home: Home) -> None:
    """What runs outside the lines is over, too."""
    await home.settled()
    running = home.house.tasks._running
    while others := [one for one in running if one.get_name() != "house:tick"]:
        await asyncio.wait(others)
        await home.settled()


async def leap(home: Home, moment: float) -> None:
    """Let the time up to a moment pass at once, to the next minute's tick."""
    home.clock.move_to(moment)
    await home.settled()
    await done(home)


async def lead(home: Home, user: str = LEADER) -> None:
    """Make somebody a leader of the school."""
    home.platform.join(user, "校长")
    await home.says(OWNER, f"/角色 {user} 校领导")
    assert home.platform.said()[-1].startswith("已设"), home.platform.said()[-1]


def spoke(home: Home, days: dict[str, float]) -> None:
    """How many days ago members last spoke; all others just now."""
    for one in home.platform.groups[CLASS]:
        ago = days.get(one.user_id, 0.0)
        home.platform.change(one.user_id, last_spoke=home.clock.now() - ago * DAY, joined=1.0)


async def test_the_head_teacher_sees_the_own_group_and_a_parent_does_not(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        await home.says(OWNER, f"/角色 {OWNER} 班主任")
        await home.says(OWNER, f"/角色 {ADMIN} 老师")
        home.clock.move_to(NOON + 40 * DAY)
        await home.settled()
        spoke(home, {ADMIN: 40, PARENT: 91, PARENTS[1]: 89})
        await home.says(PARENTS[2], INSULT)
        told = await asks(home, OWNER, "/巡检", CLASS)
        assert told.splitlines()[1].startswith("· 制度：《")
        assert "· 成员 11 人，机器人是管理员" in told
        assert "· 班主任：孙老师" in told
        assert "· 近 30 天案件 1 件（" in told
        assert "✗ 30 天没有露面的管理者：老师 何老师" in told
        assert "· 90 天没有说话的成员 1 人：陈晨妈妈(101)" in told
        # What they decided is a sign of life, whatever they said.
        (case,) = await models.Case.all()
        await home.says(ADMIN, f"/撤销 {case.number} 误判")
        spoke(home, {ADMIN: 40})
        told = await asks(home, OWNER, "巡检")
        assert "没有露面" not in told
        assert "判错 1 件" in told
        assert home.platform.said()[-1] != told
        said = len(home.platform.said())
        await home.says(PARENT, "/巡检")
        assert len(home.platform.said()) == said + 1
        assert "巡检" not in home.platform.said()[-1]
        # A parent may own the group on the platform.
        home.platform.change(PARENT, role=PlatformRole.OWNER)
        await home.says(PARENT, "/巡检")
        assert home.platform.said()[-1] == "只有班主任能看本群的巡检。"


async def test_a_leader_sees_all_groups_and_gets_the_file(tmp_path: Path) -> None:
    async with a_home(tmp_path, superusers=(OWNER,)) as home:
        await lead(home)
        home.platform.join(OTHER_HEAD, "李老师", PlatformRole.OWNER, group=OTHER)
        home.platform.join(BOT, "助手", group=OTHER)
        home.platform.names[OTHER] = "四年级一班"
        home.connect()
        await home.says(OTHER_HEAD, "早", group=OTHER)
        await home.says(OTHER_HEAD, "/policy use text-only-parents", group=OTHER)
        await home.says(OTHER_HEAD, f"/角色 {OTHER_HEAD} 班主任", group=OTHER)
        home.platform.capabilities = Capabilities(frozenset(Act) - {Act.MUTE})
        spoke(home, {PARENT: 200})
        # Groups are read side by side: a platform may let each of them wait.
        at_once, most, members = 0, 0, home.platform.members

        async def slow(group: GroupKey) -> Answer[Sequence[Member]]:
            nonlocal at_once, most
            at_once += 1
            most = max(most, at_once)
            for _ in range(20):
                await asyncio.sleep(0)
            at_once -= 1
            return await members(group)

        with mock.patch.object(home.platform, "members", slow):
            told = await asks(home, LEADER, "巡检")
        assert most == 2
        assert told.startswith("【学校巡检】2 个群")
        assert "没有指定班主任：三年级二班" in told
        assert "机器人不是管理员：四年级一班" in told
        assert "平台做不到：三年级二班（禁言）" in told
        assert "审计链：" in told
        assert "表格 巡检-1-2026-11-03.xlsx 已发给您。" in told
        ((who, name, content),) = home.platform.sent
        assert (who.user_id, name) == (LEADER, "巡检-1-2026-11-03.xlsx")
        book = load_workbook(io.BytesIO(content))
        everything = str([list(one.values) for one in book.worksheets])
        assert [row[0] for row in book["各群"].iter_rows(min_row=2, values_only=True)] == [
            "三年级二班",
            "四年级一班",
        ]
        assert "陈晨" not in told + everything

        # One group by its number; who is silent there is the head teacher's to know.
        one = await asks(home, OWNER, "巡检 1")
        assert one.startswith("【巡检】三年级二班")
        assert "陈晨" not in one
        assert "这条命令由班主任" in await asks(home, PARENT, "巡检 1")


async def test_where_no_file_can_be_sent_it_lies_on_the_server(tmp_path: Path) -> None:
    async with a_home(tmp_path, superusers=(OWNER,)) as home:
        home.house.root = tmp_path
        home.platform.answers[Act.SEND_FILE] = Answer(Word.REFUSED, wording="打开文件失败")
        told = await asks(home, OWNER, "巡检")
        place = "data/inspections/巡检-1-2026-11-03.xlsx"
        assert f"表格没能发给您（所接的程序发不了文件），在服务器的 {place}。" in told
        assert stat.S_IMODE((tmp_path / place).stat().st_mode) == 0o600
        home.platform.answers.clear()
        home.platform.capabilities = Capabilities(frozenset(Act) - {Act.SEND_FILE})
        assert "（这个平台发不了文件）" in await asks(home, OWNER, "巡检")
        (tmp_path / "file").write_text("")
        home.house.root = tmp_path / "file"
        assert "表格没能发给您（这个平台发不了文件）。" in await asks(home, OWNER, "巡检")


async def test_the_school_is_inspected_once_for_each_due_moment(tmp_path: Path) -> None:
    settings: dict[str, Any] = {"inspection": {"keep": 2}}
    async with a_home(tmp_path, settings=settings, superusers=(OWNER,)) as home:
        home.house.root = tmp_path
        folder = tmp_path / "data/inspections"
        await lead(home)
        await leap(home, MONDAY - 60)
        # What was due before the school was first seen is not made up for.
        assert home.platform.sent == []
        home.platform.answers[Act.FETCH_MEMBER] = Answer(Word.UNKNOWN)
        await leap(home, MONDAY + 60)
        (told,) = [one for one in home.platform.whispered(LEADER) if "学校巡检" in one]
        assert "平台没有回答，情况不知道：三年级二班" in told
        assert "在服务器的 data/inspections/巡检-1-2026-11-09.xlsx" in told
        assert [one[0].user_id for one in home.platform.sent] == [LEADER]
        assert await models.AuditEntry.filter(kind="inspection").count() == 1
        await leap(home, MONDAY + DAY)
        assert len(home.platform.sent) == 1

        # Of what was missed in a downtime the last is made up for, once, when somebody can be told.
        home.lose()
        await leap(home, MONDAY + 22 * DAY)
        assert len(list(folder.iterdir())) == 1
        home.connect()
        await leap(home, MONDAY + 22 * DAY + 120)
        assert len([one for one in home.platform.whispered(LEADER) if "学校巡检" in one]) == 2
        home.platform.answers.clear()
        for week in range(4, 6):
            await leap(home, MONDAY + week * 7 * DAY + 60)
        assert [one.name for one in sorted(folder.iterdir())] == [
            "巡检-1-2026-12-07.xlsx",
            "巡检-1-2026-12-14.xlsx",
        ]


async def test_without_a_leader_the_superusers_are_told(tmp_path: Path) -> None:
    async with a_home(tmp_path, superusers=(OWNER,)) as home:
        await leap(home, MONDAY - 60)
        await leap(home, MONDAY + 60)
        assert "学校巡检" in home.platform.whispered(OWNER)[-1]
        assert [one[0].user_id for one in home.platform.sent] == [OWNER]


async def test_one_group_that_fails_holds_up_no_other(tmp_path: Path) -> None:
    async with a_home(tmp_path, superusers=(OWNER,)) as home:
        # Nothing is known of it but that somebody spoke.
        await home.says(PARENT, "早", group=OTHER)
        broken = mock.patch.object(home.platform, "members", side_effect=RuntimeError("x"))
        with broken:
            await leap(home, MONDAY - 60)
            await leap(home, MONDAY + 60)
        assert "有 2 个群这次没有读到" in home.platform.whispered(OWNER)[-1]
        home.platform.join(BOT, "助手", PlatformRole.ADMIN, group=OTHER)
        home.platform.names[OTHER] = "四年级一班"
        assert "没有制度：四年级一班" in await asks(home, OWNER, "巡检")


def pack(**settings: Any) -> Pack:
    clause = {"number": "1", "text": "定期查看。", "plugin": "inspection", "settings": settings}
    return Pack.from_content({"name": "p", "title": "班规", "version": 1, "clause": [clause]})


async def begin(home: Home, **settings: Any) -> None:
    """Put a clause in force in the class group now."""
    policy = home.group.policy
    assert policy is not None
    home.group.policy = compile_policy(pack(**settings), version=2, policy_id=policy.policy_id)


async def tasks() -> list[models.Request]:
    return await models.Request.filter(kind="task").order_by("id")


async def test_the_digest_and_the_task_about_the_silent(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        await home.says(OWNER, f"/角色 {OWNER} 班主任")
        await begin(home, digest="周日 19:00")
        spoke(home, {PARENT: 100})
        await leap(home, SUNDAY - 60)
        assert await tasks() == []
        await leap(home, SUNDAY + 660)
        digest, task = home.platform.whispered(OWNER)[-2:]
        assert "· 90 天没有说话的成员 1 人：陈晨妈妈(101)" in digest
        assert "有 1 位成员 90 天没有说话" in task
        assert "陈晨" not in task
        assert account(PARENT) in home.platform.groups[CLASS]
        (row,) = await tasks()
        assert f"1-{row.number}" in task
        assert "陈晨" not in str(row.payload)
        assert row.payload["inactive"] != [PARENT]

        # Once a week; about the same people no second task, about others one.
        before = len(home.platform.whispered(OWNER))
        await leap(home, SUNDAY + DAY)
        assert len(home.platform.whispered(OWNER)) == before
        await home.says(OWNER, f"/完成 {row.number}")
        spoke(home, {PARENT: 100})
        await leap(home, SUNDAY + 7 * DAY + 660)
        assert len(await tasks()) == 1
        spoke(home, {PARENT: 100, PARENTS[1]: 95})
        await leap(home, SUNDAY + 14 * DAY + 660)
        assert len(await tasks()) == 2
        # WeChat and others do not say who spoke when: nobody is silent then.
        for one in home.platform.groups[CLASS]:
            home.platform.change(one.user_id, last_spoke=None)
        await leap(home, SUNDAY + 21 * DAY + 660)
        (digest,) = [one for one in home.platform.whispered(OWNER)[-2:] if "【巡检】" in one]
        assert "平台不告诉谁多久没说话" in digest


async def test_what_was_due_before_a_policy_is_not_owed_and_nothing_while_offline(
    tmp_path: Path,
) -> None:
    async with a_home(tmp_path) as home:
        await home.says(OWNER, "/启用 inspection")
        policy = home.group.policy
        assert policy is not None
        assert "inspection" in policy.plugins
        await leap(home, NOON + 700)
        assert "巡检" not in "".join(home.platform.whispered(OWNER))
        home.lose()
        await leap(home, SUNDAY + 660)
        assert "巡检" not in "".join(home.platform.whispered(OWNER))
        # A platform that does not answer does not say whom to tell.
        home.connect()
        home.platform.answers[Act.FETCH_MEMBER] = Answer(Word.UNKNOWN)
        await leap(home, SUNDAY + 1320)
        assert "巡检" not in "".join(home.platform.whispered(OWNER))
        home.platform.answers.clear()
        # The platform's owner, where the school named nobody who is still there.
        home.house.people.grant(CLASS, account(PARENT), Role.HEAD_TEACHER)
        await home.leaves(PARENT)
        await leap(home, SUNDAY + 1980)
        assert "巡检" not in "".join(home.platform.whispered(PARENT))
        assert home.platform.whispered(OWNER)[-1].startswith("【巡检】")


def test_settings_are_read_and_written() -> None:
    settings = InspectionSettings.model_validate({"digest": "Sun 19:00", "inactive": "60d"})
    assert (settings.digest, settings.inactive) == ("周日 19:00", 60 * DAY)
    assert InspectionSettings.model_validate({"digest": "关"}).weekly is None
    for wrong in ({"digest": "有空时"}, {"digest": "周八 10:00"}, {"inactive": "1d"}):
        with pytest.raises(ValueError, match=r"digest|inactive"):
            InspectionSettings.model_validate(wrong)
    with pytest.raises(ValueError, match="要写成 周一 08:00"):
        QunguiConfig.model_validate({"inspection": {"when": "有空时"}})


@pytest.mark.parametrize(
    ("row", "mode", "gone"),
    [
        ({}, "enforce", False),
        ({"mode": "observe"}, "observe", False),
        ({"mode": "observe", "paused_until": to_datetime(NOON + 1)}, "paused", False),
        ({"paused_until": to_datetime(NOON - 1)}, "enforce", False),
        ({"frozen_at": to_datetime(NOON - 1), "paused_until": to_datetime(NOON + 1)}, "frozen", False),
        ({"left_at": to_datetime(NOON), "bot": ""}, "enforce", True),
    ],
)  # fmt: skip
def test_the_mode_of_a_group(row: dict[str, Any], mode: str, gone: bool) -> None:
    fields = {"id": 1, "namespace": "qq", "group_id": "1", "bot": BOT, "school_id": 1} | row
    stored = Stored(models.Group(**fields), None, None, (), (), 0, (), frozenset())
    seen = Seen([], account(BOT), (), frozenset())
    state = put_together(stored, seen, InspectionSettings(), NOON, online=True)
    assert (state.mode, state.gone) == (mode, gone)
    # Nobody says when they spoke: not known, which is not nobody.
    assert (state.unseen, state.inactive) == (None, None)


@pytest.mark.parametrize(
    ("roles", "own"),
    [
        ((PlatformRole.OWNER, PlatformRole.MEMBER), PlatformRole.MEMBER),
        # WeChat tells nobody's.
        ((PlatformRole.MEMBER, PlatformRole.MEMBER), None),
    ],
)
def test_the_bots_role_is_not_known_where_nobodys_is(
    roles: tuple[PlatformRole, ...], own: PlatformRole | None
) -> None:
    row = models.Group(id=1, namespace="wx", group_id="1", bot=BOT, school_id=1)
    members = [
        Member(account(user), user, role) for user, role in zip((OWNER, BOT), roles, strict=True)
    ]
    seen = Seen(members, account(BOT), (), frozenset())
    stored = Stored(row, None, None, (), (), 0, (), frozenset())
    state = put_together(stored, seen, InspectionSettings(), NOON, online=True)
    assert state.live is not None
    assert state.live.role is own


async def test_what_waits_too_long_and_what_people_found_wrong(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        now = home.house.records.now()
        who = await account_row(account(PARENT))

        async def case(number: int, state: str, **more: Any) -> models.Case:
            fields: dict[str, Any] = {
                "group_id": 1,
                "account": who,
                "number": 100 + number,
                "clause": "二.1",
                "state": state,
                "plugin": "p",
                "step": "warn",
                "source": "auto",
                "live_until": now,
                "created_at": now - timedelta(days=number),
            }
            return await models.Case.create(**(fields | more))

        async def request(number: int, kind: str, **more: Any) -> None:
            fields: dict[str, Any] = {"group_id": 1, "number": 200 + number, "kind": kind}
            fields["created_at"] = now - timedelta(days=number)
            await models.Request.create(**(fields | more))

        late = await case(1, "suspended")
        await case(2, "reversed", closed_by=who)
        # By the silence of those who were to decide, not by a person.
        await case(3, "reversed")
        upheld = await case(4, "active")
        await case(31, "reversed", closed_by=who)
        await case(5, "reversed", closed_by=who, observed=True)
        await request(6, "appeal", case=late, expires_at=now + timedelta(days=1))
        await request(7, "join", expires_at=now - timedelta(hours=1))
        await request(1, "join", expires_at=now + timedelta(hours=1), level=2)
        await request(2, "appeal", case=upheld, state="upheld", decided_by=who)
        told = await asks(home, OWNER, "/巡检", CLASS)
        assert "没办完 3 件（入群申请 2 件、申诉 1 件），最久：7 天" in told
        assert "✗ 过了期限 2 件" in told
        assert "案件 4 件（二.1 4 件）" in told
        assert "人看过 2 件，判错 1 件（二.1：2 件里错 1 件）" in told


def test_the_command_line_writes_what_the_store_has(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    def run(name: str) -> object:
        with (
            mock.patch("src.inspections.home", return_value=tmp_path),
            mock.patch("src.inspections.read_settings", return_value=QunguiConfig()),
            mock.patch.object(sys, "argv", ["qungui", "inspect", name]),
            pytest.raises(SystemExit) as end,
        ):
            main()
        return end.value.code

    assert run("各群.xlsx") == 0
    assert "0 个群" in capsys.readouterr().out
    assert stat.S_IMODE((tmp_path / "各群.xlsx").stat().st_mode) == 0o600
    assert load_workbook(tmp_path / "各群.xlsx")["各群"].max_row == 1
    assert run("各群.xlsx") == 1
    assert "不能写" in capsys.readouterr().err
    assert run("各群.csv") == 1
    assert ".xlsx" in capsys.readouterr().err


async def test_a_platform_of_two_bots_is_asked_by_the_groups_own(tmp_path: Path) -> None:
    async with a_home(tmp_path, superusers=(OWNER,)) as home:
        other = FakePlatform(home.clock, bot="10002")
        home.connect(other)
        await home.settled()
        home.lose()
        await home.settled()
        await home.says(OWNER, "巡检", group=None, platform=other)
        await done(home)
        assert "机器人没有连上，情况不知道：三年级二班" in other.whispered(OWNER)[-1]
