"""What a clause sets of topic. As it comes it finds nothing: each regulation says itself what has no
place in its group."""

from __future__ import annotations

from typing import Literal, get_args

from src.core.area import Settings

Matter = Literal[
    "small_talk",
    "meals",
    "jokes",
    "gossip",
    "shopping",
    "games",
    "shows",
    "flattery",
    "blessings",
    "individual",
]
"""What a message may be about that is no class business; `individual` is what belongs into a private
talk with the teacher."""
MATTERS: tuple[Matter, ...] = get_args(Matter)

Answer = Literal["receipt", "reply", "question", "absence", "thanks"]
ANSWERS: tuple[Answer, ...] = get_args(Answer)


class TopicSettings(Settings):
    """Who may start a talk, and what it may not be about."""

    who: Literal["everyone", "staff"] = "everyone"
    """`staff`: only teachers and managers start; others may do what `others_may` lists. What is
    urgent or lost anybody may say."""
    others_may: tuple[Answer, ...] = ANSWERS
    """A receipt (收到, a list to join), a reply or mention, a question on class business, an absence
    or illness, thanks."""
    off_topic: tuple[Matter, ...] = ()
    """What is unrelated. A picture is so only together with such words."""
