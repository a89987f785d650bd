#!/usr/bin/env bash
# A PostgreSQL of its own whose data and whose log lie on file systems so small that they can be full. `small_server.rs`
# begins it in a mount namespace, as `unshare --map-root-user --mount small_server.sh DIRECTORY`: so nobody has to be root, and
# the file systems are gone when it ends. PASSWORD is that of its user yihao. It reads, a line each, and answers, a line each:
#
#   start               starts the server, or waits until the one that runs has ended and starts it again → port PORT
#   leave data|log KIB  so much room is left there from now on → left
#
# The end of standard input ends everything.
set -euo pipefail

directory=$1
bin=$(compgen -G '/usr/lib/postgresql/*/bin' | sort -V | tail -n 1) || bin=$(dirname "$(command -v initdb)")
# PostgreSQL refuses to run as root, which we are here by name.
nobody=(unshare --user "--map-user=$(id -u nobody)" "--map-group=$(id -g nobody)")
port= pid=

cd "$directory"
for part in data log; do
    mkdir "$part"
    mount -t tmpfs -o size=1g,mode=0777 none "$part"
done
printf '%s' "$PASSWORD" >password
"${nobody[@]}" "$bin/initdb" --pgdata=data/db --waldir="$directory/log/wal" --wal-segsize=1 --username=yihao \
    --pwfile=password --auth=password --encoding=UTF8 --locale=C.UTF-8 --no-sync >initdb.log 2>&1 ||
    { cat initdb.log >&2; exit 1; }

start() {
    if [[ -n $pid ]]; then wait "$pid" || true; fi
    local wanted=$port tries
    for tries in {1..5}; do
        # A port is free when the server has bound it.
        port=${wanted:-$((20000 + (RANDOM * 32768 + RANDOM) % 12000))}
        # Its log is not cut off by checkpoints, and when it cannot be written the server ends and stays so.
        "${nobody[@]}" "$bin/postgres" -D data/db -p "$port" -c listen_addresses=127.0.0.1 \
            -c unix_socket_directories="$directory" -c shared_buffers=32MB -c fsync=off -c synchronous_commit=off \
            -c max_wal_size=4GB -c checkpoint_timeout=1h -c restart_after_crash=off >>postgres.log 2>&1 </dev/null &
        pid=$!
        for _ in {1..1200}; do
            if "$bin/pg_isready" -q -h "$directory" -p "$port"; then
                echo "port $port"
                return
            fi
            kill -0 "$pid" 2>/dev/null || break
            sleep 0.05
        done
        kill -QUIT "$pid" 2>/dev/null || true
        wait "$pid" || true
    done
    cat postgres.log >&2
    exit 1
}

leave() {
    local used
    used=$(df --output=used -k "$1" | tail -n 1)
    # With a device beside the directory, options of before are not read: among them is an owner unknown here.
    mount -o "remount,size=$((used + $2))k" none "$directory/$1"
    echo left
}

while read -r command arguments; do
    case $command in
        start) start ;;
        # shellcheck disable=SC2086 # two words
        leave) leave $arguments ;;
        *) exit 2 ;;
    esac
done
if [[ -n $pid ]]; then kill -QUIT "$pid" 2>/dev/null || true; fi
wait
