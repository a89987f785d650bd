#!/usr/bin/env bash
# What importing legacy accounts costs: rows a second, CPU a row (ours and PostgreSQL's), memory, and whether a row costs
# the same in a table of any size.
#
#   tests/bench/legacy_import.sh [CITIZENS…]      400000 unless told; about 2.7 accounts each
#   HOMES="postgres sqlite" DUMPS=DIR             which databases; where dumps are kept between runs
#
# PostgreSQL is one of its own with the settings that it comes with, so every commit waits for the disk.
set -euo pipefail
cd "$(dirname "$0")/../.."

homes=${HOMES:-postgres sqlite}
dumps=${DUMPS:-/tmp/yihao-legacy-dumps}
sizes=("${@:-400000}")
cargo build --release --workspace --bins
yihao=$PWD/target/release/yihao

bin=$(compgen -G '/usr/lib/postgresql/*/bin' | sort -V | tail -n 1)
dir=$(mktemp -d /tmp/yihao-bench.XXXXXX)
owner=()
[[ $EUID -eq 0 ]] && owner=(setpriv --reuid=postgres --regid=postgres --init-groups)
end() {
    [[ -f $dir/pg/postmaster.pid ]] && kill -INT "$(head -n 1 "$dir/pg/postmaster.pid")" && sleep 1
    rm -rf "$dir"
}
trap end EXIT

if [[ $homes == *postgres* ]]; then
    mkdir "$dir/pg"
    if [[ $EUID -eq 0 ]]; then chown postgres "$dir/pg" && chmod 711 "$dir"; fi
    (
        cd "$dir/pg"
        "${owner[@]}" "$bin/initdb" --pgdata="$dir/pg" --username=yihao --auth=trust --locale=C.UTF-8 >/dev/null
        "${owner[@]}" "$bin/pg_ctl" --pgdata="$dir/pg" --wait --log="$dir/pg/log" \
            --options="-p 25499 -c listen_addresses=127.0.0.1 -c unix_socket_directories=$dir/pg" start >/dev/null
    )
fi

head -c 32 /dev/zero | base64 >"$dir/master.key"
chmod 600 "$dir/master.key"
export YIHAO__KEYS__MASTER_FILE=$dir/master.key YIHAO__TRANSIENT__URL=embedded

# The CPU seconds of PostgreSQL's processes, ended ones included.
postgres_cpu() {
    local main
    main=$(head -n 1 "$dir/pg/postmaster.pid" 2>/dev/null) || { echo 0; return; }
    local ticks=0 stat
    for stat in /proc/"$main"/stat $(for p in $(pgrep -P "$main"); do echo "/proc/$p/stat"; done); do
        ticks=$((ticks + $(awk '{ print $14 + $15 }' "$stat" 2>/dev/null || echo 0)))
    done
    ticks=$((ticks + $(awk '{ print $16 + $17 }' "/proc/$main/stat")))
    echo "$ticks"
}

printf '%-9s %9s %-7s %9s %9s %8s %9s %9s %8s\n' \
    home citizens source rows seconds rows/s 'own us' 'server us' 'MiB'
for citizens in "${sizes[@]}"; do
    here=$dumps/$citizens
    if [[ ! -f $here/manifest.json ]]; then
        python3 tests/legacy/gen_legacy.py --out "$here" --citizens "$citizens" --jobs 2 \
            --parts si,tax,gjj,portal >/dev/null
    fi
    for home in $homes; do
        case $home in
            postgres)
                psql -q -h "$dir/pg" -p 25499 -U yihao postgres -c "create database y$citizens" >/dev/null
                export YIHAO__STORAGE__URL=postgres://yihao@127.0.0.1:25499/y$citizens
                ;;
            sqlite) export YIHAO__STORAGE__URL=sqlite://$dir/y$citizens.db ;;
        esac
        "$yihao" migrate >/dev/null
        for file in si_accounts.csv tax_accounts.ndjson gjj_accounts.csv portal_accounts.ldif; do
            source=${file%%_*}
            "$yihao" legacy source add --profile "deploy/legacy/$source.toml" >/dev/null
            before=$(postgres_cpu)
            /usr/bin/env time -f '%U %S %M' -o "$dir/time" \
                "$yihao" --json legacy import --source "$source" "$here/$file" --rejected "$dir/rejected" >"$dir/told"
            after=$(postgres_cpu)
            rm -f "$dir/rejected"
            python3 - "$home" "$citizens" "$source" "$dir/told" "$dir/time" $((after - before)) <<'PYTHON'
import json, sys
home, citizens, source, told, time, ticks = sys.argv[1:]
told = json.load(open(told)); user, system, kib = open(time).read().split()
rows, seconds = told["rows"], told["seconds"]
print('%-9s %9s %-7s %9d %9.1f %8.0f %9.1f %9.1f %8.0f' % (home, citizens, source, rows, seconds, rows / seconds,
      (float(user) + float(system)) * 1e6 / rows, int(ticks) * 1e4 / rows if home == 'postgres' else 0, int(kib) / 1024))
PYTHON
        done
    done
done
