"""The sandbox class as its page sees it: what was said and happened, what people do, the clock.

The room listens to the pretend QQ and keeps what a person would see; whoever watches gets it whole
(`snapshot`) and then as it changes. It asks the bot what became of each message, lets a second of
the class's clock pass each real second, and plays the sample day.
"""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import asynccontextmanager
from datetime import datetime
import itertools
import logging
from pathlib import Path
import tomllib
from typing import TYPE_CHECKING, Literal

from . import room_texts as texts
from .actions import (
    Action,
    At,
    Befriend,
    Card,
    Clock,
    Day,
    Decide,
    Join,
    Leave,
    Look,
    Recall,
    Send,
    Speak,
    Speed,
    understood,
)
from .fakeqq import GROUP, CannotSpeakError, mention, quote, text
from .samples import SAMPLES
from .shown import pieces
from .stage import ZONE, BotGoneError, Stage

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable
    from typing import Protocol

    from .fakeqq import Json, Member

    class Play(Protocol):
        """The sample day: played on a stage, told line by line."""

        def __call__(self, stage: Stage, *, say: Callable[[str], None]) -> Awaitable[None]: ...


log = logging.getLogger("sandbox")

PACKS = Path(__file__).resolve().parents[1] / "policies"
KEPT = 1000
"""How many of the last entries the room keeps."""
WAITING = 500
"""How many changes may wait for a page that does not read; then its line is closed."""
SPEEDS = {"slow": 2.0, "normal": 0.8, "fast": 0.1}
"""Real seconds to rest after each move of the sample day."""


class RefusedError(Exception):
    """A person cannot do that; its words are for them."""


# The room -------------------------------------------------------------------------------------


class Watcher:
    """A page that is open: its changes wait in `news`; None once it has fallen too far behind."""

    def __init__(self) -> None:
        self.news: asyncio.Queue[Json | None] = asyncio.Queue(WAITING)
        self.lost = False

    def tell(self, change: Json) -> None:
        """Let it know of a change."""
        if self.lost:
            return
        if self.news.full():
            self.lost = True
            self.news.get_nowait()
            self.news.put_nowait(None)
        else:
            self.news.put_nowait(change)


class Room:
    """The class on `stage`. Inside `with open()` its clock runs and the bot is asked."""

    def __init__(self, stage: Stage, play: Play) -> None:
        self.stage = stage
        self.running = True
        """Whether a second passes for the class each second."""
        self._play = play
        self._entries: deque[Json] = deque(maxlen=KEPT)
        self._numbers = itertools.count(1)
        self._watchers: set[Watcher] = set()
        self._kinds: dict[int, str] = {}
        self._names: dict[int, str] = {}
        self._to_look: asyncio.Queue[int] = asyncio.Queue()
        self._playing: asyncio.Task[None] | None = None
        self._speed: Speed = "normal"
        self._caption = ""
        self._heard = True
        self._learn_names()
        for message in list(stage.qq.messages.values()):
            self._add_message(message.event)
        stage.qq.observers.append(self._observe)

    # Watching ---------------------------------------------------------------------------------

    def watch(self) -> Watcher:
        """A new watcher, who first gets everything."""
        watcher = Watcher()
        watcher.tell(self.snapshot())
        self._watchers.add(watcher)
        return watcher

    def forget(self, watcher: Watcher) -> None:
        """It watches no longer."""
        self._watchers.discard(watcher)

    def _tell(self, kind: str, **fields: object) -> None:
        for watcher in self._watchers:
            watcher.tell({"type": kind, **fields})

    def snapshot(self) -> Json:
        """Everything that a page shows."""
        return {
            "type": "snapshot",
            **self._class(),
            "entries": list(self._entries),
            "clock": self._clock(),
            "day": self._day(),
            "heard": self._heard,
            "samples": [{"name": n, "label": s.label} for n, s in SAMPLES.items()],
            "packs": _packs(),
        }

    def _class(self) -> Json:
        group = self.stage.qq.groups[GROUP]
        people = [self._person(user) for user in self._kinds]
        return {
            "group": {
                "name": group.name,
                "members": len(group.members),
                "all_muted": group.all_muted,
                "announcements": group.announcements[:5],
            },
            "people": people,
        }

    def _person(self, user: int) -> Json:
        qq = self.stage.qq
        member = qq.groups[GROUP].members.get(user)
        return {
            "id": user,
            "name": self._names[user],
            "kind": self._kinds[user],
            "role": member.role if member else "",
            "card": member.card if member else "",
            "member": member is not None,
            "friend": user in qq.friends,
            "muted_until": member.shut_up_timestamp if member else 0,
            "bot": user == qq.self_id,
        }

    def _clock(self) -> Json:
        return {"now": self.stage.now(), "running": self.running}

    def _day(self) -> Json:
        return {
            "playing": self._playing is not None,
            "speed": self._speed,
            "caption": self._caption,
        }

    def _learn_names(self) -> None:
        qq = self.stage.qq
        members = qq.groups[GROUP].members
        # Members first, in the group's order, then those outside.
        for user in [*members, *(u for u in qq.people if u not in members)]:
            member = members.get(user)
            if user not in self._kinds:
                self._kinds[user] = _kind(member, bot=user == qq.self_id)
            self._names[user] = (member.card if member else "") or qq.people[user]

    # What happens -----------------------------------------------------------------------------

    def _observe(self, event: Json) -> None:
        if event.get("group_id") not in (None, GROUP):
            return
        before = dict(self._names)
        self._learn_names()
        if event["post_type"] == "message":
            self._add_message(event)
        else:
            self._tell_of(event, before)
            # A message changes nobody's standing; everything else may.
            self._tell("class", **self._class())

    def _add(self, entry: Json) -> None:
        entry = {"n": next(self._numbers), "time": int(self.stage.now()), **entry}
        self._entries.append(entry)
        self._tell("entry", entry=entry)

    def _add_message(self, event: Json) -> None:
        qq = self.stage.qq
        user = int(event["user_id"])
        in_group = event["message_type"] == "group"
        member = qq.groups[GROUP].members.get(user)
        other = int(event["target_id"]) if user == qq.self_id and not in_group else user
        self._add(
            {
                "kind": "message",
                "id": event["message_id"],
                "where": "group" if in_group else other,
                "who": user,
                "name": self._names.get(user, str(user)),
                "role": member.role if member else "",
                "time": event["time"],
                "pieces": pieces(event["message"], self._called, qq.forwards),
                "withdrawn": None,
                "looks": None,
            }
        )
        if in_group and user != qq.self_id:
            self._to_look.put_nowait(event["message_id"])

    def _called(self, user: str) -> str:
        return self._names.get(int(user), user) if user.isdecimal() else user

    def _find(self, message: int) -> Json | None:
        return next((e for e in reversed(self._entries) if e.get("id") == message), None)

    def _line(self, wording: str, where: Literal["group"] | int = "group", **fields: str) -> None:
        self._add({"kind": "line", "where": where, "text": wording.format(**fields)})

    def _tell_of(self, event: Json, before: dict[int, str]) -> None:
        user = int(event.get("user_id") or 0)
        operator = int(event.get("operator_id") or 0)
        who, by = before.get(user) or self._called(str(user)), self._called(str(operator))
        kind = event.get("notice_type") or event.get("request_type") or event.get("change_type")
        match (kind, event.get("sub_type")):
            case ("group_recall" | "friend_recall", _):
                self._withdraw(event["message_id"], "" if operator in (0, user) else by)
            case ("group_increase", _) if operator in (0, user):
                self._line(texts.CAME, who=self._called(str(user)))
            case ("group_increase", _):
                self._line(texts.CAME_BY, who=self._called(str(user)), by=by)
            case ("group_decrease", "leave"):
                self._line(texts.LEFT, who=who)
            case ("group_decrease", _):
                self._line(texts.REMOVED, who=who, by=by)
            case ("group_ban", sub) if user == 0:
                self._line(texts.ALL_MUTED_BY if sub == "ban" else texts.ALL_OPENED_BY, by=by)
            case ("group_ban", "ban"):
                self._line(texts.MADE_MUTED, who=who, by=by, span=_span(event["duration"]))
            case ("group_ban", _):
                self._line(texts.UNMUTED, who=who, by=by)
            case ("group_admin", sub):
                self._line(texts.ADMIN_SET if sub == "set" else texts.ADMIN_UNSET, who=who)
            case ("notify", "group_name"):
                self._line(texts.RENAMED, by=who, name=event["name_new"])
            case ("card", _):
                wording = texts.CARD_OWN if operator == user else texts.CARD_BY
                self._line(wording, old=who, by=by, card=event["card_new"])
            case ("announcement", _):
                self._line(texts.ANNOUNCED, by=who, content=event["content"])
            case ("group_upload", _):
                self._line(texts.UPLOADED, who=who, file=event["file"]["name"])
            case ("friend_add", _):
                self._line(texts.BECAME_FRIENDS, user, who=who)
            case ("friend", _):
                self._line(texts.ASKED_FRIEND, user, who=who)
            case ("group", "add"):
                self._add(
                    {
                        "kind": "request",
                        "where": "group",
                        "who": user,
                        "flag": event["flag"],
                        "text": texts.ASKED_JOIN.format(
                            who=who, comment=event["comment"] or "（无）"
                        ),
                        "decided": "",
                    }
                )
            case ("decision", _):
                self._decided(event["flag"], by)
            case _:
                pass

    def _withdraw(self, message: int, by: str) -> None:
        entry = self._find(message)
        if entry is not None:
            entry["withdrawn"] = {"by": by}
            self._tell("withdrawn", n=entry["n"], withdrawn=entry["withdrawn"])
            if entry["where"] == "group" and entry["who"] != self.stage.qq.self_id:
                self._to_look.put_nowait(message)

    def _decided(self, flag: str, by: str) -> None:
        request = self.stage.qq.requests[flag]
        if request.kind == "friend":
            if not request.approved:
                self._line(
                    texts.FRIEND_REFUSED,
                    request.user_id,
                    who=self._called(str(request.user_id)),
                )
            return
        entry = next((e for e in reversed(self._entries) if e.get("flag") == flag), None)
        if entry is not None:
            wording = texts.APPROVED if request.approved else texts.REFUSED
            entry["decided"] = wording.format(by=by)
            if request.reason:
                entry["decided"] += f"（{request.reason}）"
            self._tell("decided", n=entry["n"], decided=entry["decided"])

    # What people do ---------------------------------------------------------------------------

    async def act(self, given: str) -> Json:
        """Carry out what a page asks for; the answer to that page."""
        ref = 0
        try:
            action = understood(given)
            ref = action.ref
            await self._act(action)
        except RefusedError as refused:
            return {"type": "refused", "ref": ref, "text": str(refused)}
        except BotGoneError:
            self._hears(False)
            return {"type": "refused", "ref": ref, "text": texts.BOT_AWAY}
        except ValueError:
            return {"type": "refused", "ref": ref, "text": texts.NOT_UNDERSTOOD}
        return {"type": "done", "ref": ref}

    async def _act(self, action: Action) -> None:
        qq = self.stage.qq
        if not isinstance(action, Look | Clock | Day) and (
            action.who == qq.self_id or action.who not in self._kinds
        ):
            raise RefusedError(texts.NOBODY)
        match action:
            case Speak():
                await self._speak(action)
            case Send():
                await self._send(action)
            case Card():
                self._member(action.who)
                qq.set_card(GROUP, action.who, action.card.strip())
            case Recall():
                message = qq.messages.get(action.message)
                if message is None:
                    raise RefusedError(texts.GONE)
                if message.user_id != action.who:
                    raise RefusedError(texts.NOT_YOURS)
                await qq.recall(action.message)
            case Leave():
                if self._member(action.who).role == "owner":
                    raise RefusedError(texts.NOT_OWNER_LEAVES)
                await qq.leave(GROUP, action.who)
            case Join():
                self._may_ask("add", action.who, here=action.who in qq.groups[GROUP].members)
                await qq.request_join(GROUP, action.who, action.answer)
            case Befriend():
                self._may_ask("friend", action.who, here=action.who in qq.friends)
                await qq.request_friend(action.who)
            case Decide():
                await self._decide(action)
            case Look():
                self._to_look.put_nowait(action.message)
            case Clock():
                await self._move(action)
            case Day():
                await self._set_day(action)

    def _member(self, user: int) -> Member:
        member = self.stage.qq.groups[GROUP].members.get(user)
        if member is None:
            raise RefusedError(texts.NOT_HERE)
        return member

    def _may_ask(self, kind: str, user: int, *, here: bool) -> None:
        if here:
            raise RefusedError(texts.ALREADY_HERE if kind == "add" else texts.ALREADY_FRIENDS)
        requests = self.stage.qq.requests.values()
        if any(r.kind == kind and r.user_id == user and r.approved is None for r in requests):
            raise RefusedError(texts.ALREADY_ASKED)

    async def _speak(self, action: Speak) -> None:
        segments: list[Json] = []
        if action.reply is not None:
            if action.reply not in self.stage.qq.messages:
                raise RefusedError(texts.GONE)
            segments.append(quote(action.reply))
        for part in action.content:
            if isinstance(part, At):
                segments.append(mention(part.at or "all"))
            elif part.text:
                segments.append(text(part.text))
        if not any(s["type"] == "at" or s["data"].get("text", "").strip() for s in segments):
            raise RefusedError(texts.EMPTY)
        await self._say(action.who, action.where, segments)

    async def _send(self, action: Send) -> None:
        sample = SAMPLES.get(action.sample)
        if sample is None:
            raise RefusedError(texts.NO_SAMPLE)
        qq = self.stage.qq
        segments = list(sample.segments)
        if sample.forwarded:
            talk = str(7_600_000_000_000_000_000 + len(qq.forwards))
            qq.forwards[talk] = [
                {
                    "user_id": 1094950020,
                    "time": int(self.stage.now()),
                    "message_type": "group",
                    "sender": {"user_id": 1094950020, "nickname": name, "card": ""},
                    "message": [text(words)],
                    "message_format": "array",
                }
                for name, words in sample.forwarded
            ]
            segments.append({"type": "forward", "data": {"id": talk}})
        await self._say(action.who, action.where, segments)
        if sample.upload and action.where == "group":
            await qq.upload(GROUP, action.who, sample.upload)

    async def _say(self, who: int, where: str, segments: list[Json]) -> None:
        qq = self.stage.qq
        group = qq.groups[GROUP]
        if where == "private":
            if who not in qq.friends and who not in group.members:
                raise RefusedError(texts.NO_FRIEND)
            await qq.whisper(who, segments, None if who in qq.friends else GROUP)
            return
        member = self._member(who)
        try:
            await qq.speak(GROUP, who, segments)
        except CannotSpeakError:
            if not qq.muted(GROUP, who):
                raise RefusedError(texts.ALL_MUTED) from None
            until = datetime.fromtimestamp(member.shut_up_timestamp, ZONE)
            raise RefusedError(texts.MUTED.format(until=f"{until:%m-%d %H:%M}")) from None

    async def _decide(self, action: Decide) -> None:
        if self._member(action.who).role == "member":
            raise RefusedError(texts.NOT_ADMIN)
        request = self.stage.qq.requests.get(action.flag)
        if request is None or request.kind != "add" or request.approved is not None:
            raise RefusedError(texts.DECIDED)
        await self.stage.qq.admin_decides(action.flag, action.who, approve=action.approve)

    # Time -------------------------------------------------------------------------------------

    async def _move(self, action: Clock) -> None:
        if action.running is not None:
            self.running = action.running
        elif self._playing is not None:
            raise RefusedError(texts.PLAYING)
        elif action.morning:
            await self.stage.to(7, 30, day=1)
        elif action.advance is not None:
            await self.stage.advance(action.advance)
        self._tell("clock", clock=self._clock())

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(1)
            try:
                if not self._heard or not self.stage.qq.connected:
                    await self.stage.open(within=1)
                if self.running and self._playing is None:
                    await self.stage.advance(1)
                self._hears(True)
            except (BotGoneError, TimeoutError):
                self._hears(False)
            self._tell("clock", clock=self._clock())

    def _hears(self, heard: bool) -> None:
        if heard != self._heard:
            self._heard = heard
            self._tell("heard", heard=heard)
            log.info("the bot answers again" if heard else "the bot does not answer")

    # What became of a message -----------------------------------------------------------------

    async def _look(self) -> None:
        while True:
            message = await self._to_look.get()
            entry = self._find(message)
            if entry is None:
                continue
            try:
                # So that the bot has the message before the question.
                await self.stage.qq.flush()
                found = await self.stage.ask(f"/qungui/looks?message_id={message}")
            except BotGoneError:
                self._hears(False)
                continue
            entry["looks"] = found or {"verdict": "unseen", "reason": "", "clauses": []}
            self._tell("looks", n=entry["n"], looks=entry["looks"])

    # The sample day ---------------------------------------------------------------------------

    async def _set_day(self, action: Day) -> None:
        self._speed = action.speed
        if action.play:
            self.stage.rest = SPEEDS[action.speed]
            if self._playing is None:
                self._caption = ""
                self._playing = asyncio.create_task(self._run_day())
        elif self._playing is not None:
            await self._stop_day()
        self._tell("day", day=self._day())

    async def _stop_day(self) -> None:
        if (playing := self._playing) is not None:
            playing.cancel()
            await asyncio.wait({playing})

    async def _run_day(self) -> None:
        try:
            await self._play(self.stage, say=self._say_scene)
            self._caption = texts.DAY_ENDED
        except asyncio.CancelledError:
            self._caption = texts.DAY_STOPPED
            raise
        except Exception:
            # The page goes on whatever went wrong in the play.
            log.exception("the sample day broke off")
            self._caption = texts.DAY_FAILED
        finally:
            self._playing = None
            self.stage.rest = 0.0
            self._tell("day", day=self._day())

    def _say_scene(self, line: str) -> None:
        # The play tells everything, for those who see nothing; here only its scenes are news.
        if not line.startswith("——"):
            return
        self._caption = line.strip("— ")
        self._add({"kind": "line", "where": "group", "text": self._caption, "scene": True})
        self._tell("day", day=self._day())
        self._tell("clock", clock=self._clock())

    @asynccontextmanager
    async def open(self) -> AsyncGenerator[None]:
        """While this is entered the clock runs and the bot is asked."""
        tasks = [asyncio.create_task(self._tick()), asyncio.create_task(self._look())]
        for task in tasks:
            task.add_done_callback(_report)
        try:
            yield
        finally:
            await self._stop_day()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            self.stage.qq.observers.remove(self._observe)


def _report(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        log.error("the sandbox class broke off", exc_info=error)


def _kind(member: Member | None, *, bot: bool) -> str:
    if bot:
        return "机器人"
    if member is None:
        return "陌生人"
    if member.role != "member":
        return "班主任" if member.role == "owner" else "老师"
    if "家委" in member.card or "班委" in member.card:
        return "班委"
    return "学生" if member.card.endswith("本人") else "家长"


def _span(seconds: int) -> str:
    for size, name in [(86_400, "天"), (3_600, "小时")]:
        if seconds >= size and seconds % size == 0:
            return f"{seconds // size} {name}"
    return f"{max(1, round(seconds / 60))} 分钟"


def _packs() -> list[Json]:
    return [
        {"name": path.stem, "title": tomllib.loads(path.read_text(encoding="utf-8"))["title"]}
        for path in sorted(PACKS.glob("*.toml"))
    ]
