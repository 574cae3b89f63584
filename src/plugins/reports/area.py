"""The area that the commands of this plugin belong to."""

from src.core.area import Area, DefaultClause

from .settings import ReportSettings

area = Area(
    "reports",
    title="举报和投诉",
    settings=ReportSettings,
    default=DefaultClause(
        "发现违规可以私下举报，举报人受到保护；对管理有意见可以投诉，由没有参与的人或上一级答复。"
    ),
)
