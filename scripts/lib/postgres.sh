# shellcheck shell=bash
# A throw-away PostgreSQL: on 127.0.0.1 and a free port, for as long as the tests run, never on disk for good.

postgres_dir=
postgres_user=

find_postgres() {
  local found
  found=$(find /usr/lib/postgresql -mindepth 3 -maxdepth 3 -path '*/bin/initdb' 2>/dev/null | sort -V | tail -n 1)
  if [ -z "$found" ]; then found=$(command -v initdb) || return 1; fi
  dirname "$(readlink -f "$found")"
}

# PostgreSQL refuses to run as root.
as_postgres() {
  if [ -n "$postgres_user" ]; then
    (cd / && setpriv --reuid="$postgres_user" --regid="$(id -g "$postgres_user")" --clear-groups --reset-env -- "$@")
  else
    "$@"
  fi
}

start_postgres() {
  local bin port try
  bin=$(find_postgres)
  postgres_dir=$(mktemp -d /tmp/zoop-pg.XXXXXX)
  if [ "$(id -u)" -eq 0 ]; then
    postgres_user=postgres
    id "$postgres_user" >/dev/null 2>&1 || postgres_user=nobody
    chown "$postgres_user" "$postgres_dir"
  fi
  as_postgres "$bin/initdb" -D "$postgres_dir/data" -U postgres -A trust --locale=C --encoding=UTF8 --no-sync \
    >"$postgres_dir.log"
  for try in 1 2 3 4 5 6 7 8; do
    port=$((20000 + (RANDOM * 32768 + RANDOM) % 12000))
    if as_postgres "$bin/pg_ctl" -D "$postgres_dir/data" -s -w -t 30 -l "$postgres_dir/log" start -o "\
        -c listen_addresses=127.0.0.1 -c port=$port -c unix_socket_directories=$postgres_dir \
        -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=300 \
        -c shared_buffers=64MB -c log_min_messages=warning" 2>/dev/null; then
      export ZOOP_TEST_POSTGRES_URL="postgres://postgres@127.0.0.1:$port/postgres"
      printf '%s on port %d\n' "$("$bin/postgres" --version)" "$port"
      return
    fi
    printf 'PostgreSQL did not start on port %d (try %d)\n' "$port" "$try"
  done
  cat "$postgres_dir/log" >&2 || true
  return 1
}

stop_postgres() {
  [ -n "$postgres_dir" ] || return 0
  if [ -e "$postgres_dir/data/postmaster.pid" ]; then
    as_postgres "$(find_postgres)/pg_ctl" -D "$postgres_dir/data" -s -w -m immediate stop >/dev/null 2>&1 || true
  fi
  rm -rf "$postgres_dir" "$postgres_dir.log"
  postgres_dir=
}
