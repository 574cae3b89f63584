"""Takes the picture of the page for the README: `python -m sandbox.picture`.

Needs Chromium and the package playwright (`make install` brings the second). The class talks to a
bot of its own, in a folder that goes with it.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from pathlib import Path
import shutil
import sys
import tempfile

from .bot import ROOT, Bot, free_port
from .fakeqq import COMMITTEE, GROUP, HEAD_TEACHER, PARENTS, TEACHER, mention, quote
from .samples import SAMPLES
from .server import create_app, serve
from .stage import Stage

PICTURE = ROOT / "docs" / "images" / "sandbox.png"
SIZE = (1280, 800)
MING, XIANG, YUTONG, ZIHAN = PARENTS[:4]


async def lively(stage: Stage) -> None:
    """Some minutes of a morning: ordinary talk, a flood, an advert, a question with its answer."""
    qq = stage.qq
    await qq.speak(GROUP, HEAD_TEACHER, "/制度 use text-only-parents")
    await stage.advance(30)
    await qq.speak(GROUP, HEAD_TEACHER, "早上好！今天降温，请给孩子多穿一件外套。")
    await stage.advance(40)
    for parent, words in ((MING, "收到，谢谢孙老师"), (COMMITTEE, "收到")):
        await qq.speak(GROUP, parent, words)
        await stage.advance(25)
    for _ in range(3):
        await qq.speak(GROUP, ZIHAN, "今天几点放学？")
        await stage.advance(3)
    await stage.advance(30)
    asked = await qq.speak(GROUP, ZIHAN, "不好意思，手机卡住了，以为没发出去。")
    await stage.advance(40)
    await qq.speak(GROUP, TEACHER, [quote(asked), mention(ZIHAN), " 没关系，今天三点半放学。"])
    await stage.advance(30)
    await qq.speak(GROUP, XIANG, SAMPLES["link"].segments)
    await stage.advance(20)
    await qq.speak(GROUP, YUTONG, "寒假一对一辅导，名师小班，限时优惠，加微信 fudao2026")
    await stage.advance(30)
    await qq.speak(GROUP, HEAD_TEACHER, "广告请不要发在群里，谢谢大家。")
    await stage.idle()


async def main() -> None:
    """Play, look, and write the picture."""
    from playwright.async_api import Error, async_playwright, expect

    chromium = shutil.which("chromium")
    if chromium is None:
        sys.exit("no chromium here")
    port = free_port(8090)
    with tempfile.TemporaryDirectory() as folder:
        bot = Bot(Path(folder))
        await bot.start()
        stage = Stage(bot.url, bot.token)
        try:
            await stage.open()
            serving = asyncio.create_task(serve(create_app(stage, port=port), port))
            async with async_playwright() as player:
                browser = await player.chromium.launch(
                    executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
                )
                page = await browser.new_page(
                    viewport={"width": SIZE[0], "height": SIZE[1]}, color_scheme="light"
                )
                while True:
                    with suppress(Error):
                        await page.goto(f"http://127.0.0.1:{port}/")
                        break
                await expect(page.locator(".person")).to_have_count(13)
                await lively(stage)
                await page.get_by_role("radio", name="班主任孙老师").check(force=True)
                case = page.locator(".message.withdrawn", has_text="限时优惠")
                await case.locator(".chip.case").click()
                await expect(page.locator("#details li.found")).to_be_visible()
                PICTURE.parent.mkdir(parents=True, exist_ok=True)
                await page.screenshot(path=PICTURE, animations="disabled")
                await browser.close()
            serving.cancel()
            with suppress(asyncio.CancelledError):
                await serving
        finally:
            await stage.close()
            await bot.stop()


if __name__ == "__main__":
    asyncio.run(main())
