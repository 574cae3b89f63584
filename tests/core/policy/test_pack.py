from __future__ import annotations

import copy
import json
from pathlib import Path
import subprocess
import sys
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
import pytest

from src.core.policy import Pack, PackError, PackErrors, available, check, load_pack
from src.core.policy.pack import source_rows

if TYPE_CHECKING:
    from collections.abc import Callable

    from .conftest import Areas

ROWS = Path("../shared/regulations/clauses.tsv")


def _messages(content: dict[str, Any], areas: Areas) -> list[str]:
    with pytest.raises(PackErrors) as caught:
        Pack.from_content(content, areas, file="small.toml")
    assert str(caught.value).splitlines() == [str(error) for error in caught.value.errors]
    return [str(error) for error in caught.value.errors]


def test_a_pack_is_read_whole(content: dict[str, Any], areas: Areas) -> None:
    pack = Pack.from_content(content, areas)
    assert [clause.number for clause in pack.clauses] == ["1", "2", "3", "4"]
    assert pack.keep_excerpts == 30 * 86_400
    assert pack.ladders["soft"].life == 7 * 86_400
    assert pack.ladders["once"].steps[0].confirm == 2
    assert pack.clause("3").settings == {"same_in_a_row": 3, "window": "2m", "pictures": True}
    assert pack.clause("2").weight == 2
    assert not pack.clause("3").withdraw
    with pytest.raises(ValidationError, match="frozen"):
        pack.title = "x"  # pyright: ignore[reportAttributeAccessIssue]


def test_content_is_json_and_reads_back(content: dict[str, Any], areas: Areas) -> None:
    pack = Pack.from_content(content, areas)
    again = Pack.from_content(json.loads(json.dumps(pack.content())), areas)
    assert again == pack
    assert again.content() == pack.content()
    assert again.digest == pack.digest
    assert Pack.from_content(content | {"title": "别的"}, areas).digest != pack.digest


def test_retention_is_the_pack_s(content: dict[str, Any], areas: Areas) -> None:
    usual = Pack.from_content(content, areas)
    assert usual.retention.clear.written() == "每天 03:00"
    content.pop("keep_excerpts", None)
    table = {"excerpts": "7d", "names": "90d", "clear": "Sun 03:00"}
    pack = Pack.from_content(content | {"retention": table}, areas)
    assert (pack.keep_excerpts, pack.retention.names) == (7 * 86_400, 90 * 86_400)
    assert pack.content()["retention"] == {"names": "90d", "clear": "周日 03:00"}
    assert Pack.from_content(json.loads(json.dumps(pack.content())), areas) == pack
    assert pack.digest != usual.digest


def test_reading_changes_nothing_of_what_it_reads(content: dict[str, Any], areas: Areas) -> None:
    before = copy.deepcopy(content)
    Pack.from_content(content, areas)
    assert content == before


def test_the_order_of_a_set_does_not_change_the_digest(
    content: dict[str, Any], areas: Areas
) -> None:
    turned = copy.deepcopy(content)
    turned["clause"][1]["settings"]["categories"] = ["ads", "insult"]
    one, other = Pack.from_content(content, areas), Pack.from_content(turned, areas)
    assert one.digest == other.digest
    assert one.clause("2").settings["categories"] == ["ads", "insult"]


WRONG: list[tuple[str, Callable[[dict[str, Any]], object], str, str]] = [
    ("no title", lambda c: c.pop("title"), "", "缺少 title"),
    ("no version", lambda c: c.pop("version"), "", "缺少 version"),
    ("a version in a list", lambda c: c.update(version=[1]), "", "version 要写成文字"),
    ("an unknown key", lambda c: c.update(titel="x"), "", "不认识 titel，可用的有：name、title"),
    ("a life without a unit", lambda c: c.update(keep_excerpts=30), "", "带单位"),
    ("twice", lambda c: c.update(keep_excerpts="9d", retention={"excerpts": "9d"}), "", "只写一个"),
    ("names first", lambda c: c.update(retention={"names": "1d"}), "", "不能比 excerpts 短"),
    (
        "names for a day",
        lambda c: c.update(retention={"excerpts": "1d", "names": "1d"}) or c.pop("keep_excerpts", 0),
        "",
        "至少 7 天",
    ),
    ("no such day", lambda c: c.update(retention={"clear": "周八 03:00"}), "", "retention clear"),
    ("no moment", lambda c: c.update(retention={"clear": 3}), "", "周日 03:00"),
    ("no such time to keep", lambda c: c.update(retention={"name": "1d"}), "", "retention name"),
    ("retention as a word", lambda c: c.update(retention="30d"), "", "retention 要写成表"),
    ("no clause", lambda c: c.pop("clause"), "", "缺少 clause"),
    ("an empty list of clauses", lambda c: c.update(clause=[]), "", "至少写一条"),
    ("a clause that is a table", lambda c: c.update(clause={}), "", "clause 要写成列表"),
    ("a clause that is a word", lambda c: c["clause"].append("x"), "（第 5 个）", "要写成表"),
    ("an empty clause", lambda c: c["clause"].append({}), "（第 5 个）", "缺少 number"),
    ("ladders as a list", lambda c: c.update(ladder=[]), "", "ladder 要写成表"),
    ("a wrong step", lambda c: c["ladder"]["soft"]["steps"].append("kick"), "", "阶梯 soft"),
    ("falling steps", lambda c: c["ladder"]["soft"]["steps"].append("warn"), "", "由轻到重"),
    ("a ladder without steps", lambda c: c["ladder"].update(x={}), "", "阶梯 x：缺少 steps"),
    ("an empty number", lambda c: c["clause"][0].update(number=""), "（第 1 个）", "不能为空"),
    ("a number with a blank", lambda c: c["clause"][0].update(number="1 a"), "1 a", "不能含空白"),
    ("a number that is none", lambda c: c["clause"][0].update(number=1), "1", "请加引号"),
    ("a number used twice", lambda c: c["clause"][1].update(number="1"), "1", "编号重复"),
    ("no text", lambda c: c["clause"][0].pop("text"), "1", "缺少 text"),
    ("a text too long", lambda c: c["clause"][0].update(text="长" * 301), "1", "最多 300 个字"),
    ("a control character", lambda c: c["clause"][0].update(text="a\0b"), "1", "控制字符"),
    ("an unknown key in it", lambda c: c["clause"][0].update(txt="x"), "1", "不认识 txt"),
    ("an unknown row", lambda c: c["clause"][0].update(source=["14.9.9"]), "1", "14.9.9"),
    ("a row that is none", lambda c: c["clause"][0].update(source="14.1.1"), "1", "要写成列表"),
    ("an unknown plugin", lambda c: c["clause"][1].update(plugin="x"), "2", "appeals（申诉）"),
    ("an unknown ladder", lambda c: c["clause"][1].update(ladder="x"), "2", "once、soft"),
    ("no ladder", lambda c: c["clause"][1].pop("ladder"), "2", "请写 ladder"),
    (
        "an unknown setting",
        lambda c: c["clause"][1]["settings"].update(category=[]),
        "2",
        "设置 不认识 category，可用的有：categories、terms、score",
    ),
    (
        "an unknown category",
        lambda c: c["clause"][1]["settings"].update(categories=["insolt"]),
        "2",
        "设置 categories 第 1 项 只能是：'insult'、'ads'、'rumour'",
    ),
    (
        "a number in words",
        lambda c: c["clause"][2].update(settings={"same_in_a_row": "three"}),
        "3",
        "设置 same_in_a_row 要写整数",
    ),
    (
        "a number too small",
        lambda c: c["clause"][2].update(settings={"same_in_a_row": 1}),
        "3",
        "设置 same_in_a_row 不能小于 2",
    ),
    ("settings as a list", lambda c: c["clause"][2].update(settings=[]), "3", "要写成表"),
    (
        "an empty term",
        lambda c: c["clause"][1]["settings"].update(terms=["好的", " "]),
        "2",
        "设置 terms 里有空的一项",
    ),
    (
        "a one-character term",
        lambda c: c["clause"][1]["settings"].update(terms=["滚！"]),
        "2",
        "只有一个字",
    ),
    (
        "a term that nobody sees",
        lambda c: c["clause"][1]["settings"].update(terms=["\u200b\u200b"]),
        "2",
        "有空的一项",
    ),
    (
        "a number that JSON has not",
        lambda c: c["clause"][1]["settings"].update(score=float("nan")),
        "2",
        "普通的数字",
    ),
    ("neither", lambda c: c["clause"][0].pop("for_people"), "1", "既没有 plugin 也没有 for_people"),
    ("both", lambda c: c["clause"][1].update(for_people=True), "2", "只能写一个"),
    ("not for people", lambda c: c["clause"][0].update(for_people=False), "1", "写 true"),
    ("for people, empty", lambda c: c["clause"][0].update(for_people=" "), "1", "写 true"),
    ("a ladder for people", lambda c: c["clause"][0].update(ladder="soft"), "1", "没有 plugin"),
    ("a weight of none", lambda c: c["clause"][1].update(weight=0), "2", "weight 不能小于 1"),
    ("a wish in words", lambda c: c["clause"][1].update(withdraw="yes"), "2", "true 或 false"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("breaks", "clause", "says"), [case[1:] for case in WRONG], ids=[case[0] for case in WRONG]
)
def test_a_mistake_is_named_with_file_and_clause(
    breaks: Callable[[dict[str, Any]], object],
    clause: str,
    says: str,
    content: dict[str, Any],
    areas: Areas,
) -> None:
    breaks(content)
    place = f"small.toml，条款 {clause}：" if clause else "small.toml："
    messages = _messages(content, areas)
    assert [line for line in messages if line.startswith(place) and says in line], messages


def test_all_mistakes_are_told_at_once(content: dict[str, Any], areas: Areas) -> None:
    content["titel"] = "x"
    content["ladder"]["soft"]["steps"].append("kick")
    content["clause"][0]["colour"] = "red"
    content["clause"][0]["source"] = ["0.0"]
    content["clause"][1]["ladder"] = "x"
    content["clause"][1]["settings"] = {"categories": ["insolt"], "other": 1}
    content["clause"][2]["plugin"] = "x"
    messages = _messages(content, areas)
    assert len(messages) == 8, messages


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=8,
)
CLAUSE_KEYS = ["number", "text", "source", "plugin", "settings", "ladder", "weight", "for_people"]


@given(
    where=st.sampled_from(["title", "source", "version", "keep_excerpts", "ladder", "clause"])
    | st.sampled_from([("clause", key) for key in CLAUSE_KEYS])
    | st.sampled_from([("ladder", "life"), ("ladder", "steps")]),
    what=ANYTHING,
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_written_is_a_pack_or_a_pack_error(
    where: str | tuple[str, str], what: Any, content: dict[str, Any], areas: Areas
) -> None:
    content = copy.deepcopy(content)
    if isinstance(where, str):
        content[where] = what
    elif where[0] == "clause":
        content["clause"][1][where[1]] = what
    else:
        content["ladder"]["soft"][where[1]] = what
    try:
        pack = Pack.from_content(content, areas)
    except PackError:
        return
    assert Pack.from_content(pack.content(), areas).digest == pack.digest


def test_old_content_whose_plugin_is_no_more_is_a_clear_line(
    content: dict[str, Any], areas: Areas
) -> None:
    stored = Pack.from_content(content, areas).content()
    del areas["flood"]
    with pytest.raises(PackError, match=r"small，条款 3：没有 flood 这个功能"):
        Pack.from_content(stored, areas)


def test_a_clause_that_is_not_there_is_a_clear_line(content: dict[str, Any], areas: Areas) -> None:
    with pytest.raises(PackError, match="现有：1、2、3、4"):
        Pack.from_content(content, areas).clause("9")


GOOD = """
title = "小群规"
version = 1
[[clause]]
number = "1"
text = "说话有礼貌。"
for_people = "老师提醒。"
"""


@pytest.mark.parametrize("start", [b"", b"\xef\xbb\xbf"])
def test_a_file_is_a_pack_of_its_name(tmp_path: Path, areas: Areas, start: bytes) -> None:
    path = tmp_path / "ours.toml"
    path.write_bytes(start + GOOD.encode())
    assert load_pack(path, areas).name == "ours"
    assert check(path, areas) == []


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"title = \n", "第 1 行"),
        (GOOD.encode() + b"[[clause]\n", "第 8 行"),
        (GOOD.encode("gb18030"), "UTF-8"),
        (b'name = "x"\n' + GOOD.encode(), "name"),
        (b"", "缺少 clause"),
    ],
)
def test_a_broken_file_is_told(tmp_path: Path, areas: Areas, data: bytes, says: str) -> None:
    path = tmp_path / "ours.toml"
    path.write_bytes(data)
    errors = check(path, areas)
    assert any(str(error).startswith("ours.toml：") and says in str(error) for error in errors)


def test_a_file_that_is_not_there_is_told(tmp_path: Path, areas: Areas) -> None:
    assert "读不了" in str(check(tmp_path / "no.toml", areas)[0])
    assert "读不了" in str(check(tmp_path, areas)[0])


@pytest.mark.parametrize("name", ["nothing", "../pyproject", "/etc/passwd", ""])
def test_a_typed_name_opens_no_other_file(name: str, areas: Areas) -> None:
    with pytest.raises(PackError, match=r"没有这个制度，可用的有：.*text-only-parents"):
        load_pack(name, areas)


def test_the_packs_are_found_from_any_directory(tmp_path: Path) -> None:
    root = Path(__file__).resolve().parents[3]
    code = "from src.core.policy import available; assert 'text-only-parents' in available()"
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(root)!r}); {code}"],
        cwd=tmp_path,
        check=False,
    )
    assert done.returncode == 0
    assert available() == sorted(available())


@pytest.mark.skipif(not ROWS.exists(), reason="../shared/regulations is not here")
def test_the_rows_are_those_of_the_regulations() -> None:
    lines = ROWS.read_text(encoding="utf-8").splitlines()[1:]
    assert source_rows() == {line.split("\t")[0] for line in lines}
