#!/usr/bin/env bash
# Makes sure that this machine has what a build (`packages.sh build`) or the whole test run
# (`packages.sh test`) needs, or beside that the example relying systems in Java, Python and Node
# (`packages.sh interop`), and installs the Debian packages that are missing. Silent when nothing is.
set -euo pipefail

say() { printf '%s\n' "setup: $*"; }
fail() { printf '%s\n' "setup: $*" >&2; exit 1; }

# Each need is asked for by what it gives, not by its package: what came here by another way will do.
has() {
    case $1 in
        cc) command -v cc && [[ -e /usr/include/stdlib.h ]] ;;
        # Debian keeps the server's programs off the PATH.
        postgresql) compgen -G '/usr/lib/postgresql/*/bin/initdb' || command -v initdb ;;
        chinese-font) command -v fc-list && [[ -n $(fc-list :lang=zh-cn) ]] ;;
        jdk-17) java_17 ;;
        python3-venv) /usr/bin/python3 -c 'import ensurepip, venv' 2>/dev/null ;;
        mariadb) [[ -x /usr/sbin/mariadbd ]] ;;
        slapd) [[ -x /usr/sbin/slapd ]] ;;
        mod-auth-cas) [[ -x /usr/sbin/apache2 && -e /usr/lib/apache2/modules/mod_auth_cas.so ]] ;;
        node-18) command -v node && node -e 'process.exit(parseInt(process.versions.node) >= 18 ? 0 : 1)' ;;
        *) command -v "$1" ;;
    esac >/dev/null
}

# A compiler of Java 17 or later.
java_17() {
    local version
    version=$(javac -version 2>&1) && [[ $version =~ ^javac\ ([0-9]+) ]] && ((BASH_REMATCH[1] >= 17))
}

packages_of() {
    case $1 in
        cc) echo gcc libc6-dev ;;
        postgresql) echo postgresql ;;
        chinese-font) echo fontconfig fonts-noto-cjk ;;
        chromedriver) echo chromium-driver ;;
        jdk-17) echo openjdk-17-jdk-headless ;;
        mvn) echo maven ;;
        # The server's program alone: no service comes with it.
        mariadb) echo mariadb-server-core ;;
        mod-auth-cas) echo apache2-bin libapache2-mod-auth-cas ;;
        node-18) echo nodejs ;;
        *) echo "$1" ;;
    esac
}

missing() {
    for need in "${needs[@]}"; do has "$need" || echo "$need"; done
}

install() {
    local root=()
    command -v apt-get >/dev/null || fail "missing: $*. There is no apt-get here to install it with: please install it by hand."
    if [[ $EUID -ne 0 ]]; then
        command -v sudo >/dev/null || fail "missing: $*. Neither root nor sudo here: as root, run apt-get install $*"
        root=(sudo)
        [[ -t 0 ]] || root=(sudo -n) # nobody is there to type a password
    fi
    say "installing the Debian packages $*${root[0]:+ (by sudo)}"
    if [[ " $* " == *" postgresql "* || " $* " == *" redis-server "* ]]; then
        say "Debian may start PostgreSQL or Redis as a service; the tests start and end their own and need neither"
    fi
    if [[ " $* " == *" slapd "* ]] && command -v debconf-set-selections >/dev/null; then
        # Without an answer it would set up a directory of its own and open a port for it.
        echo 'slapd slapd/no_configuration boolean true' | "${root[@]}" debconf-set-selections
    fi
    # A machine just started may still be updating itself: wait for its lock.
    local apt=("${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3)
    "${apt[@]}" update || fail "apt-get update failed; the reason is above"
    "${apt[@]}" install -y --no-install-recommends "$@" </dev/null || fail "apt-get could not install $*; the reason is above"
}

case ${1:-} in
    build) needs=(cc) ;;
    test) needs=(cc python3 postgresql redis-server chromium chromedriver chinese-font mod-auth-cas
        mariadb slapd) ;;
    interop) needs=(cc chromium chromedriver chinese-font jdk-17 mvn python3-venv node-18 npm) ;;
    *) fail "usage: packages.sh build|test|interop" ;;
esac

command -v cargo >/dev/null || fail "no Rust toolchain: install one from https://rustup.rs and open a new shell"
if [[ $1 == test ]] && ! { cargo fmt --version && cargo clippy --version; } >/dev/null 2>&1; then
    command -v rustup >/dev/null || fail "the Rust toolchain has no rustfmt or clippy, and there is no rustup to add them with"
    say "adding rustfmt and clippy to the Rust toolchain"
    rustup component add rustfmt clippy
fi

mapfile -t absent < <(missing)
if ((${#absent[@]})); then
    mapfile -t packages < <(for need in "${absent[@]}"; do packages_of "$need"; done | tr ' ' '\n')
    install "${packages[@]}"
    mapfile -t absent < <(missing)
    ((${#absent[@]} == 0)) || fail "still missing after the installation: ${absent[*]}"
    say "done"
fi
