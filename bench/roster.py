"""A school's roster from the upload to the review, and from there into the database. 花名册

Against reading the same workbook with the fastest reader and copying its rows into a table. Runs on an embedded
server of its own; `bench/roster.py 2000` measures that size alone.
"""

from __future__ import annotations

import io
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta

SIZES = (2_000, 200_000)
HEADER = (
    "序号", "姓名", "身份证号", "性别", "出生日期", "年级", "班级", "学籍号", "户籍所在地", "监护人", "联系电话",
    "监护人身份证号",
)  # fmt: skip
GRADES = ("一年级", "二年级", "三年级", "四年级", "五年级", "六年级", "初一", "初二", "初三")
GIVEN = "子涵梓轩雨萱思睿佳怡宇辰欣妍浩博琪然晨一诺可馨俊杰文博诗雅天佑"
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗"


def workbook(count: int) -> bytes:
    """A roster of so many made-up pupils."""
    import xlsxwriter
    from stdnum.cn.ric import calc_check_digit

    chance = random.Random(count)
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"constant_memory": True, "in_memory": True})
    sheet = book.add_worksheet("花名册")
    sheet.write_row(0, 0, HEADER)
    taken: set[str] = set()
    for row in range(1, count + 1):
        while True:
            born = date(2005, 1, 1) + timedelta(days=chance.randrange(9 * 365))
            body = f"{chance.choice(('320508', '320506', '320505', '320507'))}{born:%Y%m%d}{chance.randrange(1000):03}"
            if body not in taken:
                break
        taken.add(body)
        number = body + calc_check_digit(body + "0")
        parent = f"32050819800101{row % 1000:03}"
        name = chance.choice(SURNAMES) + "".join(chance.choices(GIVEN, k=2))
        sheet.write_row(
            row,
            0,
            [
                row, name, number, "男" if int(number[16]) % 2 else "女", f"{born}", GRADES[row % 9],
                f"{row % 12 + 1}班", f"G{number}", body[:6], name[0] + "大山", f"139{row:08}",
                parent + calc_check_digit(parent + "0"),
            ],
        )  # fmt: skip
    book.close()
    return file.getvalue()


def read_and_copied(data: bytes) -> int:
    """The least there is to do: read the workbook, copy its rows."""
    import python_calamine
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE bench_rows ({', '.join(f'c{n} text' for n in range(len(HEADER)))})")
        rows = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()
        with cursor.copy("COPY bench_rows FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE bench_rows")
    return len(rows)


def timed(work: Callable[[], object]) -> float:
    """Seconds that the work takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def measure(count: int) -> None:
    """One size: the least there is to do, then each step of the road."""
    from django.db import connection

    from yingbao.agents.models import Organisation, User
    from yingbao.enrolment.seasons import open_season
    from yingbao.jobs import work
    from yingbao.spreadsheet import review
    from yingbao.spreadsheet.models import Roster
    from yingbao.values import clock
    from yingbao.values.text import Text

    data = workbook(count)
    at = clock.now()
    season = open_season(policy_id="320500/2020", at=at)
    school = Organisation.objects.create(
        kind="school", pooling_area="320500", code=f"B{count}", name="测试学校", division="320508",
        stages=["primary", "junior"],
    )  # fmt: skip
    by = User.objects.create(username=f"bench{count}", name="测试", password="!")

    def job(task: str, **arguments: object) -> float:
        def run() -> None:
            work.start(task=task, about=Text("", ""), owner=by, organisation=school, at=at, arguments=arguments)
            work.run_waiting()

        return timed(run)

    least = sorted(timed(lambda: read_and_copied(data)) for _ in range(3))[1]
    print(f"{count:>9,} rows  read and copy                {least:8.2f} s")
    for say in ("first", "again"):
        began = time.perf_counter()
        roster = review.receive(school=school, season=season, filename="roster.xlsx", data=data, by=by, at=at)
        job("roster.review", roster=roster.pk)
        reviewed = time.perf_counter() - began
        committed = job("roster.commit", roster=roster.pk, whole_file=True)
        roster = Roster.objects.get(pk=roster.pk)
        assert roster.state == "committed", (roster.state, roster.message)
        counts = {name: number for name, number in roster.counts.items() if number}
        print(f"{count:>9,} rows  upload to review, {say:<9} {reviewed:8.2f} s  {reviewed / least:5.1f} x  {counts}")
        print(f"{count:>9,} rows  commit, {say:<19} {committed:8.2f} s  {committed / least:5.1f} x")
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def main() -> None:
    """Measure every size on a server of its own."""
    with tempfile.TemporaryDirectory() as home:
        os.environ |= {"YINGBAO_HOME": home, "YINGBAO_SECRET_KEY": "bench", "YINGBAO_CLOCK": "2019-11-12T10:00"}
        os.environ["DJANGO_SETTINGS_MODULE"] = "yingbao.settings"
        from yingbao.sealing.keys import make_keys

        os.environ["YINGBAO_KEYS"] = make_keys()
        from yingbao.cli.platform import create_database, ready
        from yingbao.values import clock

        ready()
        clock.set_to(datetime(2019, 11, 12, 10, 0, tzinfo=clock.CHINA))
        create_database()
        for count in [int(word) for word in sys.argv[1:]] or SIZES:
            measure(count)


if __name__ == "__main__":
    main()
