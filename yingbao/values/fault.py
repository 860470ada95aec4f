"""What is wrong with a value, before anyone knows in which cell or field it stands. 值有误"""

from __future__ import annotations

from yingbao.values.refusal import Refused
from yingbao.values.text import Text


class Fault(ValueError):
    """A value that cannot be taken: what is wrong with it, and what would be right. 值有误"""

    def __init__(self, what: Text, mend: Text) -> None:
        self.what, self.mend = what, mend
        super().__init__(what.en)

    def at(self, where: str) -> Refused:
        """The same, for the place where the value stands."""
        return Refused(where=where, what=self.what, mend=self.mend)
