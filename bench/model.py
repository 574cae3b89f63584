"""Would a small linear model hear insults that the lexicon does not? `python -m bench.model`

Logistic regression over the most frequent single characters and pairs, trained here on COLD and on half of
the everyday talk, then asked about what it has not seen. It shipped nothing: see README.md, "Why no model".
"""

from __future__ import annotations

import argparse
from collections import Counter
import itertools
import math
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from src.core.text import built_in, fold
from src.plugins.content_filter.detector import breaches
from src.plugins.content_filter.settings import ContentSettings
from tests.datasets import NORMAL, class_chat, cold, violations

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

LINES = Path(__file__).parents[1] / "tests" / "plugins" / "content_filter" / "lines"
FEATURES = 5000
EPOCHS = 4
RATE = 0.1
HEARD = frozenset({"insult", "discrimination"})
RATES = (0.001, 0.003)


def grams(text: str) -> set[str]:
    """The characters and pairs of characters of a text, as the lexicon sees it."""
    skeleton = fold(text).skeleton
    return {*skeleton, *map("".join, itertools.pairwise(skeleton))}


class Model:
    """Logistic regression; `score` is the log-odds that a text is offensive."""

    def __init__(self, texts: Sequence[tuple[str, bool]], seed: int) -> None:
        read = [(grams(text), offends) for text, offends in texts]
        counted = Counter(gram for found, _ in read for gram in found)
        self.weights = dict.fromkeys((gram for gram, _ in counted.most_common(FEATURES)), 0.0)
        self.bias = 0.0
        known = [([gram for gram in found if gram in self.weights], yes) for found, yes in read]
        shuffle = Random(seed).shuffle
        for epoch in range(EPOCHS):
            shuffle(known)
            rate = RATE / (1 + epoch)
            for found, offends in known:
                wrong = offends - 1 / (1 + math.exp(-max(-30.0, min(30.0, self._sum(found)))))
                self.bias += rate * wrong
                for gram in found:
                    self.weights[gram] += rate * wrong

    def _sum(self, found: Sequence[str]) -> float:
        return self.bias + sum(self.weights[gram] for gram in found)

    def score(self, text: str) -> float:
        return self._sum([gram for gram in grams(text) if gram in self.weights])


def columns(path: Path) -> list[list[str]]:
    return [
        line.split("\t")
        for line in path.read_text(encoding="utf-8").splitlines()
        if line and not line.startswith("#")
    ]


def flagged(text: str) -> bool:
    """Whether the lexicon hears an insult or discrimination."""
    folded = fold(text)
    found = breaches(folded, built_in().scan(folded), ContentSettings())
    return any(breach.category in HEARD for breach in found)


def weak(text: str) -> bool:
    """Whether the lexicon has half of what it needs."""
    return any(hit.category in HEARD for hit in built_in().scan(fold(text)))


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.model", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    seed: int = parser.parse_args().seed
    talk = {name: texts() for name, texts in NORMAL.items() if name != "class_chat"}
    train = [(text, False) for texts in talk.values() for text in texts[::2]]
    model = Model([*cold("train"), *train], seed)
    normal = {name: texts[1::2] for name, texts in talk.items()}
    normal["class_chat normal"] = class_chat()
    normal["our innocent lines"] = [line[0] for line in columns(LINES / "innocent.txt")]
    insults = {
        "COLD dev offensive": [text for text, offends in cold("dev") if offends],
        "class_chat insults": [text for category, text in violations() if category in HEARD],
        "our insults": [line[1] for line in columns(LINES / "violations.txt") if line[0] in HEARD],
    }
    print("| voice | at most |", *(f"{name} |" for name in (*normal, *insults)))
    print("|---" * (2 + len(normal) + len(insults)) + "|")
    print(
        "| lexicon | |",
        *(f"{_share(map(flagged, t), t)} |" for t in (*normal.values(), *insults.values())),
    )
    for voice, heeded in VOICES.items():
        new, gained = (
            {name: [model.score(t) for t in texts if heeded(t)] for name, texts in sets.items()}
            for sets in (normal, insults)
        )
        for rate in RATES:
            # Each large set allows so many false flags; the strictest sets the threshold.
            threshold = max(_threshold(new[name], rate * len(normal[name])) for name in talk)
            shares = (
                _share((score > threshold for score in scores), texts)
                for scores, texts in zip(
                    (*new.values(), *gained.values()),
                    (*normal.values(), *insults.values()),
                    strict=True,
                )
            )
            print(f"| {voice} | {rate:.1%} |", *(f"{share} |" for share in shares))


def _threshold(scores: Sequence[float], most: float) -> float:
    """What only the `most` highest scores pass."""
    highest = sorted(scores, reverse=True)
    return highest[int(most)] if len(highest) > most else -math.inf


def _share(flags: Iterable[bool], texts: Sequence[str]) -> str:
    return f"{sum(flags) / len(texts):.2%}"


VOICES: dict[str, Callable[[str], bool]] = {
    "model instead": lambda text: True,
    "model beside": lambda text: not flagged(text),
    "model lifting a weak hit": lambda text: not flagged(text) and weak(text),
}


if __name__ == "__main__":
    main()
