"""Who is called without an @: a table each way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import given
from hypothesis import strategies as st
import pytest

from src.core.area import Message
from src.core.chat.events import Account, GroupKey, Kind, MessageReceived, MessageRef, Segment
from src.core.chat.port import Act
from src.core.store import models
from src.core.text import fold
from src.core.windows import GroupWindows
from src.plugins.mention.detector import called, without_mention
from src.plugins.mention.settings import MentionSettings
from tests.houses import ADMIN, OWNER, PARENT, a_home

if TYPE_CHECKING:
    from pathlib import Path

CALLS = """
王老师，明天几点到校？
王老师,孩子今天发烧了，请一天假
李老师！明天的水彩笔要带几支
孙老师，我家孩子的水杯落在教室了
欧阳老师，周五的课还上吗
何老师，第三题的图是不是印错了
张主任，食堂的菜能不能少放点辣
李校长，门口的红绿灯坏了
周班主任，今天谁值日
王晓明老师，请问社团几点结束
王老师 请问明天要带跳绳吗
王老师 您看这道题这样写行吗
王老师您好，我想问一下作业
王老师您好！孩子今天不舒服
王老师好，明天要穿校服吗
王老师早，今天孩子晚到十分钟
王老师早上好，孩子的药放书包里了
王老师请问今天作业是什么
王老师麻烦您看一下私信
王老师：您好，我是林悦妈妈，想请一天假
王老师：请问几点放学
王老师:麻烦您提醒孩子喝水
 王老师，跳绳测试是哪天
～王老师，孩子忘带眼镜了
王老师，能让孩子坐前排吗？
林老师，张三妈妈找您有事
钱老师，书法课的毛笔有要求吗
何园长，秋游的车定了吗
张三妈妈：你家有多的彩笔吗
张三妈妈，你家孩子的外套在我们这儿
张三爸爸，麻烦把接送卡带过来
雨桐妈妈，明天能不能一起走
雨桐妈妈，在吗
子涵奶奶，您的伞忘在校门口了
李想爸爸，你家的车挡住后门了
林悦妈妈：请问表格在哪里填
张三妈妈，方便把笔记拍给我吗
陈诺妈妈 你们到哪儿了
刘洋外婆，您别着急，孩子在我这儿
李小红同学，你的红领巾在我这儿
欧阳雨桐妈妈，你那里有备用口罩吗
@王老师 明天几点到校
@王老师，明天几点到校
＠张三妈妈 你家孩子的书在我这儿
@数学何老师 第三题怎么做
@雨桐妈妈
"""
NOT_CALLS = """
收到
收到，王老师
收到，谢谢王老师
好的王老师
谢谢王老师
王老师辛苦了
王老师，辛苦了！
王老师，收到
王老师，谢谢
王老师好
王老师早上好
王老师节日快乐
王老师生日快乐！
老师，明天要带什么？
老师好，请问几点放学
老师们辛苦了
各位老师，节日快乐
各位家长，明天早上七点半到校
尊敬的家长，您好
亲爱的王老师，节日快乐
大家好
有谁知道明天几点到校？
明天几点到校
今天谁去接孩子
王老师说明天放假
王老师讲的这道题我没听懂
王老师刚才说，明天不用带书
王老师让我们带水彩笔
王老师的课是几点
王老师是教数学的吗
王老师：明天早上七点半到校，穿校服
王老师：请大家明天带水彩笔
王老师、李老师辛苦了
王老师和李老师都在
王老师，李老师都在教室
王老师，男，四十岁，教数学
李老师，电话13800000000
张老师，教语文，很负责
张三妈妈：已交
张三妈妈：100
张三妈妈，李四爸爸，王五妈妈报名
张三妈妈报名
张三妈妈说她来带队
张三妈妈，谢谢！
张三妈妈：30元，李四爸爸：30元
他妈妈说明天来接他
我妈妈，你们认识的
孩子妈妈，你们都报名了吗
有的妈妈，你们注意一下
每位爸爸，请你们周五来帮忙
学生家长，你们好
谁家妈妈，有空来帮忙
@所有人都看一下表格
@我一下
@大家 明天带伞
@谁 都行
联系 abc@school.cn
#接龙\\n1. 张三妈妈，你家几个人\\n2. 李四爸爸
1. 王老师，您好
作业：王老师，语文练习册
和王老师，您好一样的问题
时间：周三，地点：操场
高老师家的孩子，真可爱
谢谢老师，号找回来了，不是我发的
谢老师，我收到了
祝老师，身体健康，工作顺利
麻烦老师，看一下私信
明天老师，你们都在学校吗
任课老师，你们好
高中同学，你们好
关于老师，我们没有意见
方便老师，我把表格填好了
夏令营老师，请问几点集合
作为妈妈，你们怎么看
麻烦妈妈，你帮忙带一下
明天妈妈，你来接吗
谢老师了，请问在哪交
好吧，你说得对
老师，麻烦您看一下私信
请问王老师在吗
麻烦王老师提醒孩子喝水
"""


def lines(table: str) -> list[str]:
    return [line.replace("\\n", "\n") for line in table.split("\n") if line]


@pytest.mark.parametrize("text", lines(CALLS))
def test_a_call(text: str) -> None:
    assert called(text)


@pytest.mark.parametrize("text", lines(NOT_CALLS))
def test_no_call(text: str) -> None:
    assert called(text) is None


def test_the_tables_are_long_enough() -> None:
    assert min(len(lines(CALLS)), len(lines(NOT_CALLS))) >= 40


def test_a_name_that_wechat_chose_is_a_real_mention() -> None:
    assert called("@王老师\u2005明天几点到校") is None
    assert called("@王老师 明天几点到校") == "written"


@given(st.text(max_size=600))
def test_any_text_can_be_read(text: str) -> None:
    called(text)
    called(f"王老师{text}")


def message(*segments: Segment, staff: bool = False, reply_to: str | None = None) -> Message:
    text = "".join(one.value for one in segments if one.kind is Kind.TEXT)
    event = MessageReceived(
        MessageRef("1", GroupKey("qq", "1"), "1", 0.0),
        Account("qq", "2"),
        segments,
        text,
        reply_to=reply_to,
    )
    return Message(event, fold(text), (), 0.0, 0.0, author_is_staff=staff)


CALL = Segment(Kind.TEXT, "王老师，明天几点到校？")
ON = MentionSettings(required=True)


def found(one: Message, settings: MentionSettings = ON) -> Any:
    return without_mention(one, settings, GroupWindows())


def test_an_at_or_a_reply_is_enough() -> None:
    assert found(message(CALL))
    assert not found(message(Segment(Kind.MENTION, "800"), CALL))
    assert not found(message(CALL, Segment(Kind.MENTION, "800")))
    assert not found(message(Segment(Kind.MENTION_ALL), CALL))
    assert not found(message(Segment(Kind.REPLY, "3"), CALL))
    assert not found(message(CALL, reply_to="3"))


def test_it_is_for_parents_and_off_by_default() -> None:
    assert not found(message(CALL, staff=True))
    assert not found(message(CALL), MentionSettings())


async def test_who_calls_by_name_is_reminded_and_nothing_is_withdrawn(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        await home.says(PARENT, "王老师，明天几点到校？")
        case = await models.Case.get()
        assert (case.clause, case.step) == ("一.6", "remind")
        assert not home.platform.asked(Act.WITHDRAW)
        (told,) = home.platform.whispered(PARENT)
        assert "@ 选中对方" in told
        assert "几点到校" not in told
        await home.says(PARENT, f"/为什么 {case.number}")
        assert "开头叫了人，没有 @" in home.platform.whispered(PARENT)[-1]
        # How a teacher speaks is the teacher's own affair.
        await home.says(ADMIN, "张三妈妈，你来一下学校好吗")
        assert await models.Case.all().count() == 1


async def test_enabled_it_asks_for_an_at(tmp_path: Path) -> None:
    async with a_home(tmp_path, pack="kindergarten") as home:
        await home.says(PARENT, "王老师，明天几点到校？")
        assert not await models.Case.exists()
        await home.says(OWNER, "/启用 mention")
        await home.says(PARENT, "王老师，明天几点到校？")
        assert (await models.Case.get()).step == "remind"
