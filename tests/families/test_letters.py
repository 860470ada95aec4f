"""Letters for any number of children, each with its own sum and steps. 告家长书内容"""

from __future__ import annotations

from datetime import date

import pytest

from tests.enrolment.building import AT, child, organisation
from yingbao.enrolment.models import Enrolment
from yingbao.enrolment.opening import list_and_determine
from yingbao.enrolment.seasons import open_season
from yingbao.families.letters import letters_of

pytestmark = pytest.mark.django_db
TODAY = date(2019, 11, 12)


def listed(policy: str, *people, school) -> list[Enrolment]:
    season = open_season(policy_id=policy, at=AT)
    list_and_determine(season=season, organisation=school, at=AT)
    rows = Enrolment.objects.filter(season=season).select_related("person", "season", "organisation__parent")
    by_person = {row.person_id: row for row in rows}
    return [by_person[one.pk] for one in people]


def test_a_class_of_letters_says_of_each_child_its_own_sum_reason_and_steps(django_assert_max_num_queries):
    street = organisation("sub_district", name="枕河街道", phone="65550101")
    school = organisation(name="枕波小学", parent=street)
    people = [
        child(school, name="张小明"), child(school, name="汪晓雯", assisted="orphan"),
        child(school, name="葛一诺", registered=None), child(school, name="程雨晴", hukou="340100", registered=None),
    ]  # fmt: skip
    rows = listed("320500/2020", *people, school=school)
    with django_assert_max_num_queries(4):
        plain, orphan, first, none = letters_of(rows, on=TODAY)
    assert (plain.child_name, plain.class_label, plain.agent_phone) == ("张小明", "一年级1班", "65550101")
    assert plain.verdict.zh == "可以参保，家庭缴240元"
    assert orphan.amount_fen == 0
    assert orphan.rest is not None
    assert orphan.rest.zh == "另由财政缴 240元"
    assert "诈骗" in orphan.ways[0].zh
    assert first.ways[0].zh.startswith("首次参保，先登记")
    assert none.amount_fen == 0
    assert "联系办理单位" in none.ways[0].zh
    assert all(one.deadline == date(2019, 11, 30) and one.family_url.endswith("/family/") for one in (plain, none))


def test_in_yuzhong_the_letter_tells_the_familys_own_ways_to_pay():
    school = organisation(area="500103", name="渝中小学")
    person = child(school, hukou="500103", area="500103")
    (letter,) = letters_of(listed("500103/2020", person, school=school), on=TODAY)
    assert any("微信" in way.zh for way in letter.ways)
    assert not any("交给学校" in way.zh for way in letter.ways)
