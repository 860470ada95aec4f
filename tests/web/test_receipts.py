"""Receipts at the school's and the tax desk, and for the family that paid in this session. 票据页面"""

from __future__ import annotations

import io
import zipfile

import pytest
from django.test import Client

from tests.collection.orders import pending, pupils, said, school_of_yuzhong
from tests.collection.signing import authority, paid, receipted, signing
from tests.enrolment.building import AT, at, organisation
from tests.web.conftest import clerk_of
from yingbao.agents.models import Desk, Organisation
from yingbao.collection.audit import INVARIANTS
from yingbao.collection.lifecycle import Word
from yingbao.collection.models import Payment, Receipt, ReceiptPaper
from yingbao.collection.papers import make
from yingbao.collection.receipting import issue_all
from yingbao.collection.releasing import reverse
from yingbao.collection.settling import settle
from yingbao.enrolment.seasons import open_season
from yingbao.jobs import work
from yingbao.ledger.audit import examine
from yingbao.people.models import Look

__all__ = ["authority", "signing"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def collector(suzhou, school):
    receipted(suzhou, school, name="先行")
    return clerk_of(Organisation.objects.get(kind="tax_authority"), Desk.TAX)


def test_a_school_without_declared_children_is_led_to_declare(clerk, signed_in):
    shown = signed_in(clerk).get("/school/receipts/").content.decode()
    assert "还没有申报的学生" in shown


def test_the_list_says_who_has_a_receipt_and_why_others_have_none(suzhou, school, clerk, signed_in, signing):
    (receipt,) = receipted(suzhou, school, name="欧阳静")
    paid(suzhou, school, name="待开同学")
    shown = signed_in(clerk).get("/school/receipts/").content.decode()
    assert receipt.number in shown
    assert "已到账，正在开具" in shown
    narrowed = signed_in(clerk).get("/school/receipts/?standing=issuing").content.decode()
    assert "待开同学" in narrowed
    assert receipt.number not in narrowed


def test_one_receipt_is_downloaded_under_the_childs_name_and_the_look_is_noted(
    suzhou, school, clerk, signed_in, signing
):
    (receipt,) = receipted(suzhou, school, name="欧阳静")
    answer = signed_in(clerk).get(f"/school/receipts/{receipt.pk}/")
    assert answer.content == bytes(ReceiptPaper.objects.get(receipt=receipt).pdf)
    assert "%E6%AC%A7%E9%98%B3%E9%9D%99" in answer["Content-Disposition"]
    assert Look.objects.filter(user=clerk.user, what="export", person=receipt.obligation.person).exists()


def test_a_voided_receipt_is_not_handed_out_by_the_school(suzhou, school, clerk, signed_in, signing):
    (receipt,) = receipted(suzhou, school)
    arrival = receipt.allocation.arrival
    reverse(arrival=arrival, key="return:1", returned_fen=arrival.amount_fen, at=at("2019-11-18"))
    assert signed_in(clerk).get(f"/school/receipts/{receipt.pk}/").status_code == 404


def test_the_zip_is_asked_for_made_with_progress_and_taken(suzhou, school, clerk, signed_in, signing):
    receipts = receipted(suzhou, school, 2, name="张小明")
    client = signed_in(clerk)
    asked = client.post("/school/receipts/pack")
    assert asked["Location"].startswith("/jobs/")
    work.run_waiting()
    page = client.get(asked["Location"])
    assert "/school/receipts/download" in page.content.decode()
    taken = client.get("/school/receipts/download")
    with zipfile.ZipFile(io.BytesIO(b"".join(taken))) as archive:
        assert archive.namelist() == [f"一年级 1班/张小明_{one.number}.pdf" for one in receipts]
    assert client.post("/school/receipts/pack")["Location"] == "/school/receipts/download"


def test_the_zip_of_one_class_holds_that_class_only(suzhou, school, clerk, signed_in, signing):
    receipts = [receipted(suzhou, school, class_name=name)[0] for name in ("1班", "2班")]
    make(receipts=[one.pk for one in receipts], at=AT)
    client = signed_in(clerk)
    asked = client.post("/school/receipts/pack", {"class": "一年级 2班"})
    taken = client.get(asked["Location"])
    with zipfile.ZipFile(io.BytesIO(b"".join(taken))) as archive:
        assert [name.rpartition("_")[2] for name in archive.namelist()] == [f"{receipts[1].number}.pdf"]


def test_another_school_gets_neither_receipt_nor_zip_nor_job(suzhou, school, other_school, clerk, signed_in, signing):
    (receipt,) = receipted(suzhou, school)
    make(receipts=[receipt.pk], at=AT)
    job = signed_in(clerk).post("/school/receipts/pack")
    stranger = signed_in(clerk_of(other_school, Desk.SCHOOL))
    assert stranger.get(f"/school/receipts/{receipt.pk}/").status_code == 404
    assert stranger.get("/school/receipts/download").status_code == 409
    assert receipt.number not in stranger.get("/school/receipts/").content.decode()
    assert job.status_code == 302


def test_without_a_signing_key_the_school_is_told_and_gets_nothing_unsigned(
    suzhou, school, clerk, signed_in, settings, tmp_path
):
    (receipt,) = receipted(suzhou, school)
    settings.SIGNING = tmp_path / "nowhere"
    answer = signed_in(clerk).get(f"/school/receipts/{receipt.pk}/")
    assert answer.status_code == 409
    assert not answer.content.startswith(b"%PDF")


def test_the_tax_desk_counts_numbers_and_finds_one(suzhou, school, collector, signed_in):
    receipt = Receipt.objects.get()
    client = signed_in(collector)
    page = client.get("/tax/receipts/")
    assert page.context["series"] == [
        {"year": 2019, "last": 1, "issued": 1, "void": 0, "valid": 1, "missing": 0, "papers": 0}
    ]
    assert receipt.number in client.get("/tax/receipts/", {"number": receipt.number}).content.decode()
    assert client.get("/tax/receipts/", {"number": "999"}).context["rows"] == []


def test_a_collector_replaces_a_receipt_under_another_payers_name(suzhou, school, collector, signed_in, signing):
    receipt = Receipt.objects.get()
    client = signed_in(collector)
    done = client.post(f"/tax/receipts/{receipt.pk}/replace", {"reason": "付款人有误", "payer": "李女士"})
    fresh = Receipt.objects.get(voided_at__isnull=True)
    receipt.refresh_from_db()
    assert done["Location"] == f"/tax/receipts/{fresh.pk}/"
    assert (fresh.payer, fresh.replaces, receipt.voided_by) == ("李女士", receipt, collector.user)
    shown = client.get(f"/tax/receipts/{receipt.pk}/").content.decode()
    assert fresh.number in shown
    assert client.get("/tax/receipts/?show=void").context["rows"] == [receipt]
    assert examine(INVARIANTS) == []


def test_nothing_is_voided_or_replaced_without_a_reason(suzhou, school, collector, signed_in):
    receipt = Receipt.objects.get()
    client = signed_in(collector)
    assert client.post(f"/tax/receipts/{receipt.pk}/void", {"reason": " "}).status_code == 409
    assert client.post(f"/tax/receipts/{receipt.pk}/replace").status_code == 409
    assert Receipt.objects.filter(voided_at__isnull=False).count() == 0


def test_voiding_keeps_the_number_and_the_money_gets_the_next_one(suzhou, school, collector, signed_in):
    receipt = Receipt.objects.get()
    client = signed_in(collector)
    client.post(f"/tax/receipts/{receipt.pk}/void", {"reason": "重新开具"})
    assert issue_all(pooling_area="320500", at=AT) == 1
    assert client.get("/tax/receipts/").context["series"][0]["missing"] == 0
    assert Receipt.objects.get(voided_at__isnull=True).replaces == receipt


def test_a_school_cannot_void_even_its_own(suzhou, school, clerk, signed_in):
    (receipt,) = receipted(suzhou, school)
    assert signed_in(clerk).post(f"/tax/receipts/{receipt.pk}/void", {"reason": "x"}).status_code == 403
    receipt.refresh_from_db()
    assert receipt.voided_at is None


def test_another_areas_collector_finds_none_of_our_receipts(suzhou, school, collector, signed_in):
    far = signed_in(clerk_of(organisation("tax_authority", area="500103"), Desk.TAX))
    receipt = Receipt.objects.get()
    assert far.get(f"/tax/receipts/{receipt.pk}/").status_code == 404
    assert far.get(f"/tax/receipts/{receipt.pk}/paper").status_code == 404
    assert far.get("/tax/receipts/").context["rows"] == []


def paying(payment: Payment) -> Client:
    """A browser whose session made this order."""
    client = Client()
    session = client.session
    session["pay"] = {"children": {}, "order": payment.number}
    session.save()
    return client


@pytest.fixture
def ordered() -> Payment:
    organisation("tax_authority", area="500103", name="国家税务总局重庆市渝中区税务局")
    season = open_season(policy_id="500103/2020", at=AT)
    return pending(*pupils(season, school_of_yuzhong(), 2, name="欧阳静"))


def test_a_family_waits_for_its_receipts_and_then_takes_them(db, ordered, signing):
    client = paying(ordered)
    assert "付款成功后" in client.get("/pay/receipts/").content.decode()
    settle(paid=said(ordered), word=Word.NOTICE, at=AT)
    assert "正在开具" in client.get("/pay/receipts/").content.decode()
    issue_all(pooling_area="500103", at=AT)
    shown = client.get("/pay/receipts/").content.decode()
    assert "正在开具" not in shown
    assert "欧*静" in shown
    for one in Receipt.objects.all():
        assert f"/pay/receipts/{one.pk}/" in shown
        assert client.get(f"/pay/receipts/{one.pk}/").content.startswith(b"%PDF")


def test_another_session_gets_none_of_a_familys_receipts(db, ordered, signing):
    settle(paid=said(ordered), word=Word.NOTICE, at=AT)
    issue_all(pooling_area="500103", at=AT)
    one = Receipt.objects.first()
    assert Client().get(f"/pay/receipts/{one.pk}/").status_code == 404
    assert Client().get("/pay/receipts/")["Location"] == "/pay/"
