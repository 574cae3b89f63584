"""Telling people: in private where that works, and never more often than they can take.

Where a whisper cannot be delivered the group gets one neutral line, and what was to be said waits
until the person writes to the bot.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from src.core.chat.events import Account, PlatformRole
from src.core.chat.port import Priority, Word, Words
from src.core.people import Rank, Role
from src.core.people.nobody import ERASED
from src.core.policy.ladder import STEP_KINDS
from src.core.store import models
from src.core.store.rows import account_row

from . import texts
from .records import LIVES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from src.core.area import Word as SaidWord
    from src.core.chat.events import GroupKey
    from src.core.chat.port import Platform
    from src.core.clock import Clock
    from src.core.groups import Group
    from src.core.people import People

    from .records import Records

NOTICE_EVERY = timedelta(minutes=10)
"""At most one notice per person and clause in this time; a line sums up what is beyond it."""
_WORDS_LIVE = timedelta(hours=24)
"""Words that could not be said for this long are not said any more (they stay in the record)."""
_NEUTRAL_LIVE = timedelta(minutes=10)
_MOST_NUMBERS = 8


class Tell:
    """Notices to people. What makes rows runs inside the caller's transaction."""

    def __init__(self, clock: Clock, people: People, records: Records) -> None:
        self._clock = clock
        self._people = people
        self._records = records
        self._lined: dict[tuple[GroupKey, Account], float] = {}

    async def notice(
        self,
        group: Group,
        account: models.Account,
        text: str,
        *,
        case: models.Case | None = None,
        clause: str = "",
        observed: bool = False,
        after: models.Act | None = None,
        otherwise: str = "",
        line: str = "",
        aloud: bool = True,
    ) -> list[models.Act]:
        """Rows for one notice; none to be done now where the person was told of this clause lately.

        With `after` it is said once that act came to rest: as it stands, or `otherwise` where the
        platform refused the act. `line` is what the group may read where a whisper fails; without
        one, that something waits. Unless `aloud` nobody is named there: it waits in silence, as what
        somebody who reported is told does (20.4.2).
        """
        assert group.id is not None
        if account.namespace == ERASED.namespace:
            # Whom the case was about is not kept any more.
            return []
        now = self._records.now()
        due = None
        if clause:
            last = (
                await models.Notice.filter(
                    group_id=group.id,
                    account=account,
                    clause=clause,
                    state__in=("waiting", "sent", "unknown"),
                    created_at__gt=now - NOTICE_EVERY,
                )
                .order_by("-id")
                .first()
            )
            due = last.created_at + NOTICE_EVERY if last is not None else None
        if observed and due is not None:
            return []
        state = "observed" if observed else "waiting" if due is None else "held"
        notice = await models.Notice.create(
            group_id=group.id,
            account=account,
            case=case,
            clause=clause,
            text=text[:1000],
            state=state,
            due_at=due,
            created_at=now,
        )
        if due is not None:
            return []
        if after is not None:
            after.payload = {**after.payload, "notice": notice.id, "otherwise": otherwise[:1000]}
            if not aloud:
                after.payload = {**after.payload, "silent": True}
            await after.save(update_fields=["payload"])
            return []
        return [
            await self._whisper(group, account, notice, observed=observed, line=line, aloud=aloud)
        ]

    async def after(self, act: models.Act, group: Group) -> list[models.Act]:
        """Rows for the notice that waited for this act."""
        notice = await models.Notice.get_or_none(id=act.payload["notice"]).select_related(
            "account", "case"
        )
        if notice is None or notice.state not in ("waiting", "observed"):
            return []
        if act.state == "denied" or (act.kind, act.state) == ("withdraw", "lapsed"):
            notice.text = act.payload["otherwise"]
            await notice.save(update_fields=["text"])
        aloud = not act.payload.get("silent")
        return [
            await self._whisper(group, notice.account, notice, observed=act.observed, aloud=aloud)
        ]

    async def _whisper(
        self,
        group: Group,
        account: models.Account,
        notice: models.Notice,
        *,
        observed: bool,
        line: str = "",
        aloud: bool = True,
    ) -> models.Act:
        return await self._records.new_act(
            group,
            "whisper",
            account,
            {"text": notice.text, "notice": notice.id}
            | ({"line": line} if line else {})
            | ({} if aloud else {"silent": True}),
            self._records.now() + _WORDS_LIVE,
            case=notice.case,
            observed=observed,
        )

    def managers(self, group: Group) -> list[Account]:
        """Whom to tell what concerns the managers: those the school named and who are in the group,
        else the platform's owner and admins, else the superusers. A leader need not be in it."""
        named = [
            one
            for one in self._people.holders(group.key, Rank.TEACHER)
            if one not in group.gone or self._people.role(group.key, one) is Role.LEADER
        ]
        staff = [one for one in group.staff if one not in group.gone]
        return named or staff or self._operators(group)

    def _operators(self, group: Group) -> list[Account]:
        return [Account(group.key.namespace, user) for user in sorted(self._people.superusers)]

    def others_than(self, group: Group, involved: set[Account]) -> list[Account]:
        """Who may decide something here and had no part in it: the group's own, else the
        superusers."""
        named = self._people.holders(group.key, Rank.COMMITTEE)
        near = [one for one in dict.fromkeys([*named, *group.staff]) if one not in involved]
        return near or [one for one in self._operators(group) if one not in involved]

    async def read_members(self, group: Group, platform: Platform) -> None:
        """Read how large a group is and who its owner and admins are. Never in a decision's way:
        what was read last is good enough for telling people and for the brake."""
        group.read_at = self._clock.now()
        answer = await platform.members(group.key)
        if answer.value is None:
            return
        group.size = len(answer.value)
        group.robots = frozenset(member.account for member in answer.value if member.is_robot)
        for member in answer.value:
            if member.role is not PlatformRole.MEMBER:
                group.platform_roles[member.account] = member.role
        group.staff = tuple(
            member.account
            for member in answer.value
            if member.account != platform.bot
            and not member.is_robot
            and self._people.rank(group.key, member.account, member.role) >= Rank.PLATFORM_ADMIN
        )
        here = {member.account for member in answer.value}
        group.gone = frozenset(self._people.holders(group.key, Rank.COMMITTEE)) - here

    async def all_of(
        self, group: Group, accounts: Sequence[Account], text: str, case: models.Case | None = None
    ) -> list[models.Act]:
        """Rows for the same words to each of these people."""
        acts: list[models.Act] = []
        for account in accounts:
            acts += await self.notice(group, await account_row(account), text, case=case)
        return acts

    async def word(self, group: Group, word: SaidWord) -> list[models.Act]:
        """Rows for what is only said. Nobody is called to the bot for a hint, so that one which
        cannot be delivered is lost."""
        text = texts.WORD.format(group=self._records.title(group), text=word.text)
        if not word.people:
            return await self.all_of(group, self.managers(group), text)
        accounts = [await account_row(account) for account in word.people]
        until = self._records.now() + _NEUTRAL_LIVE
        if word.aloud:
            first, *others = accounts
            payload = {"text": word.text, "also": [account.user_id for account in others]}
            return [await self._records.new_act(group, "say", first, payload, until, case=None)]
        return [
            await self._records.new_act(group, "whisper", one, {"text": text}, until, case=None)
            for one in accounts
        ]

    async def whispered(self, act: models.Act, group: Group) -> list[models.Act]:
        """Note what became of a whisper; returns what is to be done instead."""
        notice_id = act.payload.get("notice")
        if notice_id is None or act.state == "lapsed":
            return []
        notice = await models.Notice.get_or_none(id=notice_id)
        if notice is None or notice.state != "waiting":
            return []
        if act.state in ("confirmed", "unknown"):
            notice.state = "sent" if act.state == "confirmed" else "unknown"
            await notice.save(update_fields=["state"])
            return []
        account = act.account
        if (
            account is None
            or act.payload.get("silent")
            or not self._may_line(group.key, Account(account.namespace, account.user_id))
        ):
            return []
        return [
            await self._records.new_act(
                group,
                "say",
                account,
                {"text": act.payload.get("line", texts.NEUTRAL_LINE)},
                self._records.now() + _NEUTRAL_LIVE,
                case=act.case,
                observed=act.observed,
            )
        ]

    def _may_line(self, key: GroupKey, account: Account) -> bool:
        """One neutral line for a person in the time of a notice, however much waits."""
        now = self._clock.now()
        for known, moment in list(self._lined.items()):
            if now - moment > NOTICE_EVERY.total_seconds():
                del self._lined[known]
        if (key, account) in self._lined:
            return False
        self._lined[key, account] = now
        return True

    async def neutral_line(self, platform: Platform, key: GroupKey, account: Account) -> None:
        """Say in the group that something waits for this person, at once."""
        if self._may_line(key, account):
            await platform.say(key, Words(texts.NEUTRAL_LINE, mention=(account,)))

    async def deliver(self, platform: Platform, account: Account, via: GroupKey | None) -> None:
        """Say what waits for somebody who has just written in private."""
        waiting = (
            await models.Notice.filter(
                account__namespace=account.namespace,
                account__user_id=account.user_id,
                state="waiting",
            )
            .order_by("id")
            .select_related("case")
        )
        if not waiting:
            return
        under_way = await models.Act.filter(
            kind="whisper",
            state__in=("requested", "attempting"),
            account_id=waiting[0].account_id,
        )
        spoken = {act.payload.get("notice") for act in under_way}
        for notice in waiting:
            pardoned = notice.clause and notice.case is not None and notice.case.state not in LIVES
            if notice.id in spoken or pardoned:
                continue
            # Words at most once: a kill after this line loses them, the record still has the case.
            # Compared and set: the whisper that was under way may have just been delivered.
            if not await models.Notice.filter(id=notice.id, state="waiting").update(
                state="unknown"
            ):
                continue
            answer = await platform.whisper(
                account, Words(notice.text, priority=Priority.NOTICE), via
            )
            if answer.word is not Word.UNKNOWN:
                notice.state = "sent" if answer.done else "waiting"
                await notice.save(update_fields=["state"])

    async def sum_up(self, group: Group) -> list[models.Act]:
        """Rows for what was held back and is due now: one line for each person and clause."""
        now = self._records.now()
        held = (
            await models.Notice.filter(group_id=group.id, state="held", due_at__lte=now)
            .order_by("id")
            .select_related("account", "case")
        )
        acts: list[models.Act] = []
        by_clause: dict[tuple[int, str], list[models.Notice]] = {}
        for notice in held:
            by_clause.setdefault((notice.account_id, notice.clause), []).append(notice)
        for (_, clause), all_of_it in by_clause.items():
            await models.Notice.filter(id__in=[n.id for n in all_of_it]).update(state="summed")
            # What was pardoned meanwhile is not told any more.
            notices = [n for n in all_of_it if n.case is not None and n.case.state in LIVES]
            if not notices:
                continue
            gravest = max(notices, key=_gravity)
            last = notices[-1]
            assert last.case is not None
            numbers = [f"#{n.case.number}" for n in notices if n.case is not None]
            text = texts.SUMMED_UP.format(
                group=self._records.title(group),
                clause=clause,
                count=len(notices),
                numbers="、".join(numbers[:_MOST_NUMBERS]),
                step=gravest.text.splitlines()[1],
                appeal=texts.HOW_TO_APPEAL.format(item=f"{group.id}-{last.case.number}"),
            )
            summary = await models.Notice.create(
                group_id=group.id,
                account=last.account,
                case=last.case,
                clause=clause,
                text=text[:1000],
                created_at=now,
            )
            acts.append(await self._whisper(group, last.account, summary, observed=False))
        return acts


def _gravity(notice: models.Notice) -> int:
    step = notice.case.step if notice.case is not None else ""
    return STEP_KINDS.index(step) if step in STEP_KINDS else -1
