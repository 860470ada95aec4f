"""What a directory would change is told before it is taken in. 对应表差异"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.enrolment.building import organisation
from yingbao.agents.directory_changes import directory_changes, mark_of
from yingbao.agents.models import Organisation
from yingbao.agents.organising import organise_directory
from yingbao.policy.directory import Directory, load_directory, load_directory_text

pytestmark = pytest.mark.django_db
FILE = Path(__file__).parents[2] / "policies/500103-yuzhong/directory-2020.yaml"


def changed(*pairs: tuple[str, str]) -> Directory:
    text = FILE.read_text("utf-8")
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new, 1)
    return load_directory_text(text, "directory.yaml")


def test_everything_is_new_in_an_empty_area_and_nothing_once_it_is_taken_in(db):
    directory = load_directory(FILE)
    told = directory_changes(directory)
    assert {one.tone for one in told} == {"good"}
    assert len(told) == len(directory.schools) + len(directory.sub_districts)
    organise_directory(directory)
    assert directory_changes(directory) == []


def test_a_new_contact_a_new_school_and_one_that_is_not_named_are_told_apart(db):
    directory = load_directory(FILE)
    organise_directory(directory)
    street, school = directory.sub_districts[0], directory.schools[0]
    told = directory_changes(changed((f"contact: {street.contact}", "contact: 新老师"), (school.name, "新办小学")))
    tones = {one.name: one.tone for one in told}
    assert tones == {f"{street.name}街道": "warn", "新办小学": "good", school.name: ""}


def test_a_school_of_that_name_under_another_code_is_not_made_a_second_time(db):
    directory = load_directory(FILE)
    organisation(area="500103", name=directory.schools[0].name, code="XX-1")
    assert [one.name for one in directory_changes(directory) if one.tone == "bad"] == [directory.schools[0].name]


def test_what_was_shown_has_a_mark_that_changes_with_it(db):
    directory = load_directory(FILE)
    before = mark_of(directory_changes(directory))
    assert mark_of(directory_changes(directory)) == before
    organise_directory(directory)
    Organisation.objects.filter(name=directory.schools[0].name).update(stages=["special"])
    assert mark_of(directory_changes(directory)) != before
