"""The long work of bank files, and what statements need each night. 银行文件任务"""

from __future__ import annotations

from datetime import datetime

from yingbao.agents.models import Appointment, Desk
from yingbao.collection.matching import match_by_reference
from yingbao.collection.models import BankAccount, BankFile
from yingbao.collection.recognising import recognise
from yingbao.exchange import banking
from yingbao.jobs.work import Running, work
from yingbao.values import clock


@work("bank.take")
def take_file(job: Running, *, bank_file: int) -> None:
    """Read an uploaded statement or result file and take it. 导入银行文件"""
    rows = Appointment.objects.filter(user=job.owner_id, organisation=job.organisation_id, desk=Desk.TAX)
    by = rows.select_related("user", "organisation").latest("since", "pk")
    file = BankFile.objects.select_related("account").get(pk=bank_file)
    banking.take(file=file, by=by, at=clock.now(), progress=job.progress)


def settle_by_night(*, at: datetime) -> tuple[int, int]:
    """Look again at what waits; returns how many lines were recognised and transfers matched. 夜间补判

    Bills, result files and declarations may have come since. Doing it again changes nothing.
    """
    recognised = matched = 0
    for area in sorted(set(BankAccount.objects.values_list("pooling_area", flat=True))):
        recognised += recognise(pooling_area=area, at=at)
        matched += match_by_reference(pooling_area=area, at=at).arrivals
    return recognised, matched
