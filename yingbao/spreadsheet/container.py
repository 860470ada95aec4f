"""What an uploaded file is by its content, and whether it can be opened without harm. 文件检查

A file's name says nothing: a page saved from a browser is called .xls, and a workbook with macros .xlsx.
Everything here runs in the child process, before any parser sees the file.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from typing import Literal

import msgspec

from yingbao.values.refusal import Refused
from yingbao.values.text import Text

LARGEST_FILE = 50 * 1024 * 1024
"""bytes of an upload"""
MOST_ROWS = 300_000
MOST_COLUMNS = 200

_MOST_PARTS = 10_000
_LARGEST_UNPACKED = 800 * 1024 * 1024
_BOMB_UNPACKED = 64 * 1024 * 1024
_BOMB_RATIO = 150
"""a sheet packs to a tenth, a very regular one to a fiftieth of its size"""
_CHUNK = 1 << 20
_HEAD = 1 << 16
_OVERLAP = 300
"""bytes of the last chunk that are searched again, so that nothing is missed between two"""

MEND_XLSX = Text(
    zh="用 Excel 或 WPS 打开，另存为“Excel 工作簿（.xlsx）”，再上传另存的文件",
    en="open it in Excel or WPS, save it as “Excel Workbook (.xlsx)”, and upload that file",
)
_MEND_AGAIN = Text(
    zh="回到原来的文件，用 Excel 或 WPS 打开后重新保存，再上传一次",
    en="go back to the original, open it in Excel or WPS, save it again, and upload it once more",
)
_MEND_TEMPLATE = Text(
    zh="上传 .xlsx 工作簿或 CSV 文件；可以先下载模板",
    en="upload an .xlsx workbook or a CSV file; a template can be downloaded",
)

_OTHER_FILES: tuple[tuple[bytes, Text], ...] = (
    (b"%PDF", Text(zh="这是 PDF 文件，不是表格", en="this is a PDF, not a spreadsheet")),
    (b"\x89PNG", Text(zh="这是图片，不是表格", en="this is a picture, not a spreadsheet")),
    (b"\xff\xd8\xff", Text(zh="这是图片，不是表格", en="this is a picture, not a spreadsheet")),
    (b"GIF8", Text(zh="这是图片，不是表格", en="this is a picture, not a spreadsheet")),
    (b"Rar!", Text(zh="这是压缩包，不是表格", en="this is an archive, not a spreadsheet")),
    (b"7z\xbc\xaf", Text(zh="这是压缩包，不是表格", en="this is an archive, not a spreadsheet")),
    (b"\x1f\x8b", Text(zh="这是压缩包，不是表格", en="this is an archive, not a spreadsheet")),
    (b"{\\rtf", Text(zh="这是文字文档，不是表格", en="this is a text document, not a spreadsheet")),
)

_FAR_CELL = re.compile(
    # a cell that holds a value beyond column GR (200) or row 299,999, such as a blank typed by mistake
    rb"r=[\"'](?P<cell>(?:[A-Z]{3}|[H-Z][A-Z]|G[S-Z])\d+|[A-Z]{1,3}(?:[3-9]\d{5}|\d{7,}))[\"'][^<>]{0,80}(?<!/)>"
    rb"\s*<(?:\w+:)?(?:v|is|f)\b"
)


class Contents(msgspec.Struct):
    """What the check found out on the way, for notes and for the reader. 文件情况"""

    kind: Literal["xlsx", "csv"]
    far_cells: dict[str, str] = {}
    """part of the workbook → a cell with a value that lies outside of all bounds"""
    formulas: int = 0
    broken_cells: int = 0
    """cells that show #N/A, #REF! and the like"""
    linked: bool = False
    """refers to other files"""


def examine(data: bytes, filename: str) -> Contents:
    """Says what the file is, and refuses one that is no list or that is built to do harm. 检查文件

    Raises Refused with what the file is and how to save it so that it can be read.
    """
    if not data.strip(b"\0 \t\r\n"):
        raise Refused(where=filename, what=Text(zh="文件是空的", en="the file is empty"), mend=_MEND_TEMPLATE)
    for sign, what in _OTHER_FILES:
        if data.startswith(sign):
            raise Refused(where=filename, what=what, mend=_MEND_TEMPLATE)
    if data.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        raise _compound_document(data, filename)
    if data.startswith(b"PK"):
        return _package(data, filename)
    _refuse_markup(data, filename)
    return Contents(kind="csv")


def _compound_document(data: bytes, filename: str) -> Refused:
    """The refusal of a file in the container of Office 97: a protected workbook, an .xls, a Word document."""
    if "EncryptedPackage".encode("utf-16-le") in data:
        what = Text(zh="文件有打开密码，已经加密", en="the file is protected by a password")
        mend = Text(
            zh="用 Excel 或 WPS 打开，去掉打开密码（文件－信息－保护工作簿），保存后再上传",
            en="open it in Excel or WPS, remove the password (File, Info, Protect Workbook), save it, "
            "and upload it again",
        )
        return Refused(where=filename, what=what, mend=mend)
    if any(name.encode("utf-16-le") in data for name in ("Workbook", "Book")):
        what = Text(zh="这是旧版 Excel 97－2003 的 .xls 工作簿", en="this is an .xls workbook of Excel 97–2003")
        return Refused(where=filename, what=what, mend=MEND_XLSX)
    what = Text(zh="这是旧版 Office 文档，不是工作簿", en="this is an old Office document, not a workbook")
    return Refused(where=filename, what=what, mend=_MEND_TEMPLATE)


def _refuse_markup(data: bytes, filename: str) -> None:
    head = data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if b"schemas-microsoft-com:office:spreadsheet" in head:
        what = Text(zh="这是“XML 表格 2003”文件", en="this is an “XML Spreadsheet 2003”")
    elif head.startswith((b"<!doctype html", b"<html", b"<table", b"mime-version:")) or b"<html" in head:
        what = Text(
            zh="这是网页（HTML），只是名字像表格", en="this is a web page (HTML) that is only called a spreadsheet"
        )
    elif head.startswith(b"<?xml"):
        what = Text(zh="这是 XML 文件，不是表格", en="this is an XML file, not a spreadsheet")
    else:
        return
    raise Refused(where=filename, what=what, mend=MEND_XLSX)


def _package(data: bytes, filename: str) -> Contents:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            parts = package.infolist()
            _refuse_parts(parts, len(data), filename)
            _refuse_other_packages({part.filename for part in parts}, filename)
            return _read_through(package, parts, filename)
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, UnicodeDecodeError, OSError) as error:
        what = Text(zh="文件不完整或已损坏，打不开", en="the file is incomplete or damaged and cannot be opened")
        raise Refused(where=filename, what=what, mend=_MEND_AGAIN) from error


def _refuse_parts(parts: list[zipfile.ZipInfo], size: int, filename: str) -> None:
    """Refuses a package by its table of contents: too many parts, too large, names that lead elsewhere."""

    def refused(zh: str, en: str, mend: Text = _MEND_AGAIN) -> Refused:
        return Refused(where=filename, what=Text(zh=zh, en=en), mend=mend)

    if any(part.flag_bits & 1 for part in parts):
        raise refused("压缩包有密码", "the archive is protected by a password", _MEND_TEMPLATE)
    if len(parts) > _MOST_PARTS:
        raise refused(
            f"文件由{len(parts)}个部分组成，不是正常的工作簿",
            f"the file consists of {len(parts)} parts, which no workbook does",
        )
    names = [part.filename.lower() for part in parts]
    if len(set(names)) < len(names) or any(".." in name.split("/") or name.startswith(("/", "\\")) for name in names):
        raise refused("文件内部的名称重复或指向别处", "names inside the file are doubled or lead elsewhere")
    unpacked = sum(part.file_size for part in parts)
    if unpacked > _LARGEST_UNPACKED or sum(part.compress_size for part in parts) > size:
        raise refused("文件展开后过大", "the file unpacks to too much")
    if unpacked > _BOMB_UNPACKED and unpacked > _BOMB_RATIO * size:
        raise refused(
            f"文件展开后是原来的{unpacked // size}倍，不是正常的工作簿",
            f"the file unpacks to {unpacked // size} times its size, which no workbook does",
            Text(
                zh="把名单复制到新的工作簿，只粘贴数值，再上传",
                en="copy the list into a new workbook, pasting values only, and upload that",
            ),
        )


def _refuse_other_packages(names: set[str], filename: str) -> None:
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        what = Text(zh="工作簿里有宏", en="the workbook holds macros")
        raise Refused(where=filename, what=what, mend=MEND_XLSX)
    if "xl/workbook.xml" in names:
        return
    inside = sorted(name for name in names if name.lower().endswith((".xlsx", ".xls", ".csv", ".et")))
    mend = MEND_XLSX
    if "xl/workbook.bin" in names:
        what = Text(zh="这是二进制工作簿（.xlsb）", en="this is a binary workbook (.xlsb)")
    elif "content.xml" in names or any(name.endswith(".iwa") for name in names):
        what = Text(
            zh="这不是 Excel 工作簿，是别的软件的格式", en="this is no Excel workbook but another program's format"
        )
    elif any(name.startswith(("word/", "ppt/")) for name in names):
        what, mend = Text(zh="这是文档，不是表格", en="this is a document, not a spreadsheet"), _MEND_TEMPLATE
    elif inside:
        what = Text(zh="这是压缩包，里面有“{name}”", en="this is an archive that holds “{name}”").filled(name=inside[0])
        mend = Text(zh="解压后逐个上传里面的工作簿", en="unpack it and upload the workbooks one by one")
    else:
        what, mend = Text(zh="这是压缩包，不是表格", en="this is an archive, not a spreadsheet"), _MEND_TEMPLATE
    raise Refused(where=filename, what=what, mend=mend)


def _read_through(package: zipfile.ZipFile, parts: list[zipfile.ZipInfo], filename: str) -> Contents:
    """Unpacks every part once, in pieces: its true size, its checksum, and what must not or need not be read."""
    contents = Contents(kind="xlsx")
    for part in parts:
        is_sheet = "worksheets/" in part.filename and part.filename.endswith(".xml")
        contents.linked |= part.filename.startswith("xl/externalLinks/")
        tail = b""
        with package.open(part) as stream:
            while piece := stream.read(_CHUNK):
                if not tail and part.filename.endswith((".xml", ".rels")) and _declares_entities(piece[:_HEAD]):
                    what = Text(
                        zh="文件内部含有实体声明，可能用来攻击服务器",
                        en="the file declares entities, as attacks on servers do",
                    )
                    raise Refused(where=filename, what=what, mend=_MEND_AGAIN)
                if is_sheet:
                    _note_cells(contents, part.filename, tail + piece)
                tail = piece[-_OVERLAP:]
    return contents


def _note_cells(contents: Contents, part: str, piece: bytes) -> None:
    contents.formulas += piece.count(b"</f>")
    contents.broken_cells += piece.count(b' t="e"')
    if part not in contents.far_cells and (far := _FAR_CELL.search(piece)):
        contents.far_cells[part] = far["cell"].decode("ascii")


def _declares_entities(head: bytes) -> bool:
    """Whether a part has a document type: no workbook does, and an entity can be declared nowhere else."""
    if b"\0" in head[:64]:
        head = head.replace(b"\0", b"")
    return b"<!DOCTYPE" in head or b"<!ENTITY" in head or b"<!doctype" in head


def decoded(data: bytes, filename: str) -> tuple[str, str]:
    """The text of a CSV file and its encoding: UTF-8 or GB18030, or UTF-16 with its mark. 识别编码

    Raises Refused if it is none of these, or holds what no text holds.
    """
    marked = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    candidates = ["utf-16"] if marked else ["utf-8-sig", "gb18030"]
    text, encoding, furthest = None, "", 0
    for encoding in candidates:
        try:
            text = data.decode(encoding)
            break
        except UnicodeDecodeError as error:
            furthest = max(furthest, error.start)
    if text is None:
        line = data.count(b"\n", 0, furthest) + 1
        what = Text(
            zh="第{line}行有既不是 UTF-8 也不是 GB18030 的字节",
            en="line {line} has bytes that are neither UTF-8 nor GB18030",
        )
        raise Refused(where=filename, what=what.filled(line=line), mend=MEND_XLSX)
    if strange := re.search("[\0-\x08\x0e-\x1f]", text):
        line = text.count("\n", 0, strange.start()) + 1
        what = Text(
            zh="第{line}行有不可见的控制字符，这不是文本表格",
            en="line {line} has control characters: this is no table of text",
        )
        raise Refused(where=filename, what=what.filled(line=line), mend=MEND_XLSX)
    return text, {"utf-8-sig": "utf-8"}.get(encoding, encoding)
