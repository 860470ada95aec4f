"""What is held about a child is told in words, on the page and in the file. 保存的信息"""

from __future__ import annotations

import json
import re

import pytest
from django.test import Client

from tests.collection.building import confirmed, owed, pay
from tests.enrolment.building import AT, clerk
from tests.web.families import enter
from yingbao.enrolment.models import Enrolment
from yingbao.families.models import Binding
from yingbao.people import history
from yingbao.people.models import Person

pytestmark = pytest.mark.django_db
MACHINE = re.compile(r"\b[a-z]+_[a-z_]+\b|\bTrue\b|\bFalse\b|\bNone\b|: ?\d{6}\b|；\w+_")


@pytest.fixture
def known(suzhou, school) -> Enrolment:
    """A child of whom much is held: decided, paid for, asked about, changed."""
    (one,) = confirmed(suzhou, school)
    pay(owed(suzhou, [one])[0])
    with history.by(None, "roster 17", at=AT):
        Person.objects.filter(pk=one.person_id).update(hukou="320582")
    one.refresh_from_db()
    return one


def shown(one: Enrolment) -> tuple[list[dict[str, str]], dict[str, object]]:
    client = Client()
    binding = enter(client, one.person)
    client.post(f"/family/children/{binding.pk}/correct", {"words": "生日写错了"})
    held = client.get(f"/family/children/{binding.pk}/held")
    file = client.get(f"/family/children/{binding.pk}/held.json")
    return [row for table in held.context["tables"] for row in table["rows"]], json.loads(file.content)


def test_rules_facts_stages_and_acts_stand_in_words_on_the_page_and_in_the_file(known):
    rows, file = shown(known)
    words = [text for row in rows for text in row.values()]
    assert [text for text in words if MACHINE.search(text)] == []
    exported = [text for table in file["tables"] for row in table["rows"] for text in row.values()]
    assert [text for text in exported if MACHINE.search(text)] == []
    assert exported == words
    (enrolment,) = [row for row in rows if "依据的规则" in row]
    assert "（一）" in enrolment["依据的规则"]
    assert "学段：" in enrolment["核定用的事实"]
    assert any(row.get("来源") == "导入花名册" for row in rows)
    assert any("常熟" in text for text in words) or any("张家港" in text for text in words)
    assert any(row.get("用途") == "监护人同意书" for row in rows)
    assert any(row.get("您写的") == "生日写错了" for row in rows)


def test_what_a_school_asked_to_correct_is_named_as_the_form_names_it(known, school):
    by = clerk(school)
    known.corrections.create(field="hukou", wanted="320582", asked_by=by.user, asked_at=AT)
    rows, _ = shown(known)
    (asked,) = [row for row in rows if "正确内容" in row]
    assert asked["项目"] == "户籍所在地"
    assert "320582" not in asked["正确内容"]
    assert Binding.objects.count() == 1
