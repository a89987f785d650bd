//! What only the file has to show.

use std::path::PathBuf;
use std::time::Duration;

use tempfile::TempDir;
use yihao::transient::{OpenError, Transient};

use super::{Home, MINUTE, at_once, contract};

struct File {
    path: PathBuf,
    _directory: TempDir,
}

impl File {
    fn new() -> Self {
        let directory = TempDir::new().unwrap();
        Self { path: directory.path().join("transient.db"), _directory: directory }
    }

    fn address(&self) -> String {
        format!("embedded:{}", self.path.display())
    }

    /// A connection beside the home's own: to look, and to get in its way.
    fn beside(&self) -> rusqlite::Connection {
        rusqlite::Connection::open(&self.path).unwrap()
    }

    fn rows(&self) -> i64 {
        self.beside().query_row("select count(*) from held", [], |row| row.get(0)).unwrap()
    }

    /// The file and its log, as they lie on the disk.
    fn bytes(&self) -> Vec<u8> {
        let mut log = self.path.clone().into_os_string();
        log.push("-wal");
        [std::fs::read(&self.path).unwrap(), std::fs::read(log).unwrap_or_default()].concat()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn embedded_keeps_the_contract() {
    let file = File::new();
    let (here, there) = (Home::open(&file.address()).await, Home::open(&file.address()).await);
    contract::holds(&here, &there).await;
}

#[tokio::test]
async fn embedded_survives_a_restart() {
    let file = File::new();
    let before = Home::open(&file.address()).await;
    let (code, mark, counter) =
        (before.key("code", "a"), before.key("jti", "b"), before.key("failures", "c"));
    before.transient.put(&code, b"kept", MINUTE).await.unwrap();
    assert!(before.transient.claim(&mark, MINUTE).await.unwrap());
    before.transient.count(&counter, MINUTE, 7).await.unwrap();
    drop(before);

    let after = Home::open(&file.address()).await;
    assert_eq!(after.transient.take(&code).await.unwrap().as_deref(), Some(&b"kept"[..]));
    assert!(!after.transient.claim(&mark, MINUTE).await.unwrap());
    assert_eq!(after.transient.count(&counter, MINUTE, 1).await.unwrap(), 8);
    drop(after);
    let later = Home::open(&file.address()).await;
    assert_eq!(later.transient.take(&code).await.unwrap(), None, "what was taken stays taken");
}

#[tokio::test]
async fn expired_rows_leave_the_file_and_live_ones_stay() {
    let file = File::new();
    let home = Home::open(&file.address()).await;
    for n in 0..1500 {
        home.transient.put(&home.key("code", &format!("old {n}")), b"x", MINUTE).await.unwrap();
    }
    assert_eq!(file.rows(), 1500);
    home.clock.advance(MINUTE);
    for n in 0..1100 {
        home.transient.put(&home.key("code", &format!("new {n}")), b"y", MINUTE).await.unwrap();
    }
    // The sweep follows the answer; the next change waits for it.
    home.transient.ping().await.unwrap();
    assert_eq!(file.rows(), 1100 + 1);
    assert!(home.transient.get(&home.key("code", "new 0")).await.unwrap().is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_batch_answers_everyone_and_the_next_one_works() {
    let file = File::new();
    let home = Home::open(&file.address()).await;
    let beside = file.beside();
    let one = || {
        let (transient, key) = (home.transient.clone(), home.key("code", "a"));
        async move { transient.put(&key, b"x", MINUTE).await }
    };
    beside.execute_batch("alter table held rename to away").unwrap();
    let answers = tokio::time::timeout(Duration::from_secs(20), at_once(300, one)).await.expect("all answer");
    assert!(answers.iter().all(Result::is_err));
    assert!(home.transient.ping().await.is_err());
    beside.execute_batch("alter table away rename to held").unwrap();
    assert!(at_once(300, one).await.iter().all(Result::is_ok));
    home.transient.ping().await.unwrap();
}

/// One change that cannot be made takes the others of its transaction with it: none is half done.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_answered_is_there_and_what_failed_is_not() {
    let file = File::new();
    let home = Home::open(&file.address()).await;
    file.beside()
        .execute_batch(
            "create trigger refuse before insert on held when new.value = x'00'
             begin select raise(abort, 'refused'); end",
        )
        .unwrap();
    let number = std::cell::Cell::new(0);
    let puts = at_once(400, || {
        number.set(number.get() + 1);
        let (n, transient) = (number.get(), home.transient.clone());
        let key = home.key("code", &n.to_string());
        let value = if n % 50 == 0 { 0 } else { 1 };
        async move { (n, transient.put(&key, &[value], MINUTE).await.is_ok()) }
    });
    for (n, stored) in puts.await {
        let held = home.transient.get(&home.key("code", &n.to_string())).await.unwrap();
        assert_eq!(held.is_some(), stored, "put {n}");
        assert!(n % 50 != 0 || !stored);
    }
}

/// Callers that go away, waiting or with the connection in their hands, neither stop the others nor leave
/// half a change.
#[tokio::test]
async fn callers_that_go_away_leave_nothing_behind() {
    let file = File::new();
    let home = Home::open(&file.address()).await;
    let key = home.key("failures", "abandoned");
    let mut answered = 0;
    for _ in 0..10_000 {
        tokio::select! {
            biased;
            answer = home.transient.count(&key, MINUTE, 1) => { answer.unwrap(); answered += 1; }
            () = tokio::task::yield_now() => {}
        }
    }
    let counted = tokio::time::timeout(Duration::from_secs(20), home.transient.count(&key, MINUTE, 1));
    let total = counted.await.expect("there is room").unwrap();
    assert!((answered + 1..=10_001).contains(&total), "{total} counts were made");
}

#[tokio::test]
async fn ids_and_modes_give_nothing_away() {
    let file = File::new();
    let home = Home::open(&file.address()).await;
    let id = "an-id-that-must-not-be-on-the-disk";
    home.transient.put(&yihao::transient::Key::new("code", id), b"a-value-that-is", MINUTE).await.unwrap();
    let bytes = file.bytes();
    let holds = |needle: &str| bytes.windows(needle.len()).any(|window| window == needle.as_bytes());
    assert!(holds("a-value-that-is") && holds("code:"), "the search can find");
    assert!(!holds(id));
    assert!(!format!("{:?}", yihao::transient::Key::new("code", id)).contains(id));
    let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&file.path).unwrap().permissions());
    assert_eq!(mode & 0o777, 0o600);
}

#[tokio::test]
async fn addresses_that_make_no_sense_are_refused() {
    let clock = yihao::base::Clock::Machine;
    for address in ["", "embedded:", "memcached://h:1", "redis-sentinel://h:1", "redis://secret@h:x"] {
        let error = Transient::open(address, clock.clone()).await.err().expect(address);
        assert!(matches!(error, OpenError::Address(_)), "{address}: {error}");
        assert!(!error.to_string().contains("secret"));
    }
    let nowhere = Transient::open("embedded:/nowhere/at/all.db", clock.clone()).await.err().unwrap();
    assert!(matches!(nowhere, OpenError::Unavailable(_)));
}
