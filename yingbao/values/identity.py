"""Numbers of identity documents: which kinds there are, whether a number can be right, what it tells. 证件号码"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from functools import lru_cache
from typing import Literal, get_args

from stdnum.cn.ric import calc_check_digit

from yingbao.values import divisions
from yingbao.values.fault import Fault
from yingbao.values.plain import compact, narrow
from yingbao.values.text import Text

Kind = Literal[
    "resident_id", "hk_mo_permit", "tw_permit", "hmt_residence_permit", "foreign_permanent_residence", "passport",
    "birth_certificate",
]  # fmt: skip
KINDS: tuple[Kind, ...] = get_args(Kind)

NAMES: dict[Kind, Text] = {
    "resident_id": Text(zh="居民身份证", en="resident identity card"),
    "hk_mo_permit": Text(zh="港澳居民来往内地通行证", en="mainland travel permit for HK and Macau residents"),
    "tw_permit": Text(zh="台湾居民来往大陆通行证", en="mainland travel permit for Taiwan residents"),
    "hmt_residence_permit": Text(zh="港澳台居民居住证", en="residence permit for HK, Macau and Taiwan residents"),
    "foreign_permanent_residence": Text(zh="外国人永久居留身份证", en="foreign permanent resident card"),
    "passport": Text(zh="护照", en="passport"),
    "birth_certificate": Text(zh="出生医学证明", en="birth certificate"),
}

_OTHER_NAMES: dict[str, Kind] = {
    "身份证": "resident_id", "居民户口簿": "resident_id", "户口簿": "resident_id", "户口本": "resident_id",
    "二代身份证": "resident_id", "临时居民身份证": "resident_id", "中国居民身份证": "resident_id",
    "港澳通行证": "hk_mo_permit", "回乡证": "hk_mo_permit", "港澳居民通行证": "hk_mo_permit",
    "港澳居民往来内地通行证": "hk_mo_permit", "港澳居民来往大陆通行证": "hk_mo_permit",
    "香港居民来往内地通行证": "hk_mo_permit", "澳门居民来往内地通行证": "hk_mo_permit",
    "港澳居民来往内地通行证(非中国籍)": "hk_mo_permit",
    "台胞证": "tw_permit", "台湾通行证": "tw_permit", "台湾居民通行证": "tw_permit",
    "台湾居民往来大陆通行证": "tw_permit", "台湾居民来往内地通行证": "tw_permit",
    "港澳台居住证": "hmt_residence_permit", "港澳台居民居住证件": "hmt_residence_permit",
    "港澳居民居住证": "hmt_residence_permit", "台湾居民居住证": "hmt_residence_permit",
    "香港居民居住证": "hmt_residence_permit", "澳门居民居住证": "hmt_residence_permit",
    "外国人永久居留证": "foreign_permanent_residence", "永久居留证": "foreign_permanent_residence",
    "永久居留身份证": "foreign_permanent_residence", "外国人居留证": "foreign_permanent_residence",
    "中华人民共和国外国人永久居留身份证": "foreign_permanent_residence", "五星卡": "foreign_permanent_residence",
    "外国护照": "passport", "外籍护照": "passport", "中国护照": "passport", "普通护照": "passport",
    "外国人护照": "passport", "护照(外籍人员)": "passport",
    "出生证": "birth_certificate", "出生证明": "birth_certificate", "医学出生证明": "birth_certificate",
}  # fmt: skip

INSURANCE_CODES: dict[Kind, str] = {
    "resident_id": "01", "hk_mo_permit": "04", "tw_permit": "06", "hmt_residence_permit": "99",
    "foreign_permanent_residence": "07", "passport": "08", "birth_certificate": "99",
}  # fmt: skip
"""`psn_cert_type` of the insurance side; a HK permit is 04, a Macau permit 05: see `insurance_code`"""

_MEND_COPY = Text(
    zh="对照证件原件逐位核对后改正", en="compare it with the document, character by character, and correct it"
)
_MEND_LOST = Text(
    zh="先把整列设为“文本”格式，再对照证件重新输入完整号码",
    en="set the whole column to the format Text first, then type the full number again from the document",
)
LOST_DIGITS = Text(
    zh="号码是按数字保存的，第15位以后已经丢失",
    en="the number was stored as a number and has lost its digits after the 15th",
)
_NO_KIND = Text(zh="看不出是哪种证件的号码", en="this is the number of no known kind of document")
_MEND_KIND = Text(
    zh="核对号码；港澳台和外籍人员请注明证件类型",
    en="check the number; for people from HK, Macau, Taiwan or abroad say which kind of document it is",
)
_OLDEST_YEARS = 130
_SEPARATORS = re.compile(r"[-‐-―_'’`]")
_REGIONS = frozenset("123456")
_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?E\+\d+")
_EIGHTEEN = re.compile(r"[0-9]{17}[0-9X]")


def lost() -> Fault:
    """The fault of a number that a spreadsheet rounded. 号码尾数丢失"""
    return Fault(LOST_DIGITS, _MEND_LOST)


def cleaned(number: str) -> str:
    """Half-width, upper case, without blanks, invisible marks and separators; × and х at the end are X. 规整"""
    if _EIGHTEEN.fullmatch(number):
        return number
    plain = _SEPARATORS.sub("", compact(number)).upper()
    if plain and plain[-1] in "×✕✖╳хХ*" and plain[:-1].isdigit():
        plain = plain[:-1] + "X"
    return plain


def kind_named(name: str) -> Kind | None:
    """The kind that a school calls by this name, or None. 证件类型"""
    plain = compact(name).strip("。.")
    if plain in KINDS:
        return plain
    for kind, text in NAMES.items():
        if plain == text.zh or narrow(name).lower() == text.en.lower():
            return kind
    return _OTHER_NAMES.get(plain)


def guess_kind(number: str) -> Kind | None:
    """The kind whose numbers look like this one, right or wrong in itself; None if nothing does. 推断证件类型

    A letter and eight digits may be a passport of many countries; H and M are taken for HK and Macau permits.
    """
    return _looks_like(cleaned(number))


def _looks_like(number: str) -> Kind | None:
    if number[:1] in _REGIONS and _EIGHTEEN.fullmatch(number):
        return "resident_id"
    if re.fullmatch(r"8[123]\d{15}[\dX]", number):
        return "hmt_residence_permit"
    if re.fullmatch(r"9\d{16}[\dX]|[A-Z]{3}\d{12}", number):
        return "foreign_permanent_residence"
    if re.fullmatch(r"[HM]\d{8}(\d{2})?", number):
        return "hk_mo_permit"
    if re.fullmatch(r"\d{8}(\d{2}(\([A-Z]\))?)?", number):
        return "tw_permit"
    if re.fullmatch(r"\d{9,}X?", number):
        return "resident_id"
    if re.fullmatch(r"[A-Z]\d{9}", number):
        return "birth_certificate"
    if re.fullmatch(r"[A-Z]{1,2}\d{7,8}", number):
        return "passport"
    return None


def with_check_character(first17: str) -> str:
    """Seventeen digits and the check character that belongs to them (GB 11643). 校验码"""
    if len(first17) != 17 or not (first17.isascii() and first17.isdigit()):
        raise ValueError("a check character belongs to seventeen digits")
    check_character: str = calc_check_digit(first17 + "0")
    return first17 + check_character


def check(kind: Kind, number: str, *, on: date) -> str:
    """The number in the form in which it is kept and compared. 核对证件号码

    Raises Fault if no document of that kind can bear it. `on` is the day of checking: nobody is born after it.
    """
    return identify(number, kind=kind, on=on)[1]


def identify(number: str, *, kind: Kind | None = None, on: date) -> tuple[Kind, str]:
    """Kind and number of a document, the kind taken from the number if it is not told. 识别证件

    Raises Fault as `check` does, and for a number that is of no known kind.
    """
    if number[:1] in _REGIONS and kind in (None, "resident_id") and _EIGHTEEN.fullmatch(number):
        return "resident_id", _gb11643(number, on)
    number = cleaned(number)
    if not number:
        raise Fault(Text(zh="没有填写证件号码", en="the identity number is missing"), _MEND_COPY)
    if "E+" in number and _SCIENTIFIC.fullmatch(number):
        raise lost()
    kind = kind or _looks_like(number)
    if kind is None:
        raise Fault(_NO_KIND, _MEND_KIND)
    return kind, _CHECKS[kind](number, on)


def birth_date(kind: Kind, number: str) -> date | None:
    """The day of birth that a checked number holds; None for kinds that hold none. 出生日期"""
    if kind in _WITH_BIRTH and len(number) == 18:
        return _day(number[6:14])
    return None


def sex(kind: Kind, number: str) -> Literal["male", "female", ""]:
    """The sex that a checked number holds; empty for kinds that hold none. 性别"""
    if len(number) == 18 and kind in _WITH_BIRTH:
        return "male" if number[16] in "13579" else "female"
    return ""


def masked(number: str) -> str:
    """The number with all but its ends hidden; no birth date can be read from it. 脱敏"""
    shown = (3, 4) if len(number) >= 15 else (2, 2) if len(number) >= 8 else (1, 0)
    hidden = len(number) - sum(shown)
    if hidden < 1:
        return "*" * len(number)
    return number[: shown[0]] + "*" * hidden + number[len(number) - shown[1] :]


def insurance_code(kind: Kind, number: str) -> str:
    """`psn_cert_type` of a document; Macau's permits begin with M and have a code of their own."""
    return "05" if kind == "hk_mo_permit" and number.startswith("M") else INSURANCE_CODES[kind]


def tax_code(kind: Kind, number: str) -> str:
    """The tax side's code of a document, which parts residence permits and birth certificates. 税务证件类型"""
    if kind == "hmt_residence_permit":
        return "39" if number.startswith("83") else "38"
    return "43" if kind == "birth_certificate" else insurance_code(kind, number)


def kind_of_code(code: str, side: Literal["insurance", "tax"]) -> Kind | None:
    """The kind that a code of the insurance or tax side means; None for 99, other."""
    if side == "tax" and code in ("38", "39", "43"):
        return "birth_certificate" if code == "43" else "hmt_residence_permit"
    by_code: dict[str, Kind] = {"05": "hk_mo_permit"}
    by_code |= {given: kind for kind, given in INSURANCE_CODES.items() if given != "99"}
    return by_code.get(code)


def check_roll_number(number: str, *, on: date) -> str:
    """A school-roll number: G and the resident number, or J or L and 18 more. 学籍号

    Raises Fault if it is none.
    """
    number = cleaned(number)
    if len(number) != 19 or number[0] not in "GJL" or not _EIGHTEEN.fullmatch(number[1:]):
        what = Text(
            zh="学籍号应是19位：G加身份证号，或J、L加18位",
            en="a school-roll number has 19 characters: G and the identity number, or J or L and 18 more",
        )
        mend = Text(
            zh="对照全国学籍系统改正，没有就留空",
            en="correct it from the national school-roll system, or leave it empty",
        )
        raise Fault(what, mend)
    if number[0] == "G":
        _gb11643(number[1:], on)
    return number


def _resident_id(number: str, on: date) -> str:
    if len(number) == 15 and number.isdigit():
        what = Text(
            zh="这是第一代身份证的15位号码，已经停用",
            en="this is a first-generation number of 15 digits, no longer in use",
        )
        raise Fault(what, Text(zh="填写18位的公民身份号码", en="give the citizen's number of 18 characters"))
    if number[:2] in ("81", "82", "83") and _EIGHTEEN.fullmatch(number):
        raise _is_rather("hmt_residence_permit")
    if number[:1] == "9" and _EIGHTEEN.fullmatch(number):
        raise _is_rather("foreign_permanent_residence")
    return _gb11643(number, on)


def _gb11643(number: str, on: date) -> str:
    """Checks what every 18-character number shares: form, region, birth date, check character. 公民身份号码"""
    if not _EIGHTEEN.fullmatch(number):
        if len(number) != 18:
            what = Text(zh="号码应为18位，这里有{n}位", en="the number must have 18 characters and has {n}")
            raise Fault(what.filled(n=len(number)), _MEND_COPY)
        what = Text(zh="号码里有数字和末位X以外的字符", en="the number holds something else than digits and a final X")
        raise Fault(what, _MEND_COPY)
    if number[0] not in "89" and not divisions.is_mainland_province(number[:2]):
        what = Text(zh="号码开头{code}不是省级代码", en="the number begins with {code}, which is no province")
        raise Fault(what.filled(code=number[:2]), _MEND_COPY)
    born = _day(number[6:14])
    if born is None or born > on or on.year - born.year > _OLDEST_YEARS:
        raise Fault(_birth_wrong(number[6:14], born, on), _MEND_COPY)
    if number[17] != calc_check_digit(number):
        if number.endswith("000"):
            raise lost()
        what = Text(
            zh="校验码不符，号码里至少有一位写错",
            en="the check character does not fit: at least one digit is wrong",
        )
        raise Fault(what, _MEND_COPY)
    return number


def _birth_wrong(digits: str, born: date | None, on: date) -> Text:
    if born is None:
        what = Text(zh="号码里的出生日期{day}不存在", en="the birth date {day} in the number does not exist")
        return what.filled(day=digits)
    if born > on:
        what = Text(zh="号码里的出生日期{day}还没有到", en="the birth date {day} in the number lies in the future")
        return what.filled(day=born)
    what = Text(zh="按号码里的出生日期，已有{n}岁", en="by the birth date in the number, the person is {n} years old")
    return what.filled(n=on.year - born.year)


def _hmt_residence_permit(number: str, on: date) -> str:
    if number[:6] not in ("810000", "820000", "830000"):
        what = Text(
            zh="港澳台居民居住证号码以810000、820000或830000开头",
            en="the number of a HK, Macau or Taiwan residence permit begins with 810000, 820000 or 830000",
        )
        raise Fault(what, _MEND_COPY)
    return _gb11643(number, on)


def _foreign_permanent_residence(number: str, on: date) -> str:
    if re.fullmatch(r"[A-Z]{3}\d{12}", number):
        return number
    if number[:1] != "9":
        what = Text(
            zh="外国人永久居留身份证号码是9开头的18位，或3个字母加12位数字（旧版）",
            en="the number of a foreign permanent resident card has 18 characters beginning with 9, "
            "or 3 letters and 12 digits (old)",
        )
        raise Fault(what, _MEND_COPY)
    return _gb11643(number, on)


def _by_form(form: str, kept: int, zh: str, en: str) -> Callable[[str, date], str]:
    """A check of a number's form alone; of a longer one only the first `kept` characters are the holder's."""
    pattern = re.compile(form)

    def checked(number: str, on: date) -> str:
        if not pattern.fullmatch(number):
            raise Fault(Text(zh=zh, en=en), _MEND_COPY)
        return number[:kept]

    return checked


_CHECKS: dict[Kind, Callable[[str, date], str]] = {
    "resident_id": _resident_id,
    "hmt_residence_permit": _hmt_residence_permit,
    "foreign_permanent_residence": _foreign_permanent_residence,
    # The two digits at the end count the permits issued to the holder; the first nine or eight stay for life.
    "hk_mo_permit": _by_form(
        r"[HM]\d{8}(\d{2})?",
        9,
        "港澳居民来往内地通行证号码是H或M加8位数字",
        "a HK or Macau permit has H or M and 8 digits",
    ),
    "tw_permit": _by_form(
        r"\d{8}(\d{2}(\([A-Z]\))?)?", 8, "台湾居民来往大陆通行证号码是8位数字", "a Taiwan permit has 8 digits"
    ),
    "passport": _by_form(
        r"(?=.*\d)[A-Z0-9]{5,17}", 17, "护照号码是5到17位字母和数字", "a passport number has 5 to 17 letters and digits"
    ),
    "birth_certificate": _by_form(
        r"[A-Z]\d{9}", 10, "出生医学证明编号是1个字母加9位数字", "a birth certificate has one letter and 9 digits"
    ),
}
_WITH_BIRTH = frozenset({"resident_id", "hmt_residence_permit", "foreign_permanent_residence"})


def _is_rather(kind: Kind) -> Fault:
    what = Text(zh="这是{kind}的号码", en="this is the number of another document: {kind}")
    mend = Text(zh="证件类型改填{kind}", en="set the kind of document to: {kind}")
    return Fault(what.filled(kind=NAMES[kind]), mend.filled(kind=NAMES[kind]))


@lru_cache(maxsize=65536)
def _day(digits: str) -> date | None:
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None
