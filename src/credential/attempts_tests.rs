use std::net::Ipv4Addr;

use super::*;
use crate::credential::trial::Trial;

const KNOWN: &str = "citizen-id/11010519491231002X";
const OWN: Uuid = Uuid::from_u128(1);

struct Case {
    trial: Trial,
    attempts: Attempts,
}

impl Case {
    async fn new(change: impl FnOnce(&mut Limits)) -> Self {
        let trial = Trial::new().await;
        let mut limits = Limits::default();
        change(&mut limits);
        let attempts = Attempts::new(trial.transient.clone(), limits);
        Self { trial, attempts }
    }

    /// The clock stands at the beginning of a window of 10 and of 15 minutes.
    fn attempt(&self, factor: Factor, identifier: &str, source: u32, known: Option<Uuid>) -> Attempt {
        let visit = self.trial.visit_from(Ipv4Addr::from(0x0a00_0000 + source).into());
        self.attempts.attempt(&self.trial.keys, &visit, factor, identifier, known).unwrap()
    }

    async fn fail(&self, factor: Factor, identifier: &str, source: u32, known: Option<Uuid>) {
        self.attempt(factor, identifier, source, known).failed().await.unwrap();
    }

    async fn wait(&self, factor: Factor, identifier: &str, source: u32, known: Option<Uuid>) -> Option<u64> {
        match self.attempt(factor, identifier, source, known).check().await {
            Ok(()) => None,
            Err(Error::Wait(wait)) => Some(wait.seconds),
            Err(other) => panic!("{other}"),
        }
    }
}

#[tokio::test]
async fn ten_thousand_failures_leave_the_owner_a_way_in() {
    let case = std::sync::Arc::new(Case::new(|_| ()).await);
    let mut strangers = tokio::task::JoinSet::new();
    for group in 0..200 {
        let case = case.clone();
        strangers.spawn(async move {
            for n in 0..50 {
                case.fail(Factor::Password, KNOWN, 1 + (group * 50 + n) % 1000, None).await;
            }
        });
    }
    strangers.join_all().await;
    // A stranger waits, from wherever; and so does the owner's new browser, for a password.
    assert!(case.wait(Factor::Password, KNOWN, 1, None).await.is_some());
    assert!(case.wait(Factor::Password, KNOWN, 5000, None).await.is_some());
    // The owner's own browser does not, and a passkey comes in from any browser.
    assert_eq!(case.wait(Factor::Password, KNOWN, 5000, Some(OWN)).await, None);
    assert_eq!(case.wait(Factor::Passkey, "owner's credential", 5000, None).await, None);
    // The owner's success does not open the door for the strangers.
    case.attempt(Factor::Password, KNOWN, 5000, Some(OWN)).succeeded().await.unwrap();
    assert!(case.wait(Factor::Password, KNOWN, 5000, None).await.is_some());
}

#[tokio::test]
async fn an_unknown_identifier_gets_the_same_answers_at_the_same_counts() {
    let case = Case::new(|limits| limits.account_failures = 3).await;
    for n in 0..5 {
        let answers = [
            case.wait(Factor::Password, KNOWN, 1, None).await,
            case.wait(Factor::Password, "citizen-id/nobody", 2, None).await,
        ];
        assert_eq!(answers[0], answers[1]);
        assert_eq!(answers[0], (n >= 3).then_some(15 * 60), "after {n} failures");
        case.fail(Factor::Password, KNOWN, 1, None).await;
        case.fail(Factor::Password, "citizen-id/nobody", 2, None).await;
    }
    case.trial.pass(minutes(5));
    assert_eq!(case.wait(Factor::Password, KNOWN, 1, None).await, Some(10 * 60));
    case.trial.pass(minutes(10));
    assert_eq!(case.wait(Factor::Password, KNOWN, 1, None).await, None);
}

#[tokio::test]
async fn a_known_browser_has_a_counter_of_its_own_and_is_not_its_neighbours_keeper() {
    let case = Case::new(|limits| {
        limits.account_failures = 3;
        limits.source_failures = 20;
    })
    .await;
    // One in the office guesses at many accounts until the source is closed.
    for n in 0..20 {
        case.fail(Factor::Password, &format!("citizen-id/{n}"), 9, None).await;
    }
    assert_eq!(case.wait(Factor::Password, KNOWN, 9, None).await, Some(10 * 60));
    assert_eq!(case.wait(Factor::Password, KNOWN, 9, Some(OWN)).await, None);
    assert_eq!(case.wait(Factor::Passkey, "credential", 9, None).await, None);
    // A stolen browser brings three tries, and closes neither other browsers nor other factors.
    for _ in 0..3 {
        case.fail(Factor::Password, KNOWN, 9, Some(OWN)).await;
    }
    assert!(case.wait(Factor::Password, KNOWN, 9, Some(OWN)).await.is_some());
    assert_eq!(case.wait(Factor::Password, KNOWN, 9, Some(Uuid::from_u128(2))).await, None);
    assert_eq!(case.wait(Factor::SmsCode, KNOWN, 9, Some(OWN)).await, None);
    assert_eq!(case.wait(Factor::Password, KNOWN, 10, None).await, None);
}

#[tokio::test]
async fn a_success_clears_its_own_factor_and_account_only() {
    let case = Case::new(|limits| {
        limits.account_failures = 3;
        limits.source_failures = 7;
    })
    .await;
    for _ in 0..2 {
        case.fail(Factor::Password, KNOWN, 1, None).await;
        case.fail(Factor::Password, "citizen-id/other", 1, None).await;
        case.fail(Factor::SmsCode, KNOWN, 1, None).await;
    }
    case.attempt(Factor::Password, KNOWN, 1, None).succeeded().await.unwrap();
    // The source has six: one more closes it, the success took none away.
    case.fail(Factor::Password, KNOWN, 1, None).await;
    assert!(case.wait(Factor::Password, KNOWN, 1, None).await.is_some());
    assert_eq!(case.wait(Factor::Password, KNOWN, 2, None).await, None);
    // From another source: one more failure each, and what was not cleared is full.
    for (factor, identifier, closed) in [
        (Factor::Password, KNOWN, false),
        (Factor::Password, "citizen-id/other", true),
        (Factor::SmsCode, KNOWN, true),
    ] {
        case.fail(factor, identifier, 2, None).await;
        assert_eq!(case.wait(factor, identifier, 3, None).await.is_some(), closed, "{factor:?} {identifier}");
    }
}

#[tokio::test]
async fn under_attack_strangers_get_three_tries_an_account() {
    let case = Case::new(|limits| limits.all_failures = 50).await;
    for n in 0..50 {
        case.fail(Factor::Password, &format!("citizen-id/{n}"), n, None).await;
    }
    for n in 0..5 {
        assert_eq!(case.wait(Factor::Password, KNOWN, 1000, None).await.is_some(), n >= 3, "after {n}");
        case.fail(Factor::Password, KNOWN, 1000, None).await;
    }
    assert_eq!(case.wait(Factor::Password, KNOWN, 1000, Some(OWN)).await, None);
}

#[tokio::test]
async fn tries_made_at_once_do_not_pass_the_limit_together() {
    let case = Case::new(|limits| limits.account_failures = 3).await;
    // Twenty are let in before any has failed…
    let at_once: Vec<_> = (0..20).map(|n| case.attempt(Factor::Password, KNOWN, n, None)).collect();
    for attempt in &at_once {
        attempt.check().await.unwrap();
    }
    // …and the last of them has found the password.
    let mut at_once = at_once.into_iter().rev();
    let last = at_once.next().unwrap();
    for attempt in at_once {
        attempt.failed().await.unwrap();
    }
    assert!(matches!(last.succeeded().await, Err(Error::Wait(_))));
}
