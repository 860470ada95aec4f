#!/bin/sh
# Makes .venv from a lock file: environment.sh run|test. Quick when nothing changed.
set -eu
lock="requirements/$1.txt"
mark=".venv/.installed-$1"
want="$(cat requirements/uv.txt "$lock" pyproject.toml setup/environment.sh | cksum)"
# The tests' environment holds all that the demonstration needs.
if [ "$1" = run ] && [ -f .venv/.installed-test ]; then exec "$0" test; fi
if [ -f "$mark" ] && [ "$(cat "$mark")" = "$want" ]; then exit 0; fi

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

find_python() {
  for name in python3.11 python3.12 python3.13 python3; do
    if command -v "$name" >/dev/null && "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
      command -v "$name"
      return
    fi
  done
  echo "Yingbao needs Python 3.11 or newer; install it (Debian: apt install python3) and try again." >&2
  exit 1
}

if [ ! -x .venv/bin/python ] || ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
  python="$(find_python)"
  echo "Making .venv with $python"
  rm -rf .venv
  if ! "$python" -m venv .venv 2>/dev/null; then
    # Debian keeps the module that fills a venv in a package of its own.
    version="$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')"
    as_root apt-get update -qq
    as_root apt-get install -y -qq "python$version-venv"
    rm -rf .venv
    "$python" -m venv .venv
  fi
fi

echo "Installing $lock (versions and hashes are pinned)"
.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt
# uv is quicker; pip knows the machine's own index settings, should uv not reach one.
if ! .venv/bin/uv pip install --quiet --compile-bytecode --python .venv/bin/python --require-hashes -r "$lock" 2>.venv/uv.log; then
  .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r "$lock"
fi
.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
# Some shells forbid Python to keep bytecode; without it every command starts half as fast.
.venv/bin/python -m compileall -q yingbao
echo "$want" > "$mark"
