"""Sets of children as boxes: per group of columns, the classes of values that belong to it. 事实集合

A policy tells apart finitely many classes of values in a group of columns, and the groups are independent of
each other. So every set of children that a policy can speak of is a union of boxes, and a box is one number per
group: a bit per class. Meeting and taking away are exact, and nothing is ever counted out child by child.
"""

from __future__ import annotations

from collections.abc import Iterable

Box = tuple[int, ...]


def meet(one: Box, other: Box) -> Box | None:
    """What lies in both, if anything does. 交集"""
    both = tuple(map(int.__and__, one, other))
    return both if all(both) else None


def minus(one: Box, other: Box) -> list[Box]:
    """What lies in the first and not in the second, as boxes that have nothing in common. 差集"""
    left: list[Box] = []
    rest = list(one)
    for place, mask in enumerate(other):
        outside = rest[place] & ~mask
        inside = rest[place] & mask
        if outside:
            left.append((*rest[:place], outside, *rest[place + 1 :]))
        if not inside:
            return left
        rest[place] = inside
    return left


def met(some: Iterable[Box], others: Iterable[Box]) -> list[Box]:
    """What lies in both unions. 交集"""
    others = list(others)
    return [both for one in some for other in others if (both := meet(one, other)) is not None]


def without(some: Iterable[Box], others: Iterable[Box]) -> list[Box]:
    """What lies in the first union and not in the second. 差集"""
    left = list(some)
    for other in others:
        left = [piece for one in left for piece in minus(one, other)]
    return left


def lies_in(some: Iterable[Box], others: Iterable[Box]) -> bool:
    """Whether the first union is part of the second. 包含"""
    others = list(others)
    return all(not without([one], others) for one in some)
