"""A school day of the sandbox class, from the choice of its rules to the next morning.

Every plugin has its moment. What people do and what comes of it is told line by line, the same at
each playing; tests/sandbox/day.txt is that transcript. The people and their words are invented.
"""

from __future__ import annotations

from datetime import datetime
from itertools import groupby
import re
from typing import TYPE_CHECKING, Any

from .fakeqq import (
    COMMITTEE,
    GROUP,
    HEAD_TEACHER,
    NEWCOMER,
    PARENTS,
    STRANGER,
    STUDENT,
    TEACHER,
    CannotSpeakError,
    mention,
    quote,
    text,
)
from .samples import SAMPLES
from .stage import ZONE

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from .fakeqq import Call, Content, FakeQQ, Json
    from .stage import Stage

PACK = "text-only-parents"
PAUSE = 20.0
"""Seconds from one message to the next."""

MING, XIANG, YUTONG, ZIHAN, NUO, YANG, KE, TONG = PARENTS
"""The parents and the grandfather, by their child."""

ROSTER = """学号,姓名,身份,学科
20260001,张小明,学生,
20260002,李想,学生,
20260003,王雨桐,学生,
20260004,赵子涵,学生,
20260005,陈诺,学生,
20260006,刘洋,学生,
20260007,周可,学生,
20260008,吴桐,学生,
20260009,林悦,学生,
20260010,郑一鸣,学生,
,孙晓红,老师,语文
,何俊,老师,数学
"""
"""The class, as the school's table has it."""
_INDENT = "      "
MUTED = "（发不出去：正在禁言）"
_ORDER = (
    "delete_msg",
    "set_group_ban",
    "set_group_whole_ban",
    "send_group_msg",
    "send_private_msg",
    "set_group_kick",
)
"""Three lines of work of the bot run beside each other; so told, a day reads the same each time."""


async def play(stage: Stage, *, say: Callable[[str], None]) -> None:
    """Play the day on a class that is open, telling it line by line.

    It begins at the next 07:30 that the stage's clock comes to, and is meant for a class that has just
    been opened: what happened before counts, and people may not be there any more.

    Raises:
        BotGoneError: the bot does not answer.
    """
    day = Day(stage, say)
    await day.rules_are_chosen()
    await day.roster()
    await day.morning()
    await day.flooding()
    await day.advertising()
    await day.consent()
    await day.samples()
    await day.unsure()
    await day.own_words()
    await day.showing_lunch()
    await day.both_calm_down()
    await day.quarrel()
    await day.appeal()
    await day.wrong_person()
    await day.report()
    await day.complaint()
    await day.stolen_account()
    await day.applications()
    await day.names()
    await day.face()
    await day.duty()
    await day.same_for_all()
    await day.privacy()
    await day.missing_child()
    await day.frozen()
    await day.evening()
    await day.night()
    await day.inspection()
    await day.next_morning()


class Day:
    """The scenes, in their order, and what is needed to play and tell them."""

    def __init__(self, stage: Stage, say: Callable[[str], None]) -> None:
        self._stage = stage
        self._say = say
        self._told = len(stage.qq.received)
        self._begun = False
        self._names: dict[int, str] = {}

    # The scenes -----------------------------------------------------------------------------------

    async def rules_are_chosen(self) -> None:
        await self._scene("班主任给班级群选定制度", 7, 30)
        await self._speak(HEAD_TEACHER, f"/制度 use {PACK}")
        await self._speak(
            HEAD_TEACHER,
            "各位家长，群里以后按群规来，请“群规助手”帮忙提醒。谁都可以看，也可以申诉。",
        )
        await self._speak(HEAD_TEACHER, ["/角色 ", mention(HEAD_TEACHER), " 班主任"])
        await self._speak(HEAD_TEACHER, ["/角色 ", mention(COMMITTEE), " 家委"])
        await self._speak(MING, "/群规 三.1")

    async def roster(self) -> None:
        await self._scene("班主任导入名册：先看会怎样，再导入", 7, 32)
        await self._whisper(HEAD_TEACHER, "名册 班级 三年级二班")
        await self._stage.advance(PAUSE)
        self._line(f"{self._name(HEAD_TEACHER)}（私聊机器人）：[文件：三年级二班.csv]")
        await self._qq.send_file(HEAD_TEACHER, "三年级二班.csv", ROSTER.encode("gb18030"))
        await self._settle()
        await self._whisper(HEAD_TEACHER, f"名册 导入 {self._last_number(r'名册 导入 ([0-9-]+)')}")
        await self._whisper(HEAD_TEACHER, f"名册 绑定 {STUDENT} 林悦 本人")
        await self._whisper(HEAD_TEACHER, "名册 缺")

    async def morning(self) -> None:
        await self._scene("平常的早晨：谁也不会被打扰", 7, 45)
        await self._speak(HEAD_TEACHER, "早上好！今天降温，请给孩子多穿一件外套，水杯灌上热水。")
        for parent, words in (
            (MING, "收到"),
            (XIANG, "收到，谢谢老师"),
            (ZIHAN, "收到"),
            (NUO, "收到，孙老师辛苦了！"),
            (TONG, "收到"),
        ):
            await self._speak(parent, words)
        await self._speak(YUTONG, "老师早，雨桐有点咳嗽，水杯里泡了梨水，麻烦您提醒她喝。")
        await self._speak(HEAD_TEACHER, [mention(YUTONG), " 好的，放心，大课间我看着她喝。"])
        await self._speak(YUTONG, "谢谢孙老师，太贴心了")

    async def flooding(self) -> None:
        await self._scene("同样的话连发三遍", 8, 20)
        for _ in range(4):
            await self._speak(ZIHAN, "今天几点放学？", pause=4)
        await self._speak(ZIHAN, "不好意思，手机卡住了，以为没发出去。")
        await self._speak(TEACHER, "没关系。今天三点半放学，有社团的孩子四点半。")
        await self._speak(TEACHER, f"/案件 {self._last_case()}")

    async def advertising(self) -> None:
        await self._scene("一条广告", 9, 10)
        await self._speak(YANG, "寒假一对一辅导，名师小班，现在报名限时优惠，加微信liuyang2026")
        await self._speak(YANG, "咦，我刚发的怎么没有了？")
        await self._whisper(YANG, f"为什么 {self._group_number()}-{self._last_case()}")
        await self._speak(HEAD_TEACHER, f"/案件 {self._last_case()}")

    async def consent(self) -> None:
        await self._scene("语音请打字；文件先请老师看，投稿由机器人代发", 9, 40)
        await self._send(TONG, "voice")
        await self._speak(TEACHER, f"/案件 {self._last_case()}")
        await self._speak(TONG, "孙老师，今天跳绳测试吗？")
        await self._speak(TEACHER, f"/案件 {self._last_case()}")
        await self._speak(TONG, [mention(HEAD_TEACHER), " 今天跳绳测试吗？"])
        await self._speak(HEAD_TEACHER, "/制度 set 一.5 allowed text,link,file")
        await self._speak(HEAD_TEACHER, "/制度 set 一.5 approval file,post")
        await self._send(XIANG, "file")
        await self._whisper(HEAD_TEACHER, "同意")
        await self._speak(HEAD_TEACHER, f"同意 {self._last_waiting()}")
        await self._send(XIANG, "file")
        await self._whisper(
            MING, "投稿 周六上午九点，家委组织去植物园认植物，愿意去的家长在群里接龙。"
        )
        await self._speak(COMMITTEE, f"同意 {self._last_waiting()}")
        await self._speak(HEAD_TEACHER, "今天有活动的照片要发，图片和文件先放开。")
        await self._speak(HEAD_TEACHER, "/停用 media")

    async def samples(self) -> None:
        await self._scene("图片、文件、卡片和转发", 10, 5)
        await self._speak(TONG, "校门口的银杏黄了，孩子们路过可以捡几片叶子")
        for parent, sample in (
            (TONG, "image"),
            (YUTONG, "file"),
            (XIANG, "mini"),
            (MING, "forward"),
            (KE, "bad-link"),
        ):
            await self._send(parent, sample)

    async def unsure(self) -> None:
        await self._scene("机器人拿不准的，请老师看", 11, 10)
        tip = await self._speak(XIANG, "社区民警刚讲的：警惕裸聊诈骗，不要加陌生人")
        await self._speak(XIANG, [quote(tip), "/为什么"])
        await self._speak(TEACHER, "/待审")
        await self._speak(TEACHER, f"驳回 {self._last_unsure()}")
        await self._speak(TEACHER, "谢谢李想爸爸提醒，大家都看看。")

    async def own_words(self) -> None:
        await self._scene("本群自己的词：先试，再加", 11, 30)
        await self._whisper(HEAD_TEACHER, "词库 add 老师 三.2")
        await self._whisper(HEAD_TEACHER, "词库 try 拼车找我 周五去科技馆，拼车找我")
        await self._whisper(HEAD_TEACHER, "词库 add 拼车找我 三.2")
        await self._speak(TONG, "放学后去超市的拼车找我，一人十块")
        await self._whisper(HEAD_TEACHER, "词库 list")

    async def showing_lunch(self) -> None:
        await self._scene("午饭照片发到别处：先只是提醒", 11, 40)
        await self._speak(HEAD_TEACHER, "/制度 set 一.3 off_topic meals、jokes、games")
        await self._speak(XIANG, "晒晒我家今天的午饭，四菜一汤，看馋没？")
        await self._speak(TEACHER, f"/案件 {self._last_case()}")
        await self._speak(
            YUTONG, [mention(HEAD_TEACHER), " 雨桐中午没怎么吃饭，麻烦您看看是不是还咳嗽。"]
        )
        await self._speak(HEAD_TEACHER, "放心，她喝了粥，精神不错。")

    async def quarrel(self) -> None:
        await self._scene("午休时吵了起来", 12, 15)
        await self._speak(NUO, "陈诺的膝盖又摔破了，到底怎么回事？")
        await self._speak(NUO, [mention(YANG), " 你就是个傻逼，你家孩子又推人！"])
        await self._speak(NUO, "凭什么撤回我的消息")

    async def both_calm_down(self) -> None:
        await self._scene("两位家长争起来：先请双方冷静", 12, 5)
        await self._speak(HEAD_TEACHER, "/启用 quarrel")
        for parent, words in (
            (TONG, "你家孩子又抢我家的水彩笔"),
            (YUTONG, "你胡说！！"),
            (TONG, "你怎么管孩子的？？"),
            (YUTONG, "你讲不讲道理"),
        ):
            await self._speak(parent, words)
        await self._speak(TONG, "你讲不讲理？？")
        await self._speak(TEACHER, f"/案件 {self._last_case()}")
        await self._whisper(TONG, "是我着急了，我们私下说。")
        await self._speak(YUTONG, "我也问问孩子，我们私下说。")

    async def appeal(self) -> None:
        await self._scene("申诉，由没有参与处理的老师复核", 12, 40)
        await self._whisper(NUO, "我的记录")
        case = self._last_case()
        await self._whisper(
            NUO, f"申诉 {self._group_number()}-{case} 看到孩子流血我急了，话说重了，愿意当面道歉"
        )
        await self._speak(TEACHER, "/复核")
        await self._speak(
            TEACHER, f"/复核 {self._last_request()} 减轻 家长已经认识到了，以提醒为主"
        )
        await self._speak(NUO, "对不起，刘洋爸爸，刚才我说重了。两个孩子的事我们私下好好说。")
        await self._speak(YANG, "没事，也是我家的不对，晚上我带刘洋给陈诺道歉。")

    async def wrong_person(self) -> None:
        await self._scene("禁言错了人：别人复核，撤销以后到平台核对", 13, 5)
        await self._speak(TEACHER, ["/禁言 ", mention(YUTONG), " 2h 群里不卖东西"])
        await self._whisper(
            YUTONG, f"申诉 {self._group_number()}-{self._last_case()} 我没有发过，是看错人了吧"
        )
        appeal = self._last_request()
        await self._speak(TEACHER, f"/复核 {appeal} 维持 我看到的就是她")
        await self._whisper(HEAD_TEACHER, f"复核 {self._group_number()}-{appeal}")
        await self._speak(HEAD_TEACHER, f"/复核 {appeal} 撤销 查过聊天记录，不是雨桐妈妈发的")
        await self._stage.advance(PAUSE)
        await self._tell()
        await self._speak(TEACHER, [mention(YUTONG), " 对不起，是我看错了。"])
        await self._speak(YUTONG, "没关系，何老师。")

    async def report(self) -> None:
        await self._scene("举报：谁举报的，只有处理的人看得到", 13, 20)
        sale = await self._speak(MING, "我家的手工饼干，三块钱一个，放学我在校门口等大家")
        await self._speak(XIANG, [quote(sale), "/举报 在群里卖东西"])
        report = self._last_reported()
        await self._whisper(HEAD_TEACHER, f"举报 {report}")
        await self._whisper(HEAD_TEACHER, f"确认 {report} 三.2")

    async def complaint(self) -> None:
        await self._scene("投诉老师：交给别人，限时答复", 13, 40)
        await self._whisper(YUTONG, "投诉 数学何老师 没问清楚就在群里禁言我，请以后先私下问一声")
        complaint = self._last_number(r"收到您的投诉（([0-9-]+)）")
        await self._whisper(HEAD_TEACHER, f"投诉 {complaint}")
        await self._whisper(
            HEAD_TEACHER, f"确认 {complaint} 已和何老师说过，以后先私下核实再处理，向您道歉"
        )

    async def stolen_account(self) -> None:
        await self._scene("有人的号被盗了：移出要老师确认", 14, 5)
        await self._speak(KE, "澳门首家线上赌场上线了，首充送888，日赚五千不是梦，加QQ群123456789")
        await self._speak(XIANG, "周可妈妈的号是不是被盗了？")
        await self._speak(TEACHER, f"/上报 {self._last_case()} 可能是盗号，请班主任联系家长")
        await self._speak(HEAD_TEACHER, "/待办")
        await self._speak(HEAD_TEACHER, f"确认 {self._last_proposal()}")
        await self._speak(
            HEAD_TEACHER, f"/完成 {self._last_passed_up()} 打过电话，是盗号，已请家长报警"
        )

    async def applications(self) -> None:
        await self._scene("进群核对：写对姓名和学号后四位的通过，拿不准的请老师", 14, 40)
        await self._speak(HEAD_TEACHER, "/制度 set 一.1 probation 3d")
        await self._apply(STRANGER, "做课外培训的，进群认识一下家长")
        await self._apply(STRANGER, "郑一鸣爸爸")
        await self._whisper(HEAD_TEACHER, f"入群 {self._last_application()} 拒绝 请用家长本人的号")
        await self._apply(NEWCOMER, "郑一鸣妈妈 0010")
        self._qq.set_card(GROUP, NEWCOMER, "郑一鸣妈妈")
        await self._speak(NEWCOMER, "大家好，我是郑一鸣的妈妈。")
        await self._speak(NEWCOMER, "这个网站挺好：https://www.smartedu.cn/a")
        await self._speak(HEAD_TEACHER, f"/案件 {self._last_case()}")
        await self._apply(KE, "周可妈妈 0007")
        await self._whisper(HEAD_TEACHER, f"入群 {self._last_application()} 同意")
        self._qq.set_card(GROUP, KE, "周可妈妈")
        await self._speak(KE, "谢谢老师，号找回来了，今天的消息都不是我发的。")
        await self._speak(HEAD_TEACHER, "找回来就好。大家也都改改密码，不认识的链接不要点。")

    async def names(self) -> None:
        await self._scene("群昵称：改成别人名字的当场处理", 15, 5)
        self._qq.set_card(GROUP, YANG, "班主任 孙老师")
        await self._speak(YANG, "各位家长，资料费 50 元请私下转给我")
        await self._stage.advance(60)
        await self._tell()
        await self._speak(HEAD_TEACHER, "大家别转，那不是我。")
        self._qq.set_card(GROUP, YANG, "刘洋爸爸")
        await self._speak(YANG, "刚才是孩子拿手机闹着玩，已经改回来了，对不起。")
        await self._speak(HEAD_TEACHER, f"/案件 {self._last_case()}")

    async def face(self) -> None:
        await self._scene("群资料：群名被改，改回原来的", 15, 12)
        await self._speak(HEAD_TEACHER, "/启用 group_profile")
        await self._stage.advance(PAUSE)
        self._line(f"{self._name(XIANG)}把群名改成了“免费送号群”")
        await self._qq.rename(GROUP, XIANG, "免费送号群")
        await self._settle()
        await self._speak(HEAD_TEACHER, "/体检")

    async def duty(self) -> None:
        await self._scene("值日：请一位家长帮忙一天", 15, 20)
        await self._speak(COMMITTEE, ["/值日 ", mention(YUTONG)])
        await self._speak(ZIHAN, "/值日")
        chatter = await self._speak(STUDENT, "作业写完啦！谁来打游戏？")
        await self._speak(YUTONG, [quote(chatter), "/撤回"])
        await self._speak(COMMITTEE, ["/禁言 ", mention(STUDENT), " 10m 还没放学，先把手机收好"])
        await self._speak(STUDENT, "妈妈我错了")
        await self._stage.advance(600)
        await self._speak(STUDENT, "妈妈我错了，这就去练字")
        await self._speak(COMMITTEE, "乖。")

    async def same_for_all(self) -> None:
        await self._scene("老师也一样，只是悄悄提醒", 16, 40)
        await self._speak(TEACHER, "麻烦各位家长帮我侄女投一票，每天都能投，谢谢大家点赞转发！")
        await self._speak(TEACHER, "抱歉，刚才那条我发错群了，请大家不用理会。")
        await self._whisper(ZIHAN, "隐私")

    async def privacy(self) -> None:
        await self._scene("成绩和电话不在群里公布", 17, 10)
        await self._speak(HEAD_TEACHER, "/启用 privacy")
        await self._speak(XIANG, "李想这次数学考了96分，谢谢何老师。")
        await self._speak(TEACHER, "数学期中：李想96，陈诺93，周可90，刘洋71，请家长对照一下。")
        await self._speak(TEACHER, "对不起，成绩我会一个个私下发给大家。")
        await self._speak(KE, "拼车联系：李想爸爸13800138000，陈诺妈妈13900139001")
        await self._speak(HEAD_TEACHER, f"/案件 {self._last_case()}")

    async def missing_child(self) -> None:
        await self._scene("紧急情况：孩子没有回家，马上找到老师", 18, 20)
        await self._speak(HEAD_TEACHER, "/启用 emergency")
        await self._speak(XIANG, "我家孩子放学到现在还没回家，电话也打不通，有谁看到他了吗？")
        urgent = self._last_number(r"确认 ([0-9-]+) 做了什么")
        await self._stage.advance(300)
        await self._tell()
        await self._whisper(HEAD_TEACHER, f"收到 {urgent}")
        await self._speak(TONG, "李想在我家和吴桐写作业呢，忘了说了，这就送他回去！")
        await self._speak(XIANG, "谢谢谢谢，吓坏我了")
        await self._whisper(HEAD_TEACHER, f"确认 {urgent} 在同学家写作业，已经平安到家")

    async def frozen(self) -> None:
        await self._scene("冻结：一时乱了，先请大家停一停", 19, 5)
        rumour = await self._speak(TONG, "听说有个班的孩子出事了，谁有照片发出来看看")
        await self._speak(HEAD_TEACHER, [quote(rumour), "/冻结 有人打听孩子的事"])
        await self._speak(TONG, "到底怎么回事？")
        await self._speak(
            HEAD_TEACHER, "问过学校了：没有这回事，孩子们都好好的。请不要打听，也不要转发。"
        )
        await self._speak(HEAD_TEACHER, "/解冻 已经向大家说明")

    async def evening(self) -> None:
        await self._scene("晚上", 20, 30)
        await self._speak(HEAD_TEACHER, "今天的作业：语文练习册第12页，口算一页，明天早读前交。")
        for parent in (MING, ZIHAN, NUO, YANG, KE):
            await self._speak(parent, "收到")
        await self._speak(XIANG, "老师，明天美术课要带水彩笔吗？")
        await self._speak(HEAD_TEACHER, "要的，水彩笔和抹布都带上。今天大家都辛苦了，明天见！")
        await self._speak(TONG, "晚安，老师也早点休息。")

    async def night(self) -> None:
        await self._scene("夜里先是提醒，再是全员禁言，天亮自动解除", 21, 40)
        await self._speak(HEAD_TEACHER, "/启用 quiet_hours")
        await self._speak(HEAD_TEACHER, "/制度 diff")
        clause = self._last_number(r"新增条款 附(\d+)")
        await self._speak(HEAD_TEACHER, f"/制度 set 附{clause} quiet 每天 22:00-06:30")
        await self._speak(ZIHAN, "/静默")
        await self._to(22, 5)
        await self._speak(NUO, "老师，明天要穿校服吗？")
        await self._speak(HEAD_TEACHER, f"/案件 {self._last_case()}")
        await self._speak(HEAD_TEACHER, f"/制度 set 附{clause} level mute_all")
        await self._speak(XIANG, "我也想问")
        await self._whisper(COMMITTEE, "静默 放行 5m 等晚归的孩子报平安")
        await self._speak(TONG, "刚接到孩子，到家了，放心。")
        await self._to(22, 15)
        await self._whisper(HEAD_TEACHER, "静默 明早发 明天穿校服，升旗。")
        await self._to(6, 31)

    async def inspection(self) -> None:
        await self._scene("巡检：班主任看一看本群的情况", 7, 20)
        await self._whisper(HEAD_TEACHER, "巡检")

    async def next_morning(self) -> None:
        await self._scene("第二天早晨", 7, 30)
        await self._speak(HEAD_TEACHER, "早上好！今天天晴，大课间照常。")
        await self._speak(MING, "收到，孙老师早")
        await self._speak(HEAD_TEACHER, "/待办")

    # What people do -------------------------------------------------------------------------------

    async def _scene(self, title: str, hour: int, minute: int) -> None:
        await self._to(hour, minute)
        if self._begun:
            self._say("")
        self._begun = True
        self._say(f"—— {title} ——")

    async def _to(self, hour: int, minute: int) -> None:
        """Let time pass until then; what happens by itself meanwhile is told with its time."""
        await self._stage.to(hour, minute)
        await self._tell()

    async def _speak(self, user: int, content: Content, *, pause: float = PAUSE) -> int:
        """Somebody says something in the group. The message id, 0 where they may not speak."""
        await self._stage.advance(pause)
        await self._tell()
        self._line(f"{self._name(user)}：{self._shown(content)}")
        try:
            message = await self._qq.speak(GROUP, user, content)
        except CannotSpeakError:
            self._under(MUTED)
            return 0
        await self._settle()
        return message

    async def _whisper(self, user: int, content: str) -> None:
        await self._stage.advance(PAUSE)
        await self._tell()
        self._line(f"{self._name(user)}（私聊机器人）：{content}")
        friend = user in self._qq.friends
        await self._qq.whisper(user, content, None if friend else GROUP)
        await self._settle()

    async def _send(self, user: int, sample: str) -> None:
        """Somebody sends one of the samples."""
        await self._stage.advance(PAUSE)
        await self._tell()
        qq, sent = self._qq, SAMPLES[sample]
        self._line(f"{self._name(user)}：[{sent.label}]")
        segments = list(sent.segments)
        if sent.forwarded:
            talk = f"day-{len(qq.forwards) + 1}"
            qq.forwards[talk] = [self._forwarded(*line) for line in sent.forwarded]
            segments.append({"type": "forward", "data": {"id": talk}})
        try:
            await qq.speak(GROUP, user, segments)
        except CannotSpeakError:
            self._under(MUTED)
            return
        if sent.upload:
            await qq.upload(GROUP, user, sent.upload)
        await self._settle()

    def _forwarded(self, nickname: str, words: str) -> Json:
        # QQ gives all whom it does not tell of this number.
        return {
            "user_id": 1094950020,
            "time": int(self._stage.now()),
            "message_type": "group",
            "sender": {"user_id": 1094950020, "nickname": nickname, "card": ""},
            "message": [text(words)],
            "message_format": "array",
        }

    async def _apply(self, user: int, comment: str) -> None:
        """Somebody asks to join."""
        await self._stage.advance(PAUSE)
        await self._tell()
        self._line(f"{self._name(user)} 申请进群：{comment}")
        await self._qq.request_join(GROUP, user, comment)
        await self._settle()
        await self._stage.advance(PAUSE)
        await self._tell()

    # What came of it ------------------------------------------------------------------------------

    @property
    def _qq(self) -> FakeQQ:
        return self._stage.qq

    async def _settle(self) -> None:
        await self._stage.idle()
        await self._tell()

    async def _tell(self) -> None:
        """Tell what the bot did since the last time; what it told several people alike, once."""
        calls = self._qq.received[self._told :]
        self._told += len(calls)
        done = [call for call in calls if call.done is not None and call.action in _TOLD]
        for _, same in groupby(sorted(done, key=_rank), key=self._words):
            alike = list(same)
            first = alike[0]
            if first.action == "send_private_msg":
                names = "、".join(self._name(int(call.params["user_id"])) for call in alike)
                lines = f"群规助手悄悄告诉{names}：{self._words(first)}"
            else:
                lines = "\n".join(_TOLD[call.action](self, call) for call in alike)
            for line in lines.splitlines():
                self._under(line)

    def _words(self, call: Call) -> str:
        """What somebody was told in private; empty for all other acts."""
        if call.action != "send_private_msg":
            return ""
        return self._shown(_segments(call)) + ("" if call.done else "\n（没有送达）")

    def _line(self, text: str) -> None:
        moment = datetime.fromtimestamp(self._stage.now(), ZONE)
        first, *rest = text.splitlines()
        self._say(f"{moment:%H:%M} {first}")
        for line in rest:
            self._under(line)

    def _under(self, text: str) -> None:
        self._say(_INDENT + text)

    def _name(self, user: int) -> str:
        member = self._qq.groups[GROUP].members.get(user)
        if member is not None and member.card:
            self._names[user] = member.card
        return self._names.get(user) or self._qq.people.get(user) or str(user)

    def _shown(self, content: Content) -> str:
        pieces = [content] if isinstance(content, str) else content
        return "".join(p if isinstance(p, str) else self._piece(p) for p in pieces)

    def _piece(self, segment: Json) -> str:
        data: Json = segment["data"]
        match segment["type"]:
            case "text":
                return str(data["text"])
            case "at":
                return f"@{self._name(int(data['qq']))}"
            case "reply":
                return "（回复上面的消息）"
            case kind:
                return f"[{kind}]"

    # Numbers in what the bot said -----------------------------------------------------------------

    def _last_number(self, pattern: str) -> str:
        """The last number that the bot named so to anybody."""
        own = [m.text for m in self._qq.messages.values() if m.user_id == self._qq.self_id]
        found = [number for words in own for number in re.findall(pattern, words)]
        return found[-1] if found else "1"

    def _last_case(self) -> str:
        return self._last_number(r"案件 #(\d+)")

    def _last_request(self) -> str:
        return self._last_number(r"决定：复核 \d+-(\d+) ")

    def _last_proposal(self) -> str:
        return self._last_number(r"#(\d+)：是否移出")

    def _last_waiting(self) -> str:
        return self._last_number(r"#(\d+)：\S+ 有")

    def _last_reported(self) -> str:
        return self._last_number(r"看内容和理由：私聊我发送 举报 ([0-9-]+)")

    def _last_passed_up(self) -> str:
        return self._last_number(r"完成 \d+-(\d+) 处理结果")

    def _last_application(self) -> str:
        return self._last_number(r"入群申请 ([0-9-]+)（")

    def _last_unsure(self) -> str:
        return self._last_number(r"(?m)^\d+-(\d+) ")

    def _group_number(self) -> str:
        return self._last_number(r"申诉 (\d+)-\d+")


def _rank(call: Call) -> int:
    return _ORDER.index(call.action) if call.action in _ORDER else len(_ORDER)


# The bot's acts in words --------------------------------------------------------------------------


def _said(day: Day, call: Call) -> str:
    return f"群规助手：{day._shown(_segments(call))}"


def _segments(call: Call) -> Sequence[str | Json]:
    message: Any = call.params["message"]
    return message if isinstance(message, list) else [message]


def _withdrew(day: Day, call: Call) -> str:
    wanted = int(call.params["message_id"])
    author = next((m.user_id for m in day._qq.withdrawn if m.message_id == wanted), 0)
    return f"〔撤回了{day._name(author)}的消息〕" if call.done else "〔消息没能撤回〕"


def _muted(day: Day, call: Call) -> str:
    name, seconds = day._name(int(call.params["user_id"])), int(call.params["duration"])
    if not call.done:
        return f"〔{name}的禁言没有做成〕"
    if not seconds:
        return f"〔解除了{name}的禁言〕"
    until = datetime.fromtimestamp(call.time + seconds, ZONE)
    return f"〔{name}暂停发言，最迟到{until.month}月{until.day}日{until:%H:%M}〕"


def _muted_all(_day: Day, call: Call) -> str:
    return "〔全员禁言〕" if call.params.get("enable", True) else "〔解除全员禁言〕"


def _removed(day: Day, call: Call) -> str:
    return f"〔{day._name(int(call.params['user_id']))}被移出了群〕"


def _decided(day: Day, call: Call) -> str:
    request = day._qq.requests[str(call.params["flag"])]
    reason = f"：{request.reason}" if request.reason else ""
    return (
        f"〔{'同意' if request.approved else '婉拒'}了{day._name(request.user_id)}的申请{reason}〕"
    )


def _renamed(day: Day, call: Call) -> str:
    return f"〔群名片改为 {call.params.get('card') or '（空）'}〕"


def _titled(_day: Day, call: Call) -> str:
    return f"〔群名改为 {call.params['group_name']}〕"


def _announced(_day: Day, call: Call) -> str:
    return f"〔群公告〕{call.params['content']}"


_TOLD: dict[str, Callable[[Day, Call], str]] = {
    "send_group_msg": _said,
    "send_private_msg": _said,
    "send_msg": _said,
    "delete_msg": _withdrew,
    "set_group_ban": _muted,
    "set_group_whole_ban": _muted_all,
    "set_group_kick": _removed,
    "set_group_add_request": _decided,
    "set_group_card": _renamed,
    "set_group_name": _titled,
    "_send_group_notice": _announced,
}
