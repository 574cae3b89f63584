"""The area that the detector and the command of this plugin belong to."""

from __future__ import annotations

from src.core.area import Area, DefaultClause

from .settings import ContentSettings

area = Area(
    "content_filter",
    title="内容过滤",
    settings=ContentSettings,
    default=DefaultClause(
        "不发辱骂、色情、暴力、赌博、诈骗、广告、拉票、谣言等与班级无关的不良内容。",
        steps=("remind", "warn", "mute 10m"),
    ),
)
