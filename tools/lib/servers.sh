# shellcheck shell=bash
# Programs of the tree that a script runs beside itself, with a directory for their files; all is gone when the
# script ends. To be sourced, from the top directory; packages.sh is needed only for build_release.

place=$(mktemp -d)
declare -A started_pids=()

end_all() {
  trap '' INT TERM HUP # once is enough
  local started
  mapfile -t started < <(jobs -p)
  kill "${started[@]}" 2>/dev/null || true
  wait
  rm -rf "$place"
}
trap end_all EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

build_release() {
  cmake --preset release >"$place/cmake.log" 2>&1 || {
    cat "$place/cmake.log" >&2
    exit 1
  }
  cmake --build --preset release
}

# start NAME IS_READY COMMAND...: runs the command until the end of this script, with its output in
# $place/NAME.log; returns when IS_READY NAME succeeds.
start() {
  local name=$1 is_ready=$2 pid
  : >"$place/$name.log" # what an earlier one said is not to be taken for its word
  "${@:3}" >"$place/$name.log" 2>&1 &
  pid=$!
  started_pids[$name]=$pid
  until "$is_ready" "$name"; do
    if ! kill -0 "$pid" 2>/dev/null; then
      echo "$name did not start:" >&2
      cat "$place/$name.log" >&2
      exit 1
    fi
    sleep 0.05
  done
}

# end NAME: SIGTERM; returns when it has ended. Fails if that was not well.
end() {
  kill "${started_pids[$1]}"
  wait "${started_pids[$1]}" || {
    echo "$1 did not end well:" >&2
    cat "$place/$1.log" >&2
    exit 1
  }
}

# For start: a cbv-sim; a cbvd that listens at $place/NAME.socket.
sim_is_ready() { grep -q '^ready ' "$place/$1.log"; }
cbvd_is_ready() { [[ -S $place/$1.socket ]]; }

sim_says() { # dns or smtp: where cbv-sim listens
  sed -n "s/^ready .*\\b$1=\\([^ ]*\\).*/\\1/p" "$place/cbv-sim.log"
}
