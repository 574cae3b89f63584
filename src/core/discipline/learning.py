"""How often people agreed with what a term found, by group: nothing changes by itself, managers are
told what they may do (design: "Learning from appeals").

A finding's facts may name `terms`, ours and never somebody's words. What people decided of cases and
reviews stands in the store already, and is counted anew whenever one more is overturned.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from tortoise.expressions import Q

from src.core.store import models, take_number
from src.core.text import fold

from . import texts
from .records import LIVES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from src.core.groups import Group

    from .records import Records
    from .tell import Tell

LEAST = 5
"""So many decisions of people make a figure."""
DOUBTFUL = 0.7
USELESS = 0.4
"""Below these posterior means of its precision a term should only ask, or be let through here."""

Advice = Literal["ask", "allow"]


class Precision(NamedTuple):
    """How often people agreed with a term, and how often not."""

    right: int
    wrong: int

    @property
    def mean(self) -> float:
        """The posterior mean of a precision of which nothing was known before: Beta(1, 1)."""
        return (self.right + 1) / (self.right + self.wrong + 2)

    @property
    def advice(self) -> Advice | None:
        """What to do about the term; None where it is good, or too little is known."""
        if self.right + self.wrong < LEAST or self.mean >= DOUBTFUL:
            return None
        return "ask" if self.mean >= USELESS else "allow"


def terms_of(findings: Iterable[Mapping[str, Any]]) -> set[str]:
    """The terms that findings name, as a case or a request keeps them."""
    return {term for finding in findings for term in finding["facts"].get("terms", ())}


async def precision(group_id: int) -> dict[str, Precision]:
    """Every term that people have judged by a case or a review, in this group.

    For it: a review confirmed, an appeal that was upheld or led to a milder act. Against it: a review
    refused, a case that a person reversed; that nobody looked at an appeal in time is neither.
    """
    right: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    requests = models.Request.filter(group_id=group_id)
    for request in await requests.filter(kind="review", state="refused").only("id", "payload"):
        wrong.update(terms_of([request.payload]))
    reviewed = await requests.filter(kind="appeal", state__in=("upheld", "reduced")).values_list(
        "case_id", flat=True
    )
    cases = models.Case.filter(group_id=group_id)
    reversed_ = cases.filter(state="reversed", closed_by_id__isnull=False)
    for case in await reversed_.only("id", "clauses"):
        wrong.update(terms_of(case.clauses))
    agreed = cases.filter(Q(source="manual") | Q(id__in=reviewed), state__in=LIVES)
    for case in await agreed.only("id", "clauses"):
        right.update(terms_of(case.clauses))
    return {term: Precision(right[term], wrong[term]) for term in right.keys() | wrong.keys()}


def only_asks(group: Group, term: str) -> bool:
    """Whether a clause of the group's policy already lets this term only ask."""
    skeleton = fold(term).skeleton
    return group.policy is not None and any(
        fold(other).skeleton == skeleton
        for bound in group.policy.judging
        for other in getattr(bound.settings, "ask_only", ())
    )


class Learning:
    """Tells the managers of terms that people overturn again and again."""

    def __init__(self, *, records: Records, tell: Tell) -> None:
        self._records = records
        self._tell = tell

    async def overturned(
        self, group: Group, findings: Iterable[Mapping[str, Any]], by: models.Account
    ) -> list[models.Act]:
        """Rows for what the managers are to be told after a person overturned these findings: of
        each term once, and once more where it has become worse. Inside the caller's transaction."""
        terms = terms_of(findings)
        if not terms or group.id is None:
            return []
        known = await precision(group.id)
        told = {
            (request.payload["term"], request.payload["advice"])
            for request in await models.Request.filter(group_id=group.id, kind="term")
        }
        acts: list[models.Act] = []
        for term in sorted(terms & known.keys()):
            one = known[term]
            advice = one.advice
            if advice is None or {(term, advice), (term, "allow")} & told:
                continue
            if advice == "ask" and only_asks(group, term):
                continue
            await models.Request.create(
                group_id=group.id,
                number=await take_number(group.id),
                kind="term",
                payload={"term": term, "advice": advice},
                state="closed",
                decided_by=by,
                created_at=self._records.now(),
            )
            text = texts.TERM_ADVICE[advice].format(
                group=self._records.title(group),
                term=term,
                number=group.id,
                count=one.right + one.wrong,
                wrong=one.wrong,
            )
            acts += await self._tell.all_of(group, self._tell.managers(group), text)
        return acts
