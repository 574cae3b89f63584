"""How sharp one message is: 2 for an attack, 1 for raised marks at somebody, else 0. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from src.core.area import Message

ATTACK, RAISED = 2, 1
_LONGEST = 80
"""Characters; in a quarrel replies are short, and a long message explains something."""

_INSULTS = frozenset({"insult", "discrimination"})
_ATTACKS = re.compile(
    # Rhetorical questions that ask nothing.
    r"你(?:们)?(?:这是|到底)?(?:什么|啥)意思|你(?:们)?(?:算|是)(?:什么|啥|老几|哪根葱)|凭(?:什么|啥)"
    r"|(?:关|跟)(?:你|我)(?:什么|啥|屁|有什么关系)|你(?:们)?(?:家)?(?:到底)?(?:讲不讲|懂不懂|有没有)(?:道理|理|规矩|素质|教养|良心)"
    r"|有完没完|你(?:们)?(?:家)?(?:孩子|娃)?(?:是)?怎么(?:教|管|当)|你(?:们)?(?:想)?(?:怎|咋)(?:么)?(?:样|着)[?？!！]"
    r"|你(?:们)?(?:还)?(?:好意思|有脸)|谁(?:怕谁|稀罕|惯着?你|理你|先动(?:的)?手|先骂)|你(?:再|敢)(?:说|骂|讲)(?:一遍|一句|试试)"
    # Orders to be quiet or go, threats.
    r"|闭嘴|住口|少(?:废话|来这套|装|管闲事|在这)|滚(?:开|出|远|蛋|[!！。]|$)|走着瞧|等着瞧|你(?:给我)?(?:等着|小心点|放尊重)"
    r"|(?:说话|嘴巴?)(?:注意点|放干净|客气点)|别(?:在这)?(?:装|胡说|乱说|瞎说|血口喷人|不讲理|太过分|欺人太甚)|懒得(?:理|跟你)"
    # Reproaches at a person.
    r"|不要脸|没(?:素质|教养|家教|良心|脑子)|(?:毫)?无(?:理取闹|耻)|胡(?:说|扯|搅蛮缠)|瞎(?:说|扯)|血口喷人|倒打一耙|恶人先告状|不可理喻"
    r"|蛮不讲理|欺人太甚|太(?:过分|欺负人)了|有病(?:吧|啊|是不是)|神经病|脑子(?:有病|有问题|进水)|睁眼说瞎话|睁着眼睛说瞎话|颠倒黑白"
    r"|你(?:才|就是|就会|也配|家(?:孩子|娃)才)|装什么|撒谎|赖(?:皮|账)|(?:天天|整天|老是|总是|又)(?:推|打|骂|欺负)(?:人|我|别|同学)"
    r"|你(?:们)?(?:家)?(?:孩子|娃)(?:先|天天|老是|总|又|也)?(?:打|推|骂|欺负|抢|动手)|(?:别|少)(?:怪|赖|推给)(?:我|我们|别人|孩子)|推卸责任|自己(?:不|没)(?:管|教)好"
)
_MARKS = re.compile(r"[!！?？]{2,}")
_YOU = re.compile(r"你|您")
_WARM = re.compile(
    r"哈哈|呵呵呵|嘻嘻|嘿嘿|谢谢|感谢|多谢|恭喜|加油|太(?:好|棒|可爱|厉害|美)|辛苦|抱歉|对不起|不好意思(?!的)|开玩笑|逗你|别吵|冷静|消消气"
    r"|[😀-😄😆😅😂🤣😊😉😋😍🥰😘😁🎉👍👏🌹❤💐🙏]|\[(?:捂脸|偷笑|笑哭|呲牙|憨笑|愉快|玫瑰|强|抱拳|合十|破涕为笑|旺柴|奸笑|调皮)\]"
)


def sharpness(message: Message) -> int:
    """How sharp a message is; what laughs, thanks or makes peace is not, whatever its words."""
    text = message.event.text
    if not text or len(text) > _LONGEST or _WARM.search(text):
        return 0
    at_somebody = _YOU.search(text) is not None
    # 垃圾 is a slur beside 你 only.
    kinds = ("alone", "slur") if at_somebody else ("alone",)
    if any(hit.category in _INSULTS and hit.kind in kinds for hit in message.hits):
        return ATTACK
    if _ATTACKS.search("".join(text.split())):
        return ATTACK
    return RAISED if at_somebody and _MARKS.search(text) else 0
