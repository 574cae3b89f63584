"""The area that the commands of this plugin belong to."""

from src.core.area import Area, DefaultClause, Settings

area = Area(
    "rules",
    title="群规与制度",
    settings=Settings,
    default=DefaultClause("群规写在这里，任何人都可以看；修改都有记录和日期。"),
)
