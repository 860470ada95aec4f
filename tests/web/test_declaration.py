"""A school declares: it builds the list beside its roster, freezes it, hands it in, and pays. 学校申报"""

from __future__ import annotations

import io
import re

import pytest
from pypdf import PdfReader

from tests.declaration.building import accepted, officer, submitted
from tests.enrolment.building import AT, at, child, organisation
from tests.web.conftest import clerk_of, listed
from yingbao.agents.models import Desk, User
from yingbao.collection.billing import bill
from yingbao.collection.models import BankAccount, Mandate, Obligation
from yingbao.collection.owing import lock
from yingbao.declaration.deciding import accept_in_part, send_back
from yingbao.declaration.models import Declaration
from yingbao.enrolment.actions import confirm_ready, withdraw
from yingbao.enrolment.models import Enrolment
from yingbao.enrolment.seasons import open_season
from yingbao.people.models import Look
from yingbao.values import clock
from yingbao.values.money import figures

pytestmark = pytest.mark.django_db
BUILD, FREEZE = "/school/declaration/", "/school/declaration/freeze"


@pytest.fixture
def client(signed_in, clerk):
    return signed_in(clerk)


@pytest.fixture
def pupils(school, suzhou, clerk):
    """Two who pay, one exempt, all confirmed; one more still to be confirmed."""
    for name, more in (("甲", {}), ("乙", {}), ("丙", {"assisted": "orphan"})):
        child(school, name=name, **more)
    found = listed(school, suzhou)
    confirm_ready(season=suzhou, organisation=school, by=clerk, at=AT)
    listed(school, suzhou, child(school, name="丁"))
    return found


@pytest.fixture
def account(suzhou):
    return BankAccount.objects.create(
        pooling_area="320500", holder="苏州市税务局待解缴专户", number="6222000011112222333", bank="苏州银行"
    )


def text(answer) -> str:
    """What a page says, without its markup."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def expected(client) -> str:
    return str(client.get(BUILD).context["expected"])


def freeze(client, method: str = "transfer", **more):
    """Freeze what the page shows now."""
    return client.post(FREEZE, {"expected": expected(client), "method": method} | more, follow=True)


def test_a_school_builds_freezes_and_hands_in_its_list(client, pupils, account):
    page = client.get(BUILD)
    assert [(row["child"].name, str(row["child"].place)) for row in page.context["rows"]] == [
        ("甲", "pays"), ("乙", "pays"), ("丙", "exempt"), ("丁", "to_confirm"),
    ]  # fmt: skip
    assert page.context["left_behind"][0]["count"] == 1
    assert "孤儿" in text(page)
    frozen = freeze(client)
    one = Declaration.objects.get()
    assert frozen.redirect_chain[-1][0] == f"/school/declaration/{one.pk}/"
    assert one.reference in text(frozen)
    assert "提交税务部门" in text(frozen)
    handed_in = client.post(f"/school/declaration/{one.pk}/submit", follow=True)
    assert "等待税务部门受理" in text(handed_in)
    assert "6222000011112222333" in text(handed_in)
    one.refresh_from_db()
    assert (one.state, one.submitted_by_id is not None) == ("submitted", True)
    assert "等税务部门受理" in text(client.get("/school/"))


def test_the_sum_stands_in_figures_and_capitals_beside_reference_and_days_left(client, pupils, account):
    freeze(client)
    one = Declaration.objects.get()
    page = client.get(f"/school/declaration/{one.pk}/")
    fee = one.self_paid_fen // 100
    assert (page.context["figures"], one.payers) == (f"{fee}.00", 2)
    assert page.context["capitals"] in text(page)
    assert page.context["capitals"].endswith("整")
    assert f'<p class="reference copy" aria-labelledby="ref"><code>{one.reference}' in page.content.decode()
    assert "还有 18 天" in text(page)


def test_a_list_that_changed_since_it_was_shown_is_shown_again_and_not_frozen(client, pupils, school, suzhou, clerk):
    seen = expected(client)
    confirm_ready(season=suzhou, organisation=school, by=clerk, at=AT)
    answer = client.post(FREEZE, {"expected": seen, "method": "transfer"})
    assert answer.status_code == 409
    assert "有了变化" in text(answer)
    assert not Declaration.objects.exists()


def test_debit_is_offered_only_under_a_verified_agreement(client, pupils, school, clerk):
    assert 'value="debit"' not in client.get(BUILD).content.decode()
    assert "三方协议" in text(client.get(BUILD))
    refused = freeze(client, "debit")
    assert refused.status_code == 409
    assert not Declaration.objects.exists()
    Mandate.objects.create(
        organisation=school, number="K1", signed_on=AT.date(), bank="苏州银行", holder="星海学校", account_cipher=b"x",
        account_masked="6222****0001", state="verified", entered_at=AT, entered_by=clerk.user, verified_at=AT,
        verified_by=User.objects.create(username="checker", name="李"),
    )  # fmt: skip
    assert 'value="debit"' in client.get(BUILD).content.decode()
    freeze(client, "debit")
    assert Declaration.objects.get().method == "debit"


def test_a_list_of_exempt_children_asks_for_no_way_of_paying(client, school, suzhou, clerk):
    child(school, assisted="orphan")
    listed(school, suzhou)
    confirm_ready(season=suzhou, organisation=school, by=clerk, at=AT)
    assert 'type="radio"' not in client.get(BUILD).content.decode()
    assert "无需缴费" in text(freeze(client))
    assert Declaration.objects.get().method == "none"


def test_freezing_twice_by_an_impatient_clerk_makes_one_list(client, pupils):
    mark = expected(client)
    client.post(FREEZE, {"expected": mark, "method": "transfer"})
    assert client.post(FREEZE, {"expected": mark, "method": "transfer"}).status_code == 409
    assert Declaration.objects.count() == 1


def test_a_frozen_list_is_thrown_away_and_made_anew(client, pupils):
    freeze(client)
    one = Declaration.objects.get()
    back = client.post(f"/school/declaration/{one.pk}/discard", follow=True)
    assert back.redirect_chain[-1][0] == BUILD
    assert back.context["now"].heads == 3
    assert "已作废" in text(back)


def test_a_returned_list_tells_why_on_both_pages_and_on_the_way_to_a_new_one(client, pupils, school, suzhou, clerk):
    one = submitted(suzhou, school, clerk)
    send_back(declaration=one, reason="班级不全", by=officer(), at=AT)
    for address in (BUILD, f"/school/declaration/{one.pk}/", "/school/"):
        assert "班级不全" in text(client.get(address)), address


def test_refused_children_are_shown_with_their_reason_and_stand_on_the_next_list(client, pupils, school, suzhou, clerk):
    one = submitted(suzhou, school, clerk)
    line = one.lines.get(name="甲")
    accept_in_part(declaration=one, refused={line.pk: "号码有误"}, by=officer(), at=AT)
    bill(declaration=one, at=AT)
    assert "号码有误" in text(client.get(f"/school/declaration/{one.pk}/"))
    child_page = client.get(f"/school/pupils/{line.enrolment.person_id}/")
    assert "没有受理这名学生的申报：号码有误" in text(child_page)
    page = client.get(BUILD)
    row = next(row for row in page.context["rows"] if row["child"].name == "甲")
    assert (row["now"], row["about"]) == (True, "号码有误")


def test_after_an_acceptance_in_part_only_the_accepted_are_asked_for(client, pupils, school, suzhou, clerk, account):
    one = submitted(suzhou, school, clerk)
    assert "受理后再转账" in text(client.get(f"/school/declaration/{one.pk}/"))
    accept_in_part(declaration=one, refused={one.lines.get(name="甲").pk: "号码有误"}, by=officer(), at=AT)
    bill(declaration=one, at=AT)
    page = client.get(f"/school/declaration/{one.pk}/")
    assert page.context["to_pay"] == one.self_paid_fen // 2
    assert page.context["figures"] == f"{one.self_paid_fen // 200}.00"


def test_an_accepted_list_shows_what_has_come_in(client, pupils, school, suzhou, clerk, account):
    one = accepted(suzhou, school, clerk)
    bill(declaration=one, at=AT)
    assert "已到账 0 / 2 名" in text(client.get(f"/school/declaration/{one.pk}/"))
    assert "转账缴费" in text(client.get(f"/school/declaration/{one.pk}/"))
    for key in lock(list(Obligation.objects.filter(due_fen__gt=0).values_list("pk", flat=True))):
        due = Obligation.objects.get(pk=key).due_fen
        Obligation.objects.filter(pk=key).update(paid_fen=due, paid_on=AT.date())
    assert "已全部到账" in text(client.get(f"/school/declaration/{one.pk}/"))


def test_the_steps_of_the_season_lead_to_declaring_and_paying(client, pupils, school, suzhou, clerk):
    def steps():
        return {one["step"].id: one["step"] for one in client.get("/school/").context["steps"]}

    assert (steps()["declaration"].state, steps()["declaration"].left, steps()["payment"].state) == (
        "later",
        3,
        "later",
    )
    confirm_ready(season=suzhou, organisation=school, by=clerk, at=AT)
    assert (steps()["declaration"].state, steps()["declaration"].left) == ("next", 4)
    one = accepted(suzhou, school, clerk)
    bill(declaration=one, at=AT)
    assert (steps()["declaration"].state, steps()["payment"].state, steps()["payment"].left) == ("done", "next", 3)
    Obligation.objects.filter(due_fen__gt=0).update(paid_fen=one.self_paid_fen // 3, paid_on=AT.date())
    assert steps()["payment"].state == "done"


def test_after_the_acceptance_late_children_and_leavers_make_a_supplement(client, pupils, school, suzhou, clerk):
    bill(declaration=accepted(suzhou, school, clerk), at=AT)
    gone = Enrolment.objects.get(person__name="甲")
    withdraw(enrolment=gone, reason="转学", by=clerk, at=at("2019-11-13"))
    confirm_ready(season=suzhou, organisation=school, by=clerk, at=at("2019-11-13"))
    page = client.get(BUILD)
    assert "本次补充申报" in text(page)
    assert (page.context["now"].heads, page.context["removals"]) == (2, 1)
    answer = freeze(client)
    assert "补充申报（第1次）" in text(answer)
    assert "退出" in text(answer)


def test_where_families_pay_the_page_says_so_and_nothing_is_frozen(signed_in):
    open_season(policy_id="500103/2020", at=AT)
    client = signed_in(clerk_of(organisation(area="500103"), Desk.SCHOOL))
    assert "学校不申报" in text(client.get(BUILD))
    assert client.post(FREEZE, {"method": "transfer", "expected": "0/0/0/0/0/0/0"}).status_code == 409


def test_after_the_window_nothing_is_frozen_and_the_page_says_when_it_was(client, pupils):
    clock.set_to(at("2019-12-01", 0))
    page = client.get(BUILD)
    assert page.context["now"].heads == 0
    assert "不在申报期限" in text(page)


def test_another_schools_clerk_finds_no_such_declaration(signed_in, pupils, school, other_school, suzhou, clerk):
    one = submitted(suzhou, school, clerk)
    stranger = signed_in(clerk_of(other_school, Desk.SCHOOL))
    for name in ("", "form.pdf", "notice.pdf"):
        assert stranger.get(f"/school/declaration/{one.pk}/{name}").status_code == 404
    for act in ("submit", "discard"):
        assert stranger.post(f"/school/declaration/{one.pk}/{act}").status_code == 404
    assert one.reference not in text(stranger.get(BUILD))


def test_every_look_at_the_lines_is_recorded(client, pupils, school, suzhou, clerk):
    one = submitted(suzhou, school, clerk)
    client.get(BUILD)
    client.get(f"/school/declaration/{one.pk}/")
    client.get(f"/school/declaration/{one.pk}/form.pdf")
    assert list(Look.objects.order_by("pk").values_list("what", "count")) == [("list", 4), ("list", 3), ("export", 3)]


def test_form_and_notice_are_pdfs_with_the_reference_in_their_names(client, pupils, school, suzhou, clerk, account):
    one = submitted(suzhou, school, clerk)
    for kind in ("form", "notice"):
        answer = client.get(f"/school/declaration/{one.pk}/{kind}.pdf")
        assert answer.content.startswith(b"%PDF")
        assert answer["Content-Disposition"] == f'inline; filename="{one.reference}-{kind}.pdf"'


def test_the_form_says_what_was_frozen_and_the_notice_what_is_owed(client, pupils, school, suzhou, clerk, account):
    one = submitted(suzhou, school, clerk)
    accept_in_part(declaration=one, refused={one.lines.get(name="甲").pk: "号码有误"}, by=officer(), at=AT)
    bill(declaration=one, at=AT)
    form, notice = (read(client.get(f"/school/declaration/{one.pk}/{kind}.pdf")) for kind in ("form", "notice"))
    account_number, digest = "6222000011112222333", bytes(one.digest).hex()
    for said in (one.reference, "星海学校", account_number, "孤儿", "甲", "乙", "丙", digest):
        assert said in form, said
    assert figures(one.self_paid_fen) in form
    assert figures(one.self_paid_fen // 2) in notice
    assert figures(one.self_paid_fen) not in notice


def read(answer) -> str:
    """What stands on all pages of a PDF, without blanks and places to break a line."""
    pages = PdfReader(io.BytesIO(answer.content)).pages
    return re.sub(r"[\s\u200b]+", "", "".join(page.extract_text() for page in pages))


def test_no_notice_is_printed_without_an_account_or_without_a_sum(client, pupils, school, suzhou, clerk):
    one = submitted(suzhou, school, clerk)
    answer = client.get(f"/school/declaration/{one.pk}/notice.pdf")
    assert answer.status_code == 409
    assert "不要转账" in text(answer)
    send_back(declaration=one, reason="不符", by=officer(), at=AT)
    assert "没有要缴的款" in text(client.get(f"/school/declaration/{one.pk}/notice.pdf"))


def test_no_whole_number_stands_on_the_pages(client, pupils, school, suzhou, clerk):
    one = submitted(suzhou, school, clerk)
    for address in (BUILD, f"/school/declaration/{one.pk}/"):
        page = client.get(address).content.decode()
        assert not re.search(r"X\d{17}", page)
        assert "****" in page


def test_a_long_list_comes_in_pages_and_by_place(client, school, suzhou):
    listed(school, suzhou, *[child(school) for _ in range(101)])
    first, second = client.get(BUILD), client.get(f"{BUILD}?page=2")
    assert (len(first.context["rows"]), len(second.context["rows"]), second.context["pages"]) == (100, 1, 2)
    assert len(client.get(f"{BUILD}?place=to_confirm&page=9").context["rows"]) == 1
    assert client.get(f"{BUILD}?place=paid").context["rows"] == []
    assert len(client.get(f"{BUILD}?place=nonsense&page=x").context["rows"]) == 100


def test_every_child_says_whether_it_is_declared_paid_or_exempt(client, pupils, school, suzhou, clerk):
    bill(declaration=accepted(suzhou, school, clerk), at=AT)
    Enrolment.objects.filter(person__name="甲").update(state="paid")
    shown = {
        view: [row.enrolment.person.name for row in client.get(f"/school/pupils/?show={view}").context["listing"].rows]
        for view in ("unpaid", "paid", "enrolled")
    }
    assert shown == {"unpaid": ["乙"], "paid": ["甲", "丙"], "enrolled": ["甲", "乙", "丙"]}
    for name, words in (("甲", "已缴费"), ("乙", "已申报待缴费"), ("丙", "已申报免缴")):
        one = Enrolment.objects.get(person__name=name)
        assert words in text(client.get(f"/school/pupils/{one.person_id}/"))
    figure = next(one for one in client.get("/school/").context["figures"] if one["name"].en == "Confirmed")
    assert (figure["n"], figure["query"]) == (3, "show=enrolled")
