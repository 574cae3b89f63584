"""The area that the commands of this plugin belong to."""

from src.core.area import Area, DefaultClause

from . import texts
from .settings import RosterSettings

area = Area("roster", title="名册", settings=RosterSettings, default=DefaultClause(texts.CLAUSE))
