"""Photos as they come: fit, doubtful, of the wrong kind, and built to do harm. 照片检查"""

from __future__ import annotations

import io

import pytest
from PIL import Image, ImageDraw

from tests.cards.drawing import FORM_SIZE, encoded, form, good_photo, portrait
from yingbao.apart.within import Limits
from yingbao.cards import apart
from yingbao.cards.doubts import DOUBTS
from yingbao.cards.inspecting import inspect
from yingbao.values.refusal import Refused


def checked(data: bytes, **limits):
    return apart.inspected(data, form(), where="照片", limits=Limits(**limits) if limits else None)


def refused(data: bytes) -> str:
    with pytest.raises(Refused) as told:
        inspect(data, form(), where="照片")
    assert told.value.what.en
    assert told.value.mend.en
    return f"{told.value.where}：{told.value.what.zh}。{told.value.mend.zh}"


def test_a_good_photo_comes_out_in_the_prescribed_form_and_raises_no_doubt():
    found = checked(good_photo())
    image = Image.open(io.BytesIO(found.jpeg))
    assert (image.size, image.mode, image.format, found.doubts) == (FORM_SIZE, "RGB", "JPEG", ())
    assert len(found.jpeg) <= form().most_bytes


@pytest.mark.parametrize("size", [(1200, 1600), (3000, 4000), (1080, 2340)])
def test_a_phones_picture_is_cut_about_the_face(size):
    found = inspect(encoded(portrait(size, scale=0.7)), form(), where="照片")
    assert Image.open(io.BytesIO(found.jpeg)).size == FORM_SIZE
    assert found.doubts == ()


def test_place_device_and_whatever_hangs_behind_the_picture_is_gone():
    exif = Image.Exif()
    exif[0x010F] = "Phone of a family"
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (31.0, 18.0, 0.0)
    with_place = encoded(portrait(), exif=exif.tobytes(), comment=b"at home") + b"PK\x03\x04<script>alert(1)</script>"
    found = inspect(with_place, form(), where="照片")
    image = Image.open(io.BytesIO(found.jpeg))
    assert dict(image.getexif()) == {}
    assert all(sign not in found.jpeg for sign in (b"Exif", b"Phone of", b"at home", b"script", b"PK\x03\x04"))


def test_a_picture_that_says_it_lies_on_its_side_is_put_upright():
    exif = Image.Exif()
    exif[0x0112] = 6
    lying = encoded(portrait().rotate(90, expand=True), exif=exif.tobytes())
    assert inspect(lying, form(), where="照片").doubts == ()


def test_a_png_with_clear_parts_stands_on_white():
    clear = portrait().convert("RGBA")
    ImageDraw.Draw(clear).rectangle((0, 0, 60, 882), fill=(0, 0, 0, 0))
    assert inspect(encoded(clear, "PNG"), form(), where="照片").doubts == ()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "文件是空的"),
        (bytes(5000), "文件是空的"),
        (b"just words", "只改扩展名没有用"),
        (encoded(portrait(), "GIF"), "内容是GIF"),
        (encoded(portrait(), "WEBP"), "内容是WebP"),
        (encoded(portrait(), "BMP"), "内容是BMP"),
        (b"%PDF-1.7 " + good_photo(), "内容是PDF"),
        (b"PK\x03\x04" + good_photo(), "内容是ZIP"),
        (b"\0\0\0\x18ftypheic\0\0\0\0" + good_photo(), "兼容性最佳"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "内容是SVG"),
        (good_photo()[:4000], "不完整或已损坏"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 400, "不完整或已损坏"),
        (encoded(portrait((300, 400))), "至少要358×441"),
        (encoded(Image.new("RGB", (716, 882), "white")), "画面是空的"),
        (encoded(portrait(ground="#3566cc")), "背景有颜色"),
        (encoded(portrait(ground="#303030")), "背景太暗"),
        (b"\xff\xd8\xff" + bytes(10 * 2**20), "超过10MB"),
    ],
)  # fmt: skip
def test_what_is_no_photo_is_refused_with_what_it_is_and_how_to_mend_it(data, said):
    assert said in refused(data)


def test_a_landscape_without_a_face_is_refused_as_lying():
    picture = Image.new("RGB", (1200, 800), "#eef")
    ImageDraw.Draw(picture).ellipse((500, 300, 700, 700), fill="#262")
    assert "照片是横的" in refused(encoded(picture))


def test_two_faces_side_by_side_are_told_as_two_and_not_as_lying_on_a_side():
    both = Image.new("RGB", (1432, 882), "white")
    both.paste(portrait(), (0, 0))
    both.paste(portrait(), (716, 0))
    said = refused(encoded(both))
    assert "好像有2张脸" in said
    assert "横的" not in said


@pytest.mark.parametrize(
    ("picture", "doubt"),
    [
        (portrait((1200, 1478), heads=2), "faces"),
        (portrait(aside=0.2), "face_aside"),
        (portrait(scale=0.55), "face_small"),
        (portrait(ground="#c4c4c4"), "background"),
        (portrait().convert("L").convert("RGB"), "colourless"),
    ],
)
def test_what_the_program_cannot_tell_for_sure_is_a_doubt_and_no_refusal(picture, doubt):
    found = inspect(encoded(picture), form(), where="照片")
    assert doubt in found.doubts
    assert set(found.doubts) <= set(DOUBTS)


def test_a_picture_of_thirty_thousand_by_thirty_thousand_is_told_its_size_and_never_unpacked():
    out = io.BytesIO()
    Image.new("1", (30_000, 30_000)).save(out, "PNG")
    assert len(out.getvalue()) < 200_000
    with pytest.raises(Refused) as told:
        checked(out.getvalue(), memory_bytes=800 * 2**20)
    assert "30000×30000" in told.value.what.zh


def test_a_child_that_is_ended_costs_an_answer_and_nothing_else():
    with pytest.raises(Refused) as told:
        checked(encoded(portrait((5000, 7000))), wall_seconds=0.05)
    assert "限定的内存和时间" in told.value.what.zh
    assert checked(good_photo()).doubts == ()
