"""The trail's work is known to every worker. 审计任务"""

from __future__ import annotations

import subprocess
import sys

ASKED = """
import django
django.setup()
from procrastinate.contrib.django import app
from yingbao.jobs.work import WORK
app.perform_import_paths()
names = {name for name, _ in app.periodic_registry.periodic_tasks}
print("trail.verify" in WORK, sorted(names & {"yingbao.seal", "yingbao.verify"}))
"""


def test_a_worker_seals_each_minute_verifies_each_night_and_when_asked():
    said = subprocess.run([sys.executable, "-c", ASKED], capture_output=True, text=True, check=True).stdout
    assert said.strip() == "True ['yingbao.seal', 'yingbao.verify']"
