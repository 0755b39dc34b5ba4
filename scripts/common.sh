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

# Prints an interpreter that is there: $PYTHON if it is set, else the first on the path that is new enough.
find_python() {
    if [ -n "${PYTHON:-}" ] && ! is_new_enough "$PYTHON"; then
        fail "PYTHON=$PYTHON is no Python 3.11 or newer"
    fi
    for candidate in "${PYTHON:-python3}" python3.14 python3.13 python3.12 python3.11 python; do
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

# Prints the interpreter to develop with: $PYTHON if it is set, else the newest that can be had. From 3.14 on, measuring
# which lines and branches run costs next to nothing; before, it takes the tests half as long again.
newest_python() {
    if [ -z "${PYTHON:-}" ]; then
        for version in 3.14 3.13 3.12; do
            if scripts/interpreter "$version" 2>/dev/null; then
                return
            fi
        done
    fi
    find_python
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
    if [ "$1" = dev ]; then
        set_up_environment .venv dev --editable '.[all]' --group dev
        return
    fi
    say "setting up .venv"
    python=$(find_python) || exit 1
    make_venv .venv "$python"
    .venv/bin/python -m pip install --quiet --constraint scripts/constraints.txt --editable '.[cli]'
    fingerprint .venv/bin/python >".venv/.set-up-$1"
}

# set_up_environment FOLDER PROFILE WHAT...: makes the environment anew if it is not what PROFILE needs.
set_up_environment() {
    folder=$1 profile=$2
    shift 2
    if is_set_up "$folder" "$profile"; then
        return
    fi
    set_up_tools
    say "setting up $folder"
    python=$(newest_python) || exit 1
    .cache/tools/bin/uv venv --quiet --clear --seed --python "$python" "$folder"
    .cache/tools/bin/uv pip install --quiet --python "$folder/bin/python" --constraint scripts/constraints.txt "$@"
    fingerprint "$folder/bin/python" >"$folder/.set-up-$profile"
}

# What makes environments, and interpreters that the machine lacks.
set_up_tools() {
    if is_set_up .cache/tools tools; then
        return
    fi
    say "setting up .cache/tools"
    python=$(find_python) || exit 1
    make_venv .cache/tools "$python"
    .cache/tools/bin/python -m pip install --quiet --constraint scripts/constraints.txt --group tools
    fingerprint .cache/tools/bin/python >.cache/tools/.set-up-tools
}

# What the tests need besides .venv.
set_up_tests() {
    set_up_tools

    # The vendor's SDK, to compare with. It has the import name of ours, so it gets an environment of its own.
    if [ ! -f .venv-vendor/.set-up ] || [ "$(cat .venv-vendor/.set-up)" != "$VENDOR_SDK" ]; then
        say "setting up .venv-vendor"
        rm -rf .venv-vendor
        .cache/tools/bin/uv venv --quiet --python .cache/tools/bin/python .venv-vendor
        # shellcheck disable=SC2086 # one word a requirement
        .cache/tools/bin/uv pip install --quiet --python .venv-vendor/bin/python setuptools $VENDOR_SDK
        printf '%s\n' "$VENDOR_SDK" >.venv-vendor/.set-up
    fi

    # The environment of the documentation site, which is built and searched.
    set_up_environment .venv-docs docs --group docs

    # The core dependencies as wheels, from which the built package is installed into an empty environment, offline.
    if [ ! -f .cache/wheels/.set-up ] || [ scripts/constraints.txt -nt .cache/wheels/.set-up ]; then
        say "fetching the wheels of the core dependencies"
        rm -rf .cache/wheels
        # shellcheck disable=SC2086 # one word a requirement
        .cache/tools/bin/python -m pip download --quiet --only-binary :all: --constraint scripts/constraints.txt \
            --dest .cache/wheels $CORE_DEPENDENCIES
        : >.cache/wheels/.set-up
    fi
}
