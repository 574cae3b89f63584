"""`python -m bench.roster`: what it takes to find somebody by name among 200,000 people.

In this process, one class with all of them. Names are drawn from surnames and characters of given
names that are usual; a query is a name of the roster, one with a character replaced, or nobody's.
Prints medians and the slowest hundredth, the time of the first lookup (which builds the index), and
the growth of the resident memory. The peer is what a bot with a table does, SQLite with an index on
the name, in the same run: it knows exact names only.
"""

from __future__ import annotations

import random
import sqlite3
from statistics import median, quantiles
import time

from src.core.people import ClassRoster, Person, PersonKind

from .windows import resident

PEOPLE = 200_000
QUERIES = 2_000
_SURNAMES = (
    "王李张刘陈杨黄赵周吴徐孙马朱胡郭何林罗高梁郑谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡"
    "余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯"
    "龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)
_GIVEN = (
    "伟芳娜秀英敏静丽强磊军洋勇艳杰涛明超霞平刚桂兰玉萍红鹏华亮欣怡子轩宇浩梓涵诗雨博"
    "文思远佳琪俊熙雅婷晨曦睿一诺可馨嘉豪雨桐若依昊天语嫣铭泽沐辰星辰安然乐瑶梦琳"
)


def names(count: int) -> list[str]:
    """Names of two and three characters; many are several people's, as in life."""
    chance = random.Random(2026)
    return [
        chance.choice(_SURNAMES) + "".join(chance.choices(_GIVEN, k=chance.choice((1, 2, 2, 2))))
        for _ in range(count)
    ]


def timed(queries: list[str], look: object) -> list[float]:
    """Seconds that each lookup takes."""
    assert callable(look)
    taken: list[float] = []
    for query in queries:
        start = time.perf_counter()
        look(query)
        taken.append(time.perf_counter() - start)
    return taken


def main() -> None:
    everybody = names(PEOPLE)
    before = resident()
    people = [Person(n, PersonKind.STUDENT, name) for n, name in enumerate(everybody)]
    roster = ClassRoster(1, "全区", people)
    start = time.perf_counter()
    roster.named("王伟")
    roster.near("王伟")
    print(
        f"{PEOPLE:,} people: first lookup {time.perf_counter() - start:.1f} s, "
        f"{(resident() - before) / 1e6:.0f} MB with its index"
    )
    chance = random.Random(7)
    known = chance.sample(everybody, QUERIES)
    queries = {
        "their name": known,
        "one character off": [f"{name[:-1]}{chance.choice(_GIVEN)}" for name in known],
        "nobody's name": ["尉迟" + "".join(chance.choices(_GIVEN, k=2)) for _ in known],
    }

    def match(name: str) -> object:
        return roster.named(name) or roster.near(name)

    table = sqlite3.connect(":memory:")
    table.execute("CREATE TABLE person (id INTEGER PRIMARY KEY, name TEXT)")
    table.executemany("INSERT INTO person VALUES (?, ?)", enumerate(everybody))
    table.execute("CREATE INDEX by_name ON person (name)")

    def ask(name: str) -> object:
        return table.execute("SELECT id FROM person WHERE name = ?", (name,)).fetchall()

    for what, some in queries.items():
        taken = timed(some, match)
        slow = quantiles(taken, n=100)[-1]
        peer = median(timed(some, ask))
        print(
            f"{what}: median {median(taken) * 1e6:.0f} µs, slowest hundredth {slow * 1e6:.0f} µs; "
            f"{median(taken) / peer:.1f} times SQLite's exact lookup"
        )


if __name__ == "__main__":
    main()
