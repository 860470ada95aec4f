"""How the platform says no: where, what is wrong, and how to mend it. 拒绝"""

from __future__ import annotations

from yingbao.values.text import Language, Text


class Refused(Exception):
    """An input that cannot be taken, told so that its sender can mend it. 不予受理

    `where` names the place in the sender's own terms (file and line, sheet and cell, form field);
    `what` says what is wrong there; `mend` says what would be right.
    """

    def __init__(self, *, where: str, what: Text, mend: Text) -> None:
        self.where, self.what, self.mend = where, what, mend
        super().__init__(self.said("en"))

    def said(self, language: Language) -> str:
        """The refusal as one line."""
        stop = "。" if language == "zh" else ". "
        colon = "：" if language == "zh" else ": "
        what, mend = self.what.said(language), self.mend.said(language)
        return f"{self.where}{colon}{what.rstrip('。.')}{stop}{mend}"
