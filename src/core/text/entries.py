"""What a lexicon knows of its patterns, in little memory: tens of thousands of terms are of a few
sorts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .terms import LexiconError, Term, folded_term, skeleton_of

if TYPE_CHECKING:
    from collections.abc import Iterable


class Entries:
    """The skeletons of terms and allow phrases, numbered, and what each of them is.

    Raises:
        LexiconError: a term or phrase cannot be used, or is there twice in one category.
    """

    def __init__(self, terms: Iterable[Term], allow: Iterable[str]) -> None:
        self.numbers: dict[str, int] = {}
        """Skeleton → its number."""
        self.sorts: list[tuple[Term, ...]] = []
        """For each number, its terms without their text; none where it is an allow phrase alone."""
        self._spelled: dict[int, str] = {}
        shared: dict[tuple[object, ...], tuple[Term, ...]] = {}
        for term in terms:
            skeleton = skeleton_of(term)
            number = self._number(skeleton)
            same = self.sorts[number]
            if any(other.category == term.category for other in same):
                raise LexiconError(f"「{term.text}」 is there twice in {term.category}")
            key = (same, *term[1:])
            if key not in shared:
                shared[key] = (*same, term._replace(text=""))
            self.sorts[number] = shared[key]
            if term.text != skeleton:
                self._spelled[number] = term.text
        self.terms = len(self.numbers)
        """How many different terms there are."""
        self.allowed = frozenset(self._number(folded_term(phrase)) for phrase in allow)
        """The numbers of allow phrases."""
        self.patterns = tuple(self.numbers)
        """For each number, its skeleton."""

    def _number(self, skeleton: str) -> int:
        number = self.numbers.setdefault(skeleton, len(self.sorts))
        if number == len(self.sorts):
            self.sorts.append(())
        return number

    def text(self, number: int) -> str:
        """A term as it was written."""
        return self._spelled.get(number) or self.patterns[number]
