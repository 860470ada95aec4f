"""A question goes from the school to the sub-district to a bureau and comes back; each sees its own. 提问页面"""

from __future__ import annotations

import secrets

import pytest
from django.test import Client

from tests.enrolment.building import at, child, organisation
from tests.web.community_town import Town, town_of
from tests.web.conftest import clerk_of, listed
from tests.web.families import enter
from yingbao.agents.models import Desk
from yingbao.cases.models import AnswerEnd, Case, GeneralAnswer, Helped
from yingbao.cases.publishing import Wording, publish
from yingbao.people.models import Look, Person
from yingbao.values import clock
from yingbao.web.cases.shown import seen

pytestmark = pytest.mark.django_db
WORDS = "转学来的孩子去年在外区参过保，今年还要积分吗？"


@pytest.fixture
def town(db) -> Town:
    return town_of()


@pytest.fixture
def pupil(town) -> Person:
    person = child(town.school, name="陈启昂")
    listed(town.school, town.season, person)
    return person


@pytest.fixture
def school(town, signed_in) -> Client:
    return signed_in(clerk_of(town.school, Desk.SCHOOL))


@pytest.fixture
def street(town, signed_in) -> Client:
    return signed_in(clerk_of(town.street, Desk.COMMUNITY))


@pytest.fixture
def officer(town, signed_in) -> Client:
    return signed_in(clerk_of(town.agency, Desk.AGENCY))


def asking(**more: str) -> dict[str, str]:
    return {
        "topic": "policy",
        "question": WORDS,
        "once": secrets.token_hex(16),
        "to": "",
        "child": "",
        "read": "",
    } | more


def act(client: Client, case: Case, what: str, **more: str):
    case.refresh_from_db()
    return client.post(f"/cases/{case.pk}/{what}", {"seen": seen(case)} | more)


def published(town: Town, **more: object) -> GeneralAnswer:
    by = clerk_of(town.agency, Desk.AGENCY)
    told = "以前在本市登记过的，续保不用再积分。"
    said = Wording("policy", "去年参过保，今年还要积分吗", told, "苏社基〔2019〕68号 四(三)", True, True, 2020)
    return publish(said=said._replace(**more), once=secrets.token_hex(16), by=by, at=clock.now())


def test_a_school_asks_the_sub_district_passes_on_the_agency_answers_and_the_school_reads(
    town, school, street, officer, pupil
):
    assert school.post("/cases/ask", asking(child=str(pupil.pk))).status_code == 302
    case = Case.objects.get()
    assert (case.to_organisation, case.person, case.is_question) == (town.street, pupil, True)
    assert officer.get(f"/cases/{case.pk}/").status_code == 404
    assert WORDS in street.get(f"/cases/{case.pk}/").content.decode()
    act(street, case, "pass-on", to=str(town.agency.pk), reason="请经办机构定")
    assert officer.get(f"/cases/{case.pk}/").status_code == 200
    assert Look.objects.filter(what="case", person=pupil).exists()
    answered = officer.post(
        f"/cases/{case.pk}/settle", {"seen": seen(Case.objects.get()), "reason": "续保不用再积分。"}, follow=True
    )
    assert "改写后公开这条答复" in answered.content.decode()
    page = school.get(f"/cases/{case.pk}/").content.decode()
    assert "续保不用再积分" in page
    assert "再问一次" in page
    assert case.number in school.get("/cases/?show=settled&kind=question").content.decode()


def test_a_second_click_on_sending_asks_nothing_twice(school, town):
    form = asking()
    assert school.post("/cases/ask", form)["Location"] == school.post("/cases/ask", form)["Location"]
    assert Case.objects.count() == 1


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("孩子320508201205060011的保费", "像证件号"),
        ("家长电话 138 1234 5678 一直打不通", "像证件号"),
        ("长" * 10_000, "太长"),
        ("  ", "没有写内容"),
    ],
)
def test_what_may_not_be_written_is_refused_and_comes_back_as_typed(school, town, words, told):
    answer = school.post("/cases/ask", asking(question=words))
    assert answer.status_code == 422
    assert told in answer.context["wrong"]["question"].zh
    assert answer.context["typed"]["question"] == words
    assert not Case.objects.exists()


def test_what_others_were_told_is_shown_before_it_is_sent_and_once_read_it_is_sent(school, town):
    published(town)
    shown = school.post("/cases/ask", form := asking())
    assert "可能已经有答复" in shown.content.decode()
    assert not Case.objects.exists()
    school.post("/cases/ask", form | {"read": shown.context["mark"]})
    assert Case.objects.count() == 1


def test_a_child_of_another_school_is_asked_about_by_nobody_here(school, town):
    stranger = child(organisation(), name="别校")
    assert school.get(f"/cases/ask?child={stranger.pk}").status_code == 404
    assert school.post("/cases/ask", asking(child=str(stranger.pk))).status_code == 404


def test_two_officers_answer_and_the_second_is_told_with_what_was_typed(town, school, officer, signed_in):
    school.post("/cases/ask", asking(to=str(town.agency.pk)))
    case = Case.objects.get()
    mark = seen(case)
    colleague = signed_in(clerk_of(town.agency, Desk.AGENCY, "同事"))
    assert officer.post(f"/cases/{case.pk}/settle", {"seen": mark, "reason": "不用。"}).status_code == 302
    second = colleague.post(f"/cases/{case.pk}/settle", {"seen": mark, "reason": "我也答了一大段"})
    assert second.status_code == 409
    case.refresh_from_db()
    assert case.answer == "不用。"


def test_the_education_bureau_answers_without_learning_a_name(town, school, signed_in, pupil):
    bureau = organisation("education_bureau", name="教育局")
    supervisor = signed_in(clerk_of(bureau, Desk.EDUCATION))
    school.post("/cases/ask", asking(topic="school", to=str(bureau.pk), child=str(pupil.pk)))
    case = Case.objects.get()
    for page in (supervisor.get("/cases/"), supervisor.get(f"/cases/{case.pk}/")):
        assert page.status_code == 200
        assert "陈启昂" not in page.content.decode()
        assert "一名学生" in page.content.decode()
    assert act(supervisor, case, "settle", reason="按学籍办理。").status_code == 302


def test_the_tax_desk_sees_only_what_was_sent_to_it(town, school, signed_in):
    bureau = organisation("tax_authority", name="税务局")
    collector = signed_in(clerk_of(bureau, Desk.TAX))
    school.post("/cases/ask", asking())
    case = Case.objects.get()
    assert collector.get(f"/cases/{case.pk}/").status_code == 404
    assert case.number not in collector.get("/cases/?show=all").content.decode()
    act(Client(), case, "pass-on")
    school.post("/cases/ask", asking(to=str(bureau.pk), question="转账附言写错了怎么办"))
    assert "转账附言" in collector.get("/cases/").content.decode()


def test_a_family_asks_the_school_answers_and_only_this_phone_reads(town, school, pupil):
    family = Client()
    binding = enter(family, pupil)
    form = {
        "topic": "payment",
        "words": "多缴的钱什么时候退？",
        "about": str(binding.pk),
        "once": secrets.token_hex(16),
    }
    sent = family.post("/family/questions/new", form)
    assert sent.status_code == 302
    assert family.post("/family/questions/new", form)["Location"] == sent["Location"]
    case = Case.objects.get()
    assert (case.to_organisation, case.asked_by_organisation, case.person) == (town.school, None, pupil)
    assert not case.steps.filter(reason__contains="多缴").exists()
    assert "多缴的钱" in school.get(f"/cases/{case.pk}/").content.decode()
    act(school, case, "return", reason="请写明缴费的日子")
    page = family.get(sent["Location"]).content.decode()
    assert "请写明缴费的日子" in page
    case.refresh_from_db()
    family.post(f"/family/questions/{case.pk}/add", {"seen": seen(case), "words": "十一月八日"})
    act(school, case, "settle", reason="一个月内原路退回。")
    assert "一个月内原路退回" in family.get(sent["Location"]).content.decode()
    case.refresh_from_db()
    stale = family.post(f"/family/questions/{case.pk}/reopen", {"seen": "old", "words": "还没退"})
    assert stale.status_code == 409
    assert "还没退" in stale.content.decode()
    assert (
        family.post(f"/family/questions/{case.pk}/reopen", {"seen": seen(case), "words": "还没退"}).status_code == 302
    )
    case.refresh_from_db()
    assert (case.state, case.reopened) == ("open", True)
    other = Client()
    enter(other, child(town.school, name="邻居", phone="13912345678"))
    assert other.get(f"/family/questions/{case.pk}/").status_code == 404
    assert Client().get(f"/family/questions/{case.pk}/").status_code == 302


def test_a_number_in_a_familys_question_is_refused_and_a_question_about_no_child_goes_to_the_office_above(town, pupil):
    family = Client()
    enter(family, pupil)
    form = {"topic": "policy", "words": "身份证320508201205060011能用吗", "about": "", "once": secrets.token_hex(16)}
    refused = family.post("/family/questions/new", form)
    assert refused.status_code == 422
    assert "320508201205060011" in refused.content.decode()
    family.post("/family/questions/new", form | {"words": "截止以后还能补缴吗"})
    assert Case.objects.get().to_organisation == town.street
    assert family.post(f"/family/questions/{Case.objects.get().pk}/withdraw", {"seen": seen(Case.objects.get())})
    assert Case.objects.get().state == "withdrawn"


def test_an_answer_is_published_without_the_childs_name_found_by_a_family_and_counted_once(
    town, school, street, officer, pupil
):
    school.post("/cases/ask", asking(child=str(pupil.pk), to=str(town.agency.pk)))
    case = Case.objects.get()
    act(officer, case, "settle", reason="以前登记过的不用再积分。")
    form = {
        "topic": "policy", "question": "陈启昂要不要积分", "answer": "以前登记过的，续保不用再积分。",
        "clause": "苏社基〔2019〕68号 四(三)", "for_families": "on", "once": secrets.token_hex(16),
    }  # fmt: skip
    refused = officer.post(f"/cases/{case.pk}/publish", form)
    assert refused.status_code == 422
    assert "姓名" in refused.context["wrong"]["question"].zh
    right = form | {"question": "续保要不要再积分"}
    assert officer.post(f"/cases/{case.pk}/publish", right).status_code == 302
    officer.post(f"/cases/{case.pk}/publish", right)
    one = GeneralAnswer.objects.get()
    family = Client()
    found = family.post("/help/answers/?area=320500", {"q": "积分 续保"})
    assert "续保要不要再积分" in found.content.decode()
    assert "查到 1 条" in found.content.decode()
    for _ in range(2):
        family.post(f"/help/answers/{one.pk}/said", {"yes": "1"})
    assert Helped.objects.count() == 1
    assert "续保要不要再积分" not in street.get("/cases/answers/").content.decode()
    assert street.post(f"/cases/{case.pk}/publish", right).status_code == 404


def test_a_published_answer_is_replaced_and_withdrawn_with_its_trace(town, officer, street):
    one = published(town)
    form = {
        "topic": "policy", "question": "续保要不要再积分", "answer": "不用。", "clause": "四(三)", "for_staff": "on",
        "once": secrets.token_hex(16),
    }  # fmt: skip
    assert street.post(f"/cases/answers/{one.pk}/replace", form).status_code == 422
    officer.post(f"/cases/answers/{one.pk}/replace", form)
    newer = GeneralAnswer.objects.get(replaces=one)
    assert "已由新的答复代替" in officer.get(f"/cases/answers/{one.pk}/").content.decode()
    assert officer.post(f"/cases/answers/{newer.pk}/withdraw", {"reason": ""}).status_code == 422
    officer.post(f"/cases/answers/{newer.pk}/withdraw", {"reason": "政策有变"})
    assert officer.post(f"/cases/answers/{newer.pk}/withdraw", {"reason": "政策有变"}).status_code == 422
    assert AnswerEnd.objects.count() == 2
    assert officer.get("/cases/answers/").context["total"] == 0


def test_a_staff_answer_is_not_found_by_families(town):
    published(town, for_families=False, question="内部操作怎么办")
    assert "内部操作" not in Client().get("/help/answers/?area=320500").content.decode()


def test_the_figures_of_the_area_are_the_agencys_and_of_its_own_the_sub_districts(town, school, street, officer):
    school.post("/cases/ask", asking())
    clock.set_to(at("2019-11-25"))
    school.post("/cases/ask", asking(question="卡什么时候发", topic="card"))
    whole = officer.get("/cases/sums").context["whole"]
    assert (whole.asked, whole.open, whole.late) == (2, 2, 1)
    own = street.get("/cases/sums")
    assert own.context["whole"].asked == 2
    assert [name for name, _ in own.context["by_street"]] == ["枕河街道"]
