"""Notices on their way to the platform: the real retry schedules, run at the speed asked for. 通知投递"""

from __future__ import annotations

import logging
import secrets
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import httpx

from simulators import settlement, trading
from simulators.alipay import notices as alipay
from simulators.clock import stamped
from simulators.rows import Attempt, Delivery, Order, Refund
from simulators.wechat import notices as wechat
from simulators.world import World

log = logging.getLogger(__name__)

MINUTE, HOUR = 60, 3600
SCHEDULES = {
    "wechat": (
        15,
        15,
        30,
        3 * MINUTE,
        10 * MINUTE,
        20 * MINUTE,
        *[30 * MINUTE] * 3,
        HOUR,
        *[3 * HOUR] * 3,
        6 * HOUR,
        6 * HOUR,
    ),
    "alipay": (4 * MINUTE, 10 * MINUTE, 10 * MINUTE, HOUR, 2 * HOUR, 6 * HOUR, 15 * HOUR),
}
"""seconds from a failed try to the next"""
PATIENCE = 5.0
"""true seconds until a try without an answer has failed"""
HELD = 3 * MINUTE
"""a notice that is to come out of order waits at most so long for another one"""
WIDTH = 8


class Deliveries:
    """The one who carries notices, finishes refunds and settles at the right time. 投递员"""

    def __init__(self, world: World) -> None:
        self.world = world
        self._client = httpx.Client(timeout=PATIENCE, trust_env=False, follow_redirects=False)
        self._pool = ThreadPoolExecutor(WIDTH, thread_name_prefix="notice")
        self._wake = threading.Event()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="deliveries", daemon=True)
        for delivery in world.store.find(Delivery, state="sending"):
            delivery.state = "waiting"
            world.store.put(delivery)

    def start(self) -> None:
        """Carry from now on."""
        self._thread.start()

    def stop(self) -> None:
        """Finish what is on its way and carry no more."""
        self._stopping = True
        self._wake.set()
        self._thread.join(PATIENCE + 1)
        self._pool.shutdown(wait=True)
        self._client.close()

    def wake(self) -> None:
        """Look at once: something new is due, or the clock has moved."""
        self._wake.set()

    def announce(self, order: Order, refund: Refund | None = None, unasked: bool = False) -> list[Delivery]:
        """Let a notice of this order or refund go out; `unasked` passes by every rule that would hold it back."""
        world, url = self.world, (refund.notify_url if refund else "") or order.notify_url
        numbers = [order.number, *([refund.number] if refund else [])]
        take = world.rules.take
        if not url or (not unasked and take(order.channel, numbers, "silent")):
            return []
        late = 0.0 if unasked else float(take(order.channel, numbers, "late") or 0)
        held = not unasked and bool(take(order.channel, numbers, "reorder"))
        copies = 1 if unasked else 1 + int(take(order.channel, numbers, "duplicate") or 0)
        identity = secrets.token_hex(16)
        wait = late + (HELD if held else 0)
        made = [
            Delivery(
                key=f"{identity}{copy:03d}",
                channel=order.channel,
                about="refunded" if refund else "paid",
                order=order.number,
                refund=refund.number if refund else "",
                url=url,
                made=world.clock.stamp(),
                due_true=time.time() + wait / world.speed,
                due_moved=stamped(world.clock.now() + timedelta(seconds=wait)),
                state="held" if held else "waiting",
            )
            for copy in range(copies)
        ]
        world.store.put(*made)
        self.wake()
        return made

    def deliver(self, delivery: Delivery) -> Attempt:
        """One try, now, in this thread; plans the next one if it fails."""
        world = self.world
        build = wechat.notice if delivery.channel == "wechat" else alipay.notice
        url, headers, body = build(world, delivery)
        world.replayable[delivery.channel, delivery.order] = (url, headers, body)
        status, taken = self.send(delivery.channel, url, headers, body)
        attempt = Attempt(
            key=f"{world.store.next('attempt'):09d}",
            at=world.clock.stamp(),
            channel=delivery.channel,
            about=delivery.about,
            order=delivery.order,
            refund=delivery.refund,
            attempt=delivery.attempt + 1,
            status=status,
            taken=int(taken),
        )
        schedule = SCHEDULES[delivery.channel]
        if taken:
            delivery.state = "done"
        elif delivery.attempt >= len(schedule):
            delivery.state = "given_up"
        else:
            wait = schedule[delivery.attempt]
            delivery.due_true = time.time() + wait / world.speed
            delivery.due_moved = stamped(world.clock.now() + timedelta(seconds=wait))
            delivery.state = "waiting"
        delivery.attempt += 1
        world.store.put(delivery, attempt)
        self._release(delivery)
        self.wake()
        return attempt

    def send(self, channel: str, url: str, headers: dict[str, str], body: bytes) -> tuple[int, bool]:
        """Post a notice: the status that came back, 0 for none, and whether it counts as taken."""
        try:
            answer = self._client.post(url, headers=headers, content=body)
        except httpx.HTTPError:
            return 0, False
        if channel == "wechat":
            return answer.status_code, answer.status_code in (200, 204)
        return answer.status_code, answer.status_code == 200 and answer.content == b"success"

    def _release(self, sent: Delivery) -> None:
        """Another notice has gone out, so those that are to come out of order may follow."""
        for held in self.world.store.find(Delivery, channel=sent.channel, state="held"):
            held.state, held.due_true = "waiting", time.time()
            self.world.store.put(held)

    def _run(self) -> None:
        while not self._stopping:
            self._wake.clear()
            try:
                self._carry()
                self._finish_refunds()
                settlement.settle(self.world)
            except Exception:
                log.exception("the simulators go on, but this was not meant to happen")
            self._wake.wait(self._pause())

    def _deliver(self, delivery: Delivery) -> None:
        """In a thread of the pool, where nobody would see a fault."""
        try:
            self.deliver(delivery)
        except Exception:
            log.exception("a notice could not be built")

    def _pause(self) -> float:
        """True seconds until something may be due; the moved clock is looked at twice a second."""
        due = [row.due_true for row in self.world.store.find(Delivery, "state IN ('waiting', 'held')")]
        due += [row.due_true for row in self.world.store.find(Refund, state="PROCESSING")]
        return max(0.005, min([0.5, *(moment - time.time() for moment in due if moment > time.time() - 1)]))

    def _carry(self) -> None:
        world = self.world
        with world.store.changing():
            due = world.store.find(
                Delivery,
                "state IN ('waiting', 'held') AND (due_true <= ? OR due_moved <= ?)",
                time.time(),
                world.clock.stamp(),
            )
            for delivery in due:
                delivery.state = "sending"
            world.store.put(*due)
        for delivery in due:
            self._pool.submit(self._deliver, delivery)

    def _finish_refunds(self) -> None:
        world = self.world
        due = world.store.find(
            Refund, "state = 'PROCESSING' AND (due_true <= ? OR due_moved <= ?)", time.time(), world.clock.stamp()
        )
        for refund in due:
            order = trading.order_of(world, refund.channel, refund.order)
            numbers = [refund.number, refund.order]
            if order is None or world.rules.take(refund.channel, numbers, "refund_processing"):
                refund.due_true, refund.due_moved = (
                    time.time() + HELD,
                    stamped(world.clock.now() + timedelta(seconds=HELD)),
                )
                world.store.put(refund)
                continue
            abnormal = world.rules.take(refund.channel, numbers, "refund_abnormal")
            finished = trading.finish_refund(world, refund, "ABNORMAL" if abnormal else "SUCCESS")
            self.announce(order, finished)
