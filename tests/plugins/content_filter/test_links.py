"""Addresses in a message, and what a clause says of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from pydantic import ValidationError
import pytest

from src.core.area import Message
from src.core.chat.events import Account, GroupKey, MessageReceived, MessageRef
from src.core.text import built_in, fold
from src.plugins.content_filter import content, links
from src.plugins.content_filter.settings import ContentSettings

if TYPE_CHECKING:
    from src.core.area import Finding, Windows


def find(
    text: str, *cards: str, settings: ContentSettings | None = None, **written: Any
) -> Finding | None:
    """What the clause finds in a message with this text and cards that lead to these addresses."""
    folded = fold(text)
    event = MessageReceived(
        MessageRef("1", GroupKey("qq", "2"), "3", 0.0),
        Account("qq", "4"),
        (),
        text,
        links=cards,
    )
    message = Message(event, folded, built_in().scan(folded), arrived=0.0, sent=0.0)
    return content(message, settings or ContentSettings(**written), cast("Windows", None))


def told(text: str, *cards: str, **written: Any) -> str:
    """`act` or `ask` and the category; `-` where nothing was found."""
    finding = find(text, *cards, **written)
    if finding is None:
        return "-"
    return f"{'act' if finding.acts else 'ask'} {finding.category}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # What classes send every day.
        ("请填写问卷 https://www.wjx.cn/vm/abc.aspx", "-"),
        ("评优投票请进 https://www.wjx.top/vote/abc", "-"),
        ("在线文档 https://docs.qq.com/sheet/abc", "-"),
        ("安全教育 https://beijing.xueanquan.com/login.html", "-"),
        ("报名系统 http://yjrx.bjedu.gov.cn:8080/a", "-"),
        ("直播回放 https://www.bilibili.com/video/BV1", "-"),
        ("作业 https://pan.baidu.com/s/1abc 提取码 1234", "-"),
        ("文章 https://mp.weixin.qq.com/s/abc", "-"),
        ("路由器 http://192.168.1.1/ 改密码", "-"),
        # Forbidden kinds.
        ("https://www.shuidichou.com/cf/contribute/abc", "act canvassing"),
        ("http://m.toupiao8.com/s/12", "act canvassing"),
        ("https://wx.abc.com/app/index.php?do=vote&id=3", "act canvassing"),
        ("wx点kanjia123点com", "act canvassing"),
        ("https://item.jd.com/100.html", "ask ads"),
        ("http://www.bet365vip.com", "act gambling"),
        ("888.casino", "act gambling"),
        ("http://a.sexy.cn/", "ask pornography"),
        ("pornhub.com", "act pornography"),
        ("http://devote.cn/devotee", "-"),
        # What cannot be seen through.
        ("https://t.cn/A6abc", "ask links"),
        ("dwz.cn/abc", "ask links"),
        ("http://47.100.1.2/a", "ask links"),
        ("http://3232235777/", "ask links"),
        ("http://www.gov.cn@evil.com/", "ask links"),
        ("http://xn--80ak6aa92e.com/", "ask links"),
        ("http://dl.abc.com/wx.apk)", "ask links"),
        ("https://app.nju.edu.cn/a.apk", "-"),
        # A warning quotes it.
        ("谨防诈骗，不要点击 www.bet365vip.com", "-"),
        ("这是骗子：www.bet365vip.com", "ask gambling"),
    ],
)
def test_risky_links(text: str, expected: str) -> None:
    assert told(text) == expected


@pytest.mark.parametrize(
    ("written", "text", "expected"),
    [
        ({"categories": ("gambling",)}, "https://t.cn/a", "-"),
        ({"categories": ("gambling",)}, "http://a.toupiao.com", "-"),
        ({"categories": ("canvassing",)}, "http://a.toupiao.com", "act canvassing"),
        ({"links": "off"}, "http://a.toupiao.com", "-"),
        ({"links": "unknown"}, "https://www.bilibili.com/a", "ask links"),
        ({"links": "unknown", "categories": ("insult",)}, "https://a.cn", "ask links"),
        ({"links": "unknown"}, "https://www.moe.gov.cn/a", "-"),
        ({"links": "unknown"}, "http://a.toupiao.com", "act canvassing"),
        ({"links": "unknown", "domains_allowed": ("bilibili.com",)}, "b.bilibili.com", "-"),
        ({"links": "any"}, "https://www.moe.gov.cn/a", "act links"),
        ({"links": "any"}, "https://t.cn/a", "act links"),
        ({"links": "any"}, "温馨提示：谨防诈骗 https://a.cn", "act links"),
        ({"links": "any", "domains_allowed": ("gov.cn",)}, "https://www.moe.gov.cn/a", "-"),
        ({"domains_forbidden": ("bilibili.com",)}, "https://m.bilibili.com", "act links"),
        ({"domains_forbidden": ("bilibili.com",)}, "https://notbilibili.com", "-"),
        (
            {"domains_forbidden": ("a.cn",), "categories": ("insult",)},
            "http://x.a.cn",
            "act links",
        ),
        # The longer name decides, and the clause before the table.
        ({"domains_forbidden": ("a.cn",), "domains_allowed": ("x.a.cn",)}, "http://x.a.cn", "-"),
        ({"domains_forbidden": ("x.a.cn",), "domains_allowed": ("a.cn",)}, "x.a.cn", "act links"),
        ({"domains_allowed": ("shuidichou.com",)}, "https://www.shuidichou.com/a", "-"),
        ({"domains_forbidden": ("wjx.cn",)}, "https://www.wjx.cn/a", "act links"),
        ({"domains_forbidden": ("例子.中国",)}, "http://例子.中国/a", "act links"),
    ],
)
def test_what_a_clause_says(written: dict[str, Any], text: str, expected: str) -> None:
    assert told(text, **written) == expected


def test_addresses_of_cards() -> None:
    assert told("", "https://www.shuidichou.com/a") == "act canvassing"
    assert told("看看", "https://t.cn/a", "https://www.moe.gov.cn") == "ask links"
    finding = find("", "https://www.shuidichou.com/a")
    assert finding is not None
    assert (finding.spans, finding.facts) == ((), {"categories": {"canvassing": 1}, "terms": []})


def test_a_finding_has_the_place_and_never_the_address() -> None:
    finding = find("帮忙 http://a.toupiao.com/1 谢谢")
    assert finding is not None
    assert finding.spans == ((3, 25),)
    assert "toupiao" not in str(finding.facts)


def test_words_and_links_of_a_category_are_one_breach() -> None:
    finding = find("求投票 http://a.toupiao.com/1", categories=("canvassing",))
    assert finding is not None
    assert finding.facts == {"categories": {"canvassing": 2}, "terms": ["求投票"]}


def test_from_which_gravity_on() -> None:
    assert told("你就是个傻逼", at_least={"insult": 3}) == "act insult"
    assert told("你就是个傻逼", at_least={"insult": 4}) == "-"
    assert told("你全家不得好死", at_least={"insult": 4}) == "act insult"


@pytest.mark.parametrize("field", ["domains_allowed", "domains_forbidden"])
@pytest.mark.parametrize(
    "wrong", ["com", "", "http://a.cn", "a.cn/b", "a b.cn", ".", "1.2.3.4", "点.。"]
)
def test_what_is_no_domain_is_refused(field: str, wrong: str) -> None:
    with pytest.raises(ValidationError, match="不是域名"):
        ContentSettings.model_validate({field: [wrong]})


def test_domains_are_kept_as_they_are_compared() -> None:
    settings = ContentSettings(domains_forbidden=("*.BiliBili.com", ".t.cn", "例子.中国"))
    assert settings.domains_forbidden == ("bilibili.com", "t.cn", "xn--fsqu00a.xn--fiqs8s")


@pytest.mark.parametrize(
    "line",
    [
        "2\tlinks\task\tdomain",
        "2\tlinks\task\tdomain\t ",
        "2\tlinks\task\tpath\ta.cn",
        "2\tnothing\task\tdomain\ta.cn",
        "5\tlinks\task\tdomain\ta.cn",
        "2\tlinks\tmaybe\tdomain\ta.cn",
        "1\tfine\t-\tdomain\ta.cn",
        "2\tlinks\task\tdomain\ta.cn a.cn",
        "2\tlinks\task\tdomain\tA.cn",
    ],
)
def test_a_wrong_line_of_the_table_is_named(line: str) -> None:
    with pytest.raises(links.TableError, match=r"^2: "):
        links.read_table(f"# head\n{line}\n")


def test_the_table_has_only_domains() -> None:
    table = links.built_in()
    assert len(table.domains) > 50
    for name in table.domains:
        # A whole ending stands only for what is forbidden as a whole.
        assert "." in name or table.domains[name].category in ("gambling", "pornography")
