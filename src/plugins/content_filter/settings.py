"""What a clause sets of the content filter."""

from __future__ import annotations

from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field, field_validator

from src.core.area import Settings
from src.core.text import CATEGORIES, OWN, Category, Lexicon, Term, ascii_host, fold

from . import links as table

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
    terms: tuple[str, ...] = ()
    allow: tuple[str, ...] = ()
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
                raise ValueError(f"「{term}」太短：词条去掉符号后至少要有两个字")
        return terms

    @field_validator("allow")
    @classmethod
    def _not_empty(cls, phrases: tuple[str, ...]) -> tuple[str, ...]:
        for phrase in phrases:
            if not fold(phrase).skeleton:
                raise ValueError(f"「{phrase}」是空的：放行短语要有字")
        return phrases

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
    def own(self) -> Lexicon | None:
        """The clause's own terms and phrases, None where it has none."""
        if not self.terms and not self.allow:
            return None
        # The same term in two spellings is one term.
        terms = {fold(term).skeleton: term for term in self.terms}
        return Lexicon(
            (
                Term(term, OWN, 2, mode="token" if skeleton.isascii() else "anywhere")
                for skeleton, term in terms.items()
            ),
            self.allow,
        )


def _domain(written: str) -> str:
    """A domain as it is compared. Raises ValueError, with words for people, where it is none."""
    plain = written.strip().lower().removeprefix("*").strip(".")
    host = ascii_host(plain)
    if not table.DOMAIN.fullmatch(host):
        raise ValueError(f"「{written}」不是域名：请写成 example.com 这样，不带 http:// 和斜杠")
    return host
