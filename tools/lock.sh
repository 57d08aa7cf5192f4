#!/bin/sh
# Writes both lock files: one resolution for every Python from 3.11 on and every platform, with the
# hashes of every file of a release. Settings of this machine, such as package folders of its own,
# are left out, so that a lock is the same wherever it is made.
set -eu
cd "$(dirname "$0")/.."

lock() {
	env -i PATH="$PATH" HOME="$HOME" ${SSL_CERT_FILE:+SSL_CERT_FILE="$SSL_CERT_FILE"} \
		.venv/bin/uv --no-config --quiet pip compile --universal --python-version 3.11 \
		--generate-hashes --upgrade --no-emit-index-url --no-emit-find-links \
		--custom-compile-command "make lock" --output-file "$1.txt" "$1.in"
}

lock requirements
lock requirements-dev
