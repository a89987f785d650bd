#!/usr/bin/env bash
# Builds the relying systems of clients-example/{java,python,node}, with the versions locked there, and lets
# each sign a person in at `yihao demo`, in Chromium. `make interop` runs it.
set -euo pipefail
cd "$(dirname "$0")/../.."

verdict=0
summary=()
log=$(mktemp)
trap 'rm -f "$log"' EXIT

build_java() {
    mvn --quiet --batch-mode --no-transfer-progress -Dstyle.color=never -f clients-example/java/pom.xml package
}
build_python() {
    local venv=clients-example/python/.venv
    # Debian's own: another that is found first may have no `venv`.
    [[ -x $venv/bin/python ]] || /usr/bin/python3 -m venv "$venv"
    # Not its `pip`: that has the directory's old name in it, once the directory is moved.
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes \
        -r clients-example/python/requirements.txt
}
build_node() { npm ci --prefix clients-example/node --no-audit --no-fund --loglevel=error; }

# interop NAME LIBRARY: builds it and runs its story; none run is a failure.
interop() {
    local name=$1 library=$2 from=$SECONDS result=ok
    printf '\n=== %s: %s\n' "$name" "$library"
    if ! "build_$name"; then
        result="FAILED to build"
    elif ! cargo test --quiet --workspace --test yihao -- --ignored "interop::$name" 2>&1 | tee "$log"; then
        result=FAILED
    elif ! grep -q 'test result: ok. 1 passed' "$log"; then
        result="FAILED: no story ran"
    fi
    [[ $result == ok ]] || verdict=1
    summary+=("$(printf '%-8s %-24s %-20s %3d s' "$name" "$library" "$result" $((SECONDS - from)))")
    printf '%s\n' "${summary[-1]}"
}

printf 'Java: %s\n' "$(java -version 2>&1 | head -n 1)"
printf 'Python: %s\nNode: %s\n' "$(/usr/bin/python3 --version)" "$(node --version)"
cargo build --workspace --bins --test yihao
export YIHAO_TEST_HOME=sqlite
interop java "Spring Security"
interop python "Authlib"
interop node "openid-client"

printf '\n=== Summary\n'
printf '%s\n' "${summary[@]}"
if ((verdict)); then echo "FAILED"; else echo "All good: pictures are in target/pictures."; fi
exit "$verdict"
