"""One sentence in the two languages of the platform, kept side by side. 双语文字

Chinese is first because clerks and parents read it; English follows for everyone else. Both are
written at the same place, so that neither can be forgotten (see docs/adr/0003).
"""

from __future__ import annotations

from typing import Literal

import msgspec

Language = Literal["zh", "en"]


class Text(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The same thing said in Chinese and in English. 双语文字"""

    zh: str
    en: str

    def said(self, language: Language) -> str:
        """The sentence in one language."""
        return self.zh if language == "zh" else self.en

    def filled(self, **values: object) -> Text:
        """Both sentences with `{name}` replaced by the value of that name.

        A value that is itself a Text is put in in the language of the sentence around it.
        """
        return Text(
            zh=self.zh.format(**{name: _in(value, "zh") for name, value in values.items()}),
            en=self.en.format(**{name: _in(value, "en") for name, value in values.items()}),
        )


def _in(value: object, language: Language) -> object:
    return value.said(language) if isinstance(value, Text) else value
