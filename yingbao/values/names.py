"""Names of persons: one form to match by, pinyin to search by. 姓名"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from yingbao.values.fault import Fault
from yingbao.values.plain import spaced
from yingbao.values.text import Text

LONGEST = 50
"""characters in a name"""

MIDDLE_DOT = "\u00b7"
_DOTS = re.compile(r"\s*[·•．・‧･∙⋅●﹒᛫⸱]\s*")
_HAN = r"\u2e80-\u2fdf\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\ue000-\uf8ff\U00020000-\U0003ffff"
_BETWEEN_HAN = re.compile(rf"(?<=[{_HAN}·]) (?=[{_HAN}·])")
_STOP_BETWEEN_HAN = re.compile(rf"(?<=[{_HAN}])\.(?=[{_HAN}])")
_ORDINARY = re.compile(r"[\u4e00-\u9fff]{2,8}")
_WIDE_LATIN = re.compile("[\uff01-\uff5e]")
_PRIVATE_USE = re.compile("[\ue000-\uf8ff\U000f0000-\U0010fffd]")
_SIGNS_IN_NAMES = frozenset("·-'’. ,")

_MEND = Text(zh="按身份证件上的姓名填写", en="write the name as the identity document has it")


def cleaned(name: str) -> str:
    """The name in the form to match by: middle dot U+00B7, nothing invisible, no blanks between characters. 规整

    The blank in 张　三 only aligns two characters with three; the one in `Anna Berg` parts two names.
    """
    if _ORDINARY.fullmatch(name):
        return name
    name = _DOTS.sub(MIDDLE_DOT, spaced(name))
    name = _WIDE_LATIN.sub(lambda sign: chr(ord(sign[0]) - 0xFEE0), name)
    name = _STOP_BETWEEN_HAN.sub(MIDDLE_DOT, name)
    return _BETWEEN_HAN.sub("", name)


def check(name: str) -> str:
    """The name in the form to match by. 核对姓名

    Raises Fault for an empty or too long name, and for one that holds what no name holds.
    """
    if _ORDINARY.fullmatch(name):
        return name
    name = cleaned(name)
    if not name:
        raise Fault(Text(zh="没有填写姓名", en="the name is missing"), _MEND)
    if len(name) > LONGEST:
        what = Text(zh="姓名有{n}个字，超过{most}个", en="the name has {n} characters, more than {most}")
        raise Fault(what.filled(n=len(name), most=LONGEST), _MEND)
    if "?" in name or "\ufffd" in name:
        raise Fault(
            Text(
                zh="姓名里有字在保存时丢失，变成了问号",
                en="a character of the name was lost in saving and became a question mark",
            ),
            Text(zh="重新输入这个字，并把文件保存为 .xlsx", en="type the character again and save the file as .xlsx"),
        )
    strange = next((sign for sign in name if not _belongs(sign)), None)
    if strange is not None:
        what = Text(zh="姓名里有不属于姓名的字符“{sign}”", en="the name holds “{sign}”, which belongs to no name")
        mend = Text(
            zh="按身份证件上的姓名填写，班级、编号和说明填在别的列",
            en="write the name as the identity document has it; put numbers and remarks into other columns",
        )
        raise Fault(what.filled(sign=strange), mend)
    return name


def is_private(name: str) -> bool:
    """Whether a character of the name has a meaning on the writer's computer alone. 含自造字"""
    return bool(_PRIVATE_USE.search(name))


@lru_cache(maxsize=4096)
def _belongs(sign: str) -> bool:
    return sign in _SIGNS_IN_NAMES or unicodedata.category(sign)[0] in "LM" or sign == "〇" or is_private(sign)


_SURNAMES = {
    "单": "shan", "曾": "zeng", "仇": "qiu", "解": "xie", "查": "zha", "任": "ren", "区": "ou", "朴": "piao",
    "盖": "ge", "乐": "yue", "种": "chong", "员": "yun", "缪": "miao", "折": "she", "召": "shao", "洗": "xian",
    "黑": "he", "秘": "bi", "繁": "po", "牟": "mu", "覃": "qin", "祭": "zhai", "翟": "zhai", "尉": "wei",
    "燕": "yan", "应": "ying", "长": "chang", "车": "che", "石": "shi", "沈": "shen", "盛": "sheng", "重": "chong",
    "宁": "ning", "葛": "ge", "那": "na", "柏": "bai", "曲": "qu", "万": "wan", "谌": "chen", "阚": "kan",
    "郗": "xi", "逄": "pang", "冼": "xian", "撒": "sa", "能": "nai", "瞿": "qu", "隗": "wei", "宿": "su",
    "强": "qiang", "都": "du", "贾": "jia", "藏": "zang", "晟": "cheng", "句": "gou", "令": "ling", "幺": "yao",
}  # fmt: skip
_DOUBLE_SURNAMES = {
    "欧阳": "ou yang", "上官": "shang guan", "司马": "si ma", "诸葛": "zhu ge", "夏侯": "xia hou", "皇甫": "huang fu",
    "尉迟": "yu chi", "公孙": "gong sun", "慕容": "mu rong", "长孙": "zhang sun", "宇文": "yu wen", "司徒": "si tu",
    "司空": "si kong", "令狐": "ling hu", "端木": "duan mu", "独孤": "du gu", "南宫": "nan gong", "东方": "dong fang",
    "西门": "xi men", "万俟": "mo qi", "澹台": "tan tai", "单于": "chan yu", "轩辕": "xuan yuan", "呼延": "hu yan",
    "钟离": "zhong li", "申屠": "shen tu", "太史": "tai shi", "闻人": "wen ren", "赫连": "he lian", "濮阳": "pu yang",
    "淳于": "chun yu", "百里": "bai li", "东郭": "dong guo", "拓跋": "tuo ba", "鲜于": "xian yu", "公冶": "gong ye",
}  # fmt: skip


def pinyin(name: str) -> tuple[str, str]:
    """The name in pinyin and its initials: `zhang xiaoming`, `zxm`; a foreign name as it is, in lower case. 拼音

    Surnames are read as surnames are (单 shan, 曾 zeng, 仇 qiu). A character that has no known
    reading stands for itself, so that it is still found by itself.
    """
    name = cleaned(name)
    if name.isascii() or MIDDLE_DOT in name:
        words = [_syllables(word) for word in re.split(r"[\s.,·]+", name) if word]
    elif name[:2] in _DOUBLE_SURNAMES and len(name) > 2:
        words = [_DOUBLE_SURNAMES[name[:2]].split(" "), _syllables(name[2:])]
    else:
        words = [[_SURNAMES.get(name[0]) or _reading(name[0])], _syllables(name[1:])]
    full = " ".join("".join(word) for word in words if word)
    return full, "".join(syllable[0] for word in words for syllable in word)


def _syllables(word: str) -> list[str]:
    return [word.lower()] if word.isascii() and word else [_reading(sign) for sign in word if sign != " "]


@lru_cache(maxsize=32768)
def _reading(sign: str) -> str:
    from pypinyin import lazy_pinyin  # takes a tenth of a second to load, and most commands need no pinyin

    spoken: str = lazy_pinyin(sign)[0]
    return spoken.lower() or sign
