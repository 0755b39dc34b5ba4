# Sourced by the other scripts: goes to the project's root and offers what they share. POSIX sh.
#
# `set_up PROFILE` makes sure that .venv holds what PROFILE needs (demo or dev). It does nothing when nothing has
# changed since the last time, so that the scripts work without a network once they have run.

set -eu
unset CDPATH PYTHONPATH PYTHONHOME
unset PYTHONDONTWRITEBYTECODE # the tests start hundreds of processes, each of which would compile all that it imports
cd "$(dirname "$0")/.."
export PIP_DISABLE_PIP_VERSION_CHECK=1

VENDOR_SDK="pandadoc-python-client==6.2.0 urllib3==2.8.0 python-dateutil==4.0.0"
CORE_DEPENDENCIES="httpx attrs python-dateutil sniffio"

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
    { cat pyproject.toml scripts/constraints.txt scripts/common.sh; pwd; "$1" -VV; } | cksum
}

# is_set_up FOLDER PROFILE: the environment is there, works, and was made for what the project declares now.
is_set_up() {
    [ -f "$1/.set-up-$2" ] && [ "$(cat "$1/.set-up-$2")" = "$(fingerprint "$1/bin/python" 2>/dev/null)" ]
}

# set_up PROFILE: a demo needs the command line, development all the rest, too.
set_up() {
    if is_set_up .venv dev || is_set_up .venv "$1"; then
        return
    fi
    python=$(find_python) || exit 1
    say "setting up .venv"
    if [ ! -f .venv/.location ] || [ "$(cat .venv/.location)" != "$(pwd)" ] || ! is_new_enough .venv/bin/python; then
        make_venv .venv "$python"
        pwd >.venv/.location
    fi
    rm -f .venv/.set-up-*
    if [ "$1" = dev ]; then
        .venv/bin/python -m pip install --quiet --constraint scripts/constraints.txt --editable '.[all]' --group dev
    else
        .venv/bin/python -m pip install --quiet --constraint scripts/constraints.txt --editable '.[cli]'
    fi
    fingerprint .venv/bin/python >".venv/.set-up-$1"
}

# What the tests need besides .venv.
set_up_tests() {
    # The vendor's SDK, to compare with. It has the import name of ours, so it gets an environment of its own.
    if [ ! -f .venv-vendor/.set-up ] || [ "$(cat .venv-vendor/.set-up)" != "$VENDOR_SDK" ]; then
        say "setting up .venv-vendor"
        rm -rf .venv-vendor
        .venv/bin/uv venv --quiet --python .venv/bin/python .venv-vendor
        # shellcheck disable=SC2086 # one word a requirement
        .venv/bin/uv pip install --quiet --python .venv-vendor/bin/python setuptools $VENDOR_SDK
        printf '%s\n' "$VENDOR_SDK" >.venv-vendor/.set-up
    fi

    # The core dependencies as wheels, from which the built package is installed into an empty environment, offline.
    if [ ! -f .cache/wheels/.set-up ] || [ scripts/constraints.txt -nt .cache/wheels/.set-up ]; then
        say "fetching the wheels of the core dependencies"
        rm -rf .cache/wheels
        # shellcheck disable=SC2086 # one word a requirement
        .venv/bin/python -m pip download --quiet --only-binary :all: --constraint scripts/constraints.txt \
            --dest .cache/wheels $CORE_DEPENDENCIES
        : >.cache/wheels/.set-up
    fi
}
