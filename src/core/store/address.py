"""Where the database is: what `QUNGUI__DATABASE_URL` says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tortoise.backends.base.config_generator import expand_db_url
from tortoise.exceptions import ConfigurationError

if TYPE_CHECKING:
    from pathlib import Path


class StoreError(Exception):
    """The store cannot do what was asked; the message tells the operator why, and what to do."""


@dataclass(frozen=True, slots=True)
class SqliteAddress:
    """A file."""

    path: Path

    kind = "sqlite"
    engine = "src.core.store.sqlite_engine"

    @property
    def credentials(self) -> dict[str, Any]:
        return {"file_path": str(self.path)}


@dataclass(frozen=True, slots=True)
class PostgresAddress:
    """A database on a server; `credentials` as Tortoise's asyncpg engine takes them."""

    credentials: dict[str, Any]

    kind = "postgres"
    engine = "src.core.store.asyncpg_engine"


Address = SqliteAddress | PostgresAddress


def read_address(url: str, root: Path) -> Address:
    """`sqlite://data/qungui.db` (relative to `root`), `sqlite:///srv/qungui.db`, `postgres://…`.

    Raises:
        StoreError: none of these.
    """
    scheme, _, rest = url.partition("://")
    if scheme == "sqlite" and rest and not rest.startswith(":") and "?" not in rest:
        return SqliteAddress(root / rest)
    if scheme in ("postgres", "postgresql"):
        try:
            return PostgresAddress(expand_db_url(url)["credentials"])
        except (ConfigurationError, ValueError) as error:
            raise StoreError(
                "QUNGUI__DATABASE_URL 写得不对，应当像 postgres://用户:密码@主机:5432/数据库。"
            ) from error
    raise StoreError(
        "QUNGUI__DATABASE_URL 只能是 sqlite://路径（不带参数）"
        "或 postgres://用户:密码@主机:5432/数据库。"
    )
