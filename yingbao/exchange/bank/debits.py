"""A batch of direct debits as an ISO 20022 message, pain.008.001.02. 扣款报文"""

from __future__ import annotations

from typing import Any

from lxml import etree

from yingbao.exchange.bank.files import DebitFile, DebitItem
from yingbao.exchange.bank.outgoing import check_debits, yuan_text

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.008.001.02"


def pain008(file: DebitFile) -> bytes:
    """The message in UTF-8, elements in the order of the standard.

    Banks of China are named by their codes in the payment system (CNAPS), accounts by their plain numbers.
    Raises WrongFile if an item cannot stand in it.
    """
    check_debits(file)
    document = etree.Element(f"{{{NAMESPACE}}}Document", nsmap={None: NAMESPACE})
    message = _add(document, "CstmrDrctDbtInitn")
    count, total = str(len(file.items)), yuan_text(sum(item.amount_fen for item in file.items))
    header = _add(message, "GrpHdr")
    _add(header, "MsgId", file.batch)
    _add(header, "CreDtTm", file.made_at.isoformat(timespec="seconds"))
    _add(header, "NbOfTxs", count)
    _add(header, "CtrlSum", total)
    _add(header, "InitgPty/Nm", file.creditor_name)
    batch = _add(message, "PmtInf")
    _add(batch, "PmtInfId", file.batch)
    _add(batch, "PmtMtd", "DD")
    _add(batch, "NbOfTxs", count)
    _add(batch, "CtrlSum", total)
    _add(batch, "ReqdColltnDt", file.collect_on.isoformat())
    _add(batch, "Cdtr/Nm", file.creditor_name)
    _add(batch, "CdtrAcct/Id/Othr/Id", file.creditor_account)
    _bank(_add(batch, "CdtrAgt/FinInstnId"), file.creditor_bank)
    for item in file.items:
        _item(_add(batch, "DrctDbtTxInf"), item, file.creditor_bank)
    written: bytes = etree.tostring(document, xml_declaration=True, encoding="UTF-8")
    return written


def _item(holder: Any, item: DebitItem, our_bank: str) -> None:
    _add(holder, "PmtId/EndToEndId", item.end_to_end_id)
    _add(holder, "InstdAmt", yuan_text(item.amount_fen)).set("Ccy", "CNY")
    mandate = _add(holder, "DrctDbtTx/MndtRltdInf")
    _add(mandate, "MndtId", item.mandate_number)
    _add(mandate, "DtOfSgntr", item.mandate_signed_on.isoformat())
    _bank(_add(holder, "DbtrAgt/FinInstnId"), item.debtor_bank or our_bank)
    _add(holder, "Dbtr/Nm", item.debtor_name)
    _add(holder, "DbtrAcct/Id/Othr/Id", item.debtor_account)
    _add(holder, "RmtInf/Ustrd", item.text)


def _bank(holder: Any, code: str) -> None:
    member = _add(holder, "ClrSysMmbId")
    _add(member, "ClrSysId/Cd", "CNAPS")
    _add(member, "MmbId", code)


def _add(holder: Any, path: str, text: str | None = None) -> Any:
    """New elements along the path; the last one holds the text."""
    for step in path.split("/"):
        holder = etree.SubElement(holder, f"{{{NAMESPACE}}}{step}")
    holder.text = text
    return holder
