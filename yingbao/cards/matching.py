"""Whose photo a file of a class's zip is, by its name: number on the list, name, roll number, identity number. 照片对人

A file's name may be an identity number: such a name is never kept, shown or logged, only its mask.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import NamedTuple

from yingbao.cards.listing import Pupil
from yingbao.people.models import IdentityDocument, SchoolRoll
from yingbao.sealing import sealed
from yingbao.values import identity
from yingbao.values.text import Text

LONG = 15
"""from so many characters on a word is a number that names a person, and masked"""
LONGEST_SHOWN = 40
_BETWEEN = re.compile(r"[\s_\-－—.,，、+()（）\[\]【】]+")
_NUMBER = re.compile(r"(?<![0-9A-Za-z])[0-9A-Za-z]{15,}(?![0-9A-Za-z])")
NO_NAME = Text("文件名里没有编号、姓名或号码", "the file's name has no list number, name or number")
NOBODY = Text("名单里没有这个人，或不需要照片", "nobody on the list is called so, or needs no photo")
TWINS = Text("名单里有{n}个同名的孩子", "{n} children on the list have this name")
CONFLICT = Text("文件名里的编号和姓名不是同一个孩子", "number and name in the file's name are not one child's")
MEND = Text(
    "文件名改成这个孩子在名单第一列的编号，后面加 .jpg", "name it by this child's number in the first column, then .jpg"
)
"""No number stands there: whichever it were, it would be some child's."""


class Found(NamedTuple):
    """Whose a file is, or why that cannot be told. 对人结果"""

    pupil: Pupil | None
    why: Text | None = None


def shown(name: str) -> str:
    """A file's name as it may be kept and shown: whatever could be a number is masked. 显示用文件名"""
    return _NUMBER.sub(lambda found: identity.masked(found[0]), name)[:LONGEST_SHOWN]


class Names:
    """What the files of a class may be called. 文件名对照"""

    def __init__(self, pupils: Sequence[Pupil]) -> None:
        self.by_key = {str(one.person): one for one in pupils}
        self.by_name: dict[str, list[Pupil]] = defaultdict(list)
        for one in pupils:
            self.by_name[_plain(one.name)].append(one)
        people = {one.person: one for one in pupils}
        documents = IdentityDocument.objects.filter(person__in=people).values_list("number_index", "person")
        rolls = SchoolRoll.objects.filter(
            person__in=people, left_on__isnull=True, roll_number_index__isnull=False
        ).values_list("roll_number_index", "person")
        self.by_index = {bytes(index): people[person] for index, person in (*documents, *rolls) if index}

    def of(self, name: str) -> Found:
        """Whose photo the file is. 照片归属"""
        stem = PurePosixPath(name).stem
        words = [word for word in _BETWEEN.split(stem) if word]
        hits: set[Pupil] = set()
        twins = 0
        for word in dict.fromkeys([*words, stem]):
            if len(word) >= LONG and (found := self.by_index.get(sealed.index_of(word))):
                hits.add(found)
            elif word.isascii() and word.isdigit() and word in self.by_key:
                hits.add(self.by_key[word])
            elif same := self.by_name.get(_plain(word)):
                twins = max(twins, len(same))
                hits |= set(same) if len(same) == 1 else set()
        if len(hits) == 1:
            return Found(hits.pop())
        if hits:
            return Found(None, CONFLICT)
        if twins > 1:
            return Found(None, TWINS.filled(n=twins))
        return Found(None, NOBODY if words else NO_NAME)


def _plain(name: str) -> str:
    return re.sub(r"[\s·•．・.]+", "", name).lower()
