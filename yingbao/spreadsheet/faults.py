"""What a comparison may find wrong with a row. 核对错误"""

from __future__ import annotations

from typing import NamedTuple

from yingbao.values.text import Text


class Wrong(NamedTuple):
    """What the comparison found wrong with a row, and the field it is about. 核对错误"""

    field: str
    what: Text
    mend: Text
