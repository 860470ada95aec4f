"""A deed that is done whole or not at all, again if it met another one in a circle. 整笔事务"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from django.db import OperationalError, connection, transaction

TRIES = 6
MET_IN_A_CIRCLE = frozenset({"40001", "40P01"})
"""What PostgreSQL says of a serialization failure and of a deadlock: the same once more will do."""
Done = TypeVar("Done")


def whole(deed: Callable[[], Done]) -> Done:
    """Do it in one transaction; where two waited for each other, do it again. 整笔办理

    Inside another transaction nothing is tried again: that one's own `whole` does.
    """
    outermost = not connection.in_atomic_block
    for left in reversed(range(TRIES)):
        try:
            with transaction.atomic():
                return deed()
        except OperationalError as error:
            again = getattr(error.__cause__, "sqlstate", None) in MET_IN_A_CIRCLE
            if not (again and outermost and left):
                raise
    raise AssertionError("the last try returns or raises")
