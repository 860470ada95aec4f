"""Which characters can be drawn, and with which fonts: only those that come as packages. 字体

A paper looks the same on every machine, so fonts of the machine are never asked. A character that none of
our fonts has is printed as its code point: a box or a gap in a name would be a different name.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from threading import local
from typing import Literal

import typst

from yingbao.values import plain

HERE = Path(__file__).parent
PDF_STANDARD: Literal["a-2a"] = "a-2a"
"""PDF/A-2, tagged and with every character readable: made to be kept, and refuses to draw a missing character"""

_FONT_PACKAGES = ("pylopdf_fonts_zh_cn", "pylopdf_fonts_zh_tw", "pylopdf_fonts_jp")
"""the first is required; the others, where installed, have 2,000 more of the rarest characters in names"""

_drawn: set[str] = set()
_refused: set[str] = set()
_of_thread = local()


def compiler() -> typst.Compiler:
    """This thread's compiler; one compiler serves one thread at a time. 排版器"""
    if not hasattr(_of_thread, "compiler"):
        _of_thread.compiler = typst.Compiler(root=HERE, font_paths=_fonts(), ignore_system_fonts=True)
    found: typst.Compiler = _of_thread.compiler
    return found


@cache
def _fonts() -> typst.Fonts:
    places = [spec.origin for package in _FONT_PACKAGES if (spec := find_spec(package)) and spec.origin]
    folders = [Path(place).parent for place in places]
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=folders)


def shown(text: str) -> str:
    """The text as a paper shows it, character by character drawable or named: 张〔U+20003〕. 上纸文字

    Invisible and direction marks are left out: they would turn the order of what stands beside them.
    """
    text = plain_text(text)
    missing = undrawable(text)
    return text.translate({ord(sign): code_point(sign) for sign in missing}) if missing else text


def plain_text(text: str) -> str:
    """The text composed, with single blanks, and without marks that are not seen. 规整"""
    return text if text.isascii() and text.isprintable() else unicodedata.normalize("NFC", plain.spaced(text))


def code_point(sign: str) -> str:
    """How a character that cannot be drawn is printed. 统一码编号"""
    return f"〔U+{ord(sign):04X}〕"


def missing(*texts: str) -> list[str]:
    """The code points that stand for missing characters in these texts, for the note that explains them. 缺字说明"""
    return [code_point(sign) for sign in sorted(undrawable("".join(map(plain_text, texts))))]


def undrawable(text: str) -> set[str]:
    """The characters of the text that no font of ours has. 缺字"""
    signs = {sign for sign in text if not sign.isspace()}
    unknown = sorted(signs - _drawn - _refused)
    lone = {sign for sign in unknown if unicodedata.category(sign) in ("Cs", "Co", "Cn", "Cc")}
    refused = lone | _among([sign for sign in unknown if sign not in lone])
    _refused.update(refused)
    _drawn.update(set(unknown) - refused)
    return signs & _refused


def _among(signs: list[str]) -> set[str]:
    """Those of the signs that cannot be drawn, found by halving: most often there is none."""
    if not signs or _draws(signs):
        return set()
    if len(signs) == 1:
        return set(signs)
    middle = len(signs) // 2
    return _among(signs[:middle]) | _among(signs[middle:])


def _draws(signs: Iterable[str]) -> bool:
    # The two typefaces have nearly the same characters, not quite; a paper uses both.
    inputs = {"paper": "{}", "signs": "".join(signs)}
    try:
        compiler().compile(HERE / "specimen.typ", format="pdf", sys_inputs=inputs, pdf_standards=[PDF_STANDARD])
    except typst.TypstError as error:
        if "could not be displayed" not in error.message:
            raise
        return False
    return True
