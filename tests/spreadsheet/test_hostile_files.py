"""Files that are damaged, mistaken for lists, or built to do harm: each gets a clear answer. 异常文件"""

from __future__ import annotations

import io
import os
import subprocess
import sys
import warnings
import zipfile
from datetime import date

import pytest

from tests.spreadsheet.files import (
    HEADER,
    HEADER_XML,
    bomb,
    book,
    csv,
    lying,
    number,
    parsed,
    raw,
    sheet_xml,
)
from yingbao.apart.within import Limits
from yingbao.spreadsheet.reading import read_table
from yingbao.values.refusal import Refused

GOOD = book([HEADER, ["张三", number(1)]])
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 1000
LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
OUTSIDE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>'


def package(*parts: tuple[str, bytes | str]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts:
            archive.writestr(name, part)
    return content.getvalue()


def cell(reference: str, value: str = "x") -> str:
    return f'<c r="{reference}" t="inlineStr"><is><t>{value}</t></is></c>'


def flipped(data: bytes) -> bytes:
    """The same with one bit of its sheet changed."""
    at = data.index(b"xl/worksheets/sheet1.xml") + 100
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def doubled() -> bytes:
    """A package that has its last part twice."""
    with zipfile.ZipFile(io.BytesIO(GOOD)) as archive:
        parts = [(info.filename, archive.read(info)) for info in archive.infolist()]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return package(*parts, parts[-1])


REFUSED = {
    "an empty file": (b"", "空的"),
    "a file of zeros": (b"\0" * 5000, "空的"),
    "a PDF": (b"%PDF-1.7 ...", "PDF"),
    "a picture": (b"\x89PNG\r\n\x1a\n....", "图片"),
    "a rar archive": (b"Rar!\x1a\x07\x00", "压缩包"),
    "a workbook of Excel 97": (OLE + "Workbook".encode("utf-16-le"), "Excel 97"),
    "an encrypted workbook": (OLE + "EncryptedPackage".encode("utf-16-le"), "密码"),
    "a Word document of 1997": (OLE + "WordDocument".encode("utf-16-le"), "旧版 Office"),
    "a web page called .xls": (b"<html><body><table><tr><td>\xd0\xd5\xc3\xfb</td></tr></table></body></html>", "网页"),
    "a spreadsheet of 2003 in XML": (
        b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"></Workbook>',
        "XML 表格 2003",
    ),
    "a truncated workbook": (GOOD[: len(GOOD) // 2], "不完整"),
    "a workbook without its end": (GOOD[:-30], "不完整"),
    "a flipped byte": (flipped(GOOD), "损坏"),
    "a zip with two workbooks in it": (package(("三1.xlsx", GOOD), ("三2.xlsx", GOOD)), "三1.xlsx"),
    "a zip of something else": (package(("a.txt", "a")), "压缩包"),
    "a Word document": (package(("[Content_Types].xml", "x"), ("word/document.xml", "x")), "文档"),
    "a binary workbook": (package(("[Content_Types].xml", "x"), ("xl/workbook.bin", "x")), ".xlsb"),
    "a sheet of another office": (package(("mimetype", "x"), ("content.xml", "x")), "别的软件"),
    "macros in a renamed file": (raw(sheet_xml(HEADER_XML), {"xl/vbaProject.bin": b"x"}), "宏"),
    "a part named twice": (doubled(), "名称重复"),
    "a part that leads elsewhere": (raw(sheet_xml(HEADER_XML), {"xl/../../etc/passwd": b"x"}), "名称重复或指向别处"),
    "a part from the root": (raw(sheet_xml(HEADER_XML), {"/etc/passwd": b"x"}), "名称重复或指向别处"),
    "three hundred megabytes in three hundred kilobytes": (bomb(300), "倍"),
    "an entity bomb": (raw(sheet_xml(HEADER_XML, before=LAUGHS)), "实体"),
    "an entity from outside": (raw(sheet_xml(HEADER_XML, before=OUTSIDE)), "实体"),
    "an entity in another encoding": (
        raw(sheet_xml(HEADER_XML, before=LAUGHS).decode().replace("UTF-8", "UTF-16").encode("utf-16")), "实体",
    ),
    "a size that is too small": (lying(raw(sheet_xml(HEADER_XML)), "xl/worksheets/sheet1.xml", 10), "损坏"),
    "a size of four gigabytes": (lying(raw(sheet_xml(HEADER_XML)), "xl/worksheets/sheet1.xml", 0xFFFFFFF0), "过大"),
    "a far cell": (raw(sheet_xml(HEADER_XML + f'<row r="1048576">{cell("XFD1048576")}</row>')), "XFD1048576"),
    "a far cell without its row": (raw(sheet_xml(HEADER_XML + f"<row>{cell('XFD1048576')}</row>")), "XFD1048576"),
    "a far column": (raw(sheet_xml(HEADER_XML + f'<row r="2">{cell("A2")}{cell("IV2")}</row>')), "IV2"),
    "a far row": (raw(sheet_xml(HEADER_XML + f'<row r="999999">{cell("A999999")}</row>')), "A999999"),
    "a far cell that nothing announces": (
        raw(sheet_xml(HEADER_XML + '<row r="1048576"><c r="&#88;FD1048576"><v>1</v></c></row>')), "",
    ),
    "a million rows": (raw(sheet_xml(HEADER_XML + "<row><c><v>1</v></c></row>" * 1_000_000)), "300000"),
    "sixteen thousand columns": (raw(sheet_xml("<row>" + "<c><v>1</v></c>" * 16_384 + "</row>")), "列，超过200列"),
    "two hundred and one columns of text": (csv([["姓名", "身份证号", *range(200)]]), "202列"),
    "no sheet at all": (raw(sheet_xml(""), {"xl/workbook.xml": "<workbook/>"}), ""),
    "a sheet that is no XML": (raw(b"this is no xml"), ""),
    "an empty sheet": (book([]), "没有内容"),
    "a header alone": (book([HEADER]), "没有一行"),
    "only hidden sheets to read": (
        book([["说明"]], [HEADER, ["张三", number(1)]], work=lambda _, first, second: second.hide()), "没有找到表头",
    ),
    "text that is neither UTF-8 nor GB18030": (csv([HEADER, ["张三", number(1)]]) + b"\r\n\xff\xff\xff", "第3行"),
    "a program": (b"\x7fELF\x02\x01\x01" + bytes(range(256)), ""),
    "a quotation mark without its partner": (csv([HEADER, ['"张三', number(1)]]) + b"x" * (2 << 20), "引号"),
}  # fmt: skip


@pytest.mark.parametrize(("data", "said"), REFUSED.values(), ids=REFUSED.keys())
def test_a_file_that_cannot_be_taken_is_refused_with_what_it_is_and_how_to_mend_it(data, said):
    with pytest.raises(Refused) as raised:
        read_table(data, "名单.xls")
    refused = raised.value
    assert said in refused.said("zh")
    assert refused.where.startswith("名单.xls")
    assert refused.what.zh
    assert refused.what.en
    assert len(refused.mend.zh) > 5
    assert len(refused.mend.en) > 5


TAKEN = {
    "GBK text called .xls": csv([HEADER, ["张三", number(1)]], "gbk"),
    "a nested zip": raw(
        sheet_xml(HEADER_XML + f'<row r="2">{cell("A2", "张三")}{cell("B2", number(1))}</row>'),
        {"xl/embeddings/a.zip": GOOD},
    ),
    "formatted but empty cells to the last corner": raw(
        sheet_xml(
            HEADER_XML + f'<row r="2">{cell("A2", "张三")}{cell("B2", number(1))}</row>'
            '<row r="1048576"><c r="XFD1048576" s="0"/><c r="A1048576"></c></row>'
        )
    ),
    "a sheet that is hidden and endless": book(
        [HEADER, ["张三", number(1)]],
        [["x"]],
        work=lambda _, first, second: (second.write(1_048_575, 16_383, "x"), second.hide()),
    ),
    "a larger size than is true": lying(
        raw(sheet_xml(HEADER_XML + f'<row r="2">{cell("A2", "张三")}{cell("B2", number(1))}</row>')),
        "xl/worksheets/sheet1.xml",
        10_000,
    ),
    "links to other files": raw(
        sheet_xml(HEADER_XML + f'<row r="2">{cell("A2", "张三")}{cell("B2", number(1))}</row>'),
        {"xl/externalLinks/externalLink1.xml": "<externalLink/>"},
    ),
    "dates counted from 1904": book([[*HEADER, "出生日期"], ["张三", number(1), date(2012, 3, 5)]], date_1904=True),
    "a cell of thirty-two thousand characters": book([[*HEADER, "备注"], ["张三", number(1), "长" * 32_000]]),
}


@pytest.mark.parametrize("data", TAKEN.values(), ids=TAKEN.keys())
def test_what_only_looks_dangerous_is_read_all_the_same(data):
    roster = parsed(data, "名单.xls")
    assert [row.name for row in roster.rows] == ["张三"]
    assert roster.errors == ()


def test_a_very_long_name_is_refused_in_its_cell_and_shown_cut_short():
    roster = parsed(book([HEADER, ["长" * 32_000, number(1)], ["张三", number(3)]]))
    (error,) = roster.errors
    assert "超过50个" in error.what.zh
    assert len(error.value) <= 50
    assert [row.name for row in roster.rows] == ["张三"]


def test_a_parser_that_aborts_takes_nothing_with_it_but_the_answer():
    # A dense sheet of 300,000 by 200 cells: within the bounds of a list, far beyond those of memory.
    data = raw(sheet_xml(HEADER_XML + f'<row r="299999">{cell("GR299999")}</row>'))
    with pytest.raises(Refused) as raised:
        read_table(data, "名单.xlsx", limits=Limits(memory_bytes=400 * 1024 * 1024))
    assert "内存" in raised.value.what.zh
    assert read_table(GOOD, "名单.xlsx").row_count == 1


def test_a_child_that_takes_too_long_is_ended_and_the_clerk_is_told():
    data = raw(sheet_xml(HEADER_XML + "<row><c><v>1</v></c></row>" * 900_000))
    with pytest.raises(Refused) as raised:
        read_table(data, "名单.xlsx", limits=Limits(wall_seconds=0.05))
    assert "时间" in raised.value.what.zh


def test_a_child_that_says_too_much_is_ended():
    data = book([HEADER, *(["张三", number(n)] for n in range(1000))])
    with pytest.raises(Refused) as raised:
        read_table(data, "名单.xlsx", limits=Limits(output_bytes=5000))
    assert "内容过多" in raised.value.what.zh


def test_a_file_above_the_bound_is_refused_before_it_is_opened():
    with pytest.raises(Refused) as raised:
        read_table(bytes(50 * 1024 * 1024 + 1), "名单.xlsx")
    assert "51MB" in raised.value.what.zh


def test_the_child_inherits_nothing_and_is_gone_afterwards(monkeypatch):
    monkeypatch.setenv("YINGBAO_SECRET_KEY", "must not be seen")
    seen = {}
    start = subprocess.Popen

    def watched(*args, **kwargs):
        seen["env"] = kwargs["env"]
        seen["child"] = start(*args, **kwargs)
        return seen["child"]

    monkeypatch.setattr(subprocess, "Popen", watched)
    open_before = len(os.listdir("/proc/self/fd"))
    assert read_table(GOOD, "名单.xlsx").row_count == 1
    assert seen["env"] == {}
    assert seen["child"].returncode is not None
    assert len(os.listdir("/proc/self/fd")) == open_before


def test_a_reader_who_loses_interest_ends_the_child(monkeypatch):
    children = []
    start = subprocess.Popen
    monkeypatch.setattr(
        subprocess, "Popen", lambda *args, **kwargs: children.append(start(*args, **kwargs)) or children[-1]
    )

    def cancelled(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        read_table(GOOD, "名单.xlsx", progress=cancelled)
    assert children[0].returncode is not None


def test_the_child_loads_neither_django_nor_a_database_driver():
    program = (
        "import sys, yingbao.spreadsheet.child, yingbao.spreadsheet.listing, yingbao.spreadsheet.marking;"
        "print(sorted({'django', 'psycopg', 'polars', 'yingbao.people'} & set(sys.modules)))"
    )
    said = subprocess.run([sys.executable, "-I", "-c", program], capture_output=True, text=True, check=True).stdout
    assert said.strip() == "[]"
