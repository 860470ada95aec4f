"""Reads the one list that a file holds: finds its sheet and header, and sends its rows. 读取名单

Runs in the child process. What a list means is not known here; only the names of its columns are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime
from operator import itemgetter
from typing import Any

import msgspec

from yingbao.spreadsheet.columns import Found, Headings, canonical, find, nearest
from yingbao.spreadsheet.container import Contents, examine
from yingbao.spreadsheet.protocol import TITLE, Done, Head, ReadOrder, Reply, Rows
from yingbao.spreadsheet.sheets import (
    Sheet,
    TextSheet,
    Workbook,
    refuse_too_long,
    refuse_too_wide,
)
from yingbao.spreadsheet.table import Cell, Column, PassedOver
from yingbao.values.plain import narrow
from yingbao.values.refusal import Refused
from yingbao.values.text import Text

Send = Callable[[Reply], None]

_BATCH = 1000
_LONGEST_CELL = 1000
"""characters that are sent on; no value of a list is as long, and what is longer is told as too long there"""
_SHOWN = 12
"""names that a note lists"""
_FOOTERS = (
    "合计", "总计", "小计", "共计", "总人数", "以上", "填表", "填报", "制表", "经办", "审核", "负责人", "校长", "园长",
    "班主任", "单位", "盖章", "签名", "签字", "备注", "说明", "注:", "注意", "联系人:", "日期", "打印", "total",
    "note:", "prepared",
)  # fmt: skip
_UNTOLD = ("序号", "编号", "行号", "no", canonical(TITLE.zh), canonical(TITLE.en))
"""columns that are passed over without a word"""
_MEND_FILL = Text(zh="填好名单后再上传", en="fill in the list and upload it again")

_encode = msgspec.msgpack.Encoder().encode


def read(order: ReadOrder, data: bytes, send: Send) -> None:
    """Sends the head of the list, its rows in batches, and the notes. 读取

    Raises Refused if the file is none of the kinds that are read, or holds no list of that kind.
    """
    contents = examine(data, order.filename)
    notes: list[Text] = []
    if contents.kind == "csv":
        sheet: Sheet = TextSheet(data, order.filename)
        found = find(sheet.top, order.headings, sheet.merged)
        refuse_too_wide(max(map(len, sheet.top), default=0), order.filename)
        encoding = sheet.encoding if isinstance(sheet, TextSheet) else ""
    else:
        sheet, found = _chosen(Workbook(data, contents, order.filename), order.headings, notes)
        encoding = ""
    where = f"{order.filename} {sheet.name}".strip()
    _refuse_without_header(found, sheet, order.headings, where)
    notes += _notes_on_header(found, sheet, order, contents, encoding)
    columns = tuple(
        Column(letter=letter(index + sheet.first_column), header=found.headers[index], field=field)
        for index, field in sorted(found.fields.items())
    )
    passed_over = tuple(
        PassedOver(letter=letter(index + sheet.first_column), header=header)
        for index, header in sorted(found.headers.items())
        if index not in found.fields
    )
    send(
        Head(
            kind=contents.kind, encoding=encoding, sheet=sheet.name, header_row=found.row + 1, columns=columns,
            passed_over=passed_over, expected_rows=max(0, sheet.height - found.row - 1),
        )
    )  # fmt: skip
    notes += _send_rows(sheet, found, order.headings, where, send)
    send(Done(notes=tuple(notes)))


def letter(index: int) -> str:
    """The letters of a column, counted from 0: A, B … Z, AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _chosen(book: Workbook, headings: Headings, notes: list[Text]) -> tuple[Sheet, Found]:
    """The first visible sheet whose header has all that is required; else the one that comes nearest to it."""
    best: tuple[Sheet, Found] | None = None
    others: list[str] = []
    for index, name in enumerate(book.visible):
        sheet = book.open(name)
        found = find(sheet.top, headings, sheet.merged)
        if best is None or len(found.fields) > len(best[1].fields):
            best = sheet, found
        if not found.missing(headings):
            best = sheet, found
            others = book.visible[index + 1 :]
            break
    if best is None:
        what = Text(zh="工作簿里没有可见的工作表", en="the workbook has no visible sheet")
        mend = Text(zh="取消隐藏名单所在的工作表后再上传", en="unhide the sheet with the list and upload again")
        raise Refused(where=book.filename, what=what, mend=mend)
    if book.hidden:
        notes.append(_listed("隐藏的工作表没有读取：{names}", "hidden sheets were passed over: {names}", book.hidden))
    alike = [name for name in others if book.is_small(name) and _is_list(book.open(name), headings)]
    if alike:
        notes.append(
            _listed(
                "另有{n}张工作表也像名单，没有读取：{names}。请合并到一张工作表，或分别上传",
                "{n} more sheets look like lists and were not read: {names}. Put them into one sheet, or upload each",
                alike,
            )
        )
    if rest := [name for name in book.visible if name not in alike and name != best[0].name]:
        notes.append(_listed("其他工作表没有读取：{names}", "other sheets were passed over: {names}", rest))
    return best


def _is_list(sheet: Sheet, headings: Headings) -> bool:
    return not find(sheet.top, headings, sheet.merged).missing(headings)


def _refuse_without_header(found: Found, sheet: Sheet, headings: Headings, where: str) -> None:
    missing = found.missing(headings)
    if not missing:
        return
    if not any(any(cell not in ("", None) for cell in row) for row in sheet.top):
        what = Text(zh="工作表里没有内容", en="the sheet holds nothing")
        raise Refused(
            where=where, what=what, mend=Text(zh="填好名单后再上传", en="fill in the list and upload it again")
        )
    if not found.fields:
        what = Text(
            zh="前{n}行里没有找到表头", en="no header was found in the first {n} rows"
        ).filled(n=len(sheet.top))  # fmt: skip
    else:
        titles = Text(
            zh="、".join(f"“{field.title.zh}”" for field in missing),
            en=", ".join(f"“{field.title.en}”" for field in missing),
        )
        what = Text(
            zh="第{row}行的表头没有{titles}一列；有：{found}",
            en="the header in row {row} has no column {titles}; it has: {found}",
        ).filled(row=found.row + 1, titles=titles, found=_some(list(found.headers.values())))
    near = [(name, field) for field in missing if (name := nearest(found, field, headings))]
    if near:
        mend = Text(
            zh="；".join(f"“{name}”如果就是{field.title.zh}，请把列名改为“{field.title.zh}”" for name, field in near),
            en="; ".join(
                f"if “{name}” is the {field.title.en}, rename it to “{field.title.zh}”" for name, field in near
            ),
        )
    else:
        wanted = "、".join(field.title.zh for field in headings.required())
        mend = Text(
            zh="在名单上方加一行列名，至少有：{wanted}；也可以用模板",
            en="put a line of names above the list, at least: {wanted}; or use the template",
        ).filled(wanted=wanted)
    raise Refused(where=where, what=what, mend=mend)


def _notes_on_header(found: Found, sheet: Sheet, order: ReadOrder, contents: Contents, encoding: str) -> Iterator[Text]:
    if contents.kind == "csv":
        name = {"utf-8": "UTF-8", "gb18030": "GB18030", "utf-16": "UTF-16"}[encoding]
        yield Text(zh="按 CSV 文本读取，编码 {name}", en="read as CSV text, encoded in {name}").filled(name=name)
    rows = f"{found.row}–{found.row + 1}" if found.lines == 2 else f"{found.row + 1}"
    yield Text(zh="表头在第{rows}行", en="the header is in row {rows}").filled(rows=rows)
    if found.repeated:
        names = [f"{letter(index + sheet.first_column)} {found.headers[index]}" for index in found.repeated]
        yield _listed("重复的列没有读取：{names}", "columns given twice were passed over: {names}", names)
    unknown = [header for index, header in sorted(found.headers.items()) if index not in found.fields]
    unknown = [header for header in unknown if canonical(header) not in _UNTOLD]
    if unknown:
        yield _listed("没有读取的列：{names}", "columns that were passed over: {names}", unknown)
    if contents.formulas:
        yield Text(
            zh="文件里有{n}个公式，按上次保存时算出的值读取",
            en="the file has {n} formulas; the values last calculated were read",
        ).filled(n=contents.formulas)
    if contents.broken_cells:
        yield Text(
            zh="有{n}个单元格显示 #N/A、#REF! 等错误，按空白读取",
            en="{n} cells show #N/A, #REF! or the like and were read as empty",
        ).filled(n=contents.broken_cells)
    if contents.linked:
        yield Text(zh="指向其他文件的链接没有打开", en="links to other files were not followed")


def _send_rows(sheet: Sheet, found: Found, headings: Headings, where: str, send: Send) -> Iterator[Text]:
    """Sends what stands below the header, without empty rows, sums and signatures; gives the notes on these."""
    fields = sorted(found.fields.items())
    pick = _picker([index for index, _ in fields])
    key = [[field for _, field in fields].index(need.name) for need in headings.required()]
    names = [found.headers[fields[at][0]].split("/")[-1] for at in key]
    batch: list[tuple[int, list[Cell]]] = []
    sent = 0
    passed: dict[str, list[int]] = {"footer": [], "header": [], "nameless": []}
    for number, row in enumerate(sheet.rows(), 1):
        if number <= found.row + 1:
            continue
        cells = [cell if type(cell) is str and 0 < len(cell) < _LONGEST_CELL else _cell(cell) for cell in pick(row)]
        number_cell = cells[key[-1]]
        if not cells[key[0]] or type(number_cell) is not str or not number_cell[4:5].isdigit():
            why = _why_passed_over(cells, row, key, names)
            if why is not None:
                if why:
                    passed[why].append(number)
                continue
        batch.append((number, cells))
        if len(batch) == _BATCH:
            sent += len(batch)
            refuse_too_long(sent, where)
            send(Rows(count=len(batch), packed=_encode(batch)))
            batch = []
    refuse_too_long(sent + len(batch), where)
    if not sent + len(batch):
        what = Text(zh="表头下面没有一行名单", en="there is not one row of the list below the header")
        raise Refused(where=where, what=what, mend=_MEND_FILL)
    if batch:
        send(Rows(count=len(batch), packed=_encode(batch)))
    return _notes_on_rows(passed)


def _picker(indexes: list[int]) -> Callable[[Any], tuple[Any, ...]]:
    """Takes the cells of the recognised columns out of a row, which may be shorter than the header."""
    last = indexes[-1]
    if len(indexes) == 1:
        return lambda row: (row[last] if len(row) > last else None,)
    get = itemgetter(*indexes)
    return lambda row: get(row) if len(row) > last else tuple(row[i] if i < len(row) else None for i in indexes)


def _cell(value: object) -> Cell:
    """A cell as it is sent: days as ISO text, nothing as None, a very long text cut short."""
    if isinstance(value, str):
        return value[:_LONGEST_CELL] if value else None
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, datetime):
        return value.date().isoformat() if not (value.hour or value.minute or value.second) else value.isoformat(" ")
    return value.isoformat() if isinstance(value, date) else str(value)


def _why_passed_over(cells: list[Cell], row: Any, key: list[int], names: list[str]) -> str | None:
    """Why a row is no row of the list: `` for an empty one, else a word for the note; None if it is one."""
    filled = [cell for cell in cells if cell is not None and str(cell).strip()]
    first = next((text for cell in row if cell is not None and (text := narrow(str(cell)))), "")
    if not filled and not first.lower().startswith(_FOOTERS):
        return ""
    keys = [str(cells[at]).strip() if cells[at] is not None else "" for at in key]
    if canonical(keys[0]) == canonical(names[0]) and all(
        not text or canonical(text) == canonical(name) for text, name in zip(keys, names, strict=True)
    ):
        return "header"
    if any(sign.isdigit() for sign in keys[-1]):
        return None
    if first.lower().replace(" ", "").startswith(_FOOTERS):
        return "footer"
    return None if any(keys) else "nameless"


def _notes_on_rows(passed: dict[str, list[int]]) -> Iterator[Text]:
    said = {
        "footer": (
            "合计、签名等不是名单的行没有读取：{names}",
            "sums, signatures and the like were passed over: rows {names}",
        ),
        "header": ("中间重复的表头没有读取：{names}", "headers repeated further down were passed over: rows {names}"),
        "nameless": (
            "有{n}行既没有姓名也没有证件号码，没有读取：{names}",
            "{n} rows have neither name nor number and were passed over: rows {names}",
        ),
    }
    for why, numbers in passed.items():
        if numbers:
            yield _listed(*said[why], [str(number) for number in numbers])


def _listed(zh: str, en: str, names: list[str]) -> Text:
    return Text(zh=zh, en=en).filled(n=len(names), names=_some(names))


def _some(names: list[str]) -> Text:
    """The first of some names, and how many more there are."""
    shown = [name if len(name) <= 30 else name[:30] + "…" for name in names[:_SHOWN]]
    more = len(names) - len(shown)
    return Text(
        zh="、".join(shown) + (f"等{len(names)}个" if more else ""),
        en=", ".join(shown) + (f" and {more} more" if more else ""),
    )
