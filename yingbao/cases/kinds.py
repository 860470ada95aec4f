"""What a case can be about; a new kind is a line here. 个案类别"""

from __future__ import annotations

from typing import NamedTuple

from yingbao.values.text import Text


class Kind(NamedTuple):
    """One kind of case. 类别"""

    name: Text
    places_child: bool
    """whoever accepts it takes the child onto its own list"""
    hint: Text
    """what the receiver has to do"""


RESPONSIBLE = "responsible"
REFER = "refer"
KINDS: dict[str, Kind] = {
    RESPONSIBLE: Kind(
        Text("这个孩子由谁办理", "Who works on this child"),
        True,
        Text(
            "接收后孩子列入本单位名单，由本单位联系家长办到底。",
            "Once accepted the child is on your list, and you see it through with the family.",
        ),
    ),
    REFER: Kind(
        Text("须由医保经办人员决定", "An officer has to decide"),
        False,
        Text("请写明决定和依据，社区据此告知家长。", "Write the decision and on what it rests; the family is told."),
    ),
}
"""Kinds by the word that is stored; issue and page may know more than the database does."""


def kind_of(word: str) -> Kind:
    """A kind by its word; one that is not known here is shown by its word. 类别"""
    return KINDS.get(word) or Kind(Text(word, word), False, Text("", ""))
