"""Keys come from the environment, and what cannot be right is refused without being shown. 密钥"""

from __future__ import annotations

import base64
import json

import pytest

from yingbao.sealing import keys
from yingbao.sealing.keys import loaded, make_keys
from yingbao.values.refusal import Refused

SECRET = base64.b64encode(b"s" * 32).decode()
RIGHT = {"current": "k1", "keys": {"k1": {"cipher": "AES-GCM", "key": SECRET}}, "index": SECRET}


@pytest.mark.parametrize("cipher", ["AES-GCM", "SM4-GCM"])
def test_made_keys_can_be_loaded_and_are_never_the_same(other_keys, cipher):
    other_keys(make_keys(cipher))
    first = loaded()
    other_keys(make_keys(cipher))
    assert first.keys["k1"].cipher == cipher
    assert first.keys["k1"].key != loaded().keys["k1"].key
    assert first.index != loaded().index


def test_without_keys_the_variable_to_set_is_named(other_keys, monkeypatch):
    monkeypatch.delenv(keys.FILE_VARIABLE, raising=False)
    other_keys("")
    with pytest.raises(Refused) as refused:
        loaded()
    assert refused.value.where == "YINGBAO_KEYS"
    assert "YINGBAO_KEYS_FILE" in refused.value.said("zh")


def test_keys_may_lie_in_a_file(other_keys, monkeypatch, tmp_path):
    (tmp_path / "keys.json").write_text(json.dumps(RIGHT))
    monkeypatch.setenv(keys.FILE_VARIABLE, str(tmp_path / "keys.json"))
    other_keys("")
    assert loaded().keys["k1"].key == b"s" * 32


def test_a_file_of_keys_that_is_not_there_is_refused(other_keys, monkeypatch, tmp_path):
    monkeypatch.setenv(keys.FILE_VARIABLE, str(tmp_path / "none.json"))
    other_keys("")
    with pytest.raises(Refused, match="YINGBAO_KEYS_FILE: the file of keys cannot be read"):
        loaded()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"current": "k2"}, "not among"),
        ({"index": base64.b64encode(b"short").decode()}, "`index` has the wrong length"),
        ({"keys": {"k1": {"cipher": "SM4-GCM", "key": SECRET}}}, "key k1 has the wrong length: SM4-GCM takes 16"),
        ({"keys": {"k1": {"cipher": "ROT13", "key": SECRET}}}, "not written as they must be"),
        ({"keys": {"k1": {"cipher": "AES-GCM", "key": SECRET[:-5] + "!"}}}, "not written as they must be"),
        ({"keys": {"a key of too many letters": {"cipher": "AES-GCM", "key": SECRET}}}, "not written as they must be"),
        ({"salt": "more"}, "not written as they must be"),
    ],
)
def test_keys_that_cannot_be_right_are_refused_and_never_shown(other_keys, wrong, said):
    other_keys(json.dumps(RIGHT | wrong))
    with pytest.raises(Refused, match=said) as refused:
        loaded()
    shown = refused.value.said("zh") + refused.value.said("en") + repr(refused.value.__cause__)
    assert SECRET[:8] not in shown


def test_what_is_no_json_at_all_is_refused(other_keys):
    other_keys("k1:" + SECRET)
    with pytest.raises(Refused, match="not written as they must be"):
        loaded()
