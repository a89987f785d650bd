//! A source that is read where it is: a directory, by LDAP.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::time::Duration;

use ldap3::Mod;
use yihao::db::foreign::directory::{self, Subtree};

use super::stage::{Stage, told};
use crate::support::certificate::Certificate;
use crate::support::slapd::{PASSWORD, Slapd};
use crate::support::valve::Valve;

const PROFILE: &str = r#"
name = "live"
title = "Live"
[file]
format = "ldap"
base = "ou=people,dc=old,dc=example"
filter = "(&(objectClass=inetOrgPerson)(!(uid=x)))"
[kind]
always = "person"
[status]
column = "employeeType"
active = ["N"]
[password]
hash = "userPassword"
schemes = ["ssha", "ldap_sha"]
[account]
local_id = "dn"
user_name = "uid"
name = "cn"
phone = "mobile"
[person]
number = [{ column = "employeeNumber", kind = "citizen-id" }]
"#;
/// `{SSHA}` of `old password`.
const HASH: &str = "{SSHA}4S21dTsM1IcZ7zHiMGRMhPoUrYRxc2FsdHNhbHQ=";

fn person(uid: &str, more: &str) -> String {
    format!(
        "dn: uid={uid},ou=people,dc=old,dc=example\nobjectClass: inetOrgPerson\nuid: {uid}\nsn: 王\ncn: 王小明\n{more}\n"
    )
}

fn people(count: u32) -> String {
    let more = format!("employeeNumber: 11010519491231002X\nemployeeType: N\nuserPassword: {HASH}\n");
    (1..=count).fold(String::new(), |mut all, n| {
        let _ = write!(all, "{}", person(&n.to_string(), &more));
        all
    })
}

async fn started(entries: &str, limit: Option<u32>) -> (Stage, Slapd) {
    let stage = Stage::open(&[]).await;
    let certificate = Certificate::write_into(stage.directory.path());
    let old = Slapd::start(entries, limit, &certificate).await;
    add(&stage, "live.toml", PROFILE);
    (stage, old)
}

fn add(stage: &Stage, name: &str, profile: &str) {
    let profile = stage.file(name, profile);
    let told = stage.run(&["legacy", "source", "add", "--profile", profile.to_str().unwrap()]);
    assert!(told.ok, "{}", told.error);
}

#[tokio::test]
async fn a_directory_is_read_over_a_connection() {
    let entries = people(1300)
        // Excluded by the filter; without number and password; with two names of which one has a language, and two
        // words of status, of which the first counts; of an unknown status; with a password that is no text.
        + &person("x", "employeeType: N\n")
        + &person("a", "employeeType: N\n")
        + &person("b", "cn;lang-en: Wang\nemployeeType: N\nemployeeType: Z\nmobile: 13800138000\n")
        + &person("c", "employeeType: D\ndescription: not asked for\n")
        + &person("d", "employeeType: N\nuserPassword:: /w==\n");
    let (stage, old) = started(&entries, None).await;
    let exported = old.export();
    let address = stage.file("live.url", Slapd::url(old.port));
    let dry = stage.import("live", &address, &["--dry-run"]);
    assert_eq!(dry.counts(), [1302, 0, 0, 2], "{} {}", dry.value, dry.error);
    let first = stage.import("live", &address, &[]);
    assert_eq!(first.counts(), [1302, 0, 0, 2], "{} {}", first.value, first.error);
    assert_eq!((first.reason("STATUS"), first.reason("ENCODING"), first.reason("EMPTY")), (1, 1, 2));
    let accounts = stage.accounts().await;
    let with = |part: &str| accounts.iter().filter(|account| account.contains(part)).count();
    assert_eq!((with("王小明"), with("{SSHA}4S21"), with("not asked for")), (1302, 1300, 0));

    // What is rejected is mended in a file of LDIF.
    let rejected = stage.directory.path().join("live.rejected.ldif");
    let text = std::fs::read_to_string(&rejected).unwrap();
    assert!(text.contains(": STATUS\ndn: uid=c,ou=people") && text.contains("cn: 王小明\n"), "{text}");
    let mended = text.replace("employeeType: D", "employeeType: N").replace("userPassword:: /w==\n", "");
    std::fs::write(&rejected, mended).unwrap();
    let told = stage.import("live", &rejected, &[]);
    assert_eq!(told.counts(), [2, 0, 0, 0], "{} {}", told.value, told.error);

    let again = stage.import("live", &address, &["--rejected", "again.ldif"]);
    assert_eq!(again.counts(), [0, 0, 1302, 2], "{} {}", again.value, again.error);
    // Read over the connection or from an export, an account is the same.
    let (_, of_people) = exported.split_once("dn: uid=1,").unwrap();
    let of_people: String = format!("dn: uid=1,{of_people}")
        .split_inclusive("\n\n")
        .filter(|entry| !entry.contains("uid: x\n") && !entry.contains("employeeType: D"))
        .collect();
    let told =
        stage.import("live", &stage.file("export.ldif", of_people), &["--rejected", "export.rejected"]);
    assert_eq!(told.counts(), [0, 0, 1302, 1], "{} {}", told.value, told.error);
    assert_eq!(old.export(), exported, "nothing was written there");
}

#[tokio::test]
async fn what_a_directory_refuses_is_told_with_its_code_and_without_a_secret() {
    let elsewhere = "dn: ou=far,ou=people,dc=old,dc=example\nobjectClass: referral\nobjectClass: extensibleObject\n\
                     ou: far\nref: ldap://far.example/ou=far,dc=old,dc=example\n\n";
    let (stage, old) = started(&(people(20) + elsewhere), None).await;
    for (name, from, to) in [("no-base", "ou=people,", "ou=nobody,"), ("bad-base", "ou=people,", "people,")] {
        let profile = PROFILE.replace("\"live\"", &format!("\"{name}\"")).replace(from, to);
        add(&stage, &format!("{name}.toml"), &profile);
    }
    let bad = stage.file("bad.toml", PROFILE.replace("(&(objectClass", "(&objectClass"));
    let bad = stage.run(&["legacy", "source", "add", "--profile", bad.to_str().unwrap()]);
    assert!(!bad.ok && bad.error.contains("file.filter"), "{}", bad.error);
    let url = Slapd::url(old.port);
    let nobody = crate::support::redis::free_port();
    for (source, url, expected) in [
        ("live", url.replace(PASSWORD, "geheim-falsch"), "rc=49 (invalidCredentials)"),
        ("live", url.replace(&format!(":{PASSWORD}"), ""), "a bind DN and its password"),
        ("live", format!("ldap://127.0.0.1:{}", old.port), "rc=50 (insufficientAccessRights)"),
        ("no-base", url.clone(), "rc=32 (noSuchObject)"),
        ("bad-base", url.clone(), "rc=34 (invalidDNSyntax)"),
        ("live", Slapd::url(nobody), "does not answer"),
        ("live", url.replace("ldap://", "mysql://"), "ldaps://BIND-DN:PASSWORD@HOST:PORT"),
        ("live", format!("{url}/dc=old?uid?sub"), "base and filter stand in the profile"),
        ("live", format!("{}/?tls=start", url.replace("127.0.0.1", "localhost")), "certificate"),
        // Entries that are on another server are missing, and not ended.
        ("live", url.clone(), "referral"),
    ] {
        let address = stage.file("wrong.url", &url);
        let told = stage.import(source, &address, &[]);
        assert!(!told.ok && told.error.contains(expected), "{source} {expected}: {}", told.error);
        assert_eq!(told.error.lines().count(), 1, "{}", told.error);
        for secret in [PASSWORD, "geheim"] {
            assert!(!told.error.contains(secret), "{}", told.error);
        }
    }
    assert_eq!(stage.count("select count(*) from legacy_import").await, 0, "nothing has begun");
}

#[tokio::test]
async fn a_limit_of_the_directory_is_no_end() {
    let (stage, old) = started(&people(1200), Some(700)).await;
    let address = stage.file("live.url", Slapd::url(old.port));
    let told = stage.import("live", &address, &[]);
    assert!(!told.ok && told.error.contains("(sizeLimitExceeded)"), "{}", told.error);
    assert_eq!(stage.count("select count(*) from legacy_import where state = 'finished'").await, 0);
}

#[tokio::test]
async fn a_directory_by_tls_is_believed_by_its_certificate() {
    let (stage, old) = started(&people(3), None).await;
    let import = |url: String| {
        let address = stage.file("live.url", url);
        let mut command = stage.command(&["legacy", "import", "--source", "live", address.to_str().unwrap()]);
        command.env("SSL_CERT_FILE", stage.directory.path().join("server.pem"));
        told(&command.output().unwrap())
    };
    let starts = Slapd::url(old.port) + "/?tls=start";
    let begins = Slapd::url(old.tls_port).replace("ldap://", "ldaps://");
    // The certificate is for the name, and for no address.
    for url in [&starts, &begins] {
        let other = import(url.clone());
        assert!(!other.ok && other.error.contains("certificate"), "{}", other.error);
    }
    let named = |url: &str| url.replace("127.0.0.1", "localhost");
    let told = import(named(&starts));
    assert_eq!(told.counts(), [3, 0, 0, 0], "{} {}", told.value, told.error);
    let told = import(named(&begins));
    assert_eq!(told.counts(), [0, 0, 3, 0], "{} {}", told.value, told.error);
}

/// Its connection ended, itself killed, and then an entry that stands elsewhere now. Without a reader the directory waits.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_import_from_a_directory_that_was_cut_off_goes_on_or_begins_anew() {
    const COUNT: usize = 30_000;
    let (stage, old) = started(&people(COUNT as u32), None).await;
    let valve = Valve::before(old.port).await;
    let address = stage.file("live.url", Slapd::url(valve.port));
    let rows = async || stage.count("select coalesce(max(row), 0) from legacy_import").await;
    let abandoned = "select count(*) from legacy_import where state = 'abandoned'";
    let accounts = "select count(*) from legacy_account";

    // An entry has some 250 bytes.
    valve.close_after(5_000_000);
    let first = stage.import("live", &address, &[]);
    assert!(!first.ok && first.error.contains("run it again to go on"), "{}", first.error);
    let before = rows().await;
    assert!((5_000..COUNT as i64).contains(&before), "{before}");
    valve.open();
    let mut child = stage.start_import("live", &address);
    while rows().await == before && child.try_wait().unwrap().is_none() {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    let _ = child.kill();
    child.wait().unwrap();
    let last = stage.import("live", &address, &[]);
    assert!(last.ok, "{}", last.error);
    assert_eq!((stage.count(accounts).await, stage.count(abandoned).await), (COUNT as i64, 0));

    // The first entry goes to the end: another order, so it begins anew, and what is in is unchanged.
    valve.close_after(5_000_000);
    assert!(!stage.import("live", &address, &[]).ok);
    valve.open();
    let mut administrator = old.administrator().await;
    let dn = "uid=1,ou=people,dc=old,dc=example";
    administrator.delete(dn).await.unwrap().success().unwrap();
    let attributes = [
        ("objectClass", "inetOrgPerson"),
        ("uid", "1"),
        ("sn", "王"),
        ("cn", "王小明"),
        ("employeeNumber", "11010519491231002X"),
        ("employeeType", "N"),
        ("userPassword", HASH),
    ];
    let attributes = attributes.map(|(name, value)| (name, HashSet::from([value]))).to_vec();
    administrator.add(dn, attributes).await.unwrap().success().unwrap();
    let changed = vec![Mod::Replace("cn", HashSet::from(["王大明"]))];
    administrator.modify("uid=2,ou=people,dc=old,dc=example", changed).await.unwrap().success().unwrap();
    let again = stage.import("live", &address, &[]);
    assert_eq!(again.counts(), [0, 1, COUNT as u64 - 1, 0], "{} {}", again.value, again.error);
    assert_eq!((stage.count(accounts).await, stage.count(abandoned).await), (COUNT as i64, 1));

    // What is not taken stays with the server: memory does not grow with the directory.
    let start = valve.passed();
    let asked = Subtree {
        base: "ou=people,dc=old,dc=example".to_owned(),
        filter: "(uid=*)".to_owned(),
        attributes: vec!["*".to_owned()],
    };
    let mut rows = directory::entries(&Slapd::url(valve.port), asked).await.unwrap();
    let waiting = valve.passed_when_still().await - start;
    assert!(waiting < 2_500_000, "{waiting} bytes were taken though nobody reads");
    let mut count = 0;
    while let Some(set) = rows.recv().await.expect("the end is said").unwrap() {
        assert!(set.len() <= 500);
        count += set.len();
    }
    assert_eq!(count, COUNT);
    assert!(valve.passed() - start > 6_000_000, "{}", valve.passed() - start);
}
