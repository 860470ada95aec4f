"""A phase is worked through and a training is held, at the desk and on a phone. 阶段任务与培训"""

from __future__ import annotations

import pytest

from tests.browser.conftest import DESK, PHONE
from tests.browser.test_access_for_all import grave, ill_formed
from tests.enrolment.building import AT
from yingbao.agents.models import Desk
from yingbao.campaign.models import Assignment, TrainingPlace, TrainingSession
from yingbao.campaign.opening import open_tasks
from yingbao.enrolment.models import Season

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_a_late_school_marks_its_task_and_the_agency_sees_it_done(season, visit, size):
    open_tasks(season=Season.objects.get(pooling_area="320500"), at=AT)
    school = visit(season.clerk, viewport=size).page
    school.goto("/school/")
    assert [*grave(school), *ill_formed(school)] == []
    mine = school.get_by_role("region", name="通知要本单位办的")
    line = mine.get_by_role("listitem").filter(has_text="领取材料")
    line.get_by_text("逾期").wait_for()
    line.get_by_role("textbox").fill("领到 600 份")
    line.get_by_role("button", name="已完成").click()
    school.get_by_text("已标记完成").wait_for()
    school.goto("/season/")
    assert [*grave(school), *ill_formed(school)] == []
    officer = visit(season.desks[Desk.AGENCY], viewport=size).page
    officer.goto("/season/")
    assert [*grave(officer), *ill_formed(officer)] == []
    officer.get_by_role("link", name="到税务部门进驻社保中心的窗口领取材料").click()
    officer.get_by_role("link", name="枕河街道").click()
    officer.get_by_text("领到 600 份").wait_for()
    assert [*grave(officer), *ill_formed(officer)] == []
    one = Assignment.objects.get(organisation=season.school, task__word="collect_material")
    assert one.done_by == season.clerk.user


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_the_tax_authority_announces_a_training_and_a_clerk_signs_up_and_gives_up(season, visit, size):
    officer = visit(season.desks[Desk.TAX], viewport=size).page
    officer.goto("/season/training/new")
    for label, said in (
        ("名称", "申报缴费培训"), ("日期", "2019-11-20"), ("开始", "14:00"), ("结束", "16:00"),
        ("地点；线上的写怎样进入", "二楼培训室"), ("名额（人）", "1"), ("报名截止日（含当天）", "2019-11-19"),
    ):  # fmt: skip
        officer.get_by_label(label, exact=True).fill(said)
    assert [*grave(officer), *ill_formed(officer)] == []
    officer.get_by_role("button", name="发布").click()
    officer.get_by_text("已发布").wait_for()
    session = TrainingSession.objects.get()
    clerk = visit(season.clerk, viewport=size).page
    clerk.goto("/season/training/")
    assert [*grave(clerk), *ill_formed(clerk)] == []
    clerk.get_by_role("link", name="报名").click()
    clerk.get_by_label("参加人姓名").fill("孙颖\n李晓")
    clerk.get_by_role("button", name="报名").click()
    clerk.get_by_text("其中 1 人排在候补").wait_for()
    assert [*grave(clerk), *ill_formed(clerk)] == []
    clerk.get_by_role("button", name="取消 孙颖").click()
    clerk.get_by_text("已取消 孙颖 的报名").wait_for()
    assert TrainingPlace.objects.get(name="李晓").state == "going"
    officer.goto(f"/season/training/{session.pk}/")
    officer.get_by_text("李晓").first.wait_for()
    assert [*grave(officer), *ill_formed(officer)] == []
