"""`yingbao account` on an installation that has nobody yet. 首任管理员命令"""

from __future__ import annotations

import pytest
from click.testing import CliRunner, Result
from django.test import Client

from yingbao.agents.models import Appointment, User
from yingbao.cli import main
from yingbao.trail.models import Event

pytestmark = pytest.mark.django_db(transaction=True)


def account(*words: str) -> Result:
    return CliRunner().invoke(main, ["account", *words], env={"YINGBAO_LANG": "en"})


def test_three_desks_of_an_empty_installation_go_to_three_people():
    for desk in ("system", "security", "audit"):
        result = account("320500", desk, f"first-{desk}", "管理员")
        assert result.exit_code == 0
        password = result.stdout.strip().splitlines()[-1]
        user = User.objects.get(username=f"first-{desk}")
        assert user.check_password(password)
        assert user.must_change_password
        answer = Client().post("/sign-in", {"username": user.username, "password": password})
        assert answer.status_code == 302
    assert sorted(Appointment.objects.values_list("desk", flat=True)) == ["audit", "security", "system"]
    assert Event.objects.filter(what="first_administrator").count() == 3


def test_a_desk_that_is_held_is_given_again_only_when_it_is_said_so():
    account("320500", "system", "first-system", "管理员")
    again = account("320500", "system", "second-system", "管理员")
    assert again.exit_code == 1
    assert "the desk is held" in again.stderr
    assert account("320500", "system", "second-system", "管理员", "--although-held").exit_code == 0
    assert account("500103", "system", "far-system", "管理员").exit_code == 0


@pytest.mark.parametrize(
    "words",
    [
        ("000000", "system", "somebody", "某人"),
        ("320500", "system", "No Name", "某人"),
        ("320500", "system", "abc", " "),
    ],
)
def test_what_makes_no_sense_leaves_nothing_behind(words):
    result = account(*words)
    assert result.exit_code == 1
    assert result.stderr
    assert not User.objects.exists()
    assert not Appointment.objects.exists()


def test_a_desk_of_business_is_not_given_from_the_command_line():
    assert account("320500", "agency", "somebody", "某人").exit_code == 2
