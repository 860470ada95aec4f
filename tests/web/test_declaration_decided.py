"""The tax desk decides on declarations; agency and tax desk see the same mismatches. 税务受理与名单比对"""

from __future__ import annotations

import io
import re

import openpyxl
import pytest

from tests.declaration.building import accepted, altered, frozen, submitted
from tests.enrolment.building import AT, at, child, organisation
from tests.web.conftest import clerk_of, listed
from yingbao.agents.models import Desk
from yingbao.collection.models import Obligation
from yingbao.declaration.models import Declaration
from yingbao.enrolment.actions import confirm_ready, withdraw
from yingbao.enrolment.models import Enrolment
from yingbao.people.models import Look

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(suzhou):
    return clerk_of(organisation("tax_authority", name="苏州市税务局"), Desk.TAX, "陈税务")


@pytest.fixture
def client(signed_in, officer):
    return signed_in(officer)


@pytest.fixture
def one(school, suzhou, clerk) -> Declaration:
    for name, more in (("甲", {}), ("乙", {}), ("丙", {"assisted": "orphan"})):
        child(school, name=name, **more)
    listed(school, suzhou)
    confirm_ready(season=suzhou, organisation=school, by=clerk, at=AT)
    return submitted(suzhou, school, clerk)


def text(answer) -> str:
    """What a page says, without its markup."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_an_officer_accepts_a_list_and_its_children_owe_at_once(client, one, officer):
    page = client.get(f"/tax/declarations/{one.pk}/")
    assert [row["line"].name for row in page.context["rows"]] == ["甲", "乙", "丙"]
    answer = client.post(f"/tax/declarations/{one.pk}/accept", follow=True)
    one.refresh_from_db()
    assert (one.state, one.decided_by) == ("accepted", officer.user)
    assert "应缴已核定 3 名" in text(answer)
    assert Obligation.objects.count() == 3
    assert set(Enrolment.objects.values_list("state", flat=True)) == {"declared", "exempt"}


def test_a_second_click_on_accept_changes_and_says_nothing_more(client, one):
    client.post(f"/tax/declarations/{one.pk}/accept")
    again = client.post(f"/tax/declarations/{one.pk}/accept", follow=True)
    assert again.status_code == 200
    assert Obligation.objects.count() == 3


def test_an_officer_refuses_a_line_with_a_reason_and_takes_the_rest(client, one):
    line = one.lines.get(name="甲")
    marked = client.post(f"/tax/declarations/{one.pk}/mark", {f"reason-{line.pk}": " 号码  有误 "}, follow=True)
    assert marked.context["draft"] == {line.pk: "号码 有误"}
    assert "还没有生效" in text(marked)
    one.refresh_from_db()
    assert one.state == "submitted"
    only = client.get(f"/tax/declarations/{one.pk}/?only=marked")
    assert [row["line"].name for row in only.context["rows"]] == ["甲"]
    client.post(f"/tax/declarations/{one.pk}/part")
    line.refresh_from_db()
    one.refresh_from_db()
    assert (one.state, line.verdict, line.verdict_reason) == ("partly_accepted", "refused", "号码 有误")
    assert Obligation.objects.count() == 2
    assert "refusing" not in client.session or str(one.pk) not in client.session["refusing"]


def test_a_mark_is_taken_back_by_an_empty_reason_and_other_lists_lines_are_not_marked(client, one):
    line = one.lines.get(name="甲")
    client.post(f"/tax/declarations/{one.pk}/mark", {f"reason-{line.pk}": "有误", "reason-99999999": "别人的"})
    assert client.get(f"/tax/declarations/{one.pk}/").context["draft"] == {line.pk: "有误"}
    client.post(f"/tax/declarations/{one.pk}/mark", {f"reason-{line.pk}": "", "reason-x": "y"})
    assert client.get(f"/tax/declarations/{one.pk}/").context["draft"] == {}


def test_an_officer_sends_a_list_back_and_has_to_say_why(client, one):
    assert client.post(f"/tax/declarations/{one.pk}/return", {"reason": " "}).status_code == 409
    answer = client.post(f"/tax/declarations/{one.pk}/return", {"reason": "班级不全"}, follow=True)
    one.refresh_from_db()
    assert (one.state, one.reason) == ("returned", "班级不全")
    assert "班级不全" in text(answer)
    assert not Obligation.objects.exists()


def test_children_who_changed_since_are_pointed_out_and_marked_by_one_click(client, one, clerk):
    withdraw(enrolment=Enrolment.objects.get(person__name="乙"), reason="转学", by=clerk, at=AT)
    page = client.get(f"/tax/declarations/{one.pk}/")
    assert "1 名孩子情况有变" in text(page)
    assert f"/tax/declarations/{one.pk}/accept" not in page.content.decode()
    assert client.post(f"/tax/declarations/{one.pk}/accept").status_code == 409
    client.post(f"/tax/declarations/{one.pk}/mark", {"stale": "1"})
    client.post(f"/tax/declarations/{one.pk}/part")
    one.refresh_from_db()
    assert one.state == "partly_accepted"
    assert one.lines.get(name="乙").verdict_reason == "提交后情况有变"


def test_altered_lines_are_told_and_cannot_be_accepted(client, one):
    altered(one.lines.first(), "name", "改名")
    page = client.get(f"/tax/declarations/{one.pk}/")
    assert "摘要不符" in text(page)
    assert client.post(f"/tax/declarations/{one.pk}/accept").status_code == 409
    one.refresh_from_db()
    assert one.state == "submitted"


def test_the_list_shows_those_that_wait_first_and_filters(client, one, suzhou, other_school):
    second = clerk_of(other_school, Desk.SCHOOL)
    child(other_school, name="戊", assisted="orphan")
    listed(other_school, suzhou)
    confirm_ready(season=suzhou, organisation=other_school, by=second, at=AT)
    done = accepted(suzhou, other_school, second, at("2019-11-11"))

    def found(query: str = "") -> list[int]:
        return [row["one"].pk for row in client.get(f"/tax/declarations/{query}").context["rows"]]

    assert found() == [one.pk, done.pk]
    assert found("?state=accepted") == [done.pk]
    assert found("?school=沧浪") == found("?sum=free") == [done.pk]
    assert found(f"?school={one.reference.lower()}") == found("?sum=owing") == [one.pk]
    assert found("?school=没有") == []


def test_what_is_only_frozen_is_not_seen_by_the_tax_desk(client, school, suzhou, clerk):
    child(school)
    listed(school, suzhou)
    confirm_ready(season=suzhou, organisation=school, by=clerk, at=AT)
    made = frozen(suzhou, school, clerk)
    assert client.get("/tax/declarations/").context["rows"] == []
    assert client.get(f"/tax/declarations/{made.pk}/").status_code == 404


def test_another_citys_officer_finds_no_such_declaration(signed_in, one):
    far = signed_in(clerk_of(organisation("tax_authority", area="500103"), Desk.TAX))
    assert far.get(f"/tax/declarations/{one.pk}/").status_code == 404
    for how in ("accept", "part", "return", "mark"):
        assert far.post(f"/tax/declarations/{one.pk}/{how}", {"reason": "x"}).status_code == 404
    one.refresh_from_db()
    assert one.state == "submitted"


@pytest.fixture
def seats(signed_in, officer, suzhou):
    agency = clerk_of(organisation("insurance_agency"), Desk.AGENCY)
    return {"/agency/declarations/": signed_in(agency), "/tax/declarations/compare": signed_in(officer)}


def test_agency_and_tax_desk_see_the_same_mismatches(seats, one, school, suzhou, clerk):
    listed(school, suzhou, child(school, name="丁"))
    agency, tax = seats.items()
    address, client = tax
    page = client.get(address)
    assert [(row["row"].kind, row["row"].name) for row in page.context["rows"]] == [("not_declared", "丁")]
    assert "已登记未申报" in text(page)
    assert client.get(f"{address}?kind=left").context["rows"] == []
    assert len(client.get(f"{address}?agent={school.pk}&page=7").context["rows"]) == 1
    assert client.get(f"{address}?kind=nonsense&agent=x").context["total"] == 1
    address, client = agency
    assert [(row["one"], row["mismatches"]) for row in client.get(address).context["rows"]] == [(school, 1)]
    page = client.get(f"{address}?agent={school.pk}")
    assert [(row["row"].kind, row["row"].name) for row in page.context["children"]] == [("not_declared", "丁")]
    assert client.get(f"{address}?kind=left").context["rows"] == []
    assert client.get(f"{address}?kind=nonsense&agent=x").context["mismatched"] == 1


def test_the_mismatches_go_into_a_workbook_with_masked_numbers(seats, one, school, suzhou):
    listed(school, suzhou, child(school, name="=丁"))
    for address, client in seats.items():
        file = address.rstrip("/") + ".xlsx" if address.startswith("/tax") else f"{address}compare.xlsx"
        answer = client.post(file, {"kind": "not_declared"})
        sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
        rows = list(sheet.iter_rows(min_row=2, values_only=True))
        assert len(rows) == 1
        assert (rows[0][0], rows[0][1], rows[0][3]) == ("已登记未申报", "星海学校", "=丁")
        assert "*" in rows[0][4]
        assert rows[0][6] == Enrolment.objects.get(person__name="=丁").self_paid_fen / 100


def test_every_look_at_the_lines_and_mismatches_is_recorded(client, seats, one, school, suzhou):
    listed(school, suzhou, child(school, name="丁"))
    client.get(f"/tax/declarations/{one.pk}/")
    for address, each in seats.items():
        each.get(f"{address}?agent={school.pk}")
    assert list(Look.objects.order_by("pk").values_list("what", "count")) == [("list", 3), ("list", 1), ("list", 1)]
