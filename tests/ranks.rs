//! The ranks of the modules (`src/lib.rs`), read from the source itself: a module uses those of lower rank
//! and, inside rank 3, those to its left.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// From the lowest rank to the highest.
const RANKS: &[&[&str]] = &[
    &["base", "config"],
    &["crypto", "db", "transient"],
    &["audit", "keys", "jobs", "outbound"],
    &[
        "identity",
        "credential",
        "mandate",
        "session",
        "client",
        "terminal",
        "grant",
        "logout",
        "ask",
        "legacy",
        "operator",
    ],
    &["app", "http", "view"],
    &["oidc", "pages", "console"],
    &["cli", "server", "duties", "main"],
];
const DOMAIN: usize = 3;
const DOORS: usize = 5;

struct File {
    /// Below `src`.
    path: String,
    module: String,
    text: String,
}

fn sources() -> Vec<File> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut folders = vec![root.clone()];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let (inner, here): (Vec<PathBuf>, Vec<PathBuf>) = entries.partition(|path| path.is_dir());
        folders.extend(inner);
        for file in here.into_iter().filter(|path| path.extension().is_some_and(|ext| ext == "rs")) {
            let path = file.strip_prefix(&root).unwrap().display().to_string();
            let module = path.split('/').next().unwrap().trim_end_matches(".rs").to_owned();
            files.push(File { path, module, text: std::fs::read_to_string(file).unwrap() });
        }
    }
    assert!(files.len() > 100, "the source was found");
    files
}

impl File {
    /// Code without the lines of comments.
    fn code(&self) -> String {
        self.text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
    }

    fn is_test(&self) -> bool {
        let name = self.path.rsplit('/').next().unwrap_or_default();
        name == "tests.rs" || name.ends_with("_tests.rs") || self.path == "outbound/testing.rs"
    }

    /// Code that is not for tests alone: the inline test module is the last thing of a file.
    fn shipped(&self) -> String {
        let code = self.code();
        let tests = code.find("#[cfg(test)]\nmod tests {").unwrap_or(code.len());
        code[..tests].to_owned()
    }

    /// The modules of this package that the code names, by `crate::a`, `crate::{a, b::c}` or `$crate::a`.
    fn uses(&self) -> BTreeSet<String> {
        let code = self.code();
        let mut named = BTreeSet::new();
        for (at, _) in code.match_indices("crate::") {
            let rest = &code[at + "crate::".len()..];
            match rest.strip_prefix('{') {
                Some(list) => named.extend(heads(list)),
                None => named.extend([word(rest)]),
            }
        }
        named.remove("");
        named
    }
}

/// The first words of a use list, up to the brace that ends it.
fn heads(list: &str) -> Vec<String> {
    let (mut depth, mut heads, mut begins) = (0, Vec::new(), true);
    for (at, c) in list.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => begins = true,
            c if begins && c.is_alphabetic() => {
                heads.push(word(&list[at..]));
                begins = false;
            }
            _ => {}
        }
    }
    heads
}

fn word(text: &str) -> String {
    text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

fn rank(module: &str) -> Option<usize> {
    RANKS.iter().position(|rank| rank.contains(&module))
}

/// Whether `user` may use `used`.
fn allowed(user: &str, used: &str) -> bool {
    let (Some(from), Some(to)) = (rank(user), rank(used)) else { return false };
    let place = |module| RANKS[from].iter().position(|known| *known == module);
    match (user == used, from == to) {
        (true, _) => true,
        (false, false) => to < from,
        (false, true) if from == DOMAIN => place(used) < place(user),
        (false, true) => from != DOORS,
    }
}

#[test]
fn a_module_uses_what_stands_below_it() {
    let mut wrong = Vec::new();
    for file in sources().iter().filter(|file| file.module != "lib") {
        assert!(rank(&file.module).is_some(), "{} has no rank", file.path);
        // A macro that is exported stands at the root: `crate::values`.
        let used = file.uses().into_iter().filter(|used| rank(used).is_some());
        wrong.extend(
            used.filter(|used| !allowed(&file.module, used)).map(|used| format!("{}: {used}", file.path)),
        );
        let unknown = file.uses().into_iter().filter(|used| rank(used).is_none() && used != "values");
        wrong.extend(unknown.map(|used| format!("{}: {used} has no rank", file.path)));
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_rule_itself_tells_right_from_wrong() {
    for (user, used) in
        [("db", "base"), ("ask", "grant"), ("grant", "client"), ("oidc", "http"), ("cli", "server")]
    {
        assert!(allowed(user, used) && !(user != "cli" && allowed(used, user)), "{user} {used}");
    }
    assert!(!allowed("oidc", "pages") && !allowed("pages", "oidc") && !allowed("identity", "app"));
    let file = |text: &str| File { path: String::new(), module: String::new(), text: text.to_owned() };
    let uses =
        file("use crate::{a::{b, c}, d};\nuse crate::e::f;\n// crate::g\nlet x = crate::h::i();").uses();
    assert_eq!(uses.into_iter().collect::<Vec<_>>(), ["a", "d", "e", "h"]);
}

#[test]
fn engines_stay_in_their_rooms() {
    type Room = (&'static str, fn(&File) -> bool);
    let rooms: [Room; 10] = [
        ("axum", |file| rank(&file.module) >= Some(4)),
        ("tower_http", |file| rank(&file.module) >= Some(4)),
        ("axum_server", |file| rank(&file.module) >= Some(4)),
        ("rusqlite", |file| file.module == "db" || file.path.starts_with("transient/embedded")),
        ("tokio_postgres", |file| file.module == "db"),
        ("deadpool_postgres", |file| file.module == "db"),
        ("mysql_async", |file| file.path == "db/foreign/mysql.rs"),
        ("ldap3", |file| file.path == "db/foreign/directory.rs"),
        ("redis", |file| file.path.starts_with("transient/redis")),
        ("webauthn_rs", |file| file.path.starts_with("credential/passkey")),
    ];
    let mut wrong = Vec::new();
    for file in sources().iter().filter(|file| !file.is_test()) {
        let code = file.shipped();
        for (engine, at_home) in rooms {
            let named = [format!("{engine}::"), format!("use {engine};")].iter().any(|form| {
                code.match_indices(form.as_str()).any(|(at, _)| {
                    // `transient::redis::` and `mod redis` are ours.
                    !code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':')
                })
            });
            let ours = engine == "redis" && file.path == "transient/mod.rs";
            if named && !at_home(file) && !ours {
                wrong.push(format!("{}: {engine}", file.path));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn files_are_of_a_size_to_read() {
    let mut files = sources();
    files.sort_by_key(|file| file.text.lines().count());
    let longest = files.last().unwrap();
    assert!(longest.text.lines().count() <= 500, "{} is too long", longest.path);
    let median = files[files.len() / 2].text.lines().count();
    assert!(median <= 120, "the median is {median} lines");
}
