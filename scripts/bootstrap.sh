#!/bin/sh
# Bring the locked environment into .venv on a bare machine: bootstrap.sh [uv sync options]
#
# Needs python3 (3.11 or later) and the network (PyPI, npm). It needs no root, no sudo, no pip and no venv module, and it
# leaves the system as it is. uv, which installs the rest, is taken from the first of these that works:
#   1. the uv on the PATH, in ~/.local/bin or in ~/.cargo/bin;
#   2. var/tools, from an earlier run;
#   3. python3 -m venv, then pip             (Debian: only with the package python3-venv)
#   4. python3 -m pip install --target       (Debian: only with python3-pip; --target is allowed by PEP 668)
#   5. the pip wheel out of Debian's python3-pip-whl, fetched with apt-get download into var/tools, then as in 4.
# Debian 12 ships python3 without venv and pip, so a bare machine takes way 5.
set -eu

cd "$(dirname "$0")/.."
tools=var/tools
wanted='uv>=0.9,<1'
python=${PYTHON:-python3}

say() { printf '%s\n' "$*" >&2; }

find_uv() {
    for candidate in "$(command -v uv || true)" "$HOME/.local/bin/uv" "$HOME/.cargo/bin/uv" \
        "$tools/venv/bin/uv" "$tools/pip/bin/uv"; do
        if [ -n "$candidate" ] && [ -x "$candidate" ] && "$candidate" --version >/dev/null 2>&1; then
            printf '%s' "$candidate"
            return 0
        fi
    done
    return 1
}

uv_by_venv() {
    rm -rf "$tools/venv"
    "$python" -m venv "$tools/venv" >/dev/null 2>&1 && "$tools/venv/bin/pip" install --quiet "$wanted" && return 0
    rm -rf "$tools/venv"
    return 1
}

uv_by_pip() {
    "$python" -m pip --version >/dev/null 2>&1 && "$python" -m pip install --quiet --target "$tools/pip" --upgrade "$wanted"
}

uv_by_apt() {
    command -v apt-get >/dev/null 2>&1 || return 1
    # Package lists of our own: neither the lock nor the lists of the system are touched, so no root is needed.
    apt="$PWD/$tools/apt"
    mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial"
    set -- -qq -o "Dir::State::lists=$apt/lists" -o "Dir::Cache=$apt/cache" -o APT::Sandbox::User=root \
        -o Debug::NoLocking=1
    apt-get "$@" update || return 1
    (cd "$apt" && apt-get "$@" download python3-pip-whl && dpkg-deb -x python3-pip-whl_*.deb .) || return 1
    wheel=$(ls "$apt"/usr/share/python-wheels/pip-*.whl | head -n 1)
    "$python" "$wheel/pip" install --quiet --target "$tools/pip" --upgrade "$wanted"
}

if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    say "Python 3.11 or later is needed ($python is not). On Debian 12: apt-get install python3"
    exit 1
fi
if ! uv=$(find_uv); then
    say "Fetching uv, the installer"
    mkdir -p "$tools"
    uv_by_venv || uv_by_pip || uv_by_apt || {
        say "uv could not be fetched. Check the network, or install it: https://docs.astral.sh/uv/"
        exit 1
    }
    uv=$(find_uv)
    rm -rf "$tools/apt"
fi
say "Installing the locked environment into .venv"
"$uv" sync --frozen "$@"
if [ ! -e src/lianfang/web/static/vendor/.stamp ]; then
    # uv takes an unchanged project from its cache without building it, and only the build brings the browser files.
    "$uv" sync --frozen --reinstall-package lianfang "$@"
fi
