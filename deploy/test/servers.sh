#!/usr/bin/env bash
# Runs a command beside a throwaway PostgreSQL and Redis, and ends both with it:
#
#   deploy/test/servers.sh COMMAND [ARGUMENT…]   their addresses are in YIHAO_TEST_POSTGRES and YIHAO_TEST_REDIS
#   deploy/test/servers.sh                       prints the two as exports and keeps the servers until Ctrl-C
#
# Both listen on 127.0.0.1 alone, on free ports, with a password of this run, and keep nothing on disk that
# matters: no fsync, no persistence, one temporary directory.
set -euo pipefail

fail() { printf '%s\n' "servers: $*" >&2; exit 1; }

bin=$(compgen -G '/usr/lib/postgresql/*/bin' | sort -V | tail -n 1) || bin=$(dirname "$(command -v initdb)")
[[ -x $bin/initdb ]] || fail "PostgreSQL is not installed (Debian package postgresql); \`make test\` installs it"
command -v redis-server >/dev/null || fail "Redis is not installed (Debian package redis-server); \`make test\` installs it"

# PostgreSQL refuses to run as root.
owner=()
if [[ $EUID -eq 0 ]]; then
    id postgres >/dev/null 2>&1 || fail "PostgreSQL refuses to run as root, and there is no user \"postgres\" to run it as"
    owner=(--reuid=postgres --regid=postgres --init-groups)
fi

here=$PWD
mask=$(umask)
umask 077
# In /tmp whatever TMPDIR says: the path of a socket is short, and another user has to reach it.
dir=$(mktemp -d /tmp/yihao-test.XXXXXX)
declare -A servers # process id → the signal that ends it at once
# Reached through EXIT alone, after success, failure or Ctrl-C.
end() {
    trap '' INT TERM
    local pid
    for pid in "${!servers[@]}"; do kill -"${servers[$pid]}" "$pid" 2>/dev/null || true; done
    wait
    rm -rf "$dir"
}
trap end EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

password=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
mkdir "$dir/postgres" "$dir/redis"
printf '%s' "$password" >"$dir/password"
if [[ $EUID -eq 0 ]]; then chown -R postgres "$dir/postgres" "$dir/password" && chmod 711 "$dir"; fi
cd "$dir" # initdb wants a working directory that its user may enter

# Passwords go in clear: over loopback nothing is gained by SCRAM, whose thousands of hashes a debug build feels.
setpriv "${owner[@]}" "$bin/initdb" --pgdata=postgres/data --username=yihao --pwfile=password --auth=password \
    --encoding=UTF8 --locale=C.UTF-8 --no-sync >postgres.log 2>&1 || { cat postgres.log >&2; fail "initdb failed"; }

# A port is free when the server has bound it: asking beforehand would only guess. Below the range that the
# kernel gives to outgoing connections and to tests that ask for any port.
try_port() { echo $((20000 + (RANDOM * 32768 + RANDOM) % 12000)); }

# start NAME SIGNAL READY COMMAND…: until READY succeeds; fails when the server ends first, or after 30 s.
# A session of its own keeps Ctrl-C from the servers until the command has ended; a parent's death, however
# sudden, ends them.
start() {
    local name=$1 signal=$2 ready=$3 pid
    shift 3
    setsid setpriv --pdeathsig="$signal" "$@" >"$dir/$name.log" 2>&1 </dev/null &
    pid=$!
    servers[$pid]=$signal
    for _ in {1..600}; do
        if "$ready" >/dev/null 2>&1; then return; fi
        kill -0 "$pid" 2>/dev/null || break
        sleep 0.05
    done
    kill -"$signal" "$pid" 2>/dev/null || true
    unset "servers[$pid]"
    return 1
}

# Both are asked through the sockets in our directory, so it is our server that answers, not a stranger on the port.
postgres_ready() { "$bin/pg_isready" -q -h "$dir/postgres" -p "$port"; }
start_postgres() {
    port=$(try_port)
    start postgres QUIT postgres_ready "${owner[@]}" "$bin/postgres" -D postgres/data -p "$port" \
        -c listen_addresses=127.0.0.1 -c unix_socket_directories="$dir/postgres" -c max_connections=300 \
        -c fsync=off -c full_page_writes=off -c synchronous_commit=off -c log_min_messages=warning || return
    export YIHAO_TEST_POSTGRES=postgres://yihao:$password@127.0.0.1:$port/postgres
}

redis_ready() { [[ $(REDISCLI_AUTH=$password redis-cli -s redis/socket ping) == PONG ]]; }
start_redis() {
    local port
    port=$(try_port)
    # In a file: the list of processes shows arguments to everyone.
    printf '%s\n' "bind 127.0.0.1" "port $port" "unixsocket redis/socket" "requirepass $password" \
        'save ""' "appendonly no" >redis.conf
    start redis TERM redis_ready redis-server redis.conf || return
    export YIHAO_TEST_REDIS=redis://default:$password@127.0.0.1:$port
}

for name in postgres redis; do
    tries=5
    until "start_$name"; do
        ((--tries)) || { cat "$dir/$name.log" >&2; fail "$name did not start; its log is above"; }
    done
done

umask "$mask"
cd "$here"
if (($#)); then
    "$@"
else
    printf 'export %s\n' "YIHAO_TEST_POSTGRES=$YIHAO_TEST_POSTGRES" "YIHAO_TEST_REDIS=$YIHAO_TEST_REDIS"
    printf '%s\n' "# In another shell, after these two: YIHAO_TEST_HOME=postgres cargo test --test yihao" \
        "# Ctrl-C ends both servers."
    trap 'exit 0' INT
    wait
fi
