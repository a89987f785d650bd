#!/usr/bin/env bash
# Everything that has to hold before a change is good, and a summary of what ran where. `make test` runs it
# beside a PostgreSQL and a Redis (servers.sh). A step that fails does not hide what the later ones would say.
set -euo pipefail
cd "$(dirname "$0")/../.."

: "${YIHAO_TEST_POSTGRES:?set by deploy/test/servers.sh}" "${YIHAO_TEST_REDIS:?set by deploy/test/servers.sh}"
# Integration tests mostly wait: more of them at once than there are cores.
threads=${THREADS:-8}
# In CI the lock file is the law; at a desk it may follow Cargo.toml.
locked=(${CI:+--locked})

summary=()
verdict=0
output=$(mktemp)
trap 'rm -f "$output"' EXIT
trap 'exit 130' INT TERM

# step NAME COMMAND…: runs it and notes how it went and how long it took.
step() {
    local name=$1 from=$SECONDS result=ok
    shift
    printf '\n=== %s\n' "$name"
    "$@" || result=FAILED
    note "$name" "$result" $((SECONDS - from))
}

# suite NAME COMMAND…: a step of tests, which are counted from cargo's own lines; none run is a failure.
suite() {
    local name=$1 from=$SECONDS result=ok passed failed ignored
    shift
    printf '\n=== %s\n' "$name"
    "$@" 2>&1 | tee "$output" || result=FAILED
    read -r passed failed ignored < <(
        sed -nE 's/.*test result: [^0-9]*([0-9]+) passed; ([0-9]+) failed; ([0-9]+) ignored.*/\1 \2 \3/p' "$output" |
            awk '{ passed += $1; failed += $2; ignored += $3 } END { print passed + 0, failed + 0, ignored + 0 }'
    )
    if ((passed + failed == 0)); then result="FAILED: no test ran"; fi
    note "$name" "$result" $((SECONDS - from)) "$passed passed, $failed failed, $ignored ignored"
    # What a test could not try on this machine, by its own words.
    while read -r line; do summary+=("    $line"); done < <(grep -oE 'not run here: .*' "$output" | sort -u)
}

note() {
    if [[ $2 != ok ]]; then verdict=1; fi
    summary+=("$(printf '%-44s %-8s %4d:%02d  %s' "$1" "$2" $(($3 / 60)) $(($3 % 60)) "${4:-}")")
}

finish() {
    printf '\n=== Summary\n'
    printf '%s\n' "${summary[@]}"
    if ((verdict)); then echo "FAILED"; else echo "All good."; fi
    exit "$verdict"
}

# Always the whole workspace, or cargo would choose other features for shared dependencies and build them again.
step "format" cargo fmt --all --check
step "build" cargo build "${locked[@]}" --workspace --all-targets
if ((verdict)) && [[ ${summary[-1]} == *FAILED* ]]; then finish; fi
step "lint (clippy)" cargo clippy "${locked[@]}" --workspace --all-targets -- -D warnings
suite "unit tests" cargo test "${locked[@]}" --workspace --lib --bins
suite "integration: SQLite, embedded transient" \
    env YIHAO_TEST_HOME=sqlite cargo test "${locked[@]}" --workspace --test yihao -- --test-threads="$threads"
suite "integration: PostgreSQL, Redis transient" \
    env YIHAO_TEST_HOME=postgres cargo test "${locked[@]}" --workspace --test yihao -- --test-threads="$threads"
finish
