"""What a user has beside the password, and how it is taken away. 第二因素"""

from __future__ import annotations

from django.db import transaction

from yingbao.agents.models import Passkey, Totp, User


def has_one(user: User) -> bool:
    """Whether the user is asked for a second step at all. 是否已设置"""
    return Totp.objects.filter(user=user).exists() or Passkey.objects.filter(user=user).exists()


@transaction.atomic
def remove_all(*, user: User) -> int:
    """Take away authenticator, passkeys and recovery codes; how many there were. 重置第二因素

    The user signs in with the password alone once more, and is led to set up a new one.
    """
    User.objects.select_for_update().get(pk=user.pk)
    taken = user.passkeys.all().delete()[0] + Totp.objects.filter(user=user).delete()[0]
    user.recovery_codes.all().delete()
    return taken


@transaction.atomic
def remove_totp(*, user: User) -> bool:
    """Take the authenticator away; recovery codes go with the last factor. 停用动态口令"""
    User.objects.select_for_update().get(pk=user.pk)
    taken = bool(Totp.objects.filter(user=user).delete()[0])
    _last_out(user)
    return taken


@transaction.atomic
def remove_passkey(*, user: User, passkey: Passkey) -> bool:
    """Take one passkey away; recovery codes go with the last factor. 移除通行密钥"""
    User.objects.select_for_update().get(pk=user.pk)
    taken = bool(user.passkeys.filter(pk=passkey.pk).delete()[0])
    _last_out(user)
    return taken


def _last_out(user: User) -> None:
    if not has_one(user):
        user.recovery_codes.all().delete()
