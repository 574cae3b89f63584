"""How a message looks to people: segments as the pieces that the page draws."""

from __future__ import annotations

from contextlib import suppress
import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from .fakeqq import Json

_PLAIN = {"record": ("voice", "语音"), "video": ("video", "视频"), "mface": ("sticker", "表情")}


def pieces(
    segments: Sequence[Json],
    name: Callable[[str], str],
    forwards: Mapping[str, Sequence[Json]],
) -> list[Json]:
    """The pieces of a message: text, at, reply, or a tile with an icon, a title and details.

    `name` is how a member is called, by id; `forwards` what is in forwarded talks. A message
    without segments is what QQ makes of a red packet.
    """
    if not segments:
        return [_tile("red-packet", "红包", "机器人只收到一条空消息")]
    return [_piece(s["type"], s.get("data") or {}, name, forwards) for s in segments]


def _tile(icon: str, title: str, detail: str = "", lines: Sequence[str] = ()) -> Json:
    return {"type": "tile", "icon": icon, "title": title, "detail": detail, "lines": list(lines)}


def _piece(
    kind: str,
    data: Json,
    name: Callable[[str], str],
    forwards: Mapping[str, Sequence[Json]],
) -> Json:
    match kind:
        case "text":
            return {"type": "text", "text": str(data.get("text", ""))}
        case "at":
            whom = str(data.get("qq", ""))
            return {"type": "at", "text": "@全体成员" if whom == "all" else f"@{name(whom)}"}
        case "reply":
            return {"type": "reply", "id": int(data.get("id", 0))}
        case "face":
            return {"type": "text", "text": "[表情]"}
        case "image" if data.get("sub_type"):
            return _tile("sticker", "表情", str(data.get("summary") or ""))
        case "image":
            return _tile("image", "图片", str(data.get("summary") or ""))
        case "file":
            return _tile("file", str(data.get("file", "文件")), _size(data.get("file_size")))
        case "json":
            return _card(str(data.get("data", "")))
        case "xml":
            brief = re.search(r'brief="([^"]*)"', str(data.get("data", "")))
            return _tile("link", brief[1] if brief else "卡片")
        case "forward":
            talk = data.get("content") or forwards.get(str(data.get("id")), [])
            lines = [_line(node) for node in talk]
            return _tile("forward", "聊天记录", f"{len(lines)} 条", lines)
        case _ if kind in _PLAIN:
            return _tile(*_PLAIN[kind])
        case _:
            return _tile("other", f"其他内容（{kind}）")


def _size(given: Any) -> str:
    size = 0
    with suppress(TypeError, ValueError):
        size = int(given)
    if size >= 1 << 20:
        return f"{size / (1 << 20):.1f} MB"
    return f"{max(1, size >> 10)} KB" if size else ""


def _card(content: str) -> Json:
    try:
        card = json.loads(content)
        view = next(iter(card["meta"].values()))
        title = view.get("title") or view.get("nickname") or card.get("prompt") or "卡片"
        detail = view.get("desc") or view.get("contact") or ""
        tag = view.get("tag") or card.get("prompt") or ""
    except (ValueError, TypeError, KeyError, AttributeError, StopIteration):
        return _tile("link", "卡片")
    return _tile("link", str(title), str(detail), [str(tag)] if tag and tag != title else [])


def _line(node: Json) -> str:
    """Who said what in a forwarded talk; the old nodes have it all in `data`, as text."""
    inner = node.get("data") or node
    who = node.get("sender") or {}
    content = inner.get("message") or inner.get("content") or []
    if not isinstance(content, str):
        content = "".join(
            str(s["data"].get("text", "")) if s["type"] == "text" else "[其他]" for s in content
        )
    return f"{who.get('card') or who.get('nickname') or inner.get('nickname') or '某人'}：{content}"
