use uuid::Uuid;

use super::authenticator::Authenticator;
use super::*;
use crate::credential::trial::Trial;
use crate::credential::{Error, Holder, Proof, Whose};

struct Case {
    trial: Trial,
    passkeys: Passkeys,
}

type Outcome<T> = Result<T, Refused>;

fn outcome<T>(result: Result<T, Error>) -> Outcome<T> {
    result.map_err(|error| match error {
        Error::Refused(refused) => refused,
        other => panic!("{other}"),
    })
}

impl Case {
    async fn new() -> Self {
        let issuer = Url::parse("http://localhost:8080").unwrap();
        Self { trial: Trial::new().await, passkeys: Passkeys::new(&issuer, "统一身份认证").unwrap() }
    }

    async fn begin_adding(&self, person: Uuid) -> Outcome<Started> {
        let (trial, mut db) = (&self.trial, &self.trial.db);
        outcome(
            self.passkeys
                .start_adding(&mut db, &trial.visit(), &trial.transient, Holder::Person(person), "王小明")
                .await,
        )
    }

    async fn end_adding(&self, person: Uuid, handle: &str, answer: &str) -> Outcome<()> {
        let trial = &self.trial;
        let new = outcome(
            self.passkeys.finish_adding(&trial.transient, Holder::Person(person), handle, answer).await,
        )?;
        let mut tx = trial.db.begin().await.unwrap();
        outcome(new.keep(&mut tx, &trial.visit(), " my\nphone ").await)?;
        tx.commit().await.unwrap();
        Ok(())
    }

    async fn add(&self, person: Uuid, authenticator: &mut Authenticator) -> Outcome<()> {
        let started = self.begin_adding(person).await?;
        let answer = authenticator.create(&started.options);
        self.end_adding(person, &started.handle, &answer).await
    }

    async fn begin(&self) -> Started {
        outcome(self.passkeys.start_sign_in(&self.trial.visit(), &self.trial.transient).await).unwrap()
    }

    async fn assert(&self, handle: &str, answer: &str) -> Outcome<Assertion> {
        let (trial, mut db) = (&self.trial, &self.trial.db);
        outcome(self.passkeys.finish_sign_in(&mut db, Whose::Persons, &trial.transient, handle, answer).await)
    }

    async fn settle(&self, assertion: Assertion) -> Outcome<PasskeyProof> {
        let mut tx = self.trial.db.begin().await.unwrap();
        let proof = outcome(assertion.settle(&mut tx, &self.trial.visit()).await)?;
        tx.commit().await.unwrap();
        Ok(proof)
    }

    async fn sign_in(&self, authenticator: &mut Authenticator) -> Outcome<PasskeyProof> {
        let started = self.begin().await;
        let answer = authenticator.get(&started.options);
        self.settle(self.assert(&started.handle, &answer).await?).await
    }

    async fn listed(&self, person: Uuid) -> Vec<Listed> {
        list(&mut &self.trial.db, Holder::Person(person)).await.unwrap()
    }
}

#[tokio::test]
async fn added_then_used_then_removed() {
    let case = Case::new().await;
    let person = case.trial.person().await;
    let mut authenticator = Authenticator::new(b"credential one");
    case.add(person, &mut authenticator).await.unwrap();
    assert_eq!(authenticator.user_handle, person.as_bytes());
    let [listed] = &case.listed(person).await[..] else { panic!("not one passkey") };
    assert_eq!((listed.label.as_str(), listed.used_at), ("myphone", None));

    case.trial.pass(Duration::from_secs(60));
    let proof = case.sign_in(&mut authenticator).await.unwrap();
    assert_eq!(proof, PasskeyProof { holder: Holder::Person(person), user_verified: true });
    assert_eq!(Proof::from(proof), Proof::Passkey { user_verified: true });
    assert_eq!(case.listed(person).await[0].used_at, Some(case.trial.visit().now));

    let (mut tx, stranger) = (case.trial.db.begin().await.unwrap(), Uuid::nil());
    assert!(!remove(&mut tx, Holder::Person(stranger), &authenticator.id).await.unwrap());
    assert!(remove(&mut tx, Holder::Person(person), &authenticator.id).await.unwrap());
    tx.commit().await.unwrap();
    assert_eq!(case.sign_in(&mut authenticator).await, Err(Refused::Wrong));
}

#[tokio::test]
async fn the_browser_is_asked_for_a_discoverable_verified_and_new_passkey() {
    let case = Case::new().await;
    let person = case.trial.person().await;
    case.add(person, &mut Authenticator::new(b"credential one")).await.unwrap();
    let options = case.begin_adding(person).await.unwrap().options;
    let asked = &options["publicKey"];
    assert_eq!(asked["rp"]["id"], "localhost");
    assert_eq!(asked["rp"]["name"], "统一身份认证");
    let selection = &asked["authenticatorSelection"];
    assert_eq!(selection["residentKey"], "required");
    assert_eq!(selection["requireResidentKey"], true);
    assert_eq!(selection["userVerification"], "required");
    assert_eq!(asked["excludeCredentials"][0]["id"], crate::crypto::base64url(b"credential one"));

    let options = case.begin().await.options;
    assert_eq!(options["publicKey"]["userVerification"], "required");
    assert_eq!(options["publicKey"]["allowCredentials"], serde_json::json!([]));
    assert_eq!(options.get("mediation"), None);
}

#[tokio::test]
async fn a_handle_is_good_once_for_five_minutes_for_its_person() {
    let case = Case::new().await;
    let (person, other) = (case.trial.person().await, case.trial.person().await);
    let mut authenticator = Authenticator::new(b"credential one");

    let started = case.begin_adding(person).await.unwrap();
    let answer = authenticator.create(&started.options);
    assert_eq!(case.end_adding(other, &started.handle, &answer).await, Err(Refused::Unknown));
    assert_eq!(case.end_adding(person, &started.handle, &answer).await, Err(Refused::Unknown));
    assert_eq!(case.end_adding(person, "made up", &answer).await, Err(Refused::Unknown));
    let started = case.begin_adding(person).await.unwrap();
    case.trial.pass(LIFETIME);
    let answer = authenticator.create(&started.options);
    assert_eq!(case.end_adding(person, &started.handle, &answer).await, Err(Refused::Unknown));

    case.add(person, &mut authenticator).await.unwrap();
    let started = case.begin().await;
    let answer = authenticator.get(&started.options);
    assert_eq!(case.assert("made up", &answer).await.err(), Some(Refused::Unknown));
    assert!(case.assert(&started.handle, &answer).await.is_ok());
    assert_eq!(case.assert(&started.handle, &answer).await.err(), Some(Refused::Unknown));
    let started = case.begin().await;
    case.trial.pass(LIFETIME);
    let answer = authenticator.get(&started.options);
    assert_eq!(case.assert(&started.handle, &answer).await.err(), Some(Refused::Unknown));
}

#[tokio::test]
async fn what_does_not_prove_is_refused() {
    let case = Case::new().await;
    let (person, other) = (case.trial.person().await, case.trial.person().await);
    let good = || Authenticator::new(b"credential one");

    type Bend = fn(&mut Authenticator);
    let bends: [(&str, Bend); 3] = [
        ("another port", |a| a.origin = "http://localhost:8081".to_owned()),
        ("another domain", |a| a.domain = "example.org".to_owned()),
        ("the user not verified", |a| a.verifies_user = false),
    ];
    for (what, bend) in bends {
        let mut bent = good();
        bend(&mut bent);
        assert_eq!(case.add(person, &mut bent).await, Err(Refused::Wrong), "{what}");
    }
    let mut authenticator = good();
    case.add(person, &mut authenticator).await.unwrap();
    for (what, bend) in bends {
        let (origin, domain) = (authenticator.origin.clone(), authenticator.domain.clone());
        bend(&mut authenticator);
        assert_eq!(case.sign_in(&mut authenticator).await, Err(Refused::Wrong), "{what}");
        (authenticator.origin, authenticator.domain, authenticator.verifies_user) = (origin, domain, true);
    }
    // Another key under the same id; another person's name on the right key; an answer that is none.
    let mut thief = good();
    thief.user_handle = person.as_bytes().to_vec();
    assert_eq!(case.sign_in(&mut thief).await, Err(Refused::Wrong));
    authenticator.user_handle = other.as_bytes().to_vec();
    assert_eq!(case.sign_in(&mut authenticator).await, Err(Refused::Wrong));
    authenticator.user_handle = Vec::new();
    assert_eq!(case.sign_in(&mut authenticator).await, Err(Refused::Malformed));
    let started = case.begin().await;
    assert_eq!(case.assert(&started.handle, "{}").await.err(), Some(Refused::Malformed));
    // Yesterday's answer to today's challenge.
    authenticator.user_handle = person.as_bytes().to_vec();
    let old = authenticator.get(&case.begin().await.options);
    assert_eq!(case.assert(&case.begin().await.handle, &old).await.err(), Some(Refused::Wrong));
    // And unbent it still works.
    case.sign_in(&mut authenticator).await.unwrap();
    // The same credential under another account.
    assert_eq!(case.add(other, &mut good()).await, Err(Refused::Registered));
}

#[tokio::test]
async fn a_copied_passkey_is_noticed() {
    let case = Case::new().await;
    let person = case.trial.person().await;
    let mut authenticator = Authenticator::new(b"credential one");
    case.add(person, &mut authenticator).await.unwrap();
    case.sign_in(&mut authenticator).await.unwrap();
    case.sign_in(&mut authenticator).await.unwrap();
    authenticator.counter -= 1;
    assert_eq!(case.sign_in(&mut authenticator).await, Err(Refused::Copied));

    // Two answers with one counter, both checked before either is stored: one of them counts.
    let (first, second) = (case.begin().await, case.begin().await);
    authenticator.counter += 5;
    let answers = [authenticator.get(&first.options), {
        authenticator.counter -= 1;
        authenticator.get(&second.options)
    }];
    let first = case.assert(&first.handle, &answers[0]).await.unwrap();
    let second = case.assert(&second.handle, &answers[1]).await.unwrap();
    case.settle(first).await.unwrap();
    assert_eq!(case.settle(second).await, Err(Refused::Wrong));
}

#[tokio::test]
async fn a_person_has_so_many_passkeys_at_most() {
    let case = Case::new().await;
    let person = case.trial.person().await;
    for n in 0..MOST {
        case.add(person, &mut Authenticator::new(format!("credential {n}").as_bytes())).await.unwrap();
    }
    assert_eq!(case.begin_adding(person).await.err(), Some(Refused::TooMany));
}

#[test]
fn passkeys_need_a_domain() {
    let at = |issuer: &str| Passkeys::new(&Url::parse(issuer).unwrap(), "x").is_some();
    assert!(at("http://localhost:8080") && at("https://id.example.gov.cn"));
    assert!(!at("http://127.0.0.1:8080") && !at("https://[::1]"));
}

#[test]
fn an_answer_tells_which_credential_it_is_about() {
    let mut authenticator = Authenticator::new(b"credential one");
    let answer = authenticator.get(&serde_json::json!({ "publicKey": { "challenge": "AAAA" } }));
    assert_eq!(credential_of(&answer), Some(crate::crypto::base64url(b"credential one")));
    assert_eq!(credential_of("[]"), None);
}
