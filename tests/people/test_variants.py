"""The table of variant forms holds no slip: what it makes equal sounds alike and stays put. 异体字"""

from __future__ import annotations

import unicodedata

from pypinyin import Style, pinyin

from yingbao.people.variants import ORDINARY


def _readings(sign: str) -> set[str]:
    return set(pinyin(sign, heteronym=True, style=Style.NORMAL)[0])


def test_every_form_has_a_reading_of_the_character_it_stands_for():
    apart = [
        f"{chr(form)}→{chr(kept)}"
        for form, kept in ORDINARY.items()
        if unicodedata.category(chr(form)) == "Lo" and not _readings(chr(form)) & _readings(chr(kept))
    ]
    assert apart == []


def test_no_form_leads_to_another_form():
    assert not set(ORDINARY) & set(ORDINARY.values())


def test_the_eighty_characters_of_private_use_stand_for_characters_with_a_code_of_their_own():
    private = {form: kept for form, kept in ORDINARY.items() if 0xE000 <= form <= 0xF8FF}
    assert sorted(private) == list(range(0xE815, 0xE865))
    assert {unicodedata.category(chr(kept)) for kept in private.values()} <= {"Lo", "So"}
    assert len(set(private.values())) == 80
    assert chr(private[0xE863]) == "䶮"
