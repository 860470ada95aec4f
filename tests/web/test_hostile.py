"""Whatever is sent, the server answers with a page, never with a fault. 恶意输入"""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.enrolment.building import child
from tests.web.addresses import EXPECTED
from tests.web.conftest import listed
from yingbao.agents.models import Desk, User

pytestmark = pytest.mark.django_db

FIELDS = [
    "q", "show", "state", "class", "sort", "find", "page", "scope", "chosen", "on_page", "expected", "seen", "why",
    "reason", "field", "wanted", "full", "next", "username", "password", "appointment", "language", "old", "new",
    "again", "whole_file",
]  # fmt: skip
NASTY = [
    "\0", "9" * 40, "-1", "٣", "²", "' OR 1=1 --", "<script>alert(1)</script>", "\u202e\u200b", "𠅤䶮", "%00", "{}",
    "{0.__class__}", "x" * 5000, "../../etc/passwd", "primary.1.\0", "\ud7ff", "\r\nSet-Cookie: a=b",
]  # fmt: skip
# Notices come from channels and not from people; without a channel they are told to come again (see test_notices).
SIGNED_IN = [name for name in EXPECTED if name not in ("sign-out", "switch-desk") and not name.startswith("notice-")]


def may_be_opened(name: str) -> bool:
    """Whether a school's clerk, or anybody, may open the page."""
    return EXPECTED[name].desks is None or Desk.SCHOOL in EXPECTED[name].desks


@pytest.fixture
def client(clerk, school, suzhou, signed_in) -> Client:
    listed(school, suzhou, child(school))
    return signed_in(clerk)


@pytest.mark.parametrize("nasty", NASTY, ids=range(len(NASTY)))
def test_no_address_breaks_on_what_no_clerk_would_type(client, school, nasty):
    person = school.rolls.get().person_id
    given = {"": [], "policy": ["320500", 2020], "pupil": [person], "code": ["1", "ABCD2345"], "day": ["2019-11-12"]}
    broken = []
    turn = NASTY.index(nasty)
    closed = [name for name in SIGNED_IN if not may_be_opened(name)]
    # Where the clerk is turned away nothing that was sent is read: those pages get one of them each, in turn.
    for name in [*filter(may_be_opened, SIGNED_IN), *closed[turn :: len(NASTY)]]:
        arguments = given.get(EXPECTED[name].about, [1])
        answer = getattr(client, EXPECTED[name].method)(reverse(name, args=arguments), dict.fromkeys(FIELDS, nasty))
        if answer.status_code >= 500 or "Set-Cookie: a" in str(answer.headers):
            broken.append((name, answer.status_code))
        if answer.get("Content-Type", "").startswith("text/html") and "<script>alert" in answer.content.decode():
            broken.append((name, "unescaped"))
    assert broken == []
    assert User.objects.filter(is_active=True).exists()


@pytest.mark.parametrize("number", ["0", "99999999999999999999999999", "-1", "1e5", "%00", "١"])
def test_an_object_that_cannot_exist_is_not_found(client, number):
    for address in ("pupils", "roster"):
        assert client.get(f"/school/{address}/{number}/").status_code == 404
    assert client.get(f"/jobs/{number}/").status_code == 404
    assert client.get(f"/policies/{number}/2020/").status_code == 404


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(term=st.text(max_size=80), key=st.text(max_size=40))
def test_no_search_and_no_filter_breaks_the_list(client, term, key):
    found = client.post("/school/pupils/search", {"q": term, "class": key, "show": key}, follow=True)
    assert found.status_code in (200, 400)
    assert client.get("/school/pupils/", {"class": f"primary.1.{key}", "page": key, "find": key}).status_code in (
        200,
        400,
    )
