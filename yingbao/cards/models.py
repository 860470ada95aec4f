"""Photos, the pictures themselves, cards, batches to the card centre and the files that come back. 市民卡

A picture is a table of its own, one row a photo, sealed: lists never touch it, and erasing it is deleting a row. What
was decided about it stays.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from typing import ClassVar

from django.db import models
from django.db.models import Q

from yingbao.agents.models import Organisation, User
from yingbao.cards.lifecycle import CARD_NAMES, LIVE_CARD, LIVE_PHOTO, PHOTO_NAMES, Act, CardState, PhotoState
from yingbao.enrolment.models import Season
from yingbao.people.models import Person
from yingbao.values.text import Text


def words(states: Iterable[StrEnum]) -> list[str]:
    """The words themselves, in order, for a constraint. 状态词"""
    return sorted(state.value for state in states)


class Photo(models.Model):
    """One photo that was handed in for a child's card, and what was decided about it. 照片"""

    CAME_BY = [("school", "学校"), ("community", "社区"), ("family", "家长")]
    PURGES = [
        ("rejected", "未通过"),
        ("replaced", "已换新照片"),
        ("withdrawn", "监护人撤回同意"),
        ("left", "不再参保"),
        ("handed_out", "卡已发放"),
        ("made", "卡已制成"),
    ]

    person = models.ForeignKey(Person, models.PROTECT, related_name="card_photos")
    pooling_area = models.CharField(max_length=6)
    state = models.CharField(
        max_length=10,
        choices=[(one.value, text.zh) for one, text in PHOTO_NAMES.items()],
        default=PhotoState.WAITING.value,
    )
    state_at = models.DateTimeField()
    doubts = models.JSONField(default=list)
    """words of `doubts.DOUBTS`: what the program cannot tell and a person looks at"""
    came_by = models.CharField(max_length=10, choices=CAME_BY)
    handed_in_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    """null: a guardian by phone"""
    handed_in_at = models.DateTimeField()
    reason = models.CharField(max_length=200, blank=True)
    """why it was rejected, as the family reads it"""
    purged_at = models.DateTimeField(null=True)
    purged_because = models.CharField(max_length=10, choices=PURGES, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person", "pooling_area"], condition=Q(purged_at__isnull=True), name="one_picture_of_a_child"
            ),
            models.CheckConstraint(condition=Q(state__in=words(PhotoState)), name="photo_state_known"),
            models.CheckConstraint(
                condition=Q(state__in=words(LIVE_PHOTO)) | Q(purged_at__isnull=False), name="dead_photo_is_purged"
            ),
            models.CheckConstraint(
                condition=Q(purged_at__isnull=True, purged_because="")
                | (Q(purged_at__isnull=False) & ~Q(purged_because="")),
                name="purging_has_a_reason",
            ),
            models.CheckConstraint(condition=~Q(state="rejected") | ~Q(reason=""), name="rejected_photo_has_a_reason"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["pooling_area", "handed_in_at"], condition=Q(state="waiting"), name="photos_to_look_at"
            ),
        ]

    def __str__(self) -> str:
        return f"photo {self.pk} {self.state}"

    @property
    def state_text(self) -> Text:
        """What the state is called on a page."""
        return PhotoState(self.state).text


class Picture(models.Model):
    """The pixels of a photo, re-encoded and sealed; erased once nobody needs them. 照片图像"""

    photo = models.OneToOneField(Photo, models.PROTECT, related_name="picture")
    sealed = models.BinaryField()


class PhotoPack(models.Model):
    """A class's photos in one zip: kept sealed until a job has read it, then only what became of each. 照片包"""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    season = models.ForeignKey(Season, models.PROTECT, related_name="+")
    class_label = models.CharField(max_length=60, blank=True)
    """empty: pupils of the whole school are looked through"""
    sha256 = models.CharField(max_length=64)
    content_cipher = models.BinaryField(null=True)
    uploaded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    refused = models.JSONField(null=True)
    """why nothing of it could be taken: where, what, mend"""
    outcome = models.JSONField(default=list)
    """file by file: how it was called (no number in it), whose it is, what is wrong, how to mend it"""

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organisation", "sha256"], condition=Q(read_at__isnull=True), name="pack_read_once_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(read_at__isnull=True) | Q(content_cipher__isnull=True), name="read_pack_is_erased"
            ),
        ]


class Batch(models.Model):
    """Cards that are made together at the card centre. 制卡批次"""

    season = models.ForeignKey(Season, models.PROTECT, related_name="+")
    pooling_area = models.CharField(max_length=6)
    number = models.PositiveIntegerField()
    heads = models.PositiveIntegerField()
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    """when the centre had said of every line what became of it"""

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["pooling_area", "number"], name="batch_number_once_in_an_area"),
            models.CheckConstraint(condition=Q(heads__gt=0), name="batch_holds_somebody"),
        ]

    @property
    def name(self) -> str:
        """What the batch is called in files and on pages: 320500-0007. 批次号"""
        return f"{self.pooling_area}-{self.number:04}"


HOW_NAMES = {
    "handed_out": Text("学校发放", "handed out at school"),
    "collected": Text("自行领取", "collected"),
    "listed": Text("持卡名单", "named by the card centre as held"),
}
"""How a card came into the family's hands. 领卡方式"""


class Card(models.Model):
    """A citizen card of one child, from the batch that orders it to the child's hands. 市民卡"""

    person = models.ForeignKey(Person, models.PROTECT, related_name="cards")
    pooling_area = models.CharField(max_length=6)
    batch = models.ForeignKey(Batch, models.PROTECT, null=True, related_name="cards")
    """null: made before the platform knew of it"""
    line = models.PositiveIntegerField(null=True)
    photo = models.ForeignKey(Photo, models.PROTECT, null=True, related_name="cards")
    """null: the child was too young to need one"""
    state = models.CharField(max_length=8, choices=[(one.value, text.zh) for one, text in CARD_NAMES.items()])
    state_at = models.DateTimeField()
    money_on = models.DateField(null=True)
    photo_on = models.DateField(null=True)
    ready_on = models.DateField(null=True)
    """a month, by the policy, after the later of both"""
    last_digits = models.CharField(max_length=4, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    """why it was not made, or how it was lost"""
    how = models.CharField(max_length=10, choices=[(key, text.zh) for key, text in HOW_NAMES.items()], blank=True)
    """how it came into the family's hands"""
    held_on = models.DateField(null=True)

    class Meta:
        constraints: ClassVar = [
            # A child is never in two open batches, and never has two cards.
            models.UniqueConstraint(
                fields=["person", "pooling_area"], condition=Q(state__in=words(LIVE_CARD)), name="one_card_of_a_child"
            ),
            models.UniqueConstraint(fields=["batch", "line"], name="one_card_a_line"),
            models.CheckConstraint(condition=Q(state__in=words(CardState)), name="card_state_known"),
            models.CheckConstraint(
                condition=Q(batch__isnull=False, line__isnull=False, ready_on__isnull=False)
                | Q(batch__isnull=True, line__isnull=True, state__in=["held", "lost"]),
                name="card_was_ordered_or_known",
            ),
            models.CheckConstraint(condition=Q(last_digits__regex=r"^([0-9]{4})?$"), name="card_digits_are_four"),
            models.CheckConstraint(
                condition=~Q(state__in=["made", "ready"]) | ~Q(last_digits=""), name="made_card_has_its_digits"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["refused", "lost"]) | ~Q(reason=""), name="card_not_there_has_a_reason"
            ),
            models.CheckConstraint(condition=~Q(state="held") | ~Q(how=""), name="held_card_came_somehow"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["pooling_area", "ready_on"], condition=Q(state__in=["ordered", "made", "ready"]),
                name="cards_under_way",
            ),
            # Who lost a card, or was refused one, is told so beside the child.
            models.Index(fields=["person", "-id"], name="cards_of_person"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"card {self.pk} {self.state}"

    @property
    def how_text(self) -> Text | None:
        """How it was handed over, as a page says it."""
        return HOW_NAMES.get(self.how)

    @property
    def state_text(self) -> Text:
        """What the state is called on a page."""
        return CardState(self.state).text

    @property
    def comes_on(self) -> date | None:
        """The day from which it is fetched; of a card that was not made or is lost there is none. 可领日期"""
        return None if self.state in (CardState.REFUSED, CardState.LOST) else self.ready_on


class CardStep(models.Model):
    """Something was done to a child's photo or card: written once, never edited. 制卡记录"""

    person = models.ForeignKey(Person, models.PROTECT, related_name="card_steps")
    pooling_area = models.CharField(max_length=6)
    photo = models.ForeignKey(Photo, models.PROTECT, null=True, related_name="steps")
    card = models.ForeignKey(Card, models.PROTECT, null=True, related_name="steps")
    act = models.CharField(max_length=10)
    from_state = models.CharField(max_length=10, blank=True)
    to_state = models.CharField(max_length=10)
    at = models.DateTimeField()
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    """null: the family by phone, or the platform itself"""
    part = models.CharField(max_length=8)
    """in which part: a word of `lifecycle.Who`"""
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(act__in=words(Act)), name="card_act_known"),
            models.CheckConstraint(
                condition=Q(photo__isnull=False, card__isnull=True) | Q(photo__isnull=True, card__isnull=False),
                name="card_step_is_of_one_thing",
            ),
        ]

    @property
    def text(self) -> Text:
        """What was done, in words."""
        return Act(self.act).text


class CentreFile(models.Model):
    """A file that the card centre sent: the results of a batch, or who holds a card already. 市民卡中心回盘文件"""

    KINDS = [("result", "制卡结果"), ("holders", "持卡名单")]

    pooling_area = models.CharField(max_length=6)
    kind = models.CharField(max_length=8, choices=KINDS)
    batch = models.ForeignKey(Batch, models.PROTECT, null=True, related_name="files")
    sha256 = models.CharField(max_length=64)
    uploaded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()
    rows = models.PositiveIntegerField()
    taken = models.PositiveIntegerField()
    """rows that changed something"""
    problems = models.JSONField(default=list)
    """row by row what could not be taken: row, what, mend"""

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["pooling_area", "kind", "sha256"], name="centre_file_taken_once"),
            models.CheckConstraint(
                condition=Q(kind="result", batch__isnull=False) | Q(kind="holders", batch__isnull=True),
                name="result_belongs_to_a_batch",
            ),
        ]
