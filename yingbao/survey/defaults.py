"""The questionnaire that stands ready: insured where, in what, paid or not, why not, needs help. 常用问卷"""

from __future__ import annotations

from yingbao.survey.questions import Condition, Form, Option, Question
from yingbao.values.text import Text


def _option(key: str, zh: str, en: str, where: str = "") -> Option:
    return Option(key, Text(zh, en), where)


def ready(plan_year: int) -> Form:
    """The usual questionnaire of late October for a plan year (Yuzhong 二(四)). 常用问卷"""
    return Form(
        title=Text(f"{plan_year}年度学生儿童参保情况问卷", f"Is your child insured for {plan_year}?"),
        intro=Text(
            "请为孩子回答几个问题，大约一分钟。学校据此了解谁还没有参保、谁需要帮助。",
            "A few questions about your child, about a minute. They tell the school who is not insured and who needs "
            "help.",
        ),
        questions=(
            Question(
                "where", "one",
                Text(f"孩子{plan_year}年度的医保在哪里参加？", f"Where is your child insured for {plan_year}?"),
                (
                    _option("here", "本区", "in this district", "here"),
                    _option("city", "本市其他区县", "in another district of this city", "elsewhere"),
                    _option("elsewhere", "外省市", "in another province or city", "elsewhere"),
                    _option("none", "还没有参加", "not insured yet", "none"),
                    _option("unknown", "不清楚", "I do not know"),
                ),
                meaning="where",
            ),
            Question(
                "insurance", "one", Text("参加的是哪一种？", "What kind of insurance?"),
                (
                    _option("resident", "城乡居民医保", "resident medical insurance"),
                    _option("employee", "职工医保", "employee medical insurance"),
                    _option("other", "其他", "another one"),
                ),
                shown_if=(Condition("where", ("here", "city", "elsewhere")),),
            ),
            Question(
                "paid", "yes_no", Text(f"{plan_year}年度的保费缴了吗？", f"Is the premium of {plan_year} paid?"),
                shown_if=(Condition("where", ("here", "city", "elsewhere")),), meaning="paid",
            ),
            *_after_that(),
        ),
    )  # fmt: skip


def _after_that() -> tuple[Question, ...]:
    """Why not, and who needs help."""
    return (
        Question(
            "why", "several", Text("为什么还没有参保或缴费？", "Why not insured, or not paid, yet?"),
            (
                _option("how", "不知道怎么办、在哪里缴", "we do not know how or where"),
                _option("going", "正在办，准备缴", "we are about to"),
                _option("private", "买了商业保险", "we have a private insurance"),
                _option("money", "家里有困难", "we cannot afford it"),
                _option("unneeded", "觉得不需要", "we do not need it"),
                _option("other", "其他", "another reason"),
            ),
            shown_if=(Condition("where", ("none",)), Condition("paid", ("no",))),
        ),
        Question(
            "why_words", "text", Text("其他原因是什么？", "Which other reason?"), required=False,
            shown_if=(Condition("why", ("other",)),),
        ),
        Question(
            "help", "yes_no", Text("需要学校帮忙吗？", "Do you need help from the school?"), meaning="help",
        ),
        Question(
            "help_words", "text", Text("需要什么帮助？", "What do you need?"), required=False,
            shown_if=(Condition("help", ("yes",)),),
        ),
    )  # fmt: skip
