"""Letters to parents of a school of 2,000 drawn, packed and sealed, with how much of a minute that takes. 告家长书制作

Each letter is another child's, of 40 classes, through the processes side by side that a job uses; then the same by
one process. `bench/letters.py 500` draws so many; 2,000 if nothing is said. What the database gives is not in it: a
school's children are read in a few statements (tests/families/test_letters.py).
"""

from __future__ import annotations

import io
import os
import sys
import time
import zipfile
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from yingbao.paper.letter import LetterPaper

CLASSES, LIMIT_SECONDS = 40, 60.0
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗"
GIVEN = "子涵梓轩雨萱思睿佳怡宇辰欣妍浩博琪然晨一诺可馨俊杰文博诗雅天佑"


def letter(number: int) -> LetterPaper:
    """What stands on one child's letter."""
    from yingbao.paper.letter import LetterPaper, LetterReason
    from yingbao.values.text import Text

    exempt = number % 25 == 0
    return LetterPaper(
        child_name=SURNAMES[number % 20] + GIVEN[number % 31] + GIVEN[number // 31 % 31],
        identity_masked="320***********001X", class_label=f"{number % 6 + 1}年级{number % CLASSES + 1}班",
        agent_name="枕波小学", agent_phone="65550101", title=Text("苏州市区学生（少儿）居民医保 2020 年度", ""),
        notice_number="苏社基〔2019〕68号", plan_year=2020, amount_fen=0 if exempt else 12345, premium_fen=12345,
        verdict=Text("可以参保，家庭缴123.45元", ""),
        rest=Text("另由财政缴 123.45元", "") if exempt else None,
        reasons=[LetterReason(Text(f"理由{n}：孩子的学籍在市区，由学校统一办理。", ""), "四(三)") for n in range(5)],
        cover=(date(2020, 1, 1), date(2020, 12, 31)), deadline=date(2019, 11, 30),
        ways=[Text("把钱交给学校，由学校统一申报缴费。", ""), Text("缴费后在家长页面取电子票据。", "")],
        help_lines=[(Text(name, ""), "12333、69820471") for name in ("参保登记", "申报缴费", "待遇报销", "市民卡")],
        family_url="https://yingbao.example/family/", issued_on=date(2019, 9, 20), simulated=False,
        remark="钱请周五前交给班主任。",
    )  # fmt: skip


def made(letters: list[LetterPaper], processes: int | None) -> tuple[float, int]:
    """Seconds and bytes of one school's file."""
    from yingbao.paper.beside import Lot, draw_all
    from yingbao.sealing.sealed import seal_bytes

    size = -(-len(letters) // CLASSES)
    lots = [Lot(letters[first : first + size]) for first in range(0, len(letters), size)]
    began = time.perf_counter()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for place, pdf in enumerate(draw_all(lots, processes=processes), start=1):
            archive.writestr(f"{place:02}.pdf", pdf)
    sealed = seal_bytes(packed.getvalue())
    return time.perf_counter() - began, len(sealed)


def main() -> None:
    """The table."""
    from yingbao.sealing.sealed import make_keys

    os.environ["YINGBAO_KEYS"] = make_keys()
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 2_000
    letters = [letter(number) for number in range(count)]
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}; {count:,} letters in {CLASSES} files")
    for what, processes in (("as a job draws them", None), ("by one process", 1)):
        seconds, size = made(letters, processes)
        told = f"{seconds:7.1f} s {count / seconds:7.0f} /s {size / 1e6:7.1f} MB"
        print(f"{what:<24}{told}   {seconds / LIMIT_SECONDS * 100:5.0f} % of the minute that may pass")


if __name__ == "__main__":
    main()
