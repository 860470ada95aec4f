"""Receipts drawn and signed in a second, by one process and by two side by side. 票据制作

Each paper is another child's, with its own QR code, signed under a key of our own making (P-256). What a signature
costs to check is measured as the public page does it: in the process for a file of ours, in a bounded child for a
stranger's. `bench/receipts.py 5` gives each measurement so many seconds; 10 if nothing is said.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
import tempfile
import time
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from multiprocessing.synchronize import Barrier

    from yingbao.paper.receipt import ReceiptPaper

SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗"
GIVEN = "子涵梓轩雨萱思睿佳怡宇辰欣妍浩博琪然晨一诺可馨俊杰文博诗雅天佑"
DAY = date(2019, 11, 12)


def face(number: int) -> ReceiptPaper:
    """What stands on one receipt."""
    from yingbao.paper.receipt import ReceiptPaper
    from yingbao.values.text import Text

    name = SURNAMES[number % 20] + GIVEN[number % 31] + GIVEN[number // 31 % 31]
    receipt = f"32050019{number:010}"
    return ReceiptPaper(
        number=receipt, check_code="ABCD2345", payer_name="枕波小学", insured_name=name,
        identity_masked="320508********001X", collector="国家税务总局苏州市税务局", pooling_area_name="江苏省苏州市",
        item=Text("苏州市区学生（少儿）居民医保 2020 年度", ""), plan_year=2020, coverage_from=date(2020, 1, 1),
        coverage_to=date(2020, 12, 31), amount_fen=12345, paid_on=DAY, channel=Text("银行转账", ""), issued_on=DAY,
        verify_url=f"https://yingbao.example/verify/{receipt}/ABCD2345", simulated=True,
    )  # fmt: skip


def maker(folder: Path, first: int, seconds: float, start: Barrier, told: multiprocessing.SimpleQueue[int]) -> None:
    """A process that draws and signs one paper after the other."""
    from yingbao.paper import receipt, signing
    from yingbao.values.clock import CHINA

    signer, at = signing.load(folder), datetime(2019, 11, 12, 10, tzinfo=CHINA)
    signing.sign(receipt.draw_receipt(face(first)), signer=signer, at=at)
    start.wait()
    until, done = time.perf_counter() + seconds, 0
    while time.perf_counter() < until:
        done += 1
        signing.sign(receipt.draw_receipt(face(first + done)), signer=signer, at=at)
    told.put(done)


def made_by(processes: int, folder: Path, seconds: float) -> float:
    """Papers per second of so many processes together."""
    context = multiprocessing.get_context("spawn")
    start, told = context.Barrier(processes), context.SimpleQueue()
    makers = [
        context.Process(target=maker, args=(folder, each * 1_000_000, seconds, start, told))
        for each in range(processes)
    ]
    for each in makers:
        each.start()
    done = sum(told.get() for _ in makers)
    for each in makers:
        each.join()
    return done / seconds


def main() -> None:
    """The table."""
    from yingbao.paper import apart, receipt, signing
    from yingbao.paper.authority import make_authority
    from yingbao.values.clock import CHINA

    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 10.0
    with tempfile.TemporaryDirectory() as home:
        folder = make_authority(Path(home) / "signing")
        signer = signing.load(folder)
        drawn = receipt.draw_receipt(face(1))
        pdf = signing.sign(drawn, signer=signer, at=datetime(2019, 11, 12, 10, tzinfo=CHINA))
        print(f"{os.cpu_count()} processors; a paper is {len(drawn):,} bytes drawn, {len(pdf):,} signed")
        for processes in (1, 2):
            rate = made_by(processes, folder, seconds)
            print(f"drawn and signed, {processes} process(es){rate:>31,.1f} /s")
        for what, check in (
            ("a file of ours checked", lambda: signing.check(pdf, signer=signer).intact),
            ("a stranger's file checked, in a child", lambda: apart.check(pdf, folder=folder).intact),
        ):
            began = time.perf_counter()
            if not check():
                raise SystemExit(f"{what}: not intact")
            print(f"{what:<45}{(time.perf_counter() - began) * 1000:>13,.0f} ms")


if __name__ == "__main__":
    main()
