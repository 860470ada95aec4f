"""What the logs' words mean on the audit desk. 审计用语"""

from __future__ import annotations

from yingbao.enrolment.lifecycle import STATE_NAMES, Act, State
from yingbao.values.text import Text

KINDS = {
    "look": Text("查阅", "Looks"),
    "change": Text("资料变更", "Changes of data"),
    "step": Text("参保办理", "Enrolment"),
    "event": Text("登录与管理", "Sign-ins and administration"),
}
LOOKS = {
    "page": Text("打开一人", "one child's page"),
    "list": Text("看名单", "a list"),
    "export": Text("导出", "an export"),
    "search": Text("查找", "a search"),
    "import": Text("核对登记表", "a file of children"),
    "full_number": Text("看完整号码", "a full number"),
    "case": Text("看事项", "a case"),
    "debits": Text("看扣款", "debits"),
    "statement": Text("看对账单", "a statement"),
    "suspense": Text("看暂收款", "suspense"),
}
TABLES = {
    "people_person": Text("人员", "person"),
    "people_identitydocument": Text("证件", "identity document"),
    "people_guardian": Text("监护人", "guardian"),
    "people_schoolroll": Text("学籍", "school roll"),
    "people_basicregistration": Text("基本信息登记", "basic registration"),
    "people_pointsadmission": Text("积分入医", "points admission"),
    "people_assistedstatus": Text("医疗救助对象", "assisted status"),
}
EVENTS = {
    "sign_in": Text("登录", "signed in"),
    "sign_in_failed": Text("登录失败", "failed to sign in"),
    "sign_out": Text("退出", "signed out"),
    "locked_out": Text("连续出错被锁", "locked out"),
    "password_changed": Text("改了密码", "changed the password"),
    "password_reset": Text("重置密码", "password reset"),
    "factor_added": Text("加了第二因子", "second factor added"),
    "factor_removed": Text("去掉第二因子", "second factor removed"),
    "recovery_codes_renewed": Text("换了恢复码", "recovery codes renewed"),
    "user_opened": Text("开户", "user opened"),
    "user_changed": Text("改用户资料", "user changed"),
    "user_enabled": Text("启用用户", "user enabled"),
    "user_disabled": Text("停用用户", "user disabled"),
    "desk_requested": Text("申请岗位", "desk asked for"),
    "organisation_set_up": Text("新设机构", "organisation set up"),
    "organisation_changed": Text("改机构资料", "organisation changed"),
    "organisation_opened": Text("启用机构", "organisation opened"),
    "organisation_closed": Text("停用机构", "organisation closed"),
    "token_issued": Text("发接口令牌", "token issued"),
    "token_revoked": Text("收回接口令牌", "token revoked"),
    "policy.asked": Text("提交政策", "policy put forward"),
    "policy.dropped": Text("撤下政策", "policy dropped"),
    "policy.published": Text("发布政策", "policy published"),
    "policy.sent_back": Text("退回政策", "policy sent back"),
    "training.announced": Text("发布培训", "training announced"),
    "training.changed": Text("更改培训", "training changed"),
    "training.cancelled": Text("取消培训", "training cancelled"),
    "family_found": Text("家长或他人凭姓名和号码查到孩子", "a child was found by name and number"),
    "family_entered": Text("家长凭验证码进入", "a guardian came in by a code"),
    "family_looked": Text("家长查看孩子的资料", "a guardian looked at a child"),
    "chain_verified": Text("核验无误", "chain verified"),
    "chain_broken": Text("核验发现问题", "chain broken"),
}
_ACTS = {act.value: act.text for act in Act}
_STATES = {state.value: STATE_NAMES[state] for state in State}
WHATS = {"look": LOOKS, "change": TABLES, "step": _ACTS, "event": EVENTS}
"""The words of each log that can be filtered by."""
UNUSUAL = {
    "many": Text("查阅人数远多于平时", "Far more children than usual"),
    "night": Text("深夜查阅", "Looks at night"),
    "full_number": Text("看过完整号码", "Full numbers revealed"),
}


def what_said(kind: str, what: str) -> Text:
    """A log's word as a page shows it; one that is not known here, as it stands. 用语"""
    return WHATS[kind].get(what, Text(what, what))


def more_said(kind: str, more: str) -> Text:
    """What else a row says; the states of an enrolment by their names. 说明"""
    if kind != "step":
        return Text(more, more)
    names = [_STATES.get(word, Text(word, word)) for word in more.split(" → ")]
    return Text(" → ".join(name.zh for name in names), " → ".join(name.en for name in names))
