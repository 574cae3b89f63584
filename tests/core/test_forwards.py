"""What a message shows besides its text is judged too, and what a forward holds joins the case."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from src.core.chat.events import (
    Account,
    BotRemoved,
    FetchedMessage,
    FileReceived,
    Kind,
    MessageReceived,
    MessageRef,
    Segment,
)
from src.core.chat.port import Act, Answer, ForwardContent, Word
from src.core.forwards import AT_ONCE, WAITING
from src.core.guard import Unopened
from src.core.people import Rank
from src.core.policy import Pack, compile_policy
from src.core.store import models
from tests.houses import (
    AD,
    ADMIN,
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
    from collections.abc import AsyncIterator, Sequence
    from pathlib import Path

OTHER = PARENTS[1]
ANONYMOUS = "1094950020"
"""Whom QQ names as the author of a forwarded message."""
FORWARD = [Segment(Kind.FORWARD, "7615")]
CARD = [Segment(Kind.CARD, "{}")]
OFFER, CONTACT = "名师小班", "加微信abc12345"
"""An advertisement together, nothing alone."""
DOUBTFUL = "严禁卖淫嫖娼"
"""A grave term in a warning: a person looks at it."""
RUMOUR = "央视曝光这种零食致癌"


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[Home]:
    async with a_home(tmp_path) as one:
        # What cards and forwards say is looked at here, not that they are sent.
        await one.says(OWNER, "/停用 media")
        one.platform.done.clear()
        yield one


async def cases() -> list[models.Case]:
    return await models.Case.all().order_by("id").select_related("account")


def holds(home: Home, *texts: str, shown: str = "") -> None:
    """Every forward holds these messages, of an author whom the platform made up."""
    ref = MessageRef(BOT, None, "1", 0.0)
    home.platform.answers[Act.OPEN_FORWARD] = Answer(
        Word.DONE,
        ForwardContent(
            [
                FetchedMessage(
                    ref, account(ANONYMOUS), (Segment(Kind.TEXT, text),), text, shown, ("a.test",)
                )
                for text in texts
            ]
        ),
    )


def numbers(case: models.Case) -> list[str]:
    return [clause["number"] for clause in case.clauses]


# -- what is shown --------------------------------------------------------------------------------


async def test_a_card_is_judged_by_what_it_shows(home: Home) -> None:
    assert not await home.says(PARENT, CARD, shown=AD)
    (case,) = await cases()
    assert case.account.user_id == PARENT
    assert case.clause == "三.2"
    assert case.excerpt
    assert case.excerpt in AD
    assert len(home.platform.asked(Act.WITHDRAW)) == 1


async def test_an_innocent_card_is_left_alone(home: Home) -> None:
    assert await home.says(PARENT, CARD, shown="[腾讯文档] 三年级二班春游报名表")
    assert await cases() == []


async def test_text_and_card_do_not_make_one_word(home: Home) -> None:
    assert await home.says(PARENT, [Segment(Kind.TEXT, "傻"), *CARD], shown="逼真的画")
    # A slur counts near whom it is aimed at, and a card's is not aimed by the text.
    assert await home.says(PARENT, [Segment(Kind.TEXT, "问一下你们"), *CARD], shown="垃圾怎么分类")
    assert await cases() == []
    # Text and card are one person's word, so signals of an advertisement add up.
    assert await home.says(OTHER, CONTACT)
    assert await home.says(OTHER, CARD, shown=OFFER)
    assert not await home.says(PARENT, [Segment(Kind.TEXT, CONTACT), *CARD], shown=OFFER)
    (case,) = await cases()
    assert case.clause == "三.2"
    assert OFFER in case.excerpt
    assert "\n" not in case.excerpt


async def test_the_authors_text_is_judged_as_before_where_a_card_follows(home: Home) -> None:
    assert not await home.says(PARENT, [Segment(Kind.TEXT, INSULT), *CARD], shown="题目")
    (case,) = await cases()
    assert INSULT.startswith(case.excerpt.partition("。")[0])


async def test_commands_are_read_from_the_authors_text_only(home: Home) -> None:
    assert await home.says(ADMIN, CARD, shown=f"/mute {PARENT}")
    assert await home.says(ADMIN, FORWARD, shown="/rules")
    assert home.platform.done == []


async def test_the_platforms_robots_are_neither_judged_nor_obeyed(home: Home) -> None:
    assert await home.says(ADMIN, INSULT, by_robot=True)
    assert await home.says(ADMIN, f"/mute {PARENT}", by_robot=True)
    assert await home.says(ADMIN, FORWARD, by_robot=True)
    assert home.platform.done == []
    assert await cases() == []


async def test_a_robot_that_the_member_list_names_is_one_too(home: Home) -> None:
    members = home.platform.groups[CLASS]
    members[account(PARENT)] = replace(members[account(PARENT)], is_robot=True)
    home.group.read_at = 0.0
    await home.says(OTHER, AD)  # What has a finding has the members read anew.
    assert home.group.robots == {account(PARENT)}
    assert await home.says(PARENT, INSULT)
    assert [case.account.user_id for case in await cases()] == [OTHER]


async def test_a_file_is_judged_once_though_it_is_told_twice(home: Home) -> None:
    now = home.clock.now()
    name = "你就是个傻逼.docx"
    home.house.event(home.platform, FileReceived(BOT, now, CLASS, account(PARENT), "/1", name, 9))
    await home.says(PARENT, [Segment(Kind.FILE, "/1")], shown=name)
    home.house.event(home.platform, FileReceived(BOT, now, CLASS, account(PARENT), "/1", name, 9))
    await home.settled()
    assert len(await cases()) == 1


# -- forwards -------------------------------------------------------------------------------------


async def test_a_forward_is_opened_and_its_sender_answers_for_it(home: Home) -> None:
    holds(home, "早上好", AD)
    assert await home.says(PARENT, FORWARD)
    (case,) = await cases()
    assert (case.account.user_id, case.clause) == (PARENT, "三.2")
    assert "早上好" not in case.excerpt
    assert len(home.platform.asked(Act.WITHDRAW)) == 1
    assert [done.value for done in home.platform.asked(Act.OPEN_FORWARD)] == ["7615"]
    assert not await models.Account.exists(user_id=ANONYMOUS)


async def test_words_of_different_authors_do_not_add_up(home: Home) -> None:
    holds(home, OFFER, CONTACT)
    await home.says(PARENT, FORWARD)
    holds(home, "问一下你们", "垃圾怎么分类")
    await home.says(PARENT, FORWARD)
    assert await cases() == []
    holds(home, f"{OFFER}，{CONTACT}")
    await home.says(PARENT, FORWARD)
    assert len(await cases()) == 1


async def test_a_card_in_a_forward_is_read_too(home: Home) -> None:
    holds(home, "", shown=AD)
    await home.says(PARENT, FORWARD)
    assert [case.clause for case in await cases()] == ["三.2"]


async def test_what_a_forward_holds_is_no_second_message(home: Home) -> None:
    holds(home, "早上好")
    # Three times the same would be flooding.
    for _ in range(2):
        await home.says(PARENT, FORWARD)
    assert await cases() == []
    assert len(home.platform.asked(Act.OPEN_FORWARD)) == 2


@pytest.mark.parametrize("word", [Word.REFUSED, Word.UNKNOWN, Word.DONE])
async def test_a_forward_that_cannot_be_opened_is_tried_once(home: Home, word: Word) -> None:
    home.platform.answers[Act.OPEN_FORWARD] = Answer(word)
    assert await home.says(PARENT, FORWARD)
    await home.advance(600)
    assert await cases() == []
    assert len(home.platform.asked(Act.OPEN_FORWARD)) == 1


async def test_what_came_along_is_not_asked_for(home: Home) -> None:
    assert not await home.says(PARENT, FORWARD, shown=AD)
    assert home.platform.asked(Act.OPEN_FORWARD) == []
    assert len(await cases()) == 1


async def test_where_nobody_reads_content_nothing_is_opened(home: Home) -> None:
    content = {
        "name": "flood",
        "title": "刷屏",
        "version": 1,
        "ladder": {"warn": {"steps": ["warn"]}},
        "clause": [{"number": "1", "text": "不刷屏。", "plugin": "anti_flood", "ladder": "warn"}],
    }
    home.group.policy = compile_policy(Pack.from_content(content), version=2, policy_id=None)
    await home.says(PARENT, FORWARD)
    home.group.policy = None
    await home.says(PARENT, FORWARD)
    assert home.platform.asked(Act.OPEN_FORWARD) == []


async def test_a_teachers_forward_leads_to_one_private_word(home: Home) -> None:
    holds(home, INSULT, AD)
    await home.says(ADMIN, FORWARD)
    (case,) = await cases()
    assert case.step == "word"
    assert numbers(case) == ["二.1", "三.2"]
    assert len(home.platform.whispered(ADMIN)) == 1
    assert home.platform.asked(Act.WITHDRAW) == []


class Slow(FakePlatform):
    """Opens no forward until it is let go."""

    def __init__(self, home: Home) -> None:
        super().__init__(home.clock)
        self.go = asyncio.Event()
        self.opening = asyncio.Event()
        self.withdrew = asyncio.Event()
        self.open = 0
        self.most = 0

    async def open_forward(self, forward_id: str) -> Answer[ForwardContent]:
        self.open += 1
        self.most = max(self.most, self.open)
        self.opening.set()
        await self.go.wait()
        self.open -= 1
        return await super().open_forward(forward_id)

    async def withdraw(self, ref: MessageRef) -> Answer[None]:
        self.withdrew.set()
        return await super().withdraw(ref)


async def test_a_few_at_once_and_not_without_end_and_nobody_waits_for_them(home: Home) -> None:
    slow = Slow(home)
    home.connect(slow)
    for number in range(WAITING + 10):
        home.hears(f"7{number:05}", FORWARD, platform=slow)
    home.hears(PARENT, INSULT, platform=slow)
    async with asyncio.timeout(10):
        await slow.withdrew.wait()
    assert (slow.open, slow.most) == (AT_ONCE, AT_ONCE)
    slow.go.set()
    await home.settled()
    assert slow.most == AT_ONCE
    assert len(slow.asked(Act.OPEN_FORWARD)) == WAITING
    home.hears(OTHER, FORWARD, platform=slow)
    await home.settled()
    assert len(slow.asked(Act.OPEN_FORWARD)) == WAITING + 1


async def test_a_forward_that_is_never_opened_holds_up_no_shutdown(tmp_path: Path) -> None:
    async with asyncio.timeout(5), a_home(tmp_path) as home:
        slow = Slow(home)
        home.hears(PARENT, FORWARD, platform=slow)
        await slow.opening.wait()


# -- joining a case -------------------------------------------------------------------------------


async def again(home: Home, user: str, message_id: str, shown: str, **event: Any) -> None:
    """Chat finds out that a message shows more, and the guard judges it once more."""
    policy = home.group.policy
    assert policy is not None
    fetched = home.platform.posted.get(message_id)
    ref = fetched.ref if fetched else MessageRef(BOT, CLASS, message_id, home.clock.now())
    author = Account("qq", user)
    message = MessageReceived(ref, author, tuple(FORWARD), event.get("text", ""))
    rank = Rank.PLATFORM_ADMIN if user == ADMIN else Rank.MEMBER
    unopened = Unopened(message, "7615", policy, rank, home.clock.now())
    home.house.guard.judge_again(unopened, shown, ())
    await home.settled()


def acts(home: Home) -> Sequence[str]:
    return [done.act.value for done in home.platform.done if done.act is not Act.OPEN_FORWARD]


async def test_a_graver_finding_decides_the_case_anew(home: Home) -> None:
    await home.says(PARENT, AD, message_id="m")
    (case,) = await cases()
    assert (case.step, numbers(case)) == ("warn", ["三.2"])
    home.platform.done.clear()
    await again(home, PARENT, "m", INSULT, text=AD)
    (case,) = await cases()
    assert (case.clause, case.ladder, case.step) == ("二.1", "remove", "remove")
    assert numbers(case) == ["三.2", "二.1"]
    assert "傻逼" in case.excerpt
    # It is gone already; what is new is the mute until people have decided, and the telling.
    assert "withdraw" not in acts(home)
    assert home.platform.muted(PARENT)
    assert len(home.platform.whispered(PARENT)) == 1
    assert await models.Request.filter(kind="remove", case=case).count() == 1
    # Told again, as after a restart: nothing is new.
    home.platform.done.clear()
    await again(home, PARENT, "m", INSULT, text=AD)
    assert numbers((await cases())[0]) == ["三.2", "二.1"]
    assert home.platform.done == []


async def test_a_milder_finding_is_cited_and_no_more(home: Home) -> None:
    await home.says(PARENT, INSULT, message_id="m")
    home.platform.done.clear()
    await again(home, PARENT, "m", AD, text=INSULT)
    (case,) = await cases()
    assert (case.clause, case.step, numbers(case)) == ("二.1", "remove", ["二.1", "三.2"])
    assert home.platform.done == []


async def test_the_case_itself_does_not_count_as_one_before(home: Home) -> None:
    # A first rumour is a warning on the ladder on which a first advertisement is one.
    await home.says(PARENT, AD, message_id="m")
    home.platform.done.clear()
    await again(home, PARENT, "m", RUMOUR, text=AD)
    (case,) = await cases()
    assert numbers(case) == ["三.2", "三.3"]
    assert case.step == "warn"
    assert home.platform.done == []


async def test_a_flood_of_forwards_and_what_they_hold_are_one_case(home: Home) -> None:
    holds(home, "早上好")
    for _ in range(2):
        await home.says(PARENT, FORWARD)
    holds(home, INSULT)
    await home.says(PARENT, FORWARD)
    (case,) = await cases()
    assert numbers(case) == ["三.1", "二.1"]
    assert case.step == "remove"
    assert len(home.platform.asked(Act.WITHDRAW)) == 1


async def test_what_people_have_decided_stays(home: Home) -> None:
    await home.says(PARENT, AD, message_id="m")
    await home.says(ADMIN, f"/pardon {(await cases())[0].number}")
    assert (await cases())[0].state == "reversed"
    home.platform.done.clear()
    await again(home, PARENT, "m", INSULT, text=AD)
    (case,) = await cases()
    assert numbers(case) == ["三.2"]
    assert home.platform.done == []


async def test_a_question_to_the_managers_is_answered_by_a_case(home: Home) -> None:
    await home.says(PARENT, DOUBTFUL, message_id="m")
    request = await models.Request.get(kind="review", state="open")
    await again(home, PARENT, "m", INSULT, text=DOUBTFUL)
    assert len(await cases()) == 1
    await request.refresh_from_db()
    assert (request.state, request.open_key) == ("closed", None)


async def test_a_case_asks_no_question_about_the_same_message(home: Home) -> None:
    await home.says(PARENT, AD, message_id="m")
    await again(home, PARENT, "m", DOUBTFUL)
    assert not await models.Request.exists(kind="review")


# -- a group that has changed since ---------------------------------------------------------------


def unopened(home: Home) -> Unopened:
    """A forward that stands in the group, and is being opened."""
    assert home.group.policy is not None
    ref = MessageRef(BOT, CLASS, "m", home.clock.now())
    message = MessageReceived(ref, account(PARENT), tuple(FORWARD), "")
    return Unopened(message, "7615", home.group.policy, Rank.MEMBER, home.clock.now())


async def test_what_is_opened_in_a_pause_is_not_judged(home: Home) -> None:
    forward = unopened(home)
    await home.says(OWNER, "/pause 2h")
    home.platform.done.clear()
    home.house.guard.judge_again(forward, INSULT, ())
    await home.settled()
    assert await cases() == []
    assert home.platform.done == []


async def test_what_follows_a_pause_in_the_line_is_not_judged(home: Home) -> None:
    home.hears(PARENT, INSULT)
    home.hears(OWNER, "/pause 2h")
    home.hears(OTHER, INSULT)
    await home.settled()
    assert [case.account.user_id for case in await cases()] == [PARENT]


async def test_what_is_opened_after_the_bot_is_out_leaves_nothing_behind(home: Home) -> None:
    forward = unopened(home)
    home.platform.groups.pop(CLASS)
    home.house.event(home.platform, BotRemoved(BOT, home.clock.now(), CLASS))
    await home.settled()
    home.house.guard.judge_again(forward, INSULT, ())
    await home.settled()
    assert await cases() == []
    assert await models.Act.all().count() == 0


async def test_what_joins_a_case_acts_no_more_once_the_group_observes(home: Home) -> None:
    await home.says(PARENT, AD, message_id="m")
    await home.says(OWNER, "/policy mode observe")
    home.platform.done.clear()
    await again(home, PARENT, "m", INSULT, text=AD)
    (case,) = await cases()
    assert (case.step, numbers(case)) == ("warn", ["三.2"])
    assert home.platform.done == []
