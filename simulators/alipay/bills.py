"""Alipay's bill of a day: a zip with details and summary as GBK CSV. 支付宝账单"""

from __future__ import annotations

import io
import zipfile
from datetime import date, timedelta

from simulators import activity
from simulators.activity import Entry
from simulators.alipay.notices import BUYER_LOGIN
from simulators.clock import plain
from simulators.keys import ALIPAY_SELLER
from simulators.world import World, yuan

DETAIL = (
    "支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,门店编号,门店名称,操作员,终端号,对方账户,订单金额（元）,商家实收（元）,"
    "支付宝红包（元）,集分宝（元）,支付宝优惠（元）,商家优惠（元）,券核销金额（元）,券名称,商家红包消费金额（元）,卡消费金额（元）,退款批次号/请求号,"
    "服务费（元）,分润（元）,备注"
)
SUMMARY = (
    "门店编号,门店名称,交易订单总笔数,退款订单总笔数,订单金额（元）,商家实收（元）,支付宝优惠（元）,商家优惠（元）,卡消费金额（元）,服务费（元）,"
    "分润（元）,实收净额（元）"
)
CODEC = "gbk"


def detail_line(entry: Entry) -> str:
    """A payment or a refund; long numbers end in a tab so that no spreadsheet shortens them."""
    back = bool(entry.refund)
    got = entry.paid_fen - entry.refund_fen
    cells = [
        f"{entry.transaction}\t",
        f"{entry.order}\t",
        "退款" if back else "交易",
        entry.description.replace(",", "，"),
        plain(entry.made),
        plain(entry.at),
        "",
        "",
        "",
        "",
        f"蔷*({BUYER_LOGIN})",
        yuan(got),
        yuan(got),
        *["0.00"] * 5,
        "",
        "0.00",
        "0.00",
        entry.refund,
        yuan(-entry.fee_fen),
        "0.00",
        entry.attach.replace(",", "，"),
    ]
    return ",".join(cells)


def _frame(title: str, list_title: str, day: str, header: str, lines: list[str], ending: list[str]) -> bytes:
    after = (date.fromisoformat(day) + timedelta(days=1)).isoformat()
    begin, end = day.replace("-", "年", 1).replace("-", "月", 1), after.replace("-", "年", 1).replace("-", "月", 1)
    text = [
        f"#支付宝{title}查询",
        f"#账号：[{ALIPAY_SELLER}0156]",
        f"#起始日期：[{begin}日 00:00:00]   终止日期：[{end}日 00:00:00]",
        f"#-----------------------------------------{list_title}----------------------------------------",
        header,
        *lines,
        f"#-----------------------------------------{list_title}结束------------------------------------",
        *ending,
    ]
    return "".join(f"{line}\r\n" for line in text).encode(CODEC, errors="replace")


def bill(world: World, day: str) -> bytes | None:
    """The zip; None where nothing moved."""
    entries = activity.billed(world, "alipay", day)
    if not entries:
        return None
    paid, back = [entry for entry in entries if not entry.refund], [entry for entry in entries if entry.refund]
    got, given = sum(entry.paid_fen for entry in paid), sum(entry.refund_fen for entry in back)
    fees = sum(entry.fee_fen for entry in entries)
    made = plain(world.clock.stamp())
    made = f"#导出时间：[{made[:4]}年{made[5:7]}月{made[8:10]}日 {made[11:]}]"
    endings = [
        f"#交易合计：{len(paid)}笔，商家实收共{yuan(got)}元，商家优惠共0.00元",
        f"#退款合计：{len(back)}笔，商家实收退款共{yuan(-given)}元，商家优惠退款共0.00元",
        made,
    ]
    details = _frame("业务明细", "业务明细列表", day, DETAIL, [detail_line(entry) for entry in entries], endings)
    total = ["合计", "", str(len(paid)), str(len(back)), yuan(got - given), yuan(got - given)]
    total += ["0.00", "0.00", "0.00", yuan(-fees), "0.00", yuan(got - given - fees)]
    summary = _frame("业务汇总", "业务汇总列表", day, SUMMARY, [",".join(total)], [made])
    stem = f"{ALIPAY_SELLER}0156_{day.replace('-', '')}"
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(_named(f"{stem}_业务明细.csv"), details)
        archive.writestr(_named(f"{stem}_业务明细(汇总).csv"), summary)
    return packed.getvalue()


class _Gbk(zipfile.ZipInfo):
    """A member whose name stands in GBK without the mark for UTF-8, as the real archive has it."""

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:  # noqa: N802
        return self.filename.encode(CODEC), self.flag_bits & ~0x800


def _named(name: str) -> zipfile.ZipInfo:
    member = _Gbk(name, (2019, 1, 1, 0, 0, 0))
    member.compress_type = zipfile.ZIP_DEFLATED
    return member
