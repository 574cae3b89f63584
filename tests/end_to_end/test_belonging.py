"""Who belongs, over the real line: who is pulled in, comes, leaves or stays by mistake; how they and the
group are called. One bot for each story; no child's name or number stands in what it prints."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sandbox.fakeqq import GROUP, HEAD_TEACHER, PARENTS, FakeQQ
from src.core.people.tables import write_xlsx

from .conftest import choose, gone

if TYPE_CHECKING:
    from .launcher import BotProcess

HOUR, DAY = 3600.0, 86_400.0
NEWCOMER, PULLED, STRANGER = 5001, 5002, 5003
PUPILS = {
    "张小明": "20260304",
    "李想": "20260305",
    "王雨桐": "20260306",
    "赵子涵": "20260307",
    "陈诺": "20260308",
    "刘洋": "20260309",
}
"""The children of the first six of PARENTS; those of the last two are on no roster."""
GONE_ONE, GONE_OTHER = PARENTS[6:8]
GROUP_NAME = "三年级二班家长群"


async def told(qq: FakeQQ, words: str, part: str) -> str:
    """The head teacher writes to the bot in private; what it answers."""
    before = len(qq.whispered(HEAD_TEACHER))
    await qq.whisper(HEAD_TEACHER, words)
    return await qq.whispers(HEAD_TEACHER, part, after=before)


async def a_class(qq: FakeQQ, plugin: str, title: str, **settings: str) -> None:
    """The group with its roster and one plugin in force, set as the head teacher types it."""
    await choose(qq, "eight-rules")
    await told(qq, "名册 班级 三年级二班", "名册上有 0 人")
    rows = [["学号", "姓名"], *([number, name] for name, number in PUPILS.items())]
    before = len(qq.whispered(HEAD_TEACHER))
    await qq.send_file(HEAD_TEACHER, "名单.xlsx", write_xlsx(rows, title="名单"))
    preview = await qq.whispers(HEAD_TEACHER, "还没有导入", after=before)
    await told(qq, preview.splitlines()[-1], "已导入三年级二班")
    await enable(qq, plugin, title, "附1", **settings)


async def enable(qq: FakeQQ, plugin: str, title: str, clause: str, **settings: str) -> None:
    """A plugin is put in force, and its clause set."""
    await qq.speak(GROUP, HEAD_TEACHER, f"/启用 {plugin}")
    await qq.says(GROUP, f"已启用{title}")
    for name, value in settings.items():
        before = len(qq.said(GROUP))
        await qq.speak(GROUP, HEAD_TEACHER, f"/制度 set {clause} {name} {value}")
        await qq.says(GROUP, "已保存为第", after=before)


async def later(bot: BotProcess, seconds: float) -> None:
    """Time passes at once, as over a machine that slept: levels need no minute in between."""
    await bot.clock(set=bot.now + seconds)


def inside(qq: FakeQQ, user: int) -> bool:
    return user in qq.groups[GROUP].members


def item(text: str, word: str) -> str:
    """A line to copy, such as `确认 1-7`, out of what somebody was told."""
    found = re.search(rf"{word} \d+-\d+", text)
    assert found is not None, text
    return found[0]


def prints_nobody(bot: BotProcess) -> None:
    """Neither a child's name nor a number is in what the process printed."""
    assert bot.output
    for name, number in PUPILS.items():
        assert name not in bot.output
        assert not re.search(rf"\b({number}|{number[-4:]})\b", bot.output)


async def test_who_comes_stays_and_goes(qq: FakeQQ, bot: BotProcess) -> None:
    await a_class(
        qq,
        "join_verification",
        "进群核对",
        verify_within="1h",
        may_leave_silently="否",
        review_every="2d",
    )

    # Pulled in by a member: asked, and who proves it in private stays.
    for user in (PULLED, STRANGER):
        await qq.join(GROUP, user, operator=PARENTS[0], sub_type="invite")
        assert "没有经过申请就进了群" in await qq.whispers(user, "私聊我回复您是谁")
    await qq.whisper(PULLED, "李想妈妈 0305", via_group=GROUP)
    await qq.whispers(PULLED, "身份已核对")

    # Who was let in by an application has a probation: no links.
    await qq.request_join(GROUP, NEWCOMER, "张小明妈妈 0304")
    await later(bot, 5)
    assert inside(qq, NEWCOMER)
    link = await qq.speak(GROUP, NEWCOMER, "大家看看 https://www.example.com/a")
    hello = await qq.speak(GROUP, NEWCOMER, "大家好，我是新来的")
    await qq.whispers(NEWCOMER, "您刚进群")
    await bot.idle()
    assert gone(qq) == {link}
    assert hello in qq.messages

    # Who proves nothing goes up the ladder, and ends as a proposal that a person decides.
    for _ in range(3):
        await later(bot, HOUR + 60)
    proposal = await qq.whispers(HEAD_TEACHER, str(STRANGER))
    assert "移出" in proposal
    assert inside(qq, STRANGER)
    assert inside(qq, PULLED)
    assert not any("核对身份" in said for said in qq.whispered(PULLED)[2:])
    await qq.whisper(HEAD_TEACHER, item(proposal, "确认"))
    await later(bot, 5)
    assert not inside(qq, STRANGER)

    # Leaving: why reaches the head teacher, not the group; who says nothing is told of at six.
    await qq.whisper(PARENTS[5], "/退群 孩子转学了", via_group=GROUP)
    await qq.whispers(HEAD_TEACHER, "孩子转学了")
    await qq.leave(GROUP, PARENTS[5])
    await qq.leave(GROUP, PARENTS[4])
    await bot.idle()
    await later(bot, 3 * HOUR)
    left = await qq.whispers(HEAD_TEACHER, "没有说明原因就退了群")
    assert str(PARENTS[4]) in left
    assert str(PARENTS[5]) not in left
    assert not any("转学" in said for said in qq.said(GROUP))

    # The review: a list that a person confirms; whoever became an admin meanwhile stays.
    await later(bot, 2 * DAY)
    listed = await qq.whispers(HEAD_TEACHER, "定期核对成员")
    shown = listed.partition("不在名册上")[2].partition("\n")[0]
    assert set(re.findall(r"（(\d+)）", shown)) >= {str(GONE_ONE), str(GONE_OTHER)}
    assert str(NEWCOMER) not in shown
    assert str(PULLED) not in shown
    assert inside(qq, GONE_ONE)
    await qq.promote(GROUP, GONE_ONE, admin=True)
    await qq.whisper(HEAD_TEACHER, item(listed, "确认"))
    await later(bot, 5)
    await qq.whispers(HEAD_TEACHER, "没有移出")
    assert inside(qq, GONE_ONE)
    assert not inside(qq, GONE_OTHER)
    assert all(inside(qq, user) for user in (NEWCOMER, PULLED, *PARENTS[:4]))
    prints_nobody(bot)


async def test_names_and_the_groups_own_face(qq: FakeQQ, bot: BotProcess) -> None:
    bound, unbound, joker = PARENTS[:3]
    await a_class(qq, "nickname", "群昵称", auto_fix="是")
    await told(qq, f"名册 绑定 {bound} 张小明 妈妈", "好的")
    await enable(qq, "group_profile", "群资料", "附2", post="是")
    await later(bot, HOUR)

    # A wrong name: who is known has it set, twice at most; who is not is told what is right.
    for tries in (1, 2, 3):
        qq.set_card(GROUP, bound, f"爱笑{tries}")
        await qq.speak(GROUP, bound, "收到")
        qq.set_card(GROUP, unbound, "云淡风轻")
        await qq.speak(GROUP, unbound, "收到")
        await bot.idle()
        await later(bot, 900)
        await later(bot, 60)
        fixed = [call for call in qq.received if call.action == "set_group_card"]
        assert [call.params["user_id"] for call in fixed] == [bound] * min(tries, 2)
    assert qq.member(GROUP, bound).card == "爱笑3"
    assert "张小明妈妈" in await qq.whispers(bound, "已经帮您把群昵称改成")
    assert "张小明妈妈" in await qq.whispers(unbound, "请改成")
    assert str(bound) in await qq.whispers(HEAD_TEACHER, "改过两次群昵称")
    assert not any("云淡风轻" in said for said in qq.said(GROUP))

    # A member's name for the group does not stay.
    await qq.rename(GROUP, joker, "三二班快乐星球")
    await qq.until(lambda: qq.groups[GROUP].name == GROUP_NAME)
    await qq.whispers(HEAD_TEACHER, "已改回")
    await qq.whispers(joker, "群名")

    # The rules stand in the announcement, once, after a restart and another's announcement too.
    posted = qq.groups[GROUP].announcements
    assert len(posted) == 1
    assert "班级群八条" in posted[0]
    posted.insert(0, "明天春游，请带水")
    await qq.disconnect()
    await bot.restart()
    await qq.connect()
    for _ in range(2):
        await later(bot, 6 * HOUR + 60)
    assert len(posted) == 2
    prints_nobody(bot)
