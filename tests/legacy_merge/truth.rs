//! Whole dumps of four systems, with the truth beside them: nobody is attached to somebody else, and who can be found
//! without asking is found.

use std::collections::{BTreeMap, HashMap};
use std::io::Write;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use super::house;
use crate::support::House;

/// Source, its file, and how many letters of an account's name in the truth file are not in its id.
pub const SYSTEMS: [(&str, &str, usize); 4] = [
    ("si", "si_accounts.csv", 2),
    ("tax", "tax_accounts.ndjson", 3),
    ("gjj", "gjj_accounts.csv", 3),
    ("portal", "portal_accounts.ldif", 0),
];

/// Defects of numbers and names, as the generator has them; doubled by who asks for it.
const RATES: [(&str, f64); 24] = [
    ("id_missing", 0.015),
    ("id15_si", 0.06),
    ("id15_tax", 0.01),
    ("id15_gjj", 0.03),
    ("id15_portal", 0.02),
    ("fullwidth", 0.006),
    ("whitespace", 0.010),
    ("zero_width", 0.003),
    ("excel_sci_gjj", 0.008),
    ("excel_trunc_gjj", 0.012),
    ("typo_check", 0.004),
    ("transposed", 0.003),
    ("masked", 0.003),
    ("relative_id", 0.002),
    ("placeholder", 0.003),
    ("traditional", 0.010),
    ("name_space", 0.005),
    ("homophone", 0.003),
    ("rare_char", 0.006),
    ("renamed", 0.02),
    ("not_in_register", 0.004),
    ("deceased", 0.03),
    ("ent_no_key", 0.01),
    ("ent_uscc_typo", 0.004),
];

/// One account as the truth file has it.
pub struct True {
    pub subject: String,
    pub expect: String,
    pub defects: String,
    pub password: String,
}

/// What became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    pub class: String,
    pub reason: String,
    pub account: Option<String>,
}

pub fn generate(directory: &Path, citizens: u32, seed: u32, times: f64) {
    let program = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/legacy/gen_legacy.py");
    let mut command = Command::new("python3");
    command.arg(program).arg("--out").arg(directory).args(["--citizens", &citizens.to_string()]);
    command.args(["--seed", &seed.to_string(), "--jobs", "1"]);
    for (name, rate) in RATES.iter().filter(|_| times > 1.0) {
        command.args(["--rate", &format!("{name}={}", rate * times)]);
    }
    assert!(command.stdout(Stdio::null()).status().expect("python3 runs").success());
}

/// The real program on the house's stores.
pub fn started(house: &House, arguments: &[&str]) -> Child {
    program(house, arguments).spawn().expect("yihao runs")
}

/// The same before it runs.
pub fn program(house: &House, arguments: &[&str]) -> Command {
    let config = &house.app.config;
    let mut program = Command::new(env!("CARGO_BIN_EXE_yihao"));
    program
        .env("YIHAO__STORAGE__URL", &config.storage.url)
        .env("YIHAO__TRANSIENT__URL", &config.transient.url)
        .env("YIHAO__KEYS__MASTER_FILE", &config.keys.master_file)
        .env("YIHAO__REGISTERS__SOURCE", &config.registers.source)
        .env("YIHAO__REGISTERS__URL", config.registers.url.as_str())
        .env("YIHAO__REGISTERS__PER_SECOND", "1000000")
        .env("YIHAO__REGISTERS__PER_DAY", config.registers.per_day.to_string())
        .env("YIHAO__DANGER__SIMULATE_REGISTERS", "true")
        .arg("--json")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    program
}

/// The same; what it prints.
pub fn yihao(house: &House, arguments: &[&str], input: &str) -> Result<String, String> {
    ended(started(house, arguments), input)
}

/// What a program prints to the end.
pub fn ended(mut program: Child, input: &str) -> Result<String, String> {
    program.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let done = program.wait_with_output().unwrap();
    if done.status.success() {
        Ok(String::from_utf8(done.stdout).expect("UTF-8"))
    } else {
        Err(String::from_utf8_lossy(&done.stderr).into_owned())
    }
}

pub fn good(house: &House, arguments: &[&str]) -> String {
    yihao(house, arguments, "").unwrap_or_else(|error| panic!("{arguments:?}: {error}"))
}

/// Loads the registers, and takes over, matches and merges each system.
pub fn take_over(house: &House, directory: &Path) {
    load(house, directory);
    take_over_systems(house, directory);
}

/// The same where the registers are asked.
pub fn take_over_systems(house: &House, directory: &Path) {
    for (name, dump, _) in SYSTEMS {
        import(house, directory, name, dump);
        good(house, &["legacy", "match", "--source", name]);
        good(house, &["legacy", "merge", "--source", name]);
    }
}

pub fn load(house: &House, directory: &Path) {
    let file = |name: &str| directory.join(name).display().to_string();
    let (population, legal, changes) =
        (file("reg_population.csv"), file("reg_legal.csv"), file("reg_id_changes.csv"));
    let load =
        ["register", "load", "--population", &population, "--legal-persons", &legal, "--changes", &changes];
    good(house, &load);
}

pub fn import(house: &House, directory: &Path, name: &str, dump: &str) {
    let profile = format!("{}/deploy/legacy/{name}.toml", env!("CARGO_MANIFEST_DIR"));
    good(house, &["legacy", "source", "add", "--profile", &profile]);
    let dump = directory.join(dump).display().to_string();
    // Rows that cannot be read are for somebody to mend; the others are in.
    let _ = yihao(house, &["legacy", "import", "--source", name, &dump], "");
}

pub fn truth(directory: &Path, system: &str, cut: usize) -> HashMap<String, True> {
    let mut reader = csv::Reader::from_path(directory.join(format!("truth_{system}.csv"))).unwrap();
    let rows = reader.records().map(|row| {
        let row = row.unwrap();
        let subject = format!("{}{}", &row[1], &row[2]);
        let text = |column: usize| row[column].to_owned();
        let (expect, defects, password) = (text(4), text(5), text(7));
        (row[0][cut..].to_owned(), True { subject, expect, defects, password })
    });
    rows.collect()
}

pub fn verdicts(house: &House, system: &str) -> HashMap<String, Verdict> {
    let lines = good(house, &["legacy", "verdicts", "--source", system]);
    let verdict = |line: &str| {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        let text = |name: &str| line[name].as_str().unwrap_or_default().to_owned();
        let account = line["account_id"].as_str().map(str::to_owned);
        (text("local_id"), Verdict { class: text("class"), reason: text("reason"), account })
    };
    lines.lines().map(verdict).collect()
}

pub fn is_automatic(class: &str) -> bool {
    matches!(class, "AUTO" | "AUTO_REGISTER")
}

/// Whether an account is merged without asking, by the truth.
fn as_expected(real: &True) -> Option<bool> {
    Some(is_automatic(&real.expect))
}

/// Compares with the truth. `expects`: whether an account is merged without asking; `None` where either will do.
pub fn judge(house: &House, directory: &Path, expects: impl Fn(&True) -> Option<bool>) {
    // Whose each account here is, and which account each subject has.
    let (mut owners, mut accounts) = (HashMap::new(), HashMap::new());
    for (system, _, cut) in SYSTEMS {
        let (truth, verdicts) = (truth(directory, system, cut), verdicts(house, system));
        assert!(verdicts.len() <= truth.len(), "{system}: more accounts than there are");
        let (mut auto, mut expected, mut counted) = (0, 0, 0);
        let mut table: BTreeMap<(String, String), u32> = BTreeMap::new();
        for (id, real) in &truth {
            let expects = expects(real);
            expected += u32::from(expects == Some(true));
            counted += u32::from(expects.is_some());
            // What the import could not read at all is nobody's.
            let Some(verdict) = verdicts.get(id) else { continue };
            auto += u32::from(expects.is_some() && is_automatic(&verdict.class));
            if expects.is_some_and(|expects| expects != is_automatic(&verdict.class)) {
                let said = format!("{} {} for {}", verdict.class, verdict.reason, real.expect);
                *table.entry((said, real.defects.clone())).or_default() += 1;
            }
            let Some(account) = &verdict.account else { continue };
            let owner = owners.entry(account.clone()).or_insert_with(|| real.subject.clone());
            assert_eq!(owner, &real.subject, "{system} {id}: two people in one account");
            let own = accounts.entry(real.subject.clone()).or_insert_with(|| account.clone());
            assert_eq!(own, account, "{system} {id}: two accounts of one number");
            assert!(is_automatic(&verdict.class), "{system} {id}");
        }
        let share = |n: u32| f64::from(n) * 100.0 / f64::from(counted);
        let off = (share(auto) - share(expected)).abs();
        assert!(
            off <= 0.5,
            "{system}: {:.2} % automatic, {:.2} % expected; {table:#?}",
            share(auto),
            share(expected)
        );
        let _ = writeln!(
            std::io::stderr(),
            "{system}: {:.2} % automatic, {:.2} % expected",
            share(auto),
            share(expected)
        );
    }
    assert!(!owners.is_empty());
}

/// Whether this is `make test-full`.
#[allow(clippy::disallowed_methods, reason = "a test has no configuration to read it from")]
pub fn in_full() -> bool {
    std::env::var_os("YIHAO_TEST_FULL").is_some()
}

fn seeds() -> Vec<u32> {
    if in_full() { vec![1, 2, 3] } else { vec![1] }
}

#[tokio::test]
async fn nobody_is_attached_to_somebody_else() {
    for seed in seeds() {
        let (house, directory) = (house().await, TempDir::new().unwrap());
        generate(directory.path(), 20_000, seed, 1.0);
        take_over(&house, directory.path());
        judge(&house, directory.path(), as_expected);
    }
}

#[tokio::test]
async fn nor_where_there_are_twice_as_many_defects() {
    for seed in seeds() {
        let (house, directory) = (house().await, TempDir::new().unwrap());
        generate(directory.path(), 4_000, seed + 10, 2.0);
        take_over(&house, directory.path());
        judge(&house, directory.path(), as_expected);
    }
}
