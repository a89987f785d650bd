#!/usr/bin/env bash
# What an import costs by the way in which its rows come: the same accounts from CSV, LDIF, PostgreSQL, MariaDB and OpenLDAP,
# each into a fresh database. Rows a second and memory.
#
#   tests/bench/legacy-live.sh [ROWS]      100000 unless told
#   HOMES="postgres sqlite" YIHAO=FILE        which databases; measures that program rather than build one
#
# PostgreSQL and MariaDB have the settings that they come with; OpenLDAP has its mdb, indexed by nothing.
set -euo pipefail
cd "$(dirname "$0")/../.."

rows=${1:-100000}
homes=${HOMES:-postgres sqlite}
[[ -n ${YIHAO:-} ]] || cargo build --release --workspace --bins
yihao=${YIHAO:-$PWD/target/release/yihao}

bin=$(compgen -G '/usr/lib/postgresql/*/bin' | sort -V | tail -n 1)
dir=$(mktemp -d /tmp/yihao-bench.XXXXXX)
owner=() user=()
if [[ $EUID -eq 0 ]]; then
    owner=(setpriv --reuid=postgres --regid=postgres --init-groups)
    user=(--user=root)
fi
started=()
end() {
    [[ -f $dir/pg/postmaster.pid ]] && kill -INT "$(head -n 1 "$dir/pg/postmaster.pid")"
    ((${#started[@]})) && kill "${started[@]}" 2>/dev/null
    sleep 1
    rm -rf "$dir"
}
trap end EXIT

# The accounts, as each has them.
python3 - "$rows" "$dir" <<'PYTHON'
import base64, hashlib, sys
rows, where = int(sys.argv[1]), sys.argv[2]
weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
names = ['王小明', '李娜', '张伟', '刘洋', '陈静', '欧阳文华']
heads = ['uid', 'cn', 'employeeNumber', 'mobile', 'employeeType', 'userPassword']
with open(where + '/accounts.csv', 'w') as table, open(where + '/accounts.ldif', 'w') as entries:
    table.write(','.join(heads) + '\n')
    for n in range(rows):
        number = '440106%04d%02d%02d%03d' % (1950 + n % 50, 1 + n // 50 % 12, 1 + n // 600 % 28, n // 16800 % 1000)
        number += '10X98765432'[sum(int(digit) * weight for digit, weight in zip(number, weights)) % 11]
        digest = hashlib.sha1(b'%d' % n + b'salt').digest() + b'salt'
        row = ['u%08d' % n, names[n % len(names)], number, '138%08d' % n, 'N', '{SSHA}' + base64.b64encode(digest).decode()]
        table.write(','.join(row) + '\n')
        entries.write('dn: uid=%s,dc=old\nobjectClass: inetOrgPerson\nsn: x\n' % row[0]
                      + ''.join('%s: %s\n' % pair for pair in zip(heads, row)) + '\n')
PYTHON

profile() {
    cat <<TOML
name = "$1"
title = "$1"
[file]
$2
[kind]
always = "person"
[status]
column = "employeeType"
active = ["N"]
[password]
hash = "userPassword"
schemes = ["ssha"]
[account]
local_id = "uid"
user_name = "uid"
name = "cn"
phone = "mobile"
[person]
number = [{ column = "employeeNumber", kind = "citizen-id" }]
TOML
}
profile csv 'format = "csv"' >"$dir/csv.toml"
profile ldif 'format = "ldif"' >"$dir/ldif.toml"
profile postgres $'format = "postgres"\ntable = "account"' >"$dir/postgres.toml"
profile mysql $'format = "mysql"\ntable = "account"' >"$dir/mysql.toml"
profile ldap $'format = "ldap"\nbase = "dc=old"\nfilter = "(objectClass=inetOrgPerson)"' >"$dir/ldap.toml"

# PostgreSQL, home and source.
mkdir "$dir/pg"
if [[ $EUID -eq 0 ]]; then chown postgres "$dir/pg" && chmod 711 "$dir"; fi
(
    cd "$dir/pg"
    "${owner[@]}" "$bin/initdb" --pgdata="$dir/pg" --username=yihao --auth=trust --locale=C.UTF-8 >/dev/null
    "${owner[@]}" "$bin/pg_ctl" --pgdata="$dir/pg" --wait --log="$dir/pg/log" \
        --options="-p 25498 -c listen_addresses=127.0.0.1 -c unix_socket_directories=$dir/pg" start >/dev/null
)
psql=(psql -q -h "$dir/pg" -p 25498 -U yihao)
columns='uid varchar(32) primary key, cn varchar(64), "employeeNumber" char(18), mobile varchar(20), "employeeType" char(1),
    "userPassword" varchar(128)'
"${psql[@]}" postgres -c "create database old" >/dev/null
"${psql[@]}" old -c "create table account ($columns)" -c "\\copy account from '$dir/accounts.csv' csv header" >/dev/null
echo "postgres://yihao@127.0.0.1:25498/old" >"$dir/postgres.url"

# MariaDB.
mkdir "$dir/my"
own=(/usr/share/mysql/mysql_{system_tables,performance_tables,system_tables_data}.sql)
[[ -e ${own[0]} ]] || own=(/usr/share/mariadb/mariadb_{system_tables,performance_tables,system_tables_data}.sql)
mariadb=(/usr/sbin/mariadbd --no-defaults "${user[@]}" "--datadir=$dir/my" "--socket=$dir/my/socket")
{
    printf 'create database mysql;\nuse mysql;\n'
    cat "${own[@]}"
    printf '\nflush privileges;\ncreate database old character set utf8mb4;\nuse old;\n'
    echo "create table account (${columns//\"/\`});" | tr '\n' ' '
    printf "\nload data infile '%s' into table account character set utf8mb4 fields terminated by ',' ignore 1 lines;\n" \
        "$dir/accounts.csv"
    printf "create user reader@'127.0.0.1' identified by 'reader';\ngrant select on old.* to reader@'127.0.0.1';\n"
} >"$dir/my.sql"
"${mariadb[@]}" --bootstrap <"$dir/my.sql" >"$dir/my.log" 2>&1
"${mariadb[@]}" --port=25497 --bind-address=127.0.0.1 --skip-name-resolve >>"$dir/my.log" 2>&1 &
started+=($!)
echo "mysql://reader:reader@127.0.0.1:25497/old" >"$dir/mysql.url"

# OpenLDAP.
mkdir "$dir/ldap"
cat >"$dir/slapd.conf" <<CONF
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
database mdb
maxsize 8589934592
directory $dir/ldap
suffix dc=old
rootdn cn=root,dc=old
rootpw root
CONF
{
    printf 'dn: dc=old\nobjectClass: dcObject\nobjectClass: organization\no: old\ndc: old\n\n'
    cat "$dir/accounts.ldif"
} >"$dir/all.ldif"
/usr/sbin/slapadd -q -f "$dir/slapd.conf" -l "$dir/all.ldif"
/usr/sbin/slapd -d 0 -f "$dir/slapd.conf" -h ldap://127.0.0.1:25496 &
started+=($!)
echo "ldap://cn=root,dc=old:root@127.0.0.1:25496" >"$dir/ldap.url"
sleep 3

head -c 32 /dev/zero | base64 >"$dir/master.key"
chmod 600 "$dir/master.key"
export YIHAO__KEYS__MASTER_FILE=$dir/master.key YIHAO__TRANSIENT__URL=embedded

printf '%-9s %-9s %9s %9s %8s %8s\n' home source rows seconds rows/s MiB
for home in $homes; do
    for source in csv ldif postgres mysql ldap; do
        case $home in
            postgres)
                "${psql[@]}" postgres -c "create database y$source" >/dev/null
                export YIHAO__STORAGE__URL=postgres://yihao@127.0.0.1:25498/y$source
                ;;
            sqlite) export YIHAO__STORAGE__URL=sqlite://$dir/y$source.db ;;
        esac
        "$yihao" migrate >/dev/null
        "$yihao" legacy source add --profile "$dir/$source.toml" >/dev/null
        file=$dir/$source.url
        case $source in csv | ldif) file=$dir/accounts.$source ;; esac
        /usr/bin/time -f '%e %M' -o "$dir/time" "$yihao" --json legacy import --source "$source" "$file" \
            --rejected "$dir/rejected" --strict >"$dir/told"
        python3 - "$home" "$source" "$rows" "$dir/told" "$dir/time" <<'PYTHON'
import json, sys
home, source, rows, told, time = sys.argv[1:]
told = json.load(open(told))
seconds, kib = map(float, open(time).read().split())
assert told['added'] == int(rows), told
print('%-9s %-9s %9d %9.1f %8.0f %8.0f' % (home, source, told['added'], seconds, told['added'] / seconds, kib / 1024),
      flush=True)
PYTHON
    done
done
