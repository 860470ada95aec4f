"""An officer of the agency looks through what waits, at the desk and on a phone. 医保经办待办"""

from __future__ import annotations

import pytest

from tests.browser.conftest import DESK, PHONE
from tests.browser.test_access_for_all import grave, ill_formed
from tests.enrolment.building import child
from yingbao.agents.models import Desk
from yingbao.enrolment import registering
from yingbao.enrolment.models import Enrolment, Season
from yingbao.enrolment.opening import list_and_determine
from yingbao.people.models import BasicRegistration
from yingbao.values import clock

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_the_agency_registers_a_first_timer_and_every_list_is_fit_to_be_read(season, visit, size):
    person = child(season.school, name="顾子墨", hukou="320571", registered=None)
    list_and_determine(season=Season.objects.get(pooling_area="320500"), organisation=season.school, at=clock.now())
    one = Enrolment.objects.get(person=person)
    registering.ask_registration(enrolment=one, by=season.clerk, at=clock.now())
    page = visit(season.desks[Desk.AGENCY], viewport=size).page
    for address in (
        "/agency/registrations/", "/agency/registrations/?show=all", "/agency/corrections/", "/agency/points/",
        "/agency/duplicates/", "/agency/duplicates/?show=alike", "/agency/duplicates/?show=areas",
        f"/agency/registrations/{one.person_id}/",
    ):  # fmt: skip
        page.goto(address)
        assert [*grave(page), *ill_formed(page)] == []
    page.get_by_role("button", name="材料无误，登记").click()
    page.get_by_text("学校现在可以确认参保").wait_for()
    assert BasicRegistration.objects.filter(person=one.person, channel="school").exists()
