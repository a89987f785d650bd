//! What an operator does: adds persons and clients.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use jiff::civil::date;
use serde_json::{Value, json};
use uuid::Uuid;
use yihao::base::number::{CitizenId, CreditCode, OfficialNumber, OrgCode};
use yihao::base::{AuthenticationLevel, PersonName, Phone, Scopes, Secret, TrustLevel};
use yihao::client::{self, Client, ClientState, LegalBasis, Metadata};
use yihao::credential::password;
use yihao::crypto::{Ticket, TicketKind};
use yihao::db::values;
use yihao::grant::{self, Consent};
use yihao::identity::{self, NewEvidence, NewPerson, Registered};

use super::House;
use super::relying_party::{Auth, RelyingParty};

/// A person as an operator added them, with all that nobody else may learn.
#[derive(Clone, Debug)]
pub struct Person {
    pub id: Uuid,
    pub number: String,
    pub name: String,
    /// E.164.
    pub phone: String,
    pub password: String,
}

static NEXT: AtomicU32 = AtomicU32::new(0);

/// The next citizen ID that no other test uses.
pub fn citizen_id() -> CitizenId {
    let n = NEXT.fetch_add(1, Ordering::Relaxed);
    let (day, sequence) = (n / 1000, n % 1000);
    let body = format!("4401061988{:02}{:02}{sequence:03}", day / 28 % 12 + 1, day % 28 + 1);
    let today = date(2026, 11, 1);
    let mut candidates = "0123456789X".chars().map(|check| format!("{body}{check}"));
    candidates.find_map(|number| CitizenId::parse(&number, today).ok()).expect("one check character is right")
}

/// The next credit code that no other test uses.
pub fn credit_code() -> CreditCode {
    let n = NEXT.fetch_add(1, Ordering::Relaxed);
    let org = "0123456789X".chars().find_map(|check| OrgCode::parse(&format!("7{n:07}{check}")).ok());
    let code = CreditCode::candidate('9', '1', "440100", &org.expect("one check character is right"));
    CreditCode::parse(&code.expect("no letter in it")).expect("a credit code")
}

pub fn new_person(
    number: impl Into<OfficialNumber>,
    name: &str,
    phone: &str,
    trust: TrustLevel,
) -> NewPerson {
    NewPerson {
        number: number.into(),
        name: PersonName::parse(name).expect("a name"),
        phone: Some(Phone::parse(phone).expect("a phone")),
        user_name: None,
        email: Some(Secret::new("ouyang@mail.example")),
        email_verified: true,
        address: Some(Secret::new("广东省广州市天河区珠江东路1号")),
        evidence: NewEvidence {
            method: "operator",
            source: "test".to_owned(),
            reference: "case 1".to_owned(),
            trust,
        },
    }
}

impl House {
    pub async fn person(&self) -> Person {
        self.person_at(TrustLevel::Matched).await
    }

    /// Imported without a phone: nothing can be sent to them.
    pub async fn person_without_phone(&self) -> Person {
        let person = self.person().await;
        let mut tx = self.app.db.begin().await.expect("a transaction");
        tx.execute("update person set phone = null where id = $1", values![person.id])
            .await
            .expect("changed");
        tx.commit().await.expect("it is kept");
        person
    }

    pub async fn person_at(&self, trust: TrustLevel) -> Person {
        self.person_of(citizen_id(), trust).await
    }

    pub async fn person_with_number(&self, number: &str) -> Person {
        let number = CitizenId::parse(number, date(2026, 11, 1)).expect("a citizen ID");
        self.person_of(number, TrustLevel::Matched).await
    }

    async fn person_of(&self, number: CitizenId, trust: TrustLevel) -> Person {
        let secret = self.app.chance.below(100_000_000);
        let phone = format!("138{secret:08}");
        let password = format!("燕子-{secret}-lantern");
        let new = new_person(number.clone(), "欧阳靖宇", &phone, trust);
        let hash = self.app.hasher.hash(Secret::new(password.as_str())).await.expect("a hash");
        let visit = self.visit();
        let mut tx = self.app.db.begin().await.expect("a transaction");
        let registered = identity::register(&mut tx, &self.app.keys, &visit, &new).await.expect("registered");
        let Registered::New(id) = registered else { panic!("the number is taken") };
        password::set(&mut tx, &visit, id, &hash).await.expect("a password");
        tx.commit().await.expect("it is kept");
        let (number, phone) = (number.as_str().to_owned(), format!("+86{phone}"));
        Person { id, number, name: "欧阳靖宇".to_owned(), phone, password }
    }

    /// A relying system with `metadata` over those of [`client_metadata`]; a confidential one by HTTP Basic.
    pub async fn relying_party(&self, metadata: Value) -> RelyingParty {
        self.relying_party_by(Auth::Basic, metadata).await
    }

    pub async fn relying_party_by(&self, auth: Auth, mut metadata: Value) -> RelyingParty {
        auth.describe(&mut metadata);
        let metadata = client_metadata(metadata);
        client::validate(&metadata).expect("good metadata");
        let id = format!("client-{}", self.app.chance.id().simple());
        let secret = Secret::new(self.app.chance.token());
        let secret = metadata.token_endpoint_auth_method.uses_secret().then_some(secret);
        let client = Client { id, state: ClientState::Active, metadata, secret };
        let mut tx = self.app.db.begin().await.expect("a transaction");
        let added = client::insert(&mut tx, &self.app.keys.data(), &self.visit(), &client, "test").await;
        assert!(added.expect("it is added"));
        tx.commit().await.expect("it is kept");
        RelyingParty::new(self, client, auth)
    }

    /// An organization that the register of commerce knows, with this person as its representative; its code.
    pub fn know_organization(&self, name: &str, representative: &Person) -> String {
        let code = credit_code().as_str().to_owned();
        let representative = (representative.name.as_str(), representative.number.as_str());
        self.registers.know_organization("commerce", &code, name, representative);
        code
    }

    /// The same, and the representative has added it on the pages; code and account.
    pub async fn organization(&self, name: &str, representative: &Person) -> (String, Uuid) {
        let code = self.know_organization(name, representative);
        let mut browser =
            super::Browser::signed_in_at(self, representative, AuthenticationLevel::TwoFactors).await;
        browser.open("/account/organizations/add").await;
        browser
            .submit("#organization", &[("credit_code", &code)])
            .await
            .is_at("/account/organizations")
            .sees(name);
        let number = CreditCode::parse(&code).expect("a credit code").into();
        let found = identity::find_by_number(&mut &self.app.db, &self.app.keys.data(), &number).await;
        (code, found.expect("a look").expect("an account"))
    }

    /// What `person` has agreed to before, as the consent page would have kept it.
    pub async fn agreed(&self, person: &Person, client: &RelyingParty, scopes: &str) {
        let scopes = Scopes::parse(scopes);
        let answer = Consent { asked: scopes, allowed: scopes };
        let mut tx = self.app.db.begin().await.expect("a transaction");
        let (keys, visit) = (self.app.keys.data(), self.visit());
        let kept = grant::record_consent(
            &mut tx,
            &keys,
            &visit,
            (person.id, person.id),
            &client.id,
            answer,
            LegalBasis::Consent,
        );
        kept.await.expect("it is kept");
        tx.commit().await.expect("it is kept");
    }

    /// An initial access token (RFC 7591 section 3) for `uses` registrations.
    pub async fn initial_access_token(&self, uses: u32, life: Duration) -> String {
        let mut tx = self.app.db.begin().await.expect("a transaction");
        let id = client::registration::allow(&mut tx, &self.visit(), uses, life).await.expect("allowed");
        tx.commit().await.expect("it is kept");
        Ticket::of(id).write(&self.app.keys.data(), TicketKind::InitialAccess).expect("a token")
    }
}

/// Metadata as RFC 7591 writes them, over what most tests want: code and refresh, every scope, first party.
pub fn client_metadata(mut over: Value) -> Metadata {
    let n = NEXT.fetch_add(1, Ordering::Relaxed);
    let mut metadata = json!({
        "client_name": "电子证照",
        "redirect_uris": [format!("https://hall-{n}.example/cb")],
        "grant_types": ["authorization_code", "refresh_token"],
        "scope": "openid profile email phone address offline_access official_number organization represented \
                  legacy",
        "id_token_signed_response_alg": "ES256",
        "first_party": true,
    });
    let all = metadata.as_object_mut().expect("an object");
    all.append(over.as_object_mut().expect("an object"));
    serde_json::from_value(metadata).expect("metadata")
}
