"""Looks at a stranger's PDF in a process of its own, with bounds. 隔离验签

A few bytes can unpack into all memory there is, or keep a reader busy for hours. In a child that costs its sender an
answer and the platform nothing. The child is given the authority's certificates and the file, and never the key.
"""

from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path

import msgspec

MOST_MEMORY = 768 * 1024 * 1024
MOST_SECONDS = 10
"""Of the processor, and twice that by the clock: reading a receipt takes a tenth of a second."""


class Worth(msgspec.Struct, frozen=True):
    """What the signature on a file is worth; `signed` is false also of what cannot be read. 签名效力"""

    signed: bool
    intact: bool
    trusted: bool


UNREADABLE = Worth(False, False, False)


def check(pdf: bytes, *, folder: Path) -> Worth:
    """Check a file's signature by the authority's certificates in a signing folder; nothing is raised. 隔离验签"""
    try:
        child = subprocess.run(  # noqa: S603  our own program; the file comes on its standard input
            [sys.executable, "-I", "-m", "yingbao.paper.apart", str(folder)],
            input=pdf, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={}, cwd="/", timeout=2 * MOST_SECONDS,
            check=False,
        )  # fmt: skip
        return msgspec.json.decode(child.stdout, type=Worth)
    except (subprocess.TimeoutExpired, msgspec.DecodeError):
        return UNREADABLE


def main() -> None:
    """The child: one file in, one answer out. 子进程"""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # Not before there are bounds.
    from pyhanko.keys import load_certs_from_pemder

    from yingbao.paper import signing
    from yingbao.paper.authority import AUTHORITY

    folder = Path(sys.argv[1])
    trusted, between = (
        tuple(load_certs_from_pemder([str(folder / name)])) if (folder / name).exists() else ()  # type: ignore[no-untyped-call]
        for name in (AUTHORITY, signing.CHAIN)
    )
    # Nothing is signed here, so there is no key.
    nobody = signing.Signer(None, trusted, between)  # type: ignore[arg-type]
    found = signing.check(sys.stdin.buffer.read(), signer=nobody)
    sys.stdout.buffer.write(msgspec.json.encode(Worth(found.signed, found.intact, found.trusted)))


if __name__ == "__main__":
    main()
