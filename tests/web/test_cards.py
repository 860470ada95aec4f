"""Cards in the browser's requests: a school's photos and hand-out, the centre's desk, a family's phone. 市民卡页面"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs7
from cryptography.x509.oid import NameOID
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import load_workbook

from tests.cards.building import accepted, answered, paid, photo
from tests.cards.drawing import encoded, good_photo, portrait
from tests.collection.building import confirmed
from tests.enrolment.building import AT, at, organisation
from tests.web.conftest import Enter, clerk_of
from tests.web.families import enter, number_of
from yingbao.agents.models import Appointment, Desk, Organisation
from yingbao.cards import batching
from yingbao.cards.models import Batch, Card, CentreFile, Photo, PhotoPack, Picture
from yingbao.cards.needing import to_order
from yingbao.enrolment.models import Enrolment, Season
from yingbao.enrolment.seasons import open_season
from yingbao.families.consent import CARD_PHOTO
from yingbao.families.models import Consent
from yingbao.jobs import cards as card_jobs
from yingbao.jobs.work import run_waiting
from yingbao.messages.models import Message
from yingbao.people.models import Look
from yingbao.trail.models import Event
from yingbao.values import clock

pytestmark = pytest.mark.django_db
Boxed = Callable[[], Client]


@pytest.fixture
def centre(suzhou: Season) -> Appointment:
    return clerk_of(organisation("card_centre"), Desk.CARD, name="沈操作员")


@pytest.fixture
def one(suzhou: Season, school: Organisation) -> Enrolment:
    return paid(suzhou, school, name="陈启昂")[0]


def file(content: bytes, name: str = "photo.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def mark(client: Client, url: str) -> str:
    """What the page showed."""
    return client.get(url).context["seen"]


def test_a_school_hands_in_a_photo_looks_at_it_and_accepts_it(one, clerk, signed_in: Enter):
    client, url = signed_in(clerk), f"/cards/own/children/{one.person_id}/"
    seen = mark(client, url)
    answer = client.post(url, {"photo": file(good_photo()), "agreed": "yes", "seen": seen})
    assert answer.status_code == 302
    twice = client.post(url, {"photo": file(good_photo()), "agreed": "yes", "seen": seen})
    assert (twice.status_code, Photo.objects.count()) == (409, 1)
    picture = client.get(f"{url}picture")
    assert (picture["Content-Type"], picture["Cache-Control"]) == ("image/jpeg", "no-store")
    assert picture.content.startswith(b"\xff\xd8\xff")
    client.post(f"{url}decide", {"act": "accept", "seen": mark(client, url)})
    assert Photo.objects.get().state == "accepted"
    assert Look.objects.filter(what="photo", person=one.person).count() >= 2
    assert bytes(Picture.objects.get().sealed)[:3] != b"\xff\xd8\xff"


def test_a_photo_of_the_wrong_kind_comes_back_with_what_it_is_and_nothing_is_kept(one, clerk, signed_in: Enter):
    client, url = signed_in(clerk), f"/cards/own/children/{one.person_id}/"
    for content, said in ((encoded(portrait(), "GIF"), "内容是GIF"), (b"", "没有选择文件|文件是空的")):
        answer = client.post(url, {"photo": file(content), "agreed": "yes", "seen": mark(client, url)})
        assert answer.status_code == 422
        assert any(each in answer.content.decode() for each in said.split("|"))
    unagreed = client.post(url, {"photo": file(good_photo()), "seen": mark(client, url)})
    assert (unagreed.status_code, Photo.objects.count()) == (422, 0)


def test_a_rejected_photo_is_asked_for_again_and_a_stale_page_decides_nothing(one, clerk, signed_in: Enter):
    photo(one)
    client, url = signed_in(clerk), f"/cards/own/children/{one.person_id}/"
    seen = mark(client, url)
    bare = client.post(f"{url}decide", {"act": "reject", "seen": seen, "reason": ""})
    assert bare.status_code == 422
    photo(one)
    stale = client.post(f"{url}decide", {"act": "reject", "seen": seen, "reason": "头发遮住眼睛"})
    assert stale.status_code == 409
    assert "头发遮住眼睛" in stale.content.decode()
    client.post(f"{url}decide", {"act": "reject", "seen": mark(client, url), "why": "eyes", "reason": "刘海"})
    told = Message.objects.get(kind="photo_again")
    assert "闭眼、侧脸或有遮挡；刘海" in told.text
    assert "陈启昂" not in told.text


def test_a_class_zip_finds_its_children_and_tells_of_every_other_file(suzhou, school, clerk, signed_in: Enter):
    first, second, third = paid(suzhou, school, 3)
    for number, each in enumerate((first, second, third)):
        each.person.name = f"周小{'甲乙丙'[number]}"
        each.person.save()
    number = number_of(second.person)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr(f"二班/{first.person_id}.jpg", good_photo())
        packed.writestr(f"二班/{number}.jpg", good_photo())
        packed.writestr("二班/周小丙.jpg", encoded(portrait(), "GIF"))
        packed.writestr("二班/周小甲.jpg", good_photo())
        packed.writestr("二班/不认识.jpg", good_photo())
    client = signed_in(clerk)
    body = {"zip": file(out.getvalue(), "二班.zip"), "agreed": "yes", "class": ""}
    answer = client.post("/cards/own/zip", body)
    assert answer.status_code == 302
    kept = PhotoPack.objects.get()
    assert b"PK" not in bytes(kept.content_cipher)[:40]
    run_waiting()
    kept.refresh_from_db()
    assert (kept.content_cipher, Photo.objects.count()) == (None, 2)
    page = client.get(f"/cards/own/zips/{kept.pk}/").content.decode()
    assert number not in page
    assert number not in str(kept.outcome)
    for said in ("内容是GIF", "同一个孩子有两张照片", "名单里没有这个人", f"{number[:3]}***********{number[-4:]}"):
        assert said in page
    stranger = next(line for line in kept.outcome if line["file"] == "不认识.jpg")
    # No other child's number as an example: a clerk who takes it at its word gives that child this photo.
    assert not any(character.isdigit() for character in stranger["mend"]["zh"])


def test_a_zip_of_which_nothing_is_taken_is_told_as_refused_and_why(suzhou, school, clerk, signed_in: Enter):
    paid(suzhou, school)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("../1.jpg", good_photo())
    client = signed_in(clerk)
    client.post("/cards/own/zip", {"zip": file(out.getvalue(), "班.zip"), "agreed": "yes", "class": ""})
    run_waiting()
    page = client.get(f"/cards/own/zips/{PhotoPack.objects.get().pk}/").content.decode()
    assert "照片包没有收下" in page
    assert "指向别处" in page
    assert "收下 0 张" not in page


def test_a_card_that_was_not_made_shows_no_day_on_which_it_is_ready(suzhou, one, school, clerk, centre, signed_in):
    accepted(one, centre)
    batch = batching.make(season=suzhou, by=centre, at=AT)
    answered(batch, centre, refuse={1: "照片模糊"})
    client = signed_in(centre)
    for url in (f"/cards/batches/{batch.pk}/", "/cards/all/?state=refused"):
        page = client.get(url).content.decode()
        assert "照片模糊" in page
        assert "2019年12月12日" not in page
    assert "可领日期" not in signed_in(clerk).get(f"/cards/own/children/{one.person_id}/").content.decode()


@pytest.mark.parametrize(("content", "said"), [(b"no zip", "不是 ZIP"), (b"", "没有选择文件|不是 ZIP")])
def test_what_is_no_zip_is_told_before_a_job_begins(clerk, suzhou, signed_in: Enter, content, said):
    answer = signed_in(clerk).post("/cards/own/zip", {"zip": file(content, "a.zip"), "agreed": "yes"})
    assert answer.status_code == 422
    assert any(each in answer.content.decode() for each in said.split("|"))
    assert PhotoPack.objects.count() == 0


def test_the_centre_accepts_many_and_rejects_one_and_two_operators_do_no_harm(suzhou, school, centre, signed_in: Enter):
    rows = paid(suzhou, school, 3)
    photos = [photo(each) for each in rows]
    client, other = signed_in(centre), signed_in(clerk_of(centre.organisation, Desk.CARD))
    assert client.get("/cards/photos/").context["clear"] == 3
    assert client.get(f"/cards/photos/{photos[0].pk}/picture")["Content-Type"] == "image/jpeg"
    client.post("/cards/photos/accept", {"photo": [photos[0].pk, photos[1].pk]})
    late = other.post("/cards/photos/accept", {"photo": [photos[1].pk, photos[2].pk]}, follow=True).content.decode()
    assert "已通过 1 张照片" in late
    assert "1 张刚刚已被处理" in late
    bare = other.post(f"/cards/photos/{photos[2].pk}/decide", {"act": "reject"})
    assert bare.status_code == 422
    other.post(f"/cards/photos/{photos[2].pk}/decide", {"act": "reject", "why": "blurred"})
    assert sorted(Photo.objects.values_list("state", flat=True)) == ["accepted", "accepted", "rejected"]
    assert Message.objects.filter(kind="photo_again").count() == 1


def filled(content: bytes, said: dict[int, tuple[str, str, str]]) -> bytes:
    """The list that was sent, with the centre's results beside its lines."""
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        book = load_workbook(io.BytesIO(packed.read("制卡名单.xlsx")))
    sheet = book.active
    heads = {cell.value: cell.column for cell in sheet[1]}
    for row in range(2, sheet.max_row + 1):
        line = int(sheet.cell(row, heads["序号"]).value)
        for head, value in zip(("制卡结果", "卡号后四位", "原因"), said[line], strict=True):
            sheet.cell(row, heads[head]).value = value or None
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_batch_goes_out_and_its_list_comes_back_filled_in(suzhou, school, clerk, centre, signed_in: Enter):
    rows = paid(suzhou, school, 2)
    for each in rows:
        accepted(each, clerk)
    client = signed_in(centre)
    seen = mark(client, "/cards/batches/")
    made = client.post("/cards/batches/", {"seen": seen})
    assert made.status_code == 302
    client.post("/cards/batches/", {"seen": seen})
    batch = Batch.objects.get()
    assert client.get(f"/cards/batches/{batch.pk}/file").status_code == 405
    sent = client.post(f"/cards/batches/{batch.pk}/file")
    with zipfile.ZipFile(io.BytesIO(sent.content)) as packed:
        assert sorted(packed.namelist()) == ["制卡名单.xlsx", "照片/0001.jpg", "照片/0002.jpg"]
    assert Look.objects.filter(what="export", count=2).exists()
    assert Event.objects.filter(what="cards.file", about="320500-0001").exists()
    number = number_of(rows[0].person)
    assert number not in client.get(f"/cards/batches/{batch.pk}/").content.decode()
    back = filled(sent.content, {1: ("成功", "0042", ""), 2: ("失败", "", "照片太暗")})
    url = f"/cards/batches/{batch.pk}/result"
    page = client.post(url, {"file": file(back, "结果.xlsx")}, follow=True).content.decode()
    assert "共 2 行，登记 2 行" in page
    again = client.post(url, {"file": file(back, "结果.xlsx")}, follow=True).content.decode()
    assert "没有重复登记" in again
    assert (CentreFile.objects.count(), Card.objects.get(state="made").last_digits) == (1, "0042")
    assert Message.objects.filter(kind="photo_again").count() == 1
    wrong = client.post(
        url, {"file": file("序号,制卡结果,卡号后四位\nx,成功,1\n9,成功,7\n".encode(), "r.csv")}, follow=True
    )
    assert "序号不是数字" in wrong.content.decode()
    assert "四位数字" in wrong.content.decode()
    assert client.post(url, {"file": file(b"nothing", "r.xlsx")}).status_code == 422
    assert client.post(f"/cards/batches/{batch.pk}/file").status_code == 409


def test_with_the_centres_certificate_the_file_is_an_envelope_for_it_alone(
    suzhou, school, clerk, centre, signed_in: Enter, settings, tmp_path
):
    settings.GATEWAYS = tmp_path
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "card centre")])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(at("2019-01-01")).not_valid_after(at("2020-12-31"))
    certificate = builder.sign(key, hashes.SHA256())
    (tmp_path / "card_centre.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    accepted(paid(suzhou, school)[0], clerk)
    batch = batching.make(season=suzhou, by=centre, at=AT)
    client = signed_in(centre)
    sent = client.post(f"/cards/batches/{batch.pk}/file")
    assert sent["Content-Disposition"].endswith('.zip.p7m"')
    opened = pkcs7.pkcs7_decrypt_der(sent.content, certificate, key, [])
    assert "制卡名单.xlsx" in zipfile.ZipFile(io.BytesIO(opened)).namelist()
    (tmp_path / "card_centre.pem").write_text("-----BEGIN CERTIFICATE-----")
    assert client.post(f"/cards/batches/{batch.pk}/file").status_code == 409


def test_who_holds_a_card_by_the_centres_list_is_asked_for_no_photo(one, clerk, centre, signed_in: Enter):
    rows = f"姓名,证件号码,卡号后四位\n{one.person.name},{number_of(one.person)},0007\n错号,123,0001\n"
    page = signed_in(centre).post("/cards/holders/", {"file": file(rows.encode(), "h.csv")}, follow=True)
    assert page.status_code == 200
    assert CentreFile.objects.get().rows == 2
    assert number_of(one.person) not in page.content.decode()


def test_when_the_day_comes_the_school_is_told_and_signs_off_who_took_the_card(
    suzhou, school, clerk, centre, signed_in: Enter
):
    rows = paid(suzhou, school, 2)
    for each in rows:
        accepted(each, clerk)
    answered(batching.make(season=suzhou, by=centre, at=AT), centre)
    assert card_jobs.turn(at=at("2019-12-11")) == 0
    assert card_jobs.turn(at=at("2019-12-12")) == 2
    told = Message.objects.get(kind="cards_ready", user=clerk.user)
    assert "2张" in told.text
    clock.set_to(at("2019-12-16"))
    client = signed_in(clerk)
    page = client.get("/cards/own/hand-out/")
    assert page.context["total"] == 2
    first = Card.objects.order_by("pk")[0].pk
    body = {"card": [str(first), "999999", "x"]}
    assert "已签收 1 张卡" in client.post("/cards/own/hand-out/", body, follow=True).content.decode()
    assert "2 张此前已签收" in client.post("/cards/own/hand-out/", body, follow=True).content.decode()
    other = clerk_of(organisation(name="别校"), Desk.SCHOOL)
    signed_in(other).post(
        "/cards/own/hand-out/", {"card": [str(pk) for pk in Card.objects.values_list("pk", flat=True)]}
    )
    held = Card.objects.get(state="held")
    client.cookies["django_language"] = "en"
    assert "handed out at school" in client.get(f"/cards/own/children/{held.person_id}/").content.decode()


def test_a_lost_card_is_recorded_with_its_reason_once(suzhou, school, clerk, centre, signed_in: Enter):
    (one,) = paid(suzhou, school)
    accepted(one, clerk)
    answered(batching.make(season=suzhou, by=centre, at=AT), centre)
    card_jobs.turn(at=at("2019-12-12"))
    client, url = signed_in(clerk), f"/cards/own/children/{one.person_id}/"
    client.post(f"{url}card", {"act": "collect", "seen": mark(client, url)})
    seen = mark(client, url)
    assert client.post(f"{url}card", {"act": "lose", "seen": seen, "reason": ""}).status_code == 422
    client.post(f"{url}card", {"act": "lose", "seen": seen, "reason": "公交车上遗失"})
    client.post(f"{url}card", {"act": "lose", "seen": seen, "reason": "公交车上遗失"})
    card = Card.objects.get()
    assert (card.state, card.reason, card.steps.filter(act="lose").count()) == ("lost", "公交车上遗失", 1)
    window = signed_in(centre)
    assert "公交车上遗失" in window.get("/cards/all/?state=lost").content.decode()


def test_a_guardian_hands_in_a_photo_by_phone_agrees_and_takes_it_back(one):
    client = Client()
    binding = enter(client, one.person)
    url = f"/family/children/{binding.pk}/photo"
    seen = mark(client, url)
    bare = client.post(url, {"photo": file(good_photo()), "seen": seen})
    assert bare.status_code == 422
    body = {"photo": file(good_photo()), "seen": seen, "agree": "yes", "version": CARD_PHOTO.version}
    assert client.post(url, body).status_code == 302
    assert (Photo.objects.get().came_by, Consent.objects.filter(purpose="card_photo", given=True).count()) == (
        "family",
        1,
    )
    assert client.get(f"{url}/picture").content.startswith(b"\xff\xd8\xff")
    assert client.post(url, body | {"photo": file(good_photo())}).status_code == 409
    assert "照片已收到" in client.get(f"/family/children/{binding.pk}/").content.decode()
    client.post(f"{url}/withdraw")
    assert (Picture.objects.count(), Consent.objects.filter(purpose="card_photo", given=False).count()) == (0, 1)
    assert client.get(f"{url}/picture").status_code == 404


def test_a_stranger_and_another_family_see_no_picture(suzhou, school, one):
    photo(one)
    (other,) = paid(suzhou, school, name="别家孩子", phone="13900000001")
    client = Client()
    enter(client, other.person)
    own = enter(Client(), one.person)
    assert client.get(f"/family/children/{own.pk}/photo/picture").status_code == 404
    assert Client().get(f"/family/children/{own.pk}/photo/picture").status_code == 302


def test_where_the_policy_has_no_rule_for_cards_no_desk_offers_to_make_any(db, signed_in: Enter):
    season = open_season(policy_id="500103/2020", at=AT)
    school = organisation(area="500103")
    (one,) = confirmed(season, school)
    Enrolment.objects.filter(pk=one.pk).update(state="paid")
    assert not to_order(season).exists()
    centre = signed_in(clerk_of(organisation("card_centre", area="500103"), Desk.CARD))
    home, batches = (centre.get(url).content.decode() for url in ("/cards/", "/cards/batches/"))
    for page in (home, batches):
        assert "本地政策没有制卡规定" in page
        assert "生成批次" not in page
        assert "上传已持卡人员名单" not in page
    assert 'href="/cards/batches/"' not in home.partition("</header>")[2]
    clerk = signed_in(clerk_of(school, Desk.SCHOOL))
    for url in ("/cards/own/", "/cards/own/hand-out/"):
        assert "本地政策没有制卡规定" in clerk.get(url).content.decode()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as box:
        box.writestr("a.jpg", good_photo())
    answer = clerk.post("/cards/own/zip", {"zip": file(packed.getvalue(), "a.zip"), "agreed": "yes", "class": ""})
    assert (answer.status_code, PhotoPack.objects.count()) == (422, 0)
    assert "本地政策没有制卡规定" in answer.content.decode()
    child = clerk.get(f"/cards/own/children/{one.person_id}/")
    assert "本地政策没有制卡规定" in child.content.decode()
    assert child.status_code < 500
