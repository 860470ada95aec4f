"""References that travel through a bank with a transfer and are found again in its text. 汇款附言编号

Two letters, eight digits, two check digits by ISO 7064 MOD 97-10: `SB0000123459`. A wrong digit or two
digits that changed places make it no reference at all, so that no money is matched by a typing error.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from stdnum.iso7064 import mod_97_10

from yingbao.values.plain import narrow

LARGEST = 99_999_999
"""the highest number that a reference can carry"""

_KIND = re.compile(r"[A-Z]{2}")
_WHOLE = re.compile(r"([A-Z]{2}[0-9]{8})([0-9]{2})")
_BETWEEN = r"[\s\-‐-―−_.·/'\"]{0,3}"
# Lookahead, so that letters before a reference (REF SB…, NOSB…) do not hide it; a thirteenth sign that is a
# letter or a digit right behind belongs to something longer, which is not ours.
_LOOSE = re.compile(rf"(?=([A-Z]{_BETWEEN}[A-Z](?:{_BETWEEN}:?{_BETWEEN}[0-9])(?:{_BETWEEN}[0-9]){{9}})(?![0-9A-Z]))")
_NOISE = re.compile(r"[^0-9A-Z]")


def make(kind: str, number: int) -> str:
    """The reference of one thing: `make("SB", 1234)`. 生成编号

    `kind` is two capital letters, `number` from 0 to LARGEST. Raises ValueError for anything else.
    """
    if not _KIND.fullmatch(kind) or not 0 <= number <= LARGEST:
        raise ValueError(f"no reference can be made of {kind!r} and {number}")
    body = f"{kind}{number:08d}"
    return body + mod_97_10.calc_check_digits(body)


def is_reference(text: str) -> bool:
    """Whether the text is one whole reference in its plain form, with the right check digits. 校验"""
    parts = _WHOLE.fullmatch(text)
    # Calculated anew: 01 and 98 leave the same rest, and only one of them is ever given out.
    return bool(parts) and mod_97_10.calc_check_digits(parts[1]) == parts[2]  # type: ignore[index]


def found_in(text: str) -> list[str]:
    """Every valid reference in a remittance text, in plain form, each once, in their order. 从附言中查找

    Full-width signs, small letters, blanks, dashes and dots inside, and any text around are looked through;
    what fails its check is no reference and is left out.
    """
    return list(dict.fromkeys(candidate for candidate in _candidates(text) if is_reference(candidate)))


def _candidates(text: str) -> Iterator[str]:
    for hit in _LOOSE.finditer(narrow(text).upper()):
        yield _NOISE.sub("", hit[1])
