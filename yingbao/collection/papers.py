"""The signed papers of receipts: drawn and signed once, kept as they were issued. 票据文件

A paper is made when it is first needed, by the platform each minute or by whoever asks for it. Drawing and signing
happen outside any transaction; of two at once one is kept, and both hand out that one.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from django.conf import settings
from django.db.models import F, FilteredRelation, Q

from yingbao.agents.models import Organisation, OrganisationKind
from yingbao.collection.models import Receipt, ReceiptPaper
from yingbao.enrolment.models import Season
from yingbao.enrolment.seasons import china_day, policy_of
from yingbao.paper import apart, signing
from yingbao.paper import receipt as drawing
from yingbao.paper.apart import Worth
from yingbao.paper.signing import Signer
from yingbao.policy.model import Policy
from yingbao.values import divisions
from yingbao.values.refusal import Refused
from yingbao.values.text import Text

Face = drawing.ReceiptPaper
BATCH = 20
"""So many papers are kept at once; what was kept when a worker dies is not made again."""
WAYS = {
    "wechat": Text("微信支付", "WeChat Pay"),
    "alipay": Text("支付宝", "Alipay"),
    "card": Text("刷卡", "card"),
    "transfer": Text("银行转账", "bank transfer"),
    "debit": Text("银行代扣", "direct debit"),
}
"""How the money came, as a paper says it."""

Progress = Callable[[int, int], None]


def make(*, receipts: Sequence[int], at: datetime, progress: Progress | None = None, until: float | None = None) -> int:
    """Make the papers of these receipts that have none; returns how many. 批量制作票据文件

    `until` is a moment of the monotonic clock after which no more are begun. Raises Refused if the signing key is
    missing: an unsigned receipt is never handed out.
    """
    signer, made = _signer(), 0
    for first in range(0, len(receipts), BATCH):
        some = receipts[first : first + BATCH]
        made += _keep([(key, face, _signed(face, signer, at)) for key, face in _without_paper(some).items()], at)
        if progress is not None:
            progress(first + len(some), len(receipts))
        if until is not None and time.monotonic() > until:
            break
    return made


def paper_of(*, receipt: Receipt, at: datetime) -> ReceiptPaper:
    """The paper of a receipt as it was issued; made now if nobody needed it before. 票据文件

    Raises Refused if the signing key is missing.
    """
    kept = ReceiptPaper.objects.filter(receipt=receipt).first()
    if kept is None:
        make(receipts=[receipt.pk], at=at)
        kept = ReceiptPaper.objects.get(receipt=receipt)
    return kept


def waiting(*, pooling_area: str, most: int) -> list[int]:
    """Valid receipts that have no paper yet, the oldest first. 待制票据"""
    rows = Receipt.objects.filter(series__pooling_area=pooling_area, voided_at__isnull=True, paper__isnull=True)
    return list(rows.order_by("pk").values_list("pk", flat=True)[:most])


def face_of(receipt: Receipt) -> Face:
    """What stands on a receipt's paper, word for word; of one not made yet, what would. 票面内容"""
    kept = ReceiptPaper.objects.filter(receipt=receipt).values_list("face", flat=True).first()
    return msgspec.convert(kept, Face) if kept is not None else faces([receipt.pk])[receipt.pk]


def faces(receipts: Collection[int]) -> dict[int, Face]:
    """What stands on the papers of these receipts, by the receipt's key. 票面内容"""
    rows = list(
        Receipt.objects.filter(pk__in=receipts)
        .annotate(
            document=FilteredRelation(
                "obligation__person__documents", condition=Q(obligation__person__documents__replaced_at__isnull=True)
            ),
            insured=F("obligation__person__name"),
            masked=F("document__number_masked"),
            season=F("obligation__season"),
            plan_year=F("obligation__plan_year"),
            first=F("obligation__enrolment__coverage_from"),
            last=F("obligation__enrolment__coverage_to"),
            paid_at=F("allocation__arrival__paid_at"),
            way=F("allocation__arrival__way"),
            before=F("replaces__number"),
        )
        .values(
            "pk", "number", "check_code", "payer", "amount_fen", "issued_at", "insured", "masked", "season",
            "plan_year", "first", "last", "paid_at", "way", "before",
        )
    )  # fmt: skip
    seasons = Season.objects.in_bulk({row["season"] for row in rows})
    collectors = _collectors({season.pooling_area for season in seasons.values()})
    return {row["pk"]: _face(row, seasons[row["season"]], collectors) for row in rows}


def _face(row: Mapping[str, Any], season: Season, collectors: dict[str, str]) -> Face:
    policy = policy_of(season)
    return Face(
        number=row["number"],
        check_code=row["check_code"],
        payer_name=row["payer"],
        insured_name=row["insured"],
        identity_masked=row["masked"] or "",
        collector=collectors[season.pooling_area],
        pooling_area_name=divisions.name(season.pooling_area).zh,
        item=_item(policy),
        plan_year=row["plan_year"],
        coverage_from=row["first"] or policy.cover_from,
        coverage_to=row["last"] or policy.cover_to,
        amount_fen=row["amount_fen"],
        paid_on=china_day(row["paid_at"]),
        channel=WAYS[row["way"]],
        issued_on=china_day(row["issued_at"]),
        verify_url=f"{settings.PLATFORM_URL}/verify/{row['number']}/{row['check_code']}",
        simulated=settings.DEMO,
        replaces=row["before"] or "",
    )


def _item(policy: Policy) -> Text:
    """What was paid for: the policy's name without its year, which stands beside it. 项目"""
    zh = policy.name.zh.removesuffix(f"{policy.plan_year} 年度")
    return Text(zh.strip(), policy.name.en.removesuffix(f", plan year {policy.plan_year}"))


def _collectors(pooling_areas: Collection[str]) -> dict[str, str]:
    """The tax authority of each pooling area, which collects and issues. 收款单位"""
    found = Organisation.objects.filter(
        kind=OrganisationKind.TAX_AUTHORITY, pooling_area__in=pooling_areas, active=True
    )
    names = dict(found.order_by("-pk").values_list("pooling_area", "name"))
    for area in set(pooling_areas) - names.keys():
        raise Refused(
            where=divisions.name(area).zh,
            what=Text(
                "平台上没有登记本统筹区的税务机关，票据没有收款单位", "no tax authority of this pooling area is known"
            ),
            mend=Text("请平台管理员登记税务机关。", "Have the administrator register it."),
        )
    return names


def _without_paper(receipts: Sequence[int]) -> dict[int, Face]:
    made = set(ReceiptPaper.objects.filter(receipt__in=receipts).values_list("receipt", flat=True))
    return faces([key for key in receipts if key not in made])


def _keep(papers: Sequence[tuple[int, Face, bytes]], at: datetime) -> int:
    """Store them; where another was faster, its paper stands."""
    before = set(
        ReceiptPaper.objects.filter(receipt__in=[key for key, _, _ in papers]).values_list("receipt", flat=True)
    )
    rows = [
        ReceiptPaper(
            receipt_id=key, pdf=pdf, sha256=hashlib.sha256(pdf).digest(), face=msgspec.to_builtins(face), made_at=at
        )
        for key, face, pdf in papers
        if key not in before
    ]
    ReceiptPaper.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def worth_of(pdf: bytes) -> Worth:
    """What the signature on anybody's file is worth, looked at in a process of its own. 验签"""
    return apart.check(pdf, folder=settings.SIGNING)


def is_sound(paper: ReceiptPaper) -> bool:
    """Whether the signature on a paper of ours holds under the certificates of today. 签名完好"""
    try:
        found = signing.check(bytes(paper.pdf), signer=_signer())
    except Refused:
        return False
    return found.intact and found.trusted


def _signer() -> Signer:
    """The platform's signing key. Raises Refused if it is missing."""
    try:
        return signing.load(settings.SIGNING)
    except (OSError, ValueError) as error:
        raise Refused(
            where=str(settings.SIGNING),
            what=Text("票据签名密钥缺失或读不出，票据不能签发", "the key that signs receipts is missing or unreadable"),
            mend=Text(
                "请管理员把 key.pem、certificate.pem、authority.pem 放进 YINGBAO_SIGNING 所指的文件夹。",
                "Have key.pem, certificate.pem and authority.pem put into the folder that YINGBAO_SIGNING names.",
            ),
        ) from error


def _signed(face: Face, signer: Signer, at: datetime) -> bytes:
    return signing.sign(drawing.draw_receipt(face), signer=signer, at=at)
