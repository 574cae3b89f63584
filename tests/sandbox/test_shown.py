"""How messages of all kinds look to people."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from sandbox.shown import pieces

if TYPE_CHECKING:
    from sandbox.fakeqq import Json

FIXTURES = Path(__file__).resolve().parents[3] / "shared" / "fixtures" / "onebot"
TALK: dict[str, list[Json]] = {
    "new": [
        {
            "sender": {"nickname": "阿强", "card": "强叔"},
            "message": [{"type": "text", "data": {"text": "你好"}}, {"type": "image", "data": {}}],
        }
    ],
    "old": [{"type": "node", "data": {"nickname": "家长", "content": "报名跳绳"}}],
}


def shown(kind: str, **data: Any) -> Json:
    (piece,) = pieces([{"type": kind, "data": data}], lambda user: f"人{user}", TALK)
    return piece


def ark(**content: Any) -> str:
    return json.dumps(content)


@pytest.mark.parametrize(
    ("kind", "data", "icon", "title", "detail", "lines"),
    [
        ("image", {"sub_type": 0, "summary": ""}, "image", "图片", "", []),
        ("image", {"sub_type": 1, "summary": "[动画表情]"}, "sticker", "表情", "[动画表情]", []),
        ("record", {}, "voice", "语音", "", []),
        ("file", {"file": "作业.docx", "file_size": "18432"}, "file", "作业.docx", "18 KB", []),
        ("file", {"file": "a", "file_size": 2 << 20}, "file", "a", "2.0 MB", []),
        ("file", {"file": "a", "file_size": "?"}, "file", "a", "", []),
        (
            "json",
            {"data": ark(prompt="[分享]", meta={"news": {"title": "公告", "desc": "运动会"}})},
            "link",
            "公告",
            "运动会",
            ["[分享]"],
        ),
        ("json", {"data": ark(prompt="推荐群", meta={"c": {}})}, "link", "推荐群", "", []),
        ("json", {"data": "not json"}, "link", "卡片", "", []),
        ("json", {"data": "[]"}, "link", "卡片", "", []),
        ("json", {"data": ark(meta={})}, "link", "卡片", "", []),
        ("xml", {"data": '<msg brief="[推荐群]"/>'}, "link", "[推荐群]", "", []),
        ("forward", {"id": "new"}, "forward", "聊天记录", "1 条", ["强叔：你好[其他]"]),
        ("forward", {"id": "old"}, "forward", "聊天记录", "1 条", ["家长：报名跳绳"]),
        ("forward", {"id": "gone"}, "forward", "聊天记录", "0 条", []),
        ("shake", {}, "other", "其他内容（shake）", "", []),
    ],
)
def test_what_is_no_text_becomes_a_tile(
    kind: str, data: Json, icon: str, title: str, detail: str, lines: list[str]
) -> None:
    tile = {"type": "tile", "icon": icon, "title": title, "detail": detail, "lines": lines}
    assert shown(kind, **data) == tile


def test_text_mentions_and_replies() -> None:
    assert shown("text", text="你好") == {"type": "text", "text": "你好"}
    assert shown("at", qq="101") == {"type": "at", "text": "@人101"}
    assert shown("at", qq="all") == {"type": "at", "text": "@全体成员"}
    assert shown("reply", id="12") == {"type": "reply", "id": 12}


def test_an_empty_message_is_a_red_packet() -> None:
    (tile,) = pieces([], str, {})
    assert tile["icon"] == "red-packet"


@pytest.mark.skipif(not FIXTURES.exists(), reason="../shared is not here")
def test_what_real_implementations_send_can_be_drawn() -> None:
    drawn = 0
    for path in FIXTURES.glob("v11-msg-*.json"):
        message = json.loads(path.read_text(encoding="utf-8")).get("message")
        if isinstance(message, list):
            drawn += len(pieces(message, str, {}))
    assert drawn > 20
