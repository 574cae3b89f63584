"""/words: a group's own terms, from the command to the next message, and what nobody else reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st
import pytest

from src.core.policy import Pack, PackError
from src.core.store import models
from src.core.text import Lexicon, Term, built_in, fold
from src.core.text.innocent import misfires, sentences
from src.plugins.content_filter.detector import breaches
from src.plugins.content_filter.settings import MOST_TERMS, ContentSettings
from src.plugins.content_filter.words import phrase, put, removed, typed, usable
from tests.houses import ADMIN, INSULT, OWNER, PARENT, PARENTS, a_home, account

if TYPE_CHECKING:
    from pathlib import Path

    from tests.houses import Home

TERM = "拼车找我"
SENTENCE = "周五去机场，拼车找我"


async def private(home: Home, words: str, user: str = OWNER) -> str:
    """What the bot answers somebody in private."""
    before = len(home.platform.whispered(user))
    await home.says(user, words, group=None)
    [answer] = home.platform.whispered(user)[before:]
    return answer


async def in_group(home: Home, words: str, user: str = OWNER) -> str:
    before = len(home.platform.said())
    await home.says(user, words)
    [answer] = home.platform.said()[before:]
    return answer


async def settings(home: Home, number: str = "二.1") -> ContentSettings:
    pack = await home.house.versions.current(home.group)
    assert pack is not None
    return ContentSettings.model_validate(pack.clause(number).settings)


# -- a term and its life --------------------------------------------------------------------------


async def test_a_term_added_in_private_is_in_force_for_the_next_message(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        await home.says(PARENT, SENTENCE)
        assert await models.Case.all().count() == 0
        await home.says(OWNER, "大家好")
        said = await private(home, f"词库 add {TERM} 三.2")
        saved, then = said.splitlines()
        assert saved == "已保存为第 2 版：三.2 加禁用词 1 个"
        assert "警告 → 移出群" in then
        await home.says(PARENT, SENTENCE)
        case = await models.Case.get()
        assert (case.clause, case.step) == ("三.2", "warn")
        assert case.clauses[0]["facts"] == {"categories": {"own": 1}, "terms": [TERM]}
        history = await in_group(home, "/制度 history")
        assert "三.2 加禁用词 1 个" in history
        assert TERM not in history


async def test_without_a_clause_the_first_one_takes_a_term(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        assert "二.1 加禁用词 2 个" in await in_group(home, f"/词库 add {TERM}、代写作业")
        assert (await settings(home)).terms == (TERM, "代写作业")
        assert await in_group(home, f"/words add {TERM}！") == "和现在的一样，没有改动。"
        assert "第 3 版" in await in_group(home, f"/词库 remove {TERM}")
        assert (await settings(home)).terms == ("代写作业",)


async def test_what_is_allowed_is_allowed_under_every_clause(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        await in_group(home, f"/词库 add {TERM}")
        assert "各条放行说法 1 个" in await in_group(home, "/词库 allow 去机场拼车找我")
        await home.says(PARENT, SENTENCE)
        assert await models.Case.all().count() == 0
        assert (await settings(home, "三.2")).allow == ("去机场拼车找我",)
        # The last word holds.
        await in_group(home, f"/词库 allow {TERM}")
        assert (await settings(home)).terms == ()


async def test_a_demoted_term_only_asks(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        assert "只请老师看" in await in_group(home, "/词库 demote 傻逼")
        await home.says(PARENT, INSULT)
        assert await models.Case.all().count() == 0
        request = await models.Request.get(kind="review")
        assert request.payload["facts"]["terms"] == ["傻逼"]
        assert "第 1 个词不是词库里的词" in await in_group(home, "/词库 demote 风和日丽")
        await in_group(home, "/词库 remove 傻逼")
        await home.says(PARENTS[1], INSULT)
        assert await models.Case.all().count() == 1


async def test_only_heads_may_and_parents_words_are_judged(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        assert "班主任" in await in_group(home, "/词库 list", ADMIN)
        await home.says(PARENT, f"/词库 test {INSULT}")
        assert await models.Case.all().count() == 1
        assert "没有您能用" in await private(home, "词库 list", PARENT)
        await home.says(OWNER, f"/词库 test {INSULT}")
        assert await models.Case.all().count() == 1


async def test_a_group_is_named_where_somebody_heads_several(tmp_path: Path) -> None:
    async with a_home(tmp_path, superusers=["900"]) as home:
        assert "1/1" not in await private(home, "词库")
        other = home.group.key._replace(group_id="2")
        home.platform.join(OWNER, "孙老师", group=other)
        await home.says(OWNER, "/制度 use kindergarten", group=other)
        said = await private(home, "词库 list")
        assert "词库 1" in said
        assert "2 三年级二班" in said
        await private(home, f"词库 2 add {TERM}")
        assert (await settings(home)).terms == ()
        assert TERM in await private(home, "词库 2")
        assert "没有编号为 9 的群" in await private(home, "词库 9 list")
        assert "不用写群的编号" in await in_group(home, "/词库 1 list")


async def test_without_a_clause_of_the_filter_it_says_so(tmp_path: Path) -> None:
    async with a_home(tmp_path, pack=None) as home:
        assert "没有用到内容过滤" in await in_group(home, "/词库 list")


@pytest.mark.parametrize(
    ("typed_words", "line"),
    [
        ("add", "请写上词"),
        ("add 滚", "第 1 个词不能用"),
        ("add 好词好句 ！！", "第 2 个词不能用"),
        ("add \u202e \u200b", "请写上词"),
        (f"add {'长' * 65}", "第 1 个词不能用"),
        (f"add {TERM} 第三.1条", "不归内容过滤管"),
        ("add 老师", "误伤平常的话"),
        ("add 孩子 拼车找我", "误伤平常的话"),
        ("dance", "/词库 try 词 句子"),
        ("list 2", "还没有自己的词"),
        ("test", "请写上要试的句子"),
    ],
)
async def test_what_is_refused_has_a_clear_line(
    tmp_path: Path, typed_words: str, line: str
) -> None:
    async with a_home(tmp_path) as home:
        await home.says(OWNER, f"/词库 {typed_words}")
        said = [*home.platform.said(), *home.platform.whispered(OWNER)]
        assert line in said[-1]
        assert home.group.policy is not None
        assert home.group.policy.version == 1


async def test_policy_set_refuses_a_term_that_is_too_wide_too(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        assert "【老师】" in await in_group(home, "/制度 set 三.2 terms 老师、拼车找我")
        assert "第 2 版" in await in_group(home, "/制度 set 二.1 at_least insult=4")
        await home.says(PARENT, INSULT)
        assert await models.Case.all().count() == 0


async def test_bidi_controls_and_lone_surrogates_are_harmless(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        assert "加禁用词 1 个" in await in_group(home, "/词库 add \u202e拼车\ud800找我\u200b")
        assert (await settings(home)).terms == (TERM,)
        assert "控制字符" in await in_group(home, "/制度 set 二.1 terms 拼车\ud800找我")
        assert "会处理" in await in_group(home, "/词库 test 拼\u202e车找\ud800我")


# -- what a sentence would do ---------------------------------------------------------------------


async def test_the_group_reads_clause_and_category_and_never_the_term(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        said = await in_group(home, f"/词库 test {INSULT}")
        assert said == "会处理：\n· 二.1 辱骂与威胁，把握 100%：移出群（须 1 人确认）"
        told = await private(home, "词库 test 你就是个傻*逼")
        assert "100%" in told
        assert "碰上的词：傻逼" in told
        unsure = await in_group(home, "/词库 test 裸聊都是诈骗，不要加陌生人")
        assert unsure.startswith("不会处理，会请老师看")
        assert "裸聊" not in unsure
        assert "会放过" in await in_group(home, "/词库 test 明天几点到校？")
        await home.says(OWNER, "/制度 mode observe")
        assert "只观察" in await in_group(home, f"/词库 test {INSULT}")
        assert await models.Case.all().count() == 0


async def test_a_candidate_is_tried_without_being_saved(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        said = await in_group(home, f"/词库 try {TERM} {SENTENCE}")
        assert "可以用" in said
        assert "二.1 本群禁用词" in said
        assert "误伤" in await in_group(home, "/词库 try 作业")
        assert (await settings(home)).terms == ()


async def test_the_list_is_paged_and_told_in_private(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        many = " ".join(f"怪词{number}号" for number in range(70))
        await in_group(home, f"/词库 add {many}")
        await home.says(OWNER, "/词库 list 2")
        page = home.platform.whispered(OWNER)[-1]
        assert "共 70 个，第 2/2 页" in page
        assert "怪词69号" in page
        assert "怪词0号" not in page
        assert "一共 2 页" in await in_group(home, "/词库 list 3")
        assert "等 70 项" in await in_group(home, "/制度 show")


# -- many -----------------------------------------------------------------------------------------


async def test_a_full_list_has_a_clear_line_and_is_judged_by(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        terms = [f"怪词{number:05}号" for number in range(MOST_TERMS)]
        pack = await home.house.versions.current(home.group)
        assert pack is not None
        full = put(pack, "terms", terms, ["二.1"])
        await home.house.versions.adopt(home.group, full, "test", account(OWNER))
        assert f"最多 {MOST_TERMS} 个，已有 {MOST_TERMS} 个" in await in_group(
            home, f"/词库 add {TERM}"
        )
        await home.says(PARENT, "这里有怪词19999号")
        assert await models.Case.all().count() == 1
        await in_group(home, f"/词库 remove {terms[0]}")
        assert len((await settings(home)).terms) == MOST_TERMS - 1
        with pytest.raises(PackError, match=f"最多 {MOST_TERMS} 项"):
            put(pack, "terms", [*terms, "另一个词"], ["二.1"])


# -- pure -----------------------------------------------------------------------------------------


@given(st.text())
def test_whatever_is_typed_becomes_words_that_can_be_stored(text: str) -> None:
    for word in typed(text):
        assert word
        word.encode()
        if usable(word):
            assert ContentSettings(terms=(word,)).own is not None


@pytest.mark.parametrize(
    ("excerpt", "term", "found"),
    [
        ("他是个傻逼吧真的", "傻逼", "是个傻逼吧真"),
        ("傻-逼。", "傻逼", ""),
        ("这，傻-逼了", "傻逼", "傻-逼了"),
        ("没有它", "傻逼", ""),
        ("看傻逼", "傻逼", "看傻逼"),
    ],
)
def test_a_phrase_is_the_term_with_its_neighbours(excerpt: str, term: str, found: str) -> None:
    assert phrase(excerpt, term) == found


WORDS = st.lists(st.sampled_from(["拼车找我", "代写作业", "傻逼", "ＰＵＡ", "pua", "包过班"]))


@given(WORDS, WORDS, WORDS)
def test_the_last_word_holds(terms: list[str], allow: list[str], gone: list[str]) -> None:
    clause = {"number": "1", "text": "一", "plugin": "content_filter", "ladder": "x"}
    pack = Pack.from_content(
        {
            "name": "p",
            "title": "p",
            "version": "1",
            "ladder": {"x": {"steps": ["warn"]}},
            "clause": [clause],
        }
    )
    pack = put(put(pack, "terms", terms, ["1"]), "allow", allow, ["1"])
    pack = removed(pack, gone, ["1"])
    held = {
        name: {fold(word).skeleton for word in pack.clause("1").settings[name]}
        for name in ("terms", "allow")
    }
    typed_terms, allowed, out = (
        {fold(word).skeleton for word in words} for words in (terms, allow, gone)
    )
    assert held == {"terms": typed_terms - allowed - out, "allow": allowed - out}


@given(st.text("傻逼拼车找我作业 ，。a-", max_size=30), WORDS, WORDS)
def test_a_phrase_or_a_demotion_never_adds_a_finding(
    text: str, terms: list[str], words: list[str]
) -> None:
    folded = fold(text)
    hits = built_in().scan(folded)
    before = ContentSettings(terms=tuple(terms))
    found = {one.category: one.confidence for one in breaches(folded, hits, before)}
    for name in ("allow", "ask_only"):
        after = ContentSettings.model_validate({"terms": terms, name: words})
        for one in breaches(folded, hits, after):
            assert one.confidence <= found[one.category]


def test_innocent_sentences_are_many_and_different() -> None:
    texts = [one.raw for one in sentences()]
    assert len(set(texts)) == len(texts) >= 400


def test_a_misfire_shows_where() -> None:
    found = misfires(Lexicon([Term("红领巾", "own", 2), Term("老师", "own", 2)]), {"红领巾"})
    assert found
    assert all(one.sentence[one.start : one.end] == "红领巾" for one in found)


def test_terms_that_were_there_before_are_not_objected_to() -> None:
    former = ContentSettings(terms=("老师",))
    assert ContentSettings(terms=("老师", TERM)).objection(former) == ""
    said = ContentSettings(terms=("老师", "红领巾")).objection(former)
    assert "【红领巾】" in said
    assert "【老师】" not in said
    assert ContentSettings(terms=("红领巾",), allow=("红领巾",)).objection(former) == ""
