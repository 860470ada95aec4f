"""Names as a city's school has them, made up and dealt out by frequency. 姓名

Surnames stand in the order of their frequency in China; given names are those that were popular with children
born after 2000. No list of real persons lies behind them.
"""

from __future__ import annotations

from itertools import accumulate
from random import Random
from typing import Literal

Sex = Literal["male", "female"]


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_SURNAMES = {
    name: int(weight)
    for name, _, weight in (
        word.partition(":")
        for word in _words(
            "王:725 李:719 张:683 刘:538 陈:453 杨:308 黄:223 赵:229 吴:205 周:212 徐:167 孙:154 马:129 "
            "朱:126 胡:131 郭:115 何:117 林:118 高:100 罗:86 郑:85 梁:84 谢:72 宋:81 唐:65 许:66 韩:68 "
            "邓:62 冯:64 曹:57 彭:59 曾:58 肖:56 田:52 董:51 潘:46 袁:54 蔡:53 蒋:47 余:48 于:48 杜:47 "
            "叶:44 程:50 魏:46 苏:42 吕:45 丁:40 任:38 卢:40 姚:40 沈:41 钟:36 姜:36 崔:35 谭:34 陆:36 "
            "范:36 汪:34 廖:35 石:33 金:32 韦:28 贾:33 夏:31 付:28 方:30 邹:30 熊:28 白:29 孟:29 秦:28 "
            "邱:28 侯:27 江:27 尹:26 薛:26 阎:22 段:25 雷:25 龙:23 黎:22 史:22 陶:22 贺:21 毛:21 郝:20 "
            "顾:24 龚:20 邵:20 万:20 覃:17 武:19 钱:22 戴:19 严:18 莫:15 孔:17 向:16 常:16 汤:15 康:15 "
            "易:14 乔:13 倪:13 葛:13 施:15 牛:12 樊:12 柳:10 单:5 仇:4 解:5 查:4 缪:4 费:5 宗:3 华:7 惠:3 "
            "朴:2 濮:2 欧阳:11 上官:2 诸葛:2 司马:1 皇甫:1 令狐:2 夏侯:1 慕容:1 东方:1 端木:1 尉迟:1 司徒:1"
        )
    )
}
_GIVEN: dict[Sex, tuple[str, ...]] = {
    "male": _words(
        "浩然 子轩 宇轩 浩宇 子涵 宇航 梓豪 子豪 俊杰 博文 一诺 天佑 文博 皓轩 梓睿 俊熙 宇泽 明轩 奕辰 "
        "沐辰 睿泽 子墨 嘉懿 煜城 昊天 思远 鹏程 致远 建国 志强 伟杰 家豪 晨阳 雨泽 泽宇 书恒 承志 景行 "
        "立新 一鸣 逸飞 弘毅 振宇 启航 天翊 锦程 子昂 星宇 亦凡 瑾瑜 佳明 永康 凯 磊 鑫 涛 毅 杰 帅 睿 昊 "
        "晨 恒 锐 翔 阳 旭 航 朗 川"
    ),
    "female": _words(
        "梓涵 欣怡 诗涵 雨桐 梓萱 可馨 一诺 雨萱 佳怡 欣妍 语桐 子萱 思琪 紫涵 梦琪 雅静 若曦 依诺 艺涵 "
        "雨涵 诗琪 佳琪 静怡 晓雯 婉清 心怡 思彤 语嫣 沐晴 书瑶 芷若 嘉怡 晨曦 安琪 子墨 慧敏 小雨 芊羽 "
        "梦洁 雪莹 舒窈 念慈 秋月 海棠 若兰 采薇 知夏 清和 亦菲 瑾萱 佳慧 玉婷 婷 悦 颖 琳 雪 倩 怡 瑶 萱 "
        "玥 敏 洁 蕾 晴 彤 岚"
    ),
}
_FIRST: dict[Sex, str] = {
    "male": "子宇浩俊博文天明泽嘉思志家晨书承景立逸弘振启锦星永建伟",
    "female": "梓欣诗雨可佳语思紫梦雅若依艺静晓婉心沐书芷嘉安慧芊雪",
}
_SECOND: dict[Sex, str] = {
    "male": "轩然宇航豪杰文佑睿熙泽辰墨懿城天远程强阳恒志行新鸣飞毅翊昂凡",
    "female": "涵怡桐萱馨诺妍琪静曦雯清彤嫣晴瑶若曦敏羽洁莹窈慈月兰薇夏",
}
_PARENTS: dict[Sex, tuple[str, ...]] = {
    "male": _words("伟 强 军 勇 磊 建华 志强 建国 海涛 永刚 晓东 国庆 文斌 俊 峰 明 平 辉 波 建军 卫东 家明"),
    "female": _words("芳 娜 敏 静 丽 艳 秀英 玉兰 晓燕 海燕 红梅 丽华 雪梅 婷 霞 燕 红 玲 慧 春梅 秀兰 桂英"),
}
_OF_MINORITIES: dict[Sex, tuple[str, ...]] = {
    "male": (
        "阿卜杜拉·买买提", "艾力·吐尔逊", "扎西·次仁", "巴特尔·朝鲁", "努尔兰·叶尔肯", "木加·阿子", "库尔班·艾山",
        "丹增·洛桑", "吉克·阿牛", "热合曼·玉素甫",
    ),
    "female": (
        "古丽娜尔·艾合买提", "阿依夏木·吐尔逊", "卓玛·央金", "其其格·乌兰", "阿依古丽·叶尔肯", "麦热哈巴·艾山",
        "曲珍·白玛", "吉克·阿支", "帕丽达·玉素甫", "娜仁·托娅",
    ),
}  # fmt: skip
_FOREIGN: dict[Sex, tuple[str, ...]] = {
    "male": ("Lucas Berg", "Kenji Tanaka", "Min-jun Park", "Noah O'Brien", "Émile Laurent", "Rahul Nair"),
    "female": ("Anna Berg", "Yui Tanaka", "Seo-yeon Park", "Zoë de Vries", "Inés García Ruiz", "Priya Nair"),
}
RARE = "䶮喆犇赟翀昇𠅤𬭸"
"""Characters that keyboards, fonts and old databases stumble over; the last two lie beyond the BMP."""

_IN_TEN_THOUSAND_OF_MINORITY = 60
_IN_TEN_THOUSAND_RARE = 15
_WEIGHTS = list(accumulate(_SURNAMES.values()))
_IN_ORDER = list(_SURNAMES)


def surnames(random: Random, count: int) -> list[str]:
    """That many surnames, as often as they are borne. 姓氏"""
    return random.choices(_IN_ORDER, cum_weights=_WEIGHTS, k=count)


def given(random: Random, sex: Sex) -> str:
    """A given name of a child. 名"""
    draw = random.random()
    if draw < _IN_TEN_THOUSAND_RARE / 10_000:
        return random.choice(RARE)
    if draw < 0.6:
        return random.choice(_GIVEN[sex])
    return random.choice(_FIRST[sex]) + random.choice(_SECOND[sex])


def child(random: Random, sex: Sex, surname: str) -> str:
    """A child's full name; now and then one of a minority, which has no surname. 学生姓名"""
    if random.random() < _IN_TEN_THOUSAND_OF_MINORITY / 10_000:
        return random.choice(_OF_MINORITIES[sex])
    return surname + given(random, sex)


def foreign(random: Random, sex: Sex) -> str:
    """The name of a child from abroad, as a passport writes it. 外籍学生姓名"""
    return random.choice(_FOREIGN[sex])


def parent(random: Random, sex: Sex, surname: str) -> str:
    """A parent's full name. 监护人姓名"""
    return surname + random.choice(_PARENTS[sex])
