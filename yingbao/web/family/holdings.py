"""Every table that says something of a child, what of it a guardian is shown, and why it is kept. 保存的信息

A test holds this list against the database: a new table about children fails the build until it stands here, shown or
with the reason why it is not. What is another person's (a second guardian's phone, who paid) is never shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple

from yingbao.values.text import Text

Kept = Literal["law", "contact", "proof", "work"]
KEPT: dict[Kept, Text] = {
    "law": Text("参保缴费业务记录，依法保存，不能删除", "records of enrolment and payment; the law has them kept"),
    "contact": Text("为联系家长而保存，可以申请删除", "held to reach you; you can ask to erase it"),
    "proof": Text("证明谁在何时同意或办理，依法保存", "proof of who agreed to or did what; kept"),
    "work": Text("上传名单的处理记录，随名单保存", "how an uploaded list was read; kept with the list"),
}


class Held(NamedTuple):
    """One table. 一类信息"""

    model: str
    title: Text
    lookup: str
    """from its rows to the person"""
    columns: Mapping[str, Text]
    kept: Kept
    own_phone: bool = False
    """only what stands with this guardian's phone"""
    phone_at: str = "phone_index"
    """where the phone stands, seen from its rows"""
    only_if_set: str = ""
    """a column without which a row belongs into another table of the page"""


AT, STATE, REASON = Text("时间", "when"), Text("状态", "state"), Text("原因", "reason")
AMOUNT, WHERE = Text("金额", "sum"), Text("单位", "where")
FROM, UNTIL = Text("起", "from"), Text("止", "until")
NUMBER, KIND, NAME = Text("号码（遮盖）", "number, masked"), Text("种类", "kind"), Text("姓名", "name")
PHONE = Text("手机号（遮盖）", "phone, masked")

TABLES = (
    Held("people.Person", Text("基本信息", "Basic data"), "pk", {
        "name": NAME, "name_original": Text("原写法", "as written"), "sex": Text("性别", "sex"),
        "birth_date": Text("出生日期", "birth date"), "hukou": Text("户籍", "hukou"),
        "residence_permit": Text("居住证", "residence permit"),
        "parent_employee_insured": Text("父母参加职工医保", "parent in employee insurance"),
        "lapsed_years": Text("断保年数", "years lapsed"), "repaired_years": Text("补缴年数", "years repaired"),
        "created_at": Text("建档", "on file since"),
    }, "law"),
    Held("people.IdentityDocument", Text("证件", "Documents"), "person", {
        "kind": KIND, "number_masked": NUMBER, "added_at": FROM, "replaced_at": UNTIL}, "law"),
    Held("people.Guardian", Text("您作为监护人登记的信息", "You, as guardian"), "person", {
        "name": NAME, "relation": Text("关系", "relation"), "hukou": Text("户籍", "hukou"), "phone_masked": PHONE,
        "number_masked": NUMBER}, "contact", own_phone=True),
    Held("people.SchoolRoll", Text("学籍", "School rolls"), "person", {
        "school": Text("学校", "school"), "school_year": Text("学年", "school year"), "stage": Text("学段", "stage"),
        "grade": Text("年级", "grade"), "class_name": Text("班级", "class"),
        "roll_number_masked": Text("学籍号（遮盖）", "roll number, masked"), "entered_on": Text("入校", "entered"),
        "left_on": Text("离校", "left"), "leave_reason": REASON}, "law"),
    Held("people.BasicRegistration", Text("医保基本信息登记", "Registration"), "person", {
        "pooling_area": Text("统筹区", "pooling area"), "registered_on": AT,
        "channel": Text("渠道", "channel")}, "law"),
    Held("people.PointsAdmission", Text("积分入医", "Points admission"), "person", {
        "pooling_area": Text("统筹区", "pooling area"), "admitted_on": AT}, "law"),
    Held("people.AssistedStatus", Text("救助对象名单", "Lists of assisted persons"), "person", {
        "category": Text("类别", "category"), "provided_by": Text("提供部门", "provided by"), "first": FROM,
        "last": UNTIL}, "law"),
    Held("people.Change", Text("资料变更记录", "Changes of these data"), "person_id", {
        "at": AT, "source": Text("来源", "source"), "table_name": Text("哪类资料", "table")}, "law"),
    Held("enrolment.Enrolment", Text("参保", "Enrolments"), "person", {
        "plan_year": Text("年度", "year"), "organisation": WHERE, "state": STATE, "reason": REASON,
        "premium_fen": Text("保费", "premium"), "self_paid_fen": Text("家庭缴", "family pays"),
        "subsidised_fen": Text("资助", "subsidy"), "coverage_from": FROM, "coverage_to": UNTIL,
        "because": Text("依据的规则", "rules"), "facts": Text("核定用的事实", "facts used")}, "law"),
    Held("enrolment.Step", Text("办理记录", "What was done"), "enrolment__person", {
        "at": AT, "act": Text("事项", "act"), "from_state": FROM, "to_state": Text("变为", "to"), "reason": REASON},
        "law"),
    Held("enrolment.CorrectionRequest", Text("单位提出的更正", "Corrections asked by an office"), "enrolment__person", {
        "asked_at": AT, "field": Text("项目", "field"), "wanted": Text("正确内容", "what is right"), "state": STATE,
        "answer": Text("答复", "answer")}, "law"),
    Held("enrolment.RegistrationRequest", Text("首次参保登记申请", "First registration"), "enrolment__person", {
        "asked_at": AT, "state": STATE, "answer": Text("答复", "answer")}, "law"),
    Held("enrolment.StatusCheck", Text("新年度救助身份确认", "Assisted status, confirmed anew"), "person", {
        "category": Text("类别", "category"), "provided_by": Text("提供部门", "provided by"), "state": STATE, "at": AT},
        "law"),
    Held("cases.Case", Text("归属核实", "Whose child"), "person", {
        "asked_at": AT, "asked_by_organisation": Text("提出", "asked by"), "to_organisation": Text("转给", "to"),
        "state": STATE, "answer": Text("答复", "answer")}, "law", only_if_set="asked_by_organisation"),
    Held("cases.Case", Text("您提的问题", "Your questions"), "person", {
        "asked_at": AT, "question": Text("问题", "question"), "to_organisation": Text("答复单位", "with"),
        "state": STATE, "answer": Text("答复", "answer")}, "contact", own_phone=True,
        phone_at="family_asker__phone_index"),
    Held("survey.Answer", Text("学校问卷", "The school's surveys"), "person", {
        "at": AT, "said": Text("作答", "answers"), "source": Text("来源", "given by"), "times": Text("次数", "times")},
        "work"),
    Held("declaration.DeclarationLine", Text("申报名单", "Declarations"), "enrolment__person", {
        "organisation": WHERE, "change": KIND, "name": NAME, "number_masked": NUMBER,
        "class_label": Text("班级", "class"), "self_paid_fen": Text("家庭缴", "family pays"),
        "subsidised_fen": Text("资助", "subsidy"), "verdict": Text("税务意见", "tax authority's word"),
        "verdict_reason": REASON}, "law"),
    Held("collection.Obligation", Text("应缴", "What is owed"), "person", {
        "plan_year": Text("年度", "year"), "organisation": WHERE, "assessed_at": AT, "due_fen": AMOUNT,
        "body_fen": Text("资助", "subsidy"), "paid_fen": Text("已缴", "paid"), "paid_on": Text("缴费日", "paid on"),
        "ended_at": UNTIL, "ended_because": REASON}, "law"),
    Held("collection.Allocation", Text("到账", "Money that arrived"), "obligation__person", {
        "at": AT, "amount_fen": AMOUNT, "released_at": Text("退回", "released"), "released_because": REASON}, "law"),
    Held("collection.PaymentLine", Text("缴费订单", "Orders"), "obligation__person", {
        "payment__created_at": AT, "payment__channel": Text("渠道", "channel"), "amount_fen": AMOUNT,
        "payment__state": STATE}, "law"),
    Held("collection.Receipt", Text("电子票据", "Receipts"), "obligation__person", {
        "number": Text("票据号码", "number"), "issued_at": AT, "amount_fen": AMOUNT,
        "voided_at": Text("作废", "voided"), "void_reason": REASON}, "law"),
    Held("collection.Refund", Text("退费", "Refunds"), "obligation__person", {
        "number": Text("编号", "number"), "requested_at": AT, "amount_fen": AMOUNT, "reason": REASON, "state": STATE,
        "finished_at": Text("完成", "finished")}, "law"),
    Held("outbox.Message", Text("发到本机的消息", "Messages to this phone"), "person", {
        "queued_at": AT, "kind": KIND, "channel": Text("渠道", "channel"), "text": Text("内容", "words"),
        "state": STATE}, "proof", own_phone=True),
    Held("families.Binding", Text("本机的绑定", "Bindings of this phone"), "person", {
        "kind": KIND, "phone_masked": PHONE, "bound_at": FROM, "ended_at": UNTIL, "ended_because": REASON},
        "proof", own_phone=True),
    Held("families.Consent", Text("您的同意", "Your consent"), "person", {
        "at": AT, "purpose": Text("用途", "purpose"), "version": Text("版本", "version"),
        "given": Text("同意", "given")}, "proof", own_phone=True),
    Held("families.Wish", Text("您办理的事项", "What you did"), "enrolment__person", {
        "at": AT, "step__act": Text("事项", "act"), "step__reason": REASON}, "proof", own_phone=True),
    Held("publicity.LetterPrinted", Text("为孩子制作的告家长书", "Letters made"), "enrolment__person", {
        "batch__at": AT, "status": STATE, "self_paid_fen": Text("家庭缴", "family pays"),
        "subsidised_fen": Text("资助", "subsidy")}, "law"),
    Held("publicity.HandOutChild", Text("领到的告家长书", "Letters handed out"), "enrolment__person", {
        "hand_out__day": AT, "hand_out__organisation": WHERE}, "law"),
    Held("publicity.LetterRead", Text("在手机上看过告家长书", "Letter read on the phone"), "enrolment__person", {
        "at": AT}, "proof"),
    Held("families.DataRequest", Text("您的申请", "Your requests"), "person", {
        "asked_at": AT, "kind": KIND, "words_cipher": Text("您写的", "what you wrote"), "state": STATE,
        "due_on": Text("答复期限", "answered by"),
        "answer": Text("答复", "answer")}, "proof", own_phone=True),
    Held("families.PhoneCode", Text("发给本机的验证码", "Codes sent to this phone"), "person", {
        "sent_at": AT, "phone_masked": PHONE}, "contact", own_phone=True),
    Held("cards.Photo", Text("市民卡照片的办理记录", "Photos for the card: what was decided"), "person", {
        "handed_in_at": AT, "came_by": Text("由谁提交", "handed in by"), "state": STATE, "reason": REASON,
        "purged_at": Text("图像清除时间", "picture erased"), "purged_because": Text("清除原因", "why")}, "proof"),
    Held("cards.Card", Text("市民卡", "Citizen cards"), "person", {
        "state": STATE, "money_on": Text("缴费到账", "money in"), "photo_on": Text("交照片", "photo in"),
        "ready_on": Text("可领日期", "ready on"), "last_digits": Text("卡号后四位", "last digits"),
        "held_on": Text("领到", "received"), "reason": REASON}, "law"),
    Held("cards.CardStep", Text("制卡经过", "Steps of photos and cards"), "person", {
        "at": AT, "act": Text("动作", "act"), "reason": REASON}, "law"),
    Held("spreadsheet.RosterRow", Text("花名册中的行", "Rows of school rosters"), "person", {
        "roster__uploaded_at": AT, "row_number": Text("行", "row"), "outcome": Text("处理", "outcome"), "name": NAME,
        "number_masked": NUMBER, "class_name": Text("班级", "class")}, "work"),
    Held("spreadsheet.AssistedRow", Text("救助名单中的行", "Rows of lists of assisted persons"), "person", {
        "assisted_list__uploaded_at": AT, "row_number": Text("行", "row"), "category": Text("类别", "category"),
        "name": NAME, "number_masked": NUMBER, "first": FROM, "last": UNTIL}, "work"),
)  # fmt: skip

ELSEWHERE = {
    "enrolment.Unlisted": "a work list, made anew every few minutes out of what is shown",
    "survey.Given": "each time an answer was given; the answer that stands is shown",
    "survey.Counted": "at which school an answer was counted; it says no more than the roll",
    "survey.Difference": "how an answer and the enrolment differ; both are shown",
    "publicity.LetterTold": "the message itself is shown",
    "people.Look": "shown as a list of its own, by office and day",
    "people.NotTheSame": "names another person; the decision shows in the changes",
    "families.FamilySession": "this very visit; it names a child only while consent is awaited",
    "collection.AdviceLine": "a school's own note on a transfer; the money is shown",
    "collection.DebitPart": "a school's own debit; the money is shown",
}
"""Tables about a child that are not among the above, each with the reason."""
