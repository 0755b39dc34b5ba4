# Sourced by demo, test, check and docs: goes to the project's root and offers `set_up`. POSIX sh.
#
# `set_up PROFILE` makes sure that .venv holds what PROFILE needs (demo or dev). It does nothing when nothing has
# changed since the last time, so that the scripts work without a network once they have run.

set -eu
unset CDPATH PYTHONPATH PYTHONHOME
cd "$(dirname "$0")/.."
export PIP_DISABLE_PIP_VERSION_CHECK=1

say() { printf '%s\n' "$*" >&2; }

fail() {
    say "$(basename "$0"): $*"
    exit 1
}

is_new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }

# Prints the interpreter to use: $PYTHON if it is set, else the first on the path that is new enough.
find_python() {
    if [ -n "${PYTHON:-}" ] && ! is_new_enough "$PYTHON"; then
        fail "PYTHON=$PYTHON is no Python 3.11 or newer"
    fi
    for candidate in "${PYTHON:-python3}" python3.13 python3.12 python3.11 python; do
        if is_new_enough "$candidate"; then
            printf '%s\n' "$candidate"
            return
        fi
    done
    fail "no Python 3.11 or newer found; install one, or name it: PYTHON=/path/to/python $0"
}

# make_venv FOLDER PYTHON
make_venv() {
    if ! "$2" -c 'import ensurepip, venv' >/dev/null 2>&1; then
        fail "this Python cannot make virtual environments; on Debian and Ubuntu: apt install python3-venv"
    fi
    rm -rf "$1"
    "$2" -m venv "$1"
    "$1/bin/python" -m pip install --quiet --constraint scripts/constraints.txt --upgrade pip
}

# What an environment depends on: the declared dependencies, where it stands, and the interpreter.
fingerprint() {
    { cat pyproject.toml scripts/constraints.txt scripts/setup.sh; pwd; "$1" -VV; } | cksum
}

# is_set_up FOLDER PROFILE: the environment is there, works, and was made for what the project declares now.
is_set_up() {
    [ -f "$1/.set-up-$2" ] && [ "$(cat "$1/.set-up-$2")" = "$(fingerprint "$1/bin/python" 2>/dev/null)" ]
}

# install FOLDER PYTHON PROFILE: a demo needs the command line, development all the rest, too.
install() {
    if is_set_up "$1" dev || is_set_up "$1" "$3"; then
        return
    fi
    say "setting up $1"
    if [ ! -f "$1/.location" ] || [ "$(cat "$1/.location")" != "$(pwd)" ] || ! is_new_enough "$1/bin/python"; then
        make_venv "$1" "$2"
        pwd >"$1/.location"
    fi
    rm -f "$1"/.set-up-*
    if [ "$3" = dev ]; then
        "$1/bin/python" -m pip install --quiet --constraint scripts/constraints.txt --editable '.[all]' --group dev
    else
        "$1/bin/python" -m pip install --quiet --constraint scripts/constraints.txt --editable '.[cli]'
    fi
    fingerprint "$1/bin/python" >"$1/.set-up-$3"
}

# set_up PROFILE
set_up() {
    if is_set_up .venv dev || is_set_up .venv "$1"; then
        return
    fi
    python=$(find_python) || exit 1
    install .venv "$python" "$1"
}
