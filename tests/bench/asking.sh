#!/usr/bin/env bash
# How fast accounts are matched where no extract is loaded and the registers are asked: the demo's registers on this machine,
# no quota. Prints answers and accounts a second, and the same again when everything is answered.
#
#   tests/bench/asking.sh [CITIZENS]      20000 unless told; about 2.7 accounts each
#   STORAGE=URL TRANSIENT=URL             SQLite and embedded unless told
#   YIHAO=FILE REGISTERS=FILE             measures these programs rather than build them
set -euo pipefail
cd "$(dirname "$0")/../.."

citizens=${1:-20000}
[[ -n ${YIHAO:-} ]] || cargo build --release --workspace --bins
yihao=${YIHAO:-$PWD/target/release/yihao}
registers=${REGISTERS:-$PWD/target/release/registers}
dir=$(mktemp -d /tmp/yihao-asking.XXXXXX)
end() {
    [[ -n ${asked:-} ]] && kill "$asked" 2>/dev/null
    rm -rf "$dir"
}
trap end EXIT

python3 tests/legacy/gen_legacy.py --out "$dir" --citizens "$citizens" --jobs 2 >/dev/null
head -c 32 /dev/zero | base64 >"$dir/master.key"
chmod 600 "$dir/master.key"
"$registers" --listen 127.0.0.1:8097 --population "$dir/reg_population.csv" --legal-persons "$dir/reg_legal.csv" \
    >/dev/null 2>&1 &
asked=$!
export YIHAO__KEYS__MASTER_FILE=$dir/master.key
export YIHAO__STORAGE__URL=${STORAGE:-sqlite://$dir/yihao.db} YIHAO__TRANSIENT__URL=${TRANSIENT:-embedded:$dir/transient.db}
export YIHAO__REGISTERS__URL=http://127.0.0.1:8097 YIHAO__DANGER__SIMULATE_REGISTERS=true
export YIHAO__REGISTERS__PER_SECOND=1000000 YIHAO__REGISTERS__PER_DAY=1000000000
"$yihao" migrate >/dev/null
until curl -s -o /dev/null http://127.0.0.1:8097/faults; do sleep 0.1; done

printf '%-8s %9s %9s %9s %9s\n' source accounts answers seconds answers/s
for file in si_accounts.csv tax_accounts.ndjson gjj_accounts.csv portal_accounts.ldif si_accounts.csv; do
    source=${file%%_*}
    if "$yihao" legacy source add --profile "deploy/legacy/$source.toml" >/dev/null 2>&1; then
        "$yihao" --json legacy import --source "$source" "$dir/$file" --rejected "$dir/rejected" >/dev/null 2>&1 || true
        rm -f "$dir/rejected"
    fi
    begun=$(date +%s.%N)
    "$yihao" --json legacy match --source "$source" >"$dir/told"
    python3 - "$source" "$dir/told" "$begun" "$(date +%s.%N)" <<'PYTHON'
import json, sys
source, told, begun, ended = sys.argv[1:]
told, seconds = json.load(open(told)), float(ended) - float(begun)
print('%-8s %9d %9d %9.1f %9.0f' % (source, told['accounts'], told['asked'], seconds, told['asked'] / seconds), flush=True)
PYTHON
done
