"""General answers are found by what they have in common with a question: pairs of characters, and words. 查找答复

Two characters that stand side by side are nearly a word in Chinese, so no dictionary is needed; what every answer says
weighs little, what few say weighs much. PostgreSQL finds the candidates by its index on the array.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from typing import NamedTuple

from yingbao.cases.models import AnswerQuerySet, GeneralAnswer
from yingbao.values.plain import narrow

MOST_FOUND = 50
SIMILAR = 3
LIKE_ENOUGH = 0.3
"""so much of the shorter of two questions the other one shares before its answer is shown to whoever asks"""
NEAR_THE_BEST = 0.3
"""what shares less of a search than this part of the best find is left out"""
_RUNS = re.compile(r"[㐀-鿿\U00020000-\U0003134f]+|[a-z0-9]+")
_SAY_NOTHING = (
    "怎么 么办 什么 为什 可以 是否 如何 请问 我们 孩子 的孩 一个 需要 不要 不能 没有 有没 了吗 吗我 the is of to in"
)
_NO_WORDS = frozenset(_SAY_NOTHING.split())
"""Pairs that stand in any question and say nothing of what it is about."""


class Found(NamedTuple):
    """An answer, and how much of what was asked it shares. 查到的答复"""

    answer: GeneralAnswer
    shared: float


def grams_of(*texts: str) -> list[str]:
    """The pairs of characters and the words of these texts, each once, in order. 切分"""
    found: dict[str, None] = {}
    for text in texts:
        for run in _RUNS.findall(narrow(text).lower()):
            if run[0].isascii():
                found[run[:20]] = None
            else:
                found |= dict.fromkeys(run[at : at + 2] for at in range(max(1, len(run) - 1)))
    return [gram for gram in found if gram not in _NO_WORDS]


def found(rows: AnswerQuerySet, asked: str) -> list[Found]:
    """The answers that share most with what was asked, the best first. 查找"""
    wanted = grams_of(asked)
    hits = dict(rows.filter(grams__overlap=wanted).values_list("pk", "grams")) if wanted else {}
    if not hits:
        return []
    shares = {pk: set(wanted) & set(grams) for pk, grams in hits.items()}
    often = Counter(gram for grams in shares.values() for gram in grams)
    total = max(rows.count(), 1)
    weight = {gram: math.log(1 + total / often.get(gram, 1)) for gram in wanted}
    whole = sum(weight.values())
    scores = {pk: sum(weight[gram] for gram in grams) / whole for pk, grams in shares.items()}
    best = max(scores.values())
    keys = sorted((pk for pk, score in scores.items() if score >= best * NEAR_THE_BEST), key=lambda pk: -scores[pk])
    answers = rows.in_bulk(keys[:MOST_FOUND])
    return [Found(answers[pk], scores[pk]) for pk in keys[:MOST_FOUND]]


def similar(rows: AnswerQuerySet, asked: str) -> list[GeneralAnswer]:
    """The few answers that may save asking. 相近答复"""
    return [one.answer for one in found(rows, asked) if _alike(one.answer.question, asked) >= LIKE_ENOUGH][:SIMILAR]


def _alike(one: str, other: str) -> float:
    pairs, others = set(grams_of(one)), set(grams_of(other))
    return len(pairs & others) / max(1, min(len(pairs), len(others)))
