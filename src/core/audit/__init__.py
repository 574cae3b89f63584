"""The audit log: what was decided and done, in a chain of keyed digests that nobody without the
installation's key can change unseen, and whose personal values can be erased all the same."""

from .audit import Audit
from .chain import NO_HEAD, Fault, Report, short
from .key import KEY, make_key, read_key

__all__ = ["KEY", "NO_HEAD", "Audit", "Fault", "Report", "make_key", "read_key", "short"]
