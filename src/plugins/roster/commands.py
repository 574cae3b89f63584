"""`/roster`: whose class the group is, who is missing or unknown, codes, who is whom, and the end of it.
Names are said to the caller alone."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, NamedTuple

from src.core.chat.events import Account
from src.core.chat.port import Act, Word
from src.core.chat.wordings import plain as plain_words
from src.core.clock import to_datetime
from src.core.commands import Call, Refusal, Reply, Rest, Right, item
from src.core.people import ClassRoster, Person, PersonKind, Rank
from src.core.people.codes import DAYS, MOST_DAYS, hand_out, without_account
from src.core.people.erasing import erase
from src.core.people.importing import close, people_of
from src.core.people.patterns import RELATIONS
from src.core.people.roster import plain
from src.core.people.sheets import rows_of
from src.core.people.tables import write_xlsx
from src.core.store import in_transaction, models
from src.core.store.rows import account_row
from src.core.text import fold

from . import texts
from .area import area
from .files import heads, take_over
from .missing import missing

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Sequence

    from src.core.chat.events import Member
    from src.core.groups import Group

_SHOWN = 100
"""Lines of a list, which go into one message."""
_SHOWN_UNKNOWN = 30
_LONGEST_CLASS = 100
_LONGEST_RELATION = 16
_SELF = "本人"
_NOT_IN_NAMES = '\\/:*?"<>|'
_CHECKED = re.compile(r"(.+?)\s*确认-(\d{1,9})")


@area.command(
    "roster", "名册", "班级名册：导入、缺谁、谁没核对、入群码", right=Right.HEAD,
    example="/roster missing", quotes=True,
)  # fmt: skip
async def roster(call: Call, action: str = "", rest: Rest = Rest("")) -> Reply:
    """class, missing, unknown, codes, bind, unbind, find, close, erase, export, import; in private
    after the group's number, where the caller heads several."""
    words = rest.strip()
    if action.isdecimal() and not call.private:
        raise Refusal(texts.NUMBER_IN_PRIVATE)
    if action.isdecimal():
        await call.enter_numbered(int(action[:9]))
        action, _, words = words.partition(" ")
        words = words.strip()
    elif call.private:
        number = item(words) if action.lower() in _IMPORT else None
        if number is not None and number.group is not None:
            await call.enter_numbered(number.group)
        else:
            await call.enter_only()
    if not heads(call):
        raise Refusal(texts.HEAD_ONLY)
    do = _ACTIONS.get(action.lower())
    if do is None:
        raise Refusal(texts.USAGE)
    try:
        return Reply(await do(call, words), private=True)
    except Refusal as refusal:
        # A line to copy may name somebody.
        return Reply(str(refusal), private=True)


class _Place(NamedTuple):
    """A group, its number, and the roster of its class."""

    group: Group
    number: int
    roster: ClassRoster


def _place(call: Call) -> _Place:
    group, found = call.group, call.house.rosters.of(call.group)
    if found is None or group.id is None:
        raise Refusal(texts.NO_CLASS.format(group=group.id or ""))
    return _Place(group, group.id, found)


# -- the class ----------------------------------------------------------------------------------------


async def _counts(call: Call, _: str) -> str:
    place = _place(call)
    people = place.roster
    row = await models.SchoolClass.get(id=people.class_id)
    bound = {account for one in people.people for account in people.accounts_of(one.id)}
    without = [one for one in without_account(people) if one.kind is PersonKind.STUDENT]
    lines = [
        texts.COUNTS.format(
            group=call.house.records.title(place.group),
            name=people.name,
            students=len(people.students),
            guardians=len(people.guardians),
            teachers=len(people.teachers),
            staff=len(people.staff),
        ),
        texts.COUNTS_ACCOUNTS.format(accounts=len(bound), without=len(without)),
        texts.NEVER_IMPORTED
        if row.imported_at is None
        else texts.IMPORTED.format(when=call.house.records.local(row.imported_at)),
    ]
    return "\n".join(lines)


async def _class(call: Call, name: str) -> str:
    """Link the group with a class. Who links it reads its roster, also one that is imported later: a
    class that has one, or a group, is given only to somebody who heads a group of it already."""
    name = " ".join(name.split())
    if not name or len(name) > _LONGEST_CLASS:
        raise Refusal(texts.CLASS_HOW)
    house, group = call.house, call.group
    await house.records.row_of(group)
    found = await house.rosters.class_named(name)
    used = await models.Person.exists(school_class_id=found.id)
    used = used or await models.Group.exists(class_id=found.id)
    if used and group.class_id != found.id and not await _heads(call, found.id):
        raise Refusal(texts.CLASS_TAKEN.format(name=name))
    linked = await house.rosters.link(group, name)
    title = house.records.title(group)
    return texts.LINKED.format(group=title, name=name, count=len(linked.people))


async def _heads(call: Call, class_id: int) -> bool:
    """Whether the caller has the right to this command in another group of the class, read fresh."""
    house = call.house
    if house.people.is_superuser(call.account):
        return True
    for group in house.groups:
        platform = house.platform(group.bot)
        if group.class_id != class_id or platform is None:
            continue
        if group.key.namespace != call.account.namespace:
            # On another platform the same id is somebody else.
            continue
        member = (await platform.member(group.key, call.account)).value
        if member and house.people.rank(group.key, call.account, member.role) >= Right.HEAD:
            return True
    return False


# -- who is not there ---------------------------------------------------------------------------------


async def _missing(call: Call, _: str) -> str:
    """Who has no account in the group (06.1.3), and whom a member's name there names all the same."""
    place = _place(call)
    people = place.roster
    found_missing = missing(people, await call.members())
    title = call.house.records.title(place.group)
    if not any(found_missing):
        return texts.NOBODY_MISSING.format(group=title)
    lines: list[str] = []
    for text, found in zip((texts.MISSING, texts.MISSING_BY_NAME), found_missing, strict=True):
        if found:
            names = "、".join(_called(one, people) for one in found[:_SHOWN])
            lines.append(text.format(group=title, names=names, count=len(found)))
    return "\n".join(lines)


def _called(person: Person, people: ClassRoster) -> str:
    """A name, with the number where it is not one person's alone."""
    alone = len(people.named(person.name, person.kind)) == 1
    return person.name if alone or not person.number else f"{person.name}（{person.number}）"


async def _unknown(call: Call, _: str) -> str:
    """Who is in the group and nobody of the roster, as far as is known."""
    place = _place(call)
    found = [
        member
        for member in await call.members()
        if not member.is_robot
        and member.account != call.platform.bot
        and not place.roster.identities(member.account)
    ]
    title = call.house.records.title(place.group)
    if not found:
        return texts.NOBODY_UNKNOWN.format(group=title)
    lines = [texts.UNKNOWN.format(group=title, count=len(found))]
    lines += [_guess(place, member) for member in found[:_SHOWN_UNKNOWN]]
    if len(found) > _SHOWN_UNKNOWN:
        lines.append(texts.MORE.format(count=len(found) - _SHOWN_UNKNOWN))
    return "\n".join([*lines, texts.UNKNOWN_HOW])


def _guess(place: _Place, member: Member) -> str:
    """A member's line: what would bind them to the one student that their name names."""
    account = member.account.user_id
    named = {one.id: one for _, _, one in place.roster.mentions(fold(member.name))}
    student = next(iter(named.values()), None)
    if student is None or len(named) > 1 or len(place.roster.named(student.name)) > 1:
        return texts.UNKNOWN_LINE.format(account=account, name=member.name)
    after = plain(member.name).partition(plain(student.name))[2]
    relation = RELATIONS.get(after, "") or (_SELF if not after else texts.RELATION)
    return texts.UNKNOWN_GUESS.format(
        group=place.number, account=account, student=student.name, relation=relation
    )


async def _codes(call: Call, words: str) -> str:
    place = _place(call)
    if words and not (words.isdecimal() and len(words) <= 4 and 1 <= int(words) <= MOST_DAYS):
        raise Refusal(texts.CODES_HOW)
    title = call.house.records.title(place.group)
    without = without_account(place.roster, {member.account for member in await call.members()})
    if not without:
        return texts.NO_CODES.format(group=title)
    now, days = call.house.records.now(), int(words or DAYS)
    async with in_transaction():
        codes = await hand_out(without[:_SHOWN], now=now, days=days)
    until = to_datetime(now.timestamp() + days * 86400)
    lines = [texts.CODES.format(group=title, until=call.house.records.local(until))]
    lines += [
        texts.CODES_LINE.format(name=one.person.name, number=one.person.number, code=one.code)
        for one in codes
    ]
    if len(without) > _SHOWN:
        lines.append(texts.CODES_MORE.format(count=len(without) - _SHOWN))
    return "\n".join(lines)


# -- who is whom --------------------------------------------------------------------------------------


async def _bind(call: Call, words: str) -> str:
    place = _place(call)
    user, _, rest = words.removeprefix("@").partition(" ")
    account = Account(call.account.namespace, user)
    if not user or not rest.strip() or not user.isascii():
        raise Refusal(texts.BIND_HOW)
    name, relation = rest.strip(), ""
    last = rest.split()[-1]
    if not _matching(place.roster.people, name) and len(rest.split()) > 1:
        name, relation = rest.strip().removesuffix(last).strip(), RELATIONS.get(last, last)
    if len(relation) > _LONGEST_RELATION:
        raise Refusal(texts.RELATION_LONG)
    kinds = [one for one in place.roster.people if one.kind is not PersonKind.GUARDIAN]
    if relation == _SELF:
        relation = ""
    elif relation:
        kinds = list(place.roster.students)
    person = _one(kinds, name, texts.BIND_LINE, group=place.number, account=user, relation=relation)
    async with in_transaction():
        row, by = await account_row(account), await account_row(call.account)
        await call.house.rosters.bind(row, person.id, relation, "manager", by)
    await call.house.rosters.reload(place.roster.class_id)
    who = f"{person.name}{relation}" if relation else person.name
    return texts.BOUND.format(account=user, who=who)


async def _unbind(call: Call, words: str) -> str:
    place = _place(call)
    user = words.removeprefix("@")
    if not user or len(user.split()) > 1:
        raise Refusal(texts.UNBIND_HOW)
    account = Account(call.account.namespace, user)
    if not place.roster.identities(account):
        return texts.NOT_BOUND.format(account=user)
    async with in_transaction():
        await call.house.rosters.unbind(await account_row(account), place.roster.class_id)
    await call.house.rosters.reload(place.roster.class_id)
    return texts.UNBOUND.format(account=user)


async def _find(call: Call, name: str) -> str:
    place = _place(call)
    if not name:
        raise Refusal(texts.FIND_HOW)
    everybody = await people_of(place.roster.class_id)
    by_id = {one.id: one for one in everybody}
    found = _matching(everybody, name)
    if found:
        return "\n".join(_line(one, by_id, place.roster) for one in found[:_SHOWN])
    near = place.roster.near(name)
    if not near:
        return texts.FOUND_NONE
    return "\n".join(
        [texts.NEAR, *(_line(one.person, by_id, place.roster) for one in near[:_SHOWN])]
    )


def _line(person: Person, by_id: dict[int, Person], people: ClassRoster) -> str:
    child = by_id.get(person.student) if person.student is not None else None
    accounts = [*people.accounts_of(person.id)]
    if person.kind is PersonKind.STUDENT:
        accounts += [one for one in people.family(person.id) if one not in accounts]
    shown = "、".join(one.user_id for one in accounts)
    return texts.FOUND_LINE.format(
        kind=texts.KINDS[person.kind.value],
        name=person.name,
        number=person.number or person.subject,
        of=texts.FOUND_OF.format(student=child.name, relation=person.relation or texts.RELATION)
        if child is not None
        else "",
        left="" if people.person(person.id) is not None else texts.FOUND_LEFT,
        accounts=texts.FOUND_ACCOUNTS.format(accounts=shown) if accounts else "",
    ).rstrip()


def _matching(people: Iterable[Person], key: str) -> list[Person]:
    """Those with this name or number."""
    wanted = plain(key)
    return [
        one
        for one in people
        if wanted and (plain(one.name) == wanted or (one.number and plain(one.number) == wanted))
    ]


def _one(people: Iterable[Person], key: str, line: str, **rest: str | int) -> Person:
    """The only one of this name or number.

    Raises:
        Refusal: there is none; or there are several, each with a `line` to copy.
    """
    found = _matching(people, key)
    if not found:
        raise Refusal(texts.FOUND_NONE)
    if len(found) > 1:
        lines = [line.format(number=one.number, **rest).rstrip() for one in found if one.number]
        raise Refusal("\n".join([texts.SEVERAL, *lines]))
    return found[0]


# -- the end of it ------------------------------------------------------------------------------------


async def _close(call: Call, key: str) -> str:
    """Somebody left the class: the entry ends today, and stays."""
    place = _place(call)
    if not key:
        raise Refusal(texts.CLOSE_HOW)
    person = _one(place.roster.people, key, texts.CLOSE_LINE, group=place.number)
    house, class_id = call.house, place.roster.class_id
    async with in_transaction():
        count = await close(
            [person], today=house.rosters.today(), now=house.records.now(), class_id=class_id
        )
    await house.rosters.reload(class_id)
    return texts.CLOSED.format(name=person.name, count=count)


async def _erase(call: Call, words: str) -> str:
    """Erase what is held on somebody; first with a line to copy, that nobody types by mistake."""
    place = _place(call)
    checked = _CHECKED.fullmatch(words)
    key = checked[1] if checked is not None else words
    if not key:
        raise Refusal(texts.ERASE_HOW)
    house, class_id = call.house, place.roster.class_id
    found = _matching(await people_of(class_id), key)
    if not found:
        raise Refusal(texts.FOUND_NONE)
    wanted = [one for one in found if checked is not None and one.id == int(checked[2])]
    if not wanted:
        lines = [
            texts.ERASE_LINE.format(group=place.number, key=one.number or one.name, id=one.id)
            for one in found
        ]
        return "\n".join([texts.ERASE_CHECK.format(name=found[0].name), *lines])
    async with in_transaction():
        receipt = await erase(
            wanted[0].id,
            class_id=class_id,
            now=house.records.now(),
            today=house.rosters.today(),
            audit=house.audit,
            role=call.rank.name.lower(),
            group=place.group,
        )
    await house.rosters.reload(class_id)
    return str(receipt)


async def _export(call: Call, _: str) -> str:
    """The whole roster as a file, to a head teacher that the school named, or above. That it was asked
    for is in the audit log, whatever becomes of the file."""
    if not call.private:
        raise Refusal(texts.EXPORT_PRIVATE)
    if call.rank < Rank.HEAD_TEACHER:
        # Who owns the group on the platform may be a parent.
        raise Refusal(texts.EXPORT_HEAD)
    place = _place(call)
    if Act.SEND_FILE not in call.asked.capabilities.acts:
        raise Refusal(texts.EXPORT_CANNOT)
    name, people = place.roster.name, place.roster.people
    content = await asyncio.to_thread(write_xlsx, rows_of(people), title=name)
    async with in_transaction():
        await call.house.audit.note(
            "roster.exported",
            group=place.group,
            by=await account_row(call.account),
            facts={"people": len(people)},
        )
    file = texts.EXPORT_FILE.format(
        name="".join(char for char in name if char not in _NOT_IN_NAMES)
    )
    answer = await call.asked.send_file(call.account, file, content, call.event.via_group)
    if answer.word is Word.REFUSED:
        raise Refusal(texts.EXPORT_FAILED.format(why=plain_words(answer.wording)))
    return texts.EXPORTED.format(file=file, count=len(people))


async def _import(call: Call, words: str) -> str:
    number = item(words)
    if number is None:
        raise Refusal(texts.IMPORT_HOW)
    return await take_over(call, number)


_IMPORT = ("import", "confirm", "导入")
_NAMES: Sequence[tuple[tuple[str, ...], Callable[[Call, str], Awaitable[str]]]] = (
    (("", "list"), _counts),
    (("class", "班级"), _class),
    (("missing", "缺"), _missing),
    (("unknown", "未知"), _unknown),
    (("codes", "入群码"), _codes),
    (("bind", "绑定"), _bind),
    (("unbind", "解绑"), _unbind),
    (("find", "找"), _find),
    (("close", "关闭"), _close),
    (("erase", "删除"), _erase),
    (("export", "导出"), _export),
    (_IMPORT, _import),
)
_ACTIONS = {name: do for names, do in _NAMES for name in names}
