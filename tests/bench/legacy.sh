#!/usr/bin/env bash
# What taking over legacy accounts costs: import, match, merge and the undoing of a batch. Rows a second, CPU a row (ours
# and PostgreSQL's), memory, and whether a row costs the same in tables of any size.
#
#   tests/bench/legacy.sh [CITIZENS…]      400000 unless told; about 2.7 accounts each
#   HOMES="postgres sqlite" DUMPS=DIR             which databases; where dumps are kept between runs
#   YIHAO=FILE                                    measures that program rather than build one
#   WORKS=import                                  stops behind that; else all of "import match merge undo"
#   PG_OPTIONS="-c shared_buffers=4GB …"          settings of PostgreSQL beside those that it comes with
#
# PostgreSQL is one of its own, and every commit waits for the disk.
set -euo pipefail
cd "$(dirname "$0")/../.."

homes=${HOMES:-postgres sqlite}
dumps=${DUMPS:-/tmp/yihao-legacy-dumps}
works=${WORKS:-import match merge undo}
sizes=("${@:-400000}")
[[ -n ${YIHAO:-} ]] || cargo build --release --workspace --bins
yihao=${YIHAO:-$PWD/target/release/yihao}

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
            --options="-p 25499 -c listen_addresses=127.0.0.1 -c unix_socket_directories=$dir/pg ${PG_OPTIONS:-}" start >/dev/null
    )
fi

head -c 32 /dev/zero | base64 >"$dir/master.key"
chmod 600 "$dir/master.key"
password='correct horse battery staple'
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

printf '%-9s %9s %-14s %9s %9s %8s %9s %9s %8s\n' \
    home citizens what rows seconds rows/s 'own us' 'server us' 'MiB'

# measured WHAT ROWS COMMAND…: runs the program with `--json`; ROWS is the name of the number it tells that counts.
measured() {
    local what=$1 rows=$2 before after
    shift 2
    before=$(postgres_cpu)
    # Rejected rows make an exit status of their own, and are none of a failure here.
    /usr/bin/time -f '%e %U %S %M' -o "$dir/time" "$yihao" --json "$@" >"$dir/told" 2>"$dir/said" || true
    after=$(postgres_cpu)
    python3 - "$home" "$citizens" "$what" "$rows" "$dir/told" "$dir/time" $((after - before)) <<'PYTHON' || { cat "$dir/said" >&2; exit 1; }
import json, sys
home, citizens, what, rows, told, time, ticks = sys.argv[1:]
told = [json.loads(line) for line in open(told) if line.strip()]
rows = sum(one.get(rows, 0) for one in told)
seconds, user, system, kib = map(float, open(time).read().split()[-4:])
print('%-9s %9s %-14s %9d %9.1f %8.0f %9.1f %9.1f %8.0f' % (home, citizens, what, rows, seconds, rows / seconds,
      (user + system) * 1e6 / max(rows, 1), int(ticks) * 1e4 / max(rows, 1) if home == 'postgres' else 0, kib / 1024),
      flush=True)
PYTHON
}

for citizens in "${sizes[@]}"; do
    here=$dumps/$citizens
    if [[ ! -f $here/manifest.json ]]; then
        python3 tests/legacy/gen_legacy.py --out "$here" --citizens "$citizens" --jobs 2 >/dev/null
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
        "$yihao" operator add --name bench --role decider --password-stdin <<<"$password" >/dev/null
        if [[ $works == *match* ]]; then
            measured registers written register load --population "$here/reg_population.csv" \
                --legal-persons "$here/reg_legal.csv" --changes "$here/reg_id_changes.csv"
        fi
        for file in si_accounts.csv tax_accounts.ndjson gjj_accounts.csv portal_accounts.ldif; do
            source=${file%%_*}
            "$yihao" legacy source add --profile "deploy/legacy/$source.toml" >/dev/null
            measured "import $source" rows legacy import --source "$source" "$here/$file" --rejected "$dir/rejected"
            rm -f "$dir/rejected"
            [[ $works == *match* ]] || continue
            measured "match $source" accounts legacy match --source "$source"
            [[ $works == *merge* ]] || continue
            measured "merge $source" links legacy merge --source "$source"
        done
        if [[ $works == *undo* ]]; then
            batch=$(python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["batch_id"])' "$dir/told")
            measured "undo portal" links legacy undo --batch "$batch" --as bench --password-stdin <<<"$password"
        fi
        # The disk is not theirs for ever.
        [[ $home == postgres ]] && psql -q -h "$dir/pg" -p 25499 -U yihao postgres -c "drop database y$citizens" >/dev/null
        rm -f "$dir/y$citizens.db"*
    done
done
