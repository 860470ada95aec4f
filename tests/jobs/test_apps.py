"""A worker imports no page and still knows every kind of work. 任务登记"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import yingbao

WRITTEN = re.compile(r'@work\("([a-z._]+)"\)')
ASKED_FOR = re.compile(r'task="([a-z._]+)"')
WORKER = "import django; django.setup(); from yingbao.jobs.work import WORK; print(*WORK)"


def test_a_process_without_pages_knows_all_work_that_is_written_and_all_that_pages_ask_for():
    sources = [file.read_text(encoding="utf-8") for file in Path(yingbao.__path__[0]).rglob("*.py")]
    written = {name for source in sources for name in WRITTEN.findall(source)}
    asked_for = {name for source in sources for name in ASKED_FOR.findall(source)}
    told = subprocess.run([sys.executable, "-c", WORKER], capture_output=True, text=True, check=True)
    assert {"letters.make", "letters.tell", "roster.review"} <= written
    assert set(told.stdout.split()) == written
    assert asked_for <= written
