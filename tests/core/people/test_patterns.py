"""What names and answers are read as, and how the right form is written."""

from __future__ import annotations

import time

from hypothesis import given
from hypothesis import strategies as st
import pytest

from src.core.people.patterns import LONGEST, RELATIONS, Pattern, cleaned

NAMES = st.one_of(
    st.text("张王李明华丽强思雨欣怡", min_size=2, max_size=4),
    st.sampled_from(["买买提·吐尔逊", "欧阳娜娜", "Anna Lee", "O'Brien", "王了一"]),
)
FIELDS = st.fixed_dictionaries(
    {"学生": NAMES, "关系": st.sampled_from(sorted(set(RELATIONS.values()))), "姓名": NAMES},
    optional={
        "学科": st.sampled_from(["语文", "道德与法治", "信息技术"]),
        "班级": st.sampled_from(["三年级二班", "三(2)班", "302", "小(1)班", "高一3班"]),
        "学号": st.from_regex("[0-9]{1,8}", fullmatch=True),
        "年级": st.sampled_from(["三年级", "初二", "2023级"]),
        "学校": st.sampled_from(["第一小学", "市二中", "阳光幼儿园"]),
        "电话": st.from_regex("1[3-9][0-9]{9}", fullmatch=True),
    },
)
TEMPLATES = [
    "{学生}{关系}",
    "{班级}?-{学生}{关系}",
    "{班级}?-{学号}?-{学生}({关系})",
    "{学号}?{姓名}",
    "{学科}?{姓名}老师",
    "{姓名}老师({学科}?)",
    "{学校}?{年级}?{学生}的{关系} {姓名} {电话}?",
]


@pytest.mark.parametrize(
    ("template", "text", "fields", "students"),
    [
        ("{学生}{关系}", "张三妈妈", {"学生": "张三", "关系": "妈妈"}, ("张三",)),
        ("{学生}{关系}", "张三的 母亲", {"学生": "张三", "关系": "妈妈"}, ("张三",)),
        ("{学生}{关系}", "张三妈", {"学生": "张三", "关系": "妈妈"}, ("张三",)),
        ("{学生}{关系}", "😀张　三（妈妈）🌸", {"学生": "张三", "关系": "妈妈"}, ("张三",)),
        ("{学生}{关系}", "张\u200b三\u202e爸爸", {"学生": "张三", "关系": "爸爸"}, ("张三",)),
        ("{学生}{关系}", "Ａnna Lee妈妈", {"学生": "Anna Lee", "关系": "妈妈"}, ("Anna Lee",)),
        ("{学生}{关系}", "张和平爸爸", {"学生": "张和平", "关系": "爸爸"}, ("张和平",)),
        (
            "{学生}{关系}",
            "买买提•吐尔逊爷爷",
            {"学生": "买买提·吐尔逊", "关系": "爷爷"},
            ("买买提·吐尔逊",),
        ),
        ("{学生}{关系}", "张三/张四妈妈", {"学生": "张三/张四", "关系": "妈妈"}, ("张三", "张四")),
        ("{学生}{关系:爸爸|妈妈|本人}", "张三本人", {"学生": "张三", "关系": "本人"}, ("张三",)),
        ("{学科}{姓名}老师", "语文—李华 老师", {"学科": "语文", "姓名": "李华"}, ()),
        ("{姓名}老师({学科}?)", "李华老师", {"姓名": "李华"}, ()),
        ("{学科}?{姓}老师", "语文孙老师", {"学科": "语文", "姓": "孙"}, ()),
        ("{学科}?{姓}老师", "欧阳老师", {"姓": "欧阳"}, ()),
        ("{班级}[-_ ·]{学生}", "三（2）班张三", {"班级": "三(2)班", "学生": "张三"}, ("张三",)),
        ("{班级}_{学生}", "302 张三", {"班级": "302", "学生": "张三"}, ("张三",)),
        ("{学号}?{姓名}", "012张三", {"学号": "012", "姓名": "张三"}, ()),
        ("{学号}?{姓名}", "张三", {"姓名": "张三"}, ()),
    ],
)
def test_a_name_is_read(
    template: str, text: str, fields: dict[str, str], students: tuple[str, ...]
) -> None:
    first = Pattern.read(template).readings(text)[0]
    assert (dict(first.fields), first.students) == (fields, students)


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("{学生}{关系}", "张三"),
        ("{学生}{关系}", "妈妈"),
        ("{学生}{关系}", "我是张三妈妈"),
        ("{学生}{关系}", "张三妈妈妈妈"),
        ("{学生}{关系}", "张三妈妈卖房"),
        ("{学生}{关系}", "张三/张四/张五/张六妈妈"),
        ("{学生}{关系:爸爸|妈妈}", "张三爷爷"),
        ("{学生}", "张三妈妈"),
        ("{学科}{姓名}老师", "李华老师"),
        ("{学科}?{姓}老师", "语文老师"),
        ("{学科}?{姓}老师", "张三老师"),
        ("{学号}?{姓名}", "12"),
        ("{学号}?{姓名}", ""),
        ("{学号}?{姓名}", "🌸🌸"),
        ("{学生}{关系}", "<张三妈妈>&#91;CQ:at"),
        ("{姓名}", "张" * 1000),
    ],
)
def test_what_is_no_such_name_has_no_reading(template: str, text: str) -> None:
    assert Pattern.read(template).readings(text) == ()


def test_two_children_side_by_side_are_read_as_one_name_and_as_two() -> None:
    readings = Pattern.read("{学生}{关系}").readings("张三张四妈妈")
    assert [one.students for one in readings] == [("张三张四",), ("张三", "张四")]


@pytest.mark.parametrize(
    ("template", "example"),
    [
        ("{学生}{关系}", "张小明妈妈"),
        ("{学生}{关系:监护人|本人}", "张小明监护人"),
        ("{班级}[-_ ·]{学生}", "三年级二班-张小明"),
        ("{学号}?-{姓名}老师?", "李华"),
        ("｛学科｝｛姓名｝老师", "语文李华老师"),
    ],
)
def test_a_template_has_an_example(template: str, example: str) -> None:
    assert Pattern.read(template).example() == example


@pytest.mark.parametrize(
    ("template", "fields", "written"),
    [
        ("{班级}-{学号}?-{姓名}", {"班级": "三班", "姓名": "李四"}, "三班-李四"),
        ("{班级}-{学号}?-{姓名}", {"班级": "三班", "学号": "7", "姓名": "李四"}, "三班-7-李四"),
        ("{姓名}老师({学科}?)", {"姓名": "李四"}, "李四老师"),
        ("{姓名}老师({学科}?)", {"姓名": "李四", "学科": "数学"}, "李四老师(数学)"),
        ("{学号}?-{姓名}", {"姓名": "李四"}, "李四"),
    ],
)
def test_what_is_optional_is_left_out_with_its_separator(
    template: str, fields: dict[str, str], written: str
) -> None:
    assert Pattern.read(template).fill(fields) == written


def test_a_slot_without_a_value_is_named() -> None:
    with pytest.raises(KeyError, match="关系"):
        Pattern.read("{学生}{关系}").fill({"学生": "张三"})


@pytest.mark.parametrize(
    ("template", "told"),
    [
        ("", "1 到 100 个字"),
        ("{学生}" + "长" * 100, "1 到 100 个字"),
        ("{学生}" + "长" * 90, "写得简单些"),
        ("{学生", "没有配对"),
        ("{{学生}}", "没有配对"),
        ("{谁}", "{学生} {关系}"),
        ("{爸爸|妈妈}{学生}", "{关系:爸爸|妈妈}"),
        ("{关系}", "才认得出是谁"),
        ("{学生}{学生}", "写了两次"),
        ("?{学生}", "问号"),
        ("{学生}?", "全是可有可无"),
        ("{学生}@{关系}", "「@」不能用"),
        ("[甲]{学生}", "「甲」不能用"),
        ("{关系:弟子}{学生}", "「弟子」不是"),
        ("{学生:张三}", "写得不对"),
        ("{学生}{关系:}", "写得不对"),
        ("{学生}{姓名}{姓}{关系}{学科}{班级}{学号}{年级}{学校}{电话}", "最多 8 个"),
    ],
)
def test_a_template_that_is_none_is_refused_with_words(template: str, told: str) -> None:
    with pytest.raises(ValueError, match=r"[一-鿿]") as refused:
        Pattern.read(template)
    assert told in str(refused.value)


@given(st.sampled_from(TEMPLATES), FIELDS)
def test_the_right_form_is_read_as_what_it_was_made_of(
    template: str, fields: dict[str, str]
) -> None:
    pattern = Pattern.read(template)
    used = {slot: value for slot, value in fields.items() if f"{{{slot}}}" in template}
    text = pattern.fill(used)
    readings = pattern.readings(text)
    assert len(text) > LONGEST or used in [dict(one.fields) for one in readings], text


@given(
    st.text(st.one_of(st.characters(), st.sampled_from("{}[]?-_学生关系姓名:|爸妈")), max_size=40)
)
def test_any_text_is_a_template_or_refused_with_words(text: str) -> None:
    try:
        pattern = Pattern.read(text)
    except ValueError as error:
        told = str(error)
    else:
        told = pattern.readings(pattern.example())[0].fields
    assert told


@given(st.text(st.one_of(st.characters(), st.sampled_from("张三妈爸/·-() 班123a"))))
def test_any_text_can_be_read_and_is_cleaned_once_for_all(text: str) -> None:
    once = cleaned(text)
    assert cleaned(once) == once
    for template in TEMPLATES:
        assert len(Pattern.read(template).readings(text)) <= 24


@pytest.mark.parametrize(
    "text",
    [
        "张" * 64,
        "三班" * 32,
        "a " * 32,
        "1" * 64,
        "(" * 64,
        "张三/" * 21,
        "三" * 60 + "妈妈?!",
        "王" * 9999,
    ],
)
def test_a_hostile_name_costs_little(text: str) -> None:
    loose = Pattern.read("{班级}?{学号}?{年级}?{学校}?{学生}{关系}?{姓名}?{电话}?")
    many = Pattern.read("妈?妈?三?张?三?张?妈?妈?张?三?班?a?a?a?1?1?1?1?{姓名}{学号}?")
    started = time.process_time()
    for pattern in (loose, many):
        assert len(pattern.readings(text)) <= 24
    # 100 times what was measured; without the memory of dead ends it would take hours.
    assert time.process_time() - started < 0.5
