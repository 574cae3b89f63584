"""The control line of a driven clock: only in tests and the sandbox, with the access token."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING

from fastapi import HTTPException, Request
from pydantic import BaseModel

if TYPE_CHECKING:
    from fastapi import FastAPI

    from .core.clock import DrivenClock
    from .core.house import House


_STEPS = 120
"""Into so many steps at most a move is cut, so that three days do not take 4,320 of them."""


class Move(BaseModel):
    """Where the clock should go; nothing moves where both are missing."""

    set: float | None = None
    advance: float | None = None


def add_clock_line(app: FastAPI, house: House, clock: DrivenClock, token: str) -> None:
    """Add `POST /qungui/clock`: sets or advances the clock, and answers when the bot is idle.

    Advancing stops where something sleeps, so that what follows from it has its own time.
    """

    async def move(request: Request) -> dict[str, float]:
        given = request.headers.get("authorization", "").removeprefix("Bearer ")
        if not hmac.compare_digest(given.encode(), token.encode()):
            raise HTTPException(403)
        wanted = Move.model_validate_json(await request.body())
        await house.settle()
        target = wanted.set if wanted.set is not None else clock.now() + (wanted.advance or 0.0)
        if wanted.set is None:
            least = (target - clock.now()) / _STEPS
            while (due := clock.next_due()) is not None and due <= target:
                clock.move_to(min(target, max(due, clock.now() + least)))
                await house.settle()
        clock.move_to(target)
        await house.settle()
        return {"now": clock.now()}

    app.add_api_route("/qungui/clock", move, methods=["POST"])
