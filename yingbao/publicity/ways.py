"""In which ways families are told besides a letter for each child, and about what. 宣传方式"""

from __future__ import annotations

from yingbao.values.text import Text

WAYS: dict[str, Text] = {
    "letter": Text("告家长书", "letters"),
    "class_group": Text("家长群", "class groups"),
    "meeting": Text("班会、家长会", "class meetings"),
    "class_paper": Text("班报", "class papers"),
    "banner": Text("标语", "banners"),
    "board": Text("宣传栏", "notice boards"),
    "other": Text("其他", "another way"),
}
"""word → what it is called; Yuzhong's notice 二(二) names most of them. 宣传渠道"""
TOPICS: dict[str, Text] = {
    "premium": Text("缴费标准", "the premium"),
    "paying": Text("缴费方式", "how to pay"),
    "benefits": Text("参保待遇", "the benefits"),
    "steps": Text("办理流程", "the steps"),
}
"""What the families are to be told, 二(二). 宣传内容"""
