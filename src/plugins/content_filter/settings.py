"""What a clause sets of the content filter."""

from __future__ import annotations

from functools import cached_property

from pydantic import Field, field_validator

from src.core.area import Settings
from src.core.text import CATEGORIES, OWN, Category, Lexicon, Term, fold


class ContentSettings(Settings):
    """Which categories a clause forbids, and the terms and allow phrases of its own.

    A term of Latin letters or digits only is found as a whole word, any other anywhere.
    """

    categories: tuple[Category, ...] = Field(default=CATEGORIES, min_length=1)
    terms: tuple[str, ...] = ()
    allow: tuple[str, ...] = ()

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
