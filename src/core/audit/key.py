"""The installation's key of the audit log: a file beside the data, made once."""

from __future__ import annotations

import os
import re
import secrets
import stat
from typing import TYPE_CHECKING

from loguru import logger

from src.core.store import StoreError
from src.core.store.copies import sync_folder

from . import texts

if TYPE_CHECKING:
    from pathlib import Path

KEY = "data/audit.key"
"""In the folder of relative paths."""
BYTES = 32


def read_key(path: Path) -> bytes | None:
    """The key in a file; None where there is none. One that others may read is closed to them.

    Raises:
        StoreError: it cannot be read, or is no key.
    """
    try:
        text = path.read_text(encoding="ascii").strip()
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            logger.warning("{} could be read by others; it is closed to them now", path)
            path.chmod(0o600)
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise StoreError(texts.KEY_NOT_READ.format(path=path, error=error)) from error
    if not re.fullmatch(rf"[0-9a-f]{{{2 * BYTES}}}", text):
        raise StoreError(texts.KEY_WRONG.format(path=path))
    return bytes.fromhex(text)


def make_key(path: Path) -> bytes:
    """A new key in a file of its own, for the owner alone to read.

    Raises:
        StoreError: it cannot be written.
    """
    key = secrets.token_bytes(BYTES)
    part = path.with_name(path.name + ".part")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        part.unlink(missing_ok=True)
        number = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(number, "w", encoding="ascii") as file:
            file.write(key.hex() + "\n")
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
        sync_folder(path)
    except OSError as error:
        raise StoreError(texts.KEY_NOT_WRITTEN.format(path=path, error=error)) from error
    return key
