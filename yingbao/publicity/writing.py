"""An officer puts other words to work for a season's letters: a new version, never an edit. 模板版本"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from yingbao.agents.models import Appointment
from yingbao.enrolment.models import Season
from yingbao.publicity.composing import in_force
from yingbao.publicity.models import LetterWording
from yingbao.publicity.wording import Kind, read
from yingbao.values.refusal import Refused
from yingbao.values.text import Text

LONGEST_NOTE = 200
WORDING = "模板"
"""where the refusal of an officer who comes second is told"""


def put_to_work(
    *, season: Season, kind: Kind, text: str, note: str, seen: int, by: Appointment, at: datetime
) -> LetterWording | None:
    """The next version of a wording; None if these very words hold already: a second click. 启用模板

    `seen` is the number of the version that the officer had before the eyes. Raises Refused if the words cannot be
    read, if no reason is given, or if another officer has put a version to work meanwhile.
    """
    words = "\n".join(line.strip() for line in text.replace("\r\n", "\n").split("\n")).strip()
    read(words, kind)
    said = " ".join(note.split())
    with transaction.atomic():
        Season.objects.select_for_update(no_key=True).get(pk=season.pk)
        now = in_force(season, kind)
        if now.text == words:
            return None
        if now.number != seen:
            raise Refused(
                where=WORDING,
                what=Text("您打开页面之后，已启用第 {n} 版", "version {n} was put to work meanwhile").filled(
                    n=now.number
                ),
                mend=Text(
                    "您写的内容还在，请对照现行版本改好再启用。", "Yours is kept; compare it with the one in force."
                ),
            )
        if not 0 < len(said) <= LONGEST_NOTE:
            raise Refused(
                where="修改说明",
                what=Text("没有写明改了什么，或太长", "what was changed is missing, or too long"),
                mend=Text(
                    "写一句改了什么、为什么，最多 200 字。", "Say in a sentence what and why, up to 200 characters."
                ),
            )
        return LetterWording.objects.create(
            season=season, kind=kind, number=now.number + 1, text=words, note=said, by=by.user, at=at
        )
