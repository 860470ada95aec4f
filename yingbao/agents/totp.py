"""Six digits from an authenticator: set up, taken once each. 动态口令

RFC 6238 with the values every authenticator knows: SHA-1, six digits, 30 seconds. A code of the 30 seconds before and
after is taken as well, because phones go wrong; a code of a time that was used is not taken again.
"""

from __future__ import annotations

from datetime import datetime

import pyotp
from django.db import transaction

from yingbao.agents.models import Totp, User
from yingbao.sealing.sealed import seal, unseal
from yingbao.values.refusal import Refused
from yingbao.values.text import Text

STEP_SECONDS = 30
DRIFT = 1
"""so many steps to either side"""


def new_secret() -> str:
    """A secret that nobody has yet, 160 bits in base 32. 新密钥"""
    return pyotp.random_base32()


def address_of(secret: str, *, user: User, issuer: str) -> str:
    """What an authenticator reads from the QR code. 二维码内容"""
    return pyotp.TOTP(secret).provisioning_uri(name=user.username, issuer_name=issuer)


@transaction.atomic
def add(*, user: User, secret: str, code: str, at: datetime) -> Totp:
    """Keep the secret once its first code is right; an authenticator set up before is replaced. 启用动态口令

    Raises Refused if the code is not of this secret. `at` is the real time, which the phone shows too.
    """
    User.objects.select_for_update().get(pk=user.pk)
    step = step_of(secret, code, at)
    if step is None:
        raise Refused(
            where="code",
            what=Text("动态口令不对", "the code is wrong"),
            mend=Text(
                "输入验证器上现在显示的 6 位数字；仍不对时，请核对手机的时间是否准确",
                "enter the 6 digits that the authenticator shows now; if it stays wrong, check the phone's clock",
            ),
        )
    Totp.objects.filter(user=user).delete()
    return Totp.objects.create(user=user, secret_cipher=seal(secret), last_step=step, added_at=at)


@transaction.atomic
def take(*, user: User, code: str, at: datetime) -> bool:
    """Whether the code is right and was not used; from now on it is. 核对动态口令"""
    held = Totp.objects.select_for_update().filter(user=user).first()
    if held is None:
        return False
    step = step_of(unseal(held.secret_cipher), code, at)
    if step is None or step <= held.last_step:
        return False
    held.last_step = step
    held.save(update_fields=["last_step"])
    return True


def step_of(secret: str, code: str, at: datetime) -> int | None:
    """The 30 seconds to which the code belongs, if it is near the moment. 时间步"""
    typed = "".join(code.split())
    if not (len(typed) == 6 and typed.isascii() and typed.isdigit()):
        return None
    clock = pyotp.TOTP(secret)
    now = int(at.timestamp()) // STEP_SECONDS
    fitting = [
        step
        for step in range(now - DRIFT, now + DRIFT + 1)
        if pyotp.utils.strings_equal(clock.generate_otp(step), typed)
    ]
    return fitting[-1] if fitting else None
