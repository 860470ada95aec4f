"""Families and a school pay while the demonstration runs, through the simulated gateways and bank. 演示缴费

Everything goes the way it goes in life: orders to the gateway, notices back, transfers into a statement. Done once.
"""

from __future__ import annotations

import httpx

from yingbao.collection.models import Mandate, Obligation, Payment
from yingbao.collection.ordering import order
from yingbao.declaration.models import Declaration
from yingbao.demo.bodies import YUZHONG
from yingbao.demo.money import ACCOUNTS, DEBITED_ACCOUNT, PAYING_ACCOUNT
from yingbao.enrolment.lifecycle import State
from yingbao.enrolment.models import Enrolment
from yingbao.exchange import paying
from yingbao.values import clock
from yingbao.values.refusal import Refused

FAMILIES = 16
OPENING_FEN = 1_000_000_000
"""what a school's simulated account holds at first"""
UNKNOWN_FEN = 48_000
"""what a transfer brings of which nobody knows whose it is"""


def pay_once(bank_and_gateways: str) -> int:
    """Let families of Yuzhong and schools of Suzhou pay; returns how many families did, 0 if it was done before."""
    if Payment.objects.exists():
        return 0
    with httpx.Client(base_url=bank_and_gateways, timeout=10) as simulators:
        home = {"number": ACCOUNTS[1].number, "name": ACCOUNTS[1].holder, "kind": "authority", "home": True}
        simulators.post("/control/bank/accounts", json=home).raise_for_status()
        _schools_transfer(simulators)
        return _families_pay(simulators)


def who_pay() -> list[Enrolment]:
    """The children for whom the demonstration pays, or nobody once that is done. 演示缴费的孩子"""
    if Payment.objects.exists():
        return []
    able = Enrolment.objects.filter(
        season__pooling_area=YUZHONG, status="enrolled", channel="online",
        state__in=[State.DETERMINED, State.CONFIRMED],
    )  # fmt: skip
    return list(able.select_related("season", "person", "organisation").order_by("organisation", "pk")[: FAMILIES + 1])


def _families_pay(simulators: httpx.Client) -> int:
    """Every second family by WeChat, the others by Alipay; the third brings two children at once."""
    children = who_pay()
    families = [children[2:4], *([one] for one in (*children[:2], *children[4:]))]
    paid = 0
    for place, family in enumerate(families):
        now = clock.now()
        try:
            payment = order(
                enrolments=family, channel="alipay" if place % 2 else "wechat", kind="qr", payer="家长", at=now,
                token=f"demonstration-{place}",
            )  # fmt: skip
        except Refused:
            continue  # a case of the demonstration that cannot pay online, and is told why on its page
        paying.place(payment=payment, now=now)
        simulators.post("/control/pay", json={"channel": payment.channel, "order": payment.number}).raise_for_status()
        paid += 1
    return paid


def _schools_transfer(simulators: httpx.Client) -> None:
    """A school pays in full with its reference; another sum comes without one."""
    declared = Declaration.objects.filter(method="transfer", state="accepted").order_by("pk").first()
    if declared is None:
        return
    _open(simulators, PAYING_ACCOUNT, declared.organisation.name)
    if (mandate := Mandate.objects.select_related("organisation").first()) is not None:
        _open(simulators, DEBITED_ACCOUNT, mandate.holder)
    due = sum(Obligation.objects.filter(declaration=declared).values_list("due_fen", flat=True))
    transfers = [
        {"payer_name": declared.organisation.name, "amount_fen": due, "remark": f"医保费 {declared.reference}"},
        {"payer_name": "个人", "amount_fen": UNKNOWN_FEN, "remark": "孩子医保"},
    ]
    for transfer in transfers:
        body = transfer | {"payer_account": PAYING_ACCOUNT, "account": ACCOUNTS[0].number}
        simulators.post("/control/bank/transfer", json=body).raise_for_status()


def _open(simulators: httpx.Client, number: str, name: str) -> None:
    account = {"number": number, "name": name, "kind": "school", "opening_fen": OPENING_FEN}
    simulators.post("/control/bank/accounts", json=account).raise_for_status()
