# Other ways to a machine's engine than its unix socket: TLS, ssh, a swarm. Sourced by engines.sh.

authority() { # the test CA and the client's certificate
  local d=$DIR/tls
  [ -s "$d/cert.pem" ] && return 0
  mkdir -p -m 700 "$d"
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 -subj "/CN=$P test CA" \
    -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign,cRLSign \
    -keyout "$d/ca-key.pem" -out "$d/ca.pem" 2>/dev/null
  sign client "$d" clientAuth ''
}
sign() { # NAME DIRECTORY USAGE ALTERNATIVE_NAMES -> cert.pem and key.pem in that directory
  local cn=$1 d=$2 usage=$3 san=$4
  openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$cn" -keyout "$d/key.pem" -out "$d/csr" 2>/dev/null
  { echo "basicConstraints=CA:FALSE"; echo "extendedKeyUsage=$usage"; [ -z "$san" ] || echo "subjectAltName=$san"; } >"$d/ext"
  openssl x509 -req -in "$d/csr" -CA "$DIR/tls/ca.pem" -CAkey "$DIR/tls/ca-key.pem" -set_serial "0x$(openssl rand -hex 8)" \
    -days 3650 -sha256 -extfile "$d/ext" -out "$d/cert.pem" 2>/dev/null
  rm -f "$d/csr" "$d/ext"
}
engine_certificate() {
  local d
  d=$(m "$1")/tls
  [ -s "$d/cert.pem" ] || { mkdir -p "$d"; sign "$P-$1" "$d" serverAuth "IP:$(ip_of "$1"),IP:127.0.0.1,DNS:$P-$1,DNS:localhost"; }
}

ssh_keys() {
  local d=$DIR/ssh
  mkdir -p -m 700 "$d"
  [ -s "$d/id" ] || ssh-keygen -q -t ed25519 -N '' -f "$d/id"
  [ -s "$d/host" ] || ssh-keygen -q -t ed25519 -N '' -f "$d/host"
  cp "$d/id.pub" "$d/authorized_keys"
}
sshd() { # MaxSessions 10 and MaxStartups 10:30:100, as on a real host
  local i=$1
  ! enter "$i" pgrep -xn sshd >/dev/null || return 0
  mkdir -p "$(m "$i")/run/sshd"
  # shellcheck disable=SC2086
  enter "$i" /usr/sbin/sshd -f /dev/null -h "$DIR/ssh/host" -o ListenAddress="$(ip_of "$i"):22" -o PidFile=/run/sshd.pid \
    -o StrictModes=no -o PermitRootLogin=prohibit-password -o AuthorizedKeysFile="$DIR/ssh/authorized_keys" -o UsePAM=no \
    -o PasswordAuthentication=no ${EN_SSHD:-} -E "$(m "$i")/sshd.log"
}

swarm() {
  local i first=
  for i in $(machines); do
    if [ "$(dk "$i" info -f '{{.Swarm.LocalNodeState}}')" = active ]; then first=${first:-$i}
    elif [ -z "$first" ]; then first=$i; dk "$i" swarm init --advertise-addr "$(ip_of "$i")" >/dev/null
    else
      dk "$i" swarm join --advertise-addr "$(ip_of "$i")" --token "$(dk "$first" swarm join-token -q worker)" "$(ip_of "$first"):2377" >/dev/null
    fi
  done
  dk "$first" node ls
}
