# shellcheck shell=bash
# Steps with a heading and a time each; what failed is named at the end.

steps=()
times=()
current=

bold() { if [ -t 1 ]; then printf '\033[1m%s\033[0m\n' "$1"; else printf '%s\n' "$1"; fi; }

# step NAME COMMAND…: runs the command under a heading; the first failure ends the run.
# The command runs in this shell, under `set -e`, so it must not be part of a condition.
step() {
  local name=$1 from=$SECONDS
  shift
  current=$name
  printf '\n'
  bold "== $name"
  "$@"
  current=
  steps+=("$name")
  times+=($((SECONDS - from)))
}

# The time of each step. To be called from the exit trap with the exit code.
summary() {
  local code=$1 at
  if [ "${#steps[@]}" -eq 0 ] && [ -z "$current" ]; then return; fi
  printf '\n'
  bold "== Steps"
  for at in "${!steps[@]}"; do
    printf '  ok      %4d s  %s\n' "${times[$at]}" "${steps[$at]}"
  done
  if [ "$code" -ne 0 ]; then
    printf '  FAILED          %s\n' "${current:-(between steps)}"
    printf '\nscripts/test: the step "%s" failed (exit code %d) after %d s in all.\n' "${current:-?}" "$code" "$SECONDS"
  else
    printf '\nscripts/test: all %d steps passed in %d s.\n' "${#steps[@]}" "$SECONDS"
  fi
}
