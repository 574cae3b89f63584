"""One schema for everyone: schools, groups, accounts, policies, cases, acts, requests.

What has a number takes it from its group's sequence, so that `#12` names one thing in a group and
`3-12` one thing anywhere. Nullable unique columns (`open_key`, `live_key`) say "at most one open":
NULLs are distinct on both databases, and partial unique indexes are not to be had in migrations.

`indexes` name columns (`group_id`), never relations: a migration writes them down as they are, and
SQLite takes an unknown name for a constant.
"""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from .fields import UtcDatetimeField


class School(Model):
    """A tenant; no query crosses schools. An installation starts with one."""

    id = fields.IntField(primary_key=True)
    name = fields.CharField(100, default="")
    inspected_at = UtcDatetimeField(null=True)
    """When its groups were last inspected on schedule."""

    class Meta(Model.Meta):
        table = "school"


class Group(Model):
    """A group on a platform, whichever bot sees it."""

    id = fields.IntField(primary_key=True)
    school: fields.ForeignKeyRelation[School] = fields.ForeignKeyField(
        "models.School", related_name="groups", on_delete=fields.RESTRICT
    )
    school_id: int
    namespace = fields.CharField(16)
    group_id = fields.CharField(128)
    name = fields.CharField(200, default="")
    bot = fields.CharField(128, default="")
    """The bot that was last seen in the group."""
    mode = fields.CharField(16, default="enforce")
    """`enforce` or `observe`."""
    mode_reason = fields.CharField(16, default="")
    """`brake` where the brake chose the mode."""
    last_number = fields.IntField(default=0)
    policy_id = fields.IntField(null=True)
    """The policy version in force; None until somebody has chosen a pack."""
    paused_until = UtcDatetimeField(null=True)
    """Until when nothing is judged; a person's decision (`/pause`)."""
    left_at = UtcDatetimeField(null=True)
    """When the bot was last out of the group, or the group was dissolved; None while it is in."""
    class_id = fields.IntField(null=True)
    """The class that the group is for; None until somebody has said so."""
    good_name = fields.CharField(200, null=True)
    """The last name of the group that fitted its policy."""
    frozen_at = UtcDatetimeField(null=True)
    """When somebody froze the group (`/freeze`); None while it is not."""
    cleared_at = UtcDatetimeField(null=True)
    """When what had been kept for long enough was last cleared."""
    created_at = UtcDatetimeField()

    class Meta(Model.Meta):
        table = "group"
        unique_together = (("namespace", "group_id"),)


class Account(Model):
    """Somebody's account on a platform; written when the first fact about it is."""

    id = fields.IntField(primary_key=True)
    namespace = fields.CharField(16)
    user_id = fields.CharField(128)

    class Meta(Model.Meta):
        table = "account"
        unique_together = (("namespace", "user_id"),)


class RoleGrant(Model):
    """The role the school gave an account in a group; it goes before the platform's own."""

    id = fields.IntField(primary_key=True)
    group: fields.ForeignKeyRelation[Group] = fields.ForeignKeyField(
        "models.Group", related_name="roles", on_delete=fields.CASCADE
    )
    group_id: int
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "models.Account", related_name="roles", on_delete=fields.CASCADE
    )
    account_id: int
    role = fields.CharField(24)
    given_by: fields.ForeignKeyNullableRelation[Account] = fields.ForeignKeyField(
        "models.Account", related_name="roles_given", null=True, on_delete=fields.SET_NULL
    )
    given_by_id: int | None
    created_at = UtcDatetimeField()

    class Meta(Model.Meta):
        table = "role_grant"
        unique_together = (("group", "account"),)


class Duty(Model):
    """Who has the duty in a group, and for how long: bounded rights for the day."""

    id = fields.IntField(primary_key=True)
    group: fields.ForeignKeyRelation[Group] = fields.ForeignKeyField(
        "models.Group", related_name="duties", on_delete=fields.CASCADE
    )
    group_id: int
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "models.Account", related_name="duties", on_delete=fields.CASCADE
    )
    account_id: int
    given_by: fields.ForeignKeyNullableRelation[Account] = fields.ForeignKeyField(
        "models.Account", related_name="duties_given", null=True, on_delete=fields.SET_NULL
    )
    given_by_id: int | None
    since = UtcDatetimeField()
    until = UtcDatetimeField()

    class Meta(Model.Meta):
        table = "duty"
        indexes = (("group_id", "until"),)


class SchoolClass(Model):
    """A class of a school; its roster says who belongs to it."""

    id = fields.IntField(primary_key=True)
    school: fields.ForeignKeyRelation[School] = fields.ForeignKeyField(
        "models.School", related_name="classes", on_delete=fields.RESTRICT
    )
    school_id: int
    name = fields.CharField(100)
    imported_at = UtcDatetimeField(null=True)
    """When its roster was last taken over from a file."""
    changed_at = UtcDatetimeField(null=True)
    """When anything in its roster last changed: a process that has read it reads it again."""

    class Meta(Model.Meta):
        table = "school_class"
        unique_together = (("school", "name"),)


class Person(Model):
    """An entry of a class's roster. Who teaches two classes, or has two children, has two."""

    id = fields.IntField(primary_key=True)
    school_class: fields.ForeignKeyRelation[SchoolClass] = fields.ForeignKeyField(
        "models.SchoolClass", related_name="people", on_delete=fields.CASCADE
    )
    school_class_id: int
    kind = fields.CharField(12)
    """student, guardian, teacher or staff."""
    name = fields.CharField(64)
    number = fields.CharField(32, default="")
    """A student's number; empty where the school gives none."""
    subject = fields.CharField(64, default="")
    """What a teacher teaches, or the post of staff."""
    relation = fields.CharField(16, default="")
    """What a guardian is to the student."""
    student: fields.ForeignKeyNullableRelation[Person] = fields.ForeignKeyField(
        "models.Person", related_name="guardians", null=True, on_delete=fields.CASCADE
    )
    student_id: int | None
    """Whose guardian this is."""
    since = fields.DateField(null=True)
    until = fields.DateField(null=True)
    """From this day on no longer in the class."""
    created_at = UtcDatetimeField()

    class Meta(Model.Meta):
        table = "person"
        indexes = (("school_class_id", "kind"),)


class Identity(Model):
    """Which account is whom, and how that was verified. A parent's account is bound to the student
    with a relation, or to a guardian's entry; one's own without."""

    id = fields.IntField(primary_key=True)
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "models.Account", related_name="identities", on_delete=fields.CASCADE
    )
    account_id: int
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "models.Person", related_name="identities", on_delete=fields.CASCADE
    )
    person_id: int
    relation = fields.CharField(16, default="")
    how = fields.CharField(12)
    """number, code or manager."""
    by: fields.ForeignKeyNullableRelation[Account] = fields.ForeignKeyField(
        "models.Account", related_name="verified", null=True, on_delete=fields.SET_NULL
    )
    by_id: int | None
    created_at = UtcDatetimeField()
    ended_at = UtcDatetimeField(null=True)
    live_key = fields.CharField(64, null=True, unique=True)
    """`account/person` while it holds, else NULL."""

    class Meta(Model.Meta):
        table = "identity"


class JoinCode(Model):
    """A one-time code that the school hands out with a student's or teacher's name. It is kept as it
    is, so that it can be printed again: whoever reads this table reads the roster as well."""

    id = fields.IntField(primary_key=True)
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "models.Person", related_name="codes", on_delete=fields.CASCADE
    )
    person_id: int
    code = fields.CharField(16, unique=True)
    expires_at = UtcDatetimeField()
    used_by: fields.ForeignKeyNullableRelation[Account] = fields.ForeignKeyField(
        "models.Account", related_name="codes", null=True, on_delete=fields.SET_NULL
    )
    used_by_id: int | None
    used_at = UtcDatetimeField(null=True)
    created_at = UtcDatetimeField()

    class Meta(Model.Meta):
        table = "join_code"


class JoinAttempt(Model):
    """That somebody asked to join, and what came of it; never what was written."""

    id = fields.IntField(primary_key=True)
    group: fields.ForeignKeyRelation[Group] = fields.ForeignKeyField(
        "models.Group", related_name="attempts", on_delete=fields.CASCADE
    )
    group_id: int
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "models.Account", related_name="attempts", on_delete=fields.CASCADE
    )
    account_id: int
    outcome = fields.CharField(12)
    """admitted, format (it had the wrong form), factor (a wrong proof), refused, manual (a person was
    asked), or declined (by that person)."""
    created_at = UtcDatetimeField()

    class Meta(Model.Meta):
        table = "join_attempt"
        indexes = (("group_id", "created_at"),)


class Membership(Model):
    """How somebody came into a group, and what that still asks of them."""

    id = fields.IntField(primary_key=True)
    group: fields.ForeignKeyRelation[Group] = fields.ForeignKeyField(
        "models.Group", related_name="memberships", on_delete=fields.CASCADE
    )
    group_id: int
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "models.Account", related_name="memberships", on_delete=fields.CASCADE
    )
    account_id: int
    how = fields.CharField(12)
    """admitted (after an application), pulled (by a member), or known (was there before)."""
    came_at = UtcDatetimeField()
    verify_by = UtcDatetimeField(null=True)
    """Until when somebody who was pulled in is to say who they are."""
    probation_until = UtcDatetimeField(null=True)
    probation_left = fields.IntField(null=True)
    """So many messages of the probation are left; None where only the time counts."""
    left_at = UtcDatetimeField(null=True)
    left_how = fields.CharField(12, default="")
    """left, silent (left, and the head teacher is not told yet) or removed, where the person is out;
    leaving where they are in and have said why they go."""

    class Meta(Model.Meta):
        table = "membership"
        unique_together = (("group", "account"),)


class NameLapse(Model):
    """A member's name that does not fit: since when, and what was done about it. Never the name."""

    id = fields.IntField(primary_key=True)
    group: fields.ForeignKeyRelation[Group] = fields.ForeignKeyField(
        "models.Group", related_name="name_lapses", on_delete=fields.CASCADE
    )
    group_id: int
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "models.Account", related_name="name_lapses", on_delete=fields.CASCADE
    )
    account_id: int
    template = fields.CharField(64)
    """Digest of the templates: other ones start the grace anew."""
    since = UtcDatetimeField()
    reminders = fields.IntField(default=0)
    due_at = UtcDatetimeField(null=True)
    """When the next thing is done about it."""
    fixes = fields.IntField(default=0)
    """How often the bot has set the name."""
    fixed_at = UtcDatetimeField(null=True)

    class Meta(Model.Meta):
        table = "name_lapse"
        unique_together = (("group", "account"),)
        indexes = (("due_at",),)


class PolicyVersion(Model):
    """A policy as it was in force: its whole resolved content, hashed and dated. Never changed."""

    id = fields.IntField(primary_key=True)
    group: fields.ForeignKeyRelation[Group] = fields.ForeignKeyField(
        "models.Group", related_name="versions", on_delete=fields.CASCADE
    )
    group_id: int
    version = fields.IntField()
    """1, 2, 3 in a group."""
    pack = fields.CharField(64)
    content = fields.JSONField()
    digest = fields.CharField(64)
    change = fields.CharField(200)
    """What was done, in a line for people."""
    by: fields.ForeignKeyNullableRelation[Account] = fields.ForeignKeyField(
        "models.Account", related_name="versions", null=True, on_delete=fields.SET_NULL
    )
    by_id: int | None
    created_at = UtcDatetimeField()

    class Meta(Model.Meta):
        table = "policy_version"
        unique_together = (("group", "version"),)


class Case(Model):
    """One decision on one account."""

    id = fields.IntField(primary_key=True)
    group: fields.ForeignKeyRelation[Group] = fields.ForeignKeyField(
        "models.Group", related_name="cases", on_delete=fields.CASCADE
    )
    group_id: int
    number = fields.IntField()
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "models.Account", related_name="cases", on_delete=fields.CASCADE
    )
    account_id: int
    policy_id = fields.IntField(null=True)
    """The policy version the case was decided by."""
    clause = fields.CharField(32, default="")
    """The gravest clause's number; empty for a manual case that cites none."""
    clauses = fields.JSONField(default=list)
    """All clauses that the message broke, with plugin and facts, never its text."""
    plugin = fields.CharField(32)
    ladder = fields.CharField(64, default="")
    weight = fields.IntField(default=1)
    step = fields.CharField(16)
    """remind, warn, mute, remove, block, report, or word (in private, to a teacher or manager)."""
    source = fields.CharField(8)
    """auto or manual."""
    actor: fields.ForeignKeyNullableRelation[Account] = fields.ForeignKeyField(
        "models.Account", related_name="acted", null=True, on_delete=fields.SET_NULL
    )
    actor_id: int | None
    reason = fields.CharField(500, default="")
    state = fields.CharField(12, default="active")
    """active, reduced (an appeal lifted what ran), suspended (an appeal is overdue: it does not count
    until that is decided) or reversed; only the first two count."""
    closed_by: fields.ForeignKeyNullableRelation[Account] = fields.ForeignKeyField(
        "models.Account", related_name="closed", null=True, on_delete=fields.SET_NULL
    )
    closed_by_id: int | None
    closed_reason = fields.CharField(500, default="")
    closed_at = UtcDatetimeField(null=True)
    observed = fields.BooleanField(default=False)
    message_key = fields.CharField(400, null=True)
    """MessageRef.key: the same message makes one case, whenever it is delivered again."""
    excerpt = fields.CharField(200, default="")
    """A short piece of the message, erased after `excerpt_until`."""
    excerpt_until = UtcDatetimeField(null=True)
    lexicon = fields.CharField(16, default="")
    application = fields.CharField(32, default="")
    live_until = UtcDatetimeField()
    """Until when it counts on its ladder."""
    created_at = UtcDatetimeField()

    class Meta(Model.Meta):
        table = "case"
        unique_together = (("group", "number"), ("group", "message_key"))
        indexes = (("group_id", "account_id", "ladder"),)


class Mute(Model):
    """A mute that should hold now: what the reconciler compares with the platform."""

    id = fields.IntField(primary_key=True)
    group: fields.ForeignKeyRelation[Group] = fields.ForeignKeyField(
        "models.Group", related_name="mutes", on_delete=fields.CASCADE
    )
    group_id: int
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "models.Account", related_name="mutes", on_delete=fields.CASCADE
    )
    account_id: int
    case: fields.ForeignKeyRelation[Case] = fields.ForeignKeyField(
        "models.Case", related_name="mutes", on_delete=fields.CASCADE
    )
    case_id: int
    manual = fields.BooleanField(default=False)
    since = UtcDatetimeField()
    until = UtcDatetimeField()
    ended = fields.CharField(12, default="")
    """Empty while it should hold; then expired, lifting (until the platform has lifted it), lifted,
    replaced, removed, denied (by the platform), outside (a person changed it on the platform) or
    left (the bot is out of the group)."""
    live_key = fields.CharField(64, null=True, unique=True)
    """`group/account` while it should hold, else NULL: one active mute per account."""

    class Meta(Model.Meta):
        table = "mute"


class WholeMute(Model):
    """The level of a group's whole mute: who set it, and what is still to be done about it."""

    id = fields.IntField(primary_key=True)
    group: fields.OneToOneRelation[Group] = fields.OneToOneField(
        "models.Group", related_name="whole_mute", on_delete=fields.CASCADE
    )
    group_id: int
    state = fields.CharField(12, default="open")
    """open; closing (until it is known to be so), closed, opening: by us; refused (by the platform);
    person: a person has muted the group; opened: a person opened what was to be closed `until` then."""
    until = UtcDatetimeField(null=True)
    """When what closes it is planned to end."""
    attempts = fields.IntField(default=0)
    """How often the platform has been asked for what is still to be done."""
    due_at = UtcDatetimeField(null=True)
    """When it is asked again."""
    told_of = UtcDatetimeField(null=True)
    """The beginning of the quiet hours that the group was last told of beforehand."""

    class Meta(Model.Meta):
        table = "whole_mute"


class Block(Model):
    """Our own list of who may not come back; never the platform's reject-for-ever."""

    id = fields.IntField(primary_key=True)
    group: fields.ForeignKeyRelation[Group] = fields.ForeignKeyField(
        "models.Group", related_name="blocks", on_delete=fields.CASCADE
    )
    group_id: int
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "models.Account", related_name="blocks", on_delete=fields.CASCADE
    )
    account_id: int
    case: fields.ForeignKeyNullableRelation[Case] = fields.ForeignKeyField(
        "models.Case", related_name="blocks", null=True, on_delete=fields.SET_NULL
    )
    case_id: int | None
    by: fields.ForeignKeyNullableRelation[Account] = fields.ForeignKeyField(
        "models.Account", related_name="blocks_made", null=True, on_delete=fields.SET_NULL
    )
    by_id: int | None
    until = UtcDatetimeField(null=True)
    live_key = fields.CharField(64, null=True, unique=True)
    """`group/account` while it holds, else NULL."""
    created_at = UtcDatetimeField()

    class Meta(Model.Meta):
        table = "block"


class Act(Model):
    """One thing to be done to a platform, with its state (design: "Act semantics")."""

    id = fields.IntField(primary_key=True)
    group: fields.ForeignKeyRelation[Group] = fields.ForeignKeyField(
        "models.Group", related_name="acts", on_delete=fields.CASCADE
    )
    group_id: int
    case: fields.ForeignKeyNullableRelation[Case] = fields.ForeignKeyField(
        "models.Case", related_name="acts", null=True, on_delete=fields.CASCADE
    )
    case_id: int | None
    account: fields.ForeignKeyNullableRelation[Account] = fields.ForeignKeyField(
        "models.Account", related_name="acts", null=True, on_delete=fields.CASCADE
    )
    account_id: int | None
    kind = fields.CharField(12)
    """withdraw, mute, unmute, remove, whisper, say, publish, admit, decline, set_card, rename or
    announce."""
    payload = fields.JSONField(default=dict)
    """What the call needs: message, until, words. A post is erased once it is published."""
    observed = fields.BooleanField(default=False)
    state = fields.CharField(12, default="requested")
    """requested, attempting, then confirmed, denied, unknown or lapsed (not-after passed)."""
    attempts = fields.IntField(default=0)
    wording = fields.CharField(300, default="")
    """What the platform said."""
    not_after = UtcDatetimeField()
    not_before = UtcDatetimeField()
    created_at = UtcDatetimeField()
    updated_at = UtcDatetimeField()

    class Meta(Model.Meta):
        table = "act"
        indexes = (("state", "not_before"), ("case_id",))


class Request(Model):
    """Anything a manager answers, decided once by compare-and-set on `state`."""

    id = fields.IntField(primary_key=True)
    group: fields.ForeignKeyRelation[Group] = fields.ForeignKeyField(
        "models.Group", related_name="requests", on_delete=fields.CASCADE
    )
    group_id: int
    number = fields.IntField()
    kind = fields.CharField(16)
    """remove, block, appeal, review, approval, join (an application), clean (members to be taken out),
    roster (a file to be taken over), report, complaint, escalation (what is passed up until somebody has
    closed it), emergency or task (what only a person can do); or, closed from the start:
    term (what the managers were told of one, so that it is told once), missing (likewise, of whom the
    class's roster has and the group has not), leave (to write in quiet hours) and urgent (what was so
    marked in them, to be counted)."""
    case: fields.ForeignKeyNullableRelation[Case] = fields.ForeignKeyField(
        "models.Case", related_name="requests", null=True, on_delete=fields.CASCADE
    )
    case_id: int | None
    account: fields.ForeignKeyNullableRelation[Account] = fields.ForeignKeyField(
        "models.Account", related_name="requests", null=True, on_delete=fields.CASCADE
    )
    account_id: int | None
    """Whom it is about."""
    assignee: fields.ForeignKeyNullableRelation[Account] = fields.ForeignKeyField(
        "models.Account", related_name="assigned", null=True, on_delete=fields.SET_NULL
    )
    assignee_id: int | None
    """Who is to answer it first; whoever else may answer it can, too."""
    level = fields.SmallIntField(default=0, db_default=0)
    """How far up it has gone: see `discipline.Level`."""
    remind_at = UtcDatetimeField(null=True)
    """When those who are to answer it are reminded next."""
    payload = fields.JSONField(default=dict)
    """What a post or appeal says, among others; a post is erased with the answer."""
    needs = fields.IntField(default=1)
    """How many people must agree."""
    agreed = fields.JSONField(default=list)
    """Ids of the accounts that have agreed so far."""
    state = fields.CharField(12, default="open")
    """open, confirmed, refused, lapsed, closed, or for an appeal upheld, reduced, revoked."""
    open_key = fields.CharField(64, null=True, unique=True)
    """What there is one of while it is open: `remove/group/account`, `appeal/case`; else NULL."""
    decided_by: fields.ForeignKeyNullableRelation[Account] = fields.ForeignKeyField(
        "models.Account", related_name="decided", null=True, on_delete=fields.SET_NULL
    )
    decided_by_id: int | None
    reason = fields.CharField(500, default="")
    expires_at = UtcDatetimeField(null=True)
    created_at = UtcDatetimeField()
    decided_at = UtcDatetimeField(null=True)

    class Meta(Model.Meta):
        table = "request"
        unique_together = (("group", "number"),)
        indexes = (("state", "expires_at"), ("state", "remind_at"), ("case_id",))


class Report(Model):
    """That somebody reported or complained: apart from the request that it led to, so that nobody reads
    who it was by the way."""

    id = fields.IntField(primary_key=True)
    request: fields.ForeignKeyRelation[Request] = fields.ForeignKeyField(
        "models.Request", related_name="reports", on_delete=fields.CASCADE
    )
    request_id: int
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "models.Account", related_name="reports", on_delete=fields.CASCADE
    )
    account_id: int
    """Who reported."""
    reason = fields.CharField(500, default="")
    outcome = fields.CharField(12, default="")
    """Empty while it is open; then confirmed, refused or dropped (nobody can say)."""
    created_at = UtcDatetimeField()

    class Meta(Model.Meta):
        table = "report"
        unique_together = (("request", "account"),)
        indexes = (("account_id", "created_at"),)


class Evidence(Model):
    """What somebody brought, or an emergency kept: a reference or a short excerpt, and a keyed digest of
    the whole; never the whole."""

    id = fields.IntField(primary_key=True)
    group: fields.ForeignKeyRelation[Group] = fields.ForeignKeyField(
        "models.Group", related_name="evidence", on_delete=fields.CASCADE
    )
    group_id: int
    request: fields.ForeignKeyNullableRelation[Request] = fields.ForeignKeyField(
        "models.Request", related_name="evidence", null=True, on_delete=fields.CASCADE
    )
    request_id: int | None
    by: fields.ForeignKeyNullableRelation[Account] = fields.ForeignKeyField(
        "models.Account", related_name="evidence", null=True, on_delete=fields.SET_NULL
    )
    by_id: int | None
    """Who brought it, or who wrote what was kept."""
    kind = fields.CharField(12)
    """picture, message or text."""
    value = fields.CharField(1000, default="")
    """The reference or excerpt; erased in its time, while the digest stays."""
    digest = fields.CharField(64, default="")
    created_at = UtcDatetimeField()

    class Meta(Model.Meta):
        table = "evidence"


class AuditEntry(Model):
    """One line of the audit log: what was decided or done, without personal values. Only ever added;
    `seq` and `mac` are set once, when it is sealed into the chain."""

    id = fields.BigIntField(primary_key=True)
    seq = fields.BigIntField(null=True, unique=True)
    """1, 2, 3 in the installation."""
    at = UtcDatetimeField()
    kind = fields.CharField(32)
    group_id = fields.IntField(null=True)
    """No relation: the log outlives what it tells of."""
    facts = fields.JSONField(default=dict)
    personal = fields.CharField(64, default="")
    """Keyed digest of the personal values and their salt; empty where there were none."""
    mac = fields.CharField(64, default="")
    """Keyed digest of the entry before it and of all the above."""

    class Meta(Model.Meta):
        table = "audit_entry"


class AuditValue(Model):
    """The personal values of an audit entry, beside the chain, so that they can be erased."""

    id = fields.BigIntField(primary_key=True)
    entry: fields.OneToOneRelation[AuditEntry] = fields.OneToOneField(
        "models.AuditEntry", related_name="value", on_delete=fields.CASCADE
    )
    entry_id: int
    group_id = fields.IntField(null=True)
    account_id = fields.IntField(null=True)
    """Whom they are about, where that is one account."""
    salt = fields.CharField(32)
    values = fields.JSONField(default=dict)
    created_at = UtcDatetimeField()

    class Meta(Model.Meta):
        table = "audit_value"
        indexes = (("account_id",), ("group_id", "created_at"))


class Notice(Model):
    """What a person is to be told. The content waits here where a whisper cannot be delivered."""

    id = fields.IntField(primary_key=True)
    group: fields.ForeignKeyRelation[Group] = fields.ForeignKeyField(
        "models.Group", related_name="notices", on_delete=fields.CASCADE
    )
    group_id: int
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "models.Account", related_name="notices", on_delete=fields.CASCADE
    )
    account_id: int
    case: fields.ForeignKeyNullableRelation[Case] = fields.ForeignKeyField(
        "models.Case", related_name="notices", null=True, on_delete=fields.CASCADE
    )
    case_id: int | None
    clause = fields.CharField(32, default="")
    text = fields.CharField(1000)
    state = fields.CharField(12, default="waiting")
    """waiting, held (to be summed up at `due_at`), summed, sent, unknown, or observed (not said)."""
    due_at = UtcDatetimeField(null=True)
    created_at = UtcDatetimeField()

    class Meta(Model.Meta):
        table = "notice"
        indexes = (("group_id", "account_id", "clause"), ("state", "due_at"))
