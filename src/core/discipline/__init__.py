"""Findings become cases, cases become acts, and people can answer."""

from .aftermath import Aftermath
from .appeals import Appeals, State, Terms, TooLate, Verdict, says_something
from .approvals import LONGEST_POST, Approvals
from .asking import Asking
from .brake import Brake
from .conflicts import family_of, involved
from .court import Court
from .escalations import Escalations
from .executor import Executor, Outcome, Settled
from .hours import Hours
from .learning import Learning, Precision, only_asks, precision, terms_of
from .levels import Level, Levels
from .orders import Decision, Orders
from .reasons import Statement, statement
from .reconcile import Reconciler
from .records import APPLICATION, LIVES, Answered, NotAllowed, Records
from .requests import Requests
from .retention import Retention
from .sanctions import Sanctions
from .sentence import Sentence
from .tell import Tell
from .texts import ACT_STATES, ACTS, CASE_STATES, LEVEL_NAMES, NO_REASON, NOT_MINE, RANK, STEP_NAMES
from .whole import WholeMutes

__all__ = [
    "ACTS",
    "ACT_STATES",
    "APPLICATION",
    "CASE_STATES",
    "LEVEL_NAMES",
    "LIVES",
    "LONGEST_POST",
    "NOT_MINE",
    "NO_REASON",
    "RANK",
    "STEP_NAMES",
    "Aftermath",
    "Answered",
    "Appeals",
    "Approvals",
    "Asking",
    "Brake",
    "Court",
    "Decision",
    "Escalations",
    "Executor",
    "Hours",
    "Learning",
    "Level",
    "Levels",
    "NotAllowed",
    "Orders",
    "Outcome",
    "Precision",
    "Reconciler",
    "Records",
    "Requests",
    "Retention",
    "Sanctions",
    "Sentence",
    "Settled",
    "State",
    "Statement",
    "Tell",
    "Terms",
    "TooLate",
    "Verdict",
    "WholeMutes",
    "family_of",
    "involved",
    "only_asks",
    "precision",
    "says_something",
    "statement",
    "terms_of",
]
