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
CARD_PHOTO = ConsentText(
    "card_photo",
    "2019-1",
    Text("照片使用同意书", "Consent to the use of a photo"),
    (
        Text(
            "我同意将孩子的照片用于制作社会保障·市民卡，不作他用。",
            "I agree that my child's photo is used for making the citizen card, and for nothing else.",
        ),
        Text(
            "照片由学校或社区、市民卡中心的经办人查看，每次查看都有记录；不做人脸识别比对。",
            "Clerks of the school or community and of the card centre look at it, and each look is recorded; no face "
            "is recognised or compared.",
        ),
        Text(
            "平台只保留裁好的照片，加密保存；拍摄地点、手机型号等信息在收到时即去除。",
            "Only the photo as it was cut is kept, encrypted; place and device are removed on arrival.",
        ),
        Text(
            "卡发放后、照片未通过或换新照片时，原照片即清除，只留办理记录。",
            "It is erased once the card is handed out, or the photo was rejected or replaced; what was done stays.",
        ),
        Text(
            "送制卡之前，我可以随时撤回同意，照片随即清除。",
            "Until the card is being made I can take this back at any time, and the photo is erased at once.",
        ),
    ),
)
TEXTS = {text.purpose: text for text in (PHONE_ACCESS, CARD_PHOTO)}
