"""Direct-debit agreements: the agent enters one, an officer holds it against the paper before it is used. 扣款协议"""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from django.db import IntegrityError, transaction

from yingbao.agents.models import Appointment, Desk
from yingbao.collection.accounts import NUMBER, kept
from yingbao.collection.advising import check_collector
from yingbao.collection.models import DebitItem, Mandate
from yingbao.enrolment.seasons import china_day
from yingbao.sealing import sealed
from yingbao.values.plain import compact, spaced
from yingbao.values.refusal import Refused
from yingbao.values.text import Text


class Signed(NamedTuple):
    """What stands on the paper that payer, bank and authority have signed. 协议内容"""

    number: str
    signed_on: date
    bank: str
    bank_code: str
    """of the bank in the payment system; empty if it is our own bank"""
    holder: str
    account: str


def enter(*, signed: Signed, by: Appointment, at: datetime) -> Mandate:
    """A clerk of the agent enters its agreement; its account is sealed. 录入协议

    Raises Refused for what cannot stand in a bank's file, for a number that is taken, while another is active.
    """
    number, account = compact(signed.number), compact(signed.account)
    holder, bank, code = spaced(signed.holder), spaced(signed.bank), compact(signed.bank_code)
    if by.desk not in (Desk.SCHOOL, Desk.COMMUNITY):
        what = Text("只有学校或社区可以录入协议", "only a school or community enters its agreement")
        raise _refused(by.organisation.name, what, Text("请申报单位录入", "leave it to the agent"))
    checks = [
        (NUMBER.fullmatch(account), Text("账号应为 5 至 34 位数字或字母", "an account has 5 to 34 digits or letters")),
        (_fits(number, 35), Text("协议号应为 1 至 35 位字母、数字或横线", "a number has up to 35 letters and digits")),
        (0 < len(holder) <= 100 and 0 < len(bank) <= 100, Text("请填写户名和开户行", "holder and bank are needed")),
        (not code or (code.isdigit() and len(code) == 12), Text("行号应为 12 位数字", "a bank's code has 12 digits")),
        (signed.signed_on <= china_day(at), Text("签订日期在今天之后", "it is signed after today")),
    ]
    for right, what in checks:
        if not right:
            raise _refused(number or by.organisation.name, what, Text("照协议原件更正", "copy it from the paper"))
    columns = kept(account)
    try:
        with transaction.atomic():
            return Mandate.objects.create(
                organisation=by.organisation, number=number, signed_on=signed.signed_on, bank=bank, bank_code=code,
                holder=holder, account_cipher=columns.cipher, account_masked=columns.masked, entered_at=at,
                entered_by=by.user,
            )  # fmt: skip
    except IntegrityError as error:
        taken = Mandate.objects.filter(number=number).exists()
        what = (
            Text("这个协议号已经录入过", "an agreement of this number was entered before")
            if taken
            else Text("本单位已有一份有效或待核验的协议", "there is an active agreement already")
        )
        mend = Text("先终止原来的协议，或核对协议号", "end the old one first, or compare the number")
        raise _refused(number, what, mend) from error


def verify(*, mandate: Mandate, by: Appointment, at: datetime) -> Mandate:
    """An officer has compared it with the signed paper and the bank: it may be used. 核验通过"""
    with transaction.atomic():
        locked = _locked(mandate, by)
        if locked.state == "verified":
            return locked
        _check_state(locked, "signed")
        if locked.entered_by_id == by.user_id:
            what = Text("录入人不能核验自己录入的协议", "who entered it cannot verify it")
            raise _refused(locked.number, what, Text("请另一人核验", "let someone else verify it"))
        locked.state, locked.verified_at, locked.verified_by = "verified", at, by.user
        locked.save(update_fields=["state", "verified_at", "verified_by"])
        return locked


def refuse(*, mandate: Mandate, reason: str, by: Appointment, at: datetime) -> Mandate:
    """An officer found it wrong and says why. 核验未通过"""
    with transaction.atomic():
        locked = _locked(mandate, by)
        _check_state(locked, "signed")
        locked.state, locked.reason = "refused", _reason(locked, reason)
        locked.save(update_fields=["state", "reason"])
        return locked


def end(*, mandate: Mandate, reason: str, by: Appointment, at: datetime) -> Mandate:
    """The agent or an officer ends it from today on; debits on their way go on. 终止协议"""
    with transaction.atomic():
        locked = Mandate.objects.select_for_update().get(pk=mandate.pk)
        if by.organisation_id != locked.organisation_id:
            check_collector(locked.organisation.pooling_area, by)
        if locked.state == "ended":
            return locked
        _check_state(locked, "signed", "verified")
        locked.state, locked.ended_on, locked.reason = "ended", china_day(at), _reason(locked, reason)
        locked.save(update_fields=["state", "ended_on", "reason"])
        return locked


def account_of(item: DebitItem) -> str:
    """The payer's account in the clear, for the bank's file and nothing else. 扣款账号"""
    return sealed.unseal(item.mandate.account_cipher)


def _fits(number: str, most: int) -> bool:
    return 0 < len(number) <= most and number.isascii() and number.replace("-", "").isalnum()


def _locked(mandate: Mandate, by: Appointment) -> Mandate:
    locked = Mandate.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=mandate.pk)
    check_collector(locked.organisation.pooling_area, by)
    return locked


def _check_state(mandate: Mandate, *states: str) -> None:
    if mandate.state not in states:
        what = Text("协议现在是“{state}”", "the agreement is {state} now").filled(
            state=Text(mandate.get_state_display(), mandate.state)
        )
        raise _refused(mandate.number, what, Text("刷新页面看最新状态", "reload the page"))


def _reason(mandate: Mandate, reason: str) -> str:
    if not reason.strip():
        what = Text("没有写明理由", "there is no reason")
        raise _refused(mandate.number, what, Text("写明理由", "say why"))
    return reason.strip()[:200]


def _refused(where: str, what: Text, mend: Text) -> Refused:
    return Refused(where=where, what=what, mend=mend)
