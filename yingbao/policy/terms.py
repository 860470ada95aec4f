"""The codes of policies and facts in words, one place for every page and print-out. 代码名称"""

from __future__ import annotations

from yingbao.policy.model import PhaseTask, PhotoForm, Window
from yingbao.values.text import Text

STAGES = {
    "none": Text(zh="不在校", en="not at school"),
    "kindergarten": Text(zh="幼儿园", en="kindergarten"),
    "primary": Text(zh="小学", en="primary school"),
    "junior": Text(zh="初中", en="junior high school"),
    "senior": Text(zh="高中", en="senior high school"),
    "vocational": Text(zh="中职", en="vocational school"),
    "special": Text(zh="特殊教育", en="special school"),
    "university": Text(zh="高校", en="university"),
}
"""School stages. 学段"""

IDENTITY_TYPES = {
    "resident_id": Text(zh="居民身份证", en="resident identity card"),
    "hk_mo_permit": Text(zh="港澳居民来往内地通行证", en="permit of Hong Kong and Macau residents"),
    "tw_permit": Text(zh="台湾居民来往大陆通行证", en="permit of Taiwan residents"),
    "hmt_residence_permit": Text(zh="港澳台居民居住证", en="residence permit of Hong Kong, Macau and Taiwan residents"),
    "foreign_permanent_residence": Text(zh="外国人永久居留身份证", en="foreign permanent resident card"),
    "passport": Text(zh="护照", en="passport"),
    "birth_certificate": Text(zh="出生医学证明", en="birth certificate"),
}
"""Kinds of identity documents. 证件类型"""

ASSISTANCE = {
    "minimum_living": Text(zh="低保", en="minimum living allowance"),
    "minimum_living_margin": Text(zh="低保边缘", en="margin of the minimum living allowance"),
    "destitute": Text(zh="特困供养", en="destitute support"),
    "orphan": Text(zh="孤儿", en="orphan"),
    "temporary_relief": Text(zh="临救大病", en="temporary relief for grave illness"),
    "preferential_treatment": Text(zh="重点优抚", en="preferential treatment"),
    "registered_poor": Text(zh="建档立卡", en="registered poor"),
    "disabled_hardship": Text(zh="困难残疾学生", en="disabled pupil in hardship"),
    "severely_disabled": Text(zh="重度残疾（1-2级）", en="severely disabled (grades 1 and 2)"),
    "de_facto_orphan": Text(zh="事实无人抚养", en="de facto orphan"),
    "child_in_difficulty": Text(zh="困境儿童", en="child in difficulty"),
    "back_into_poverty": Text(zh="返贫致贫", en="fallen back into poverty"),
    "unstable_out_of_poverty": Text(zh="脱贫不稳定", en="unstable after poverty"),
    "near_poverty": Text(zh="边缘易致贫", en="near poverty"),
    "sudden_hardship": Text(zh="突发严重困难", en="sudden grave hardship"),
    "illness_poverty": Text(zh="因病致贫", en="poor through illness"),
    "expenditure_hardship": Text(zh="支出型困难", en="hardship through expenditure"),
    "hardship_worker_family": Text(zh="特困职工家庭", en="worker's family in hardship"),
}
"""Categories of assisted persons. 救助类别"""

AGENTS = {
    "school": Text(zh="学校代办", en="the school enrols"),
    "community": Text(zh="社区代办", en="the community enrols"),
    None: Text(zh="不能参保", en="not eligible"),
}
"""Who registers and declares. 代办单位"""

PHASES = {
    "not_open": Text(zh="未开始", en="not open"),
    "open": Text(zh="集中期", en="open period"),
    "late": Text(zh="补缴期", en="late enrolment"),
    "newborn": Text(zh="新生儿", en="newborn"),
    "closed": Text(zh="已结束", en="closed"),
}
"""Where in the season a payment lies. 缴费时段"""

REGISTRATIONS = {
    "hukou_community": Text(zh="户籍所在社区登记", en="registered at the community of the hukou"),
    "residence_community": Text(zh="居住地社区登记", en="registered at the community of residence"),
    "points": Text(zh="积分入医自动登记", en="registered with the points admission"),
    "school": Text(zh="通过学校登记", en="registered through the school"),
    "community": Text(zh="社区登记", en="registered at the community"),
    None: Text(zh="无需登记", en="no registration needed"),
}
"""Where a first-timer is registered. 登记渠道"""

CHANNELS = {
    "school": Text(zh="学校缴费", en="paid through the school"),
    "community": Text(zh="社区缴费", en="paid at the community"),
    "online": Text(zh="线上缴费", en="paid online"),
    "bank_debit": Text(zh="银行扣款", en="debited by the bank"),
}
"""How the money is paid. 缴费渠道"""

STATUSES = {
    "enrolled": Text(zh="可以参保", en="can be enrolled"),
    "ineligible": Text(zh="不能参保", en="not eligible"),
    "not_open": Text(zh="未开始", en="not open yet"),
    "closed": Text(zh="已结束", en="closed"),
    "refer": Text(zh="由经办人员决定", en="an officer decides"),
}
"""What a determination ends in. 核定结果"""

PAYERS_OF_ROUTES = {
    "school": Text(zh="学校", en="schools"),
    "community": Text(zh="社区", en="communities"),
    "family": Text(zh="家长", en="families"),
}
"""Who walks a payment route. 缴费人"""

TABLES = {
    "entitlement": Text(zh="谁能参保，由谁代办", en="Who is enrolled, and by whom"),
    "phase": Text(zh="什么时候缴费", en="When to pay"),
    "registration": Text(zh="首次参保在哪里登记", en="Where a first-timer registers"),
    "premium": Text(zh="缴多少", en="How much"),
    "subsidy": Text(zh="谁出钱", en="Who pays"),
    "cover": Text(zh="从什么时候起享受待遇", en="From when the child is covered"),
    "channel": Text(zh="怎么缴费", en="How to pay"),
}
"""The decision tables. 决策表"""

PLACEHOLDERS = {
    "birth_date": Text(zh="出生日", en="the birth date"),
    "paid_on": Text(zh="缴费日", en="the payment day"),
    "coverage_from": Text(zh="待遇开始日", en="the first day of cover"),
    "coverage_to": Text(zh="待遇结束日", en="the last day of cover"),
    "premium": Text(zh="缴费标准", en="the premium"),
    "own": Text(zh="应缴部分", en="the family's part"),
    "wait": Text(zh="若干", en="some"),
    "raised": Text(zh="相应额度", en="a sum"),
    "age": Text(zh="年龄", en="the age"),
}
"""What stands for a child's own facts while no child is meant. 填写内容"""

FACTS = {
    "identity_type": Text(zh="证件类型", en="identity document"),
    "birth_date": Text(zh="出生日", en="birth date"),
    "hukou": Text(zh="户籍", en="hukou"),
    "parent_hukou": Text(zh="父母一方户籍", en="a parent's hukou"),
    "school_division": Text(zh="学籍所在地", en="place of the school"),
    "school_stage": Text(zh="学段", en="school stage"),
    "registered_before": Text(zh="以前已登记", en="registered before"),
    "points_admitted_on": Text(zh="取得积分入医资格日", en="day of points admission"),
    "residence_permit": Text(zh="有居住证", en="residence permit"),
    "parent_employee_insured": Text(zh="父母参加职工医保", en="a parent is insured as an employee"),
    "assistance": Text(zh="救助类别", en="assistance"),
    "tier": Text(zh="档次", en="tier"),
    "registered_on": Text(zh="登记日", en="day of registration"),
    "paid_on": Text(zh="缴费日", en="payment day"),
    "lapsed_years": Text(zh="断保年数", en="lapsed years"),
    "repaired_years": Text(zh="补缴年数", en="repaired years"),
    "prepaid_years": Text(zh="一次缴纳年数", en="years paid at once"),
    "continuous_years": Text(zh="连续参保年数", en="years enrolled without a break"),
    "claim_free_years": Text(zh="未报销年数", en="years without a claim"),
    "age": Text(zh="年龄", en="age"),
}
"""What a criterion asks about. 事实"""

OPERATORS = {
    "within": Text(zh="在{value}", en="in {value}"),
    "outside": Text(zh="已知且不在{value}", en="known and outside {value}"),
    "known": Text(zh="已知：{value}", en="known: {value}"),
    "is": Text(zh="为 {value}", en="is {value}"),
    "any_of": Text(zh="为其中之一：{value}", en="one of: {value}"),
    "below": Text(zh="小于 {value}", en="below {value}"),
    "at_least": Text(zh="不小于 {value}", en="at least {value}"),
    "from": Text(zh="自 {value} 起", en="from {value}"),
    "until": Text(zh="至 {value} 止", en="until {value}"),
    "during": Text(zh="在{value}内", en="within {value}"),
    "months_from_birth": Text(zh="在出生 {value} 个月内", en="within {value} months of birth"),
    "days_from_birth": Text(zh="在出生 {value} 天内", en="within {value} days of birth"),
}
"""How a criterion asks. 运算"""

WORDS_OF = {"school_stage": STAGES, "identity_type": IDENTITY_TYPES, "assistance": ASSISTANCE}
"""The values of a fact in words, where they are codes. 取值名称"""

BODIES = {
    "district": Text(zh="区", en="district"),
    "sub_district": Text(zh="街道", en="sub-district"),
    "school": Text(zh="学校", en="school"),
    "community": Text(zh="社区", en="community"),
    "insurance_agency": Text(zh="医保经办机构", en="insurance agency"),
    "tax_authority": Text(zh="税务机关", en="tax authority"),
    "civil_affairs": Text(zh="民政部门", en="civil affairs"),
    "union_federation": Text(zh="总工会", en="trade unions"),
    "disabled_federation": Text(zh="残联", en="disabled persons' federation"),
    "points_office": Text(zh="积分办", en="points office"),
    "education_bureau": Text(zh="教育部门", en="education bureau"),
    "card_centre": Text(zh="市民卡中心", en="card centre"),
}
"""Kinds of organisations that a phase asks. 机构类别"""

SEEN_BY = {
    "roster_in": Text(zh="本学年花名册已导入", en="this school year's roster is in"),
    "first_timers_registered": Text(zh="名单上没有待登记的孩子", en="nobody on the list waits to be registered"),
    "list_confirmed": Text(zh="名单上的孩子都已确认或登记不参保", en="every child is confirmed or declined"),
    "declaration_handed_in": Text(zh="确认参保的孩子都已申报", en="every confirmed child is declared"),
    "everyone_paid": Text(zh="确认参保的孩子都已缴费或免缴", en="every confirmed child is paid for or exempt"),
    "points_list_in": Text(zh="入医名单已确认", en="the list of admitted children is confirmed"),
    "letters_handed_out": Text(zh="告家长书已登记发放", en="the letters are recorded as handed out"),
    "publicity_recorded": Text(zh="已登记宣传", en="publicity is recorded"),
    "survey_reported": Text(zh="问卷结果已上报", en="the questionnaire is reported"),
    "survey_summed": Text(zh="问卷已汇总上报", en="the questionnaires are summed and reported"),
    "training_announced": Text(zh="已发布培训", en="a training is announced"),
    "training_attended": Text(zh="已有人参加培训", en="somebody attended a training"),
    "photos_in": Text(zh="应交的照片已交齐", en="all photos that are needed are in"),
    "cards_handed_out": Text(zh="市民卡已签收", en="the cards are signed for"),
    "reported_to_education": Text(zh="已向教育部门通报", en="the report went to the education bureau"),
}
"""By what the platform sees that a task is done. 自动完成依据"""


def task_said(task: PhaseTask) -> Text:
    """A task with what it says besides its sentence: who alone does it, its own days. 任务说明"""
    zh, en = [], []
    if task.owners:
        zh.append("、".join(BODIES[kind].zh for kind in task.owners))
        en.append(", ".join(BODIES[kind].en for kind in task.owners))
    if task.starts is not None:
        zh.append(f"{task.starts} 起")
        en.append(f"from {task.starts}")
    if task.due is not None:
        zh.append(f"{task.due} 前")
        en.append(f"by {task.due}")
    if task.seen_by is not None:
        zh.append(f"自动完成：{SEEN_BY[task.seen_by].zh}")
        en.append(f"done by itself once {SEEN_BY[task.seen_by].en}")
    return Text(zh=task.zh + (f"（{'；'.join(zh)}）" if zh else ""), en=task.en + (f" ({'; '.join(en)})" if en else ""))


def span_said(window: Window) -> Text:
    """The days of a window, and the times at which it opens and closes. 起止"""
    first, last = (
        f"{day} {time}" if time is not None else str(day)
        for day, time in ((window.first, window.opens_at), (window.last, window.closes_at))
    )
    return Text(zh="{first} 至 {last}", en="{first} to {last}").filled(first=first, last=last)


def photo_said(form: PhotoForm) -> Text:
    """The form of a card's photo in a sentence. 照片规格"""
    said = Text(
        zh="JPEG，{w}×{h}像素，脸宽{least}至{most}像素，背景{ground}，成品不超过{kb}KB（{source}）",
        en="JPEG of {w}×{h} pixels, face {least} to {most} wide, background {ground}, at most {kb} KB ({source})",
    )
    least, most = form.face_width_px
    return said.filled(
        w=form.width_px,
        h=form.height_px,
        least=least,
        most=most,
        ground=form.background,
        kb=form.most_bytes // 1000,
        source=form.source,
    )
