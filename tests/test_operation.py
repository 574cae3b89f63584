from __future__ import annotations

import logging
import os
import stat
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI, Request
import httpx
from loguru import logger
from prometheus_client.parser import text_string_to_metric_families
import pytest

from src.core.config import Backups, LogFiles
from src.core.faults import log_fault
from src.core.metrics import Metrics
from src.operation import add_routes, is_local, start_log_files
from tests.houses import AD, ADMIN, CLASS, INSULT, OWNER, PARENT, PARENTS, a_home

if TYPE_CHECKING:
    from pathlib import Path

    from tests.houses import Home

SECRET_WORDS = "谁也不该在日志里读到这句话"


def asking(client: str | None, **headers: str) -> Request:
    """A request from this address."""
    return Request(
        {
            "type": "http",
            "client": (client, 50000) if client is not None else None,
            "headers": [
                (name.replace("_", "-").lower().encode(), value.encode())
                for name, value in headers.items()
            ],
        }
    )


# Who may ask --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("request_", "local"),
    [
        (asking("127.0.0.1"), True),
        (asking("127.8.9.1"), True),
        (asking("::1"), True),
        (asking("::ffff:127.0.0.1"), True),
        (asking("192.168.1.7"), False),
        (asking("::ffff:192.168.1.7"), False),
        (asking("172.17.0.1"), False),
        (asking("testclient"), False),
        (asking(None), False),
        # A proxy on this machine asks for somebody, whoever it says that is.
        (asking("127.0.0.1", X_Forwarded_For="127.0.0.1"), False),
        (asking("127.0.0.1", X_Real_IP="127.0.0.1"), False),
        (asking("127.0.0.1", Forwarded="for=127.0.0.1"), False),
        (asking("192.168.1.7", X_Forwarded_For="127.0.0.1"), False),
    ],
)
def test_only_this_machine_itself_may_ask(request_: Request, local: bool) -> None:
    assert is_local(request_) is local


async def get(app: FastAPI, path: str, client: str = "127.0.0.1") -> httpx.Response:
    transport = httpx.ASGITransport(app=app, client=(client, 50000))
    async with httpx.AsyncClient(transport=transport, base_url="http://bot") as line:
        return await line.get(path)


async def test_what_each_path_answers(tmp_path: Path) -> None:
    app = FastAPI()
    async with a_home(tmp_path) as home:
        add_routes(app, home.house)
        assert (await get(app, "/healthz")).json() == {"alive": True}
        ready = await get(app, "/readyz")
        assert ready.status_code == 200
        assert ready.json() == {"ready": True, "store": "ok", "bots": 1}
        home.lose()
        # Without a bot it is ready all the same: that is for NapCat to mend.
        assert (await get(app, "/readyz")).json() == {"ready": True, "store": "ok", "bots": 0}
        scraped = await get(app, "/metrics")
        assert scraped.headers["content-type"].startswith("text/plain; version=")
        for path in ("/healthz", "/readyz", "/metrics"):
            stranger = await get(app, path, "192.168.1.7")
            assert stranger.status_code == 404
            assert stranger.json() == {"detail": "Not Found"}
    # The store is closed now.
    down = await get(app, "/readyz")
    assert down.status_code == 503
    assert down.json() == {"ready": False, "store": "down", "bots": 0}
    assert (await get(app, "/healthz")).status_code == 200
    assert "qungui_store_up 0.0" in (await get(app, "/metrics")).text


# Metrics ------------------------------------------------------------------------------------------


async def scrape(home: Home) -> dict[tuple[str, ...], float]:
    """All samples of ours, by name and label values."""
    text = (await Metrics(home.house).text()).decode()
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name.startswith("qungui_")
    }


async def test_what_happened_can_be_read(tmp_path: Path) -> None:
    async with a_home(tmp_path, superusers=(OWNER,)) as home:
        await home.says(PARENT, "明天几点到校？")
        await home.says(PARENT, INSULT)
        await home.says(PARENT, "/rules")
        await home.says(PARENT, f"/mute {PARENTS[1]}")
        await home.says(ADMIN, "/nonsense")
        log_fault("a test", KeyError())
        found = await scrape(home)
    assert found["qungui_messages_judged_total",] >= 2
    step = found["qungui_findings_total", "content_filter", "remove"]
    assert step == 1
    assert found["qungui_acts_total", "withdraw", "confirmed"] == 1
    assert found["qungui_acts_total", "mute", "confirmed"] == 1
    assert found["qungui_commands_total", "rules", "done"] == 1
    assert found["qungui_faults_total", "other"] == 1
    assert found["qungui_groups", "enforce"] == 1
    assert found["qungui_bots_connected",] == 1
    assert found["qungui_store_up",] == 1
    assert found["qungui_requests_open", "remove"] == 1
    assert {key[1] for key in found if key[0] == "qungui_queue_length"} == {
        "groups",
        "private",
        "answers",
        "acts",
        "words",
    }


async def test_what_waits_can_be_read(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        home.lose()
        await home.says(PARENT, INSULT)
        found = await scrape(home)
        assert found["qungui_acts_waiting", "withdraw"] == 1
        assert found["qungui_bots_connected",] == 0
        assert ("qungui_backup_timestamp_seconds",) not in found


async def test_no_group_and_no_person_is_in_the_metrics(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        number = "987654321"
        other = CLASS._replace(group_id=number)
        home.platform.join("123456789", "很长的名字", group=other)
        await home.says("123456789", AD, group=other)
        await home.says("123456789", "/help", group=other)
        await home.says(PARENT, INSULT)
        text = (await Metrics(home.house).text()).decode()
    for private in (number, "123456789", "很长的名字", "家长", AD, INSULT):
        assert private not in text


# Log files ----------------------------------------------------------------------------------------


def test_a_log_file_is_the_owners_alone_and_rotates(tmp_path: Path) -> None:
    os.umask(umask := os.umask(0))
    handler = start_log_files(LogFiles(rotate="1 MB", keep=2), tmp_path)
    for _ in range(5000):
        logger.error("a line of the log {}", "x" * 1000)
    logger.remove(handler)
    folder = tmp_path / "data/logs"
    files = sorted(folder.iterdir())
    assert len(files) == 3
    assert all(stat.S_IMODE(file.stat().st_mode) == 0o600 & ~umask for file in files)
    assert all(file.stat().st_size < 1.1 * 2**20 for file in files)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700 & ~umask


def test_a_traceback_in_the_file_shows_no_values(tmp_path: Path) -> None:
    handler = start_log_files(LogFiles(), tmp_path)

    def fail(text: str) -> None:
        raise RuntimeError(f"failed with {len(text)}")

    try:
        fail(SECRET_WORDS)
    except RuntimeError:
        logger.exception("something failed")
    logger.remove(handler)
    written = (tmp_path / "data/logs/qungui.log").read_text(encoding="utf-8")
    assert "Traceback" in written
    assert SECRET_WORDS not in written


def test_the_questions_of_every_few_seconds_are_not_logged() -> None:
    add_routes(FastAPI(), Any)  # pyright: ignore[reportArgumentType]
    access = logging.getLogger("uvicorn.access")

    def kept(path: str) -> bool:
        record = logging.LogRecord("uvicorn.access", logging.INFO, "", 0, "", (), None)
        record.args = ("127.0.0.1:5", "GET", path, "1.1", 200)
        return bool(access.filter(record))

    assert not kept("/healthz")
    assert not kept("/metrics")
    assert kept("/onebot/v11/")


# Settings -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("rotate", ["10 MB", "1 MB", "00:00", "23:59"])
def test_a_rotation_that_loguru_takes(rotate: str, tmp_path: Path) -> None:
    assert LogFiles(rotate=rotate).rotate == rotate
    logger.remove(logger.add(tmp_path / "log", rotation=rotate))


@pytest.mark.parametrize("rotate", ["", "10", "10MB", "0 MB", "24:00", "1 week", "10 MB "])
def test_a_rotation_that_is_refused(rotate: str) -> None:
    with pytest.raises(ValueError, match="10 MB"):
        LogFiles(rotate=rotate)


@pytest.mark.parametrize("time", ["", "4:00", "24:00", "04:60", "04:00:00", "noon"])
def test_a_time_that_is_refused(time: str) -> None:
    with pytest.raises(ValueError, match="04:00"):
        Backups(time=time)
