"""What a clause sets of the content filter."""

from __future__ import annotations

from functools import cached_property, lru_cache
from typing import Annotated, Literal

from pydantic import Field, field_validator

from src.core.area import Settings
from src.core.text import CATEGORIES, OWN, Category, Lexicon, Term, ascii_host, fold
from src.core.text.innocent import misfires

from . import links as table
from .texts import MISFIRES, MISFIRES_LINE, SHORT, SHORT_ALLOW, TOO_LONG

MOST_TERMS = 20_000
"""Terms of a clause, and allow phrases of one: so many are compiled in a quarter of a second."""
LONGEST_TERM = 64
_SHOWN = 3
"""Innocent sentences that a refusal shows."""

Links = Literal["off", "risky", "unknown", "any"]


class ContentSettings(Settings):
    """Which categories a clause forbids, and the terms and allow phrases of its own.

    A term of Latin letters or digits only is found as a whole word, any other anywhere.
    """

    categories: tuple[Category, ...] = Field(default=CATEGORIES, min_length=1)
    at_least: dict[Category, Annotated[int, Field(ge=1, le=4)]] = Field(
        default_factory=dict[Category, int]
    )
    """From which gravity on a category is this clause's; from 1 where it says nothing."""
    terms: tuple[str, ...] = Field(default=(), max_length=MOST_TERMS)
    allow: tuple[str, ...] = Field(default=(), max_length=MOST_TERMS)
    ask_only: tuple[str, ...] = Field(default=(), max_length=MOST_TERMS)
    """Terms, of the lexicon or of one's own, that never act here: a person is asked."""
    links: Links = "risky"
    """Which links are a breach: none; those that domains.tsv lists under the clause's categories;
    also, for a person to look at, all that it does not call harmless; or all."""
    domains_allowed: tuple[str, ...] = ()
    """Domains that are fine whatever the table says, with all that lies in them."""
    domains_forbidden: tuple[str, ...] = ()
    """Domains that are a breach whatever the clause's categories. The longer name decides."""

    @field_validator("terms")
    @classmethod
    def _long_enough(cls, terms: tuple[str, ...]) -> tuple[str, ...]:
        for term in terms:
            if len(fold(term).skeleton) < 2:
                raise ValueError(f"「{term}」{SHORT}")
        return _not_too_long(terms)

    @field_validator("allow", "ask_only")
    @classmethod
    def _not_empty(cls, phrases: tuple[str, ...]) -> tuple[str, ...]:
        for phrase in phrases:
            if not fold(phrase).skeleton:
                raise ValueError(f"「{phrase}」{SHORT_ALLOW}")
        return _not_too_long(phrases)

    @field_validator("domains_allowed", "domains_forbidden")
    @classmethod
    def _domains(cls, domains: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(_domain(domain) for domain in domains)

    @cached_property
    def looks_at_links(self) -> bool:
        """Whether any link could be a breach of this clause."""
        if self.links == "risky" and not self.domains_forbidden:
            return not table.categories().isdisjoint(self.categories)
        return self.links != "off"

    @cached_property
    def asking(self) -> frozenset[str]:
        """The skeletons of the terms that only ask."""
        return frozenset(fold(term).skeleton for term in self.ask_only)

    @cached_property
    def own(self) -> Lexicon | None:
        """The clause's own terms and phrases, None where it has none."""
        if not self.terms and not self.allow:
            return None
        return _lexicon(self.terms, self.allow)

    def ready(self) -> None:
        _ = self.own, self.asking

    def objection(self, former: Settings) -> str:
        """New terms that ordinary sentences are full of are refused, with some of the sentences."""
        assert isinstance(former, ContentSettings)
        before = {fold(term).skeleton for term in former.terms}
        new = {term for term in self.terms if fold(term).skeleton not in before}
        found = misfires(self.own, new) if new and self.own is not None else []
        if not found:
            return ""
        lines = [
            MISFIRES_LINE.format(
                before=one.sentence[: one.start],
                term=one.sentence[one.start : one.end],
                after=one.sentence[one.end :],
            )
            for one in found[:_SHOWN]
        ]
        return "\n".join([MISFIRES.format(count=len(found)), *lines])


@lru_cache(maxsize=16)
def _lexicon(terms: tuple[str, ...], allow: tuple[str, ...]) -> Lexicon:
    """A clause's own terms and phrases; the same again is not compiled again."""
    # The same term in two spellings is one term.
    by_skeleton = {fold(term).skeleton: term for term in terms}
    return Lexicon(
        (
            Term(term, OWN, 2, mode="token" if skeleton.isascii() else "anywhere")
            for skeleton, term in by_skeleton.items()
        ),
        allow,
    )


def _not_too_long(words: tuple[str, ...]) -> tuple[str, ...]:
    if any(len(word) > LONGEST_TERM for word in words):
        raise ValueError(TOO_LONG.format(most=LONGEST_TERM))
    return words


def _domain(written: str) -> str:
    """A domain as it is compared. Raises ValueError, with words for people, where it is none."""
    plain = written.strip().lower().removeprefix("*").strip(".")
    host = ascii_host(plain)
    if not table.DOMAIN.fullmatch(host):
        raise ValueError(f"「{written}」不是域名：请写成 example.com 这样，不带 http:// 和斜杠")
    return host
