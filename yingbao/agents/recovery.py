"""Codes on paper for the day when phone and key are lost. 恢复码"""

from __future__ import annotations

import secrets
from datetime import datetime

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction

from yingbao.agents.models import RecoveryCode, User

NUMBER = 8
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""no sign that looks like another"""
LENGTH = 10


@transaction.atomic
def renew(*, user: User) -> list[str]:
    """New codes for the user, told here and never again; the old ones open nothing any more. 生成恢复码

    Each says its number first, as `3-abcde-fghij`: so only one slow hash has to be tried.
    """
    User.objects.select_for_update().get(pk=user.pk)
    made = ["".join(secrets.choice(LETTERS) for _ in range(LENGTH)) for _ in range(NUMBER)]
    user.recovery_codes.all().delete()
    RecoveryCode.objects.bulk_create(
        RecoveryCode(user=user, ordinal=ordinal, hashed=make_password(code))
        for ordinal, code in enumerate(made, start=1)
    )
    return [f"{ordinal}-{code[:5]}-{code[5:]}" for ordinal, code in enumerate(made, start=1)]


@transaction.atomic
def take(*, user: User, code: str, at: datetime) -> bool:
    """Whether the code is one of the user's and was not used; from now on it is. 使用恢复码"""
    typed = "".join(sign for sign in code.lower() if sign.isascii() and sign.isalnum())
    if len(typed) != LENGTH + 1 or not typed[0].isdigit():
        return False
    held = (
        RecoveryCode.objects.select_for_update().filter(user=user, ordinal=int(typed[0]), used_at__isnull=True).first()
    )
    if held is None or not check_password(typed[1:], held.hashed):
        return False
    held.used_at = at
    held.save(update_fields=["used_at"])
    return True
