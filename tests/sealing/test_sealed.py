"""Numbers are sealed, found by their index, and shown masked. 加密存储"""

from __future__ import annotations

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.people.conftest import resident_id
from yingbao.sealing import sealed
from yingbao.sealing.keys import make_keys
from yingbao.sealing.sealed import NotUnsealed, index_of, seal, seal_bytes, unseal, unseal_bytes

NUMBERS = st.builds(
    resident_id,
    st.dates(date(1950, 1, 1), date(2019, 11, 1)),
    st.integers(0, 999),
    st.sampled_from(["320508", "500103"]),
)
PHONES = st.integers(13_000_000_000, 19_999_999_999).map(str)


@given(st.text(max_size=60))
def test_what_is_sealed_comes_back_as_it_was(text):
    assert unseal(seal(text)) == text


@given(st.text(min_size=1, max_size=60))
def test_the_same_number_sealed_twice_looks_different(text):
    assert seal(text) != seal(text)


@given(st.binary(max_size=300))
def test_a_whole_file_can_be_sealed_as_well(content):
    assert unseal_bytes(seal_bytes(content)) == content


@given(st.text(max_size=30), st.data())
def test_one_altered_bit_anywhere_is_noticed(text, data):
    altered = bytearray(seal(text))
    bit = data.draw(st.integers(0, len(altered) * 8 - 1))
    altered[bit // 8] ^= 1 << bit % 8
    with pytest.raises(NotUnsealed):
        unseal(bytes(altered))


@given(st.binary(max_size=80))
def test_anything_else_is_refused_and_never_crashes(junk):
    with pytest.raises(NotUnsealed):
        unseal_bytes(junk)


def test_what_the_database_hands_out_can_be_unsealed():
    assert unseal(memoryview(seal("320508"))) == "320508"


@pytest.mark.parametrize("old", ["AES-GCM", "SM4-GCM"])
@pytest.mark.parametrize("new", ["AES-GCM", "SM4-GCM"])
def test_a_new_key_seals_from_now_on_and_the_old_one_still_unseals(other_keys, old, new):
    before, after = json.loads(make_keys(old)), json.loads(make_keys(new))
    other_keys(json.dumps(before))
    sealed_before = seal("320508201005060018")
    after["keys"] = {"k1": before["keys"]["k1"], "k2": after["keys"]["k1"]}
    other_keys(json.dumps(after | {"current": "k2", "index": before["index"]}))
    assert unseal(sealed_before) == "320508201005060018"
    assert seal("x")[1:3] == b"k2"


def test_under_foreign_keys_nothing_is_unsealed(other_keys):
    other_keys(make_keys())
    sealed_there = seal("320508201005060018")
    other_keys(make_keys())
    with pytest.raises(NotUnsealed):
        unseal(sealed_there)


@pytest.mark.parametrize(
    "written",
    [
        "32050820100506001X",
        "32050820100506001x",
        "３２０５０８２０１００５０６００１Ｘ",
        " 320508 20100506 001X ",
        "32050820100506001×",
    ],
)
def test_every_way_to_write_a_number_has_the_same_index(written):
    assert index_of(written) == index_of("32050820100506001X")


def test_an_index_belongs_to_its_key_alone(other_keys):
    other_keys(make_keys())
    here = index_of("320508201005060018")
    other_keys(make_keys())
    assert index_of("320508201005060018") != here
    assert len(here) == 32


@given(NUMBERS)
def test_the_mask_of_an_identity_number_tells_no_birth_date(number):
    masked = sealed.number(number).masked
    assert len(masked) == len(number)
    assert number[6:14] not in masked
    assert masked[3:-4] == "*" * 11


@given(PHONES)
def test_the_mask_of_a_phone_hides_its_middle(phone):
    masked = sealed.phone(phone).masked
    assert masked == phone[:3] + "****" + phone[-4:]


@given(NUMBERS | PHONES)
def test_neither_cipher_nor_index_nor_mask_holds_the_number(number):
    columns = sealed.number(number)
    assert number.encode() not in columns.cipher
    assert number.encode() not in columns.blind_index
    assert number not in columns.masked


def test_of_no_number_nothing_is_kept():
    assert sealed.number("") == sealed.phone("") == (None, None, "")
