"""Files of children outside school as communities make them, for the tests."""

from __future__ import annotations

import itertools
from typing import Any

from tests.spreadsheet.rosters import resident_id

FILE = "枕河社区儿童登记表.xlsx"
_serials = itertools.count(1)


def infant_row(**more: Any) -> dict[str, Any]:
    """A row of a community's file; what is given takes the place of what is made up."""
    serial = next(_serials)
    row = {
        "姓名": "谈" + "沐辰雨萱子涵"[serial % 6] + "一二三四五六七八九十"[serial % 10],
        "身份证号": resident_id(born=f"2018{serial // 28 % 12 + 1:02}{serial % 28 + 1:02}", serial=serial),
        "户籍所在地": "苏州市姑苏区",
        "监护人": "谈静",
        "监护人关系": "母亲",
        "监护人联系电话": f"138{serial:08}",
    }
    return row | more
