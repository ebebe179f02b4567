#!/bin/sh
# Makes .venv from the lock file, on a machine that has nothing but Python.
# uv is fetched first, by pip and with its hash, because it fills the environment in seconds where pip takes a minute.
set -eu

LOCK=requirements-dev.lock
VENV=.venv
CANDIDATES=${PYTHON:-"python3.13 python3.12 python3.11 python3 python"}

say() { echo "make: $*"; }
fail() { echo "make: $*" >&2; exit 1; }

new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }
can_make_venv() { "$1" -c 'import ensurepip, venv' >/dev/null 2>&1; }

find_python() {
    found=""
    for name in $CANDIDATES; do
        new_enough "$name" || continue
        found=$name
        if can_make_venv "$name"; then echo "$name"; return; fi
    done
    if [ -n "$found" ]; then
        fail "$found cannot make virtual environments. On Debian or Ubuntu: apt-get install python3-venv"
    fi
    fail "Tieout needs Python 3.11 or newer and found none (tried: $CANDIDATES)." \
        "Install one, or name it: make PYTHON=/path/to/python3.12 ..."
}

if ! new_enough "$VENV/bin/python"; then
    python=$(find_python)
    say "creating $VENV with $("$python" --version 2>&1)"
    "$python" -m venv --clear "$VENV"
fi

uv_with_hashes() { awk '/^uv==/ { keep = 1 } keep { print } keep && !/\\$/ { exit }' "$LOCK"; }

say "installing what $LOCK names"
uv_with_hashes >"$VENV/uv.lock"
"$VENV/bin/python" -m pip install -qq --disable-pip-version-check --require-hashes -r "$VENV/uv.lock"
if ! "$VENV/bin/uv" pip sync --quiet --system-certs --require-hashes --python "$VENV/bin/python" "$LOCK"; then
    say "uv could not reach the packages; pip does it instead, which takes about a minute"
    "$VENV/bin/python" -m pip install -qq --disable-pip-version-check --require-hashes -r "$LOCK"
fi
touch "$VENV/installed"
