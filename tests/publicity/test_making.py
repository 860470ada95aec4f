"""Letters as files: a school at once, in order, with rare characters, masked, read back from the PDF. 制作"""

from __future__ import annotations

import io
import zipfile
from datetime import date

import pytest
from pypdf import PdfReader

from tests.enrolment.building import AT
from tests.paper.papers import words
from tests.publicity.building import FIRST, town
from yingbao.paper.beside import Lot, draw_all
from yingbao.paper.class_letter import draw_class_letters
from yingbao.paper.letter import draw_letters
from yingbao.publicity import handing, samples, writing
from yingbao.publicity.composing import class_letters, in_force, worded
from yingbao.publicity.making import ask, make
from yingbao.publicity.models import LetterBatch, LetterFile, LetterWording
from yingbao.sealing.sealed import unseal_bytes
from yingbao.values.refusal import Refused

pytestmark = pytest.mark.django_db
TODAY = AT.date()


def made(place, *, groups=None, chosen=None, heads=1, key="k", duplex=False) -> tuple[str, bytes]:
    batch, _ = ask(season=place.season, school=place.school, scope="全校", heads=heads, key=key, by=place.clerk, at=AT)
    file = make(batch=batch, groups=groups, chosen=chosen, duplex=duplex, at=AT, processes=2)
    return file.filename, unseal_bytes(file.content_cipher)


def test_a_school_becomes_a_zip_with_a_pdf_for_each_class_in_order():
    place = town()
    for class_name in ("10班", "2班"):
        place.child(class_name=class_name, name="张𬱖")
    name, content = made(place, heads=2)
    assert name == "枕波小学 全校 告家长书.zip"
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.namelist() == ["01 一年级2班（1份）.pdf", "02 一年级10班（1份）.pdf"]
        text = words(archive.read(archive.namelist()[0]))
    for said in ("张𬱖", "一年级2班", "240元", "三", "2019年11月30日", "65550101"):
        assert said in text
    assert "X0000" not in text


def test_one_class_is_a_pdf_with_a_page_for_each_child_and_a_sheet_if_asked():
    place = town()
    place.child()
    place.child(name="李小禾", assisted="orphan")
    name, content = made(place, groups={FIRST}, heads=2)
    assert name.endswith(".pdf")
    pages = PdfReader(io.BytesIO(content)).pages
    assert len(pages) == 2
    assert len(PdfReader(io.BytesIO(made(place, groups={FIRST}, heads=2, key="l", duplex=True)[1])).pages) == 3
    exempt = "".join(pages[1].extract_text().split()) + "".join(pages[0].extract_text().split())
    assert "另由财政缴240元" in exempt


def test_a_batch_is_made_once_however_often_its_job_runs_or_its_form_is_sent():
    place = town()
    place.child()
    first, new = ask(season=place.season, school=place.school, scope="全校", heads=1, key="k", by=place.clerk, at=AT)
    same, again = ask(season=place.season, school=place.school, scope="全校", heads=1, key="k", by=place.clerk, at=AT)
    assert (first, new, again) == (same, True, False)
    told: list[tuple[int, int]] = []
    for _ in range(2):
        make(batch=first, groups=None, chosen=None, duplex=False, at=AT, processes=1,
             progress=lambda done, total: told.append((done, total)))  # fmt: skip
    assert (LetterBatch.objects.count(), LetterFile.objects.count()) == (1, 1)
    assert told[-1] == (2, 2)


def test_letters_for_nobody_are_refused():
    place = town()
    with pytest.raises(Refused, match="no child"):
        ask(season=place.season, school=place.school, scope="全校", heads=0, key="k", by=place.clerk, at=AT)


def test_the_schools_remark_is_text_whatever_stands_in_it():
    place = town()
    one = place.child()
    evil = '#set page(width: 1pt) #import "x" <b>$E$</b> {家庭缴费} *粗*'
    handing.put_remark(season=place.season, school=place.school, text=evil, by=place.clerk, at=AT)
    (paper,) = worded([one], on=TODAY)
    assert "".join(evil.split()) in words(draw_letters([paper]))


def test_the_words_in_force_are_those_of_the_newest_version_and_no_version_is_lost():
    place = town()
    one = place.child()
    text = in_force(place.season, "child").text + "\n请转告{孩子}：上学带好水杯。#let"
    kept = writing.put_to_work(
        season=place.season, kind="child", text=text, note="加一句", seen=0, by=place.clerk, at=AT
    )
    assert kept is not None
    assert kept.number == 1
    assert "请转告张小明：上学带好水杯。#let" in words(draw_letters(worded([one], on=TODAY)))
    twice = writing.put_to_work(
        season=place.season, kind="child", text=text, note="加一句", seen=0, by=place.clerk, at=AT
    )
    assert twice is None
    with pytest.raises(Refused) as told:
        writing.put_to_work(
            season=place.season, kind="child", text=text + "再见", note="x", seen=0, by=place.clerk, at=AT
        )
    assert told.value.where == writing.WORDING
    assert LetterWording.objects.count() == 1


@pytest.mark.parametrize("policy", ["320500/2020", "500103/2020"])
@pytest.mark.parametrize("kind", list(samples.SAMPLES))
def test_every_invented_child_is_drawn_as_a_letter_of_one_page(policy, kind):
    place = town(policy)
    paper = samples.sample(place.season, kind, in_force(place.season, "child").text, on=TODAY)
    pdf = draw_letters([paper])
    assert len(PdfReader(io.BytesIO(pdf)).pages) == 1
    assert "示例" in words(pdf)


def test_a_class_letter_of_suzhou_has_the_sums_of_all_and_no_child():
    place = town()
    place.child()
    pdf = draw_class_letters(class_letters(place.season, place.school, ["一年级 1班"], on=TODAY))
    text = words(pdf)
    for said in ("240元", "0元", "孤儿", "2019年9月1日至2019年11月30日", "通过学校缴", "12366"):
        assert said in text, said
    assert "张小明" not in text
    assert len(PdfReader(io.BytesIO(pdf)).pages) == 1


def test_a_class_letter_of_yuzhong_has_each_way_to_pay_with_its_code():
    place = town("500103/2020")
    (paper,) = class_letters(place.season, place.school, ["一年级 1班"], on=TODAY)
    text = words(draw_class_letters([paper]))
    for said in ("微信", "支付宝", "渝快办", "社区居委会现场缴费", "250元", "625元", "2020年9月30日"):
        assert said in text, said
    assert len({guide.url for guide in paper.guides}) == len(paper.guides) == 4


def test_many_letters_are_drawn_side_by_side_and_come_in_order():
    place = town()
    papers = worded([place.child(name=name) for name in ("甲小一", "乙小二", "丙小三")], on=date(2019, 11, 12))
    drawn = list(draw_all([Lot([paper]) for paper in papers], processes=2))
    assert [name in words(pdf) for name, pdf in zip(("甲小一", "乙小二", "丙小三"), drawn, strict=True)] == [True] * 3
