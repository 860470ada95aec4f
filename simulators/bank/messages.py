"""ISO 20022 messages that the bank sends: camt.053 statements and pain.002 results. 报文"""

from __future__ import annotations

from typing import Any

from lxml import etree

from simulators.bank.batches import DONE
from simulators.bank.book import CREDIT, Booked
from simulators.rows import Account, Batch, Item
from simulators.world import World, yuan

STATEMENTS = ("02", "08")
RESULT = "pain.002.001.10"
REASONS = {
    "余额不足": "AM04",
    "协议不存在": "MD01",
    "客户拒付": "MD06",
    "账户已销户": "AC04",
    "账号不存在": "AC01",
    "户名不符": "BE01",
}
LONGEST = 140


class Tree:
    """Elements of one namespace."""

    def __init__(self, message: str) -> None:
        self._space = f"urn:iso:std:iso:20022:tech:xsd:{message}"
        self.root = etree.Element(f"{{{self._space}}}Document", nsmap={None: self._space})

    def put(self, parent: Any, path: str, text: str = "", **attributes: str) -> Any:
        """Add the elements of a path below `parent`; the last one holds the text."""
        for name in path.split("/"):
            parent = etree.SubElement(parent, f"{{{self._space}}}{name}")
        parent.text = text or None
        for name, value in attributes.items():
            parent.set(name, value)
        return parent

    def bytes(self) -> bytes:
        """The document in UTF-8."""
        return bytes(etree.tostring(self.root, xml_declaration=True, encoding="UTF-8", pretty_print=True))


def camt_053(
    world: World, account: Account, first: str, last: str, opening_fen: int, lines: list[Booked], version: str = "08"
) -> bytes:
    """A statement; `version` 02 or 08. 对账单"""
    tree, stamp = Tree(f"camt.053.001.{version}"), world.clock.stamp()
    name = f"STMT{account.key[-8:]}{first.replace('-', '')}{last.replace('-', '')}"
    body = tree.put(tree.root, "BkToCstmrStmt")
    head = tree.put(body, "GrpHdr")
    tree.put(head, "MsgId", name)
    tree.put(head, "CreDtTm", stamp)
    statement = tree.put(body, "Stmt")
    tree.put(statement, "Id", name)
    tree.put(statement, "CreDtTm", stamp)
    span = tree.put(statement, "FrToDt")
    tree.put(span, "FrDtTm", f"{first}T00:00:00+08:00")
    tree.put(span, "ToDtTm", f"{last}T23:59:59+08:00")
    of = tree.put(statement, "Acct")
    tree.put(of, "Id/Othr/Id", account.key)
    tree.put(of, "Ccy", "CNY")
    tree.put(of, "Nm", account.name[:LONGEST])
    closing_fen = lines[-1].balance_fen if lines else opening_fen
    for code, fen, day in (("OPBD", opening_fen, first), ("CLBD", closing_fen, last)):
        balance = tree.put(statement, "Bal")
        tree.put(balance, "Tp/CdOrPrtry/Cd", code)
        tree.put(balance, "Amt", yuan(abs(fen)), Ccy="CNY")
        tree.put(balance, "CdtDbtInd", "CRDT" if fen >= 0 else "DBIT")
        tree.put(balance, "Dt/Dt", day)
    for booked in lines:
        if not booked.line.lost:
            _entry(tree, statement, booked, version)
    return tree.bytes()


def _entry(tree: Tree, statement: Any, booked: Booked, version: str) -> None:
    line = booked.line
    credit = line.side == CREDIT
    entry = tree.put(statement, "Ntry")
    tree.put(entry, "NtryRef", line.key)
    tree.put(entry, "Amt", yuan(line.amount_fen), Ccy="CNY")
    tree.put(entry, "CdtDbtInd", "CRDT" if credit else "DBIT")
    tree.put(entry, "Sts" if version == "02" else "Sts/Cd", "BOOK")
    tree.put(entry, "BookgDt/Dt", line.day)
    tree.put(entry, "ValDt/Dt", line.day)
    if line.serial:
        tree.put(entry, "AcctSvcrRef", line.serial)
    domain = tree.put(entry, "BkTxCd/Domn")
    tree.put(domain, "Cd", "PMNT")
    family = tree.put(domain, "Fmly")
    tree.put(family, "Cd", "RCDT" if credit else "ICDT")
    tree.put(family, "SubFmlyCd", "DMCT")
    details = tree.put(entry, "NtryDtls/TxDtls")
    if line.serial:
        tree.put(details, "Refs/AcctSvcrRef", line.serial)
    parties, party = tree.put(details, "RltdPties"), "Dbtr" if credit else "Cdtr"
    tree.put(parties, f"{party}/Nm" if version == "02" else f"{party}/Pty/Nm", line.other_name[:LONGEST] or "-")
    if line.other_account:
        tree.put(parties, f"{party}Acct/Id/Othr/Id", line.other_account)
    if line.remark:
        remittance = tree.put(details, "RmtInf")
        for start in range(0, len(line.remark), LONGEST):
            tree.put(remittance, "Ustrd", line.remark[start : start + LONGEST])


def pain_002(world: World, batch: Batch, items: list[Item]) -> bytes:
    """Results or returns of a debit batch: accepted and settled, or refused with a reason's code. 结果报文"""
    tree = Tree(RESULT)
    body = tree.put(tree.root, "CstmrPmtStsRpt")
    head = tree.put(body, "GrpHdr")
    tree.put(head, "MsgId", f"RESULT{batch.key}")
    tree.put(head, "CreDtTm", world.clock.stamp())
    original = tree.put(body, "OrgnlGrpInfAndSts")
    tree.put(original, "OrgnlMsgId", batch.message or batch.key)
    tree.put(original, "OrgnlMsgNmId", batch.form if batch.form.startswith("pain") else "pain.008.001.08")
    tree.put(original, "OrgnlNbOfTxs", str(len(items)))
    group = tree.put(body, "OrgnlPmtInfAndSts")
    tree.put(group, "OrgnlPmtInfId", batch.message or batch.key)
    for item in items:
        one = tree.put(group, "TxInfAndSts")
        tree.put(one, "StsId", item.key)
        tree.put(one, "OrgnlEndToEndId", item.end_to_end)
        tree.put(one, "TxSts", "ACSC" if item.outcome == DONE else "RJCT")
        if item.outcome != DONE:
            reason = tree.put(one, "StsRsnInf")
            tree.put(reason, "Rsn/Cd", REASONS.get(item.reason, "MS03"))
            tree.put(reason, "AddtlInf", f"{item.outcome} {item.reason}"[:105])
        tree.put(one, "AccptncDtTm", f"{item.day}T12:00:00+08:00")
        reference = tree.put(one, "OrgnlTxRef")
        tree.put(reference, "Amt/InstdAmt", yuan(item.amount_fen), Ccy="CNY")
    return tree.bytes()
