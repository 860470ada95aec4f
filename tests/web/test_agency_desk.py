"""The agency's first page, organisations, hand-over and close, in both cities. 医保经办岗位"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from django.urls import reverse

from tests.enrolment.building import AT, at, child, organisation
from tests.web.conftest import clerk_of, listed
from yingbao.agents.models import Desk, Organisation
from yingbao.agents.organising import organise_directory
from yingbao.collection import closing
from yingbao.collection.audit import INVARIANTS
from yingbao.collection.models import Close, Payment
from yingbao.collection.ordering import order
from yingbao.declaration.freezing import freeze
from yingbao.enrolment import registering
from yingbao.enrolment.actions import confirm, decline
from yingbao.enrolment.determining import refresh
from yingbao.enrolment.models import CorrectionRequest, Enrolment, Season
from yingbao.enrolment.opening import list_and_determine
from yingbao.enrolment.seasons import open_season
from yingbao.jobs.work import run_waiting
from yingbao.ledger.audit import examine
from yingbao.policy.directory import load_directory
from yingbao.values import clock
from yingbao.values.refusal import Refused
from yingbao.web.agency import handover

pytestmark = pytest.mark.django_db
DIRECTORY = Path(__file__).parents[2] / "policies/500103-yuzhong/directory-2020.yaml"


@pytest.fixture
def officer(agency):
    return clerk_of(agency, Desk.AGENCY)


@pytest.fixture
def client(officer, signed_in):
    return signed_in(officer)


@pytest.fixture
def yuzhong(db):
    return open_season(policy_id="500103/2020", at=AT)


@pytest.fixture
def far(yuzhong, signed_in):
    return signed_in(clerk_of(organisation("insurance_agency", area="500103"), Desk.AGENCY))


def waits(client):
    return {each.name.zh: each.number for each in client.get(reverse("agency-home")).context["work"]}


def test_before_any_season_the_first_page_leads_to_opening_one(db, signed_in):
    client = signed_in(clerk_of(organisation("insurance_agency"), Desk.AGENCY))
    shown = client.get(reverse("agency-home")).content.decode()
    assert reverse("agency-seasons") in shown
    shown = client.get(reverse("agency-seasons")).context
    (offered,) = shown["next"]
    assert [policy.plan_year for policy in shown["later"]] == [2021, 2023, 2025, 2026]
    client.post(reverse("agency-season-open"), {"policy": "320500/2020", "seen": offered["mark"]})
    assert Season.objects.get().policy == "320500/2020"
    assert client.get(reverse("agency-home")).status_code == 200


def test_the_first_page_says_what_waits_in_numbers_with_links(suzhou, school, other_school, officer, client):
    one, *_ = listed(school, suzhou, child(school), child(school, name="李红"))
    CorrectionRequest.objects.create(
        enrolment=one, field="name", wanted="张晓明", reason="写错", asked_by=officer.user, asked_at=AT
    )
    child(school, contested=True)
    told = waits(client)
    assert (told["更正申请"], told["重复的孩子"], told["没有交名单的学校"]) == (1, 1, 1)
    shown = client.get(reverse("agency-home")).content.decode()
    for words in ("还有", "年度申报缴费期", "各阶段和负责单位", "去哪里问"):
        assert words in shown


def test_after_the_deadline_the_first_page_and_the_close_count_what_their_lists_still_hold(
    suzhou, school, officer, client
):
    people = (child(school, hukou="320571", registered=None), child(school, registered=None))
    one, _ = listed(school, suzhou, *people)
    registering.ask_registration(enrolment=one, by=clerk_of(school, Desk.SCHOOL), at=AT)
    CorrectionRequest.objects.create(
        enrolment=one, field="name", wanted="张晓明", reason="写错", asked_by=officer.user, asked_at=AT
    )
    told = waits(client)
    assert (told["登记待审核"], told["等社区登记"]) == (1, 1)
    assert "截止前办结" in client.get(reverse("agency-home")).content.decode()
    community = organisation("community")
    child(born=date(2019, 11, 20), registered=None)
    clock.set_to(at("2019-12-02"))
    list_and_determine(season=suzhou, organisation=community, at=at("2019-12-02"))
    refresh(season=suzhou, as_of=date(2019, 12, 2), at=at("2019-12-02"))
    offered = client.get(reverse("agency-registrations")).context["waiting"].offered
    held = {view["key"]: view["count"] for view in offered}
    told = waits(client)
    assert (told.get("登记待审核", 0), told.get("等社区登记", 0)) == (held[""], held["community"]) == (0, 1)
    for name in ("agency-home", "agency-close"):
        said = client.get(reverse(name)).content.decode()
        assert "登记待审核" not in said
        assert "截止前办结" not in said
        assert "过了办理期限的只能答复不予更正" in said


def test_numbers_are_summed_up_the_tree_and_lead_down_it(suzhou, client):
    district = organisation("district", name="姑苏区")
    street = organisation("sub_district", name="平江街道", parent=district)
    other = organisation("sub_district", name="虎丘街道", parent=district)
    ours = organisation(name="平江小学", parent=street)
    organisation(name="虎丘小学", parent=other)
    listed(ours, suzhou, child(ours), child(ours, name="李红"))
    top = {node.name: node for node in client.get(reverse("agency-home")).context["rows"]}
    assert (top["平江街道"].figures.listed, top["虎丘街道"].empty) == (2, 1)
    below = client.get(reverse("agency-home"), {"under": street.pk})
    assert [node.name for node in below.context["rows"]] == ["平江小学"]
    far_away = organisation(area="500103")
    for wrong in (far_away.pk, 2**40, "x"):
        assert client.get(reverse("agency-home"), {"under": wrong}).status_code in (200, 404)
    assert client.get(reverse("agency-home"), {"under": far_away.pk}).status_code == 404


def test_yuzhongs_first_page_shows_its_own_windows(far):
    shown = far.get(reverse("agency-home")).content.decode()
    assert "2020年9月30日" in shown


def test_a_schools_children_are_handed_over_when_it_closes(suzhou, school, other_school, client):
    listed(school, suzhou, child(school), child(school, name="李红"))
    url = reverse("agency-organisation", args=[school.pk])
    seen = client.get(url).context["seen"]
    said = {"successor": other_school.pk, "reason": "教育局批复", "seen": seen}
    close = reverse("agency-organisation-close", args=[school.pk])
    stale = client.post(close, said | {"seen": "old"})
    assert stale.status_code == 409
    assert "教育局批复" in stale.content.decode()
    assert client.post(close, said | {"successor": ""}).status_code == 409
    assert client.post(close, said).status_code == 302
    assert client.post(close, said).status_code == 302
    assert set(Enrolment.objects.values_list("organisation", flat=True)) == {other_school.pk}
    shown = client.get(url).content.decode()
    assert "已停办" in shown
    assert other_school.name in shown


def test_where_there_are_many_schools_the_one_that_takes_over_is_written_by_name(suzhou, school, client):
    Organisation.objects.bulk_create(
        Organisation(
            kind="school", pooling_area="320500", code=f"S{number}", name=f"第{number}小学", division="320508",
            stages=["primary", "junior"],
        )
        for number in range(2_000)
    )  # fmt: skip
    listed(school, suzhou, child(school))
    page = client.get(reverse("agency-organisation", args=[school.pk]))
    assert len(page.content) < 100_000
    said = {"reason": "教育局批复", "seen": page.context["seen"]}
    close = reverse("agency-organisation-close", args=[school.pk])
    unknown = client.post(close, said | {"successor": "第九万小学"})
    assert unknown.status_code == 409
    assert "第九万小学" in unknown.content.decode()
    assert client.post(close, said | {"successor": "第77小学"}).status_code == 302
    assert Enrolment.objects.get().organisation.name == "第77小学"


def test_a_contact_is_put_right_and_a_wrong_number_is_kept_on_the_page(school, client):
    url = reverse("agency-organisation-contact", args=[school.pk])
    wrong = client.post(url, {"contact": "李老师", "phone": "abc"})
    assert wrong.status_code == 422
    assert "李老师" in wrong.content.decode()
    assert client.post(url, {"contact": "李老师", "phone": "0512-65230001"}).status_code == 302
    school.refresh_from_db()
    assert (school.contact, school.phone) == ("李老师", "0512-65230001")


def test_schools_are_found_by_name_without_a_list_and_without_anybody(suzhou, school, other_school, clerk, client):
    listed(school, suzhou, child(school))
    url = reverse("agency-organisations")
    names = lambda **said: [row["one"].name for row in client.get(url, said).context["rows"]]  # noqa: E731
    assert names(q="沧浪") == ["沧浪学校"]
    assert names(state="empty") == ["沧浪学校"]
    assert names(state="no_desk") == ["沧浪学校"]
    assert names(state="closed") == []


def test_a_directory_shows_what_it_would_change_before_it_is_taken_in(far):
    organise_directory(load_directory(DIRECTORY))
    text = DIRECTORY.read_text("utf-8")
    url = reverse("agency-directory")
    assert "没有变化" in far.post(url, {"text": text}).content.decode()
    school = load_directory(DIRECTORY).schools[0]
    changed = text.replace(f"name: {school.name}", "name: 新办小学")
    page = far.post(url, {"text": changed})
    assert "新办小学" in page.content.decode()
    assert "保持不动" in page.content.decode()
    assert not Organisation.objects.filter(name="新办小学").exists()
    assert far.post(url, {"text": changed, "take": "yes", "seen": "old"}).status_code == 409
    assert far.post(url, {"text": changed, "take": "yes", "seen": page.context["seen"]}).status_code == 302
    assert Organisation.objects.filter(name="新办小学", pooling_area="500103").exists()
    assert Organisation.objects.filter(name=school.name).exists()


def test_a_wrong_directory_and_another_citys_are_not_taken_in(client, far):
    text = DIRECTORY.read_text("utf-8")
    assert client.post(reverse("agency-directory"), {"text": text}).status_code == 409
    wrong = far.post(reverse("agency-directory"), {"text": text.replace("schools_counted: ", "schools_counted: 9")})
    assert wrong.status_code == 422
    assert "第" in wrong.content.decode()


def test_the_hand_over_shows_each_agent_its_mismatches_and_whose_turn_it_is(suzhou, school, client):
    listed(school, suzhou, child(school), child(school, name="李红"))
    page = client.get(reverse("agency-declarations"))
    (row,) = page.context["rows"]
    assert (row["one"], row["mismatches"]) == (school, 2)
    assert "确认后列入下一批申报" in page.content.decode()
    detail = client.get(reverse("agency-declarations"), {"agent": school.pk, "kind": "not_declared"})
    assert len(detail.context["children"]) == 2
    child(school, name="王五")
    listed(school, suzhou)
    client.post(reverse("agency-declarations-compare"))
    run_waiting()
    assert client.get(reverse("agency-declarations")).context["mismatched"] == 3


def test_a_city_is_compared_for_the_first_time_by_the_worker_and_the_page_does_not_wait(
    suzhou, school, client, monkeypatch
):
    listed(school, suzhou, child(school), child(school, name="李红"))
    monkeypatch.setattr(handover, "AT_ONCE", 1)
    page = client.get(reverse("agency-declarations"))
    assert (page.context["compared_at"], page.context["under_way"]) == (None, True)
    client.get(reverse("agency-declarations"))
    run_waiting()
    assert client.get(reverse("agency-declarations")).context["mismatched"] == 2


def test_yuzhongs_hand_over_says_that_families_pay_themselves(yuzhong, far):
    assert "由家长自行缴费" in far.get(reverse("agency-declarations")).content.decode()


def test_the_agency_writes_nothing_of_the_tax_desks_and_the_other_way_round(suzhou, client, signed_in):
    for name in ("tax-close-ask", "tax-close-confirm", "tax-refunds-approve"):
        assert client.post(reverse(name)).status_code == 403
    collector = signed_in(clerk_of(organisation("tax_authority"), Desk.TAX))
    for name in ("agency-season-open", "agency-declarations-compare"):
        assert collector.post(reverse(name)).status_code == 403


def test_the_close_says_what_is_open_and_afterwards_that_nothing_is_changed(suzhou, school, client):
    listed(school, suzhou, child(school))
    page = client.get(reverse("agency-close"))
    assert {each.name.zh: each.number for each in page.context["open"]}["未确认、也未声明不参保"] == 1
    assert "新生儿" in page.content.decode()
    clock.set_to(at("2019-12-05"))
    tax = organisation("tax_authority")
    two = [clerk_of(tax, Desk.TAX).user for _ in range(2)]
    Close.objects.create(
        season=suzhou, asked_at=AT, asked_by=two[0], confirmed_at=at("2019-12-05"), confirmed_by=two[1], lapsed=1
    )
    shown = client.get(reverse("agency-close")).content.decode()
    assert "本季已关账" in shown
    assert "不再增加、变更、缴费" in shown


def test_yuzhongs_close_names_the_late_window(far):
    assert "2020年9月30日" in far.get(reverse("agency-close")).content.decode()


def test_pages_stay_small_with_many_agents(suzhou, client):
    street = organisation("sub_district", name="平江街道")
    Organisation.objects.bulk_create(
        Organisation(
            kind="school", pooling_area="320500", code=f"S{number}", name=f"第{number}小学", division="320508",
            stages=["primary"], parent=street,
        )
        for number in range(400)
    )  # fmt: skip
    for url in (
        reverse("agency-home"),
        reverse("agency-organisations"),
        reverse("agency-declarations"),
        reverse("agency-proposal-new"),
    ):
        assert len(client.get(url).content) < 100_000


def test_after_the_close_nothing_is_added_changed_or_paid_and_every_page_says_when_it_ended(
    suzhou, school, client, officer
):
    one, two, three = listed(school, suzhou, *(child(school, name=name) for name in ("张三", "李四", "王五")))
    by, over = clerk_of(school, Desk.SCHOOL), at("2019-12-05")
    confirm(enrolments=[two], by=by, at=AT)
    clock.set_to(over)
    tax = organisation("tax_authority")
    asking, confirming = clerk_of(tax, Desk.TAX), clerk_of(tax, Desk.TAX)
    close = closing.ask_close(season=suzhou, by=asking, at=over)
    closing.confirm_close(close=close, by=confirming, at=over)
    states = set(Enrolment.objects.values_list("state", flat=True))
    assert states == {"lapsed"}
    deeds = (
        lambda: confirm(enrolments=[one], by=by, at=over),
        lambda: decline(enrolment=three, reason="不参保", by=by, at=over),
        lambda: freeze(season=suzhou, organisation=school, method="transfer", by=by, at=over),
        lambda: order(enrolments=[two], channel="wechat", kind="page", payer="家长", token="t", at=over),
    )
    for deed in deeds:
        with pytest.raises(Refused):
            deed()
    assert set(Enrolment.objects.values_list("state", flat=True)) == states
    assert not Payment.objects.exists()
    assert "本季已关账" in client.get(reverse("agency-close")).content.decode()
    assert examine(INVARIANTS) == []
