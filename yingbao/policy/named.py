"""Names in a policy file lead somewhere. 名称核对"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from yingbao.policy.refused import one_of
from yingbao.policy.tree import Step
from yingbao.values.text import Text

Steps = tuple[Step, ...]
"""The way to a place of the file."""
Found = Iterator[tuple[Steps, Text, Text]]
"""Problems: where, what, and how to mend it."""


def known(steps: Steps, sort: str, name: str, known: Iterable[str]) -> Found:
    """A problem if there is nothing of this sort and name. 名称是否存在"""
    sorts = {"area": "区域", "window": "期限", "criterion": "条件", "payer": "出资方", "rule": "规则"}
    names = list(known)
    if name not in names:
        yield (
            steps,
            Text(zh="没有名为 {name} 的{sort}", en="There is no {sort} called {name}").filled(
                name=name, sort=Text(zh=sorts[sort], en=sort)
            ),
            one_of(name, names),
        )
