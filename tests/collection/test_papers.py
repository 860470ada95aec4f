"""Papers of receipts: drawn and signed once, kept as they were issued, packed by class. 票据文件"""

from __future__ import annotations

import hashlib
import io
import zipfile
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pypdf
import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from tests.collection.building import confirmed, owed
from tests.collection.signing import COLLECTOR, authority, paid, receipted, signing
from tests.enrolment.building import AT, at, organisation
from yingbao.collection.audit import INVARIANTS
from yingbao.collection.handing import Standing, file_name, handouts, pack, path_of, safe, without_paper
from yingbao.collection.models import Receipt, ReceiptPaper
from yingbao.collection.papers import face_of, faces, make, paper_of, waiting
from yingbao.collection.receipting import issue_all, replace, void
from yingbao.collection.releasing import reverse
from yingbao.ledger.audit import examine
from yingbao.values.refusal import Refused

__all__ = ["authority", "signing"]
pytestmark = pytest.mark.django_db


def text_of(pdf: bytes) -> str:
    return "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages).replace(" ", "")


def test_what_stands_on_a_receipt_comes_from_the_season_the_child_and_the_money(suzhou, school, signing):
    (receipt,) = receipted(suzhou, school, name="欧阳静")
    face = face_of(receipt)
    assert (face.insured_name, face.payer_name, face.collector) == ("欧阳静", "王女士", COLLECTOR)
    assert face.item.zh == "苏州市区学生（少儿）居民医保"
    assert (face.plan_year, face.coverage_from, face.coverage_to) == (2020, date(2020, 1, 1), date(2020, 12, 31))
    assert (face.amount_fen, face.paid_on, face.issued_on) == (receipt.amount_fen, AT.date(), AT.date())
    assert "*" in face.identity_masked
    assert face.verify_url == f"https://yingbao.example/verify/{receipt.number}/{receipt.check_code}"


def test_a_paper_is_drawn_signed_and_found_by_its_bytes(suzhou, school, signing):
    (receipt,) = receipted(suzhou, school, name="欧阳静")
    paper = paper_of(receipt=receipt, at=AT)
    pdf = bytes(paper.pdf)
    assert bytes(paper.sha256) == hashlib.sha256(pdf).digest()
    assert all(word in text_of(pdf) for word in (receipt.number, receipt.check_code, "欧阳静", COLLECTOR))
    assert examine(INVARIANTS) == []


def test_a_paper_is_made_once_and_then_handed_out_as_it_is(suzhou, school, signing):
    (receipt,) = receipted(suzhou, school)
    first = paper_of(receipt=receipt, at=AT)
    again = paper_of(receipt=receipt, at=at("2019-11-20"))
    assert (bytes(again.pdf), again.made_at) == (bytes(first.pdf), first.made_at)


def test_a_name_corrected_later_does_not_change_what_was_printed(suzhou, school, signing):
    (receipt,) = receipted(suzhou, school, name="张小名")
    paper_of(receipt=receipt, at=AT)
    person = receipt.obligation.person
    person.name = person.name_original = "张小明"
    person.save()
    assert face_of(receipt).insured_name == "张小名"
    fresh = replace(receipt=receipt, reason="姓名有误", at=at("2019-11-20"))
    assert (face_of(fresh).insured_name, face_of(fresh).replaces) == ("张小明", receipt.number)


@pytest.mark.parametrize("forge", [{"sha256": b"0" * 32}, {"face": {}}])
def test_a_kept_paper_cannot_be_rewritten(suzhou, school, signing, forge):
    (receipt,) = receipted(suzhou, school)
    paper_of(receipt=receipt, at=AT)
    with pytest.raises(IntegrityError), transaction.atomic():
        ReceiptPaper.objects.filter(receipt=receipt).update(**forge)


def test_without_a_key_no_unsigned_paper_is_made(suzhou, school, settings, tmp_path):
    (receipt,) = receipted(suzhou, school)
    settings.SIGNING = tmp_path / "nowhere"
    with pytest.raises(Refused) as refused:
        paper_of(receipt=receipt, at=AT)
    assert "YINGBAO_SIGNING" in refused.value.said("zh")
    assert not ReceiptPaper.objects.exists()


def test_without_a_tax_authority_there_is_no_collector_to_name(suzhou, school, signing):
    (receipt,) = receipted(suzhou, school)
    type(school).objects.filter(kind="tax_authority").update(active=False)
    with pytest.raises(Refused, match="no tax authority"):
        paper_of(receipt=receipt, at=AT)


@pytest.mark.django_db(transaction=True)
def test_two_who_want_a_paper_at_the_same_moment_get_the_same_one(suzhou, school, signing):
    (receipt,) = receipted(suzhou, school)

    def wanted(_):
        try:
            return bytes(paper_of(receipt=receipt, at=AT).sha256)
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        assert len(set(pool.map(wanted, range(3)))) == 1
    assert ReceiptPaper.objects.count() == 1


def test_many_papers_tell_how_far_they_are_and_go_on_where_they_stopped(suzhou, school, signing):
    receipts = [one.pk for one in receipted(suzhou, school, 23)]
    told: list[tuple[int, int]] = []
    assert make(receipts=receipts, at=AT, until=0.0) == 20
    assert make(receipts=receipts, at=AT, progress=lambda done, total: told.append((done, total))) == 3
    assert told == [(20, 23), (23, 23)]
    assert waiting(pooling_area="320500", most=100) == []


def test_facts_of_many_receipts_cost_as_many_questions_as_of_one(
    suzhou, school, signing, django_assert_max_num_queries
):
    receipts = [one.pk for one in receipted(suzhou, school, 5)]
    with django_assert_max_num_queries(4):
        assert len(faces(receipts)) == 5


def test_a_channels_own_number_of_its_payer_never_stands_on_a_receipt(suzhou, school, signing):
    from tests.collection.building import pay

    organisation("tax_authority", name=COLLECTOR)
    (child,) = owed(suzhou, confirmed(suzhou, school, name="欧阳静"))
    pay(child)
    issue_all(pooling_area="320500", at=AT)
    assert Receipt.objects.get().payer == "欧阳静"


def test_a_receipt_voided_while_its_money_stands_is_followed_by_one_that_names_it(suzhou, school, by):
    (receipt,) = receipted(suzhou, school)
    voided = void(receipt=receipt, reason="付款人有误", at=AT, by=by.user)
    assert voided.voided_by == by.user
    assert issue_all(pooling_area="320500", at=AT) == 1
    fresh = Receipt.objects.get(voided_at__isnull=True)
    assert (fresh.replaces, fresh.obligation_id) == (receipt, receipt.obligation_id)
    assert examine(INVARIANTS) == []


def test_a_school_sees_every_child_and_why_some_have_no_receipt(suzhou, school, signing):
    issued, returned = receipted(suzhou, school, name="已开")[0], receipted(suzhou, school, name="退回")[0]
    arrival = returned.allocation.arrival
    reverse(arrival=arrival, key="return:1", returned_fen=arrival.amount_fen, at=at("2019-11-18"))
    paid(suzhou, school, name="待开")
    owed(suzhou, confirmed(suzhou, school, name="未缴"))
    owed(suzhou, confirmed(suzhou, school, name="免缴", assisted="orphan"))
    confirmed(suzhou, school, name="未报")
    found = {row.name: row for row in handouts(season=suzhou, organisation=school)}
    assert {name: row.standing for name, row in found.items()} == {
        "已开": Standing.ISSUED, "退回": Standing.RETURNED, "待开": Standing.ISSUING, "未缴": Standing.UNPAID,
        "免缴": Standing.EXEMPT, "未报": Standing.UNDECLARED,
    }  # fmt: skip
    assert without_paper(list(found.values())) == [issued.pk]


def test_the_zip_has_a_folder_for_each_class_and_a_file_for_each_child(suzhou, school, signing):
    receipts = [*receipted(suzhou, school, 2, name="张小明"), *receipted(suzhou, school, name="李雷", class_name="2班")]
    make(receipts=[one.pk for one in receipts], at=AT)
    rows = handouts(season=suzhou, organisation=school)
    packed = io.BytesIO()
    assert pack(rows, packed) == 3
    with zipfile.ZipFile(packed) as archive:
        assert archive.namelist() == [
            *(f"一年级 1班/张小明_{one.number}.pdf" for one in receipts[:2]),
            f"一年级 2班/李雷_{receipts[2].number}.pdf",
        ]
        assert archive.testzip() is None
        assert hashlib.sha256(archive.read(path_of(rows[0]))).digest() == bytes(
            ReceiptPaper.objects.get(receipt=rows[0].receipt).sha256
        )


@given(st.text(max_size=60))
def test_whatever_a_name_holds_its_file_stays_in_its_folder(name):
    made = file_name(name, "320500190000000001")
    assert made.endswith("320500190000000001.pdf")
    assert not set(made) & set('\\/:*?"<>|\0\n\r')
    assert not made.startswith((".", " "))
    assert len(made.encode()) < 255
    assert safe(safe(name)) == safe(name)
