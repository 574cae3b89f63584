"""What a member sends only with a consent: held, asked for, answered once, published or sent again,
and nothing of it kept."""

from __future__ import annotations

from dataclasses import replace
import json
import sqlite3
from typing import TYPE_CHECKING, Any

import pytest

from src.core.chat.events import BotRemoved, FileReceived, GroupKey, Kind, Segment
from src.core.chat.port import Act, Answer, Capabilities, Word
from src.core.people import Role
from src.core.policy import Pack
from src.core.store import models
from tests.houses import AD, ADMIN, CLASS, OWNER, PARENT, PARENTS, Home, a_home, account

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from pathlib import Path

OTHER = PARENTS[1]
LINK = "亲子运动会报名看 https://www.smartedu.cn/sports"
POST = (
    "这个周末天气很好，我们几家想一起带孩子去植物园认植物，上午九点在东门集合，有兴趣的家长可以一起来，"
    "中午自带午饭，下午三点散，记得给孩子带水和帽子。"
)
FILE = [Segment(Kind.FILE, "/1", "周末作业清单.docx")]
HOUR, DAY = 3600, 86_400
NORTH = GroupKey("qq", "2")


async def adopt(home: Home, group: Any = None, **settings: Any) -> None:
    """Put a policy in force under which files, links and posts wait, and advertisements are out."""
    pack = Pack.from_content(
        {
            "name": "small",
            "title": "小群规",
            "version": "1",
            "ladder": {"one": {"steps": ["warn"]}, "gentle": {"steps": ["remind"]}},
            "clause": [
                {
                    "number": "1",
                    "text": "文件、链接和投稿先请老师看。",
                    "plugin": "media",
                    "ladder": "one",
                    "settings": {"approval": ["file", "link", "post"], **settings},
                },
                {
                    "number": "2",
                    "text": "不发广告。",
                    "plugin": "content_filter",
                    "ladder": "gentle",
                    "settings": {"categories": ["ads"]},
                },
            ],
        }
    )
    await home.house.versions.adopt(group or home.group, pack, "test", account(OWNER))


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[Home]:
    async with a_home(tmp_path) as one:
        await adopt(one)
        await one.house.tell.read_members(one.group, one.platform)
        one.platform.done.clear()
        yield one


def everything(tmp_path: Path) -> str:
    """All that the store holds, every table of it."""
    (path,) = tmp_path.rglob("*.db")
    with sqlite3.connect(path) as store:
        tables = store.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        rows = [store.execute(f'SELECT * FROM "{name}"').fetchall() for (name,) in tables]
    return json.dumps(rows, ensure_ascii=False, default=str)


async def the_request() -> models.Request:
    return await models.Request.get(kind="approval")


async def test_a_link_waits_and_is_published_in_the_members_name(
    home: Home, tmp_path: Path
) -> None:
    assert not await home.says(PARENT, LINK, message_id="m")
    assert [done.value for done in home.platform.asked(Act.WITHDRAW)] == ["m"]
    (told,) = home.platform.whispered(PARENT)
    assert "链接" in told
    assert "1-1" in told
    assert "不算违规" in told
    assert "smartedu" not in told
    # No case, no weight: it is no breach.
    assert not await models.Case.exists()
    asked = home.platform.whispered(ADMIN)
    assert len(asked) == 1
    assert "#1" in asked[0]
    await home.says(ADMIN, "/todo")
    assert "1-1 投稿、文件、链接或发言申请（101）" in home.platform.whispered(ADMIN)[-1]

    await home.says(ADMIN, "同意", group=None)
    listed = home.platform.whispered(ADMIN)[-1]
    assert "陈晨妈妈 链接" in listed
    assert LINK in listed

    await home.says(ADMIN, "同意 1")
    assert f"陈晨妈妈：{LINK}\n（群规 1，经同意代发，#1）" in home.platform.said()
    assert "已获同意" in home.platform.whispered(PARENT)[-1]
    # Nothing of it is kept.
    assert (await the_request()).state == "confirmed"
    assert "smartedu" not in everything(tmp_path)


async def test_a_file_may_be_sent_once_more(home: Home, tmp_path: Path) -> None:
    await home.says(PARENT, FILE, shown="周末作业清单.docx")
    await home.says(ADMIN, "同意", group=None)
    assert "周末作业清单.docx" in home.platform.whispered(ADMIN)[-1]
    await home.says(ADMIN, "/approve 1")
    assert "请您现在再发一次" in home.platform.whispered(PARENT)[-1]
    assert "周末作业清单" not in everything(tmp_path)
    # Somebody else's, and another kind, wait as before.
    await home.says(OTHER, FILE)
    await home.says(PARENT, LINK)
    assert len(home.platform.asked(Act.WITHDRAW)) == 3
    await home.advance(23 * HOUR)
    for _ in range(2):
        # However often it is delivered.
        await home.says(PARENT, FILE, message_id="again")
        assert len(home.platform.asked(Act.WITHDRAW)) == 3
    await home.says(PARENT, FILE)
    assert len(home.platform.asked(Act.WITHDRAW)) == 4


async def test_the_consent_for_a_file_ends_after_a_day(home: Home) -> None:
    await home.says(PARENT, FILE)
    await home.says(ADMIN, "同意 1")
    await home.advance(DAY + 1)
    await home.says(PARENT, FILE)
    assert len(home.platform.asked(Act.WITHDRAW)) == 2


async def test_it_is_denied_with_the_reason(home: Home, tmp_path: Path) -> None:
    await home.says(PARENT, LINK)
    await home.says(ADMIN, "/deny 1 报名已经截止了")
    told = home.platform.whispered(PARENT)[-1]
    assert "这次不发到群里" in told
    assert "报名已经截止了" in told
    assert "smartedu" not in everything(tmp_path)
    await home.says(OWNER, "同意 1")
    assert home.platform.said()[-1] == "#1 已经有结果：已拒绝。"
    assert not any("smartedu" in said for said in home.platform.said())


async def test_two_answers_at_once_are_one(home: Home) -> None:
    await home.says(PARENT, LINK)
    home.hears(ADMIN, "同意 1")
    home.hears(OWNER, "同意 1")
    await home.settled()
    assert sum("smartedu" in said for said in home.platform.said()) == 1
    assert "#1 已经有结果：已同意。" in home.platform.said()


async def test_unanswered_it_lapses_and_its_author_is_told(home: Home, tmp_path: Path) -> None:
    await home.says(PARENT, LINK)
    await home.advance(47 * HOUR)
    assert (await the_request()).state == "open"
    await home.advance(HOUR + 60)
    assert (await the_request()).state == "lapsed"
    assert "到期没有人答复" in home.platform.whispered(PARENT)[-1]
    assert "smartedu" not in everything(tmp_path)
    await home.says(ADMIN, "同意 1")
    assert home.platform.said()[-1] == "#1 已经有结果：已过期。"


async def test_its_time_is_a_setting(home: Home) -> None:
    await adopt(home, approval_within="2h")
    await home.says(PARENT, LINK)
    await home.advance(2 * HOUR + 60)
    assert (await the_request()).state == "lapsed"


async def test_it_is_for_the_managers_to_answer(home: Home) -> None:
    await home.says(PARENT, LINK)
    for words in ("同意 1", "/approve", "/deny 1"):
        await home.says(OTHER, words)
        assert "由老师和值日班委使用" in home.platform.said()[-1]
    await home.says(OTHER, "同意 1-1", group=None)
    assert "由老师和值日班委使用" in home.platform.whispered(OTHER)[-1]
    await home.says(OTHER, "同意", group=None)
    assert "没有等您同意的" in home.platform.whispered(OTHER)[-1]
    assert (await the_request()).state == "open"


async def test_confirm_and_refuse_name_the_right_words(home: Home) -> None:
    await home.says(PARENT, LINK)
    for words in ("确认 1", "/refuse 1"):
        await home.says(ADMIN, words)
        assert "同意 1" in home.platform.said()[-1]
    assert (await the_request()).state == "open"
    await home.says(ADMIN, "同意 9")
    assert home.platform.said()[-1] == "没有编号为 #9 的投稿、文件、链接或发言申请。"


async def test_teachers_and_ordinary_words_do_not_wait(home: Home) -> None:
    await home.says(ADMIN, LINK)
    await home.says(PARENT, "收到，谢谢老师")
    await home.says(PARENT, [Segment(Kind.REPLY, "9"), Segment(Kind.TEXT, POST)])
    assert home.platform.done == []


async def test_a_breach_is_a_case_and_what_stands_after_it_waits_too(home: Home) -> None:
    # Its clause only reminds, so the message would stay.
    await home.says(PARENT, f"{AD} https://www.smartedu.cn/a")
    (case,) = await models.Case.all()
    assert (case.clause, case.step) == ("2", "remind")
    assert (await the_request()).state == "open"
    assert len(home.platform.asked(Act.WITHDRAW)) == 1


async def test_managers_are_told_once_however_many_wait(home: Home) -> None:
    for parent in PARENTS[:4]:
        await home.says(parent, LINK)
    assert len(home.platform.whispered(ADMIN)) == 1
    await home.advance(601)
    await home.says(PARENTS[4], LINK)
    assert len(home.platform.whispered(ADMIN)) == 2


async def test_one_member_cannot_fill_the_list(home: Home) -> None:
    for _ in range(8):
        await home.says(PARENT, LINK)
        await home.advance(60)
    assert await models.Request.filter(kind="approval").count() == 5
    assert len(home.platform.asked(Act.WITHDRAW)) == 8
    told = home.platform.whispered(PARENT)
    assert sum("已有 5 件" in text for text in told) == 1


async def test_the_same_message_delivered_again_asks_once(home: Home) -> None:
    for _ in range(2):
        await home.says(PARENT, LINK, message_id="m")
    assert await models.Request.filter(kind="approval").count() == 1


async def test_where_a_whisper_fails_the_group_reads_the_number(home: Home) -> None:
    home.platform.answers[Act.WHISPER] = Answer(Word.REFUSED)
    await home.says(PARENT, LINK)
    assert "#1" in home.platform.said()[0]
    assert "链接" in home.platform.said()[0]
    assert "smartedu" not in home.platform.said()[0]


async def test_a_platform_that_cannot_withdraw_is_asked_for_nothing(home: Home) -> None:
    home.platform.capabilities = Capabilities(frozenset(Act) - {Act.WITHDRAW})
    await home.says(PARENT, LINK)
    assert not home.platform.asked(Act.WITHDRAW)
    assert "先私聊我投稿" in home.platform.whispered(PARENT)[-1]
    await home.says(ADMIN, "同意 1")
    # It stands there already.
    assert not any("smartedu" in said for said in home.platform.said())
    assert "不用再发" in home.platform.whispered(PARENT)[-1]
    await home.says(OTHER, LINK)
    await home.says(ADMIN, "/拒绝 2")
    assert "请您自己撤回" in home.platform.whispered(OTHER)[-1]


async def test_a_withdrawal_that_was_refused_is_no_reason_to_publish_again(home: Home) -> None:
    home.platform.answers[Act.WITHDRAW] = Answer(Word.REFUSED)
    await home.says(PARENT, LINK)
    await home.says(ADMIN, "同意 1")
    assert not any("smartedu" in said for said in home.platform.said())


async def test_what_the_bot_cannot_say_its_author_may(home: Home, tmp_path: Path) -> None:
    await home.says(PARENT, LINK)
    home.platform.answers[Act.SAY] = Answer(Word.REFUSED)
    await home.says(ADMIN, "同意 1")
    assert "请您自己发一次" in home.platform.whispered(PARENT)[-1]
    assert "smartedu" not in everything(tmp_path)
    await home.says(PARENT, LINK)
    assert len(home.platform.asked(Act.WITHDRAW)) == 1


async def test_while_only_observing_nothing_is_held(home: Home) -> None:
    home.group.mode = "observe"
    await home.says(PARENT, LINK)
    assert home.platform.done == []
    assert not await models.Request.exists()


async def test_a_bot_that_is_put_out_keeps_nothing(home: Home, tmp_path: Path) -> None:
    await home.says(PARENT, LINK)
    home.platform.groups[CLASS].pop(home.platform.bot)
    home.house.event(home.platform, BotRemoved("10001", home.clock.now(), CLASS))
    await home.settled()
    assert (await the_request()).state == "closed"
    assert "smartedu" not in everything(tmp_path)


async def test_a_file_that_wechat_only_tells_of_is_seen(home: Home) -> None:
    home.platform.capabilities = Capabilities(frozenset(Act) - {Act.WITHDRAW})
    now = home.clock.now()
    tells = FileReceived("10001", now, CLASS, account(PARENT), "", "周末作业清单.docx", 9)
    home.house.event(home.platform, tells)
    await home.settled()
    assert (await the_request()).payload["text"] == "周末作业清单.docx"
    # Where the file has an id, its message comes too.
    home.house.event(home.platform, replace(tells, file_id="/1", account=account(OTHER)))
    await home.settled()
    assert await models.Request.all().count() == 1


# -- submitted in private -------------------------------------------------------------------------


async def test_a_post_is_submitted_and_published(home: Home, tmp_path: Path) -> None:
    await home.says(PARENT, f"投稿 {POST}", group=None)
    assert "编号 1-1" in home.platform.whispered(PARENT)[-1]
    assert not home.platform.asked(Act.WITHDRAW)
    await home.says(ADMIN, "同意 1-1", group=None)
    assert f"陈晨妈妈：{POST}\n（群规 1，经同意代发，#1）" in home.platform.said()
    assert "植物园" not in everything(tmp_path)


async def test_a_long_text_in_the_group_waits_as_a_post(home: Home) -> None:
    await home.says(PARENT, POST)
    assert len(home.platform.asked(Act.WITHDRAW)) == 1
    await home.says(ADMIN, "同意 1")
    assert any(POST in said for said in home.platform.said())


@pytest.mark.parametrize(
    ("content", "part"),
    [
        ("投稿", "写在后面"),
        ([Segment(Kind.TEXT, "投稿 看"), Segment(Kind.IMAGE, "a")], "只收文字"),
        ("投稿 " + "长" * 2001, "最多 2000 个字"),
    ],
)
async def test_what_cannot_be_submitted(
    home: Home, content: str | Sequence[Segment], part: str
) -> None:
    await home.says(PARENT, content, group=None)
    assert part in home.platform.whispered(PARENT)[-1]
    assert not await models.Request.exists()


async def test_in_the_group_one_is_asked_to_write_in_private(home: Home) -> None:
    await home.says(PARENT, "/投稿 周六去植物园")
    assert "私聊" in home.platform.said()[-1]


async def test_of_several_groups_one_is_named(home: Home) -> None:
    home.platform.join(PARENT, "李想爸爸", group=NORTH)
    home.platform.join(OWNER, "孙老师", group=NORTH)
    north = home.house.groups.get(NORTH)
    await home.says(PARENT, "早", group=NORTH)
    await home.house.records.row_of(north)
    await adopt(home, north)
    await home.says(PARENT, "投稿 周六去植物园", group=None)
    answer = home.platform.whispered(PARENT)[-1]
    assert "投稿 1 " in answer
    assert "投稿 2 " in answer
    await home.says(PARENT, "投稿 2 周六去植物园", group=None)
    assert "2-1" in home.platform.whispered(PARENT)[-1]
    assert (await the_request()).payload["text"] == "周六去植物园"


async def test_where_nothing_waits_there_is_nothing_to_submit(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        await home.says(PARENT, "投稿 周六去植物园", group=None)
        assert "不用投稿" in home.platform.whispered(PARENT)[-1]


async def test_ones_own_post_is_anothers_to_answer_but_the_head_teachers(home: Home) -> None:
    home.house.people.grant(CLASS, account(OTHER), Role.COMMITTEE)
    await home.says(OTHER, "投稿 周六去植物园", group=None)
    await home.says(OTHER, "同意 1")
    assert "要由别人来做" in home.platform.said()[-1]
    await home.says(OTHER, "/拒绝 1")
    assert "要由别人来做" in home.platform.said()[-1]
    await home.says(OWNER, "投稿 周日去植物园", group=None)
    await home.says(OWNER, "同意 2")
    assert any("周日去植物园" in said for said in home.platform.said())


# -- enabling --------------------------------------------------------------------------------------


async def test_enabled_without_a_clause_files_and_links_wait(tmp_path: Path) -> None:
    async with a_home(tmp_path, pack="kindergarten") as home:
        await home.says(OWNER, "/启用 media")
        await home.says(PARENT, FILE)
        assert (await the_request()).payload["kinds"] == ["file"]


async def test_a_voice_note_is_withdrawn_and_its_author_told_what_to_do(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        await home.says(PARENT, [Segment(Kind.VOICE, "a.amr")])
        assert len(home.platform.asked(Act.WITHDRAW)) == 1
        (told,) = home.platform.whispered(PARENT)
        assert "一.5" in told
        assert "请打字，或私聊" in told
        await home.says(PARENT, "/为什么 1")
        assert "发了语音" in home.platform.whispered(PARENT)[-1]
        # An album is one case.
        for number in range(4):
            await home.says(OTHER, [Segment(Kind.IMAGE, str(number))])
        assert await models.Case.all().count() == 2
        assert len(home.platform.asked(Act.WITHDRAW)) == 5


async def test_a_teacher_who_is_bound_too_is_told_in_private(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        await adopt(home, allowed=["text"], approval=[], staff_exempt=False)
        await home.says(ADMIN, [Segment(Kind.IMAGE, "a")])
        assert not home.platform.asked(Act.WITHDRAW)
        (told,) = home.platform.whispered(ADMIN)
        assert "图片请私聊" in told
