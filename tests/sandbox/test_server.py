"""The page's server over a real socket: who may reach it, what it shows, what people do.

The bot is played by `QuietStage`; the page's own behaviour is tests/sandbox/test_page.py's.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
import http.client
import json
from pathlib import Path
import re
import socket
from typing import TYPE_CHECKING, Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Origin

from sandbox import room_texts as texts
from sandbox.fakeqq import (
    BOT,
    COMMITTEE,
    GROUP,
    HEAD_TEACHER,
    NEWCOMER,
    PARENTS,
    STRANGER,
    STUDENT,
    TEACHER,
)
from sandbox.room import WAITING, Watcher
from sandbox.samples import SAMPLES
from sandbox.server import PAGE, create_app, serve
from sandbox.stage import MORNING, BotGoneError, Stage
from tests.end_to_end.launcher import free_port

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Mapping

    from sandbox.fakeqq import Json
    from sandbox.room import Play

PARENT, OTHER = PARENTS[0], PARENTS[1]
CASE = {
    "verdict": "case",
    "reason": "不符合群规 三.1",
    "clauses": [{"number": "三.1", "title": "防刷屏", "found": True, "line": "连发 3 次"}],
    "case": 1,
}


class QuietStage(Stage):
    """A stage whose bot answers on its control line, and does nothing."""

    def __init__(self) -> None:
        super().__init__("http://127.0.0.1:9", "token")
        self.looks: dict[str, Json] = {}
        self.asked: list[tuple[str, str]] = []
        self.gone = False
        self.opened = 0

    async def open(self, within: float = 10.0) -> None:
        if self.gone:
            raise BotGoneError("gone")
        self.opened += 1

    def _request(self, method: str, path: str, body: Mapping[str, float] | None = None) -> Any:
        self.asked.append((method, path))
        if self.gone:
            raise BotGoneError("gone")
        if path == "/qungui/clock":
            return {"now": self.now()}
        return self.looks.get(path.removeprefix("/qungui/looks?message_id="))


class Page:
    """A page that is open: asks, and waits for what is told."""

    def __init__(self, line: ClientConnection) -> None:
        self.line = line
        self.told: list[Json] = []
        self._ref = 0

    async def hear(self, fits: Callable[[Json], object]) -> Json:
        """The first change that fits, told already or still to come."""
        while not (found := [change for change in self.told if fits(change)]):
            async with asyncio.timeout(10):
                self.told.append(json.loads(await self.line.recv()))
        return found[0]

    async def snapshot(self) -> Json:
        return await self.hear(lambda change: change["type"] == "snapshot")

    async def entry(self, part: str) -> Json:
        """The first entry with `part` in what it says."""

        def says(change: Json) -> bool:
            return change["type"] == "entry" and part in json.dumps(
                change["entry"], ensure_ascii=False
            )

        return (await self.hear(says))["entry"]

    async def act(self, do: str, **fields: Any) -> str:
        """Ask for something; why it was refused, empty where it was done."""
        self._ref += 1
        ref = self._ref
        await self.line.send(json.dumps({"do": do, "ref": ref, **fields}))
        answer = await self.hear(lambda change: change.get("ref") == ref)
        return answer.get("text", "")

    async def speak(self, who: int, words: str, where: str = "group", **fields: Any) -> str:
        return await self.act("speak", who=who, where=where, content=[{"text": words}], **fields)


class Served:
    """The server, running on a port of its own."""

    def __init__(self, stage: QuietStage, port: int) -> None:
        self.stage = stage
        self.port = port
        self.host = f"127.0.0.1:{port}"

    @asynccontextmanager
    async def page(self) -> AsyncGenerator[Page]:
        async with connect(
            f"ws://{self.host}/live", origin=Origin(f"http://{self.host}"), proxy=None
        ) as line:
            page = Page(line)
            await page.snapshot()
            yield page

    async def get(self, path: str = "/", method: str = "GET", **headers: str) -> Any:
        """The answer to a request, with its `body`."""

        def ask() -> Any:
            line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
            try:
                line.request(method, path, headers=headers)
                answer = line.getresponse()
                return answer, answer.read().decode()
            finally:
                line.close()

        return await asyncio.to_thread(ask)


@asynccontextmanager
async def serving(stage: QuietStage, play: Play | None = None) -> AsyncGenerator[Served]:
    port = free_port()
    app = create_app(stage, port=port, **({"play": play} if play else {}))
    running = asyncio.create_task(serve(app, port))
    try:
        async with asyncio.timeout(10):
            while True:
                with suppress(OSError):
                    _, writer = await asyncio.open_connection("127.0.0.1", port)
                    writer.close()
                    await writer.wait_closed()
                    break
        yield Served(stage, port)
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


@pytest.fixture
def stage() -> QuietStage:
    return QuietStage()


@pytest.fixture
async def served(stage: QuietStage) -> AsyncGenerator[Served]:
    async with serving(stage) as served:
        yield served


@pytest.fixture
async def page(served: Served) -> AsyncGenerator[Page]:
    async with served.page() as page:
        yield page


# Who may reach it -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:{port}", 200),
        ("localhost:{port}", 200),
        ("[::1]:{port}", 200),
        ("127.0.0.1", 403),
        ("127.0.0.1:1", 403),
        ("class.example:{port}", 403),
        ("127.0.0.1.class.example:{port}", 403),
        ("", 403),
    ],
)
async def test_only_this_machines_names_are_answered(
    served: Served, host: str, status: int
) -> None:
    for path in ("/", "/app.js", "/nothing"):
        answer, _ = await served.get(path, Host=host.format(port=served.port))
        assert answer.status == (404 if status == 200 and path == "/nothing" else status)


async def test_nothing_is_taken_from_another_origin(served: Served) -> None:
    for origin in ({}, {"Origin": "https://class.example"}, {"Origin": "null"}):
        answer, _ = await served.get("/", "POST", **origin)
        assert answer.status == 403
    answer, _ = await served.get("/", "POST", Origin=f"http://{served.host}")
    assert answer.status == 405


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        (None, None),
        ("null", None),
        ("https://class.example", None),
        ("http://127.0.0.1:1", None),
        ("https://127.0.0.1:{port}", None),
        ("http://localhost:{port}", None),
        ("http://class.example:{port}", "class.example:{port}"),
    ],
)
async def test_the_line_is_for_the_own_page_only(
    served: Served, origin: str | None, host: str | None
) -> None:
    headers = {"Host": host.format(port=served.port)} if host else {}
    named = Origin(origin.format(port=served.port)) if origin else None
    with pytest.raises(InvalidStatus, match="403"):
        async with connect(
            f"ws://{served.host}/live",
            origin=named,
            additional_headers=headers,
            proxy=None,
        ):
            pass


async def test_it_listens_on_one_address_of_the_loopback(served: Served) -> None:
    # Who listens on all addresses answers here too.
    with pytest.raises(OSError, match="Connect call failed"):
        await asyncio.open_connection("127.0.0.2", served.port)


async def test_a_taken_port_is_said_to_be_taken(stage: QuietStage) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(OSError, match="in use"):
            await serve(create_app(stage, port=port), port)


async def test_browsers_are_told_to_keep_it_so(served: Served) -> None:
    for path in ("/", "/app.js", "/style.css", "/favicon.svg", "/nothing"):
        answer, _ = await served.get(path)
        policy = answer.getheader("Content-Security-Policy")
        assert "default-src 'none'" in policy
        assert "script-src 'self';" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert answer.getheader("X-Content-Type-Options") == "nosniff"


def test_the_page_brings_all_it_needs() -> None:
    files = {path.name: path.read_text(encoding="utf-8") for path in PAGE.iterdir()}
    assert {"index.html", "style.css", "app.js", "favicon.svg"} <= set(files)
    for name, content in files.items():
        addresses = set(re.findall(r"(?:https?|wss?)://[^\s\"'`]+", content))
        assert addresses <= {"http://www.w3.org/2000/svg", "ws://${location.host}/live"}, name
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write", content)
    page = files["index.html"]
    assert 'lang="zh-CN"' in page
    assert not re.search(r"<script(?![^>]*\ssrc=)|\son\w+=|\sstyle=|<style", page)
    assert set(re.findall(r'(?:src|href)="([^"#]+)"', page)) <= set(files)


# What it shows --------------------------------------------------------------------------------


async def test_whoever_opens_the_page_gets_everything(page: Page, stage: QuietStage) -> None:
    first = await page.snapshot()
    kinds = {person["id"]: person["kind"] for person in first["people"]}
    assert kinds == {
        HEAD_TEACHER: "班主任",
        TEACHER: "老师",
        BOT: "机器人",
        **dict.fromkeys(PARENTS, "家长"),
        COMMITTEE: "班委",
        STUDENT: "学生",
        STRANGER: "陌生人",
        NEWCOMER: "陌生人",
    }
    assert first["group"] == {
        "name": "三年级二班家长群",
        "members": 13,
        "all_muted": False,
        "announcements": [],
    }
    assert first["clock"] == {"now": MORNING, "running": True}
    assert first["entries"] == []
    assert [sample["name"] for sample in first["samples"]] == list(SAMPLES)
    assert {"name": "text-only-parents", "title": "家长群群规（只发文字）"} in first["packs"]


async def test_what_one_page_does_all_pages_see(served: Served, stage: QuietStage) -> None:
    async with served.page() as one, served.page() as other:
        assert await one.speak(PARENT, "早上好") == ""
        seen = await other.entry("早上好")
        assert await one.entry("早上好") == seen
        assert (seen["who"], seen["name"], seen["where"]) == (PARENT, "张小明妈妈", "group")
        assert seen["pieces"] == [{"type": "text", "text": "早上好"}]
        assert not [change for change in other.told if "ref" in change]
    async with served.page() as late:
        entries = (await late.snapshot())["entries"]
        assert [entry["pieces"][0]["text"] for entry in entries] == ["早上好"]
    assert [m.text for m in stage.qq.messages.values()] == ["早上好"]


async def test_a_reply_with_a_mention(page: Page, stage: QuietStage) -> None:
    await page.speak(TEACHER, "明天带跳绳")
    asked = (await page.entry("跳绳"))["id"]
    content = [{"at": TEACHER}, {"text": " 几点？"}]
    await page.act("speak", who=PARENT, where="group", content=content, reply=asked)
    entry = await page.entry("几点")
    assert entry["pieces"] == [
        {"type": "reply", "id": asked},
        {"type": "at", "text": "@数学何老师"},
        {"type": "text", "text": " 几点？"},
    ]
    assert stage.qq.events[-1]["message"][1] == {"type": "at", "data": {"qq": str(TEACHER)}}


@pytest.mark.parametrize("name", SAMPLES)
async def test_every_sample_can_be_sent_and_is_drawn(
    page: Page, stage: QuietStage, name: str
) -> None:
    assert await page.act("send", who=PARENT, where="group", sample=name) == ""
    entry = await page.entry('"kind": "message"')
    (piece,) = entry["pieces"]
    assert piece.get("title") or piece["text"]
    sent = next(event for event in stage.qq.events if event["post_type"] == "message")
    assert [s["type"] for s in sent["message"]] == [
        *(s["type"] for s in SAMPLES[name].segments),
        *(["forward"] if SAMPLES[name].forwarded else []),
    ]
    if SAMPLES[name].forwarded:
        assert sent["message"][0]["data"]["id"] in stage.qq.forwards
        assert len(piece["lines"]) == len(SAMPLES[name].forwarded)
    uploads = [e for e in stage.qq.events if e.get("notice_type") == "group_upload"]
    assert len(uploads) == bool(SAMPLES[name].upload)


async def test_private_talk_belongs_to_one_person(page: Page, stage: QuietStage) -> None:
    await page.speak(PARENT, "我的记录", "private")
    assert (await page.entry("我的记录"))["where"] == PARENT
    assert stage.qq.events[-1]["sub_type"] == "group"
    stage.qq._do("send_private_msg", {"user_id": PARENT, "group_id": GROUP, "message": "没有记录"})
    answer = await page.entry("没有记录")
    assert (answer["where"], answer["who"]) == (PARENT, BOT)
    await page.speak(HEAD_TEACHER, "待办", "private")
    await page.entry("待办")
    assert stage.qq.events[-1]["sub_type"] == "friend"


async def test_what_becomes_of_people_is_told_in_lines(page: Page, stage: QuietStage) -> None:
    qq = stage.qq
    await qq.admin_mutes(GROUP, TEACHER, PARENT, 600)
    await qq.admin_unmutes(GROUP, TEACHER, PARENT)
    await qq.admin_mutes_all(GROUP, HEAD_TEACHER, muted=True)
    await qq.admin_mutes_all(GROUP, HEAD_TEACHER, muted=False)
    await qq.join(GROUP, 4242, "孙悦爸爸", operator=HEAD_TEACHER)
    await qq.leave(GROUP, 4242)
    await qq.admin_removes(GROUP, HEAD_TEACHER, OTHER)
    await qq.rename(GROUP, HEAD_TEACHER, "三（2）班")
    await qq.promote(GROUP, COMMITTEE, admin=True)
    await qq.upload(GROUP, TEACHER, "口算.pdf")
    qq._do("set_group_card", {"group_id": GROUP, "user_id": PARENT, "card": "小明妈妈"})
    qq._do("_send_group_notice", {"group_id": GROUP, "content": "周五春游"})
    await page.entry("周五春游")
    lines = [change["entry"]["text"] for change in page.told if change["type"] == "entry"]
    assert lines == [
        "张小明妈妈被数学何老师禁言 10 分钟",
        "张小明妈妈被数学何老师解除禁言",
        "班主任孙老师开启了全员禁言",
        "班主任孙老师关闭了全员禁言",
        "孙悦爸爸加入了群聊，由班主任孙老师同意",
        "孙悦爸爸退出了群聊",
        "李想爸爸被班主任孙老师移出群聊",
        "班主任孙老师把群名改为“三（2）班”",
        "家委林悦妈妈成为管理员",
        "数学何老师上传了群文件“口算.pdf”",
        "群规助手把张小明妈妈的群名片改为“小明妈妈”",
        "群规助手发布了群公告：周五春游",
    ]
    last = await page.hear(lambda c: c["type"] == "class" and c["group"]["announcements"])
    assert last["group"]["announcements"] == ["周五春游"]
    assert last["group"]["name"] == "三（2）班"


async def test_a_muted_person_is_told_until_when(page: Page, stage: QuietStage) -> None:
    await stage.qq.admin_mutes(GROUP, TEACHER, PARENT, 3600)
    assert await page.speak(PARENT, "放我出来") == texts.MUTED.format(until="11-03 08:30")
    await stage.qq.admin_mutes_all(GROUP, TEACHER, muted=True)
    assert await page.speak(OTHER, "有人吗") == texts.ALL_MUTED
    assert await page.speak(TEACHER, "请安静") == ""
    await page.hear(
        lambda change: (
            change["type"] == "class"
            and any(p["id"] == PARENT and p["muted_until"] for p in change["people"])
        )
    )


# What people do -------------------------------------------------------------------------------


async def test_recall_card_and_leaving(page: Page, stage: QuietStage) -> None:
    await page.speak(PARENT, "发错了")
    message = (await page.entry("发错了"))["id"]
    assert await page.act("recall", who=OTHER, message=message) == texts.NOT_YOURS
    assert await page.act("recall", who=PARENT, message=message) == ""
    withdrawn = await page.hear(lambda change: change["type"] == "withdrawn")
    assert withdrawn["withdrawn"] == {"by": ""}
    assert await page.act("recall", who=PARENT, message=message) == texts.GONE
    assert await page.act("card", who=PARENT, card=" 小明妈妈 ") == ""
    assert (await page.entry("群名片"))["text"] == "张小明妈妈把群名片改为“小明妈妈”"
    assert stage.qq.member(GROUP, PARENT).card == "小明妈妈"
    assert await page.act("leave", who=HEAD_TEACHER) == texts.NOT_OWNER_LEAVES
    assert await page.act("leave", who=PARENT) == ""
    assert await page.speak(PARENT, "还在吗") == texts.NOT_HERE


async def test_a_stranger_asks_to_join_and_a_teacher_answers(page: Page, stage: QuietStage) -> None:
    assert await page.speak(STRANGER, "在吗", "private") == texts.NO_FRIEND
    assert await page.act("join", who=PARENT) == texts.ALREADY_HERE
    assert await page.act("join", who=STRANGER, answer="我是孙悦的爸爸") == ""
    assert await page.act("join", who=STRANGER) == texts.ALREADY_ASKED
    request = await page.entry("我是孙悦的爸爸")
    assert (request["kind"], request["text"]) == ("request", "路人申请入群：我是孙悦的爸爸")
    decide = {"flag": request["flag"], "approve": True}
    assert await page.act("decide", who=PARENT, **decide) == texts.NOT_ADMIN
    assert await page.act("decide", who=TEACHER, **decide) == ""
    decided = await page.hear(lambda change: change["type"] == "decided")
    assert (decided["n"], decided["decided"]) == (request["n"], "数学何老师同意了")
    assert await page.act("decide", who=TEACHER, **decide) == texts.DECIDED
    assert STRANGER in stage.qq.groups[GROUP].members
    assert await page.speak(STRANGER, "大家好") == ""


async def test_a_friend_request_that_the_bot_accepts(page: Page, stage: QuietStage) -> None:
    assert await page.act("befriend", who=HEAD_TEACHER) == texts.ALREADY_FRIENDS
    assert await page.act("befriend", who=STRANGER) == ""
    flag = stage.qq.events[-1]["flag"]
    stage.qq._do("set_friend_add_request", {"flag": flag, "approve": False})
    assert (await page.entry("没有通过"))["where"] == STRANGER


@pytest.mark.parametrize(
    ("asked", "refusal"),
    [
        ("not json", texts.NOT_UNDERSTOOD),
        ("[]", texts.NOT_UNDERSTOOD),
        ('{"do": "hack"}', texts.NOT_UNDERSTOOD),
        ('{"do": "leave", "who": 101, "group": 1}', texts.NOT_UNDERSTOOD),
        ('{"do": "leave", "who": 77}', texts.NOBODY),
        (f'{{"do": "leave", "who": {BOT}}}', texts.NOBODY),
        ('{"do": "send", "who": 101, "where": "group", "sample": "x"}', texts.NO_SAMPLE),
        ('{"do": "speak", "who": 101, "where": "group", "content": []}', texts.EMPTY),
        (
            '{"do": "speak", "who": 101, "where": "group", "content": [{"text": " "}]}',
            texts.EMPTY,
        ),
        (
            '{"do": "speak", "who": 101, "where": "group", "content": [{"text": "a"}], "reply": 1}',
            texts.GONE,
        ),
        ('{"do": "clock", "advance": -5}', texts.NOT_UNDERSTOOD),
        ('{"do": "clock", "advance": 1e9}', texts.NOT_UNDERSTOOD),
    ],
)
async def test_what_cannot_be_is_refused_and_the_line_stays(
    page: Page, stage: QuietStage, asked: str, refusal: str
) -> None:
    await page.line.send(asked)
    answer = await page.hear(lambda change: change["type"] == "refused")
    assert answer["text"] == refusal
    assert stage.qq.events == []
    assert await page.speak(PARENT, "还在") == ""


async def test_a_frame_that_is_no_text_ends_the_line(page: Page) -> None:
    await page.line.send(b"\x00")
    with pytest.raises(ConnectionClosed):
        await page.hear(lambda change: False)


# What became of a message ---------------------------------------------------------------------


async def test_what_the_bot_made_of_a_message_is_told(page: Page, stage: QuietStage) -> None:
    stage.looks[str(2654435761 % 2**31)] = CASE
    await page.speak(PARENT, "同样的话")
    entry = await page.entry("同样的话")
    told = await page.hear(lambda change: change["type"] == "looks")
    assert (told["n"], told["looks"]) == (entry["n"], CASE)


async def test_a_message_that_the_bot_never_saw(page: Page, stage: QuietStage) -> None:
    await page.speak(PARENT, "有人吗")
    told = await page.hear(lambda change: change["type"] == "looks")
    assert told["looks"]["verdict"] == "unseen"
    # Asked again, it knows.
    entry = await page.entry("有人吗")
    stage.looks[str(entry["id"])] = CASE
    page.told.clear()
    assert await page.act("look", message=entry["id"]) == ""
    assert (await page.hear(lambda change: change["type"] == "looks"))["looks"] == CASE


async def test_the_bots_words_and_private_ones_are_not_asked_about(
    page: Page, stage: QuietStage
) -> None:
    stage.qq._do("send_group_msg", {"group_id": GROUP, "message": "我是群规助手"})
    await page.speak(PARENT, "我的记录", "private")
    await page.speak(PARENT, "早")
    await page.hear(lambda change: change["type"] == "looks")
    assert [path for method, path in stage.asked if method == "GET"] == [
        f"/qungui/looks?message_id={(await page.entry('早'))['id']}"
    ]


# Time -----------------------------------------------------------------------------------------


async def test_time_passes_when_asked_and_by_itself(page: Page, stage: QuietStage) -> None:
    await page.act("clock", running=False)
    before = stage.now()
    await page.act("clock", advance=600)
    assert stage.now() == before + 600
    assert stage.qq.now() == before + 600
    await page.act("clock", morning=True)
    assert stage.now() == MORNING + 86_400
    page.told.clear()
    await page.act("clock", running=True)
    await page.hear(lambda c: c["type"] == "clock" and c["clock"]["now"] > MORNING + 86_400)


async def test_a_bot_that_is_gone_is_said_and_waited_for(page: Page, stage: QuietStage) -> None:
    stage.gone = True
    assert await page.act("clock", advance=60) == texts.BOT_AWAY
    await page.hear(lambda change: change == {"type": "heard", "heard": False})
    opened = stage.opened
    stage.gone = False
    await page.hear(lambda change: change == {"type": "heard", "heard": True})
    assert stage.opened > opened


async def test_moves_are_one_at_a_time(stage: QuietStage) -> None:
    async with asyncio.TaskGroup() as group:
        for _ in range(20):
            group.create_task(stage.advance(1))
    assert stage.now() == MORNING + 20
    task = asyncio.create_task(stage.advance(1))
    await asyncio.sleep(0)
    task.cancel()
    # Whoever gave up on a move has not undone it, and the next one comes after it.
    await stage.advance(1)
    assert stage.now() == MORNING + 22


@pytest.mark.parametrize(
    ("to", "hours"),
    [((7, 30, 0), 0.0), ((9, 0, 0), 1.5), ((7, 0, 0), 23.5), ((7, 0, 1), 23.5), ((8, 30, 2), 49.0)],
)
async def test_the_hour_of_a_day(stage: QuietStage, to: tuple[int, int, int], hours: float) -> None:
    await stage.to(*to)
    assert stage.now() == MORNING + hours * 3600


# The sample day -------------------------------------------------------------------------------


async def test_the_day_is_played_told_and_stopped(stage: QuietStage) -> None:
    going = asyncio.Event()

    async def play(stage: Stage, *, say: Callable[[str], None]) -> None:
        say("")
        say("—— 早晨 ——")
        await stage.qq.speak(GROUP, HEAD_TEACHER, "早上好")
        say("07:30 班主任：早上好")
        going.set()
        await asyncio.Event().wait()

    async with serving(stage, play) as served, served.page() as page:
        assert await page.act("day", play=True, speed="fast") == ""
        assert (await page.entry("早晨"))["scene"]
        await page.entry("早上好")
        await going.wait()
        assert stage.rest > 0
        assert await page.act("clock", advance=60) == texts.PLAYING
        await page.hear(lambda c: c["type"] == "day" and c["day"]["caption"] == "早晨")
        assert await page.act("day", play=False) == ""
        stopped = await page.hear(
            lambda c: c["type"] == "day" and c["day"]["caption"] == texts.DAY_STOPPED
        )
        assert not stopped["day"]["playing"]
        assert stage.rest == 0
        assert await page.act("clock", advance=60) == ""


async def test_a_day_that_breaks_off_is_said_and_logged(
    stage: QuietStage, caplog: pytest.LogCaptureFixture
) -> None:
    async def play(stage: Stage, *, say: Callable[[str], None]) -> None:
        raise AssertionError("still waiting")

    async with serving(stage, play) as served, served.page() as page:
        await page.act("day", play=True)
        await page.hear(lambda c: c["type"] == "day" and c["day"]["caption"] == texts.DAY_FAILED)
        assert await page.speak(PARENT, "那我自己来") == ""
    assert [r.message for r in caplog.records if r.name == "sandbox"] == [
        "the sample day broke off"
    ]


# Many changes ---------------------------------------------------------------------------------


async def test_a_page_that_does_not_read_is_let_go() -> None:
    watcher = Watcher()
    for number in range(WAITING + 2):
        watcher.tell({"n": number})
    told = [watcher.news.get_nowait() for _ in range(watcher.news.qsize())]
    assert told[-1] is None
    assert len(told) == WAITING


def test_the_pages_own_folder_is_what_is_served() -> None:
    assert Path(__file__).resolve().parents[2] / "sandbox" / "page" == PAGE
