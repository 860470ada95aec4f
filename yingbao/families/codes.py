"""One-time codes: asked for by a child's name and number, sent to the phones that are registered for it. 验证码

Asking does the same whether or not there is such a child: a row is written and a job asked for. The job, which nobody
can time, looks the child up and sends a code to each guardian's phone. Six digits, five minutes, five tries.
"""

from __future__ import annotations

import hmac
import json
import secrets
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import transaction
from django.db.models import F

from yingbao.families.models import CodeRequest, PhoneCode
from yingbao.families.refusing import too_often
from yingbao.messages.queueing import queue
from yingbao.people.matching import same_name
from yingbao.people.models import Guardian, IdentityDocument, Person
from yingbao.sealing import sealed
from yingbao.sealing.sealed import index_of

LIVES = timedelta(minutes=5)
TRIES = 5
WITHIN, DAY = timedelta(minutes=15), timedelta(days=1)
KEPT = timedelta(days=2)
MOST = {
    "child": ((WITHIN, 3), (DAY, 6)),
    "address": ((WITHIN, 300), (DAY, 2_000)),
    "phone": ((WITHIN, 4), (DAY, 10)),
}
"""So many codes about one child, to one phone, and from one network address: a parents' evening shares one, and so do
the phones behind a carrier. There, whoever came in by the code is not counted; a stranger cannot come in, so all of a
stranger's count, and say nothing of who exists."""
LONGEST_NAME, LONGEST_NUMBER = 50, 30


class Holder(NamedTuple):
    """Who has shown to hold a phone, and for which child the phone is registered. 手机持有人"""

    person: Person
    phone_index: bytes
    phone_masked: str


def ask(*, name: str, number: str, handle: str, address: str, at: datetime) -> CodeRequest:
    """Somebody asks for a code; the caller asks `send` of a job in the same transaction. 申请验证码

    `handle`: a word that only the asking browser has. Raises Refused after too many, counted alike for children who
    exist and who do not.
    """
    address_index, child_index = index_of(f"address {address}"), index_of(f"child {number}")
    about = CodeRequest.objects.filter(child_index=child_index)
    from_there = CodeRequest.objects.filter(address_index=address_index, used_at__isnull=True)
    for column, asked in (("child", about), ("address", from_there)):
        for span, most in reversed(MOST[column]):
            if asked.filter(asked_at__gt=at - span).count() >= most:
                raise too_often(WITHIN.seconds // 60 if span == WITHIN else 0)
    return CodeRequest.objects.create(
        handle_index=index_of(f"handle {handle}"), address_index=address_index, child_index=child_index,
        asked_cipher=sealed.seal(json.dumps([name[:LONGEST_NAME], number[:LONGEST_NUMBER]])),
        asked_at=at, expires_at=at + LIVES,
    )  # fmt: skip


def send(*, request: int, at: datetime) -> int:
    """Look up whom a request means and send the codes; returns how many. Run twice, it sends once. 发送验证码"""
    with transaction.atomic():
        row = CodeRequest.objects.select_for_update().filter(pk=request, looked_up_at__isnull=True).first()
        if row is None or row.asked_cipher is None:
            return 0
        name, number = json.loads(sealed.unseal(row.asked_cipher))
        row.looked_up_at, row.asked_cipher = at, None
        row.save(update_fields=["looked_up_at", "asked_cipher"])
        person = child_of(name, number)
        if person is None or row.expires_at <= at:
            return 0
        return sum(_send_to(guardian, person, row, at) for guardian in _reachable(person))


def enter(*, handle: str, code: str, at: datetime) -> Holder | None:
    """The phone to which this code was sent, if it was asked for from this browser and is still good. 核对验证码

    None for whatever is wrong with it; each miss counts, and after five nothing helps but a new code.
    """
    with transaction.atomic():
        row = CodeRequest.objects.select_for_update().filter(handle_index=index_of(f"handle {handle}")).first()
        if row is None or row.used_at is not None or row.expires_at <= at or row.tries >= TRIES:
            return None
        found = None
        for sent in row.codes.select_related("person"):
            if hmac.compare_digest(bytes(sent.digest), _digest(row, code)):
                found = sent
        if found is None:
            CodeRequest.objects.filter(pk=row.pk).update(tries=F("tries") + 1)
            return None
        CodeRequest.objects.filter(pk=row.pk).update(used_at=at)
        if not is_registered(found.person_id, bytes(found.phone_index)):
            return None
        return Holder(found.person, bytes(found.phone_index), found.phone_masked)


def child_of(name: str, number: str) -> Person | None:
    """The child of this name and number, if both are right. 按姓名和证件号码查找"""
    documents = IdentityDocument.objects.filter(number_index=index_of(number)).select_related("person__merged_into")
    for document in documents:
        person = document.person.merged_into or document.person
        if same_name(person.name, name):
            return person
    return None


def is_registered(person: int, phone_index: bytes) -> bool:
    """Whether the phone stands with one of the child's guardians now. 是否登记的手机号"""
    return Guardian.objects.filter(person=person, phone_index=phone_index).exists()


def forget(*, at: datetime) -> int:
    """Take away what is too old to count; returns how many. 清除过期验证码"""
    gone, _ = CodeRequest.objects.filter(asked_at__lt=at - KEPT).delete()
    return gone


def _reachable(person: Person) -> list[Guardian]:
    """The child's guardians with a phone, each phone once."""
    by_phone: dict[bytes, Guardian] = {}
    for guardian in Guardian.objects.filter(person=person, phone_index__isnull=False).order_by("position"):
        by_phone.setdefault(bytes(guardian.phone_index or b""), guardian)
    return list(by_phone.values())


def _send_to(guardian: Guardian, person: Person, row: CodeRequest, at: datetime) -> int:
    index = bytes(guardian.phone_index or b"")
    before = PhoneCode.objects.filter(phone_index=index)
    if any(before.filter(sent_at__gt=at - span).count() >= most for span, most in MOST["phone"]):
        return 0
    code = f"{secrets.randbelow(1_000_000):06}"
    sent = PhoneCode.objects.create(
        request=row, person=person, phone_index=index, phone_masked=guardian.phone_masked, digest=_digest(row, code),
        sent_at=at,
    )  # fmt: skip
    values = {"code": code, "minutes": str(int(LIVES.total_seconds()) // 60)}
    queue(kind="family_code", guardian=guardian, values=values, key=f"family-code:{sent.pk}", at=at)
    return 1


def _digest(row: CodeRequest, code: str) -> bytes:
    """Keyed, and of this request alone: who reads the table cannot try a million codes."""
    return index_of(f"code {row.pk} {code}")
