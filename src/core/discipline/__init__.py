"""Findings become cases, cases become acts, and people can answer."""

from .court import LIVES, Court, Decision
from .executor import Executor, Outcome
from .reconcile import Reconciler
from .requests import Answered, NotAllowed, Requests, Verdict
from .tell import Tell

__all__ = [
    "LIVES",
    "Answered",
    "Court",
    "Decision",
    "Executor",
    "NotAllowed",
    "Outcome",
    "Reconciler",
    "Requests",
    "Tell",
    "Verdict",
]
