#!/bin/sh
# Makes .venv with what a lock file names; does nothing when it is there already.
#   tools/ensure-dependencies.sh requirements.txt
set -eu
cd "$(dirname "$0")/.."
lock=$1
python=.venv/bin/python

stop() {
	echo "$1" >&2
	exit 1
}

is_new_enough() {
	"$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

find_python() {
	for candidate in ${PYTHON:-} python3.11 python3.12 python3.13 python3.14 python3; do
		if is_new_enough "$candidate"; then
			found=$candidate
			# Debian packs these two apart from Python itself.
			if "$candidate" -c 'import venv, ensurepip' 2>/dev/null; then
				echo "$candidate"
				return
			fi
		fi
	done
	[ -z "${found:-}" ] || stop "$found lacks its venv module. Install it: apt install python3-venv"
	stop "Python 3.11 or newer is needed. Install it: apt install python3 python3-venv"
}

# A virtual environment does not survive being moved, nor its Python being removed.
if ! is_new_enough $python; then
	chosen=$(find_python)
	rm -rf .venv
	"$chosen" -m venv .venv || stop "No virtual environment could be made. Install: apt install python3-venv"
fi

if cmp -s "$lock" ".venv/$lock"; then
	exit 0
fi

echo "Installing what $lock names into .venv"
$python -m pip install -qq --disable-pip-version-check --require-hashes --no-deps -r "$lock"
cp "$lock" ".venv/$lock"
if [ "$lock" = requirements-dev.txt ]; then
	# It names all that the other one does.
	cp requirements.txt .venv/requirements.txt
fi
