"""What cards, files and the like show, whoever made them."""

from __future__ import annotations

import base64
import json
import time
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
import pytest

from src.core.chat.events import MOST_LINKS, MOST_SHOWN, SEAM
from src.core.chat.onebot11.cards import Shown
from src.core.chat.onebot11.translate import read_content


def shown(kind: str, **data: Any) -> tuple[str, tuple[str, ...]]:
    """What one segment shows, line by line without the sentence ends, and its links."""
    content = read_content([{"type": kind, "data": data}])
    assert content.text == ""
    return content.shown.replace("。\n", "|"), content.links


def card(**fields: Any) -> tuple[str, tuple[str, ...]]:
    return shown("json", data=json.dumps(fields))


def encoded(words: str) -> str:
    return base64.b64encode(words.encode()).decode()


NEWS = {"title": "题", "desc": "讲", "jumpUrl": "https://a.test/1?x=1", "preview": "https://p.test"}
TABLE: list[tuple[str, dict[str, Any], str, tuple[str, ...]]] = [
    ("file", {"file": "a.doc", "file_id": "/1"}, "a.doc", ()),
    ("file", {"file_name": "a.doc", "file_hash": "h"}, "a.doc", ()),
    ("file", {"name": "a.doc", "file": "b.doc"}, "a.doc", ()),
    ("file", {"file": "https://a.test/a.doc"}, "", ()),
    ("flash_file", {"title": "照片等3个文件", "file_set_id": "1"}, "照片等3个文件", ()),
    ("redbag", {"title": "恭喜"}, "恭喜", ()),
    ("share", {"url": "https://a.test", "title": "t", "content": "c"}, "t|c", ("https://a.test",)),
    ("music", {"type": "163", "id": "5"}, "", ()),
    (
        "music",
        {"type": "custom", "url": "https://m.test", "title": "歌", "singer": "人"},
        "歌|人",
        ("https://m.test",),
    ),
    ("location", {"lat": "1", "title": "学校", "content": "某路"}, "学校|某路", ()),
    ("contact", {"type": "group", "id": "5"}, "", ()),
    (
        "markdown",
        {"content": "# 题\n[点我](https://a.test) ![图](https://p.test) 讲"},
        "# 题\n点我  讲",
        ("https://a.test",),
    ),
    ("markdown", {"content": {"content": "嵌"}}, "嵌", ()),
    (
        "keyboard",
        {
            "content": {
                "rows": [
                    {
                        "buttons": [
                            {
                                "render_data": {"label": "Join", "visited_label": "Join"},
                                "action": {"type": 0, "data": "https://a.test"},
                            }
                        ]
                    }
                ]
            }
        },
        "Join",
        ("https://a.test",),
    ),
    (
        "xml",
        {
            "data": '<msg brief="[分享]" url="https://a.test/?a=1&amp;b=2"><title>甲&lt;乙</title>'
            "<summary><![CDATA[丙]]></summary></msg>"
        },
        "[分享]|甲<乙|丙",
        ("https://a.test/?a=1&b=2",),
    ),
    ("xml", {"data": "<msg brief='推荐群'/>"}, "推荐群", ()),
    ("mface", {"summary": "[摸头]", "emoji_id": "a"}, "", ()),
    ("image", {"summary": "[动画表情]", "file": "a"}, "", ()),
    ("forward", {"id": "5"}, "", ()),
    ("json", {"data": "no json {"}, "", ()),
    ("json", {"data": "5"}, "", ()),
    ("json", {"data": None}, "", ()),
    ("xml", {}, "", ()),
    ("markdown", {"content": 5}, "", ()),
    ("file", {}, "", ()),
]


@pytest.mark.parametrize(("kind", "data", "text", "links"), TABLE)
def test_what_a_segment_shows(
    kind: str, data: dict[str, Any], text: str, links: tuple[str, ...]
) -> None:
    assert shown(kind, **data) == (text, links)


def test_what_a_card_shows() -> None:
    assert card(app="com.a", prompt="[分享]题", meta={"news": NEWS}, config={"token": "密"}) == (
        "[分享]题|题|讲",
        ("https://a.test/1?x=1",),
    )
    # A word in a field that nobody has heard of; who shares it is no part of what it says.
    assert card(meta={"x": {"field": "字", "id": "abc", "host": {"nick": "强"}}}) == ("字", ())
    assert card(meta={"x": {"tag": "Join VX abc"}}) == ("Join VX abc", ())
    # The card as an object, as some send it.
    assert shown("json", data={"prompt": "题"}) == ("题", ())


@pytest.mark.parametrize(
    ("field", "value", "links"),
    [
        ("qqdocurl", "https://b.test/x", ("https://b.test/x",)),
        ("url", "m.b.test/a/s", ("m.b.test/a/s",)),
        ("topicUrl", "https://b.test", ("https://b.test",)),
        ("target", "http://b.test", ("http://b.test",)),
        ("jumpUrl", "mqqapi://card/show_pslcard?uin=1", ()),
        ("picUrl", "https://b.test/a.png", ()),
        ("icon", "https://b.test/a.png", ()),
        ("url", "", ()),
        ("jumpUrl", "https://b.test/" + "x" * 2000, ()),
    ],
)
def test_addresses_of_a_card(field: str, value: str, links: tuple[str, ...]) -> None:
    assert card(meta={"x": {field: value}}) == ("", links)


def test_words_beside_an_address_are_words() -> None:
    assert card(meta={"x": {"desc": "https://b.test 加我"}}) == (
        "https://b.test 加我",
        ("https://b.test",),
    )


def test_an_announcement_is_decoded() -> None:
    notice = {"encode": 1, "title": encoded("群公告"), "text": encoded("明天交费，请看。")}
    assert card(app="com.tencent.mannounce", meta={"mannounce": notice}) == (
        "群公告|明天交费，请看。",
        (),
    )
    # Letters that only look like it stay what they are.
    assert card(meta={"x": {"title": "abcdefgh"}}) == ("abcdefgh", ())
    assert card(meta={"x": {"title": "956FEE3B1830729D70141FAE2E01262B"}})[0].startswith("956F")


def test_text_and_cards_are_apart() -> None:
    content = read_content(
        [
            {"type": "text", "data": {"text": "看"}},
            {"type": "redbag", "data": {"title": "一"}},
            {"type": "redbag", "data": {"title": "二"}},
        ]
    )
    assert (content.text, content.shown) == ("看", f"一{SEAM}二")


def test_a_card_in_a_cq_string() -> None:
    assert read_content('[CQ:json,data={"prompt":"题"&#44;"meta":{"a":{"desc":"讲"}}}]').shown == (
        "题。\n讲"
    )


def nested(depth: int) -> str:
    return '{"meta":' * depth + '"深"' + "}" * depth


def test_what_is_too_deep_or_too_much_is_left() -> None:
    assert shown("json", data=nested(5)) == ("深", ())
    assert shown("json", data=nested(50)) == ("", ())
    assert shown("json", data=nested(100_000)) == ("", ())
    long = card(meta={"a": "字" * (2 * MOST_SHOWN)})[0]
    assert len(long) == MOST_SHOWN
    many = card(meta={"a": [{"url": f"https://a.test/{n}"} for n in range(3 * MOST_LINKS)]})[1]
    assert len(many) == MOST_LINKS
    assert card(prompt="题", meta={"a": ["字"] * 1_000_000}) == ("题|字", ())


@pytest.mark.parametrize(
    "piece", ["<a>", "<", ">", 'brief="', "brief='x", "[a](", "[", "](", "![]"]
)
@pytest.mark.parametrize("kind", ["xml", "markdown", "json"])
def test_a_million_characters_are_read_in_linear_time(kind: str, piece: str) -> None:
    text = piece * (1_000_000 // len(piece))
    begin = time.process_time()
    shown(kind, data=text, content=text)
    assert time.process_time() - begin < 10


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda children: st.lists(children) | st.dictionaries(st.text(max_size=6), children),
    max_leaves=12,
)


@settings(deadline=None)
@given(
    st.sampled_from(sorted({kind for kind, *_ in TABLE})),
    st.dictionaries(st.sampled_from("data content title name file url".split()), VALUES),
)
def test_nothing_that_is_sent_makes_it_fail(kind: str, data: dict[str, Any]) -> None:
    content = read_content([{"type": kind, "data": data}])
    content.shown.encode()
    assert "\0" not in content.shown
    json_content = read_content([{"type": "json", "data": {"data": json.dumps(data)}}])
    json_content.shown.encode()


def test_a_number_that_is_too_long_hides_nothing() -> None:
    digits = "9" * 5_000
    shown = Shown()
    shown.take(
        "xml", {"data": f'<a title="&#{digits};"><b>特价&amp;优惠</b><c>&#{digits};</c></a>'}
    )
    assert "特价&优惠" in shown.text
    shown = Shown()
    shown.take("json", {"data": f'{{"n": {digits}, "title": "特价"}}'})
    assert shown.text == "特价"
