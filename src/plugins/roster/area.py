"""The area that the commands of this plugin belong to."""

from src.core.area import Area, DefaultClause, Settings

from . import texts

area = Area("roster", title="名册", settings=Settings, default=DefaultClause(texts.CLAUSE))
