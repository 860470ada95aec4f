"""Which text of a policy is in force: the version that was published last, else the policy's file. 现行政策文本

A version is never rewritten, so what was read of it once stays true: each process keeps it by its key.
"""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import connection

from yingbao.policy import catalogue
from yingbao.policy.model import Policy
from yingbao.values.refusal import Refused

if TYPE_CHECKING:
    from yingbao.enrolment.models import PolicyVersion


def policy_at(policy_id: str, version_id: int | None) -> Policy:
    """The policy of a published version; without one, of the policy's file. 政策"""
    if version_id is None:
        return catalogue.policy_of(policy_id)
    return _published(str(connection.settings_dict["NAME"]), version_id)


@lru_cache(maxsize=64)
def _published(database: str, version_id: int) -> Policy:
    version = _versions().get(pk=version_id)
    return catalogue.policy_in(version.text, version.policy)


def newest(policy_id: str) -> PolicyVersion | None:
    """The version that was published last, if any was. 最新版本"""
    found: PolicyVersion | None = _versions().filter(policy=policy_id).order_by("-number").first()
    return found


def in_force(policy_id: str) -> Policy:
    """The policy as it is now, by its id. 现行政策

    Raises Refused if there is no such policy, neither published nor as a file.
    """
    version = newest(policy_id)
    return policy_at(policy_id, version.pk if version else None)


def text_in_force(policy_id: str) -> str:
    """Its text; empty if there is no such policy yet. 现行文本"""
    if (version := newest(policy_id)) is not None:
        return version.text
    try:
        return catalogue.text_of(catalogue.find(policy_id))
    except Refused:
        return ""


def digest_of(text: str) -> str:
    """SHA-256 of a policy's text."""
    return sha256(text.encode("utf-8")).hexdigest()


def take_in(policy_id: str, *, at: datetime) -> PolicyVersion | None:
    """Keep the file's text as the first version, before a change to it is published; none if there is no file. 存档

    The caller holds the lock under which versions are numbered.
    """
    if (version := newest(policy_id)) is not None:
        return version
    text = text_in_force(policy_id)
    if not text:
        return None
    values = {"policy": policy_id, "number": 1, "text": text, "digest": digest_of(text), "at": at}
    version, _ = _versions().get_or_create(policy=policy_id, number=1, defaults=values)
    kept: PolicyVersion = version
    return kept


def known() -> list[str]:
    """The ids of all policies, published ones and files. 政策目录"""
    published = _versions().order_by("policy").values_list("policy", flat=True).distinct()
    return sorted({*published, *(each.policy for each in catalogue.available())})


def _versions() -> Any:
    """The models import what asks here, so they are asked for late."""
    return apps.get_model("enrolment", "PolicyVersion").objects
