"""The rules people read, the policy managers choose, and what the bot can do here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from src.core.area import AREAS
from src.core.commands import Call, Refusal, Reply, Rest, Right
from src.core.duration import spoken
from src.core.policy import PackError, available, diff, disabled, enabled, said, with_setting
from src.core.store import models
from src.core.store.rows import account_row

from . import texts
from .area import area

if TYPE_CHECKING:
    from src.core.commands import Command
    from src.core.groups import Group, Mode
    from src.core.policy import Clause, Pack, Policy

_MODES: dict[str, Mode] = {
    "observe": "observe",
    "观察": "observe",
    "只观察": "observe",
    "enforce": "enforce",
    "执行": "enforce",
}
_MOST_SHOWN = 60
"""Characters of a new value that the answer repeats."""


def _policy(call: Call) -> Policy:
    policy = call.group.policy
    if policy is None:
        raise Refusal(f"{texts.NO_POLICY}\n{_choices()}")
    return policy


def _choices() -> str:
    return texts.CHOOSE.format(packs="、".join(available()))


def _how(policy: Policy, clause: Clause) -> str:
    if clause.off:
        return texts.HOW_OFF
    if clause.plugin is None:
        return clause.for_people if isinstance(clause.for_people, str) else texts.HOW_PEOPLE
    title = AREAS[clause.plugin].title
    if clause.ladder is None:
        return texts.HOW_PLUGIN_ONLY.format(title=title)
    return texts.HOW_PLUGIN.format(title=title, ladder=policy.ladders[clause.ladder].spoken())


@area.command("rules", "群规", "看群规，或其中一条", example="/rules 三.1")
async def rules(call: Call, word: Rest = Rest("")) -> str:
    """The rules in force in this group, short; or what one clause says and does."""
    policy = _policy(call)
    if not word:
        lines = [texts.RULES_TITLE.format(title=policy.title), *policy.rules()]
        return "\n".join([*lines, texts.RULES_MORE])
    exact = policy.clause(word)
    found = [exact] if exact else [c for c in policy.clauses if word in c.text or word in c.number]
    if not found:
        raise Refusal(texts.NO_CLAUSE)
    return "\n".join(
        texts.SHOW_CLAUSE.format(number=c.number, text=c.text, how=_how(policy, c))
        for c in found[:5]
    )


# -- the policy -----------------------------------------------------------------------------------


@area.command(
    "policy",
    "制度",
    "制度：选定、查看、修改",
    right=Right.HEAD,
    example="/policy use text-only-parents",
    quotes=True,
)
async def policy(call: Call, action: str = "show", rest: Rest = Rest("")) -> str:
    """list, use, copy, show, set, diff, history, mode."""
    actions = {
        "list": _list,
        "use": _use,
        "show": _show,
        "set": _set,
        "diff": _diff,
        "history": _history,
        "mode": _mode,
        "copy": _copy,
    }
    handler = actions.get(action.lower())
    if handler is None:
        raise Refusal(texts.USAGE)
    try:
        return await handler(call, rest.split())
    except PackError as error:
        raise Refusal(str(error)) from None


async def _list(call: Call, words: list[str]) -> str:
    return _choices()


async def _use(call: Call, words: list[str]) -> str:
    if not words:
        raise Refusal(f"{texts.USE_WHICH}\n{_choices()}")
    pack = await call.house.versions.pack(words[0])
    group = call.group
    if not group.name:
        answer = await call.platform.group_name(group.key)
        group.name = answer.value or ""
    await call.house.tell.read_members(group, call.platform)
    await call.house.records.row_of(group)
    row = await call.house.versions.adopt(
        group, pack, texts.CHANGE_USE.format(pack=pack.name), call.account
    )
    return _in_force(group, row.version)


def _in_force(group: Group, version: int) -> str:
    """What runs and what is kept, in three lines."""
    policy = group.policy
    assert policy is not None
    titles = "、".join(sorted(AREAS[name].title for name in policy.plugins))
    text = texts.CHOSEN.format(
        title=policy.title,
        version=version,
        clauses=len(policy.clauses),
        running=len(policy.bound),
        plugins=titles or "无",
        days=spoken(policy.keep_excerpts),
    )
    return text + (texts.OBSERVE_SUFFIX if group.mode == "observe" else "")


async def _show(call: Call, words: list[str]) -> str:
    policy = _policy(call)
    lines = [
        texts.SHOW.format(
            title=policy.title,
            version=policy.version,
            pack=policy.pack_name,
            mode=texts.MODES[call.group.mode],
        )
    ]
    for bound in policy.bound:
        settings = bound.settings.model_dump(mode="json")
        changed = {k: v for k, v in settings.items() if v not in (None, [], "", {})}
        shown = "，".join(f"{name}={said(value)}" for name, value in changed.items())
        ladder = bound.ladder.spoken() if bound.ladder is not None else ""
        lines.append(f"{bound.clause.number} {bound.area.title} {ladder} {shown}".rstrip())
    return "\n".join(lines)


async def _current(call: Call) -> Pack:
    pack = await call.house.versions.current(call.group)
    if pack is None:
        raise Refusal(f"{texts.NO_POLICY}\n{_choices()}")
    return pack


async def _set(call: Call, words: list[str]) -> str:
    if len(words) < 3:
        raise Refusal(texts.SET_HOW)
    clause, setting, value = words[0], words[1], " ".join(words[2:])
    _policy(call)
    shown = value if len(value) <= _MOST_SHOWN else f"{value[:_MOST_SHOWN]}…"
    change = texts.CHANGE_SET.format(clause=clause, setting=setting, value=shown)
    row = await call.house.versions.change(
        call.group,
        lambda pack: with_setting(pack, clause, setting, value),
        change,
        call.account,
    )
    return texts.SAVED.format(version=row.version, change=change) if row else texts.SAME


async def _diff(call: Call, words: list[str]) -> str:
    new = await _current(call)
    if words:
        number = int(words[0]) if words[0].isdecimal() else 0
        old = await call.house.versions.numbered(call.group, number)
        if old is None:
            raise Refusal(texts.NO_VERSION)
        head = texts.DIFF.format(version=number)
    else:
        old = await call.house.versions.pack(new.name)
        head = texts.DIFF_PACK.format(pack=new.name)
    lines = diff(old, new)
    return "\n".join([head, *lines]) if lines else texts.NO_CHANGE


async def _history(call: Call, words: list[str]) -> str:
    rows = (
        await models.PolicyVersion.filter(group_id=call.group.id)
        .order_by("-version")
        .limit(10)
        .select_related("by")
    )
    if not rows:
        raise Refusal(f"{texts.NO_POLICY}\n{_choices()}")
    return "\n".join(
        texts.HISTORY_LINE.format(
            version=row.version,
            time=call.house.records.local(row.created_at),
            who=row.by.user_id if row.by is not None else texts.BY_NOBODY,
            change=row.change,
        )
        for row in rows
    )


async def _mode(call: Call, words: list[str]) -> str:
    mode = _MODES.get(words[0].lower()) if words else None
    if mode is None:
        raise Refusal(texts.MODE_HOW)
    _policy(call)
    await call.house.versions.set_mode(call.group, mode, call.account)
    return texts.MODE_SET[mode]


async def _copy(call: Call, words: list[str]) -> str:
    """Put another group's policy in force here: next term's group takes over this term's."""
    if not words:
        raise Refusal(texts.COPY_HOW)
    source = _group(call, words[0].lstrip("#＃"))
    # The right is asked for there too: a policy may name what is nobody else's business.
    if source is None or source.policy is None or not await _heads(call, source):
        raise Refusal(texts.COPY_NONE)
    pack = await call.house.versions.current(source)
    assert pack is not None
    await call.house.records.row_of(call.group)
    both = models.Group.filter(id__in=(source.id, call.group.id))
    if len(await both.distinct().values_list("school_id")) > 1:
        raise Refusal(texts.COPY_NONE)
    title = call.house.records.title(source)
    row = await call.house.versions.adopt(
        call.group, pack, texts.CHANGE_COPY.format(group=title), call.account
    )
    return _in_force(call.group, row.version)


def _group(call: Call, word: str) -> Group | None:
    """The group of this number of ours, or of this id on the platform; never the one asked in."""
    if not word.isdecimal():
        return None
    found = call.house.groups.by_id(int(word[:9]))
    if found is None or str(found.id) != word:
        key = call.group.key._replace(group_id=word)
        found = next((group for group in call.house.groups if group.key == key), None)
    same = found is not None and found.key.namespace == call.group.key.namespace
    return found if same and found is not call.group else None


async def _heads(call: Call, group: Group) -> bool:
    """Whether the caller has the right to choose the policy of this group too, read fresh."""
    platform = call.house.platform(group.bot)
    if call.house.people.is_superuser(call.account):
        return True
    if platform is None:
        return False
    member = (await platform.member(group.key, call.account)).value
    return (
        member is not None
        and call.house.people.rank(group.key, call.account, member.role) >= Right.HEAD
    )


@area.command("plugins", "功能", "本群启用了哪些功能", right=Right.HEAD)
async def plugins(call: Call) -> str:
    """The plugins of this group."""
    on = call.group.policy.plugins if call.group.policy is not None else frozenset[str]()
    return "\n".join(
        [
            texts.PLUGINS,
            *(
                texts.PLUGIN_LINE.format(
                    mark=texts.ON if name in on else texts.OFF, name=name, title=known.title
                )
                for name, known in sorted(AREAS.items())
            ),
        ]
    )


@area.command(
    "enable", "启用", "启用一个功能", right=Right.HEAD, example="/enable anti_flood", private=False
)  # fmt: skip
async def enable(call: Call, name: str) -> str:
    """Put a plugin in force; each makes a version."""
    return await _switch(call, name, on=True)


@area.command(
    "disable", "停用", "停用一个功能", right=Right.HEAD, example="/disable anti_flood",
    private=False,
)  # fmt: skip
async def disable(call: Call, name: str) -> str:
    """Take a plugin out of force; its clauses stay to be read."""
    return await _switch(call, name, on=False)


async def _switch(call: Call, name: str, *, on: bool) -> str:
    _policy(call)
    plugin = next((key for key, known in AREAS.items() if name in (key, known.title)), name)
    title = AREAS[plugin].title if plugin in AREAS else name
    change = (texts.CHANGE_ENABLE if on else texts.CHANGE_DISABLE).format(title=title)
    try:
        row = await call.house.versions.change(
            call.group,
            lambda pack: enabled(pack, plugin) if on else disabled(pack, plugin),
            change,
            call.account,
        )
    except PackError as error:
        raise Refusal(str(error)) from None
    if row is None:
        return texts.SAME
    return (texts.ENABLED if on else texts.DISABLED).format(title=title)


# -- help, privacy, health ------------------------------------------------------------------------


@area.command("help", "帮助", "可以用的命令", example="/help mute")
async def help_(call: Call, name: str = "") -> str:
    """Only what the caller may use here."""
    router = call.house.router
    if name:
        command = router.named(name)
        if command is None:
            raise Refusal(texts.NO_COMMAND)
        usage, example = command.shown(router.prefix)
        return texts.HELP_ONE.format(
            usage=usage,
            title=command.title,
            example=example,
            english=f"{router.prefix}{command.name}",
        )
    if call.private:
        ranks = [
            (call.house.people.rank(one.key, call.account, one.platform_role(call.account)), one)
            for one in call.house.groups
            if one.id is not None and one.key.namespace == call.account.namespace
        ]
        usable = [
            command
            for command in router.commands
            if command.private
            and (
                _listed(command, None) == Right.EVERYONE
                or any(rank >= _listed(command, one) for rank, one in ranks)
            )
        ]
    else:
        usable = [c for c in router.commands if call.rank >= _listed(c, call.group)]
    lines = [
        texts.HELP_LINE.format(name=c.name, chinese=c.chinese[0], title=c.title)
        for c in sorted(usable, key=lambda command: command.right)
    ]
    return "\n".join([texts.HELP, *lines, texts.HELP_MORE])


def _listed(command: Command, group: Group | None) -> int:
    """The least rank of those to whom a command is named, by the policy of the group."""
    right = command.listed or command.right
    policy = group.policy if group is not None else None
    return policy.rights.get(command.name, right) if policy is not None else right


@area.command("privacy", "隐私", "机器人留下了关于您的什么")
async def privacy(call: Call) -> Reply:
    """What is kept on the caller, and for how long: every table that can name somebody."""
    account = await account_row(call.account)
    cases, mine = models.Case.filter(account=account), models.Request.filter(account=account)
    # What is kept with a name, by the line that says so; what there is none of is left out.
    counts = {
        "roster": models.Identity.filter(account=account),
        "roles": models.RoleGrant.filter(account=account),
        "duties": models.Duty.filter(account=account),
        "memberships": models.Membership.filter(account=account),
        "attempts": models.JoinAttempt.filter(account=account),
        "lapses": models.NameLapse.filter(account=account),
        "cases": cases,
        "excerpts": cases.exclude(excerpt=""),
        "mutes": models.Mute.filter(account=account),
        "blocks": models.Block.filter(account=account),
        "posts": mine.filter(kind="approval", state="open"),
        "requests": mine,
        "reports": models.Report.filter(account=account),
        "evidence": models.Evidence.filter(by=account).exclude(value=""),
        "decided": models.Request.filter(decided_by=account),
        "ordered": models.Case.filter(actor=account),
        "notices": models.Notice.filter(account=account),
        "acts": models.Act.filter(account=account),
        "audit": models.AuditValue.filter(account_id=account.id),
    }
    found = {name: await query.count() for name, query in counts.items()}
    lines = [texts.PRIVACY_LINES[name].format(count=n) for name, n in found.items() if n]
    return Reply(
        "\n".join([texts.PRIVACY, *lines, *_kept_for(call), texts.PRIVACY_END]), private=True
    )


def _kept_for(call: Call) -> list[str]:
    """How long, by the policy of the group; in private by those of all, as the longest."""
    groups = [call.group_or_none] if call.group_or_none is not None else [*call.house.groups]
    policies = [group.policy for group in groups if group.policy is not None]
    if not policies:
        return []
    clear = {policy.retention.clear.written() for policy in policies}
    return [
        texts.PRIVACY_KEPT.format(
            excerpts=spoken(max(policy.keep_excerpts for policy in policies)),
            names=spoken(max(policy.retention.names for policy in policies)),
            clear="、".join(sorted(clear)),
        )
    ]
