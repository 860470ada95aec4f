"""What is wrong with a bank's file: every row with its reason, and the file as a whole refused. 文件有误"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from yingbao.values.fault import Fault
from yingbao.values.refusal import Refused
from yingbao.values.text import Language, Text

SHOWN_AT_MOST = 100
"""faults told in one message; `WrongFile.faults` has them all"""


class FileFault(msgspec.Struct, frozen=True):
    """One thing that is wrong in the file. 问题"""

    row: int
    """line of a CSV, row of a sheet, number of the entry in an XML message; 0: the file as a whole"""
    column: str
    """as the file heads it, or the element's name; empty: the row as a whole"""
    what: Text
    mend: Text

    def where(self, name: str, language: Language) -> str:
        """The place in the words of whoever sent the file."""
        row = Text(zh=f"第{self.row}行", en=f"row {self.row}").said(language) if self.row else ""
        return " ".join(part for part in (name, row, self.column) if part)


class WrongFile(Refused):
    """A file of a bank that is refused whole: nothing of it is taken. 整份文件不予受理"""

    def __init__(self, name: str, faults: Iterable[FileFault]) -> None:
        self.name = name
        self.faults = sorted(dict.fromkeys(faults), key=lambda fault: fault.row)
        first = self.faults[0]
        super().__init__(where=first.where(name, "zh"), what=first.what, mend=first.mend)

    def said(self, language: Language) -> str:
        """All faults, one per line."""
        stop, colon = ("。", "：") if language == "zh" else (". ", ": ")
        lines = [
            f"{fault.where(self.name, language)}{colon}{fault.what.said(language).rstrip('。.')}{stop}"
            f"{fault.mend.said(language)}"
            for fault in self.faults[:SHOWN_AT_MOST]
        ]
        if left := len(self.faults) - len(lines):
            more = Text(zh="还有{left}处问题未列出。", en="{left} more faults are not shown.")
            lines.append(more.filled(left=left).said(language))
        return "\n".join(lines)


class Findings:
    """Collects the faults of one file while it is read to its end. 问题清单"""

    def __init__(self, name: str) -> None:
        self.name = name
        self.faults: list[FileFault] = []

    def add(self, row: int, column: str, fault: Fault) -> None:
        """Notes what is wrong with a value, at its place."""
        self.faults.append(FileFault(row=row, column=column, what=fault.what, mend=fault.mend))

    def note(self, row: int, column: str, what: Text, mend: Text) -> None:
        """The same for words."""
        self.faults.append(FileFault(row=row, column=column, what=what, mend=mend))

    def settle(self) -> None:
        """Raises WrongFile if anything was found."""
        if self.faults:
            raise WrongFile(self.name, self.faults)
