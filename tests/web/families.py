"""A guardian at the door: asks for a code, reads it in the outbox, agrees. 家长测试基础"""

from __future__ import annotations

import json

from django.test import Client

from yingbao.families import codes
from yingbao.families.consent import PHONE_ACCESS
from yingbao.families.models import Binding, CodeRequest
from yingbao.messages.models import Message
from yingbao.people.models import Person
from yingbao.sealing import sealed
from yingbao.values import clock


def number_of(person: Person) -> str:
    """The number of the child's document, in full."""
    return sealed.unseal(person.documents.get(replaced_at__isnull=True).number_cipher)


def ask(client: Client, name: str, number: str):
    """Ask for a code, and let the job run that sends it."""
    answer = client.post("/family/find", {"name": name, "number": number})
    for row in CodeRequest.objects.filter(looked_up_at__isnull=True):
        codes.send(request=row.pk, at=clock.now())
    return answer


def last_code() -> str:
    """The code that was sent last, as the phone shows it."""
    row = Message.objects.filter(kind="family_code").order_by("-pk")[0]
    return str(json.loads(sealed.unseal(row.secret_cipher))["code"])


def enter(client: Client, person: Person, *, agree: bool = True) -> Binding | None:
    """In by the code, and the child bound."""
    asked = ask(client, person.name, number_of(person))
    number = asked["Location"].partition("ask=")[2]
    client.post("/family/code", {"ask": number, "code": last_code()})
    if agree:
        client.post("/family/consent", {"agree": "yes", "version": PHONE_ACCESS.version})
    return Binding.objects.filter(person=person, ended_at__isnull=True).order_by("-pk").first()
