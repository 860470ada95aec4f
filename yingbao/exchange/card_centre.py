"""What goes to the card centre and comes back: a batch as a zip, results and holders as lists. 市民卡中心

Where the centre has given a certificate (`card_centre.pem` beside the gateways' configuration) the zip is put into an
envelope that its key alone opens (CMS, RFC 5652). Nothing is kept: the file is made anew each time it is asked for,
from what is still to be made. docs/adr/0033 tells why.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.serialization.pkcs7 import PKCS7EnvelopeBuilder, PKCS7Options
from django.conf import settings

from yingbao.cards.answering import Answer, Holder, Problem
from yingbao.cards.batching import Line, lines
from yingbao.cards.models import Batch
from yingbao.policy.terms import IDENTITY_TYPES
from yingbao.sealing import sealed
from yingbao.spreadsheet import cells
from yingbao.spreadsheet.columns import Field, Headings, canonical
from yingbao.spreadsheet.reading import read_table
from yingbao.spreadsheet.table import Cell
from yingbao.spreadsheet.workbooks import ExportColumn, write_table
from yingbao.values import identity, names
from yingbao.values.fault import Fault
from yingbao.values.refusal import Refused
from yingbao.values.text import Text

CERTIFICATE = "card_centre.pem"
LIST, PICTURES = "制卡名单.xlsx", "照片"
_SEXES = {"male": "男", "female": "女"}
_COLUMNS = (
    ExportColumn("批次号", width=14), ExportColumn("序号", "number", 8), ExportColumn("姓名"),
    ExportColumn("证件类型", width=18), ExportColumn("证件号码", width=22), ExportColumn("性别", width=8),
    ExportColumn("出生日期", "date"), ExportColumn("照片文件"), ExportColumn("制卡结果"), ExportColumn("卡号后四位"),
    ExportColumn("原因", width=30),
)  # fmt: skip
"""The centre fills in the last three and sends the list back: so a result has the same lines."""


class Outgoing(NamedTuple):
    """A file to hand to the centre. 送制文件"""

    name: str
    content: bytes
    kind: str
    for_centre_only: bool
    """in an envelope for its certificate"""


def outgoing(batch: Batch, *, at: datetime) -> Outgoing:
    """The batch's list and pictures, in an envelope where the centre has a certificate. 送制文件

    Raises Refused if nothing of it is still to be made, or the certificate is no longer good.
    """
    certificate = _certificate(at)
    content = _zipped(batch)
    if certificate is None:
        return Outgoing(f"{batch.name}.zip", content, "application/zip", for_centre_only=False)
    envelope = (
        PKCS7EnvelopeBuilder()
        .set_data(content)
        .set_content_encryption_algorithm(AES256)
        .add_recipient(certificate)
        .encrypt(serialization.Encoding.DER, [PKCS7Options.Binary])
    )
    return Outgoing(f"{batch.name}.zip.p7m", envelope, "application/pkcs7-mime", for_centre_only=True)


def _zipped(batch: Batch) -> bytes:
    out, rows = io.BytesIO(), []
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as packed:
        for line in lines(batch):
            picture = f"{line.line:04}.jpg" if line.picture else ""
            if line.picture:
                packed.writestr(f"{PICTURES}/{picture}", line.picture)
            rows.append(_row(batch, line, picture))
        if not rows:
            raise Refused(
                where=batch.name,
                what=Text("本批次已全部有结果", "every line of this batch has its result"),
                mend=Text("要制新卡请生成新批次。", "Make a new batch for new cards."),
            )
        packed.writestr(LIST, write_table(_COLUMNS, rows, sheet="制卡名单"))
    return out.getvalue()


def _row(batch: Batch, line: Line, picture: str) -> list[object]:
    kind = IDENTITY_TYPES[line.identity_kind].zh if line.identity_kind else ""
    return [batch.name, line.line, line.name, kind, line.identity_number, _SEXES.get(line.sex, ""), line.birth_date,
            picture, "", "", ""]  # fmt: skip


def _certificate(at: datetime) -> x509.Certificate | None:
    path = Path(settings.GATEWAYS) / CERTIFICATE
    if not path.exists():
        return None
    try:
        found = x509.load_pem_x509_certificate(path.read_bytes())
    except (OSError, ValueError):
        found = None
    usable = found is not None and found.not_valid_before_utc <= at <= found.not_valid_after_utc
    if found is None or not usable or not isinstance(found.public_key(), RSAPublicKey):
        raise Refused(
            where=CERTIFICATE,
            what=Text(
                "市民卡中心的证书读不出、已过期或不是 RSA", "the centre's certificate is unreadable, over or not RSA"
            ),
            mend=Text("请系统管理员换上市民卡中心的新证书。", "Have the administrator put the centre's new one there."),
        )
    return found


def _headings(fields: tuple[tuple[str, str, str, bool, str], ...]) -> Headings:
    found = tuple(Field(name, Text(zh, en), required) for name, zh, en, required, _ in fields)
    known = {canonical(word): name for name, zh, en, _, more in fields for word in (zh, en, *more.split())}
    return Headings(fields=found, names=known, persons={}, of_person={"": dict(known)})


# The last one that must be there tells a row from a footer.
RESULTS = _headings((
    ("batch", "批次号", "Batch", False, "批次 制卡批次 batchnumber"),
    ("digits", "卡号后四位", "Last digits", False, "后四位 卡号末四位 卡号 社保卡号 市民卡号 cardnumber"),
    ("reason", "原因", "Reason", False, "失败原因 未制卡原因 备注 说明 note"),
    ("result", "制卡结果", "Result", True, "结果 状态 制卡状态 是否制卡 status"),
    ("line", "序号", "Line", True, "编号 行号 number"),
))  # fmt: skip
HOLDERS = _headings((
    ("digits", "卡号后四位", "Last digits", False, "后四位 卡号末四位 卡号 社保卡号 市民卡号 cardnumber"),
    ("name", "姓名", "Name", True, "持卡人 持卡人姓名 学生姓名"),
    ("number", "证件号码", "Identity number", True, "身份证号 身份证号码 公民身份号码 社会保障号码 证件号"),
))  # fmt: skip
_MADE = frozenset(["成功", "制成", "已制成", "已制卡", "完成", "正常", "是", "ok", "made", "yes", "success"])
_NOT_MADE = frozenset(["失败", "未制成", "未制卡", "退回", "不成功", "否", "failed", "refused", "no"])


def read_results(data: bytes, filename: str, batch: Batch) -> tuple[list[Answer], list[Problem]]:
    """The rows of a result file, and those that cannot be read. 读取制卡结果

    Raises Refused for a file that is no such list.
    """
    answers, problems = list[Answer](), list[Problem]()
    for row, said in _rows(data, filename, RESULTS):
        try:
            answers.append(_answer(row, said, batch))
        except Fault as fault:
            problems.append(Problem(row, fault.what, fault.mend))
    return answers, problems


def _answer(row: int, said: dict[str, Cell], batch: Batch) -> Answer:
    named = cells.text(said.get("batch"))
    if named and named != batch.name:
        raise Fault(Text("批次号是{n}，不是{b}", "batch {n}, not {b}").filled(n=named[:20], b=batch.name),
                    Text("到那个批次的页面上传", "upload it at that batch"))  # fmt: skip
    line, word = cells.text(said.get("line")), cells.text(said.get("result")).lower()
    if not (line.isascii() and line.isdigit() and len(line) < 7):
        raise Fault(Text("序号不是数字", "the line is no number"), Text("填送制名单上的序号", "as on the list we sent"))
    if word not in _MADE | _NOT_MADE:
        raise Fault(Text("制卡结果没有写清", "the result is not clear"), Text("填“成功”或“失败”", "write 成功 or 失败"))
    reason = cells.text(said.get("reason"))[:200]
    if word in _NOT_MADE and not reason:
        raise Fault(
            Text("失败的没有写原因", "no reason is given"), Text("写明原因，学校和家长会看到", "add the reason")
        )
    digits = _digits(said.get("digits")) if word in _MADE else ""
    if word in _MADE and not digits:
        raise Fault(Text("制成的没有卡号后四位", "the card's last digits are missing"), Text("补上", "add them"))
    return Answer(row, int(line), word in _MADE, digits, reason)


def _digits(cell: Cell) -> str:
    """The last four digits of a card; a number whose zero in front is lost is not guessed."""
    said = cells.number_text(cell).strip()
    if not said:
        return ""
    digits = said[-4:]
    if not (said.isascii() and said.replace(" ", "").isalnum() and digits.isdigit() and len(digits) == 4):
        raise Fault(Text("卡号后四位不是四位数字", "the last digits are not four"),
                    Text("把这一列设为文本，填四位数字，不要丢0", "as text, zeros in front too"))  # fmt: skip
    return digits


def read_holders(data: bytes, filename: str, *, on: date) -> tuple[list[Holder], list[Problem]]:
    """The rows of a list of those who hold a card, and those that cannot be read. 读取持卡名单"""
    holders, problems = list[Holder](), list[Problem]()
    for row, said in _rows(data, filename, HOLDERS):
        try:
            _, number = identity.identify(cells.number_text(said.get("number")), on=on)
            name = names.check(cells.text(said.get("name")))
            holders.append(Holder(row, name, sealed.index_of(number), _digits(said.get("digits"))))
        except Fault as fault:
            problems.append(Problem(row, fault.what, fault.mend))
    return holders, problems


def _rows(data: bytes, filename: str, headings: Headings) -> Iterator[tuple[int, dict[str, Cell]]]:
    table = read_table(data, filename, headings=headings)
    fields = [column.field for column in table.columns]
    for row, found in table.rows():
        yield row, dict(zip(fields, found, strict=True))
