use std::time::Duration;

use uuid::Uuid;

use super::*;
use crate::credential::trial::Trial;

/// RFC 6238 appendix B, SHA-1, the last six of eight digits.
#[test]
fn the_codes_of_the_standard() {
    let seed = Seed(Zeroizing::new(*b"12345678901234567890"));
    for (at, code) in [
        (59, "287082"),
        (1_111_111_109, "081804"),
        (1_111_111_111, "050471"),
        (1_234_567_890, "005924"),
        (2_000_000_000, "279037"),
        (20_000_000_000, "353130"),
    ] {
        assert_eq!(seed.code_at(Moment::from_seconds(at)).reveal(), code, "{at}");
    }
    assert_eq!(seed.base32().reveal(), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
    let again = Seed::read(seed.written().reveal()).unwrap();
    assert_eq!(*again.0, *seed.0);
    assert!(Seed::read("AAAA").is_none() && Seed::read("?").is_none());
}

struct Case {
    trial: Trial,
    person: Uuid,
    seed: Seed,
}

impl Case {
    async fn new() -> Self {
        let trial = Trial::new().await;
        let person = trial.person().await;
        let seed = Seed::new(&trial.visit().chance);
        let case = Self { trial, person, seed };
        let visit = case.trial.visit();
        let mut tx = case.trial.db.begin().await.unwrap();
        let code = case.seed.code_at(visit.now);
        add(&mut tx, &case.trial.keys, &visit, Holder::Person(person), &case.seed, &code).await.unwrap();
        tx.commit().await.unwrap();
        case
    }

    /// The code of so many steps from now.
    fn code(&self, steps: i64) -> Secret {
        self.seed.code(step_of(self.trial.visit().now) + steps)
    }

    async fn spends(&self, code: &Secret) -> bool {
        match self.looks(code).await {
            Some(shown) => self.settles(shown).await,
            None => false,
        }
    }

    async fn looks(&self, code: &Secret) -> Option<Shown> {
        look(&mut &self.trial.db, &self.trial.keys, &self.trial.visit(), Holder::Person(self.person), code)
            .await
            .unwrap()
    }

    async fn settles(&self, shown: Shown) -> bool {
        let mut tx = self.trial.db.begin().await.unwrap();
        let spent = shown.spend(&mut tx, &self.trial.visit()).await.unwrap();
        tx.commit().await.unwrap();
        spent
    }
}

#[tokio::test]
async fn a_code_counts_once_and_so_does_each_before_it() {
    let case = Case::new().await;
    let first = case.code(0);
    assert!(!case.spends(&first).await, "it has proven the app");
    case.trial.pass(Duration::from_secs(90));
    let (now, before) = (case.code(0), case.code(-1));
    assert!(case.spends(&now).await);
    assert!(!case.spends(&now).await);
    assert!(!case.spends(&before).await);
    // Two at once, both right when they were looked at.
    case.trial.pass(Duration::from_secs(30));
    let (one, other) = (case.looks(&case.code(0)).await.unwrap(), case.looks(&case.code(0)).await.unwrap());
    assert!(case.settles(one).await);
    assert!(!case.settles(other).await);
}

#[tokio::test]
async fn a_clock_may_be_a_step_off_and_no_more() {
    let case = Case::new().await;
    case.trial.pass(Duration::from_secs(600));
    for far in [-2, 2] {
        assert!(!case.spends(&case.code(far)).await, "{far}");
    }
    assert!(case.spends(&case.code(-1)).await);
    assert!(case.spends(&case.code(1)).await);
    assert!(!case.spends(&Secret::new("")).await);
    let stranger = case.trial.person().await;
    let stranger = Case { person: stranger, ..case };
    assert!(!stranger.spends(&stranger.code(0)).await);
}

#[tokio::test]
async fn an_app_that_shows_another_code_is_not_added_and_its_secret_is_not_in_clear() {
    let case = Case::new().await;
    let visit = case.trial.visit();
    let other = Seed::new(&visit.chance);
    let mut tx = case.trial.db.begin().await.unwrap();
    let wrong = Secret::new("not a code");
    let added = add(&mut tx, &case.trial.keys, &visit, Holder::Person(case.person), &other, &wrong).await;
    assert!(matches!(added, Err(Error::Refused(Refused::Wrong))));
    let kept = tx.optional("select secret from totp", values![], |row| row.get::<Vec<u8>>(0)).await;
    let kept = kept.unwrap().unwrap();
    assert!(!kept.windows(BYTES).any(|window| window == case.seed.0.as_ref()));
}
