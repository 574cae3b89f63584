"""A folder of daily backups, of which so many are kept. Blocks; SQLite only, as `copies`."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from .address import StoreError
from .copies import backup, sync_folder

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

_NAME = re.compile(r"qungui-\d{4}-\d{2}-\d{2}\.db")


def file_of(folder: Path, day: date) -> Path:
    """Where the backup of a day is, or will be."""
    return folder / f"qungui-{day:%Y-%m-%d}.db"


def kept_in(folder: Path) -> list[Path]:
    """The daily backups, the newest first; other files do not count."""
    if not folder.is_dir():
        return []
    return sorted((p for p in folder.iterdir() if _NAME.fullmatch(p.name)), reverse=True)


def back_up(url: str, root: Path, folder: Path, day: date, keep: int) -> Path:
    """Make a day's backup, checked, under its name all at once; then remove all but the newest
    `keep`.

    Raises:
        StoreError: as `backup`, or the folder cannot be used. No older backup has been removed.
    """
    target = file_of(folder, day)
    part = target.with_suffix(".part")
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        # What a kill left.
        part.unlink(missing_ok=True)
        backup(url, root, part)
        os.replace(part, target)
        sync_folder(target)
        for old in kept_in(folder)[keep:]:
            old.unlink()
    except OSError as error:
        raise StoreError(f"不能使用备份文件夹 {folder}：{error.strerror}。") from error
    return target
