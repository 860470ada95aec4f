"""What a role may not do even to rows that it reaches: steps that are another's, accounts that are another's. 限制

These hold beside the policies of `rows` and no door lifts them; only who owns the tables stands outside.
"""

from __future__ import annotations

from typing import NamedTuple

from yingbao.declaration.lifecycle import EDGES, State, Who
from yingbao.web.wall.duties import AUDIT, CARD, COMMUNITY, EDUCATION, LISTS, SCHOOL, TAX
from yingbao.web.wall.rows import ALWAYS, ME


class Kept(NamedTuple):
    """Which rows of a table these roles may change, and what may come of it. 限制条件"""

    roles: tuple[str, ...]
    changed: str
    becomes: str
    alone: bool = False
    """the table has no policies else: everybody reads all of its rows"""


_OF_AGENTS = sorted({State.FROZEN, *(edge.target for edge in EDGES if edge.who == Who.AGENT)})
KEPT: dict[str, Kept] = {
    # An agent freezes, submits and discards; accepting and returning are the tax authority's.
    "declaration_declaration": Kept(
        (SCHOOL, COMMUNITY), ALWAYS, "state IN ({})".format(", ".join(f"'{state.value}'" for state in _OF_AGENTS))
    ),
    # Password, phone and last sign-in of oneself; others' accounts are administrators' and the agency's.
    "agents_user": Kept((SCHOOL, COMMUNITY, TAX, LISTS, EDUCATION, CARD, AUDIT), f"id = {ME}", f"id = {ME}", True),
}
