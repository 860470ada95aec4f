"""Draws a paper from its template and its data. 制版

The data go in as JSON and come out as strings on the paper: a name is never read as markup.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from typing import Any

import msgspec
import segno

from yingbao.paper import typeface
from yingbao.values.clock import CHINA

SIMULATED = "演示文件 不作凭证"
"""across every paper of the demonstration that is not a receipt"""

_ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)


def draw(template: str, paper: dict[str, Any], *, made_on: date) -> bytes:
    """The PDF/A of a paper. 制版

    `template` names a file beside this one, without its ending. Every string in `paper` is made drawable.
    `made_on` goes into the document's own data in place of the moment of drawing, so that the same paper is
    the same bytes.
    """
    drawn = typeface.compiler().compile(
        typeface.HERE / f"{template}.typ",
        format="pdf",
        sys_inputs={"paper": inputs(paper)},
        pdf_standards=[typeface.PDF_STANDARD],
        timestamp=int(datetime.combine(made_on, time(), CHINA).timestamp()),
    )
    if not isinstance(drawn, bytes):
        raise TypeError("a PDF is one file")
    return drawn


def inputs(paper: dict[str, Any]) -> str:
    """The data of a paper as its template reads them."""
    # One look at all strings together: asking for a character that was not seen before costs a compilation.
    typeface.undrawable("".join(_strings(paper)))
    return msgspec.json.encode(_shown(paper)).decode()


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield typeface.plain_text(value)
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _strings(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _strings(inner)


def _shown(value: Any) -> Any:
    if isinstance(value, str):
        return typeface.shown(value)
    if isinstance(value, dict):
        return {name: _shown(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_shown(inner) for inner in value]
    return value


def qr(content: str) -> str:
    """A QR code as SVG, without its quiet zone: the template leaves the white around it. 二维码"""
    svg: str = segno.make_qr(content, error="m").svg_inline(border=0, dark="#000000", omitsize=True)
    return svg


def day(on: date) -> str:
    """A day as papers write it: 2019年11月12日. 日期"""
    return f"{on.year}年{on.month}月{on.day}日"


def china_day(at: datetime) -> date:
    """The calendar day in China of a moment."""
    return at.astimezone(CHINA).date()


def moment(at: datetime) -> str:
    """A moment in China as papers write it: 2019-11-12 09:30. 时间"""
    return at.astimezone(CHINA).strftime("%Y-%m-%d %H:%M")


def zipped(files: Iterable[tuple[str, bytes]]) -> bytes:
    """One zip of named papers, in their order; the same papers are the same bytes. 打包

    PDFs are packed inside already and are stored as they are. Raises ValueError if a name comes twice.
    """
    packed, names = io.BytesIO(), set()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in files:
            if name in names:
                raise ValueError("two papers of one zip have the same name")
            names.add(name)
            archive.writestr(zipfile.ZipInfo(name, _ZIP_EPOCH), content)
    return packed.getvalue()
