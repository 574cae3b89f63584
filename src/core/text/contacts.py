"""How to get in touch outside of the group: the shapes of account names and numbers in a text. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .folding import Folded

_APPS = (
    "微信|薇信|威信|维信|微芯|威芯|薇芯|徽信|v信|vx|wx|weixin|wechat"
    "|扣扣|企鹅|球球|qq|钉钉|电报|telegram|飞机"
)
_MARKS = "v|q|薇|威|微|徽|扣|绿"
"""What alone is no app's name: something must stand between it and the account."""
_ACCOUNT = "[a-z][a-z0-9]{5,19}|[1-9][0-9]{4,10}"
_SHAPE = re.compile(
    rf"(?<![a-z])(?:(?:{_APPS})(?:号码?|同号|同步|账号|联系|是|为)?(?:{_ACCOUNT})|({_MARKS})(?:{_ACCOUNT}))"
    r"(?![a-z0-9])|(?<![0-9])1[3-9][0-9]{9}(?![0-9])"
)
_DIGIT = re.compile("[0-9]")


def contacts_in(folded: Folded) -> list[tuple[int, int]]:
    """Where accounts and telephone numbers stand, as spans of the raw text."""
    if _DIGIT.search(folded.skeleton) is None:
        return []
    return [
        folded.span(*match.span())
        for match in _SHAPE.finditer(folded.skeleton)
        if match[1] is None or match.end(1) in folded.breaks
    ]
