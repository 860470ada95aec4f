"""A school's own system hands in its roster. 接口花名册"""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.people.conftest import resident_id
from tests.web.api.conftest import Program
from yingbao.agents.models import Desk, Organisation
from yingbao.enrolment.models import Enrolment, Season
from yingbao.jobs import work
from yingbao.people.models import SchoolRoll
from yingbao.web.school.story import story

pytestmark = pytest.mark.django_db
JSON = "application/json"


def rows(count: int = 2) -> list[dict[str, str]]:
    return [
        {"name": f"王小{'一二三四五六'[n]}", "identity_number": resident_id(serial=n + 1), "grade": "二年级",
         "class_name": "1班", "hukou": "320508"}
        for n in range(count)
    ]  # fmt: skip


def test_rows_are_reviewed_and_imported_only_as_they_were_seen(suzhou: Season, school: Organisation, program: Program):
    client = program(school, Desk.SCHOOL)
    fields = client.get("/api/v1/rosters/fields").json()
    assert fields["identity_number"]["zh"] == "身份证号"
    answer = client.post("/api/v1/rosters", {"rows": rows()}, content_type=JSON)
    assert answer.status_code == 202
    address = f"/api/v1/rosters/{answer.json()['id']}"
    assert answer.json()["working"]
    assert client.post(f"{address}/commit", {"seen": "x"}, content_type=JSON).status_code == 409
    work.run_waiting()
    told = client.get(address).json()
    assert (told["state"], told["counts"]["new"]) == ("reviewed", 2)
    assert {row["outcome"] for row in client.get(f"{address}/rows").json()["items"]} == {"new"}
    assert client.post(f"{address}/commit", {"seen": "stale"}, content_type=JSON).status_code == 409
    for _ in range(2):
        assert client.post(f"{address}/commit", {"seen": told["seen"]}, content_type=JSON).status_code == 202
    work.run_waiting()
    assert client.get(address).json()["state"] == "committed"
    assert SchoolRoll.objects.filter(school=school, left_on__isnull=True).count() == 2
    assert Enrolment.objects.filter(organisation=school).count() == 2


def test_a_wrong_number_is_told_at_its_field_and_a_wrong_field_by_its_name(
    suzhou: Season, school: Organisation, program: Program
):
    client = program(school, Desk.SCHOOL)
    good = rows(1)[0]
    bad = good | {
        "identity_number": good["identity_number"][:-1] + ("0" if good["identity_number"][-1] != "0" else "1")
    }
    address = f"/api/v1/rosters/{client.post('/api/v1/rosters', {'rows': [bad]}, content_type=JSON).json()['id']}"
    work.run_waiting()
    (row,) = client.get(f"{address}/rows?outcome=error").json()["items"]
    assert row["problems"][0]["refuses"]
    assert "身份证号" in row["problems"][0]["field"]["zh"]
    answer = client.post("/api/v1/rosters", {"rows": [{"nickname": "小明"}]}, content_type=JSON)
    assert answer.status_code == 422
    assert "nickname" in answer.json()["what"]["en"]
    assert client.post("/api/v1/rosters", {"rows": []}, content_type=JSON).status_code == 422


def test_a_workbook_can_be_handed_in_as_a_clerk_would_and_rubbish_is_refused(
    suzhou: Season, school: Organisation, program: Program
):
    client = program(school, Desk.SCHOOL)
    sent = client.post("/api/v1/rosters/file", {"file": SimpleUploadedFile("名单.xlsx", b"no workbook")})
    assert sent.status_code == 202
    work.run_waiting()
    told = client.get(f"/api/v1/rosters/{sent.json()['id']}").json()
    assert told["state"] == "refused"
    assert told["message"]["zh"]
    assert client.post("/api/v1/rosters/file", {"file": SimpleUploadedFile("x.xlsx", b"")}).status_code == 422


def test_an_import_that_is_refused_says_why_where_the_program_asks(
    suzhou: Season, school: Organisation, program: Program
):
    client = program(school, Desk.SCHOOL)
    bad = rows(1)[0] | {"name": ""}
    address = f"/api/v1/rosters/{client.post('/api/v1/rosters', {'rows': [bad]}, content_type=JSON).json()['id']}"
    work.run_waiting()
    told = client.get(address).json()
    assert (told["state"], told["message"]) == ("reviewed", None)
    assert client.post(f"{address}/commit", {"seen": told["seen"]}, content_type=JSON).status_code == 202
    work.run_waiting()
    told = client.get(address).json()
    assert (told["state"], told["working"]) == ("reviewed", False)
    assert "没有可以导入的行" in told["message"]["zh"]


def test_a_schools_own_program_is_named_in_the_childs_story_and_anothers_is_not(
    suzhou: Season, school: Organisation, other_school: Organisation, program: Program
):
    client = program(school, Desk.SCHOOL)
    answer = client.post("/api/v1/rosters", {"rows": rows(1)}, content_type=JSON).json()
    work.run_waiting()
    told = client.get(f"/api/v1/rosters/{answer['id']}").json()
    client.post(f"/api/v1/rosters/{answer['id']}/commit", {"seen": told["seen"]}, content_type=JSON)
    work.run_waiting()
    one = Enrolment.objects.get()
    (imported,) = [event for event in story(one, school) if "花名册" in event.what.zh]
    assert imported.who.zh.startswith(f"{school.name}·")
    (imported,) = [event for event in story(one, other_school) if "花名册" in event.what.zh]
    assert imported.who.zh == "外单位经办人员"
