"""The page in headless Chromium, with a bot in a process of its own and the pretend class."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
import re
import shutil
from typing import TYPE_CHECKING

from playwright.async_api import Error, Page, async_playwright, expect
import pytest

from sandbox.fakeqq import GROUP, HEAD_TEACHER, PARENTS
from sandbox.server import create_app, serve
from sandbox.stage import Stage
from tests.end_to_end.launcher import NOON, TOKEN, BotProcess, free_port

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path

    from playwright.async_api import Browser, ConsoleMessage, Request

CHROMIUM = shutil.which("chromium")
ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PARENT, OTHER = PARENTS[0], PARENTS[1]
WAIT = 15_000

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium here")


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncGenerator[Stage]:
    process = BotProcess(tmp_path, forked=True)
    try:
        await process.start()
        stage = Stage(f"http://127.0.0.1:{process.port}", TOKEN, now=NOON)
        await stage.open()
        yield stage
        await stage.close()
    finally:
        await process.kill9()


@asynccontextmanager
async def serving(stage: Stage, port: int) -> AsyncGenerator[None]:
    """The page's server runs."""
    running = asyncio.create_task(serve(create_app(stage, port=port), port))
    try:
        yield
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


async def opened(browser: Browser, address: str) -> Page:
    """A new page, once the server answers."""
    expect.set_options(timeout=WAIT)
    page = await browser.new_page(viewport={"width": 1280, "height": 800})
    page.set_default_timeout(WAIT)
    async with asyncio.timeout(10):
        while True:
            with suppress(Error):
                await page.goto(address)
                break
    await expect(page.locator(".person")).to_have_count(14)
    return page


@pytest.fixture
async def address(stage: Stage) -> AsyncGenerator[str]:
    port = free_port()
    async with serving(stage, port):
        yield f"http://127.0.0.1:{port}/"


@pytest.fixture
async def browser() -> AsyncGenerator[Browser]:
    assert CHROMIUM is not None
    async with async_playwright() as player:
        # Each start has a profile of its own, which goes with it.
        browser = await player.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        await browser.close()


@pytest.fixture
async def page(address: str, browser: Browser) -> AsyncGenerator[Page]:
    """The page, opened; afterwards, it must have made no complaint and asked nobody else."""
    page = await opened(browser, address)
    complaints: list[str] = []
    asked: list[str] = []

    def heard(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            complaints.append(message.text)

    def asks(request: Request) -> None:
        asked.append(request.url)

    page.on("console", heard)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", asks)
    # Again, with somebody listening.
    await page.reload()
    await expect(page.locator(".person")).to_have_count(14)
    yield page
    assert complaints == []
    assert asked
    assert {url for url in asked if not url.startswith(address)} == set()
    await page.close()


async def become(page: Page, name: str) -> None:
    await page.get_by_role("radio", name=name).check(force=True)


async def say(page: Page, words: str) -> None:
    await page.get_by_label("要说的话").fill(words)
    await page.get_by_role("button", name="发送").click()
    await expect(page.get_by_label("要说的话")).to_have_value("")


async def choose_pack(page: Page) -> None:
    await become(page, "班主任孙老师")
    await page.get_by_role("button", name="选群规").click()
    await page.get_by_role("menuitem", name="家长群群规").click()
    await expect(page.get_by_label("要说的话")).to_have_value("/制度 use text-only-parents")
    await page.get_by_role("button", name="发送").click()
    await expect(page.get_by_role("log")).to_contain_text("本群开始执行")


async def test_a_newcomer_tries_the_class(page: Page, stage: Stage) -> None:
    log = page.get_by_role("log")
    await become(page, "张小明妈妈")
    await say(page, "老师早上好 <b>&amp;")
    message = page.locator(".message", has_text="老师早上好 <b>&amp;")
    await expect(message).to_have_class(re.compile("mine"))
    await expect(message.locator(".chip")).to_have_text("未判断")

    await choose_pack(page)
    await become(page, "张小明妈妈")
    for _ in range(3):
        await say(page, "今天作业是什么")
    case = page.locator(".message.withdrawn", has_text="今天作业是什么").last
    await expect(case.locator(".chip")).to_have_text("已处理 #1")
    await expect(case).to_contain_text("被群规助手撤回")

    # Why: the clause that found it, and those that did not.
    await case.locator(".chip").click()
    details = page.get_by_role("dialog", name="怎么判的")
    await expect(details.locator("li.found")).to_contain_text("三.1 防刷屏")
    others = details.locator("li:not(.found)")
    await expect(others.filter(has_text="没有发现").first).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(details).to_be_hidden()
    await expect(case.locator(".chip")).to_be_focused()

    # In private: unread, then read; and the appeal that it tells of.
    await expect(page.locator(".person", has_text="张小明妈妈").locator(".badge")).to_be_visible()
    await page.get_by_role("tab", name="私聊机器人").click()
    await expect(log).to_contain_text("三.1")
    await expect(page.locator(".person", has_text="张小明妈妈").locator(".badge")).to_have_count(0)
    await say(page, "申诉 我以为没发出去")
    await expect(page.locator(".message.bot").last).to_contain_text("申诉")
    # Another parent sees nothing of it.
    await become(page, "李想爸爸")
    await expect(page.locator(".message")).to_have_count(0)
    assert [m.text for m in stage.qq.messages.values() if m.user_id == HEAD_TEACHER] == [
        "/制度 use text-only-parents"
    ]


async def test_whatever_happens_is_drawn(page: Page, stage: Stage) -> None:
    log = page.get_by_role("log")
    await become(page, "数学何老师")
    await page.get_by_role("button", name="发别的").click()
    await page.get_by_role("menuitem", name="合并转发：春游安排").click()
    await expect(log.locator(".tile")).to_contain_text("周五春游，八点校门口集合")
    await become(page, "张小明妈妈")
    await page.get_by_role("button", name=re.compile("对数学何老师的消息")).click()
    await page.get_by_role("menuitem", name="回复").click()
    await say(page, "@数学何老师 收到")
    reply = page.locator(".message.mine")
    await expect(reply.locator(".quote")).to_contain_text("数学何老师")
    await expect(reply.locator(".mention")).to_have_text("@数学何老师")
    # Muted: said, refused in words, and what was typed stays.
    await stage.qq.admin_mutes(GROUP, HEAD_TEACHER, PARENT, 600)
    await expect(page.locator("#standing")).to_contain_text("您被禁言到")
    await page.get_by_label("要说的话").fill("放我出来")
    await page.get_by_role("button", name="发送").click()
    await expect(page.get_by_role("alert")).to_contain_text("您被禁言到")
    await expect(page.get_by_label("要说的话")).to_have_value("放我出来")
    await page.get_by_role("button", name="+10 分钟").click()
    await page.get_by_role("button", name="+1 分钟").click()
    await expect(page.locator("#standing")).to_be_hidden()
    # A stranger applies, a teacher answers.
    await become(page, "路人")
    await page.get_by_role("button", name="申请入群").click()
    await page.get_by_label("入群问题").fill("我是孙悦的爸爸")
    await page.keyboard.press("Enter")
    await expect(log).to_contain_text("路人申请入群：我是孙悦的爸爸")
    await expect(page.get_by_role("button", name="同意", exact=True)).to_have_count(0)
    await become(page, "数学何老师")
    await page.get_by_role("button", name="同意", exact=True).click()
    await expect(log).to_contain_text("路人加入了群聊，由数学何老师同意")


async def test_by_keyboard_alone(page: Page, stage: Stage) -> None:
    keys = page.keyboard
    box = page.get_by_label("要说的话")
    await expect(box).to_be_focused()
    # The first stop of the page leads past all else.
    skip = page.get_by_role("link", name="跳到输入框")
    await skip.focus()
    await keys.press("Shift+Tab")
    await keys.press("Tab")
    await expect(skip).to_be_focused()
    await keys.press("Enter")
    await expect(box).to_be_focused()
    # @ somebody: the list follows the arrows, Enter takes, a second Enter sends.
    await keys.type("@妈妈")
    options = page.get_by_role("listbox", name="@谁").get_by_role("option")
    await expect(options.first).to_have_attribute("aria-selected", "true")
    await keys.press("ArrowDown")
    await expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    name = await options.nth(1).text_content()
    await keys.press("Enter")
    await expect(box).to_have_value(f"@{name} ")
    await keys.type("在吗")
    await keys.press("Shift+Enter")
    await keys.type("谢谢")
    await keys.press("Enter")
    await expect(page.locator(".message .mention")).to_have_text(f"@{name}")
    assert [m.text for m in stage.qq.messages.values()] == [" 在吗\n谢谢"]
    # Who one is: one stop, chosen by the arrows.
    await page.get_by_role("radio", name="张小明妈妈").focus()
    await keys.press("ArrowDown")
    await expect(page.get_by_role("radio", name="李想爸爸")).to_be_checked()
    # Tabs by the arrows; a menu by the arrows, and Esc gives the focus back.
    await page.get_by_role("tab", name="三年级二班").focus()
    await keys.press("ArrowRight")
    await expect(page.get_by_role("tab", name="私聊机器人")).to_have_attribute(
        "aria-selected", "true"
    )
    await keys.press("ArrowLeft")
    more = page.get_by_role("button", name="发别的")
    await more.focus()
    await keys.press("Enter")
    items = page.get_by_role("menuitem")
    await expect(items.first).to_be_focused()
    await keys.press("ArrowUp")
    await expect(items.last).to_be_focused()
    await keys.press("Home")
    await keys.press("ArrowDown")
    await expect(items.nth(1)).to_be_focused()
    await keys.press("Escape")
    await expect(more).to_be_focused()
    await expect(page.get_by_role("menu")).to_have_count(0)


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
async def test_it_fits(page: Page, width: int) -> None:
    await page.set_viewport_size({"width": width, "height": 640})
    await become(page, "张小明妈妈")
    await say(page, "https://school.example/" + "a" * 300)
    await become(page, "班主任孙老师")
    await expect(page.locator(".message")).to_have_count(1)
    for open_it in ("#more", ".chip"):
        await page.locator(open_it).last.click()
        wide = await page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width
        await page.keyboard.press("Escape")
    for part in ("#box", "#composer [type=submit]", "#now", ".tabs"):
        await expect(page.locator(part)).to_be_in_viewport(ratio=1)


async def test_a_lost_line_is_said_and_comes_back(stage: Stage, browser: Browser) -> None:
    port = free_port()
    async with serving(stage, port):
        page = await opened(browser, f"http://127.0.0.1:{port}/")
        lost = page.locator("#lost")
        await expect(lost).to_be_hidden()
    await expect(lost).to_contain_text("正在重新连接")
    await page.get_by_label("要说的话").fill("有人吗")
    await page.get_by_role("button", name="发送").click()
    await expect(page.get_by_role("alert")).to_contain_text("连接断开了")
    await expect(page.get_by_label("要说的话")).to_have_value("有人吗")
    # What was said while the page was away is there when it is back.
    await stage.qq.speak(GROUP, OTHER, "放学了")
    async with serving(stage, port):
        await expect(lost).to_be_hidden()
        await expect(page.get_by_role("log")).to_contain_text("放学了")
        await page.get_by_role("button", name="发送").click()
        await expect(page.get_by_role("log")).to_contain_text("有人吗")
        await page.close()


async def test_the_day_is_played_and_stopped(address: str, page: Page) -> None:
    await page.get_by_label("播放速度").select_option("fast")
    await page.get_by_role("button", name="播放示范日").click()
    await expect(page.locator("#caption")).to_contain_text("正在播放示范日：")
    await expect(page.get_by_role("log")).to_contain_text("本群开始执行")
    await expect(page.get_by_role("button", name="+1 小时")).to_be_disabled()
    await page.get_by_role("button", name="停止播放").click()
    await expect(page.get_by_role("button", name="播放示范日")).to_be_visible()
    await expect(page.locator("#caption")).to_contain_text("示范日停在这里")
    await say(page, "接着自己试")
    await expect(page.get_by_role("log")).to_contain_text("接着自己试")
