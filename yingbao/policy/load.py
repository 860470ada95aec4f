"""Reads a policy file, or refuses it and says every line that has to be mended. 读取政策

In three steps, each of which tells all its problems before the next begins: is it plain YAML
(`tree`), are its words those of the model (`words`), do its parts fit together (`fit`).
"""

from __future__ import annotations

from pathlib import Path

from yingbao.policy import fit, tree, words
from yingbao.policy.model import Policy


def load(path: Path) -> Policy:
    """The policy in a file.

    Raises PolicyRefused with every problem that was found, each with its line and its remedy.
    """
    path = Path(path)
    return _built(tree.read(path), path)


def load_text(text: str, name: str) -> Policy:
    """The policy in a text that stands in no file; problems call it by that name. 读取政策文本"""
    path = Path(name)
    return _built(tree.parse(text.encode("utf-8", "surrogatepass"), path), path)


def _built(node: tree.Node, path: Path) -> Policy:
    policy = words.build(node, path, Policy)
    fit.check(policy, node, path)
    return policy
