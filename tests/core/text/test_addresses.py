"""Addresses of web pages in a text."""

from __future__ import annotations

import time

from hypothesis import given
from hypothesis import strategies as st
import pytest

from src.core.text import addresses_in, fold


@pytest.mark.parametrize(
    ("text", "hosts"),
    [
        ("看https://www.wjx.cn/vm/a.aspx?b=1点击", ["www.wjx.cn"]),
        ("HTTPS://T.CN/AbC", ["t.cn"]),
        ("打开 www.baidu.com，然后登录", ["www.baidu.com"]),
        ("教材在smartedu.cn。", ["smartedu.cn"]),
        ("163.com 和 12306.cn", ["163.com", "12306.cn"]),
        ("ｗｗｗ．ｂａｉｄｕ．ｃｏｍ／ａ", ["www.baidu.com"]),
        ("baidu。com", ["baidu.com"]),
        ("baidu｡com", ["baidu.com"]),
        ("baidu点com", ["baidu.com"]),
        ("www 点 baidu 点 com", ["www.baidu.com"]),
        ("baidu[.]com baidu(点)com baidu dot com", ["baidu.com"] * 3),
        ("http://baidu。com。收到", ["baidu.com"]),
        ("https:\\\\t.cn\\a", ["t.cn"]),
        ("hxxp://a.cn", ["a.cn"]),
        ("http://www.gov.cn@evil.com/a", ["evil.com"]),
        ("http://%62aidu.com", ["baidu.com"]),
        ("http://1.2.3.4:8080/a 1.2.3.4/b", ["1.2.3.4", "1.2.3.4"]),
        ("http://例子.中国/a", ["xn--fsqu00a.xn--fiqs8s"]),
        ("youtu.be/abc some.example/page", ["youtu.be", "some.example"]),
        ("http://a.com/x?u=http://b.com", ["a.com"]),
        # Not addresses.
        ("abc@qq.com，zhang.san@school.edu.cn", []),
        ("下午3点到校，8点vip教室，3点半com", []),
        ("作业.docx、hw.docx、v1.2.3、3.5公里、1.top 2.vip", []),
        ("8.30到校，9.10出发，p12.13/14，e.g. p.m. U.S.", []),
        ("OK。no problem. ok. top students. at home.me too", []),
        ("http:// http:/// ://", []),
        ("192.168.1.1是路由器", []),
    ],
)
def test_addresses(text: str, hosts: list[str]) -> None:
    assert [address.host for address in addresses_in(text)] == hosts


def test_an_address_says_where_it_stands() -> None:
    text = "大家点 ＨＴＴＰ：//T.cn/Ab?c=1 看看，还有 evil点com 这里"
    places = [text[one.start : one.end] for one in addresses_in(text)]
    assert places == ["ＨＴＴＰ：//T.cn/Ab?c=1", "evil点com"]


@given(st.text(alphabet="ab1.。点 :/@%[]-http文．A\\", max_size=80))
def test_any_text_can_be_read(text: str) -> None:
    for one in addresses_in(text):
        assert one.host
        assert 0 <= one.start < one.end <= len(text)


@pytest.mark.parametrize(
    "piece", ["a点", "a.", "http://", "1.", "a dot ", "http://a.cn ", "a.cn/", "?a.zz" * 3]
)
def test_a_long_text_takes_no_long_time(piece: str) -> None:
    start = time.process_time()
    addresses_in(piece * 20_000)
    assert time.process_time() - start < 2


@pytest.mark.parametrize("text", ["http://" + "a." * 20_000 + "cn", "http://" + "é." * 20_000])
def test_what_no_network_has_is_no_address(text: str) -> None:
    assert addresses_in(text) == ()


def test_addresses_inside_the_rest_of_others_stay_short() -> None:
    found = addresses_in("x.com?" * 7_000)
    assert len(found) == 200
    assert sum(len(one.rest) for one in found) <= 200 * 501


def test_a_folded_text_knows_its_addresses() -> None:
    folded = fold("看 T.cn/a")
    assert [one.host for one in folded.addresses] == ["t.cn"]
    assert folded.addresses is folded.addresses


def test_what_is_no_address_hides_none() -> None:
    assert [one.host for one in addresses_in("1.5 e.g " * 500 + "evil.com")] == ["evil.com"]
    assert len(addresses_in("http://a.cn b.cn " * 5000)) == 200
