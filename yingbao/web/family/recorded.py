"""That a family, or anybody by a child's name and number, saw something of a child is recorded. 家长查阅记录

Nobody of them has an account: the row says which child, on which page, and a keyed index of the network address, which
names nobody and tells the same guesser again. The number, the name and the phone stand in none.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from yingbao.sealing.sealed import index_of
from yingbao.trail.events import note


def recorded(request: Any, what: str, person: int, at: datetime) -> None:
    """Note what was seen of a child: found by name and number, entered by a code, a page, a file. 记录查阅"""
    network = index_of(f"address {request.META.get('REMOTE_ADDR', '')}").hex()[:16]
    page = request.resolver_match.url_name if request.resolver_match else ""
    note(
        what=what, user=None, organisation=None, about=f"person {person}", said={"page": page, "network": network},
        at=at,
    )  # fmt: skip
