"""What tests of lists need: one is handed in, confirmed, and its page read. 名单页面的测试材料"""

from __future__ import annotations

import re

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.spreadsheet.assisted_lists import XLSX, file_of
from yingbao.jobs import work

HOME = "/lists/"


def upload(client: Client, rows, *, kind: str = "full", as_of: str = "2019-11-01", name: str = XLSX):
    data = rows if isinstance(rows, bytes) else file_of(rows, kind=kind)
    return client.post(f"{HOME}upload", {"file": SimpleUploadedFile(name, data), "kind": kind, "as_of": as_of})


def handed_in(client: Client, rows, **more: str) -> str:
    """Upload and let the job run; gives the address of the list's page."""
    answer = upload(client, rows, **more)
    assert answer.status_code == 302, answer.content.decode()
    work.run_waiting()
    return answer["Location"]


def confirm(client: Client, page: str, **said: str):
    seen = client.get(page).context["seen"]
    answer = client.post(f"{page}confirm", {"seen": seen, **said}, follow=True)
    work.run_waiting()
    return answer


def text(answer) -> str:
    """What a reader sees of the page."""
    content = answer.content.decode().partition("<main")[2].partition("</main>")[0] or answer.content.decode()
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", content))
