"""What a case can be about; a new kind is a line here. 个案类别"""

from __future__ import annotations

from typing import NamedTuple

from yingbao.agents.models import OrganisationKind
from yingbao.values.text import Text


class Kind(NamedTuple):
    """One kind of case. 类别"""

    name: Text
    places_child: bool
    """whoever accepts it takes the child onto its own list"""
    hint: Text
    """what the receiver has to do"""
    asked_of: OrganisationKind | None = None
    """of a question: the bureau that knows it best; None: it is about a child's place, and no question"""
    stays: bool = False
    """nobody but the body that is asked can do it: it is not passed on, and nobody stands above"""

    @property
    def is_question(self) -> bool:
        """Whether it asks for an answer, about a child or about none."""
        return self.asked_of is not None


def _question(zh: str, en: str, asked_of: OrganisationKind) -> Kind:
    hint = Text("写下答复；不归本单位答的，转交。", "Write the answer, or pass it on to whoever knows.")
    return Kind(Text(zh, en), False, hint, asked_of)


RESPONSIBLE = "responsible"
REFER = "refer"
AREAS = "areas"
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
    AREAS: Kind(
        Text("两地参保，请对方核实", "Enrolled in two areas"),
        False,
        Text(
            "请核实孩子在哪里参保。由提出方参保的，从“查重”撤回本地，平台随即办结；由本地参保的，写明依据退回。",
            "Find out where the child is to be enrolled. If there, withdraw it here under Duplicates, which settles "
            "the case; if here, return it and say why.",
        ),
        stays=True,
    ),
    "survey": Kind(
        Text("问卷核实", "From a survey"),
        False,
        Text("请问清家长，写明结果。", "Ask the family, and write what came of it."),
    ),
    "policy": _question("政策规定", "Policy", OrganisationKind.INSURANCE_AGENCY),
    "registration": _question("登记与参保", "Registration and enrolment", OrganisationKind.INSURANCE_AGENCY),
    "payment": _question("缴费、退费与票据", "Payment, refunds, receipts", OrganisationKind.TAX_AUTHORITY),
    "card": _question("市民卡与照片", "Citizen card and photo", OrganisationKind.CARD_CENTRE),
    "school": _question("学籍与学校工作", "School rolls and schools", OrganisationKind.EDUCATION_BUREAU),
    "platform": _question("平台使用", "Using this platform", OrganisationKind.INSURANCE_AGENCY),
    "other": _question("其他", "Other", OrganisationKind.INSURANCE_AGENCY),
}
"""Kinds by the word that is stored; issue and page may know more than the database does."""


TOPICS: dict[str, Kind] = {word: kind for word, kind in KINDS.items() if kind.is_question}
"""The kinds that are questions: what they are about. 问题类别"""


def kind_of(word: str) -> Kind:
    """A kind by its word; one that is not known here is shown by its word. 类别"""
    return KINDS.get(word) or Kind(Text(word, word), False, Text("", ""))
