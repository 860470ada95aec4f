"""WeChat's bills of a day: trades and fund flow, every field behind a backtick. 微信支付账单"""

from __future__ import annotations

from collections.abc import Iterable

from simulators import activity
from simulators.activity import Entry
from simulators.clock import plain
from simulators.keys import APP_ID, MERCHANT
from simulators.wechat.answers import PAYER
from simulators.world import World, yuan

TRADE = (
    "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,应结订单金额,代金券金额,"
    "微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注"
)
TRADE_SUMS = "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额"
FLOW = (
    "记账时间,微信支付业务单号,资金流水单号,业务名称,业务类型,收支类型,收支金额(元),账户结余(元),"
    "资金变更提交申请人,备注,业务凭证号"
)
FLOW_SUMS = "资金流水总笔数,收入笔数,收入金额,支出笔数,支出金额"


def marked(values: Iterable[object]) -> str:
    """A line whose fields cannot be taken for numbers; commas inside become blanks as the real bill has it."""
    return ",".join(f"`{str(value).replace(',', ' ')}" for value in values)


def _file(header: str, lines: list[str], sums_header: str, sums: str) -> bytes:
    """With a byte order mark and Windows line ends, as downloaded."""
    return ("\ufeff" + "".join(f"{line}\r\n" for line in [header, *lines, sums_header, sums])).encode()


def fee(fen: int) -> str:
    """A fee with the five decimals of the bill."""
    return yuan(fen) + "000"


def trade_line(world: World, entry: Entry) -> str:
    """A payment or a refund as the trade bill has it."""
    back = bool(entry.refund)
    rate = f"{world.fee_rate // 100}.{world.fee_rate % 100:02d}%"
    return marked(
        [
            plain(entry.at),
            APP_ID,
            MERCHANT,
            "0",
            "",
            entry.transaction,
            entry.order,
            PAYER,
            "MWEB" if entry.way == "H5" else entry.way,
            "REFUND" if back else "SUCCESS",
            "OTHERS",
            "CNY",
            yuan(entry.paid_fen),
            "0.00",
            entry.refund_serial or "0",
            entry.refund or "0",
            yuan(entry.refund_fen),
            "0.00",
            "ORIGINAL" if back else "",
            "SUCCESS" if back else "",
            entry.description,
            entry.attach,
            fee(entry.fee_fen),
            rate,
            "0.00" if back else yuan(entry.order_fen),
            yuan(entry.refund_fen),
            "",
        ]
    )


def trade_bill(world: World, day: str, kind: str = "ALL") -> bytes | None:
    """The trade bill (`kind` ALL, SUCCESS or REFUND); None where nothing moved."""
    entries = activity.billed(world, "wechat", day)
    entries = [entry for entry in entries if kind == "ALL" or (kind == "REFUND") == bool(entry.refund)]
    if not entries:
        return None
    paid, back = sum(entry.paid_fen for entry in entries), sum(entry.refund_fen for entry in entries)
    fees = sum(entry.fee_fen for entry in entries)
    sums = marked([len(entries), yuan(paid), yuan(back), "0.00", fee(fees), yuan(paid), yuan(back)])
    return _file(TRADE, [trade_line(world, entry) for entry in entries], TRADE_SUMS, sums)


def flow_bill(world: World, day: str) -> bytes | None:
    """Payments, refunds, fees and payouts with the balance after each; None where nothing moved. 资金账单"""
    balance = 0
    moves: list[tuple[str, str, str, str, str, int]] = []
    for other in activity.days(world, "wechat"):
        if other < day:
            balance += sum(entry.net_fen for entry in activity.day_of(world, "wechat", other))
    for payout in world.store.setting("wechat payouts", []):
        if payout["day"] < day:
            balance -= int(payout["fen"])
        elif payout["day"] == day:
            proof = payout["bill"].replace("-", "")
            moves.append((f"{day}T08:00:00+08:00", f"5000{proof}", "自动提现", "提现", proof, -int(payout["fen"])))
    for entry in activity.day_of(world, "wechat", day):
        serial = entry.refund_serial or entry.transaction
        if entry.refund:
            moves.append((entry.at, serial, "退款", "退款", entry.refund, -entry.refund_fen))
            moves.append((entry.at, serial, "退还交易手续费", "扣除交易手续费", entry.refund, -entry.fee_fen))
        else:
            moves.append((entry.at, serial, "交易", "交易", entry.order, entry.paid_fen))
            moves.append((entry.at, serial, "扣除交易手续费", "扣除交易手续费", entry.order, -entry.fee_fen))
    moves = sorted((move for move in moves if move[5]), key=lambda move: move[0])
    if not moves:
        return None
    lines, taken, given = [], [0, 0], [0, 0]
    for place, (at, serial, name, kind, proof, fen) in enumerate(moves, 1):
        balance += fen
        side = taken if fen > 0 else given
        side[0] += 1
        side[1] += abs(fen)
        flow = f"{day.replace('-', '')}{place:010d}"
        way = "收入" if fen > 0 else "支出"
        cells = [plain(at), serial, flow, name, kind, way, yuan(abs(fen)), yuan(balance), "system", "", proof]
        lines.append(marked(cells))
    sums = marked([len(moves), taken[0], yuan(taken[1]), given[0], yuan(given[1])])
    return _file(FLOW, lines, FLOW_SUMS, sums)
