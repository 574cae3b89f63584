"""The store: one Tortoise schema for everyone, on SQLite or PostgreSQL.

Models are in `src.core.store.models`. Nothing here is asked about an ordinary message.
"""

from .address import StoreError
from .copies import backup, restore
from .probe import Health, Probe, trouble
from .queries import take_number
from .store import Store, open_store, open_to_read
from .transactions import in_transaction

__all__ = [
    "Health",
    "Probe",
    "Store",
    "StoreError",
    "backup",
    "in_transaction",
    "open_store",
    "open_to_read",
    "restore",
    "take_number",
    "trouble",
]
