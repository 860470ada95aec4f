"""The next season opened on the agency's desk, and what school, body and family see of it. 参保季结转页面"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from django.urls import reverse

from tests.enrolment.building import at, body, child, enter, organisation
from tests.enrolment.next_year import policies_in, write_next_year
from tests.web.conftest import clerk_of
from tests.web.standing_town import declaration_of
from yingbao.agents.models import Desk
from yingbao.collection.models import BankAccount, DebitBatch, DebitItem, Mandate
from yingbao.declaration.models import Declaration
from yingbao.enrolment import rolling_over
from yingbao.enrolment.determining import determine_people
from yingbao.enrolment.models import Enrolment, Season
from yingbao.enrolment.opening import list_and_determine
from yingbao.enrolment.rolling_tables import RollOver, StatusCheck
from yingbao.enrolment.seasons import open_season
from yingbao.jobs import work
from yingbao.jobs.models import Job
from yingbao.sealing.sealed import seal_bytes
from yingbao.spreadsheet.models import Roster
from yingbao.trail.models import Event
from yingbao.values import clock
from yingbao.web.family.visiting import enrolment_of

pytestmark = pytest.mark.django_db
YEAR = [2021]
PAGE = "/agency/seasons/2021/roll-over/"


@pytest.fixture(autouse=True)
def _in_september(tmp_path, _in_november) -> Iterator[None]:
    clock.set_to(at("2020-09-02"))
    with policies_in(write_next_year(tmp_path, 2021, 2022)):
        yield
    clock.run_true()


@pytest.fixture
def last(db) -> Season:
    return open_season(policy_id="320500/2020", at=at("2019-08-20"))


@pytest.fixture
def school(last):
    return organisation(name="星海学校")


@pytest.fixture
def pupils(last, school):
    """Two of last year's pupils: one was covered, one assisted, whose family declined."""
    people = [child(school, name="王一", grade=3), child(school, name="王二", grade=6, assisted="minimum_living")]
    list_and_determine(season=last, organisation=school, at=at("2019-10-08"))
    Enrolment.objects.filter(person=people[0]).update(state="covered")
    Enrolment.objects.filter(person=people[1]).update(state="declined", reason="x")
    return people


@pytest.fixture
def agency(last):
    return organisation("insurance_agency")


@pytest.fixture
def officer(agency):
    return clerk_of(agency, Desk.AGENCY)


@pytest.fixture
def client(officer, signed_in):
    return signed_in(officer)


def reckoned(client) -> str:
    """The mark of the page once the outlook is there."""
    client.post(reverse("agency-roll-over-outlook", args=YEAR))
    work.run_waiting()
    return client.get(PAGE).context["seen"]


def opened(client) -> Season:
    client.post(reverse("agency-roll-over-start", args=YEAR), {"seen": reckoned(client)})
    work.run_waiting()
    return Season.objects.get(policy="320500/2021")


def test_the_first_page_and_the_seasons_lead_to_the_next_year_once_its_school_year_has_begun(pupils, client):
    (waits,) = [one for one in client.get(reverse("agency-home")).context["work"] if one.url == PAGE]
    assert waits.name.zh == "下一参保季可以开启"
    shown = client.get(reverse("agency-seasons"))
    assert PAGE in shown.content.decode()
    assert [one["policy"].plan_year for one in shown.context["next"]] == [2021]
    assert [policy.plan_year for policy in shown.context["later"]] == [2022]
    clock.set_to(at("2020-07-31"))
    assert not [one for one in client.get(reverse("agency-home")).context["work"] if one.url == PAGE]


def test_the_outlook_is_reckoned_by_a_job_and_writes_nothing(pupils, client, officer):
    assert "先试算" in client.get(PAGE).content.decode()
    assert not RollOver.objects.exists()
    client.post(reverse("agency-roll-over-outlook", args=YEAR))
    client.post(reverse("agency-roll-over-outlook", args=YEAR))
    (job,) = Job.objects.all()
    assert (job.task, job.owner, job.result_url) == ("seasons.look_ahead", officer.user, PAGE)
    assert "正在" in client.get(PAGE).content.decode()
    work.run_waiting()
    page = client.get(PAGE)
    shown = page.content.decode()
    assert page.context["told"]["places"] == {"school": 2}
    assert page.context["lapsed"] == [(1, 1)]
    assert "三年级 → 四年级" in shown
    assert "民政" in shown or body().name in shown
    assert "开启并结转，列入名单 2 名" in shown
    assert Season.objects.count() == 1


def test_opening_takes_the_children_over_and_leaves_lists_of_work(pupils, client, officer, school):
    season = opened(client)
    page = client.get(PAGE)
    shown = page.content.decode()
    assert page.context["result"]["places/school"] == 2
    assert "还没有核对新学年花名册的学校" in shown
    assert [one.waiting for one in page.context["awaited"]] == [1]
    assert season.enrolments.count() == 2
    events = list(Event.objects.order_by("pk").values_list("what", "about"))
    assert events[-2:] == [("season.opened", "320500/2021"), ("season.rolled_over", "320500/2021")]
    assert "结转结果和待办" in client.get(reverse("agency-seasons")).content.decode()
    assert not [one for one in client.get(reverse("agency-home")).context["work"] if one.url == PAGE]


def test_a_second_click_and_a_second_officer_begin_nothing_twice(pupils, client, agency, signed_in):
    seen = reckoned(client)
    other = signed_in(clerk_of(agency, Desk.AGENCY, "李科长"))
    for each in (client, other, client):
        assert each.post(reverse("agency-roll-over-start", args=YEAR), {"seen": seen}).status_code == 302
    assert Job.objects.filter(task="seasons.roll_over").count() == 1
    work.run_waiting()
    assert client.post(reverse("agency-roll-over-start", args=YEAR), {"seen": seen}).status_code == 302
    assert Job.objects.filter(task="seasons.roll_over").count() == 1
    assert Event.objects.filter(what="season.opened").count() == 1
    assert StatusCheck.objects.count() == 1


def test_a_page_whose_outlook_is_no_longer_that_opens_nothing(pupils, client):
    stale = reckoned(client)
    clock.set_to(at("2020-09-03"))
    reckoned(client)
    answer = client.post(reverse("agency-roll-over-start", args=YEAR), {"seen": stale})
    assert answer.status_code == 409
    assert "预览有了更新" in answer.content.decode()
    assert Season.objects.count() == 1


def test_an_outlook_of_another_day_opens_nothing_until_it_is_reckoned_anew(pupils, client):
    seen = reckoned(client)
    clock.set_to(at("2020-09-03"))
    page = client.get(PAGE)
    assert "试算是 2020年9月2日" in page.content.decode()
    assert "开启并结转" not in page.content.decode()
    answer = client.post(reverse("agency-roll-over-start", args=YEAR), {"seen": seen})
    assert answer.status_code == 409
    assert "2020-09-02做的，不是今天的" in answer.content.decode()
    assert Season.objects.count() == 1
    client.post(reverse("agency-roll-over-start", args=YEAR), {"seen": reckoned(client)})
    assert Season.objects.count() == 2


def test_the_outlook_tells_who_would_be_listed_and_could_not_be_enrolled(pupils, school, client):
    child(school, name="王三", grade=2, hukou="341226", registered=None)
    reckoned(client)
    page = client.get(PAGE)
    told = page.context["told"]
    assert (page.context["listed"], page.context["enrolled"]) == (3, 2)
    assert [(words.zh, heads) for words, heads in page.context["outside"]] == [("不能参保", 1)]
    assert told["family_fen"] == 2 * 24000
    assert "不计应缴" in page.content.decode()


def test_the_button_names_the_children_who_will_be_listed_and_no_others(pupils, school, client):
    child(school, name="王四", stage="senior", grade=3)
    reckoned(client)
    page = client.get(PAGE)
    assert (page.context["told"]["children"], page.context["listed"]) == (3, 2)
    assert "开启并结转，列入名单 2 名</button>" in page.content.decode()


def test_a_year_without_a_season_in_between_is_told_before_it_is_passed_over(pupils, client, tmp_path):
    (tmp_path / "320500-suzhou" / "2021.yaml").unlink()
    seasons = client.get(reverse("agency-seasons")).content.decode()
    assert "中间缺 2021 年度" in seasons
    clock.set_to(at("2021-09-02"))
    page = client.get(reverse("agency-roll-over", args=[2022])).content.decode()
    assert "由 2020 年度直接结转时" in page
    client.post(reverse("agency-roll-over-outlook", args=[2022]))
    work.run_waiting()
    reckoned = client.get(reverse("agency-roll-over", args=[2022]))
    assert reckoned.context["lapsed"] == [(1, 1)]
    assert "断保年数没有计入这些年" in reckoned.content.decode()
    client.cookies["django_language"] = "en"
    english = client.get(reverse("agency-roll-over", args=[2022])).content.decode()
    assert "Missing in between: 2021" in english
    assert "years missed in a row: 1" in english


def test_nothing_is_said_of_years_between_where_none_is_missing(pupils, client):
    assert "中间缺" not in client.get(reverse("agency-seasons")).content.decode()
    assert "中间缺" not in client.get(PAGE).content.decode()


def test_before_the_school_year_the_outlook_is_shown_and_the_opening_waits(pupils, client):
    clock.set_to(at("2020-07-15"))
    seen = reckoned(client)
    assert "2020年8月1日起" in client.get(PAGE).content.decode()
    answer = client.post(reverse("agency-roll-over-start", args=YEAR), {"seen": seen})
    assert answer.status_code == 409
    assert Season.objects.count() == 1


def test_a_run_that_failed_is_gone_on_with_from_the_same_page(pupils, client, monkeypatch):
    def broken(**_: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as patched:
        patched.setattr(rolling_over, "determine_people", broken)
        season = opened(client)
    shown = client.get(PAGE).content.decode()
    assert "接着结转" in shown
    (waits,) = [one for one in client.get(reverse("agency-home")).context["work"] if one.url == PAGE]
    assert waits.name.zh == "参保季结转没有做完"
    assert not season.enrolments.exists()
    client.post(reverse("agency-roll-over-start", args=YEAR), {"seen": client.get(PAGE).context["seen"]})
    work.run_waiting()
    assert season.enrolments.count() == 2
    assert RollOver.objects.get().done_at is not None


def test_progress_is_asked_for_in_place_and_the_page_comes_anew_once_it_is_over(pupils, client):
    client.post(reverse("agency-roll-over-outlook", args=YEAR))
    part = client.get(PAGE, headers={"HX-Request": "true"})
    assert part.content.decode().startswith('<div id="progress"')
    work.run_waiting()
    assert client.get(PAGE, headers={"HX-Request": "true"})["HX-Refresh"] == "true"


def test_another_citys_officer_and_years_without_a_policy_find_nothing(pupils, client, signed_in):
    far = signed_in(clerk_of(organisation("insurance_agency", area="500103"), Desk.AGENCY))
    assert far.get(PAGE).status_code == 404
    for year in (1, 2020, 2031, 99999):
        assert client.get(f"/agency/seasons/{year}/roll-over/").status_code == 404


def agreement(school, state: str, by, **more: object) -> Mandate:
    """A direct-debit agreement of a school."""
    values = {"reason": "换银行"} if state in ("ended", "refused") else {}
    if state != "signed":
        values |= {"verified_at": at("2019-09-02"), "verified_by": clerk_of(school, Desk.SCHOOL).user}
    return Mandate.objects.create(
        organisation=school, number=f"XY{Mandate.objects.count()}", signed_on=date(2019, 9, 1), bank="银行",
        holder=school.name, account_cipher=seal_bytes(b"6222020200099887766"), account_masked="6222****7766",
        entered_at=at("2019-09-01"), entered_by=by.user, state=state, **values, **more,
    )  # fmt: skip


def test_an_officer_sees_which_agreements_serve_on_and_which_do_not(pupils, client, school, officer):
    places = [school, *(organisation(name=name) for name in ("甲校", "乙校", "丙校", "丁校"))]
    for place, state in zip(places, ("verified", "verified", "signed", "ended", "ended"), strict=True):
        agreement(place, state, officer)
    agreement(places[4], "verified", officer)
    failed = debit_of(Mandate.objects.get(organisation=places[1]), officer)
    reckoned(client)
    found = client.get(PAGE).context["mandates"]
    assert found.kept == 2
    assert [one.organisation.name for one in found.signed] == ["乙校"]
    assert [(one.organisation.name, why) for one, why in found.failing] == [("甲校", failed.reason)]
    assert [one.organisation.name for one in found.without] == ["丙校"]


def debit_of(mandate: Mandate, by) -> DebitItem:
    """Its last debit, which the bank could not take."""
    place, season = mandate.organisation, Season.objects.get()
    account = BankAccount.objects.create(pooling_area="320500", holder="专户", number="9", bank="银行")
    batch = DebitBatch.objects.create(
        pooling_area="320500", account=account, number="K1", collect_on=date(2019, 11, 20), made_at=at("2019-11-19"),
        made_by=by.user, total_fen=100, heads=1,
    )  # fmt: skip
    filed = Declaration.objects.get(pk=declaration_of(place, season, by))
    return DebitItem.objects.create(
        batch=batch, ordinal=1, end_to_end="E1", mandate=mandate, declaration=filed, amount_fen=100, state="failed",
        reason="账户已销户",
    )  # fmt: skip


def test_on_the_first_day_the_school_sees_its_renewals_and_who_has_lapsed(pupils, client, school, signed_in):
    opened(client)
    clerk = signed_in(clerk_of(school, Desk.SCHOOL))
    first, second = (clerk.get(reverse("pupil", args=[one.pk])).content.decode() for one in pupils)
    assert "续保，不用再登记" in first
    assert "续保，此前连续 1 年未参保" in second
    home = clerk.get(reverse("school-home"))
    assert (home.context["next"]["step"].id, home.context["next"]["way"]["url"]) == ("roster", reverse("roster-upload"))
    assert "名单由上学年升级得来" in home.content.decode()
    Roster.objects.create(
        school=school, season=Season.objects.get(policy="320500/2021"), school_year=2020, filename="名单.xlsx",
        uploaded_by=school.appointments.first().user, uploaded_at=at("2020-09-02"), sha256="", size_bytes=1,
        state="committed", committed_at=at("2020-09-02"),
    )  # fmt: skip
    assert clerk.get(reverse("school-home")).context["next"]["step"].id != "roster"


def test_a_family_stays_with_the_year_before_until_the_new_seasons_first_day(pupils, client):
    clock.set_to(at("2020-08-20"))
    season = opened(client)
    assert enrolment_of(pupils[0]).plan_year == 2020
    clock.set_to(at("2020-09-01"))
    assert enrolment_of(pupils[0]) == Enrolment.objects.get(season=season, person=pupils[0])


def test_the_body_that_listed_a_child_is_asked_for_a_new_list(pupils, client, signed_in):
    opened(client)
    provider = signed_in(clerk_of(body(), Desk.LIST_PROVIDER))
    page = provider.get(reverse("lists-home"))
    assert [(season.plan_year, heads) for season, heads in page.context["awaited"]] == [(2021, 1)]
    assert "上传新名单" in page.content.decode()


def test_the_wall_shows_a_school_the_years_that_its_new_child_had_elsewhere(pupils, client, last, signed_in):
    season = opened(client)
    new = organisation(name="沧浪学校")
    pupils[1].rolls.update(left_on=date(2020, 9, 3), leave_reason="transferred")
    enter(pupils[1], new, grade=1, stage="junior", school_year=2020)
    determine_people(season=season, person_ids=[pupils[1].pk], as_of=date(2020, 9, 4), at=at("2020-09-04"))
    clerk = signed_in(clerk_of(new, Desk.SCHOOL))
    clock.set_to(at("2020-09-05"))
    page = clerk.get(reverse("pupil", args=[pupils[1].pk]))
    assert "此前连续 1 年未参保" in page.content.decode()
    clerk.post(reverse("pupil-confirm", args=[pupils[1].pk]), {"seen": page.context["seen"]})
    one = Enrolment.objects.get(season=season, person=pupils[1])
    assert (one.state, one.facts["lapsed_years"]) == ("confirmed", 1)
