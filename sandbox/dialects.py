"""How the implementations that drive a QQ account differ about members and applications
(shared/anchors/onebot.md, 1a), for the pretend QQ."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from .line import Json
    from .state import Request


@dataclass(frozen=True)
class Dialect:
    """What an implementation tells, and how."""

    app: str
    version: str
    flag: Callable[[int, str, int], str]
    """What answers a request: of its group (0 for none), kind and number."""
    listed: Callable[[Iterable[Request], Callable[[int], Json]], Any]
    """The answer to `get_group_system_msg`, with what is told of each request's group and nick."""
    tells_cards: bool = True
    """Whether a new card is reported, when its owner next speaks."""
    tells_renames: bool = True
    """Whether a new name of the group is reported."""
    tells_inviters: bool = False
    """Whether the application of somebody whom a member invited names that member."""
    mislabels: bool = False
    """Whether who was let in by an admin is reported as invited by that admin."""


def _numbered(group: int, kind: str, number: int) -> str:
    return str(number)


def _piped(group: int, kind: str, number: int) -> str:
    return f"{group}|{number}|{7 if kind == 'add' else 1}|0" if group else str(number)


def _in_parts(group: int, kind: str, number: int) -> str:
    return f"slreq:1:{number}:{group}:1:0" if group else str(number)


def _listed_by_napcat(requests: Iterable[Request], about: Callable[[int], Json]) -> Json:
    def record(request: Request) -> Json:
        return about(request.group_id or 0) | {
            "request_id": request.number,
            # The applicant, under the name of another.
            "invitor_uin": request.user_id,
            "invitor_nick": request.nickname,
            "message": request.comment,
            "checked": request.approved is not None,
            "actor": request.decided_by,
            "requester_nick": request.nickname,
        }

    kept = list(requests)
    invited = [record(request) for request in kept if request.kind == "invite"]
    return {
        "invited_requests": invited,
        "InvitedRequest": invited,
        # Who was invited by a member is not among them.
        "join_requests": [
            record(request) for request in kept if request.kind == "add" and request.inviter is None
        ],
    }


def _listed_by_llbot(requests: Iterable[Request], about: Callable[[int], Json]) -> Json:
    def record(request: Request, role: str) -> Json:
        return about(request.group_id or 0) | {
            "request_id": request.number,
            f"{role}_uin": request.user_id,
            f"{role}_nick": request.nickname,
            "checked": request.approved is not None,
            "actor": request.decided_by,
        }

    kept = list(requests)
    return {
        "invited_requests": [record(one, "invitor") for one in kept if one.kind == "invite"],
        "join_requests": [
            record(one, "requester") | {"message": one.comment}
            for one in kept
            if one.kind == "add" and one.inviter is None
        ],
    }


def _listed_by_snowluma(requests: Iterable[Request], about: Callable[[int], Json]) -> list[Json]:
    return [
        about(request.group_id or 0)
        | {
            "request_id": request.number,
            "requester_uin": 0,
            "requester_nick": request.nickname,
            "message": request.comment,
            "flag": request.flag,
        }
        for request in requests
        if request.kind == "add"
    ]


NAPCAT = Dialect("NapCat.Onebot", "4.18.13", _numbered, _listed_by_napcat)
LLBOT = Dialect(
    "LLOneBot", "8.1.7", _piped, _listed_by_llbot, tells_renames=False, tells_inviters=True
)
SNOWLUMA = Dialect(
    "SnowLuma",
    "1.14.10",
    _in_parts,
    _listed_by_snowluma,
    tells_cards=False,
    tells_renames=False,
    mislabels=True,
)
