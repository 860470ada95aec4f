"""A class's zip: kept sealed until it is read, then every picture goes to its child or is told. 照片包"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from yingbao.agents.models import Appointment
from yingbao.cards import apart, receiving
from yingbao.cards.lifecycle import PhotoState
from yingbao.cards.listing import Pupil, pupils
from yingbao.cards.matching import MEND, Names, shown
from yingbao.cards.models import Photo, PhotoPack
from yingbao.cards.needing import Standing, rule_of
from yingbao.cards.protocol import Fit, Unfit
from yingbao.enrolment.models import Season
from yingbao.people.models import Person
from yingbao.sealing import sealed
from yingbao.values.refusal import Refused
from yingbao.values.text import Text

Progress = Callable[[int, int], None]
PACK = Text("照片包", "zip of photos")
TWICE = Text("同一个孩子有两张照片，先读到的一张已收下", "two photos of one child; the first one was taken")
NOT_NOW = Text("这个孩子已有通过的照片", "this child's photo has been accepted already")
LEAVE = Text("不用再交；要换照片请到孩子的页面", "nothing to do; to replace it go to the child's page")
ONE_ONLY = Text("留一张，其余的删去", "keep one of them")
CHILD_SHOWS_IT = Text("到孩子的页面查看", "see the child's page")


def keep(*, data: bytes, class_label: str, season: Season, by: Appointment, at: datetime) -> PhotoPack:
    """Keep an uploaded zip, sealed, for a job to read; a second click finds the one that waits. 收下照片包

    Raises Refused for one that is too large or none at all, or where the policy has no rule for cards.
    """
    rule_of(season)
    if len(data) > apart.LARGEST_PACK:
        what = Text("压缩包超过{n}MB", "the zip is larger than {n} MB").filled(n=apart.LARGEST_PACK // 2**20)
        raise Refused(where=PACK.zh, what=what, mend=Text("按班级分开打包。", "Pack class by class."))
    if not data.startswith(b"PK"):
        what = Text("不是 ZIP 压缩包", "this is no zip")
        mend = Text(
            "把照片放进一个文件夹，用系统自带的“压缩”打包成 ZIP；单张照片到孩子的页面交。",
            "Put the photos into a folder and pack it as a zip; a single one goes to the child's page.",
        )
        raise Refused(where=PACK.zh, what=what, mend=mend)
    pack, _ = PhotoPack.objects.get_or_create(
        organisation=by.organisation, sha256=hashlib.sha256(data).hexdigest(), read_at__isnull=True,
        defaults={
            "season": season, "class_label": class_label, "content_cipher": sealed.seal_bytes(data),
            "uploaded_by": by.user, "uploaded_at": at,
        },
    )  # fmt: skip
    return pack


def read(*, pack: PhotoPack, by: Appointment, at: datetime, progress: Progress = lambda done, total: None) -> None:
    """Look at every picture of a pack and give it to its child; run twice it does nothing. 读取照片包"""
    if pack.read_at is not None or pack.content_cipher is None:
        return
    form = rule_of(pack.season).photo
    there = [one for one in pupils(pack.season, pack.organisation) if not pack.class_label or
             one.class_label == pack.class_label]  # fmt: skip
    open_ = [one for one in there if one.standing in _OPEN and one.needs_photo]
    names, outcome, refused = Names(open_ or there), list[dict[str, object]](), None
    taken: set[int] = set()
    try:
        if form is None:
            raise Refused(where=PACK.zh, what=Text("本地不收照片", "no photos here"), mend=CHILD_SHOWS_IT)
        data = sealed.unseal_bytes(pack.content_cipher)
        for number, found in enumerate(apart.unpacked(data, form, where=PACK.zh), 1):
            outcome.append(_line(found, names, taken, pack, by, at))
            progress(number, max(len(open_), number + 1))
    except Refused as told:
        refused = {"what": _both(told.what), "mend": _both(told.mend)}
    PhotoPack.objects.filter(pk=pack.pk).update(read_at=at, content_cipher=None, outcome=outcome, refused=refused)
    progress(1, 1)


_OPEN = (Standing.PHOTO, Standing.LOOK, Standing.MONEY, Standing.ORDER)


def _line(
    found: Fit | Unfit, names: Names, taken: set[int], pack: PhotoPack, by: Appointment, at: datetime
) -> dict[str, object]:
    """What became of one file; its name is kept masked."""
    whose = names.of(found.name)
    pupil, line = whose.pupil, {"file": shown(found.name), "taken": False}
    if pupil is not None:
        line |= {"person": pupil.person, "name": pupil.name}
    if pupil is None:
        return line | _told(whose.why or PACK, MEND)
    if isinstance(found, Unfit):
        return line | _told(found.what, found.mend)
    if pupil.person in taken:
        return line | _told(TWICE, ONE_ONLY)
    return line | _received(pupil, found, taken, pack, by, at)


def _received(
    pupil: Pupil, found: Fit, taken: set[int], pack: PhotoPack, by: Appointment, at: datetime
) -> dict[str, object]:
    area = pack.season.pooling_area
    with transaction.atomic():
        accepted = Photo.objects.filter(
            person=pupil.person, pooling_area=area, purged_at__isnull=True, state=PhotoState.ACCEPTED
        )
        if accepted.exists():
            return _told(NOT_NOW, LEAVE)
        try:
            receiving.receive(
                person=Person.objects.get(pk=pupil.person), season=pack.season, jpeg=found.jpeg, doubts=found.doubts,
                by=by, at=at,
            )  # fmt: skip
        except Refused as refused:
            return _told(refused.what, refused.mend)
    taken.add(pupil.person)
    return {"taken": True, "doubts": list(found.doubts)}


def _told(what: Text, mend: Text) -> dict[str, object]:
    return {"what": _both(what), "mend": _both(mend)}


def _both(text: Text) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}
