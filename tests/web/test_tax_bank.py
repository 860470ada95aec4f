"""Bank money on the pages: statements, suspense, debits, agreements, and what the school sees. 银行收款页面"""

from __future__ import annotations

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from tests.collection import bank
from tests.collection.bank import ON, booked, declared, line, mandate, owed
from tests.declaration.building import officer
from tests.enrolment.building import AT, clerk, organisation
from tests.exchange.bank import messages
from yingbao.agents.models import Appointment
from yingbao.collection.audit import INVARIANTS
from yingbao.collection.debiting import items_of, make_batch
from yingbao.collection.models import Advice, Arrival, BankFile, DebitBatch, DebitItem, Mandate, Refund, StatementLine
from yingbao.jobs import work
from yingbao.ledger.audit import examine
from yingbao.people.models import Look
from yingbao.values import clock

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _sound(suzhou):
    """Whatever a page does, the book has to be right at its end."""
    yield
    assert examine(INVARIANTS) == []


@pytest.fixture
def collector(suzhou) -> Appointment:
    return officer()


@pytest.fixture
def tax(collector, signed_in) -> Client:
    return signed_in(collector)


def text(answer) -> str:
    return answer.content.decode()


def upload(client: Client, name: str, content: bytes, **more):
    file = SimpleUploadedFile("文件.csv", content)
    return client.post(reverse(name), {"file": file} | more)


def statement(*lines) -> bytes:
    rows = [messages.cells(each, bank.NUMBER) for each in messages.balanced(lines)]
    return messages.csv_of([messages.HEADER, *rows])


def arrived(amount_fen: int, said: str = "社保") -> Arrival:
    booked(line(amount_fen, said))
    return Arrival.objects.latest("pk")


def test_a_statement_is_uploaded_taken_by_a_job_and_every_line_is_shown(tax, suzhou):
    declaration = declared(suzhou, 2)
    due = sum(one.due_fen for one in owed(declaration))
    content = statement(
        messages.line(due, text=declaration.reference, booked_on=ON, serial="A1"),
        messages.line(777, text="不知道", booked_on=ON, serial="A2"),
    )
    sent = upload(tax, "tax-statement-upload", content, account=bank.account().pk)
    file = BankFile.objects.get()
    assert sent["Location"] == reverse("tax-bank-file", args=[file.pk])
    watched = tax.get(sent["Location"])
    assert "正在排队" in text(watched)
    work.run_waiting()
    done = text(tax.get(sent["Location"]))
    assert "导入 2 笔流水；自动匹配 1 笔，2 名学生" in done
    file.refresh_from_db()
    shown = text(tax.get(reverse("tax-statement", args=[file.statement_id])))
    assert "已匹配" in shown
    assert "暂收 7.77" in shown
    assert "32050161" not in shown.replace(bank.NUMBER, "")
    assert text(tax.get(reverse("tax-statements"))).count("对账单") > 1


def test_a_malformed_statement_is_refused_with_row_and_reason(tax):
    upload(tax, "tax-statement-upload", "这不是对账单".encode(), account=bank.account().pk)
    work.run_waiting()
    shown = text(tax.get(reverse("tax-bank-file", args=[BankFile.objects.get().pk])))
    assert "整份文件未导入" in shown
    assert not StatementLine.objects.exists()


def test_an_upload_without_a_file_or_account_is_told_on_the_page(tax):
    bank.account()
    assert tax.post(reverse("tax-statement-upload")).status_code == 422
    assert upload(tax, "tax-statement-upload", b"x", account="0").status_code == 422
    assert upload(tax, "tax-debit-results", b"").status_code == 422
    assert not BankFile.objects.exists()


@pytest.mark.parametrize(("days", "words"), [(0, "新到账"), (3, "已满 3 天"), (7, "已满 7 天"), (31, "已满 30 天")])
def test_suspense_shows_its_age_in_words(tax, days, words):
    arrived(500)
    clock.set_to(AT.replace(day=12) if not days else AT.replace(month=11 + (days > 18), day=(12 + days - 1) % 30 + 1))
    shown = text(tax.get(reverse("tax-suspense")))
    assert f">{words}</span>" in shown
    assert f"{days} 天" in shown
    assert Look.objects.filter(what="suspense").exists()


def test_an_officer_follows_a_suggestion_ticks_children_and_undoes_it(tax, suzhou):
    declaration = declared(suzhou, 2)
    one, two = owed(declaration)
    held = arrived(one.due_fen + two.due_fen)
    page = text(tax.get(reverse("tax-arrival", args=[held.pk])))
    assert "金额正好等于未缴合计" in page
    assert page.count('name="child"') == 2
    tax.post(reverse("tax-arrival-settle", args=[held.pk]), {"child": [one.pk, two.pk], "rest": "wait"})
    held.refresh_from_db()
    assert held.suspense_fen == 0
    assert "已入账的学生" in text(tax.get(reverse("tax-arrival", args=[held.pk])))
    tax.post(reverse("tax-arrival-undo", args=[held.pk]))
    held.refresh_from_db()
    assert held.suspense_fen == held.amount_fen


def test_more_children_than_the_money_reaches_for_are_refused_beside_the_form(tax, suzhou):
    declaration = declared(suzhou, 2)
    held = arrived(owed(declaration)[0].due_fen)
    answer = tax.post(reverse("tax-arrival-settle", args=[held.pk]), {"child": [one.pk for one in owed(declaration)]})
    assert (answer.status_code, "少选几名" in text(answer)) == (422, True)


def test_a_declaration_is_found_by_its_agents_name(tax, suzhou):
    declared(suzhou, 1, school=organisation(name="平江路小学"))
    held = arrived(5)
    assert "平江路小学" in text(tax.get(reverse("tax-arrival", args=[held.pk]), {"find": "平江"}))


def test_money_is_sent_back_with_a_reason_and_waits_for_another_officer(tax):
    held = arrived(500)
    assert tax.post(reverse("tax-arrival-back", args=[held.pk]), {"note": " "}).status_code == 422
    tax.post(reverse("tax-arrival-back", args=[held.pk]), {"note": "查无此人", "reason": "unidentified"})
    assert Refund.objects.get().state == "requested"
    assert "待审批" in text(tax.get(reverse("tax-arrival", args=[held.pk])))


def test_a_school_enters_its_agreement_and_an_officer_verifies_it(tax, school, signed_in):
    pupil_desk = signed_in(clerk(school))
    given = {
        "number": "XY1", "signed_on": "2019-10-08", "bank": "演示银行", "bank_code": "", "holder": school.name,
        "account": "6222020200099887766",
    }  # fmt: skip
    wrong = pupil_desk.post(reverse("mandate-enter"), given | {"account": "12"})
    assert (wrong.status_code, "XY1" in text(wrong)) == (422, True)
    pupil_desk.post(reverse("mandate-enter"), given)
    one = Mandate.objects.get()
    shown = text(tax.get(reverse("tax-mandates")))
    assert "6222****7766" in shown
    assert "6222020200099887766" not in shown
    whole = text(tax.post(reverse("tax-mandate-number", args=[one.pk])))
    assert "6222020200099887766" in whole
    assert Look.objects.get(what="full_number").reason == "扣款协议 XY1"
    tax.post(reverse("tax-mandate-verify", args=[one.pk]))
    assert "已核验" in text(pupil_desk.get(reverse("mandate")))
    pupil_desk.post(reverse("mandate-end", args=[one.pk]), {"reason": "换银行"})
    one.refresh_from_db()
    assert one.state == "ended"


def test_an_agreement_is_sent_back_only_with_a_reason(tax):
    one = mandate(organisation(), verified=False)
    assert tax.post(reverse("tax-mandate-refuse", args=[one.pk])).status_code == 422
    tax.post(reverse("tax-mandate-refuse", args=[one.pk]), {"reason": "户名不符"})
    one.refresh_from_db()
    assert (one.state, one.reason) == ("refused", "户名不符")


def test_a_batch_is_made_handed_out_and_its_results_are_taken(tax, suzhou):
    school = organisation(name="星海学校")
    mandate(school)
    declared(suzhou, 2, method="debit", school=school)
    assert "星海学校" in text(tax.get(reverse("tax-debits")))
    made = tax.post(reverse("tax-debit-make"), {"account": bank.account().pk, "collect_on": "2019-11-13"})
    one = DebitBatch.objects.get()
    assert made["Location"] == reverse("tax-debit-batch", args=[one.pk])
    assert "待送银行" in text(tax.get(reverse("tax-debits")))
    file = tax.post(reverse("tax-debit-file", args=[one.pk]), {"form": "pain008"})
    assert (b"6222020200099887766" in file.content, file["Content-Type"]) == (True, "application/xml")
    (item,) = items_of(one)
    rows = f"端到端编号,结果,原因,日期\n{item.end_to_end},失败,余额不足,2019-11-13\n"
    upload(tax, "tax-debit-results", rows.encode())
    work.run_waiting()
    shown = text(tax.get(reverse("tax-debit-batch", args=[one.pk])))
    assert "余额不足" in shown
    assert "6222020200099887766" not in shown
    assert DebitItem.objects.get().state == "failed"
    again = tax.post(reverse("tax-debit-make"), {"account": bank.account().pk, "collect_on": "2019-11-01"})
    assert (again.status_code, "扣款日已过" in text(again)) == (422, True)


def test_a_school_says_whom_its_transfer_is_for_and_takes_the_list_along(suzhou, signed_in):
    school = organisation(name="星海学校")
    declaration = declared(suzhou, 3, school=school)
    one, two, _ = owed(declaration)
    held = arrived(one.due_fen + two.due_fen, declaration.reference)
    desk = signed_in(clerk(school))
    address = reverse("declaration-advice", args=[declaration.pk])
    assert text(desk.get(address)).count('name="child"') == 3
    assert desk.post(address, {"child": ["0"]}).status_code == 422
    answer = desk.post(address, {"child": [one.pk, two.pk]}, follow=True)
    assert "2 名学生已缴清" in text(answer)
    held.refresh_from_db()
    assert held.suspense_fen == 0
    book = desk.get(reverse("declaration-advice-workbook", args=[declaration.pk]))
    assert book.content[:2] == b"PK"
    desk.post(address, {"child": [owed(declaration)[2].pk]})
    assert "已说明：1 名学生" in text(desk.get(address))
    desk.post(reverse("declaration-advice-withdraw", args=[declaration.pk]))
    assert Advice.objects.filter(withdrawn_at__isnull=False).count() == 1


def test_another_areas_money_is_not_found(suzhou, signed_in):
    held = arrived(500)
    stranger = signed_in(officer("500103"))
    for name in ("tax-arrival", "tax-arrival-settle", "tax-arrival-undo", "tax-arrival-back"):
        send = stranger.get if name == "tax-arrival" else stranger.post
        assert send(reverse(name, args=[held.pk])).status_code == 404
    assert "500" not in text(stranger.get(reverse("tax-suspense"))).split("<main")[1]


def test_the_pages_speak_english_too(tax, suzhou):
    arrived(500)
    school = organisation()
    mandate(school)
    declared(suzhou, 1, method="debit", school=school)
    make_batch(pooling_area="320500", account=bank.account(), collect_on=date(2019, 11, 12), by=officer(), at=AT)
    tax.post(reverse("language"), {"language": "en"})
    for name in ("tax-statements", "tax-suspense", "tax-debits", "tax-mandates"):
        page = text(tax.get(reverse(name))).split("<main")[1].split("<footer")[0]
        assert "Direct" in page or "Suspense" in page


def test_a_line_that_tells_nothing_is_explained_on_the_page(tax):
    booked(line(1_000, "转账", incoming=False), opening=5_000)
    one = StatementLine.objects.get()
    assert "是划缴国库" in text(tax.get(reverse("tax-statement", args=[one.statement_id])))
    tax.post(reverse("tax-line-explain", args=[one.pk]), {"what": "hand_over", "note": "国库回单"})
    assert "是划缴国库" not in text(tax.get(reverse("tax-statement", args=[one.statement_id])))
