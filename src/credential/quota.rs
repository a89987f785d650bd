//! What may be asked for so often only: by one source, for one phone or number, in all. Unlike failures,
//! every use counts.

use std::time::Duration;

use uuid::Uuid;

use super::Error;
use super::attempts::digest;
use super::counter::{Counter, minutes, source_of};
use crate::base::Visit;
use crate::config::{Limits, Requests};
use crate::crypto::DataKeys;
use crate::transient::Transient;

const HOUR: Duration = minutes(60);
const DAY: Duration = minutes(24 * 60);

/// What is rationed, and for whom.
#[derive(Clone, Copy)]
pub enum Rationed<'a> {
    /// An SMS to this phone (E.164).
    Sms { phone: &'a crate::base::Phone },
    /// A registration tried with this official number, in its one written form.
    Registration { number: &'a str },
    /// The way to a new password begun with this identifier, in its one written form. A browser that the
    /// person has signed in from has a ration of its own, which strangers do not use up. It stands for the
    /// SMS too: were that one shared with registration, it would tell whose phone belongs to an account.
    Recovery { identifier: &'a str, known: Option<Uuid> },
    /// A request for another screen, by this terminal or client; from its source too, where it shows no key.
    Request { by: &'a str, source: bool },
    /// The same, for whom this hint means, in its one written form; whether it means anybody or not.
    Asking { by: &'a str, whom: &'a str },
    /// A proof of who they are, begun by this person, or in this browser.
    Proof { by: uuid::Uuid },
}

/// The rations that are left. Cheap to clone.
#[derive(Clone)]
pub struct Quota {
    transient: Transient,
    limits: Limits,
    requests: Requests,
}

impl Quota {
    pub fn new(transient: Transient, limits: Limits, requests: Requests) -> Self {
        Self { transient, limits, requests }
    }

    /// Takes one, or says how long to wait. The source is asked first, so that one who floods uses up
    /// neither a stranger's ration nor everybody's.
    pub async fn take(&self, keys: &DataKeys, visit: &Visit, what: Rationed<'_>) -> Result<(), Error> {
        let limits = &self.limits;
        let source = source_of(visit.address);
        let [by_source, of_one, in_all] = match what {
            Rationed::Sms { phone } => [
                (format!("sms/source/{source}"), HOUR, limits.sms_per_source),
                (format!("sms/phone/{}", digest(keys, "sms", phone.as_str())?), HOUR, limits.sms_per_phone),
                ("sms/all".to_owned(), HOUR, limits.sms_in_all),
            ],
            Rationed::Registration { number } => [
                (format!("registration/source/{source}"), HOUR, limits.checks_per_source),
                (
                    format!("registration/number/{}", digest(keys, "registration", number)?),
                    DAY,
                    limits.checks_per_number,
                ),
                ("registration/all".to_owned(), HOUR, limits.checks_in_all),
            ],
            Rationed::Recovery { identifier, known } => {
                let digest = digest(keys, "recovery", identifier)?;
                let of_one = match known {
                    Some(browser) => format!("recovery/browser/{browser}/{digest}"),
                    None => format!("recovery/identifier/{digest}"),
                };
                [
                    (format!("recovery/source/{source}"), HOUR, limits.recoveries_per_source),
                    (of_one, HOUR, limits.recoveries_per_identifier),
                    ("recovery/all".to_owned(), HOUR, limits.recoveries_in_all),
                ]
            }
            Rationed::Request { by, source: counted } => {
                let requests = &self.requests;
                let from = if counted { requests.per_source } else { u64::MAX };
                [
                    (format!("request/source/{source}"), HOUR, from),
                    (format!("request/by/{by}"), HOUR, requests.per_client),
                    ("request/all".to_owned(), HOUR, requests.in_all),
                ]
            }
            Rationed::Asking { by, whom } => {
                let (requests, whom) = (&self.requests, digest(keys, "request", whom)?);
                [
                    (format!("asking/by/{by}/{whom}"), HOUR, requests.per_person_by_one),
                    (format!("asking/whom/{whom}"), HOUR, requests.per_person),
                    ("asking/all".to_owned(), HOUR, requests.in_all),
                ]
            }
            Rationed::Proof { by } => [
                (format!("proof/source/{source}"), HOUR, limits.checks_per_source),
                (format!("proof/by/{by}"), DAY, limits.proofs_per_person),
                ("proof/all".to_owned(), HOUR, limits.checks_in_all),
            ],
        };
        for (name, window, limit) in [by_source, of_one, in_all] {
            let counter = Counter::new(visit.now, &name, window, limit);
            let with_this = counter.add(&self.transient).await?;
            counter.admits(with_this.saturating_sub(1))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Phone;
    use crate::credential::trial::Trial;

    #[tokio::test]
    async fn each_of_the_three_rations_ends_by_itself() {
        let trial = Trial::new().await;
        let limits = Limits { sms_per_phone: 2, sms_per_source: 4, sms_in_all: 7, ..Limits::default() };
        let quota = Quota::new(trial.transient.clone(), limits, Requests::default());
        let take = async |phone: &str, source: [u8; 4]| {
            let phone = Phone::parse(phone).unwrap();
            quota.take(&trial.keys, &trial.visit_from(source.into()), Rationed::Sms { phone: &phone }).await
        };
        let (a, b, c) = ("13800000001", "13800000002", "13800000003");
        for (phone, source, allowed) in [
            (a, [192, 0, 2, 1], true),
            (a, [192, 0, 2, 1], true),
            (a, [192, 0, 2, 1], false), // the phone
            (b, [192, 0, 2, 1], true),
            (c, [192, 0, 2, 1], false), // the source; c keeps its ration
            (b, [192, 0, 2, 2], true),
            (c, [192, 0, 2, 2], true),
            (c, [192, 0, 2, 3], true),
            ("13800000004", [192, 0, 2, 4], true),
            ("13800000005", [192, 0, 2, 5], false), // all
        ] {
            let taken = take(phone, source).await;
            assert_eq!(taken.is_ok(), allowed, "{phone} {source:?}");
            assert!(taken.is_ok() || matches!(taken, Err(Error::Wait(_))));
        }
        trial.pass(HOUR);
        take(a, [192, 0, 2, 1]).await.unwrap();
    }

    #[tokio::test]
    async fn a_number_is_checked_so_often_a_day() {
        let trial = Trial::new().await;
        let limits = Limits { checks_per_number: 1, ..Limits::default() };
        let quota = Quota::new(trial.transient.clone(), limits, Requests::default());
        let take = async |number: &str| {
            quota.take(&trial.keys, &trial.visit(), Rationed::Registration { number }).await
        };
        take("11010519491231002X").await.unwrap();
        trial.pass(HOUR);
        assert!(matches!(take("11010519491231002X").await, Err(Error::Wait(_))));
        take("110105194912310038").await.unwrap();
    }
}
