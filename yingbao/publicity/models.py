"""The words of letters, the letters that were made, handed out and read, and other publicity. 告家长书与宣传

But for the files themselves every table is only added to: a correction is a row that takes another one's place.
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from yingbao.agents.models import Organisation, User
from yingbao.enrolment.models import Enrolment, Season
from yingbao.messages.models import Message
from yingbao.publicity.ways import TOPICS, WAYS

LETTER_KINDS = [("child", "每个孩子一份"), ("class", "每班一份")]
LONGEST_REMARK = 120


class LetterWording(models.Model):
    """The words of a season's letters as an officer put them to work: written once, the newest holds. 信函模板

    Number 1 is an officer's first; before it the standard wording holds, which stands in no row.
    """

    season = models.ForeignKey(Season, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=5, choices=LETTER_KINDS)
    number = models.PositiveSmallIntegerField()
    text = models.TextField()
    note = models.CharField(max_length=200)
    """why it was changed"""
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["season", "kind", "number"], name="one_wording_per_number"),
            models.CheckConstraint(condition=Q(kind__in=["child", "class"]), name="wording_kind_known"),
            models.CheckConstraint(condition=~Q(text="") & ~Q(note="") & Q(number__gte=1), name="wording_says_why"),
        ]


class SchoolRemark(models.Model):
    """What a school adds to its own letters, such as where the money is handed in: the newest holds. 学校附言"""

    season = models.ForeignKey(Season, models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    text = models.CharField(max_length=LONGEST_REMARK, blank=True)
    """empty: none any more"""
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["organisation", "season", "-id"], name="remarks_of_school")]


class LetterBatch(models.Model):
    """Letters that a school had made in one go, and by which words and day. 制作批次"""

    season = models.ForeignKey(Season, models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    scope = models.CharField(max_length=200)
    """whose letters, in words without a name: 全校, 一年级1班"""
    heads = models.PositiveIntegerField()
    wording = models.PositiveSmallIntegerField()
    """the number of the wording; 0: the standard one"""
    deadline = models.DateField()
    """the day that the letters name as the last"""
    key = models.CharField(max_length=40, unique=True)
    """of the form that asked for it: a second click asks for nothing"""
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=Q(heads__gt=0), name="batch_is_for_somebody")]
        indexes: ClassVar = [models.Index(fields=["organisation", "season", "-id"], name="batches_of_school")]


class LetterFile(models.Model):
    """The file of a batch, sealed; it goes when it is old, the batch stays. 信函文件"""

    batch = models.OneToOneField(LetterBatch, models.PROTECT, related_name="file")
    filename = models.CharField(max_length=200)
    content_cipher = models.BinaryField()
    size_bytes = models.PositiveIntegerField()
    made_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["made_at"], name="letter_files_by_age")]


class LetterPrinted(models.Model):
    """What one child's letter said of the sum and the way to pay, in one batch. 已制作的信

    A child whose enrolment says otherwise today needs a new one.
    """

    batch = models.ForeignKey(LetterBatch, models.PROTECT, related_name="printed")
    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="+")
    status = models.CharField(max_length=10, blank=True)
    self_paid_fen = models.PositiveIntegerField()
    subsidised_fen = models.PositiveIntegerField()
    channel = models.CharField(max_length=12, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["batch", "enrolment"], name="one_letter_in_a_batch"),
        ]


class HandOut(models.Model):
    """A class's letters were handed out on a day; corrected by a row that takes its place. 发放登记"""

    season = models.ForeignKey(Season, models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    stage = models.CharField(max_length=16, blank=True)
    grade = models.PositiveSmallIntegerField(null=True)
    class_name = models.CharField(max_length=40, blank=True)
    day = models.DateField()
    letters = models.PositiveIntegerField()
    children = models.PositiveIntegerField()
    """in the class on that day"""
    replaces = models.OneToOneField("self", models.PROTECT, null=True, related_name="replaced_by")
    reason = models.CharField(max_length=200, blank=True)
    """of a correction"""
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(letters__lte=F("children")), name="no_more_letters_than_children"),
            models.CheckConstraint(
                condition=Q(replaces__isnull=True, letters__gt=0) | (Q(replaces__isnull=False) & ~Q(reason="")),
                name="correction_of_a_hand_out_says_why",
            ),
            models.CheckConstraint(condition=~Q(replaces=F("id")), name="hand_out_replaces_another"),
        ]
        indexes: ClassVar = [models.Index(fields=["season", "organisation"], name="hand_outs_of_school")]


class HandOutChild(models.Model):
    """One child who took the letter home. 领取明细"""

    hand_out = models.ForeignKey(HandOut, models.PROTECT, related_name="handed")
    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["hand_out", "enrolment"], name="handed_once_in_a_hand_out"),
        ]


class LetterRead(models.Model):
    """A guardian opened the child's letter or page on the phone for the first time. 手机阅读"""

    season = models.ForeignKey(Season, models.PROTECT, related_name="+", db_index=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", db_index=False)
    """who worked on the child then; figures of a city are counted by it"""
    enrolment = models.OneToOneField(Enrolment, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["season", "organisation"], name="letters_read_of_school")]


class LetterTold(models.Model):
    """A guardian was sent the letter's link. 已发链接"""

    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="+")
    message = models.OneToOneField(Message, models.PROTECT, related_name="+")
    at = models.DateTimeField()


class Publicising(models.Model):
    """A school told families in another way: which, when, which classes, about what. 宣传登记"""

    season = models.ForeignKey(Season, models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    way = models.CharField(max_length=12, choices=[(word, text.zh) for word, text in WAYS.items()])
    day = models.DateField()
    classes = ArrayField(models.CharField(max_length=80), default=list)
    """keys of the classes; none: the whole school"""
    topics = ArrayField(models.CharField(max_length=12))
    note = models.CharField(max_length=200, blank=True)
    key = models.CharField(max_length=40, unique=True)
    """of the form that told it: a second click tells nothing"""
    replaces = models.OneToOneField("self", models.PROTECT, null=True, related_name="replaced_by")
    taken_back = models.BooleanField(default=False)
    """the row replaces another and says that it was a mistake"""
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(way__in=list(WAYS)), name="publicity_way_known"),
            models.CheckConstraint(condition=Q(topics__contained_by=list(TOPICS)), name="publicity_topics_known"),
            models.CheckConstraint(condition=Q(topics__len__gt=0), name="publicity_is_about_something"),
            models.CheckConstraint(
                condition=Q(taken_back=False) | Q(replaces__isnull=False), name="only_what_stands_is_taken_back"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["season", "organisation"], name="publicity_of_school")]
