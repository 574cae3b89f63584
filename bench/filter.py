"""`python -m bench.filter`: what the filter catches, what it flags in vain, and what it costs.

Prints the tables of docs/filter.md. The texts are the development sets of ../shared/datasets, which are
only measured with; what is not there is left out. Judged as `qungui judge` does without a policy.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
import importlib
from itertools import pairwise
import json
from random import Random
import shutil
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from src.application import plugin_names
from src.core.judging import judge_line, policy_of_everything
from src.core.text import OWN, Lexicon, Term, built_in, fold
from src.core.text.automaton import TrieAutomaton, build
from src.core.text.terms import CHANNELS
from tests.datasets import NORMAL, SETS, tab_separated, violations
from tests.datasets import cold as dataset_cold

from .environment import HERE
from .sentences import sentences

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

PEERS = HERE / ".peers"
"""Where pyahocorasick and mint-filter are put; made on the first run."""
AHOCORASICK, MINT = "pyahocorasick==2.3.1", "mint-filter@4.0.3"
REPEATS = 15
CNTP = {
    "as written": "toxic_base",
    "similar looks": "radical_transform",
    "split": "chaizi_transform",
    "traditional": "Traditional_transform",
    "initials": "pinyin_transform",
    "pinyin": "pinyin_full_transform",
    "homophone": "homo_toxi_transform",
    "swapped": "Swap_transform",
    "emoji": "Emoji_toxic_transform",
}


def quality() -> None:
    """False flags, recall, and recall of what is disguised."""
    policy = policy_of_everything()

    def answer(text: str) -> str:
        return judge_line(text, policy)["answer"]

    print("| ordinary messages | of | a person looks | acts | flagged |\n|---|---:|---:|---:|---:|")
    for name, texts in NORMAL.items():
        answers = [answer(text) for text in texts()]
        look, act = answers.count("review"), answers.count("act")
        share = (look + act) / len(answers)
        print(f"| {name} | {len(answers):,} | {look} | {act} | {share:.2%} |")

    def table(title: str, rows: dict[str, list[str]]) -> None:
        print(f"\n| {title} | of | a person looks | acts | caught |\n|---|---:|---:|---:|---:|")
        for name, answers in rows.items():
            look, act = answers.count("review"), answers.count("act")
            share = (look + act) / len(answers)
            print(f"| {name} | {len(answers)} | {look} | {act} | {share:.1%} |")

    rows: dict[str, list[str]] = defaultdict(list)
    for category, text in violations():
        rows[category].append(answer(text))
    every = [one for answers in rows.values() for one in answers]
    table("violations (class_chat)", {**rows, "**all**": every})
    rows = defaultdict(list)
    for kind, _, _, text, _ in tab_separated("class_chat/evasions.tsv"):
        rows[kind].append(answer(text.replace("\\n", "\n")))
    table("disguised (class_chat)", dict(sorted(rows.items())))


def cntp() -> None:
    """Each channel with a lexicon that knows the words: how many messages it finds one of its own
    words in, and what the disguises add to the flags on ordinary messages."""

    def read(name: str) -> list[dict[str, Any]]:
        content = json.loads((SETS / f"CNTP/{name}.json").read_text(encoding="utf-8"))
        return content["results"] if isinstance(content, dict) else content

    terms: dict[str, Term] = {}
    for sentence in read("toxic_base"):
        for word in sentence["toxic_entity"]:
            skeleton = fold(word).skeleton
            mode = "token" if skeleton.isascii() else "anywhere"
            if len(skeleton) > 1:
                # A category of its own, so that no word hides another.
                terms[skeleton] = Term(word, skeleton, 3, mode=mode, channels=CHANNELS)
    lexicon = Lexicon(terms.values())
    print(f"\n| CNTP, its own {len(terms):,} words | of | found |\n|---|---:|---:|")
    for kind, name in CNTP.items():
        found = [
            not own.isdisjoint(hit.category for hit in lexicon.scan(fold(text)))
            for sentence in read(name)
            if (own := {fold(word).skeleton for word in sentence["toxic_entity"]} & terms.keys())
            for text in (sentence.get("perturbed_text") or sentence["original_text"],)
        ]
        print(f"| {kind} | {len(found):,} | {sum(found) / len(found):.1%} |")
    print("\n| flagged in disguise only | these words | our lexicon |\n|---|---:|---:|")
    for name, texts in NORMAL.items():
        shares = [
            sum(
                bool(hits) and all(hit.disguise for hit in hits)
                for hits in (one.scan(fold(text)) for text in texts())
            )
            / len(texts())
            for one in (lexicon, built_in())
        ]
        print(f"| {name} | {shares[0]:.2%} | {shares[1]:.2%} |")


def unseen() -> None:
    """What disguises add in vain on messages that pairs.tsv was not made of: the half kept out."""
    known = {name: texts() for name, texts in NORMAL.items() if name != "class_chat"}
    seen = [text for texts in known.values() for text in texts[::2]]
    seen += [text for text, offends in dataset_cold("train") if not offends]
    follow: dict[str, str] = {}
    for text in seen:
        for first, second in pairwise(fold(text).skeleton):
            if second not in follow.get(first, ""):
                follow[first] = follow.get(first, "") + second
    characters = frozenset(follow).union(*follow.values())
    lexicon = built_in()
    print("\n| the half that pairs.tsv was not made of | of | flagged in disguise only |")
    print("|---|---:|---:|")
    with (
        patch("src.core.text.usual._followers", lambda: follow),
        patch("src.core.text.usual._known", lambda: characters),
    ):
        for name, texts in known.items():
            half = texts[1::2]
            found = [
                [hit for hit in lexicon.scan(fold(text)) if hit.kind == "alone"] for text in half
            ]
            share = sum(bool(hits) and all(h.disguise for h in hits) for hits in found) / len(half)
            print(f"| {name} | {len(half):,} | {share:.2%} |")


def cold() -> None:
    """The lexicon on what people say to offend each other, which is more than any class group sees."""
    policy = policy_of_everything()
    seen: dict[bool, list[bool]] = defaultdict(list)
    for text, offends in dataset_cold("dev"):
        seen[offends].append(judge_line(text, policy)["answer"] != "pass")
    offensive, other = seen[True], seen[False]
    print("\n| COLD dev | of | flagged |\n|---|---:|---:|")
    print(f"| offensive | {len(offensive):,} | {sum(offensive) / len(offensive):.1%} |")
    print(f"| other | {len(other):,} | {sum(other) / len(other):.1%} |")


def microseconds(work: Callable[[str], object], texts: Sequence[str]) -> float:
    """The least that a text took, of some repetitions: what the machine is when it is quiet."""
    least = float("inf")
    for _ in range(REPEATS):
        start = time.perf_counter()
        for text in texts:
            work(text)
        least = min(least, time.perf_counter() - start)
    return least / len(texts) * 1e6


def spoken(size: int) -> list[str]:
    """Ordinary messages of about so many characters."""
    source = sentences(4)
    texts: list[str] = []
    for _ in range(500):
        text = ""
        while len(text) < size:
            text += next(source)
        texts.append(text[:size])
    return texts


def speed() -> None:
    """One message with 1,000, 10,000 and all terms: the automaton alone, the whole, and peers."""
    whole = [term for term in built_in().terms if len(fold(term.text).skeleton) > 1]
    policy = policy_of_everything()
    node = mint_filter()
    ahocorasick = peer_module("ahocorasick", AHOCORASICK)
    print(
        "\n| µs a message, least | automaton alone | fold and scan | as a ratio | pyahocorasick"
        " | trie in Python | mint-filter |\n|---|---:|---:|---:|---:|---:|---:|"
    )
    for count in (1_000, 10_000, len(whole)):
        terms = Random(4).sample(whole, count)
        words = [fold(term.text).skeleton for term in terms]
        works = _works(unique(terms), words, ahocorasick)
        for size in (30, 300):
            texts = spoken(size)
            least = {name: microseconds(work, texts) for name, work in works.items()}
            mint = node(words, texts) if node is not None else float("nan")
            print(
                f"| {count:,} terms, {size} characters | {least['raw']:.2f} | {least['ours']:.2f} |"
                f" {least['ours'] / least['raw']:.1f} | {least['peer']:.2f} | {least['trie']:.2f} |"
                f" {mint:.2f} |"
            )
    judged = microseconds(lambda text: judge_line(text, policy), spoken(30))
    print(f"\nJudged by all {len(policy.judging)} clauses of every plugin: {judged:.1f} µs.")
    own = [Term(term.text, OWN, 2) for term in whole if 2 <= len(term.text) <= 4]
    own = unique(Random(4).sample([term for term in own if not term.text.isascii()], 1_000))
    compiled = microseconds(lambda _: Lexicon(own), [""])
    print(f"{len(own):,} terms of a group, two to four characters each, compiled:", end=" ")
    print(f"{compiled / 1e3:.1f} ms.")


def _works(
    terms: Sequence[Term], words: Sequence[str], ahocorasick: Any
) -> dict[str, Callable[[str], object]]:
    """What each does with a text: the bare automaton, all of ours, and the peers' searching."""
    lexicon, raw, trie = Lexicon(terms), build(words), TrieAutomaton(words)
    theirs = ahocorasick.Automaton()
    for word in words:
        theirs.add_word(word, word)
    theirs.make_automaton()
    return {
        "raw": raw.find,
        "ours": lambda text: lexicon.scan(fold(text)),
        "peer": lambda text: list(theirs.iter(text)),
        "trie": trie.find,
    }


def unique(terms: Sequence[Term]) -> list[Term]:
    """One term for each skeleton and category."""
    return list({(fold(t.text).skeleton, t.category): t for t in terms}.values())


def peer_module(name: str, package: str) -> Any:
    """A package of a peer, installed beside this file where it is not yet."""
    place = PEERS / "python"
    if not (place / package).exists():
        pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet", "install"]
        subprocess.run([*pip, "--target", place, "--upgrade", package], check=True)
        (place / package).touch()
    sys.path.append(str(place))
    return importlib.import_module(name)


def mint_filter() -> Callable[[Sequence[str], Sequence[str]], float] | None:
    """Measures mint-filter on the same words and texts; None where there is no node."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        return None
    place = PEERS / "node"
    if not (place / "node_modules" / "mint-filter").is_dir():
        place.mkdir(parents=True, exist_ok=True)
        subprocess.run(["npm", "install", "--silent", "--prefix", place, MINT], check=True)
    program = """
    const { readFileSync } = require('fs')
    const found = require('mint-filter')
    const Mint = found.default ?? found.Mint ?? found
    const { words, texts, repeats } = JSON.parse(readFileSync(0, 'utf8'))
    const mint = new Mint(words)
    let least = Infinity
    for (let round = 0; round < repeats; round += 1) {
      const start = process.hrtime.bigint()
      for (const text of texts) mint.filter(text, { replace: false })
      least = Math.min(least, Number(process.hrtime.bigint() - start))
    }
    console.log(least / texts.length / 1000)
    """

    def measure(words: Sequence[str], texts: Sequence[str]) -> float:
        asked = json.dumps({"words": words, "texts": texts, "repeats": REPEATS})
        done = subprocess.run(
            ["node", "-e", program],
            input=asked,
            cwd=place,
            check=True,
            capture_output=True,
            text=True,
        )
        return float(done.stdout)

    return measure


def main() -> None:
    """Measure what was asked for, or all of it."""
    parts = {"quality": quality, "cntp": cntp, "unseen": unseen, "cold": cold, "speed": speed}
    parser = argparse.ArgumentParser(prog="python -m bench.filter", description=__doc__)
    parser.add_argument("parts", nargs="*", help=f"{', '.join(parts)} (default all)")
    options = parser.parse_args()
    if unknown := set(options.parts) - parts.keys():
        parser.error(f"no such part: {', '.join(unknown)}")
    for name in plugin_names():
        importlib.import_module(f"src.plugins.{name}")
    for name in options.parts or parts:
        if name == "speed" or SETS.is_dir():
            parts[name]()
        else:
            print(f"{name}: the development sets (../shared/datasets) are not here")


if __name__ == "__main__":
    main()
