#!/usr/bin/env bash
# Starts and stops isolated Docker engines ("machines") on one Linux box, for tests.
#
# Each machine has its own network, mount, UTS, IPC and PID namespace, so that dockerd runs inside with its default paths, its own
# docker0, firewall rules, hostname and containerd, and never touches the box's own engine (a second dockerd in the box's network
# namespace would delete the first one's docker0). Killing a machine's init kills everything in it and drops its mounts and
# interfaces: nothing can leak.
#
#   up N                start machines 1..N (does nothing for those that run)   down [i...]   end and remove all, or some
#   boot i              start machine i, or the engine in it                     machine i     machine i without an engine
#   status | json       what there is, as lines or JSON                          sweep         remove what dead owners left
#   docker i ARGS...    the docker CLI on machine i                              in i CMD...   run a command inside machine i
#   load FILE           load an image tar into all machines                      client CMD... run CMD in the machines' own network
#   ssh                 start sshd in all machines                               swarm         join all machines to one swarm
# Faults:
#   crash i             kill -9 the engine (containers go on)                    term i        end the engine, wait until it has
#   hang i, unhang i    stop the engine's process: connect works, no answer      power i       the machine dies at once
#   freeze i, thaw i    stop everything in the machine                           unplug i, plug i   the machine's cable
#   cut i               drop its packets without a word                          reset i       answer its TCP packets with RST
#   loss i PERCENT      lose packets both ways                                   rate i KBIT   slow down what it sends
#   heal i              end cut, reset, loss and rate
#
# Environment: EN_PREFIX (eng, at most 6 characters), EN_OWNER (a pid: when it has gone, `sweep` removes these machines),
#   EN_TLS=1 also listens on tcp with TLS, EN_UPLINK=1 makes the machines' addresses reachable from the caller's network,
#   EN_NET (198.18.0), EN_DOCKERD (dockerd), EN_ARGS (more flags for it), EN_CGROUP=2, EN_SSHD (more flags for sshd),
#   EN_TMPFS (e.g. 256m: /var/lib/docker is a tmpfs of that size), EN_ROOT (a tree of another system that holds another dockerd,
#   made by debootstrap), EN_SHARE (folders to show in such a machine). What a machine was first started with holds for its
#   later starts.
# Needs root, iproute2, iptables, util-linux, procps, tini, curl, docker.io; openssl for TLS, openssh-server for ssh.
set -euo pipefail
HERE=$(dirname "$(readlink -f "$0")")
BASE=/tmp/slipway-engines
P=${EN_PREFIX:-eng} NET=${EN_NET:-198.18.0} TLS=${EN_TLS:-} UPLINK=${EN_UPLINK:-}
DIR=$BASE/$P
[ ! -s "$DIR/hub" ] || . "$DIR/hub" # the network that these machines were started with
die() { echo "engines.sh: $*" >&2; exit 1; }
[ ${#P} -le 6 ] || die "EN_PREFIX: 6 characters at most (they become names of interfaces)"

m() { echo "$DIR/$1"; } # a machine's directory
ip_of() { echo "$NET.$((10 + $1))"; }
machines() { find "$DIR" -mindepth 1 -maxdepth 1 -type d -regex '.*/[0-9]+' -printf '%f\n' 2>/dev/null | sort -n; }
need() { [ -n "${1:-}" ] && [ -d "$(m "$1")" ] || die "no machine '${1:-}'"; }
alive() { [ -n "${1:-}" ] && kill -0 "$1" 2>/dev/null && ! grep -q '^State:.Z' "/proc/$1/status" 2>/dev/null; }
# A pid counts only while it is the process that we started: its start time stands beside it.
started() { cut -d' ' -f22 "/proc/$1/stat" 2>/dev/null || true; }
put_pid() { echo "$2 $(started "$2")" >"$1"; }
pid_of() {
  local p s
  [ -s "$1" ] && read -r p s <"$1" && [ -n "$s" ] && [ "$(started "$p")" = "$s" ] && echo "$p" || true
}
gone() { local n=$1 p=$2; while alive "$p"; do n=$((n - 1)); [ "$n" -gt 0 ] || return 1; sleep 0.05; done; }
each() { local i pids=() p; for i in $(machines); do "$@" "$i" & pids+=($!); done; for p in "${pids[@]}"; do wait "$p"; done; }

. "$HERE/engines/machine.sh"
. "$HERE/engines/faults.sh"
. "$HERE/engines/access.sh"

cmd=${1:-help}
[ "$(id -u)" = 0 ] || [ "$cmd" = help ] || die "root is needed"
case $cmd in up | boot | machine | down | power | swarm | ssh) # one at a time; -o: the machines must not inherit the lock
  mkdir -p -m 700 "$BASE"
  [ -O "$BASE" ] || die "$BASE belongs to somebody else"
  [ -n "${EN_LOCKED:-}" ] || EN_LOCKED=1 exec flock -o -w 120 "$BASE/$P.lock" "$0" "$@" ;;
esac
shift || true
case $cmd in
up)
  pids=()
  hub_up
  for i in $(seq "${1:-1}"); do boot "$i" & pids+=($!); done
  for p in "${pids[@]}"; do wait "$p" || die "a machine did not start"; done ;;
boot) hub_up; boot "$1" ;;
machine) hub_up; machine_up "$1" ;;
down)
  if [ $# -gt 0 ]; then for i in "$@"; do remove "$i"; done; else down_all; fi ;;
sweep)
  for dir in "$BASE"/*/; do
    [ -s "$dir/owner" ] && [ -z "$(pid_of "$dir/owner")" ] && EN_PREFIX=$(basename "$dir") "$0" down || true
  done ;;
status)
  for i in $(machines); do
    s=down; [ -z "$(init_of "$i")" ] || s=machine; [ -z "$(dockerd_of "$i")" ] || s=dockerd; ! answers "$i" || s=answering
    echo "$i $P-$i $(ip_of "$i") $s init=$(init_of "$i") dockerd=$(dockerd_of "$i") unix://$(m "$i")/run/docker.sock"
  done ;;
json)
  sep=
  printf '{"certs":"%s/tls","sshKey":"%s/ssh/id","engines":[' "$DIR" "$DIR"
  for i in $(machines); do
    printf '%s{"id":%s,"name":"%s","socket":"%s/run/docker.sock","host":"%s","tlsPort":2376,"sshPort":22}' \
      "$sep" "$i" "$P-$i" "$(m "$i")" "$(ip_of "$i")"
    sep=,
  done
  echo ']}' ;;
in) need "${1:-}"; enter "$@" ;;
client) exec nsenter --net="/run/netns/$P-hub" -- "$@" ;;
docker) need "${1:-}"; dk "$@" ;;
load) file=$1; load_into() { dk "$1" load -qi "$file"; }; each load_into ;;
ssh) command -v sshd >/dev/null || die "openssh-server is not installed"; ssh_keys; each sshd ;;
swarm) swarm ;;
crash | term | hang | unhang | freeze | thaw | cut | reset | loss | rate | heal | unplug | plug | power)
  need "${1:-}"; "fault_$cmd" "$@" ;;
*) sed -n '2,/^set /{/^set /!s/^# \{0,1\}//p}' "$0" ;;
esac
