"""`python -m simulators`: start, say where everything is, serve until told to stop. 启动"""

from __future__ import annotations

import argparse
import logging
import signal
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from werkzeug.serving import WSGIRequestHandler, make_server

from simulators import inbox
from simulators.app import App
from simulators.bank import book
from simulators.clock import read
from simulators.deliveries import Deliveries
from simulators.reports import Reports
from simulators.world import FEE_RATE, World, opened

SPEED = 600.0


class Quiet(WSGIRequestHandler):
    """Keeps addresses out of the log; what was delivered stands in /control/log. 静默"""

    protocol_version = "HTTP/1.1"

    def log_request(self, code: Any = "-", size: Any = "-") -> None:
        """Nothing."""


def arguments(given: list[str]) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m simulators", description="Simulated WeChat Pay, Alipay and bank")
    parser.add_argument("--home", type=Path, required=True, help="keys, memory and the platform's configuration")
    parser.add_argument("--port", type=int, default=8900, help="0 takes a free one")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--platform", default="http://127.0.0.1:8000", help="where notices go")
    parser.add_argument("--speed", type=float, default=SPEED, help="how much faster than life notices are retried")
    parser.add_argument("--now", type=read, help="2019-11-12T10:00:00+08:00; else where the clock last stood")
    parser.add_argument(
        "--since", type=float, help="true seconds of the epoch at which it stood --now; else: at the start"
    )
    parser.add_argument("--fee", type=int, default=FEE_RATE, help="ten-thousandths of each payment")
    return parser.parse_args(given)


def addresses(world: World) -> str:
    """What is printed at the start."""
    return "\n".join(
        [
            f"wechat    {world.address}/wechat",
            f"alipay    {world.address}/alipay/gateway.do",
            f"bank      {world.address}/bank",
            f"phones    {world.address}/phones/",
            f"control   {world.address}/control/state",
            f"gateways  {world.keys.gateways}",
            f"now       {world.clock.stamp()}",
            "ready",
            "",
        ]
    )


def main(given: list[str]) -> None:
    """Run until SIGTERM or SIGINT."""
    asked = arguments(given)
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    now = asked.now
    if now is not None and asked.since is not None:
        now += timedelta(seconds=time.time() - asked.since)
    world = opened(asked.home.absolute(), asked.platform, asked.speed, now, asked.fee)
    book.open_first_accounts(world)
    inbox.prepare(world)
    deliveries, reports = Deliveries(world), Reports(world)
    app = App(world, deliveries, reports)
    server = make_server(asked.host, asked.port, app, threaded=True, request_handler=Quiet)
    world.address = f"http://{asked.host}:{server.server_port}"
    world.keys.write_configuration(world.address, world.platform)
    inbox.write_configuration(world)
    for name in (signal.SIGTERM, signal.SIGINT):
        # shutdown() waits for the serving loop, so it may not run in the loop's own thread.
        signal.signal(name, lambda *_: threading.Thread(target=server.shutdown).start())
    deliveries.start()
    reports.start()
    sys.stdout.write(addresses(world))
    sys.stdout.flush()
    server.serve_forever(poll_interval=0.05)
    reports.stop()
    deliveries.stop()
    server.server_close()
    world.store.close()


if __name__ == "__main__":
    main(sys.argv[1:])
