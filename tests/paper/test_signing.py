"""A paper is signed, and every way of changing it shows. 电子签名"""

from __future__ import annotations

import asyncio
import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.paper.papers import face, words
from yingbao.paper import signing
from yingbao.paper.authority import make_authority
from yingbao.paper.receipt import draw_receipt
from yingbao.values.clock import CHINA

AT = datetime(2019, 11, 13, 9, 30, tzinfo=CHINA)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return make_authority(tmp_path_factory.mktemp("signing"))


@pytest.fixture(scope="module")
def signer(folder):
    return signing.load(folder)


@pytest.fixture(scope="module")
def signed(signer):
    return signing.sign(draw_receipt(face()), signer=signer, at=AT)


def test_a_signed_paper_tells_its_signer_and_the_moment(signed, signer):
    checked = signing.check(signed, signer=signer)
    assert (checked.signed, checked.intact, checked.trusted) == (True, True, True)
    assert (checked.signer, checked.signed_at) == ("应保演示票据签名", AT)
    assert "320500190000000001" in words(signed)


def test_a_paper_without_a_signature_is_not_signed(signer):
    assert not signing.check(draw_receipt(face()), signer=signer).signed
    assert not signing.check(b"no PDF at all", signer=signer).signed


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.floats(0.0, 0.8))
def test_any_byte_that_was_changed_shows(signed, signer, place):
    altered = bytearray(signed)
    altered[int(place * len(altered))] ^= 1
    checked = signing.check(bytes(altered), signer=signer)
    assert not (checked.signed and checked.intact and checked.trusted)


def test_what_is_added_afterwards_shows(signed, signer):
    assert not signing.check(signed + b"\n% more\n", signer=signer).intact


def test_a_paper_of_another_authority_is_not_trusted(signed, tmp_path):
    stranger = signing.load(make_authority(tmp_path / "other"))
    checked = signing.check(signed, signer=stranger)
    assert (checked.intact, checked.trusted) == (True, False)


def test_a_certificate_that_has_expired_is_not_trusted(tmp_path):
    old = make_authority(
        tmp_path / "old", since=datetime(2018, 1, 1, tzinfo=CHINA), until=datetime(2019, 12, 31, tzinfo=CHINA)
    )
    expired = signing.load(old)
    assert not signing.check(signing.sign(draw_receipt(face()), signer=expired, at=AT), signer=expired).trusted


def test_making_the_authority_again_keeps_the_key_and_its_files_are_private(folder):
    before = (folder / "key.pem").read_bytes()
    make_authority(folder)
    assert (folder / "key.pem").read_bytes() == before
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}


def test_a_folder_without_a_key_is_an_error_and_never_an_unsigned_paper(tmp_path):
    with pytest.raises(OSError):
        signing.load(tmp_path)


def test_papers_are_signed_and_checked_also_where_an_event_loop_is_running(signer):
    async def within() -> signing.Checked:
        return signing.check(signing.sign(draw_receipt(face()), signer=signer, at=AT), signer=signer)

    # In a thread of its own: where browsers are at work, this one has a loop already.
    with ThreadPoolExecutor(1) as apart:
        assert apart.submit(asyncio.run, within()).result().trusted
