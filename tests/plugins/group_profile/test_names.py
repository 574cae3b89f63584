"""What a group may be called: templates, the class in a name, and the settings."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
import pytest

from src.core.area import AREAS
from src.core.policy import Pack, PackError
from src.core.text import built_in
from src.plugins.group_profile.names import Template, fault_of, names_class
from src.plugins.group_profile.settings import ProfileSettings


@pytest.mark.parametrize(
    ("template", "name", "fits"),
    [
        ("{年级}{班级}", "高三(2)班", True),
        ("{年级}{班级}", "高三（2）班", True),
        ("{年级}{班级}", "高三2班", True),
        ("{年级}{班级}", "三年级二班", True),
        ("{年级}{班级}", "三年级 二班", True),
        ("{年级}{班级}", "三年级向日葵班", True),
        ("{年级}{班级}", "2024级3班", True),
        ("{年级}{班级}", "🌸三年级二班🌸", True),
        ("{年级}{班级}", "大一班", True),
        ("{年级}{班级}", "相亲相爱一家人", False),
        ("{年级}{班级}", "三年级二班吃喝玩乐", False),
        ("{年级}{班级}", "", False),
        ("{班级}（{年级}）", "二班(三年级)", True),
        ("{班级}", "三年级二班", True),
        ("{班级}", "二班", True),
        ("{班级}", "美术培训班", False),
        ("{学校}?{班级}{用途}?", "实验小学三年级二班家长群", True),
        ("{学校}?{班级}{用途}?", "三(2)班家校沟通群", True),
        ("{学校}?{班级}{用途}?", "三(2)班", True),
        ("{学校}?{班级}{用途}?", "三(2)班美食群", False),
        ("{学校}{班级}家长群", "第一小学五年级3班家长群", True),
        ("{学校}{班级}家长群", "五年级3班家长群", False),
        ("高三(2)班", "高三（2）班", True),
        ("高三(2)班", "高三(3)班", False),
    ],
)
def test_a_name_fits_a_template_or_does_not(template: str, name: str, fits: bool) -> None:
    form = Template.read(template)
    assert form.fits(name) is fits
    # What people are shown of it.
    assert form.fits(form.example)
    assert "{" not in form.example


@pytest.mark.parametrize(
    ("template", "line"),
    [
        ("", "1 到 100 个字"),
        ("{班}", "可用的是 {学校} {年级} {班级} {用途}"),
        ("{班级", "括号或问号"),
        ("{班级}?", "至少一个后面不要写问号"),
        ("？", "括号或问号"),
        ("{班级}" * 13, "最多 12 个"),
    ],
)
def test_a_template_that_is_none_is_refused_with_words(template: str, line: str) -> None:
    with pytest.raises(ValueError, match=line.replace("{", r"\{")):
        Template.read(template)


@pytest.mark.parametrize(
    ("name", "class_name", "named"),
    [
        ("三年级二班家长群", "三年级二班", True),
        ("三(2)班", "三年级二班", True),
        ("三2班家长群", "三年级二班", True),
        ("3年级2班", "三年级二班", True),
        ("实验小学三（2）班", "三年级二班", True),
        ("三年级三班", "三年级二班", False),
        ("家长群", "三年级二班", False),
        ("初一(3)班", "七年级3班", True),
        ("高三二班", "高三(2)班", True),
        ("高一(2)班", "一年级2班", False),
        ("六年级十二班", "六(12)班", True),
        ("六年级二班", "六(12)班", False),
        ("向日葵班家长群", "向日葵班", True),
        ("大(1)班", "大一班", True),
        ("大二班", "大一班", False),
    ],
)
def test_a_name_names_the_class_in_full_or_in_short(
    name: str, class_name: str, named: bool
) -> None:
    assert names_class(name, class_name) is named


@pytest.mark.parametrize(
    ("settings", "name", "fault"),
    [
        ({}, "随便什么群", ""),
        ({"longest": 8}, "实验小学三年级二班家长群", "long"),
        ({"names": ["{班级}"]}, "快乐大本营", "form"),
        ({"names": ["{班级}"]}, "三年级二班", ""),
        ({"names": ["{班级}", "快乐大本营"]}, "快乐大本营", ""),
        ({"of_class": True}, "家长群", "class"),
        ({"of_class": True}, "三(2)班家长群", ""),
        ({"categories": ["insult"]}, "傻逼班主任受害者群", "term"),
        ({"categories": ["insult"]}, "三年级二班操作说明", ""),
        ({"categories": ["gambling"]}, "傻逼班主任受害者群", ""),
    ],
)
def test_what_is_wrong_with_a_name(settings: dict[str, Any], name: str, fault: str) -> None:
    profile = ProfileSettings.model_validate(settings)
    assert fault_of(name, profile, "三年级二班", built_in()) == fault


def test_a_group_without_a_class_need_not_name_it() -> None:
    profile = ProfileSettings(of_class=True)
    assert fault_of("家长群", profile, None, built_in()) == ""


@given(
    st.text(max_size=60), st.sampled_from(["{年级}{班级}", "{学校}?{班级}{用途}?", "{学校}{用途}"])
)
def test_no_name_breaks_a_template(name: str, template: str) -> None:
    assert isinstance(Template.read(template).fits(name), bool)
    assert names_class(name + "三年级二班", "三(2)班")


def pack(**settings: Any) -> Pack:
    clause = {
        "number": "1",
        "text": "群名写明班级。",
        "plugin": "group_profile",
        "settings": settings,
        "ladder": settings.pop("ladder", None),
    }
    content = {
        "name": "profile",
        "title": "群资料",
        "version": 1,
        "ladder": {"gently": {"life": "30d", "steps": ["remind", "warn"]}},
        "clause": [{key: value for key, value in clause.items() if value is not None}],
    }
    return Pack.from_content(content, AREAS)


@pytest.mark.parametrize(
    ("settings", "line"),
    [
        ({"names": ["{班}"], "ladder": "gently"}, "没有 {班} 这种格子"),
        ({"rename_by": "staff"}, "请写 ladder"),
        ({"avatar": "校徽", "logo": True}, "不认识 logo"),
        ({"longest": 2, "ladder": "gently"}, "longest"),
    ],
)
def test_wrong_settings_are_refused_with_a_line(settings: dict[str, Any], line: str) -> None:
    with pytest.raises(PackError, match=line):
        pack(**settings)


def test_a_clause_that_makes_no_case_needs_no_ladder() -> None:
    assert pack(avatar="校徽", announcement="rules", post=True).clauses[0].ladder is None
