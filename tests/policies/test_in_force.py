"""Each pack in force in a house: what is said in peace, what is not, the ladder to its end, and an
appeal."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest

from src.core.chat.events import FetchedMessage, Kind, MessageRef, Segment
from src.core.chat.port import Act, Answer, ForwardContent, Word
from src.core.policy import available, compile_policy, load_pack
from src.core.store import models
from tests.houses import (
    AD,
    ADMIN,
    BOT,
    CHILDREN,
    CLASS,
    INSULT,
    NOON,
    OWNER,
    PARENT,
    PARENTS,
    Home,
    a_home,
    account,
)

from .test_packs import REGULATIONS

if TYPE_CHECKING:
    from pathlib import Path

DAY = 86_400
WORDS: dict[tuple[str, str], tuple[str, str | list[Segment]]] = {
    ("text-only-parents", "一.5"): ("看 https://www.smartedu.cn/a", [Segment(Kind.VOICE, "a.amr")]),
    ("text-only-parents", "一.6"): ("收到，谢谢王老师", "王老师，明天几点到校？"),
    ("text-only-parents", "二.1"): ("老师说得对，我们回家再练练", INSULT),
    ("text-only-parents", "二.2"): ("视频在 https://www.smartedu.cn/a", "进来玩 www.bet365vip.com"),
    ("text-only-parents", "二.3"): (
        "作业发到 https://docs.qq.com/sheet/a",
        "不转倒霉三年，快转给十个群",
    ),
    ("text-only-parents", "三.1"): ("明天几点到校？", "在吗\n在吗\n在吗"),
    ("text-only-parents", "三.2"): (
        "校服投票请填 https://www.wjx.cn/vm/a.aspx",
        "http://m.toupiao8.com/s/12",
    ),
    ("text-only-parents", "三.3"): ("听说明天下雨，带好雨具", "人贩子抢孩子了，已经丢了三个孩子"),
    ("appeal-rules", "二.2"): ("谁有数学第三单元的资料？", AD),
    ("appeal-rules", "三.1.1"): ("历史课讲的战争那一节我没听懂", "澳门赌场上线 888.casino"),
    ("appeal-rules", "三.1.2"): ("考试时间以学校通知为准", "人贩子抢孩子了，已经丢了三个孩子"),
    ("appeal-rules", "三.2.1"): ("我不同意你的解法，第二步错了", INSULT),
    ("appeal-rules", "三.2.2"): ("这个意见我不同意，理由如下", "就你聪明是吧，故意挑刺"),
    ("text-only-parents", "一.3"): (
        "教育局的新通知大家看到了吗",
        "昨晚那部电视剧大结局你们看了吗，太好看了",
    ),
    ("appeal-rules", "三.3.1"): ("食堂的红烧肉真香，谁有饭卡的补办流程？", "晒晒我今天的午饭"),
    ("parent-group-rules", "三.4"): (
        "孩子这次考了98分，谢谢老师",
        "期中数学：陈晨98分，赵敏95分，孙强42分",
    ),
    ("parent-group-rules", "四.1"): ("安排我有不同意见，私下和您说", INSULT),
    ("parent-group-rules", "五.1"): ("校服尺码请在群里接龙", AD),
    ("parent-group-rules", "五.2"): ("听说明天下雨，带好雨具", "人贩子抢孩子了，已经丢了三个孩子"),
    ("parent-group-rules", "五.3"): ("道法作业第三课背诵", "入了教就能得救，信主得永生"),
    ("parent-group-rules", "五.4"): ("在吗\n在吗\n在吗", "孩子的情况我想详细说一说。" * 100),
    ("student-owner-rules", "三.1"): ("我觉得你说得不对，再想想", INSULT),
    ("student-owner-rules", "三.1.2"): (
        "我的电话是13800138000",
        "陈晨13800138000，赵敏13900139001",
    ),
    ("student-owner-rules", "三.2"): (
        "历史课讲的战争那一节我没听懂",
        "人贩子抢孩子了，已经丢了三个孩子",
    ),
    ("student-owner-rules", "三.3.1"): ("明天考几门？", "在吗\n在吗\n在吗"),
    ("student-owner-rules", "三.3.2"): ("谁有数学第三单元的资料？", AD),
    ("student-owner-rules", "四.3"): ("班长，这件事我们当面说", "你全家不得好死"),
    ("eight-rules", "1"): ("我觉得你说得不对，再想想", INSULT),
    ("eight-rules", "2"): ("你的看法很有意思", "你全家不得好死"),
    ("eight-rules", "3"): ("明天考几门？", "在吗\n在吗\n在吗"),
    ("eight-rules", "4"): ("考试时间以学校通知为准", "人贩子抢孩子了，已经丢了三个孩子"),
    ("eight-rules", "5"): ("谁有多余的尺子，明天借我用", "二手转让游戏机，九成新"),
    ("eight-rules", "6"): ("地理课讲的火山真有意思", "看黄片加我"),
    ("student-owner-rules", "三.4"): ("这道题上课没听懂，怎么解？", "好无聊啊，谁来开黑"),
    ("parents-daytime", "二.1"): ("校服尺码请在群里接龙", "晒晒我今天的午饭"),
    ("parents-daytime", "二.3"): ("老师，明天几点到校？", "我孩子考了多少"),
    ("parents-daytime", "三.1"): ("安排我有不同意见，私下和您说", INSULT),
    ("parents-daytime", "四.2"): ("视频在 https://www.smartedu.cn/a", AD),
    ("parents-daytime", "四.3"): ("在吗\n在吗\n在吗", [Segment(Kind.IMAGE, "a")] * 21),
    ("parents-daytime", "五"): ("我的电话是13800138000", "陈晨13800138000，赵敏13900139001"),
    ("parents-daytime", "六"): ("明天几点到校？", "大家睡了吗"),
    ("committee-hours", "2.1"): ("我觉得你说得不对，再想想", INSULT),
    ("committee-hours", "2.2"): ("听说明天下雨，带好雨具", AD),
    ("committee-hours", "2.2.2"): ("我的电话是13800138000", "陈晨13800138000，赵敏13900139001"),
    ("committee-hours", "2.3"): ("道法作业第三课背诵", "入了教就能得救，信主得永生"),
    ("committee-hours", "2.4"): ("明天考几门？", "在吗\n在吗\n在吗"),
    ("committee-hours", "3.2"): ("明天几点到校？", "大家睡了吗"),
    ("committee-rules", "二.1"): ("考试时间以学校通知为准", "看黄片加我"),
    ("committee-rules", "二.2"): ("谁有数学第三单元的资料？", AD),
    ("committee-rules", "四.3"): ("班长，这件事我们当面说", "你全家不得好死"),
    ("primary-rules", "一.3"): ("历史课讲的战争那一节我没听懂", "看黄片加我"),
    ("primary-rules", "二.1"): ("我觉得你说得不对，再想想", INSULT),
    ("primary-rules", "二.2"): ("谁有数学第三单元的资料？", AD),
    ("primary-rules", "二.1.2"): ("班长，这件事我们当面说", "你全家不得好死"),
    ("primary-rules", "六.2"): ("听说明天下雨，带好雨具", "人贩子抢孩子了，已经丢了三个孩子"),
    ("primary-rules", "六.3"): ("地理课讲的火山真有意思", "澳门赌场上线 888.casino"),
    ("pingxiang-international", "一.2.1"): (
        "视频在 https://www.smartedu.cn/a",
        "澳门赌场上线 888.casino",
    ),
    ("pingxiang-international", "一.2.3"): ("校服尺码请在群里接龙", "晒晒我今天的午饭"),
    ("pingxiang-international", "一.2.4"): ("安排我有不同意见，私下和您说", INSULT),
    ("pingxiang-international", "一.2.5"): ("在吗\n在吗", "你好呀\n你好呀\n你好呀"),
    ("pingxiang-international", "一.2.6"): (
        "赵敏今天主动打扫教室，表扬",
        "赵敏上课总是讲话，影响别人",
    ),
    ("pingxiang-international", "二.1.6"): (
        "孩子这次考了98分，谢谢老师",
        "期中数学：陈晨98分，赵敏95分，孙强42分",
    ),
    ("pingxiang-international", "二.2.4"): (
        "听说明天下雨，带好雨具",
        "人贩子抢孩子了，已经丢了三个孩子",
    ),
    ("pingxiang-international", "二.2.5"): ("谁有数学第三单元的资料？", AD),
    ("pingxiang-international", "二.2.6"): (
        "在吗\n好的",
        "数学书\n好\n数学书\n好\n数学书\n好\n数学书",
    ),
    ("kindergarten", "一.2"): ("国庆节快乐，祝小朋友们开心", "入了教就能得救，信主得永生"),
    ("kindergarten", "三.2"): ("谢谢老师，辛苦了", INSULT),
    ("kindergarten", "三.3"): ("园里的视频真好看", "进来玩 www.bet365vip.com"),
    ("kindergarten", "三.4"): ("亲子活动我们家报名", "https://www.shuidichou.com/cf/a"),
    ("kindergarten", "三.5"): (
        "我的电话是13800138000",
        "陈晨妈妈13800138000，赵敏爸爸13900139001",
    ),
    ("kindergarten", "五.2"): ("请大家不信谣不传谣", "人贩子抢孩子了，已经丢了三个孩子"),
}
"""(pack, clause) → a message that keeps it, and one that breaks it; a line break: one after another."""

LATER = {
    ("student-owner-rules", "三.4"): 3 * 3600,
    ("parents-daytime", "六"): 11 * 3600,
    ("committee-hours", "3.2"): 12 * 3600,
}
"""How long after noon the message that breaks it is written, where that is what breaks it."""


def judging() -> list[tuple[str, str]]:
    return [
        (name, bound.clause.number)
        for name in available()
        for bound in compile_policy(load_pack(name), version=1, policy_id=None).judging
        # It takes two: see test_parents_who_quarrel and test_a_long_talk_on_one_child. A name is no
        # message: see test_names.
        # What is only told to people is none: see test_due_process.
        if bound.area.name not in ("quarrel", "nickname", "emergency")
        and bound.settings.model_dump().get("looks_for") != ("dwelling",)
        # What is only held is no case: see tests/plugins/media/test_approval.py.
        and not bound.settings.model_dump().get("approval")
    ]


async def cases() -> list[models.Case]:
    return await models.Case.all().order_by("id")


async def a_class(home: Home) -> None:
    """Give the group the roster of its class: the parents' children."""
    roster = await home.house.rosters.link(home.group, "三年级二班")
    for child in CHILDREN:
        await models.Person.create(
            school_class_id=roster.class_id,
            kind="student",
            name=child,
            created_at=home.house.records.now(),
        )
    await home.house.rosters.reload(roster.class_id)
    await home.settled()
    home.platform.done.clear()


async def passes(home: Home, seconds: float) -> None:
    """Let time pass at once, and what is due then be done."""
    home.clock.move_to(home.clock.now() + seconds)
    await home.settled()


async def breaks(home: Home, words: str | list[Segment], who: str = PARENT) -> None:
    for line in words.split("\n") if isinstance(words, str) else [words]:
        await home.says(who, line)


def test_every_clause_that_judges_has_words_here() -> None:
    assert sorted(WORDS) == sorted(judging())


@pytest.mark.parametrize("pack", available())
async def test_each_clause_kept_and_broken(tmp_path: Path, pack: str) -> None:
    mine = {number: words for (name, number), words in WORDS.items() if name == pack}
    async with a_home(tmp_path, pack=pack) as home:
        await a_class(home)
        for number, (kept, _) in mine.items():
            await home.says(PARENT, kept)
            assert await cases() == [], number
            assert not await models.Request.exclude(kind="task").exists()
            assert home.platform.done == []
            await passes(home, 20)
        numbers = sorted(mine, key=lambda one: LATER.get((pack, one), 0))
        for number, parent in zip(numbers, itertools.cycle(PARENTS)):
            if late := LATER.get((pack, number), 0):
                await passes(home, NOON + late - home.clock.now())
            before = await models.Case.all().count()
            home.platform.done.clear()
            await breaks(home, mine[number][1], parent)
            (case,) = (await cases())[before:]
            assert (case.clause, case.state) == (number, "active")
            assert bool(home.platform.asked(Act.WITHDRAW)) is (case.step != "remind")
            told = home.platform.whispered(parent)
            assert len(told) == 1
            assert f"群规 {number}：" in told[0]
            assert "申诉" in told[0]
            # Longer than the brake looks back.
            await passes(home, 660)


@pytest.mark.parametrize(
    ("pack", "words", "steps"),
    [
        ("text-only-parents", [INSULT], ["remove"]),
        ("text-only-parents", ["http://m.toupiao8.com/s/12", AD], ["warn", "remove"]),
        ("appeal-rules", [INSULT, AD, "888.casino"], ["warn", "mute", "remove"]),
        ("kindergarten", [AD, INSULT], ["warn", "remove"]),
        ("kindergarten", ["你全家不得好死"], ["remove"]),
        ("student-owner-rules", ["你全家不得好死"], ["remove"]),
    ],
)
async def test_the_ladder_to_its_end(
    tmp_path: Path, pack: str, words: list[str], steps: list[str]
) -> None:
    async with a_home(tmp_path, pack=pack) as home:
        for word in words:
            await home.says(PARENT, word)
            # Long enough for a mute to end and a new notice to be due.
            if word is not words[-1]:
                await passes(home, 3 * 3600)
        assert [case.step for case in await cases()] == steps
        # Nobody is removed before a manager says so, and speaks no more until then.
        assert not home.platform.asked(Act.REMOVE)
        assert home.platform.muted(PARENT)
        proposal = await models.Request.get(kind="remove", state="open")
        await home.says(ADMIN, f"确认 {proposal.number}")
        assert [done.account for done in home.platform.asked(Act.REMOVE)] == [account(PARENT)]
        assert account(PARENT) not in home.platform.groups[CLASS]


@pytest.mark.parametrize(
    ("pack", "words", "steps", "told"),
    [
        ("parent-group-rules", [INSULT, AD, "不转倒霉三年，快转给十个群"], "warn report report", 2),
        ("student-owner-rules", [INSULT, AD, "在吗\n在吗\n在吗"], "warn mute mute", 0),
        ("eight-rules", [INSULT, AD], "warn report", 1),
        ("eight-rules", ["看黄片加我", "你全家不得好死"], "report mute", 1),
        ("appeal-rules", ["晒晒午饭", "谁来打游戏", "大家早上好"], "remind warn mute", 0),
    ],
)
async def test_a_ladder_that_removes_nobody(
    tmp_path: Path, pack: str, words: list[str], steps: str, told: int
) -> None:
    async with a_home(tmp_path, pack=pack) as home:
        for word in words:
            await breaks(home, word)
            await passes(home, 3 * 3600)
        assert [case.step for case in await cases()] == steps.split()
        # What the managers are told of, the head teacher is to close.
        assert len(home.platform.whispered(ADMIN)) == told
        assert await models.Request.filter(kind="escalation").count() == told
        assert not await models.Request.exclude(kind__in=("task", "escalation")).exists()


@pytest.mark.parametrize("pack", available())
async def test_an_appeal_takes_it_all_back_and_a_short_address_waits_for_a_person(
    tmp_path: Path, pack: str
) -> None:
    async with a_home(tmp_path, pack=pack) as home:
        await home.says(PARENT, AD)
        [first] = await cases()
        await home.says(PARENT, f"申诉 1-{first.number} 这是学校的通知", group=None)
        appeal = await models.Request.get(kind="appeal")
        await home.says(OWNER, f"/复核 {appeal.number} 撤销 是学校的通知")
        assert [case.state for case in await cases()] == ["reversed"]
        # It counts no more: the next is the first again.
        await home.says(PARENT, AD + "！")
        assert [case.step for case in await cases()][1:] == [first.step]
        if pack not in REGULATIONS:
            return
        home.platform.done.clear()
        await home.says(PARENTS[1], "看看 https://t.cn/A6abc")
        assert len(await cases()) == 2
        # Nothing but that the managers are asked.
        assert {done.act for done in home.platform.done} == {Act.WHISPER}
        assert not home.platform.whispered(PARENTS[1])
        waiting = await models.Request.get(kind="review")
        assert "t.cn" not in str(waiting.payload)
        await home.says(ADMIN, f"确认 {waiting.number}")
        assert (await cases())[-1].source == "manual"


@pytest.mark.parametrize(
    ("pack", "after", "taken"),
    [
        ("appeal-rules", 7 * DAY, True),
        ("appeal-rules", 7 * DAY + 60, False),
        ("student-owner-rules", 30 * DAY - 60, True),
        ("kindergarten", 20 * DAY, True),
        ("text-only-parents", 20 * DAY, True),
    ],
)
async def test_how_long_a_pack_lets_people_appeal(
    tmp_path: Path, pack: str, after: float, taken: bool
) -> None:
    async with a_home(tmp_path, pack=pack) as home:
        await home.says(PARENT, AD)
        [case] = await cases()
        await passes(home, after)
        await home.says(PARENT, f"申诉 1-{case.number} 这是学校的通知", group=None)
        assert await models.Request.exists(kind="appeal") is taken
        if not taken:
            assert "11月10日 12:00" in home.platform.whispered(PARENT)[-1]


async def test_a_long_letter_is_no_flood_where_the_regulation_says_nothing_of_it(
    tmp_path: Path,
) -> None:
    async with a_home(tmp_path) as home:
        await home.says(PARENT, "老师，孩子这学期的情况我想详细说一说。" * 100)
        assert await cases() == []


async def test_a_domain_that_a_group_forbids_acts(tmp_path: Path) -> None:
    async with a_home(tmp_path, pack="kindergarten") as home:
        await home.says(PARENT, "https://www.example.cn/a")
        assert await cases() == []
        await home.says(OWNER, "/policy set 三.3 domains_forbidden example.cn")
        await home.says(PARENT, "https://www.example.cn/b")
        assert [case.clause for case in await cases()] == ["三.3"]


async def test_what_a_card_advertises_counts_as_an_advertisement_where_cards_are_out_too(
    tmp_path: Path,
) -> None:
    async with a_home(tmp_path) as home:
        await home.says(PARENT, [Segment(Kind.CARD, "{}")], shown=AD)
        # A forward is one before it is opened.
        inside = FetchedMessage(MessageRef(BOT, None, "1", 0.0), account("1"), (), AD)
        home.platform.answers[Act.OPEN_FORWARD] = Answer(Word.DONE, ForwardContent([inside]))
        await home.says(PARENTS[1], [Segment(Kind.FORWARD, "7615")])
        assert [(case.clause, case.ladder, case.step) for case in await cases()] == [
            ("三.2", "warn-then-remove", "warn")
        ] * 2
        # Neither is withdrawn or told twice.
        assert len(home.platform.asked(Act.WITHDRAW)) == 2
        assert len(home.platform.whispered(PARENTS[1])) == 1


async def test_parents_who_quarrel_are_asked_to_stop_and_then_warned(tmp_path: Path) -> None:
    async with a_home(tmp_path, pack="parent-group-rules") as home:
        for number in range(6):
            await home.advance(10)
            await home.says(PARENTS[number % 2], "你讲不讲理，怎么管孩子的？？")
        (said,) = home.platform.asked(Act.SAY)
        assert "私下" in said.value
        found = {(case.clause, case.step) for case in await cases()}
        assert found == {("四.2", "warn")}
