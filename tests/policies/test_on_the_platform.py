"""A season of every later policy opens, decides, writes its letters and is shown at each desk. 开季演练"""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from tests.enrolment.building import at, child, enter, organisation
from tests.paper.papers import words
from tests.policies.test_every_file import STORIES
from tests.web.conftest import clerk_of
from yingbao.agents.models import Desk
from yingbao.collection.audit import INVARIANTS
from yingbao.enrolment.models import Enrolment
from yingbao.enrolment.opening import list_and_determine
from yingbao.enrolment.seasons import last_day, open_season, school_year_of, windows
from yingbao.ledger.audit import examine
from yingbao.paper.class_letter import draw_class_letters
from yingbao.paper.letter import draw_letters
from yingbao.policy.catalogue import policy_of
from yingbao.publicity.composing import class_letters, worded
from yingbao.values import clock, money

pytestmark = pytest.mark.django_db
DIVISION = {"320500": "320508", "500103": "500103", "321200": "321202", "320100": "320106"}
DESKS = (
    ("school", Desk.SCHOOL, ("school-home", "pupils")),
    ("community", Desk.COMMUNITY, ("community-home", "children")),
    ("insurance_agency", Desk.AGENCY, ("agency-home", "agency-seasons", "agency-policies")),
    ("tax_authority", Desk.TAX, ("tax-home",)),
    ("education_bureau", Desk.EDUCATION, ("education-home",)),
)


@pytest.mark.parametrize("policy_id", sorted(STORIES))
def test_a_season_of_the_policy_runs_from_the_list_to_the_letters_and_desks(policy_id):
    policy = policy_of(policy_id)
    ordinary = min(window.first for window in windows(policy) if window.phase == "open")
    moment = at((ordinary + timedelta(days=12)).isoformat())
    clock.set_to(moment)
    try:
        season = open_season(policy_id=policy_id, at=moment)
        here = DIVISION[policy.pooling_area]
        bodies = {kind: organisation(kind, area=policy.pooling_area, division=here) for kind, _, _ in DESKS}
        pupil = child(hukou=here, area=policy.pooling_area)
        enter(pupil, bodies["school"], school_year=school_year_of(season))
        list_and_determine(season=season, organisation=bodies["school"], at=moment)
        enrolment = Enrolment.objects.get(season=season, person=pupil)
        assert (enrolment.status, enrolment.agent, enrolment.phase) == ("enrolled", "school", "open")
        today = moment.date()
        letter = words(draw_letters(worded([enrolment], on=today)))
        assert money.said(enrolment.self_paid_fen).zh in letter
        assert str(last_day(policy, today).day.day) in letter
        whole = words(draw_class_letters(class_letters(season, bodies["school"], ["一年级 1班"], on=today)))
        assert all(money.said(rule.premium_fen).zh in whole for rule in policy.tables.premium)
        for kind, desk, pages in DESKS:
            browser = Client()
            browser.force_login(clerk_of(bodies[kind], desk).user, backend="django.contrib.auth.backends.ModelBackend")
            for page in pages:
                assert browser.get(reverse(page)).status_code == 200, page
        assert examine(INVARIANTS) == []
    finally:
        clock.run_true()


def test_the_agency_is_told_of_what_is_provisional_before_it_opens_the_next_season():
    clock.set_to(at("2020-08-20"))
    try:
        open_season(policy_id="320500/2020", at=at("2019-08-20"))
        browser = Client()
        agency = clerk_of(organisation("insurance_agency"), Desk.AGENCY)
        browser.force_login(agency.user, backend="django.contrib.auth.backends.ModelBackend")
        said = browser.get(reverse("agency-seasons")).content.decode()
        assert f"有 {len(policy_of('320500/2021').unconfirmed)} 处暂定" in said
        assert 'href="/policies/320500/2021/#unconfirmed"' in said
        assert browser.get(reverse("agency-policies")).content.decode().count("部分暂定") == 4
    finally:
        clock.run_true()
