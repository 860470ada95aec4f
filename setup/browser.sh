#!/bin/sh
# What the browser tests need and Debian has: Chromium, and a font that shows Chinese.
set -eu
as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}
missing=""
command -v chromium >/dev/null || command -v chromium-browser >/dev/null || missing="$missing chromium"
if ! fc-list :lang=zh 2>/dev/null | grep -q .; then missing="$missing fontconfig fonts-noto-cjk"; fi
if [ -z "$missing" ]; then exit 0; fi
echo "Installing$missing"
as_root apt-get update -qq
as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
