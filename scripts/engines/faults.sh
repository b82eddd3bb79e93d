# What can go wrong with a machine, its engine and its cable. Sourced by engines.sh.

fault_crash() { local p; p=$(dockerd_of "$1"); [ -z "$p" ] || { kill -KILL "$p"; gone 100 "$p" || true; }; }
fault_term() {
  local p
  p=$(dockerd_of "$1")
  [ -n "$p" ] || return 0
  kill -CONT "$p"
  kill -TERM "$p"
  gone 400 "$p" || kill -KILL "$p"
}
fault_hang() { kill -STOP "$(dockerd_of "$1")"; }
fault_unhang() { kill -CONT "$(dockerd_of "$1")"; }

fault_freeze() { # its containers are below the machine's freezer already (--cgroup-parent)
  local c=/sys/fs/cgroup/freezer/$P-$1 p
  mkdir -p "$c/host"
  for p in $(pids_in "$1"); do
    grep -q ":freezer:/$P-$1/" "/proc/$p/cgroup" 2>/dev/null || echo "$p" >"$c/host/cgroup.procs" 2>/dev/null || true
  done
  echo FROZEN >"$c/freezer.state"
}
fault_thaw() { [ ! -e "/sys/fs/cgroup/freezer/$P-$1/freezer.state" ] || echo THAWED >"/sys/fs/cgroup/freezer/$P-$1/freezer.state"; }
pids_in() {
  local init p ns
  init=$(init_of "$1")
  [ -n "$init" ] || return 0
  ns=$(readlink "/proc/$init/ns/pid")
  for p in /proc/[0-9]*; do [ "$(readlink "$p/ns/pid" 2>/dev/null)" != "$ns" ] || echo "${p#/proc/}"; done
}
fault_power() {
  local p
  fault_thaw "$1"
  p=$(init_of "$1")
  [ -z "$p" ] || { kill -KILL "$p"; gone 200 "$p" || true; }
  rm -f "$(m "$1")/init.pid"
  cgroups_rm "$1"
}

net() { local i=$1; shift; nsenter --net="/run/netns/$P-$i" "$@"; }
rule() { local i=$1 c; shift; for c in INPUT OUTPUT; do net "$i" iptables -w -I "$c" 1 -m comment --comment "$P-fault" "$@"; done; }
fault_cut() { rule "$1" -j DROP; }
fault_reset() { net "$1" iptables -w -I INPUT 1 -p tcp -m comment --comment "$P-fault" -j REJECT --reject-with tcp-reset; }
fault_loss() { rule "$1" -m statistic --mode random --probability "0.$(printf %02d "$2")" -j DROP; } # no netem here: no delay
fault_rate() { net "$1" tc qdisc replace dev eth0 root tbf rate "$2kbit" burst 16kb latency 400ms; }
fault_heal() {
  local c
  net "$1" tc qdisc del dev eth0 root 2>/dev/null || true
  for c in INPUT OUTPUT; do while net "$1" iptables -w -S "$c" 1 | grep -q "$P-fault"; do net "$1" iptables -w -D "$c" 1; done; done
}
fault_unplug() { ip -n "$P-hub" link set "p$1" down; }
fault_plug() { ip -n "$P-hub" link set "p$1" up; }
