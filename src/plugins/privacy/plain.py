"""A text as the patterns of this plugin read it, and the names of people in it."""

from __future__ import annotations

import re
from typing import NamedTuple
import unicodedata

from src.core.text import fold


SURE = 1.0
DOUBTFUL = 0.6
"""Confidence in what may be harmless: a person looks at it."""


class Breach(NamedTuple):
    """One thing that a message gives away. `spans` are half-open offsets in the raw text."""

    kind: str
    gravity: int
    confidence: float
    count: int
    spans: tuple[tuple[int, int], ...]


class _Plain(dict[int, str]):
    """Character → the one character it is read as. Symbols stay, so that offsets do."""

    def __missing__(self, code: int) -> str:
        kept = chr(code)
        if code >= 0x80:
            form = unicodedata.normalize("NFKC", kept).casefold()
            if len(form) == 1:
                kept = form
                simple = fold(form).skeleton if form.isalpha() else ""
                if len(simple) == 1 and not simple.isascii():
                    kept = simple
        else:
            kept = kept.lower()
        if code < 0x20000:
            # Rarer ones are worked out anew, so that no text can fill the memory.
            self[code] = kept
        return kept


_PLAIN = _Plain()


def plain(raw: str) -> str:
    """The text in simplified characters, narrow digits and small letters, place by place."""
    return raw.translate(_PLAIN)


HAN = "\u4e00-\u9fff"
_SINGLE = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪"
    "田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文庞樊兰殷施陶洪翟安颜倪严牛"
    "温芦季俞章鲁葛伍韦申尤毕聂丛焦向柳邢骆岳齐梅莫庄辛管祝左涂谷祁耿牟卜路詹关苗凌费纪靳盛童欧甄项曲成游阳裴席卫查"
    "屈鲍位覃霍翁隋植甘景薄单包司柏宁柯阮桂闵解强柴华车冉房边肖闫丘褚尚荣冼麦蒙农应佟艾原晏瞿阚"
)
_DOUBLE = "欧阳|上官|司马|诸葛|东方|皇甫|尉迟|公孙|慕容|令狐|司徒|夏侯|端木|南宫|长孙|宇文|百里"
NAME = rf"(?:(?:{_DOUBLE})[{HAN}]{{1,2}}|[{_SINGLE}][ \u3000]{{0,2}}[{HAN}]{{1,2}})"
"""What may be a person's name; `is_name` says whether it is no common word."""

_WORDS = frozenset(
    (
        "周一 周二 周三 周四 周五 周六 周日 周末 周期 周围 周年 周长 周考 周测 高一 高二 高三 高中 高考 高度 高级 高铁 高分 高兴 "
        "江西 江苏 江南 江边 许多 许可 安全 安排 安徽 安静 安装 金额 金牌 金色 余额 余票 余数 余下 温度 温馨 温州 温水 "
        "白天 白色 白菜 白纸 黄色 黄瓜 黄金 黄河 马上 马路 马拉 牛奶 牛肉 毛巾 毛笔 毛衣 方便 方法 方案 方式 方向 方面 方程 "
        "任务 任意 任课 任何 程度 程序 章节 项目 管理 管乐 常规 常见 常州 常识 应该 应用 应当 应付 应到 万元 钱包 石头 石家 关于 "
        "关注 关键 关系 关闭 武汉 武术 段落 段位 史上 成绩 成员 成功 成本 成人 成都 单元 单价 单词 单人 单位 单科 单选 车费 车次 "
        "车票 车号 车位 车站 车牌 房费 房间 房号 房价 文章 文具 文科 文件 文本 文综 文言 左右 左边 路程 路线 路费 路口 解答 解决 "
        "解题 易错 易拉 童话 童装 平均 强调 向上 包子 包括 包车 包书 费用 查询 查看 查收 位置 位数 位次 景区 景点 卫生 阳台 阳光 "
        "项数 原价 原来 边长 边上 华为 农场 农历 司机 宁波 宁夏 桂林 柳州 徐州 郑州 杭州 苏州 洪水 龙门 龙井 谷物 谷歌 甘肃 "
        "季度 季节 康复 顾客 申请 申报 齐全 齐读 盛典 祝贺 祝福 庄重 兰州 莫名 管道 管子 范围 范文 方块 石油 "
        "何时 何地 林业 夏天 夏季 夏令 秦朝 唐诗 唐朝 宋词 宋朝 汉朝 明天 陆续 陆地 水果 胡萝 胡同 田径 田野 白酒 雷雨 汤圆 "
        "欧元 欧洲 席位 席卷 游泳 游戏 游览 曲目 曲线 植树 植物 欧式 尚未 荣誉 荣获 蒙古 艾条 丁字 于是 于今 谢谢 谢师 "
        "武器 孔雀 钟头 钟点 钟表 时间 年级 班级 总分 得分 满分 语文 数学 英语 文学 文化 方根 常用 常温 项链 连续 高等 高年 "
        "左手 左转 原因 原文 原题 金币 金星 金华 华东 华南 强化 解析 易读 关卡 关爱 路上 路队 单品 单号 单双 单程 单日 双日"
    ).split()
)
"""Words that begin like a name."""
_TITLES = ("老师", "妈妈", "爸爸", "家长", "医生", "校长", "主任", "先生", "女士", "教练", "师傅")
_SHORT_TITLES = frozenset("妈爸姐哥叔姨总老师工导校")


def is_name(written: str) -> bool:
    """Whether what `NAME` matched is a name, and not a word or a title."""
    name = written.replace(" ", "").replace("\u3000", "")
    if name[:2] in _WORDS or name.endswith(_TITLES):
        return False
    return not (len(name) == 2 and name[1] in _SHORT_TITLES)


OWN = re.compile("我(?:家|们家|的|儿|闺|女|娃|孩|自己|电话|手机|是)|本人|咱家|自己的|俺家")
"""Somebody speaks of themselves or of their own child."""
