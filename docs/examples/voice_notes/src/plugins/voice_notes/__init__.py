"""不发语音: what is spoken belongs in a private chat (14.1.5)."""

from nonebot.plugin import PluginMetadata

from src.core.area import Area, DefaultClause, Finding, Message, Settings, Windows
from src.core.chat.events import Kind
from src.core.commands import Call

from . import texts

__plugin_meta__ = PluginMetadata(
    name="不发语音", description="语音请私聊", usage="/启用 voice_notes", type="application"
)


class VoiceSettings(Settings):
    """What a clause sets of voice_notes."""

    video: bool = False
    """Whether video is kept out too."""


area = Area(
    "voice_notes",
    title="不发语音",
    settings=VoiceSettings,
    default=DefaultClause(texts.CLAUSE, steps=("remind", "warn")),
)


@area.detector
def spoken(message: Message, settings: VoiceSettings, windows: Windows) -> Finding | None:
    """Voice, and video where the clause says so (14.1.5)."""
    kinds = (Kind.VOICE, Kind.VIDEO) if settings.video else (Kind.VOICE,)
    found = next((s.kind.value for s in message.event.segments if s.kind in kinds), None)
    return area.finding(gravity=1, facts={"kind": found}) if found else None


@area.explanation
def explain(finding: Finding | None, settings: VoiceSettings) -> str:
    """The kind of what was found."""
    return texts.NOTHING if finding is None else texts.FOUND[finding.facts["kind"]]


@area.command("voice", "语音", "本群能不能发语音")
async def voice(call: Call) -> str:
    """Whether the plugin is in force in this group."""
    policy = call.group.policy
    return texts.NO if policy is not None and area.name in policy.plugins else texts.YES
