"""The list of pupils: filters, order, search, confirming many at once. 学生名单"""

from __future__ import annotations

from datetime import date
from io import BytesIO

import pytest
from django.test import Client
from openpyxl import load_workbook

from tests.enrolment.building import AT, child, enter
from tests.web.conftest import listed
from yingbao.enrolment.actions import decline
from yingbao.people.models import Look
from yingbao.sealing.sealed import unseal
from yingbao.values import clock
from yingbao.web.school.listing import PAGE_SIZE, Group

pytestmark = pytest.mark.django_db
MISSED = {"hukou": "340100", "registered": None}
"""hukou elsewhere, a first-timer, not admitted by points"""


@pytest.fixture
def client(clerk, signed_in) -> Client:
    return signed_in(clerk)


def names(client: Client, query: str = "") -> list[str]:
    answer = client.get(f"/school/pupils/{query}")
    assert answer.status_code == 200
    return [row.enrolment.person.name for row in answer.context["listing"].rows]


def test_an_empty_list_says_what_to_do_first(client):
    assert "先上传花名册" in client.get("/school/pupils/").content.decode()


def test_the_list_shows_who_pays_who_is_exempt_and_who_cannot_enrol(client, school, suzhou):
    pays, exempt = child(school, name="需缴"), child(school, name="免缴", assisted="orphan")
    missed = child(school, name="错过", **MISSED)
    listed(school, suzhou, pays, exempt, missed)
    assert names(client, "?show=must-pay") == ["需缴"]
    assert names(client, "?show=exempt") == ["免缴"]
    assert names(client, "?show=ineligible") == ["错过"]
    assert len(names(client)) == 3


def test_every_view_counts_as_many_as_it_lists(client, school, suzhou):
    children = [
        child(school), child(school, registered=None), child(school, phone=None), child(school, assisted="orphan"),
        child(school, **MISSED), child(school, born=None),
    ]  # fmt: skip
    listed(school, suzhou, *children)
    for view in client.get("/school/pupils/").context["listing"].offered:
        assert len(names(client, f"?show={view['key']}")) == view["count"], view["key"]


def test_a_class_and_a_state_can_be_asked_for(client, school, suzhou):
    second, tenth = child(school, name="二班生", class_name="2班"), child(school, name="十班生", class_name="10班")
    listed(school, suzhou, second, tenth)
    assert names(client, f"?class={Group('primary', 1, '10班').key}") == ["十班生"]
    assert names(client, "?state=determined") == ["二班生", "十班生"]
    assert names(client, "?state=confirmed") == []


def test_classes_stand_in_the_order_of_stages_grades_and_numbers(client, school, suzhou):
    junior = child(school, name="初一生", stage="junior", grade=1)
    tenth = child(school, name="十班生", grade=2, class_name="10班")
    second = child(school, name="二班生", grade=2, class_name="2班")
    listed(school, suzhou, junior, tenth, second)
    assert names(client) == ["二班生", "十班生", "初一生"]
    groups = client.get("/school/pupils/").context["listing"].groups
    assert [group.text.zh for group in groups] == ["二年级 2班", "二年级 10班", "初一 1班"]


@pytest.mark.parametrize("query", ["?class=primary.x.1", "?class=..", "?page=0", "?page=9999999", "?show=x", "?find=7"])
def test_an_address_that_asks_for_nonsense_shows_the_whole_list(client, school, suzhou, query):
    listed(school, suzhou, child(school, name="张三"))
    assert names(client, query) == ["张三"]


def test_pages_hold_fifty_and_none_is_shown_twice_or_left_out(client, school, suzhou):
    children = [child(school, name=f"学生{number:03}") for number in range(PAGE_SIZE + 3)]
    listed(school, suzhou, *children)
    first, second = names(client), names(client, "?page=2")
    assert (len(first), len(second)) == (PAGE_SIZE, 3)
    assert len({*first, *second}) == PAGE_SIZE + 3


def test_a_name_is_found_and_does_not_stand_in_the_address(client, school, suzhou):
    listed(school, suzhou, child(school, name="欧阳小雨"), child(school, name="李雷"))
    answer = client.post("/school/pupils/search", {"q": "欧阳", "show": "must-pay"})
    assert (answer.status_code, answer["Location"]) == (303, "/school/pupils/?show=must-pay&find=1")
    assert names(client, "?show=must-pay&find=1") == ["欧阳小雨"]


def test_a_whole_identity_number_leads_to_the_child_and_stays_nowhere(client, school, suzhou, caplog):
    person = child(school)
    listed(school, suzhou, person)
    number = unseal(bytes(person.documents.get().number_cipher))
    answer = client.post("/school/pupils/search", {"q": number})
    assert answer["Location"] == f"/school/pupils/{person.pk}/"
    assert number not in str(client.session.items())
    unknown = client.post("/school/pupils/search", {"q": "32050820120504001X"})
    assert "32050820120504001X" not in str(list(client.session.items())) + unknown["Location"] + caplog.text
    page = client.get(unknown["Location"]).content.decode()
    assert "没有符合条件的学生" in page
    assert "32050820120504001X" not in page


def test_a_number_of_another_schools_child_finds_nobody(client, other_school, suzhou):
    person = child(other_school)
    listed(other_school, suzhou, person)
    number = unseal(bytes(person.documents.get().number_cipher))
    answer = client.post("/school/pupils/search", {"q": number})
    assert names(client, answer["Location"].removeprefix("/school/pupils/")) == []


def test_a_search_of_one_session_is_unknown_in_another(client, clerk, signed_in, school, suzhou):
    listed(school, suzhou, child(school, name="欧阳小雨"), child(school, name="李雷"))
    client.post("/school/pupils/search", {"q": "欧阳"})
    assert len(names(signed_in(clerk), "?find=1")) == 2


def test_a_partial_request_gets_the_list_alone_and_its_address(client, school, suzhou):
    listed(school, suzhou, child(school))
    answer = client.get("/school/pupils/?show=must-pay", headers={"HX-Request": "true"})
    assert answer["HX-Push-Url"] == "/school/pupils/?show=must-pay"
    assert "<html" not in answer.content.decode()


def test_every_list_and_search_is_recorded(client, clerk, school, suzhou):
    listed(school, suzhou, child(school), child(school))
    client.get("/school/pupils/")
    client.post("/school/pupils/search", {"q": "张"})
    looks = Look.objects.order_by("pk").values_list("user", "organisation", "what", "count")
    assert list(looks) == [(clerk.user_id, school.pk, "list", 2), (clerk.user_id, school.pk, "search", 0)]


def test_confirming_shows_heads_and_yuan_first_and_changes_nothing_yet(client, school, suzhou):
    pays, _ = listed(school, suzhou, child(school), child(school, assisted="orphan"))
    answer = client.post("/school/pupils/confirm", {"scope": "all"})
    page = answer.content.decode()
    assert "确认 2 名学生参保" in page
    assert (answer.context["sums"]["paying"], answer.context["sums"]["exempt"]) == (1, 1)
    pays.refresh_from_db()
    assert pays.state == "determined"


def sure(client: Client, **asked: object):
    """Ask, read what the page expects, and say yes."""
    shown = client.post("/school/pupils/confirm", asked)
    return client.post("/school/pupils/confirm", asked | {"expected": shown.context["expected"]}, follow=True)


def test_all_that_are_ready_are_confirmed_and_who_needs_something_is_left(client, school, suzhou):
    ready, needy = listed(school, suzhou, child(school), child(school, phone=None))
    shown = client.post("/school/pupils/confirm", {"scope": "all"})
    assert shown.context["held_back"] == 1
    assert "已确认 1 名学生参保" in sure(client, scope="all").content.decode()
    ready.refresh_from_db()
    needy.refresh_from_db()
    assert (ready.state, needy.state) == ("confirmed", "determined")


def test_only_the_ticked_are_confirmed(client, school, suzhou):
    first, second = listed(school, suzhou, child(school), child(school))
    sure(client, scope="chosen", chosen=[str(second.pk)])
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == ("determined", "confirmed")


def test_a_class_is_confirmed_without_the_others(client, school, suzhou):
    first, second = listed(school, suzhou, child(school, class_name="1班"), child(school, class_name="2班"))
    sure(client, scope="all", **{"class": Group("primary", 1, "2班").key})
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == ("determined", "confirmed")


def test_if_the_list_changed_since_it_was_looked_at_nobody_is_confirmed(client, clerk, school, suzhou):
    first, second = listed(school, suzhou, child(school), child(school))
    shown = client.post("/school/pupils/confirm", {"scope": "all"})
    decline(enrolment=second, reason="家长书面放弃", by=clerk, at=AT)
    asked = {"scope": "all", "expected": shown.context["expected"]}
    answer = client.post("/school/pupils/confirm", asked)
    assert "名单有了变化" in answer.content.decode()
    first.refresh_from_db()
    assert first.state == "determined"


def test_another_schools_children_are_not_confirmed_even_if_named(client, other_school, suzhou):
    (theirs,) = listed(other_school, suzhou, child(other_school))
    answer = client.post("/school/pupils/confirm", {"scope": "chosen", "chosen": [str(theirs.pk)], "expected": "1/24"})
    assert answer.context["sums"]["all"] == 0
    theirs.refresh_from_db()
    assert theirs.state == "determined"


def test_a_child_on_two_rosters_is_shown_apart_and_only_to_look_at(client, clerk, school, other_school, suzhou):
    person = child(other_school)
    listed(other_school, suzhou, person)
    enter(person, school, contested=True)
    assert names(client) == []
    assert names(client, "?show=claimed") == ["张小明"]
    page = client.get(f"/school/pupils/{person.pk}/").content.decode()
    assert "参保现由另一所学校办理" in page
    assert other_school.name in page
    assert "登记为不参保" not in page


def test_a_claim_on_a_roster_shows_no_more_of_the_child_than_the_school_wrote(
    client, clerk, school, other_school, suzhou
):
    person = child(other_school)
    listed(other_school, suzhou, person)
    enter(person, school, contested=True)
    page = client.get(f"/school/pupils/{person.pk}/").content.decode()
    assert "240" not in page
    assert "理由" not in page
    assert "监护人" not in page
    assert "240" not in client.get("/school/pupils/?show=claimed").content.decode()
    answer = client.post(f"/school/pupils/{person.pk}/decline", {"why": "family", "seen": "x"})
    assert answer.status_code == 404
    assert workbook(client.post("/school/pupils/export", {"show": "claimed"}))[0] == 1


def test_the_list_of_a_closed_season_can_still_be_read(client, school, suzhou):
    listed(school, suzhou, child(school, name="张三", born=date(2012, 1, 1)))
    clock.set_to(AT.replace(year=2020, month=3))
    assert names(client) == ["张三"]


def test_the_list_is_taken_along_as_a_workbook_with_masked_numbers(client, school, suzhou):
    person = child(school, name="张三")
    listed(school, suzhou, person)
    rows, text = workbook(client.post("/school/pupils/export", {}))
    assert rows == 2
    assert "张三" in text
    assert unseal(bytes(person.documents.get().number_cipher)) not in text
    assert Look.objects.get().what == "export"


def test_whole_numbers_are_exported_for_a_recorded_reason_only(client, school, suzhou):
    person = child(school)
    listed(school, suzhou, person)
    assert client.post("/school/pupils/export", {"full": "1", "reason": " "}).status_code == 302
    assert not Look.objects.exists()
    _, text = workbook(client.post("/school/pupils/export", {"full": "1", "reason": "报送制卡"}))
    assert unseal(bytes(person.documents.get().number_cipher)) in text
    look = Look.objects.get()
    assert (look.what, look.count, look.reason) == ("full_number", 1, "报送制卡")


def workbook(answer) -> tuple[int, str]:
    """How many rows the answered workbook has, and all that stands in it."""
    sheet = load_workbook(BytesIO(answer.content)).active
    return sheet.max_row, str(list(sheet.values))
