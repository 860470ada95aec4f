"""What `yingbao demo` does once there is a database: fill it, say who can sign in, and serve. 演示"""

from __future__ import annotations

import math
import os
import threading
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import msgspec
from django.db import transaction

from yingbao.demo import bodies, filling, introduction, logins, mark, paying, phones, samples, second_step
from yingbao.demo.environment import FIRST_DAY, NOTED_EVERY_SECONDS, note_clock
from yingbao.demo.mark import EDITION, Mark
from yingbao.demo.serving import (
    NAME,
    Ended,
    Processes,
    free_port,
    listen,
    until_asked_to_end,
    wait_for_first_page,
)
from yingbao.enrolment.determining import refresh
from yingbao.enrolment.models import Season
from yingbao.people.models import IdentityDocument
from yingbao.sealing.sealed import NotUnsealed, unseal
from yingbao.values import clock
from yingbao.values.refusal import Refused
from yingbao.values.text import Language, Text

Say = Callable[[str], None]
SIMULATORS_PORT = 8900
SIMULATED = Text(
    "模拟的微信、支付宝和银行（不动真钱）：{url}/bank", "Simulated WeChat, Alipay and bank, no real money: {url}/bank"
)
PHONES = Text(
    "模拟手机，平台发出的短信、验证码和微信消息都在这里看：{url}/phones/",
    "Simulated phones: short messages, codes and WeChat messages that the platform sends: {url}/phones/",
)
PAID = Text("{n} 个家庭刚通过模拟渠道缴费。", "{n} families have just paid through the simulated channels.")
USUAL_CHILDREN, USUAL_SEED = 8_000, 2020


def filled(home: Path, *, children: int | None, seed: int | None, language: Language, say: Say) -> Mark:
    """The demonstration in the database, filled now if there is none. 准备演示数据"""
    wanted = (children or USUAL_CHILDREN, USUAL_SEED if seed is None else seed)
    there = mark.found() or _fill(home, *wanted, language, say)
    _check_keys(home)
    logins.open_accounts(home)
    there = _brought_to(clock.today(), there)
    asked = (children or there.children, there.seed if seed is None else seed)
    if asked != (there.children, there.seed) or there.demonstration != EDITION:
        other = Text(
            "库中已有 {n} 名儿童的演示数据（seed {seed}）；要重新生成请加 --fresh。",
            "A demonstration of {n} children (seed {seed}) is there already; --fresh makes it anew.",
        )
        say(other.filled(n=f"{there.children:,}", seed=there.seed).said(language))
    return there


def _fill(home: Path, children: int, seed: int, language: Language, say: Say) -> Mark:
    begun = Text("正在生成 {n} 名虚构儿童的演示数据……", "Making a season of {n} made-up children …")
    say(begun.filled(n=f"{children:,}").said(language))
    made = Mark(demonstration=EDITION, children=children, seed=seed, day=FIRST_DAY)
    with transaction.atomic():
        mark.lock()
        if (there := mark.found()) is not None:
            return there
        mark.refuse_unless_empty()
        filling.fill(
            children=children,
            seed=seed,
            open_accounts=logins.begin(home),
            progress=lambda done, total: say(f"  {done:,} / {total:,}") if total > filling.BATCH else None,
        )
        mark.write(made)
    return made


def _brought_to(day: date, there: Mark) -> Mark:
    """The demonstration on that day: on another one than before, everyone is decided afresh, as each night. 换日"""
    if there.day == day:
        return there
    for season in Season.objects.order_by("pk"):
        refresh(season=season, as_of=day, at=clock.now())
    moved = msgspec.structs.replace(there, day=day)
    mark.write(moved)
    return moved


def _check_keys(home: Path) -> None:
    """Raise Refused if what lies in the database was sealed under other keys. 核对密钥"""
    document = IdentityDocument.objects.order_by("pk").first()
    try:
        if document is not None:
            unseal(bytes(document.number_cipher))
    except NotUnsealed:
        raise Refused(
            where=str(home / "keys.json"),
            what=Text("密钥不是加密这份演示数据的那一份", "These are not the keys that sealed this demonstration"),
            mend=Text(
                "找回原来的密钥文件，或加 --fresh 重新生成。",
                "Bring the file of keys back, or give --fresh to make it anew.",
            ),
        ) from None


def introduced(home: Path, there: Mark, *, language: Language, say: Say) -> None:
    """Say who can sign in, with which files to try, and where the awkward cases are. 演示说明"""
    found = filling.all_bodies(there.children)
    _, plan, _ = filling.everyone(there.children, there.seed)
    school = next(share for share in plan if share.body.code == bodies.NEWCOMERS_DUE)
    paths = samples.write(home / "samples", seed=there.seed, school=school.body, pupils=school.count)
    cases_at = introduction.write_cases(home / "cases.txt", there.seed, found)
    say(introduction.logins_table(logins.passwords(home), found))
    say(second_step.said(home).said(language))
    for path in paths:
        say(f"  {path}  {samples.FILES[path.name].said(language)}")
    cases = Text("特殊情形及所在位置：{path}", "Where the awkward cases are found: {path}")
    say(cases.filled(path=cases_at).said(language))
    families = Text(
        "家长页 /family/（验证码在模拟手机上）和缴费页 /pay/ 可用的孩子：{path}",
        "Children to try /family/ (codes arrive on the simulated phones) and /pay/ with: {path}",
    )
    say(families.filled(path=introduction.write_families(home / "families.txt")).said(language))


def serve(home: Path, port: int, *, began: float, meanwhile: Callable[[], None], language: Language, say: Say) -> None:
    """Serve until asked to end; all that was started here ends with it. 提供服务

    With the platform come the simulated gateways and bank, in a process of their own.

    `meanwhile` is done while the processes start.
    """
    with until_asked_to_end() as asked:
        listener = listen(port)
        taken = listener.getsockname()[1]
        if taken != port:
            moved = Text("端口 {port} 已被占用，改用 {taken}。", "Port {port} is taken; using {taken}.")
            say(moved.filled(port=port, taken=taken).said(language))
        processes = Processes()
        platform = os.environ["YINGBAO_URL"] = f"http://{NAME}:{taken}"
        try:
            processes.start("serve", "--bind", f"fd://{listener.fileno()}", hand_on=[listener.fileno()])
            listener.close()
            processes.start("work")
            outside = processes.start_simulators(
                home=home / "simulators", port=free_port(SIMULATORS_PORT), platform=platform, now=clock.now()
            )
            phones.approve(outside)
            meanwhile()
            wait_for_first_page(taken, processes, asked)
            say(SIMULATED.filled(url=outside).said(language))
            say(PHONES.filled(url=outside).said(language))
            if not asked.is_set():
                ready = Text(
                    "应保已就绪（{seconds} 秒）：http://{host}:{port}/    按 Ctrl-C 结束",
                    "Yingbao is ready ({seconds} s): http://{host}:{port}/    Ctrl-C ends it",
                )
                seconds = f"{time.monotonic() - began:.1f}"
                say(ready.filled(seconds=seconds, host=NAME, port=taken).said(language))
                if families := paying.pay_once(outside):
                    say(PAID.filled(n=families).said(language))
            _wait(home, processes, asked)
        except Ended as ended:
            raise Refused(
                where=f"yingbao {ended}",
                what=Text("进程意外结束", "the process ended by itself"),
                mend=Text("原因见上面的输出。", "Its own words above say why."),
            ) from None
        finally:
            processes.end()
            note_clock(home, clock.now())


def _wait(home: Path, processes: Processes, asked: threading.Event) -> None:
    """Until asked to end or a process ended: the clock's place is written down now and then. 运行中"""
    noted = -math.inf
    while not asked.wait(0.5):
        processes.watch()
        if time.monotonic() - noted >= NOTED_EVERY_SECONDS:
            note_clock(home, clock.now())
            noted = time.monotonic()
