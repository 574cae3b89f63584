"""The control line: only in tests and the sandbox, with the access token."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING

from fastapi import HTTPException, Request
from pydantic import BaseModel

from .core.clock import DrivenClock

if TYPE_CHECKING:
    from fastapi import FastAPI

    from .core.house import House
    from .core.looks import Answer, Looks


_STEPS = 120
"""Into so many steps at most a move is cut, so that three days do not take 4,320 of them."""


class Move(BaseModel):
    """Where the clock should go; nothing moves where both are missing."""

    set: float | None = None
    advance: float | None = None


def add_control_line(app: FastAPI, house: House, looks: Looks, token: str) -> None:
    """Add `GET /qungui/looks?message_id=…`, which tells what became of a message (404 where it was
    not seen, or is forgotten); and, for a driven clock, `POST /qungui/clock`, which sets or advances
    it. Both answer when the bot is idle.

    Advancing stops where something sleeps, so that what follows from it has its own time.
    """
    clock = house.clock

    def admit(request: Request) -> None:
        given = request.headers.get("authorization", "").removeprefix("Bearer ")
        if "origin" in request.headers or not hmac.compare_digest(given.encode(), token.encode()):
            raise HTTPException(403)

    async def look(request: Request, message_id: str) -> Answer:
        admit(request)
        await house.settle()
        answer = await looks.answer(message_id, house.groups)
        if answer is None:
            raise HTTPException(404)
        return answer

    app.add_api_route("/qungui/looks", look, methods=["GET"], response_model=None)
    if not isinstance(clock, DrivenClock):
        return

    async def move(request: Request) -> dict[str, float]:
        admit(request)
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
