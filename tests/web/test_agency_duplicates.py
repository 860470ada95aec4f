"""Children who stand twice: on two rolls, under two documents, in two areas. 查重页面"""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from tests.collection.building import owed, pay
from tests.enrolment.building import AT, child, enter, organisation
from tests.web.conftest import clerk_of, listed
from yingbao.agents.models import Appointment, Desk, Organisation
from yingbao.cases.models import Case
from yingbao.collection.audit import INVARIANTS
from yingbao.collection.models import Refund
from yingbao.enrolment.actions import confirm
from yingbao.enrolment.models import Enrolment
from yingbao.enrolment.seasons import open_season
from yingbao.ledger.audit import examine
from yingbao.people.models import BasicRegistration, NotTheSame, Person, SchoolRoll

pytestmark = pytest.mark.django_db
BORN = date(2012, 5, 4)


@pytest.fixture
def officer(school) -> Appointment:
    return clerk_of(organisation("insurance_agency", name="苏州经办"), Desk.AGENCY, "李主任")


@pytest.fixture
def client(officer, signed_in) -> Client:
    return signed_in(officer)


@pytest.fixture
def twice(school, other_school, suzhou) -> Person:
    person = child(school, name="两校生")
    listed(school, suzhou, person)
    roll = enter(person, other_school, contested=True)
    SchoolRoll.objects.filter(pk=roll.pk).update(entered_on=date(2019, 10, 8))
    return person


class TestOnTwoRolls:
    def test_it_is_shown_with_both_schools_and_the_rule(self, client, twice):
        assert "星海学校 / 沧浪学校" in client.get("/agency/duplicates/").content.decode()
        said = client.get(f"/agency/duplicates/roll/{twice.pk}/").content.decode()
        assert "建议：沧浪学校" in said

    def test_settling_ends_the_other_roll_and_hands_the_child_over(self, client, twice, other_school):
        url = f"/agency/duplicates/roll/{twice.pk}/"
        mark = client.get(url).context["seen"]
        form = {"seen": mark, "school": other_school.pk, "reason": "两校核实"}
        assert client.post(url + "settle", form | {"reason": ""}).status_code == 422
        assert client.post(url + "settle", form | {"school": ""}).status_code == 422
        client.post(url + "settle", form)
        assert SchoolRoll.objects.get(person=twice, left_on__isnull=True).school == other_school
        assert Enrolment.objects.get(person=twice).organisation == other_school

    def test_a_second_click_says_that_it_is_done_and_a_second_officer_loses_nothing(
        self, client, twice, other_school, officer, signed_in
    ):
        url = f"/agency/duplicates/roll/{twice.pk}/"
        form = {"seen": client.get(url).context["seen"], "school": other_school.pk, "reason": "两校核实"}
        client.post(url + "settle", form)
        again = client.post(url + "settle", form, follow=True)
        assert again.status_code == 200
        assert "没有重复办理" in again.content.decode()
        assert "没有执行" not in again.content.decode()
        second = signed_in(clerk_of(officer.organisation, Desk.AGENCY, "周副主任"))
        late = second.post(url + "settle", form | {"reason": "电话问过沧浪"})
        assert late.status_code == 409
        assert "李主任已经这样确认过了" in late.content.decode()
        assert "电话问过沧浪" in late.content.decode()
        school = SchoolRoll.objects.exclude(school=other_school).get(person=twice).school
        contrary = second.post(url + "settle", form | {"school": school.pk, "reason": "在星海"})
        assert contrary.status_code == 409
        assert "没有执行" in contrary.content.decode()

    def test_of_a_school_elsewhere_no_more_is_shown_than_that_there_is_one(self, client, school, suzhou):
        far = organisation(area="500103", name="渝中学校")
        organisation("insurance_agency", area="500103", name="渝中经办", phone="023-1")
        person = child(school, name="跨省生")
        listed(school, suzhou, person)
        enter(person, far, contested=True, class_name="秘密班")
        said = client.get(f"/agency/duplicates/roll/{person.pk}/").content.decode()
        assert "渝中学校" not in said
        assert "秘密班" not in said
        assert "渝中经办" in said
        url = f"/agency/duplicates/roll/{person.pk}/"
        form = {"seen": client.get(url).context["seen"], "school": "other", "reason": "已转走"}
        client.post(url + "settle", form)
        assert SchoolRoll.objects.get(person=person, left_on__isnull=True).school == far
        assert "没有重复办理" in client.post(url + "settle", form, follow=True).content.decode()


class TestAlike:
    @pytest.fixture
    def pair(self, school, suzhou) -> tuple[Person, Person]:
        born = {"name": "林安", "born": BORN, "phone": "13812345678"}
        first, second = child(school, document="passport", **born), child(school, **born)
        listed(school, suzhou, first, second)
        return first, second

    def test_a_passport_and_a_number_of_one_child_are_found(self, client, pair, school):
        child(school, name="林安", born=date(2012, 5, 5), document="passport")
        listing = client.get("/agency/duplicates/?show=alike")
        assert [row["key"] for row in listing.context["rows"]] == [f"{pair[0].pk}-{pair[1].pk}"]
        said = client.get(f"/agency/duplicates/pair/{pair[0].pk}-{pair[1].pk}/").content.decode()
        assert "监护人电话相同" in said

    def test_two_children_are_remembered_and_not_shown_again(self, client, pair):
        url = f"/agency/duplicates/pair/{pair[0].pk}-{pair[1].pk}/"
        mark = client.get(url).context["seen"]
        assert client.post(url + "apart", {"seen": mark, "reason": ""}).status_code == 422
        client.post(url + "apart", {"seen": mark, "reason": "两份户口簿"})
        assert NotTheSame.objects.get().reason == "两份户口簿"
        assert client.get("/agency/duplicates/?show=alike").context["total"] == 0
        again = client.post(url + "apart", {"seen": "old", "reason": "问过两家"})
        assert again.status_code == 409
        assert "问过两家" in again.content.decode()

    def test_merging_takes_two_steps_and_withdraws_what_one_child_cannot_have_twice(
        self, client, pair, school, clerk, officer, signed_in
    ):
        first, second = pair
        paid = Enrolment.objects.get(person=first)
        confirm(enrolments=[paid], by=clerk, at=AT)
        paid.refresh_from_db()
        (debt,) = owed(paid.season, [paid])
        pay(debt)
        url = f"/agency/duplicates/pair/{first.pk}-{second.pk}/"
        form = {"seen": client.get(url).context["seen"], "keep": second.pk, "reason": "同一本户口簿"}
        shown = client.post(url + "join", form)
        said = shown.content.decode()
        assert "确认并档" in said
        assert "撤回其中一份" in said
        assert "自动申请退费" in said
        first.refresh_from_db()
        assert first.merged_into is None
        assert not Refund.objects.exists()
        client.post(url + "join", form | {"sure": "yes"})
        first.refresh_from_db()
        assert first.merged_into == second
        assert Refund.objects.get().reason == "withdrawn"
        assert second.documents.count() == 2
        assert examine(INVARIANTS) == []
        again = client.post(url + "join", form | {"sure": "yes"}, follow=True)
        assert "没有重复办理" in again.content.decode()
        second = signed_in(clerk_of(officer.organisation, Desk.AGENCY, "周副主任"))
        late = second.post(url + "join", form | {"sure": "yes", "reason": "周副主任问过"})
        assert late.status_code == 409
        assert "已经并为一份" in late.content.decode()
        assert "周副主任问过" in late.content.decode()

    def test_money_and_receipts_follow_the_record_that_is_paid_for(self, client, pair, clerk):
        first, second = pair
        paid = Enrolment.objects.get(person=second)
        confirm(enrolments=[paid], by=clerk, at=AT)
        paid.refresh_from_db()
        (debt,) = owed(paid.season, [paid])
        pay(debt)
        url = f"/agency/duplicates/pair/{first.pk}-{second.pk}/"
        form = {"seen": client.get(url).context["seen"], "keep": second.pk, "reason": "同一人", "sure": "yes"}
        client.post(url + "join", form)
        paid.refresh_from_db()
        debt.refresh_from_db()
        assert (paid.person, paid.state, debt.person, debt.paid_fen) == (second, "paid", second, debt.due_fen)
        assert not Refund.objects.exists()
        assert examine(INVARIANTS) == []

    def test_a_stale_page_merges_nobody_and_keeps_what_was_typed(self, client, pair):
        first, second = pair
        url = f"/agency/duplicates/pair/{first.pk}-{second.pk}/"
        form = {"seen": client.get(url).context["seen"], "keep": second.pk, "reason": "同一本户口簿", "sure": "yes"}
        Person.objects.filter(pk=first.pk).update(hukou="320506")
        answer = client.post(url + "join", form)
        assert answer.status_code == 409
        assert "同一本户口簿" in answer.content.decode()
        first.refresh_from_db()
        assert first.merged_into is None

    def test_a_record_of_another_area_is_masked_and_not_merged_here(self, client, school, suzhou):
        born = {"name": "林安然", "born": BORN}
        mine = child(school, **born)
        listed(school, suzhou, mine)
        far = organisation(area="500103", name="渝中学校")
        organisation("insurance_agency", area="500103", name="渝中经办", phone="023-1")
        theirs = child(far, document="passport", area="500103", hukou="500103", **born)
        listed(far, open_season(policy_id="500103/2020", at=AT), theirs)
        url = f"/agency/duplicates/pair/{mine.pk}-{theirs.pk}/"
        page = client.get(url)
        said = page.content.decode()
        assert "渝中学校" not in said
        assert "渝中经办" in said
        form = {"seen": page.context["seen"], "keep": mine.pk, "reason": "x", "sure": "yes"}
        assert client.post(url + "join", form).status_code == 422

    def test_strangers_guesses_find_nothing(self, client, pair):
        for guess in ("1-2", "x", f"{pair[0].pk}-{pair[0].pk}", "9" * 30 + "-1"):
            assert client.get(f"/agency/duplicates/pair/{guess}/").status_code == 404


class TestInTwoAreas:
    @pytest.fixture
    def both(self, school, suzhou) -> Person:
        person = child(school, name="两地生")
        listed(school, suzhou, person)
        far = organisation("community", area="500103", name="渝中居委会")
        organisation("insurance_agency", area="500103", name="渝中经办", phone="023-1")
        BasicRegistration.objects.create(
            person=person, pooling_area="500103", registered_on=date(2018, 1, 1), channel="community"
        )
        season = open_season(policy_id="500103/2020", at=AT)
        Enrolment.objects.create(
            season=season, person=person, plan_year=2020, organisation=far, state="draft", state_at=AT
        )
        return person

    def test_our_side_is_shown_with_the_rule_and_whom_to_call(self, client, both):
        listing = client.get("/agency/duplicates/?show=areas").content.decode()
        assert "两地生" in listing
        said = client.get(f"/agency/duplicates/areas/{both.pk}/").content.decode()
        assert "学籍地优先于户籍地：由本地参保" in said
        assert "渝中经办" in said
        assert "渝中居委会" not in said

    def test_the_first_page_counts_it_and_the_page_of_duplicates_opens_on_it(self, client, both, signed_in):
        (waits,) = [one for one in client.get("/agency/").context["work"] if one.name.zh == "重复的孩子"]
        assert (waits.number, waits.said.zh) == (1, "两地参保 1")
        page = client.get(waits.url)
        assert page.context["show"] == "areas"
        assert "两地生" in page.content.decode()
        assert [one["count"] for one in page.context["shows"]] == [0, 0, 1]
        far = signed_in(clerk_of(Organisation.objects.get(name="渝中经办"), Desk.AGENCY))
        (there,) = [one for one in far.get("/agency/").context["work"] if one.name.zh == "重复的孩子"]
        assert there.number == 1
        assert "两地生" in far.get(there.url).content.decode()

    def test_once_settled_it_is_counted_no_longer(self, client, both):
        url = f"/agency/duplicates/areas/{both.pk}/"
        assert "重复的孩子" in client.get("/agency/").content.decode()
        client.post(url + "withdraw", {"seen": client.get(url).context["seen"], "reason": "在渝中参保"})
        assert "重复的孩子" not in client.get("/agency/").content.decode()

    @pytest.fixture
    def far(self, both, signed_in) -> Client:
        return signed_in(clerk_of(Organisation.objects.get(name="渝中经办"), Desk.AGENCY, "谭主任"))

    def asked(self, client, both, question="孩子在星海学校就读，学籍已核对") -> Case:
        page = client.get(f"/agency/duplicates/areas/{both.pk}/")
        (other,) = page.context["others"]
        form = {"season": other["season"], "question": question}
        answer = client.post(f"/agency/duplicates/areas/{both.pk}/ask", form, follow=True)
        assert answer.status_code == 200
        return Case.objects.get()

    def test_the_other_agency_is_asked_by_a_case_and_sees_it_on_its_own_page(self, client, both, far):
        url = f"/agency/duplicates/areas/{both.pk}/"
        (other,) = client.get(url).context["others"]
        empty = client.post(url + "ask", {"season": other["season"], "question": ""})
        assert empty.status_code == 422
        case = self.asked(client, both)
        assert (case.to_organisation.name, case.kind) == ("渝中经办", "areas")
        again = client.post(url + "ask", {"season": other["season"], "question": "再请"}, follow=True)
        assert "没有重复办理" in again.content.decode()
        assert Case.objects.count() == 1
        assert case.number in client.get(url).content.decode()
        assert case.number in far.get("/cases/").content.decode()
        said = far.get(f"/cases/{case.pk}/").content.decode()
        for words in ("两地生", "孩子在星海学校就读", f"/agency/duplicates/areas/{both.pk}/"):
            assert words in said
        (waits,) = [one for one in far.get("/agency/").context["work"] if one.name.zh == "个案与问题"]
        assert (waits.number, waits.url) == (1, "/cases/")
        there = far.get(url).content.decode()
        assert "“苏州经办”请本地撤回" in there
        assert "/ask" not in there
        assert "星海学校 " not in there

    def test_a_whole_number_does_not_go_to_the_other_city(self, client, both):
        url, words = f"/agency/duplicates/areas/{both.pk}/", "孩子在本地就读，号码 500103201109129996"
        page = client.get(url)
        form = {"season": page.context["others"][0]["season"], "question": words}
        refused = client.post(url + "ask", form)
        assert refused.status_code == 422
        assert "像证件号" in refused.content.decode()
        assert words in refused.content.decode()
        assert not Case.objects.exists()
        left = client.post(url + "withdraw", {"seen": page.context["seen"], "reason": words})
        assert left.status_code == 422
        assert not Enrolment.objects.filter(person=both, state="withdrawn").exists()

    def test_a_second_officer_is_told_who_has_asked_and_keeps_the_words(self, client, both, officer, signed_in):
        case = self.asked(client, both)
        second = signed_in(clerk_of(officer.organisation, Desk.AGENCY, "周副主任"))
        form = {"season": both.enrolments.get(organisation__name="渝中居委会").season_id, "question": "家长来电说明"}
        late = second.post(f"/agency/duplicates/areas/{both.pk}/ask", form)
        said = late.content.decode()
        assert late.status_code == 409
        for words in ("李主任", case.number, "家长来电说明", "没有重复办理"):
            assert words in said
        assert Case.objects.get().question == case.question

    def test_withdrawn_there_the_case_is_settled_and_the_asker_reads_it(self, client, both, far):
        case = self.asked(client, both)
        url = f"/agency/duplicates/areas/{both.pk}/"
        far.post(url + "withdraw", {"seen": far.get(url).context["seen"], "reason": "在苏州就读"})
        case.refresh_from_db()
        assert (case.state, case.answer) == ("settled", "已撤回本地参保：在苏州就读")
        states = dict(Enrolment.objects.filter(person=both).values_list("season__pooling_area", "state"))
        assert (states["500103"], states["320500"] != "withdrawn") == ("withdrawn", True)
        assert "在苏州就读" in client.get(url).content.decode()

    def test_the_other_agency_may_refuse_with_a_reason_and_a_third_sees_nothing(self, client, both, far, signed_in):
        case = self.asked(client, both)
        page = far.get(f"/cases/{case.pk}/")
        assert "转交" not in page.content.decode()
        assert "pass_on" not in page.context["acts"]
        far.post(f"/cases/{case.pk}/return", {"seen": page.context["seen"], "reason": "孩子已回渝中就读"})
        case.refresh_from_db()
        assert case.state == "returned"
        assert "对方退回" in client.get(f"/agency/duplicates/areas/{both.pk}/").content.decode()
        assert "孩子已回渝中就读" in client.get(f"/cases/{case.pk}/").content.decode()
        third = organisation("insurance_agency", area="321200", name="泰州经办")
        stranger = signed_in(clerk_of(third, Desk.AGENCY))
        assert stranger.get(f"/cases/{case.pk}/").status_code == 404

    def test_a_guessed_season_asks_nobody_and_keeps_the_words(self, client, both):
        answer = client.post(f"/agency/duplicates/areas/{both.pk}/ask", {"season": "99999", "question": "我写的"})
        assert answer.status_code == 409
        assert "我写的" in answer.content.decode()
        assert not Case.objects.exists()

    def test_leaving_the_child_to_the_other_area_withdraws_it_here_alone(self, client, both, officer, signed_in):
        url = f"/agency/duplicates/areas/{both.pk}/"
        mark = client.get(url).context["seen"]
        assert client.post(url + "withdraw", {"seen": mark, "reason": ""}).status_code == 422
        client.post(url + "withdraw", {"seen": mark, "reason": "在渝中参保"})
        states = dict(Enrolment.objects.filter(person=both).values_list("season__pooling_area", "state"))
        assert states == {"320500": "withdrawn", "500103": "draft"}
        again = client.post(url + "withdraw", {"seen": mark, "reason": "在渝中参保"}, follow=True)
        assert "没有重复办理" in again.content.decode()
        second = signed_in(clerk_of(officer.organisation, Desk.AGENCY, "周副主任"))
        late = second.post(url + "withdraw", {"seen": mark, "reason": "家长来过"})
        assert late.status_code == 409
        assert "家长来过" in late.content.decode()
        assert client.get("/agency/duplicates/?show=areas").context["total"] == 0
