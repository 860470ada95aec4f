"""Anyone verifies a receipt and learns no more than the paper says; who guesses is stopped. 票据查验"""

from __future__ import annotations

import zlib
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.collection.signing import COLLECTOR, authority, receipted, signing
from tests.enrolment.building import AT, at
from yingbao.collection.models import Receipt
from yingbao.collection.papers import face_of, paper_of
from yingbao.collection.receipting import replace, void
from yingbao.paper import receipt as drawing
from yingbao.paper import signing as signatures
from yingbao.paper.authority import make_authority
from yingbao.values import clock

__all__ = ["authority", "signing"]
pytestmark = pytest.mark.django_db
WRONG = "ZZZZZZZZ"


@pytest.fixture
def receipt(suzhou, school, signing) -> Receipt:
    (one,) = receipted(suzhou, school, name="欧阳静")
    return one


def asked(receipt: Receipt, code: str | None = None, client: Client | None = None):
    return (client or Client()).get(f"/verify/{receipt.number}/{code or receipt.check_code}")


def uploaded(content: bytes, client: Client | None = None):
    file = SimpleUploadedFile("receipt.pdf", content, content_type="application/pdf")
    return (client or Client()).post("/verify/file", {"file": file})


def test_the_code_on_the_paper_leads_to_what_stands_on_it(receipt):
    shown = asked(receipt).content.decode()
    document = receipt.obligation.person.documents.get()
    for word in ("票据真实有效", "欧阳静", "王女士", COLLECTOR, receipt.number, document.number_masked):
        assert word in shown
    assert "星海学校" not in shown
    assert "13800000000" not in shown


def test_number_and_code_may_be_typed_with_blanks_and_small_letters(receipt):
    typed = {"number": f" {receipt.number[:8]} {receipt.number[8:]}", "code": receipt.check_code.lower()}
    assert "票据真实有效" in Client().post("/verify/", typed).content.decode()


def test_a_wrong_code_and_an_unknown_number_get_the_same_answer(receipt):
    wrong = asked(receipt, WRONG)
    unknown = Client().get(f"/verify/999999190000000001/{WRONG}")
    assert wrong.status_code == unknown.status_code == 200
    said = [
        one.content.decode().replace(receipt.number, "").replace("999999190000000001", "") for one in (wrong, unknown)
    ]
    assert "欧阳静" not in said[0]
    assert "没有查到这张票据" in said[0]
    tokens = [one.context["csrf_token"] for one in (wrong, unknown)]
    assert said[0].replace(str(tokens[0]), "") == said[1].replace(str(tokens[1]), "")


def test_a_void_receipt_says_since_when_and_what_replaced_it_to_who_has_the_code(receipt):
    fresh = replace(receipt=receipt, reason="付款人有误", at=at("2019-11-20"))
    shown = asked(receipt).content.decode()
    assert "票据已作废" in shown
    assert "2019年11月20日" in shown
    assert fresh.number in shown
    assert "付款人有误" not in shown
    guessed = asked(receipt, WRONG).content.decode()
    assert "作废" not in guessed
    assert fresh.number not in guessed


def test_a_void_receipt_without_another_in_its_place_proves_nothing(receipt):
    void(receipt=receipt, reason="款项退回", at=at("2019-11-20"))
    assert "不能作为凭证" in asked(receipt).content.decode()


def test_who_guesses_is_stopped_for_a_quarter_of_an_hour_even_with_the_right_code(receipt):
    client = Client(REMOTE_ADDR="203.0.113.7")
    for _ in range(20):
        assert asked(receipt, WRONG, client).status_code == 200
    stopped = asked(receipt, client=client)
    assert stopped.status_code == 429
    assert "欧阳静" not in stopped.content.decode()
    assert uploaded(b"%PDF-1.7", client).status_code == 429
    assert asked(receipt, client=Client(REMOTE_ADDR="203.0.113.8")).status_code == 200
    clock.set_to(AT + timedelta(minutes=16))
    assert "票据真实有效" in asked(receipt, client=client).content.decode()


def test_right_codes_are_never_counted_as_guesses(receipt):
    for _ in range(25):
        assert asked(receipt).status_code == 200


def test_the_file_that_we_issued_is_recognised(receipt):
    pdf = bytes(paper_of(receipt=receipt, at=AT).pdf)
    shown = uploaded(pdf).content.decode()
    assert "正是平台签发的那一份" in shown
    assert "欧阳静" in shown


def test_our_own_file_of_a_void_receipt_is_said_to_be_void(receipt):
    pdf = bytes(paper_of(receipt=receipt, at=AT).pdf)
    void(receipt=receipt, reason="付款人有误", at=at("2019-11-20"))
    assert "票据已作废" in uploaded(pdf).content.decode()


def test_an_altered_file_is_found_out_and_nothing_of_it_is_shown(receipt):
    pdf = bytearray(bytes(paper_of(receipt=receipt, at=AT).pdf))
    middle = len(pdf) // 3
    pdf[middle] ^= 1
    shown = uploaded(bytes(pdf)).content.decode()
    assert "不是平台签发的文件" in shown
    assert "欧阳静" not in shown


def test_something_added_behind_the_signature_is_found_out(receipt):
    pdf = bytes(paper_of(receipt=receipt, at=AT).pdf)
    assert "不是平台签发的文件" in uploaded(pdf + b"\n% more\n").content.decode()


def test_a_drawing_of_ours_that_nobody_signed_proves_nothing(receipt):
    assert "没有电子签名" in uploaded(drawing.draw_receipt(face_of(receipt))).content.decode()


@pytest.mark.parametrize("content", [b"", b"not a pdf", b"%PDF-1.7\n%%EOF", b"%PDF-1.7\n" + b"<<" * 20_000])
def test_what_is_no_pdf_gets_an_answer_and_no_fault(receipt, content):
    answer = uploaded(content)
    assert answer.status_code in (200, 413, 422)
    assert "票据真实有效" not in answer.content.decode()


def test_a_few_bytes_that_unpack_into_all_memory_cost_the_platform_nothing(receipt):
    bomb = zlib.compress(b"1 0 " * 300_000_000, 9)
    head = b"%%PDF-1.7\n1 0 obj\n<</Type/XRef/Size 9/W[1 2 1]/Root 1 0 R/Filter/FlateDecode/Length %d>>stream\n"
    content = head % len(bomb) + bomb + b"\nendstream endobj\nstartxref\n9\n%%EOF"
    assert len(content) < 2 * 1024 * 1024
    assert "没有电子签名" in uploaded(content).content.decode()


def test_a_file_signed_by_someone_else_is_none_of_ours(receipt, tmp_path):
    other = signatures.load(make_authority(tmp_path / "other"))
    forged = signatures.sign(drawing.draw_receipt(face_of(receipt)), signer=other, at=AT)
    assert "别的证书" in uploaded(forged).content.decode()


def test_a_second_signing_of_the_same_paper_is_not_the_file_we_keep(receipt, signing):
    again = signatures.sign(drawing.draw_receipt(face_of(receipt)), signer=signatures.load(signing), at=AT)
    assert "不是同一份" in uploaded(again).content.decode()


def test_more_than_two_megabytes_are_not_read(receipt):
    assert uploaded(b"%PDF" + b"0" * (2 * 1024 * 1024)).status_code == 413


@pytest.mark.parametrize("number", ["0", "%00", "１２３", "a" * 500, "320500190000000001%0a"])
def test_no_number_however_odd_breaks_the_page(db, number):
    assert Client().get(f"/verify/{number}/{WRONG}").status_code == 200


def test_the_answer_is_kept_by_nobody_on_the_way(receipt):
    answer = asked(receipt)
    assert "no-store" in answer["Cache-Control"]
    assert answer["X-Robots-Tag"] == "noindex"
