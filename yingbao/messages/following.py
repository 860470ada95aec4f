"""Who follows the official account, and whose phone that is. 公众号关注

A family that has proved its phone is shown a code of the account; what the code carries is the phone's blind index
under our signature, so that following it binds the follower to that phone and to no other.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from datetime import datetime

from django.utils.crypto import salted_hmac

from yingbao.messages.models import WechatFollower
from yingbao.sealing import sealed

_SALT = "yingbao.messages.following"
_INDEX_BYTES, _SIGNATURE_BYTES = 32, 12


def scene_of(phone_index: bytes) -> str:
    """What a code of the account carries for this phone: at most 64 characters. 二维码参数"""
    return base64.urlsafe_b64encode(bytes(phone_index) + _signed(bytes(phone_index))).decode()


def follow(*, openid: str, scene: str, at: datetime) -> bool:
    """Bind a follower to the phone that the code carries; false if we never made such a code. 绑定"""
    try:
        carried = base64.b64decode(scene, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return False
    index, signature = carried[:_INDEX_BYTES], carried[_INDEX_BYTES:]
    if len(index) != _INDEX_BYTES or not hmac.compare_digest(_signed(index), signature):
        return False
    WechatFollower.objects.update_or_create(
        openid_index=_index_of(openid),
        defaults={
            "openid_cipher": sealed.seal(openid),
            "phone_index": index,
            "followed_at": at,
            "left_at": None,
        },
    )
    return True


def leave(*, openid: str, at: datetime) -> None:
    """Somebody follows no longer. 取消关注"""
    WechatFollower.objects.filter(openid_index=_index_of(openid), left_at__isnull=True).update(left_at=at)


def openid_of(phone_index: bytes) -> str:
    """The follower at this phone, the last who came; empty if nobody. 查关注者"""
    found = WechatFollower.objects.filter(phone_index=phone_index, left_at__isnull=True).order_by("-followed_at", "-pk")
    cipher = found.values_list("openid_cipher", flat=True).first()
    return sealed.unseal(cipher) if cipher else ""


def _index_of(openid: str) -> bytes:
    """Capitals and dashes count in it, unlike in a person's number."""
    return sealed.index_of(f"OPENID{hashlib.sha256(openid.encode()).hexdigest()}")


def _signed(index: bytes) -> bytes:
    return salted_hmac(_SALT, index, algorithm="sha256").digest()[:_SIGNATURE_BYTES]
