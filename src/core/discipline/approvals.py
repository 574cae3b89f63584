"""What a member may send only with a manager's consent (07.5.4, 15.6.1): the message is held, the
managers are asked, and what is kept of it is erased with the answer."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from src.core.area import Wait
from src.core.chat.events import Account, whole
from src.core.chat.port import Act
from src.core.clock import to_datetime
from src.core.people import Right
from src.core.schedule import Leave
from src.core.store import in_transaction, models, take_number
from src.core.store.rows import account_row

from . import texts
from .conflicts import family_of
from .hours import give
from .records import Answered, NotAllowed

if TYPE_CHECKING:
    from src.core.chat.port import Platform
    from src.core.groups import Group
    from src.core.guard import Judged
    from src.core.people import Rank
    from src.core.tally import Tally

    from .executor import Executor
    from .records import Records
    from .sanctions import Sanctions
    from .tell import Tell

PASS = timedelta(hours=24)
"""How long a consent holds for what the bot cannot send in somebody's place."""
LONGEST_POST = 2000
"""Characters; a longer post is not published in somebody's name, its author may send it."""
MOST = 5
"""So many of one member's wait in a group; judgement."""
_ASK_EVERY = timedelta(minutes=10)
_PUBLISH_WITHIN = timedelta(hours=24)
_EXCERPT = 200


class Approvals:
    """The posts of all groups that wait. Carried out in a group's line, like findings."""

    def __init__(
        self,
        *,
        records: Records,
        sanctions: Sanctions,
        executor: Executor,
        tell: Tell,
        tally: Tally,
    ) -> None:
        self._records = records
        self._sanctions = sanctions
        self._executor = executor
        self._tell = tell
        self._tally = tally

    # -- what waits -------------------------------------------------------------------------------

    async def hold(
        self, group: Group, judged: Judged, platform: Platform | None, window: float
    ) -> None:
        """Hold a message of a member that needs a consent, unless one was given before. Without a
        sanction; on a platform that cannot withdraw it the managers are asked all the same."""
        held = [(bound, finding.wait) for bound, finding in judged.hits if finding.wait is not None]
        if not held or group.mode == "observe" or judged.late or judged.author_rank.is_staff:
            return
        bound, wait = held[0]
        kinds = tuple(dict.fromkeys(kind for _, one in held for kind in one.kinds))
        event = judged.message.event
        key = f"approval/{event.ref.key}"[-64:]
        can = platform is None or Act.WITHDRAW in platform.capabilities.acts
        async with in_transaction():
            author = await account_row(event.account)
            if await models.Request.exists(open_key=key) or await self._pass(
                group, author, kinds, event.ref.key
            ):
                return
            acts: list[models.Act] = []
            if can and bound.withdraw:
                acts.append(
                    await self._sanctions.withdraw(
                        group, None, author, event.ref, late=True, window=window
                    )
                )
            if await self._waiting(group, author) >= MOST:
                text = texts.TOO_MANY_WAIT.format(group=self._records.title(group), count=MOST)
                acts += await self._tell.notice(group, author, text, clause=bound.clause.number)
            else:
                publish = all(one.publish for _, one in held) and len(event.text) <= LONGEST_POST
                shown = event.text if publish else whole(event.text, event.shown)[:_EXCERPT]
                _, asking = await self._ask(
                    group,
                    author,
                    wait,
                    key,
                    {
                        "kinds": kinds,
                        "clause": bound.clause.number,
                        "name": event.name,
                        "text": shown,
                        "publish": publish,
                        "withdrawal": acts[0].id if acts else None,
                        "stays": not acts,
                    },
                )
                acts += asking
        for _, finding in judged.hits:
            if finding.wait is not None:
                self._tally.findings[finding.plugin, "approval"] += 1
        self._executor.submit(acts)

    async def submit(
        self, group: Group, author: Account, name: str, clause: str, wait: Wait, text: str
    ) -> models.Request | None:
        """Ask for a post before it stands in the group; None where too many of the author's wait."""
        await self._records.row_of(group)
        async with in_transaction():
            row = await account_row(author)
            if await self._waiting(group, row) >= MOST:
                return None
            payload = {
                "kinds": wait.kinds,
                "clause": clause,
                "name": name,
                "text": text,
                "publish": True,
                "withdrawal": None,
                "stays": False,
            }
            request, acts = await self._ask(group, row, wait, None, payload)
        self._executor.submit(acts)
        return request

    async def ask_leave(
        self, group: Group, author: Account, clause: str, span: Leave, what: str, name: str
    ) -> models.Request | None:
        """Ask for leave to write at a time at which one does not (09.3.2); None where too much of the
        author's waits. What nobody answers lapses when that time is over."""
        await self._records.row_of(group)
        async with in_transaction():
            row = await account_row(author)
            if await self._waiting(group, row) >= MOST:
                return None
            within = max(1, round(span.end - self._records.now().timestamp()))
            payload = {
                "kinds": (),
                "clause": clause,
                "name": name,
                "text": span.reason[:_EXCERPT],
                "publish": False,
                "withdrawal": None,
                "stays": False,
                "span": [span.start, span.end],
            }
            request, acts = await self._ask(group, row, Wait((), what, within), None, payload)
        self._executor.submit(acts)
        return request

    async def _waiting(self, group: Group, author: models.Account) -> int:
        return await models.Request.filter(
            group_id=group.id, account_id=author.id, kind="approval", state="open"
        ).count()

    async def _pass(
        self, group: Group, author: models.Account, kinds: tuple[str, ...], key: str
    ) -> bool:
        """Whether the author has a consent for these kinds; it is used by the message with this key,
        however often that is delivered."""
        given = models.Request.filter(
            group_id=group.id,
            account_id=author.id,
            kind="approval",
            state="confirmed",
            expires_at__gt=self._records.now(),
        )
        for request in await given.order_by("id"):
            if request.payload.get("used") == key:
                return True
            if set(kinds) <= set(request.payload.get("pass", ())):
                request.payload = {"used": key}
                await request.save(update_fields=["payload"])
                return True
        return False

    async def _ask(
        self,
        group: Group,
        author: models.Account,
        wait: Wait,
        key: str | None,
        payload: dict[str, Any],
    ) -> tuple[models.Request, list[models.Act]]:
        """Rows for a new question: tell the author, and the managers where they were not told of
        another just now."""
        assert group.id is not None
        now = self._records.now()
        asked = await models.Request.exists(
            group_id=group.id, kind="approval", state="open", created_at__gt=now - _ASK_EVERY
        )
        until = now + timedelta(seconds=wait.within)
        request = await models.Request.create(
            group_id=group.id,
            number=await take_number(group.id),
            kind="approval",
            account=author,
            payload={**payload, "what": wait.what},
            open_key=key,
            expires_at=until,
            created_at=now,
        )
        acts: list[models.Act] = []
        title, item = self._records.title(group), f"{group.id}-{request.number}"
        if key is not None:
            after = "stays" if payload["stays"] else "publish" if payload["publish"] else "pass"
            text = texts.HELD.format(
                group=title,
                what=wait.what,
                clause=payload["clause"],
                number=item,
                after=texts.HELD_AFTER[after],
                until=self._records.local(until),
            )
            line = texts.HELD_LINE.format(what=wait.what, number=request.number)
            acts += await self._tell.notice(group, author, text, line=line)
        if not asked:
            who = Account(author.namespace, author.user_id)
            text = (texts.ASKED_LEAVE if "span" in payload else texts.ASKED).format(
                group=title, who=who.user_id, what=wait.what, item=item, number=request.number
            )
            managers = [one for one in self._tell.managers(group) if one != who]
            acts += await self._tell.all_of(group, managers, text)
        return request, acts

    # -- the answers ------------------------------------------------------------------------------

    async def approve(
        self, group: Group, request: models.Request, actor: Account, rank: Rank
    ) -> Answered:
        """Consent: the bot publishes a text in its author's name, anything else the author may send
        once more himself.

        Raises:
            NotAllowed: it is the actor's own or their family's, and the actor is no head teacher.
        """
        async with in_transaction():
            by = await self._decider(group, request, actor, rank)
            kept: dict[str, Any] = request.payload
            if not await self._records.close(request, "confirmed", by):
                return await self._decided(request)
            assert request.account is not None
            acts: list[models.Act] = []
            outcome = "pass"
            if "span" in kept:
                outcome = "leave"
            elif await self._stays(kept):
                outcome = "stays"
            elif kept["publish"]:
                outcome = "publish"
            given, until = {}, self._records.now() + PASS
            if outcome == "leave":
                given, until = {"span": kept["span"]}, to_datetime(kept["span"][1])
            elif outcome == "pass":
                given = {"pass": kept["kinds"]}
            await models.Request.filter(id=request.id).update(payload=given, expires_at=until)
            if outcome == "publish":
                acts.append(await self._publication(group, request, kept))
            text = texts.APPROVED[outcome].format(
                group=self._records.title(group), what=kept["what"], number=request.number
            )
            acts += await self._tell.notice(group, request.account, text)
        if outcome == "leave":
            who = Account(request.account.namespace, request.account.user_id)
            start, end = kept["span"]
            give(group, Leave(start, end, who), self._records.now().timestamp())
        self._executor.submit(acts)
        return Answered(request, f"confirmed-{outcome}", 1)

    async def deny(
        self, group: Group, request: models.Request, actor: Account, rank: Rank, reason: str
    ) -> Answered:
        """Say no; the author is told why.

        Raises:
            NotAllowed: it is the actor's own or their family's, and the actor is no head teacher.
        """
        async with in_transaction():
            by = await self._decider(group, request, actor, rank)
            kept: dict[str, Any] = request.payload
            if not await self._records.close(request, "refused", by, reason=reason):
                return await self._decided(request)
            lines = [texts.DENIED_LEAVE if "span" in kept else texts.DENIED]
            if reason:
                lines.append(texts.NOTICE_REASON)
            if await self._stays(kept):
                lines.append(texts.TAKE_IT_BACK)
            acts = await self._ended(group, request, "\n".join(lines), reason=reason)
        self._executor.submit(acts)
        return Answered(request, "refused", 0)

    async def lapsed(self, group: Group, request: models.Request) -> list[models.Act]:
        """Rows for what nobody answered in time. Inside the caller's transaction."""
        return await self._ended(group, request, texts.UNANSWERED)

    async def _ended(
        self, group: Group, request: models.Request, text: str, **rest: str
    ) -> list[models.Act]:
        """Erase what was kept of a post that is not published, and tell its author."""
        what = request.payload.get("what", "")
        await models.Request.filter(id=request.id).update(payload={})
        assert request.account is not None
        told = text.format(
            group=self._records.title(group), what=what, number=request.number, **rest
        )
        return await self._tell.notice(group, request.account, told)

    async def _decider(
        self, group: Group, request: models.Request, actor: Account, rank: Rank
    ) -> models.Account:
        about = await models.Account.get_or_none(id=request.account_id)
        theirs = Account(about.namespace, about.user_id) if about is not None else actor
        if rank < Right.HEAD and actor in family_of(group, theirs):
            raise NotAllowed(texts.NOT_MINE)
        return await account_row(actor)

    async def _decided(self, request: models.Request) -> Answered:
        """Somebody else was faster."""
        request = await models.Request.get(id=request.id)
        return Answered(request, request.state, 0, late=True)

    async def _stays(self, kept: dict[str, Any]) -> bool:
        """Whether the message still stands in the group: it could not be withdrawn."""
        if kept["withdrawal"] is None:
            return bool(kept["stays"])
        act = await models.Act.get_or_none(id=kept["withdrawal"])
        return act is not None and act.state in ("denied", "lapsed")

    async def _publication(
        self, group: Group, request: models.Request, kept: dict[str, Any]
    ) -> models.Act:
        assert request.account is not None
        text = texts.PUBLISHED.format(
            who=kept["name"] or request.account.user_id,
            text=kept["text"],
            clause=kept["clause"],
            number=request.number,
        )
        payload = {"text": text, "request": request.id, "kinds": kept["kinds"]}
        until = self._records.now() + _PUBLISH_WITHIN
        return await self._records.new_act(
            group, "publish", request.account, payload, until, case=None
        )
