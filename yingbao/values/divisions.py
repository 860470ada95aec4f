"""Administrative divisions by their six-digit codes, and codes by the names people write. 行政区划

The national list (GB/T 2260, with divisions that have ceased) comes with python-stdnum; what it lacks
stands here. A code is a place's, not a policy's: which places make up a city is said in `policies/`.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from importlib.resources import files
from typing import NamedTuple

from yingbao.values.fault import Fault
from yingbao.values.plain import compact, veiled
from yingbao.values.text import Text

_MAINLAND = frozenset({
    "11", "12", "13", "14", "15", "21", "22", "23", "31", "32", "33", "34", "35", "36", "37",
    "41", "42", "43", "44", "45", "46", "50", "51", "52", "53", "54", "61", "62", "63", "64", "65",
})  # fmt: skip
_LOCAL = {"320571": "工业园区"}
"""codes in local use that the national list has not"""
_BECAME = {"320502": "320508", "320503": "320508", "320504": "320508", "320584": "320509"}
"""ceased divisions of the pooling areas and what they are part of now"""
_ALSO_CALLED = {
    "320505": ("高新区", "新区", "虎丘区高新区", "高新技术产业开发区", "高新区虎丘区"),
    "320571": ("苏州工业园区", "园区"),
}
"""said inside the city, where everyone knows which is meant"""
_ENGLISH = {
    "320500": "Suzhou", "320505": "Huqiu, Suzhou (High-tech Zone)", "320506": "Wuzhong, Suzhou",
    "320507": "Xiangcheng, Suzhou", "320508": "Gusu, Suzhou", "320509": "Wujiang, Suzhou",
    "320571": "Suzhou Industrial Park", "320581": "Changshu, Suzhou", "320582": "Zhangjiagang, Suzhou",
    "320583": "Kunshan, Suzhou", "320585": "Taicang, Suzhou", "500000": "Chongqing",
    "500103": "Yuzhong, Chongqing",
}  # fmt: skip
_SHORT_PROVINCES = {
    "内蒙古自治区": "内蒙古", "广西壮族自治区": "广西", "西藏自治区": "西藏", "宁夏回族自治区": "宁夏",
    "新疆维吾尔自治区": "新疆", "香港特别行政区": "香港", "澳门特别行政区": "澳门",
}  # fmt: skip
_NEEDS_DISTRICT = frozenset({"320000", "320500", "320501", "500000", "500100"})
"""the pooling areas and what lies above them: their districts decide who enrols a child"""
_MOST_CHARACTERS = 15

_MEND = Text(
    zh="写到区县，如“江苏省苏州市虎丘区”，或填6位行政区划代码，如320505",
    en="write the province, city and district, such as 江苏省苏州市虎丘区, or the six-digit code, such as 320505",
)


def is_mainland_province(two_digits: str) -> bool:
    """Whether a division code or identity number may begin so."""
    return two_digits in _MAINLAND


def exists(code: str) -> bool:
    """Whether the code is, or once was, a division's."""
    return code in _divisions()


def full_name(code: str) -> str:
    """The division with its city and province: 江苏省苏州市虎丘区; the code itself if it is unknown. 全称"""
    steps = dict.fromkeys((code[:2] + "0000", code[:4] + "00", code))
    said = [_divisions()[step].name for step in steps if step in _divisions()]
    return "".join(name for name in dict.fromkeys(said) if not _is_heading(name)) or code


def name(code: str) -> Text:
    """The division in both languages; in English the Chinese name stays where there is no usual one. 区划名称"""
    return Text(zh=full_name(code), en=_ENGLISH.get(code, full_name(code)))


@lru_cache(maxsize=65536)
def code_of(place: str, *, near: str = "") -> str:
    """The six-digit code of a place as people write it: a code, or names from the province or the district down. 户籍地

    A district without its city is looked for first in the city of the division `near`. Raises Fault if the
    place is unknown, if several have its name, or if it names a city whose districts differ.
    """
    text = compact(place)
    if digits := re.match(r"(\d{6})(?:\d{6})?(?!\d)", text):
        return _checked(digits[1])
    home = near[:4] + "00" if near else ""
    if not text or re.match(r"\d", text):
        raise Fault(_unknown(text), _MEND)
    return _checked(_walked(text, home) if home and _longest(text, home) else _walked(text, ""))


def _checked(code: str) -> str:
    code = _BECAME.get(code, code)
    if not exists(code):
        raise Fault(_unknown(code), _MEND)
    if code in _NEEDS_DISTRICT:
        what = Text(zh="只写了{place}，看不出是哪个区", en="{place} alone does not tell the district")
        raise Fault(what.filled(place=name(code)), _MEND)
    return code


def _unknown(place: str) -> Text:
    return Text(zh="不认识户籍地“{place}”", en="the place “{place}” is not known").filled(place=veiled(place))


def _walked(text: str, code: str) -> str:
    """Walks down from a division to the smallest one that the text names, step by step."""
    rest = text
    while step := _longest(rest, code):
        length, codes = step
        codes = tuple(found for found in codes if found not in _BECAME) or codes
        if len(codes) > 1:
            what = Text(zh="有{n}个地方叫“{place}”：{places}", en="{n} places are called “{place}”: {places}")
            places = "、".join(full_name(found) for found in codes[:4])
            raise Fault(what.filled(n=len(codes), place=rest[:length], places=places), _MEND)
        code, rest = codes[0], rest[length:]
    if not code:
        raise Fault(_unknown(text), _MEND)
    return code


def _longest(text: str, within: str) -> tuple[int, tuple[str, ...]] | None:
    """The longest name inside `within` that the text begins with, and the codes that bear it."""
    stem = within[:2] if within.endswith("0000") else within[:4] if within.endswith("00") else within
    for length in range(min(_MOST_CHARACTERS, len(text)), 1, -1):
        called = text[:length]
        codes = [code for code in _codes().get(called, ()) if code.startswith(stem) and code != within]
        codes += [code for code, names in _ALSO_CALLED.items() if called in names and stem == code[:4]]
        if codes:
            # A province is meant before a city, a city before a county of the same short name.
            rank = min(_rank(code) for code in codes)
            return length, tuple(code for code in codes if _rank(code) == rank)
    return None


def _rank(code: str) -> int:
    return 0 if code.endswith("0000") else 1 if code.endswith("00") else 2


class _Division(NamedTuple):
    name: str
    present: bool
    """in force in 2019, when this platform's first season began, or since"""


@cache
def _divisions() -> dict[str, _Division]:
    """Every division that is or once was, by its code."""
    divisions = {code: _Division(name, present=True) for code, name in _LOCAL.items()}
    province = ""
    for line in files("stdnum.cn").joinpath("loc.dat").read_text(encoding="utf-8").splitlines():
        if heading := re.match(r"(\d\d) ", line):
            province = heading[1]
        elif entry := re.match(r'  (\d{4}) county="(.*)"', line):
            # Several names of one code stand in the order of time, each with its years: [1983-2012]沧浪区
            ends = re.findall(r"\[\d*-(\d*)\]", entry[2])
            last_name = entry[2].split(",")[-1].split("]")[-1]
            divisions[province + entry[1]] = _Division(last_name, not ends or any(not y or int(y) > 2018 for y in ends))
    return divisions


@cache
def _codes() -> dict[str, tuple[str, ...]]:
    """Name, long or short → codes; a ceased division only where no present one has the name."""
    found: dict[str, list[str]] = {}
    for code, division in _divisions().items():
        if not _is_heading(division.name):
            for called in {division.name, _short(code, division.name)}:
                found.setdefault(called, []).append(code)
    return {
        called: tuple(code for code in codes if _divisions()[code].present) or tuple(codes)
        for called, codes in found.items()
    }


def _is_heading(name: str) -> bool:
    """Whether the list only groups divisions under this name."""
    return name in ("市辖区", "县", "郊区") or "直辖" in name


def _short(code: str, name: str) -> str:
    """The name as it is said: 江苏, 苏州, 虎丘; a name of two characters stays."""
    if name in _SHORT_PROVINCES:
        return _SHORT_PROVINCES[name]
    ending = ("省|市", "市|地区|盟", "区|县|市|旗")[_rank(code)]
    short = re.sub(f"(?:{ending})$", "", name)
    return short if len(short) > 1 else name
