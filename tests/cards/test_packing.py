"""A class's zip, honest and built to do harm; whose each file is. 照片包"""

from __future__ import annotations

import io
import zipfile
import zlib

import pytest

from tests.cards.drawing import encoded, form, good_photo, portrait
from yingbao.apart.within import Limits
from yingbao.cards import apart, doubts, packing
from yingbao.cards.matching import shown
from yingbao.cards.protocol import Fit, Unfit
from yingbao.values.refusal import Refused


def zipped(files: dict[str, bytes], how: int = zipfile.ZIP_STORED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", how) as packed:
        for name, content in files.items():
            packed.writestr(zipfile.ZipInfo(name) if name.startswith("..") else name, content, how)
    return out.getvalue()


def names(data: bytes) -> list[str]:
    return [entry.name for entry in packing.entries(data, where="照片包")]


def refused(data: bytes) -> str:
    with pytest.raises(Refused) as told:
        names(data)
    return told.value.what.zh


def test_folders_and_what_systems_leave_behind_are_passed_over():
    content = {
        "2班/张小明.jpg": b"1",
        "2班/": b"",
        "__MACOSX/2班/._张小明.jpg": b"",
        "2班/Thumbs.db": b"",
        "a.jpg": b"2",
    }
    assert names(zipped(content)) == ["张小明.jpg", "a.jpg"]


def test_names_that_a_chinese_windows_wrote_are_read_as_they_were_meant():
    data = zipped({"QQQQQQ.jpg": b"1"}).replace(b"QQQQQQ", "张小明".encode("gb18030"))
    assert names(data) == ["张小明.jpg"]


@pytest.mark.parametrize("name", ["../../a.jpg", "a/../../b.jpg", "/etc/a.jpg", "C:/a.jpg", "..\\a.jpg"])
def test_a_name_that_leads_elsewhere_refuses_the_whole_zip(name):
    assert "指向别处" in refused(zipped({"b.jpg": b"1", name: b"2"}))


def test_a_link_in_a_zip_refuses_it():
    out = io.BytesIO()
    link = zipfile.ZipInfo("a.jpg")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr(link, "/etc/passwd")
    assert "指向别处" in refused(out.getvalue())


def test_two_files_of_one_name_refuse_the_zip():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("a.jpg", b"1")
        with pytest.warns(UserWarning, match="Duplicate"):
            packed.writestr("a.jpg", b"2")
    assert "同名文件" in refused(out.getvalue())


def test_a_password_an_empty_zip_and_no_zip_are_told_as_what_they_are():
    locked = bytearray(zipped({"a.jpg": b"1"}))
    locked[locked.index(b"PK\x01\x02") + 8] |= 1
    assert "设了密码" in refused(bytes(locked))
    assert "没有文件" in refused(zipped({}))
    assert "不是 ZIP" in refused(b"PK\x03\x04 and nothing more")
    assert "最多3000" in refused(zipped({f"{n}.jpg": b"" for n in range(3001)}))


def test_a_file_that_blows_up_is_cut_off_and_refused_alone():
    bomb = zipped({"a.jpg": b"\xff\xd8\xff" + bytes(80 * 2**20), "b.jpg": good_photo()}, zipfile.ZIP_DEFLATED)
    assert len(bomb) < 200_000
    sizes = [len(entry.data) for entry in packing.entries(bomb, where="照片包")]
    assert sizes[0] == doubts.LARGEST_PHOTO + 1
    told = list(apart.unpacked(bomb, form(), where="照片包"))
    assert [type(one) for one in told] == [Unfit, Fit]
    assert "超过10MB" in told[0].what.zh


def test_a_file_whose_checksum_is_wrong_is_refused_alone():
    content = good_photo()
    data = zipped({"a.jpg": content, "b.jpg": content})
    wrong = data.replace(zlib.crc32(content).to_bytes(4, "little"), b"\0\0\0\0", 1)
    wrong = wrong[: wrong.index(b"PK\x01\x02")] + wrong[wrong.index(b"PK\x01\x02") :].replace(
        zlib.crc32(content).to_bytes(4, "little"), b"\0\0\0\0", 1
    )
    assert [type(one) for one in apart.unpacked(wrong, form(), where="照片包")] == [Unfit, Fit]


def test_a_zip_in_the_zip_is_no_photo():
    told = list(apart.unpacked(zipped({"2班.zip": zipped({"a.jpg": b"1"}), "a.jpg": good_photo()}), form(), where="包"))
    assert [one.name for one in told] == ["2班.zip", "a.jpg"]
    assert "内容是ZIP" in told[0].what.zh


def test_a_picture_on_which_the_child_dies_costs_itself_and_the_rest_goes_on():
    heavy = encoded(portrait((5200, 4000)), "PNG")
    data = zipped({"1.jpg": good_photo(), "2.png": heavy, "3.jpg": good_photo()})
    told = list(apart.unpacked(data, form(), where="照片包", limits=Limits(memory_bytes=560 * 2**20, cpu_seconds=99)))
    assert [type(one) for one in told] == [Fit, Unfit, Fit]
    assert "限定的内存" in told[1].what.zh


def test_a_number_in_a_files_name_is_masked_before_it_is_kept():
    assert shown("张小明_320508201205040011.jpg") == "张小明_320***********0011.jpg"
    assert shown("G320508201205040011.JPG") == "G32************0011.JPG"
    assert shown("10234.jpg") == "10234.jpg"
