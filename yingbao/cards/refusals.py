"""What is refused about photos and cards, in one place. 制卡拒绝"""

from __future__ import annotations

from yingbao.values.refusal import Refused
from yingbao.values.text import Text

PHOTO, CARD, BATCH = Text("照片", "photo"), Text("市民卡", "card"), Text("制卡批次", "batch")


def being_made() -> Refused:
    """A photo whose card is being made stays as it is. 制卡中"""
    return Refused(
        where=PHOTO.zh,
        what=Text("照片已送制卡，不能再换", "the card is being made with this photo"),
        mend=Text("卡没有制成时会通知重拍；已制成的请先领卡。", "If it cannot be made you are told; else collect it."),
    )


def not_enrolled() -> Refused:
    """Photos are taken of who enrols and has no card. 未确认参保"""
    return Refused(
        where=PHOTO.zh,
        what=Text("孩子还没有确认参保，或已经有卡", "the child does not enrol yet, or has a card"),
        mend=Text("先确认参保；卡丢失的先登记挂失。", "Confirm the enrolment first; record a lost card first."),
    )


def decided_already() -> Refused:
    """Somebody else was first. 已被处理"""
    return Refused(
        where=PHOTO.zh,
        what=Text("这张照片刚刚已有人处理，或家长换了照片", "somebody has just decided about it, or it was replaced"),
        mend=Text("刷新页面看最新情况。", "Load the page again."),
    )


def nothing_to_order() -> Refused:
    """A batch without anybody. 无人可制卡"""
    return Refused(
        where=BATCH.zh,
        what=Text("没有可以制卡的孩子", "there is nobody to make a card for"),
        mend=Text("等缴费到账、照片审核通过后再生成批次。", "Wait until money and photos are in."),
    )


def reason_missing() -> Refused:
    """A deed that needs a reason. 缺原因"""
    return Refused(
        where="reason",
        what=Text("没有写原因", "no reason is given"),
        mend=Text("选择或写明原因，家长会看到。", "Choose or write one; the family reads it."),
    )
