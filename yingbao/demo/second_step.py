"""One login of the demonstration with its second step set up, so that it can be tried. 演示二次验证

The secret is made for this installation and stands in a private file beside the passwords; only the demonstration
ever shows one.
"""

from __future__ import annotations

from pathlib import Path

from yingbao.agents.models import Totp, User
from yingbao.agents.totp import address_of, new_secret
from yingbao.demo.environment import kept
from yingbao.sealing.sealed import seal
from yingbao.values import clock
from yingbao.values.text import Text

USERNAME = "suzhou-two-steps"
ISSUER = "应保演示"
SHOWN = Text(
    "二次验证演示：{user} 登录后还要动态口令。验证器里手工添加密钥 {secret}，或用这个地址生成二维码：{address}",
    "To try the second step: {user} is asked for six digits. Add the secret {secret} to an authenticator, or {address}",
)


def preset(home: Path) -> None:
    """Set up the authenticator of that login, unless it has one. 预置动态口令"""
    user = User.objects.filter(username=USERNAME, totp__isnull=True).first()
    if user is not None:
        Totp.objects.create(user=user, secret_cipher=seal(secret(home)), added_at=clock.now())


def secret(home: Path) -> str:
    """The secret, made when it is first asked for. 密钥"""
    return kept(home / "second-step", new_secret).strip()


def said(home: Path) -> Text:
    """What the demonstration says of it. 说明"""
    address = address_of(secret(home), user=User(username=USERNAME), issuer=ISSUER)
    return SHOWN.filled(user=USERNAME, secret=secret(home), address=address)
