"""Which policies there are, and where. 政策目录

A policy stands at `policies/<pooling area>-<name>/<plan year>.yaml` and is known by `<pooling area>/<plan year>`.
"""

from __future__ import annotations

import os
import re
from functools import lru_cache
from pathlib import Path
from threading import RLock

import msgspec

import yingbao
from yingbao.policy.load import load, load_text
from yingbao.policy.model import Policy
from yingbao.policy.refused import nearest, refuse
from yingbao.values.refusal import Refused
from yingbao.values.text import Text

ID = re.compile(r"[0-9]{6}/[0-9]{4}")
FOLDER = re.compile(r"([0-9]{6})-[a-z0-9-]+")
FILE = re.compile(r"([0-9]{4})\.yaml")


class Known(msgspec.Struct, frozen=True, order=True):
    """A policy's id and its file, not yet read. 已知政策"""

    policy: str
    path: Path


def root() -> Path:
    """The folder of all policies: YINGBAO_POLICIES, or `policies` beside the package."""
    named = os.environ.get("YINGBAO_POLICIES")
    return Path(named) if named else Path(str(yingbao.__file__)).resolve().parent.parent / "policies"


def available() -> list[Known]:
    """Every policy file by its name, without opening it."""
    known = []
    for path in root().glob("*/*.yaml"):
        folder, file = FOLDER.fullmatch(path.parent.name), FILE.fullmatch(path.name)
        if folder and file:
            known.append(Known(policy=f"{folder[1]}/{file[1]}", path=path))
    return sorted(known)


def find(policy: str) -> Path:
    """The file of a policy, given by its id such as 320500/2020 or by the path of a file."""
    if ID.fullmatch(policy):
        known = available()
        for each in known:
            if each.policy == policy:
                return each.path
        raise _unknown(policy, [each.policy for each in known])
    path = Path(policy)
    if path.is_file():
        return path
    raise _unknown(policy, [each.policy for each in available()])


def _unknown(policy: str, known: list[str]) -> Refused:
    near = nearest(policy, known)
    what = Text(zh="没有这个政策，也没有这个文件", en="There is no such policy and no such file")
    if not known:
        mend = Text(
            zh="{root} 里没有政策文件；用 YINGBAO_POLICIES 指明文件夹，或写出文件路径。",
            en="{root} holds no policy; name the folder in YINGBAO_POLICIES, or give a file's path.",
        ).filled(root=root())
    elif near is not None:
        mend = Text(zh="是否想写 {near}？现有：{known}。", en="Did you mean {near}? There are: {known}.").filled(
            near=near, known=Text(zh="、".join(known), en=", ".join(known))
        )
    else:
        mend = Text(zh="现有：{known}；也可以写文件路径。", en="There are: {known}; or give a file's path.").filled(
            known=Text(zh="、".join(known), en=", ".join(known))
        )
    return Refused(where=policy, what=what, mend=mend)


_one_at_a_time = RLock()


def policy_of(policy: str | Path) -> Policy:
    """The policy of an id or a path; read once for each version of the file."""
    path, found = _found(root(), str(policy))
    # The library that types the file crashes the process if two threads are the first to use it.
    with _one_at_a_time:
        return _read(path, found.st_mtime_ns, found.st_size)


_seen: dict[tuple[Path, str], Path] = {}
"""(folder, id) → where it was found: a page asks for its policy a dozen times, and the folder is long"""


def _found(folder: Path, policy: str) -> tuple[Path, os.stat_result]:
    """The file of a policy and how it is now; looked for anew once it is gone."""
    seen = _seen.get((folder, policy))
    if seen is not None:
        try:
            return seen, seen.stat()
        except OSError:  # moved or taken away
            del _seen[folder, policy]
    path = find(policy)
    if ID.fullmatch(policy):
        _seen[folder, policy] = path
    return path, path.stat()


def policy_in(text: str, name: str) -> Policy:
    """The policy in a text, such as a version that was published; read once. 政策文本"""
    with _one_at_a_time:
        return _read_text(text, name)


@lru_cache(maxsize=64)
def _read_text(text: str, name: str) -> Policy:
    return load_text(text, name)


def text_of(path: Path) -> str:
    """What a policy file says, with plain line ends. 文件原文"""
    return path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")


@lru_cache(maxsize=64)
def _read(path: Path, changed_ns: int, size: int) -> Policy:
    policy = load(path)
    held_by = next((each for each in available() if each.path.resolve() == path.resolve()), None)
    if held_by is not None and held_by.policy != policy.policy:
        raise refuse(
            path,
            1,
            Text(
                zh="文件放在 {held} 的位置，内容却是 {policy}",
                en="The file stands in the place of {held} but is {policy}",
            ).filled(held=held_by.policy, policy=policy.policy),
            Text(zh="改正 policy，或移到对应的文件夹。", en="Mend `policy`, or move the file to its folder."),
        )
    return policy


def digest(path: Path) -> str:
    """SHA-256 of a policy file, which a stored decision names as the version that it was made by."""
    # Imported here: only who stores decisions needs it.
    from hashlib import sha256

    return sha256(Path(path).read_bytes()).hexdigest()
