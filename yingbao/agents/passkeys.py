"""Keys in a user's device: added and proved by WebAuthn. 通行密钥

The library checks challenge, origin, site and signature. Kept here are the public key and how often it has signed: a
count that does not grow betrays a copy, and such a key proves nothing. Attestation is not asked for: which maker's
device a clerk has is nobody's business.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from django.db import IntegrityError, transaction
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes, parse_authentication_credential_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from yingbao.agents.models import Passkey, User
from yingbao.values.refusal import Refused
from yingbao.values.text import Text

MOST = 10
LONGEST_ANSWER = 20_000
"""so many signs has no device's answer"""


class Site(NamedTuple):
    """Where the keys are good: a name without scheme and port, and the whole origin. 站点"""

    id: str
    origin: str
    name: str


def ask_to_add(*, user: User, site: Site) -> tuple[str, bytes]:
    """What the browser is told in order to make a key, and the challenge to remember. 请求添加"""
    options = generate_registration_options(
        rp_id=site.id,
        rp_name=site.name,
        user_id=f"yingbao {user.pk}".encode(),
        user_name=user.username,
        user_display_name=user.name,
        exclude_credentials=_known(user),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.DISCOURAGED, user_verification=UserVerificationRequirement.PREFERRED
        ),
    )
    return options_to_json(options), options.challenge


@transaction.atomic
def add(*, user: User, site: Site, challenge: bytes, answer: str, label: str, at: datetime) -> Passkey:
    """Keep the key that the device made for this challenge. 添加通行密钥

    Raises Refused if the answer is not to this challenge on this site, or if there are too many keys.
    """
    User.objects.select_for_update().get(pk=user.pk)
    if user.passkeys.count() >= MOST:
        raise Refused(
            where="passkey",
            what=Text("通行密钥已有 {n} 个", "there are {n} passkeys already").filled(n=MOST),
            mend=Text("先移除不用的", "remove one that is not used"),
        )
    try:
        if len(answer) > LONGEST_ANSWER:
            raise ValueError
        made = verify_registration_response(
            credential=answer, expected_challenge=challenge, expected_rp_id=site.id, expected_origin=site.origin
        )
        with transaction.atomic():
            return Passkey.objects.create(
                user=user, credential=made.credential_id, public_key=made.credential_public_key,
                sign_count=made.sign_count, label=label.strip()[:40] or "通行密钥", added_at=at,
            )  # fmt: skip
    except (WebAuthnException, ValueError, KeyError, TypeError, IntegrityError) as error:
        raise Refused(
            where="passkey",
            what=Text("设备的应答无效", "the device's answer is not valid"),
            mend=Text("重新添加一次，在设备提示时确认", "add it once more and confirm when the device asks"),
        ) from error


def ask_to_prove(*, user: User, site: Site) -> tuple[str, bytes]:
    """What the browser is told in order to use a key of this user, and the challenge to remember. 请求验证"""
    options = generate_authentication_options(
        rp_id=site.id, allow_credentials=_known(user), user_verification=UserVerificationRequirement.PREFERRED
    )
    return options_to_json(options), options.challenge


@transaction.atomic
def take(*, user: User, site: Site, challenge: bytes, answer: str, at: datetime) -> bool:
    """Whether one of the user's keys signed this challenge on this site, and is no copy. 核对通行密钥"""
    try:
        if len(answer) > LONGEST_ANSWER:
            return False
        said = parse_authentication_credential_json(answer)
        held = Passkey.objects.select_for_update().get(user=user, credential=base64url_to_bytes(said.id))
        proof = verify_authentication_response(
            credential=said, expected_challenge=challenge, expected_rp_id=site.id, expected_origin=site.origin,
            credential_public_key=bytes(held.public_key), credential_current_sign_count=held.sign_count,
        )  # fmt: skip
    except (WebAuthnException, ValueError, KeyError, TypeError, Passkey.DoesNotExist):
        return False
    held.sign_count, held.last_used_at = proof.new_sign_count, at
    held.save(update_fields=["sign_count", "last_used_at"])
    return True


def _known(user: User) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=bytes(held.credential)) for held in user.passkeys.order_by("pk")]
