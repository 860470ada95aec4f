"""What a guardian agrees to before a child's data are shown on a phone, word for word and by version. 监护人同意

No framework here: texts and their versions. A text that changes gets a new version; who agreed to an older one is asked
again.
"""

from __future__ import annotations

from typing import NamedTuple

from yingbao.values.text import Text


class ConsentText(NamedTuple):
    """A text to agree to. 同意书"""

    purpose: str
    version: str
    title: Text
    points: tuple[Text, ...]


PHONE_ACCESS = ConsentText(
    "phone_access",
    "2019-1",
    Text("监护人同意书", "A guardian's consent"),
    (
        Text(
            "我是这个孩子的监护人，用本机号码查看和办理孩子的居民医保。",
            "I am this child's guardian and use this phone to see and manage the child's medical insurance.",
        ),
        Text(
            "平台为我显示孩子的参保状态、应缴金额、理由、票据和登记的资料，证件号码始终遮盖。",
            "The platform shows me the child's state, sum, reasons, receipts and data; numbers stay masked.",
        ),
        Text(
            "平台保存：本机号码与孩子的绑定、我同意的时间和本文版本、我办理的事项。",
            "It keeps: the binding of this phone and the child, when I agreed to which version, and what I do.",
        ),
        Text(
            "我可以随时解除绑定、查看和导出平台保存的信息、申请更正或删除；依法必须保存的参保缴费记录除外。",
            "I can unbind at any time, see and export what is held, and ask to correct or erase it, but for the "
            "records of enrolment and payment that the law has kept.",
        ),
        Text(
            "登记的手机号变更后，绑定自动失效。",
            "Once another phone is registered for the child, the binding ends by itself.",
        ),
    ),
)
TEXTS = {PHONE_ACCESS.purpose: PHONE_ACCESS}
