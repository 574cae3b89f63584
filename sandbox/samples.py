"""What people send besides text, ready to be sent from the page: in NapCat's shapes, invented."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from .fakeqq import text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .fakeqq import Json


class Sample(NamedTuple):
    """Something to send. `segments` is what the bot gets: nothing for what QQ keeps from bots."""

    label: str
    segments: list[Json]
    forwarded: tuple[tuple[str, str], ...] = ()
    """Who said what in the forwarded talk; the segment is made when it is sent."""
    upload: str = ""
    """The name of the file that the group's folder has then too."""


def _ark(app: str, prompt: str, view: str, **meta: object) -> Json:
    content = {"app": app, "prompt": prompt, "ver": "1.0.0.1", "meta": {view: meta}}
    return {"type": "json", "data": {"data": json.dumps(content, ensure_ascii=False)}}


def _picture(file: str, summary: str = "", sub_type: int = 0) -> Json:
    data = {"file": file, "sub_type": sub_type, "summary": summary, "file_size": "20480", "url": ""}
    return {"type": "image", "data": data}


def _file(name: str, size: int) -> Json:
    return {
        "type": "file",
        "data": {"file": name, "file_id": f"/{name}", "file_size": str(size), "url": ""},
    }


SAMPLES: Mapping[str, Sample] = {
    "image": Sample("图片", [_picture("4D1F0A6B8C2E.jpg")]),
    "sticker": Sample("表情包", [_picture("9C7E5512AA01.gif", "[动画表情]", 1)]),
    "voice": Sample("语音", [{"type": "record", "data": {"file": "a1.amr", "file_size": "8192"}}]),
    "video": Sample(
        "视频", [{"type": "video", "data": {"file": "v1.mp4", "file_size": "2097152"}}]
    ),
    "file": Sample(
        "文件：作业清单",
        [_file("周末作业清单.docx", 18_432)],
        upload="周末作业清单.docx",
    ),
    "bad-file": Sample(
        "文件：推销资料",
        [_file("寒假补习班优惠报名表.pdf", 1_048_576)],
        upload="寒假补习班优惠报名表.pdf",
    ),
    "mini": Sample(
        "小程序：阅读打卡",
        [
            _ark(
                "com.tencent.miniapp_01",
                "[QQ小程序]每日阅读打卡",
                "detail_1",
                title="每日阅读打卡",
                desc="今天读了二十分钟，来看看",
                url="m.q.qq.com/a/s/read",
            )
        ],
    ),
    "link": Sample(
        "链接：学校公告",
        [
            _ark(
                "com.tencent.structmsg",
                "[分享]秋季运动会安排",
                "news",
                title="秋季运动会安排",
                desc="十一月七日，请穿运动鞋",
                jumpUrl="https://school.example/sports",
                tag="学校公众号",
            )
        ],
    ),
    "bad-link": Sample(
        "链接：辅导班广告",
        [
            _ark(
                "com.tencent.structmsg",
                "[分享]名师一对一辅导，限时优惠",
                "news",
                title="名师一对一辅导，限时优惠",
                desc="前二十名报名立减，加微信领取试听课",
                jumpUrl="https://ads.example/class",
                tag="分享",
            )
        ],
    ),
    "group-card": Sample(
        "推荐群：小区拼团",
        [
            _ark(
                "com.tencent.contact.lua",
                "推荐群聊：小区水果拼团群",
                "contact",
                nickname="小区水果拼团群",
                contact="每天开团，先到先得",
                tag="推荐群聊",
                jumpUrl="https://groups.example/join",
            )
        ],
    ),
    "forward": Sample(
        "合并转发：春游安排",
        [],
        (("数学何老师", "周五春游，八点校门口集合"), ("家委林悦妈妈", "已经联系好大巴了")),
    ),
    "bad-forward": Sample(
        "合并转发：夹带广告",
        [],
        (("阿强", "在家就能做的兼职"), ("阿强", "刷单日结三百，加微信 abc12345")),
    ),
    "red-packet": Sample("红包", []),
    "vote": Sample(
        "求投票",
        [text("帮我家孩子投一票：https://vote.example/42 点进去给 7 号投票，谢谢大家转发朋友圈")],
    ),
}
"""What the page offers, by name, in its order."""
