#!/bin/sh
# Makes sure that there is a Chromium for the browser tests; installs Debian's where that is allowed.
set -eu

for candidate in ${CHROMIUM:-} chromium-headless-shell chromium chromium-browser google-chrome; do
	if command -v "$candidate" >/dev/null 2>&1; then
		exit 0
	fi
done

install="apt-get install -y --no-install-recommends chromium-headless-shell fonts-liberation"
if command -v apt-get >/dev/null 2>&1; then
	if [ "$(id -u)" = 0 ]; then
		as_root=
	elif sudo -n true 2>/dev/null; then
		as_root="sudo -n"
	fi
fi
if [ -z "${as_root+allowed}" ]; then
	echo "The browser tests need Chromium. Install it (apt install chromium-headless-shell), or name one in CHROMIUM." >&2
	exit 1
fi
echo "Installing Chromium for the browser tests"
export DEBIAN_FRONTEND=noninteractive
$as_root apt-get update -qq
$as_root $install >/dev/null
