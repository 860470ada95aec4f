"""Whatever a clerk edits in a roster: once it is committed, the same file says nothing new. 重复导入"""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.enrolment.building import clerk, organisation
from tests.spreadsheet.rosters import committed, outcomes, pupil, reviewed
from yingbao.people.models import Change

pytestmark = pytest.mark.django_db

SETTLED = {"unchanged", "duplicate", "error"}

names = st.text("王李涵轩·梓阿𫖯", min_size=2, max_size=5).filter(lambda name: name.strip("·") == name)
phones = st.sampled_from(["", "13900000001", "139 0000 0002", "0512-69820471"])
edits = st.fixed_dictionaries(
    {},
    optional={
        "班级": st.sampled_from(["", "1班", "二（3）班", "10"]),
        "年级": st.sampled_from(["一年级", "六年级", "初一", "七年级", "3"]),
        "户籍所在地": st.sampled_from(["", "320506", "苏州市姑苏区", "510104"]),
        "监护人": st.one_of(st.just(""), names),
        "关系": st.sampled_from(["", "父亲", "母亲", "祖父"]),
        "联系电话": phones,
        "第二监护人姓名": st.one_of(st.just(""), names),
        "第二监护人联系电话": phones,
        "父母户籍所在地": st.sampled_from(["", "320508", "苏州市吴中区", "320508;510104"]),
        "学籍号": st.just(""),
        "居住证": st.sampled_from(["", "是", "否"]),
        "入学日期": st.sampled_from(["", "2019-09-01", "2018/9/1"]),
    },
)
numbered = st.tuples(st.integers(0, 5), edits)


class _Back(Exception):
    """Ends an example, so that the next one finds the database as it was."""


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    first=st.lists(edits, min_size=6, max_size=6),
    second=st.lists(numbered, max_size=6),
    dropped=st.sets(st.integers(0, 5), max_size=2),
    elsewhere=st.sets(st.integers(0, 5), max_size=2),
    repeated=st.sets(st.integers(0, 5), max_size=1),
)
def test_after_any_edits_the_committed_file_is_unchanged_and_writes_nothing(
    season, first, second, dropped, elsewhere, repeated
):
    with pytest.raises(_Back), transaction.atomic():
        school, other = organisation(), organisation()
        by, other_clerk = clerk(school).user, clerk(other).user
        pupils: list[dict[str, Any]] = [pupil() | edit for edit in first]
        committed(school, by, pupils)
        if elsewhere:
            committed(other, other_clerk, [pupils[place] for place in sorted(elsewhere)])
        for place, edit in second:
            pupils[place] |= edit
        kept = [one for place, one in enumerate(pupils) if place not in dropped]
        kept += [pupils[place] for place in sorted(repeated - dropped)]
        committed(school, by, kept)
        settled_once(school, by, kept)
        raise _Back


def settled_once(school: Any, by: Any, kept: list[dict[str, Any]]) -> None:
    """The same file again: nothing is new, and nothing is written."""
    again = reviewed(school, by, kept)
    odd = [(row.name, row.outcome, row.changes) for row in again.rows.exclude(outcome__in=SETTLED | {"left"})]
    assert not odd
    before = Change.objects.count()
    committed(school, by, kept)
    assert Change.objects.count() == before
    assert set(outcomes(again)) <= SETTLED | {"left"}
