"""What may become of a row of a community's file, in words. 儿童登记表核对结果"""

from __future__ import annotations

from yingbao.spreadsheet.faults import Wrong
from yingbao.values.text import Text

_ONE_BY_ONE = Text(
    "到“登记”页逐个办理，那里写明依据", "register the child on the page “Register”, which tells the clause"
)
_WHOSE = Text(
    "到“查孩子由谁办”查看，需要时从那里转办", "look at “Whose child?”, and hand the child over from there if need be"
)
CHILDREN_FAULTS: dict[str, Wrong] = {
    "alike": Wrong(
        "name",
        Text(
            "平台上有同名同生日、证件不同的孩子，可能是同一人",
            "a child of this name and birth date is on the platform under another document; it may be the same",
        ),
        Text(
            "到“登记”页逐个办理，确认不是同一人；是同一人的，请医保经办机构换证",
            "register the child by itself and say that it is another; if it is not, the agency changes the document",
        ),
    ),
    "known_elsewhere": Wrong(
        "identity_number", Text("孩子已在平台上，由“{body}”办理", "the child is on the platform with {body}"), _WHOSE
    ),
    "known_nobodys": Wrong(
        "identity_number",
        Text("孩子已在平台上，本地没有办理单位", "the child is on the platform, and nobody here is responsible"),
        _WHOSE,
    ),
    "at_school": Wrong(
        "school_stage",
        Text("在校学生由学校办理", "a pupil is worked on by the school"),
        Text(
            "从表里删去；要替家长转给学校的，到“登记”页办理",
            "leave it out; to hand the child to its school use the page “Register”",
        ),
    ),
    "not_ours": Wrong(
        "hukou",
        Text("户籍和父母户籍都不在本社区", "neither the child's nor a parent's hukou lies here"),
        Text("核对户籍；没有填错的，请家长到户籍所在地社区办理", "check it; if it is right, send the family there"),
    ),
    "ineligible": Wrong(
        "identity_number", Text("按政策不能在本地参保", "by the policy the child cannot be enrolled here"), _ONE_BY_ONE
    ),
    "not_open": Wrong("identity_number", Text("还没有到办理时间", "it is too early to enrol the child"), _ONE_BY_ONE),
    "closed": Wrong("identity_number", Text("已过办理期限", "the time to enrol the child is over"), _ONE_BY_ONE),
}
"""what keeps a child from being registered with the others"""

CHILDREN_OUTCOMES: dict[str, tuple[Text, Text]] = {
    "error": (
        Text("有错误", "With errors"),
        Text("这些行不会登记；请按提示改正后重新上传", "These rows are not registered; mend them and upload again"),
    ),
    "duplicate": (
        Text("文件内重复", "Twice in the file"),
        Text("同一孩子只登记第一行", "Of one child only the first row is registered"),
    ),
    "moved_here": (
        Text("接收", "Taken in"),
        Text("平台上已有、应由本社区办理的孩子", "Children on the platform who are yours and not on your list yet"),
    ),
    "new": (Text("新登记", "New"), Text("平台上还没有的孩子", "Children who are not on the platform yet")),
    "unchanged": (
        Text("已在名单", "On your list"),
        Text("已经登记过，不再重复登记", "Registered before; nothing is done twice"),
    ),
}
"""outcome → its name and what it means, of a community's file"""

CHILDREN_ANNOUNCED: dict[str, Text] = {
    "new": Text("登记 {n} 名孩子，列入本社区名单并核定", "{n} children are registered, listed and decided"),
    "moved_here": Text("接收 {n} 名平台上已有的孩子", "{n} children on the platform come onto your list"),
    "unchanged": Text("{n} 名孩子已在名单，不变", "{n} children are on your list and stay as they are"),
}
"""what a yes does, in words"""
