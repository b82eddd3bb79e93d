# Machines: their namespaces, the engine inside, and their end. Sourced by engines.sh.

init_of() { pid_of "$(m "$1")/init.pid"; }
dockerd_of() { # the engine is init's child on purpose (see boot)
  local p
  p=$(init_of "$1")
  [ -z "$p" ] || pgrep -P "$p" -x dockerd | head -1 || true
}
enter() { # i CMD...
  local p
  p=$(init_of "$1")
  [ -n "$p" ] || die "machine $1 is not running"
  shift
  nsenter -t "$p" --mount --uts --ipc --net --pid --wdns=/ -- "$@"
}
dk() { local i=$1; shift; docker -H "unix://$(m "$i")/run/docker.sock" "$@"; }
answers() { curl -sf -o /dev/null --max-time 2 --unix-socket "$(m "$1")/run/docker.sock" http://engine/_ping; }

# A bridge in a network namespace of its own joins the machines; with EN_UPLINK the caller's network namespace joins too.
hub_up() {
  mkdir -p "$DIR"
  [ -z "${EN_OWNER:-}" ] || [ -s "$DIR/owner" ] || put_pid "$DIR/owner" "$EN_OWNER"
  [ -z "$TLS" ] || authority # before machines start side by side
  [ -e "$DIR/hub" ] && [ -e "/run/netns/$P-hub" ] && return 0
  ip netns del "$P-hub" 2>/dev/null || true
  ip netns add "$P-hub"
  ip -n "$P-hub" link set lo up
  ip -n "$P-hub" link add br0 type bridge
  ip -n "$P-hub" addr add "$NET.1/24" dev br0
  ip -n "$P-hub" link set br0 up
  if [ -n "$UPLINK" ]; then
    # A client that polls a machine's address after `down` must get an error and not send packets out of the box: these routes stay.
    ip route replace unreachable 198.18.0.0/15 metric 4294967295
    ip route replace unreachable "$NET.0/24" metric 4294967295
    ip link del "$P-up" 2>/dev/null || true
    ip link add "$P-up" type veth peer name uplink netns "$P-hub"
    ip -n "$P-hub" link set dev uplink master br0 up
    ip addr add "$NET.254/24" dev "$P-up"
    ip link set "$P-up" up
  fi
  printf 'NET=%q UPLINK=%q\n' "$NET" "$UPLINK" >"$DIR/hub"
}

settings() { # what a machine was first started with holds for its later starts too
  local file
  file=$(m "$1")/settings
  if [ -s "$file" ]; then . "$file"; return; fi
  ARGS=${EN_ARGS:-} ROOT=${EN_ROOT:-} TMPFS=${EN_TMPFS:-} CGROUP=${EN_CGROUP:-} DOCKERD=${EN_DOCKERD:-dockerd}
  printf 'ARGS=%q ROOT=%q TMPFS=%q CGROUP=%q DOCKERD=%q TLS=%q\n' "$ARGS" "$ROOT" "$TMPFS" "$CGROUP" "$DOCKERD" "$TLS" >"$file"
}

machine_up() {
  local i=$1 d ns=$P-$1 tini up init ARGS ROOT TMPFS CGROUP DOCKERD TLS=$TLS
  d=$(m "$i")
  [ -z "$(init_of "$i")" ] || return 0
  tini=$(command -v tini || command -v docker-init) || die "tini is not installed"
  mkdir -p "$d/run/sshd" "$d/etc-docker" "$d/var-lib-docker" "$d/cgroup"
  settings "$i"
  rm -rf "$d/run/docker" "$d/run/docker.pid" "$d/run/docker.sock" # what a power loss left; /run is a tmpfs on a real host
  strays "$i"
  ip netns del "$ns" 2>/dev/null || true
  ip -n "$P-hub" link del "p$i" 2>/dev/null || true
  ip netns add "$ns"
  ip -n "$ns" link set lo up
  ip -n "$P-hub" link add "p$i" type veth peer name eth0 address "02:00:c6:12:00:$(printf %02x "$i")" netns "$ns"
  ip -n "$P-hub" link set dev "p$i" master br0 up
  ip -n "$ns" addr add "$(ip_of "$i")/24" dev eth0
  ip -n "$ns" link set dev eth0 up
  # No default route, and a resolver that refuses: a pull that cannot succeed fails at once instead of after 20 s, and nothing leaves.
  echo "nameserver 127.0.0.1" >"$d/resolv.conf"
  # setsid: a signal to the caller's process group must not end the machines; no inherited fds: a caller waiting for EOF goes on
  setsid nsenter --net="/run/netns/$ns" unshare --mount --propagation private --uts --ipc --pid --fork --kill-child=SIGKILL --mount-proc -- \
    sh -c "set -e; $(mounts "$d") hostname $ns; exec $tini -s -- sleep infinity" </dev/null >"$d/init.log" 2>&1 &
  up=$!
  for _ in $(seq 100); do
    init=$(pgrep -P "$up" | head -1 || true)
    [ -z "$init" ] || ! grep -q "^$tini" "/proc/$init/cmdline" 2>/dev/null || break
    init=
    sleep 0.03
  done
  [ -n "$init" ] || { cat "$d/init.log" >&2; die "machine $i did not start"; }
  put_pid "$d/init.pid" "$init"
}

# The shell commands that give a machine its mounts: own /run, /etc/docker, /var/lib/docker, and a sysfs of its network namespace
# (dockerd 28 reads /sys/class/net) with the box's cgroups, or cgroup v2 alone.
mounts() {
  local d=$1 s
  if [ "$CGROUP" = 2 ]; then echo "mount -t cgroup2 cgroup2 $d/cgroup;"; else echo "mount --rbind /sys/fs/cgroup $d/cgroup;"; fi
  echo "mount -t sysfs sysfs /sys; mount --rbind $d/cgroup /sys/fs/cgroup; umount -l $d/cgroup;"
  if [ -n "$ROOT" ]; then # the tree becomes the machine's root (a mere chroot is no mount point: dockerd 26 cannot unpack in it)
    mkdir -p "$ROOT/etc/docker" "$ROOT/var/lib/docker" "$ROOT/run" "$ROOT/.old"
    [ -e "$ROOT/etc/resolv.conf" ] || : >"$ROOT/etc/resolv.conf"
    echo "mount --bind $ROOT $ROOT; mount --rbind /dev $ROOT/dev; mount --rbind /sys $ROOT/sys; mount -t proc proc $ROOT/proc;"
    for s in "$DIR" ${EN_SHARE:-}; do mkdir -p "$ROOT$s"; echo "mount --bind $s $ROOT$s;"; done
  fi
  # a box on which no engine ever ran has neither of these
  [ -n "$ROOT" ] || mkdir -p /etc/docker /var/lib/docker
  echo "mount --bind $d/run $ROOT/run; mount --bind $d/etc-docker $ROOT/etc/docker; mount --bind $d/resolv.conf $ROOT/etc/resolv.conf;"
  if [ -n "$TMPFS" ]; then echo "mount -t tmpfs -o size=$TMPFS tmpfs $ROOT/var/lib/docker;"
  else echo "mount --bind $d/var-lib-docker $ROOT/var/lib/docker;"; fi
  [ -z "$ROOT" ] || echo "cd $ROOT; pivot_root . .old; cd /; umount -l /.old;"
}

boot() {
  local i=$1 d tcp=() ARGS ROOT TMPFS CGROUP DOCKERD TLS=$TLS # each machine has its own settings
  d=$(m "$i")
  [ -z "$(dockerd_of "$i")" ] || return 0
  mkdir -p "$d"
  machine_up "$i"
  settings "$i"
  if [ -n "$TLS" ]; then
    engine_certificate "$i"
    tcp=(-H "tcp://$(ip_of "$i"):2376" --tlsverify --tlscacert "$DIR/tls/ca.pem" --tlscert "$d/tls/cert.pem" --tlskey "$d/tls/key.pem")
  fi
  rm -f "$d/run/docker.pid" # a killed engine leaves it, and the pid may be another process's by now
  # Through a shell that ends at once, so that the engine is init's child: with nsenter as its parent, a SIGSTOP would stop nsenter
  # too, and a later kill would leave a zombie that nobody reaps.
  # shellcheck disable=SC2086
  enter "$i" sh -c 'log=$1; shift; setsid "$@" </dev/null >>"$log" 2>&1 &' sh "$d/dockerd.log" \
    "$DOCKERD" -H unix:///var/run/docker.sock "${tcp[@]}" --cgroup-parent="/$P-$i" --shutdown-timeout 5 $ARGS
  for _ in $(seq 600); do answers "$i" && break; sleep 0.05; done
  answers "$i" || { tail -20 "$d/dockerd.log" >&2; die "the engine of machine $i did not answer within 30 s"; }
  [ ! -s "$DIR/ssh/id" ] || sshd "$i"
}

cgroups_rm() {
  local c
  for c in /sys/fs/cgroup/*/"$P-$1" /sys/fs/cgroup/"$P-$1"; do
    [ ! -d "$c" ] || find "$c" -depth -type d -exec rmdir {} + 2>/dev/null || true
  done
}
# processes of a machine whose start was cut off before its pid was written down
strays() { local p; [ ! -e "/run/netns/$P-$1" ] || for p in $(ip netns pids "$P-$1"); do kill -KILL "$p" 2>/dev/null || true; done; }
remove() { # not gracefully: nothing of it is kept, and a container that ignores TERM would cost 10 s
  fault_power "$1"
  strays "$1"
  ip netns del "$P-$1" 2>/dev/null || true
  ip -n "$P-hub" link del "p$1" 2>/dev/null || true
  for _ in 1 2 3 4 5; do rm -rf --one-file-system "$(m "$1")" 2>/dev/null && break; sleep 0.2; done
  cgroups_rm "$1"
}
down_all() {
  local i
  for i in $({ machines; ip netns list | sed -n "s/^$P-\([0-9][0-9]*\).*/\1/p"; } | sort -nu); do remove "$i" & done
  wait
  ip link del "$P-up" 2>/dev/null || true
  ip netns del "$P-hub" 2>/dev/null || true
  rm -rf --one-file-system "$DIR" "$DIR.lock"
}
