//! Digital certificates: who vouches for them, whether they were taken back, and whom they name.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rcgen::{
    BasicConstraints, CertificateParams, CertificateRevocationListParams, DnType, ExtendedKeyUsagePurpose,
    IsCa, Issuer, KeyIdMethod, KeyPair, KeyUsagePurpose, RevokedCertParams, SerialNumber, date_time_ymd,
};
use serde_json::json;
use tempfile::TempDir;
use yihao::base::TrustLevel;
use yihao::config::Config;
use yihao::identity;

use crate::support::operator::citizen_id;
use crate::support::{Browser, House, Page, Person, claims_of};

const PAGE: &str = "/sign-in/certificate";
/// Attribute serialNumber (X.520).
const NUMBER: [u64; 4] = [2, 5, 4, 5];
/// Attribute organizationIdentifier.
const CREDIT_CODE: [u64; 4] = [2, 5, 4, 97];

pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
}

/// What a certificate says, and for how long.
pub struct Said<'a> {
    pub name: &'a str,
    pub number: &'a str,
    /// An enterprise's.
    pub credit_code: &'a str,
    pub serial: u64,
    pub until: i32,
    pub purpose: ExtendedKeyUsagePurpose,
}

impl Authority {
    pub fn new(name: &str) -> Self {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let key = KeyPair::generate().unwrap();
        let pem = params.self_signed(&key).unwrap().pem();
        Self { issuer: Issuer::new(params, key), pem }
    }

    pub fn gives(&self, said: &Said<'_>) -> String {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, said.name);
        if !said.number.is_empty() {
            params.distinguished_name.push(DnType::CustomDnType(NUMBER.to_vec()), said.number);
        }
        if !said.credit_code.is_empty() {
            params.distinguished_name.push(DnType::CustomDnType(CREDIT_CODE.to_vec()), said.credit_code);
        }
        params.serial_number = Some(SerialNumber::from(said.serial));
        params.extended_key_usages = vec![said.purpose.clone()];
        (params.not_before, params.not_after) = (date_time_ymd(2020, 1, 1), date_time_ymd(said.until, 1, 1));
        let certificate = params.signed_by(&KeyPair::generate().unwrap(), &self.issuer).unwrap();
        format!(":{}:", STANDARD.encode(certificate.der()))
    }

    fn revokes(&self, serials: &[u64], until: i32) -> String {
        let revoked = |serial: &u64| RevokedCertParams {
            serial_number: SerialNumber::from(*serial),
            revocation_time: date_time_ymd(2021, 1, 1),
            reason_code: None,
            invalidity_date: None,
        };
        let list = CertificateRevocationListParams {
            this_update: date_time_ymd(2021, 1, 2),
            next_update: date_time_ymd(until, 1, 1),
            crl_number: SerialNumber::from(1),
            issuing_distribution_point: None,
            revoked_certs: serials.iter().map(revoked).collect(),
            key_identifier_method: KeyIdMethod::Sha256,
        };
        list.signed_by(&self.issuer).unwrap().pem().unwrap()
    }
}

pub struct Stage {
    pub house: House,
    authority: Authority,
    files: TempDir,
}

impl Stage {
    pub async fn open(change: impl FnOnce(&mut Config)) -> Self {
        let (authority, files) = (Authority::new("Guangdong CA"), TempDir::new().unwrap());
        let (ca, list) = (files.path().join("ca.pem"), files.path().join("list.pem"));
        std::fs::write(&ca, &authority.pem).unwrap();
        std::fs::write(&list, authority.revokes(&[], 2100)).unwrap();
        let house = House::open_with(|config| {
            config.certificate.ca_file = Some(ca);
            config.certificate.crl_files = vec![list];
            config.certificate.from_proxy = true;
            change(config);
        })
        .await;
        Self { house, authority, files }
    }

    pub fn of(&self, number: &str) -> String {
        self.authority.gives(&said(number))
    }

    pub fn gives(&self, said: &Said<'_>) -> String {
        self.authority.gives(said)
    }

    /// Writes the list of what was taken back anew while the house runs.
    pub fn takes_back(&self, serials: &[u64], until: i32) {
        let list = self.files.path().join("list.pem");
        std::fs::write(&list, self.authority.revokes(serials, until)).unwrap();
        // Some file systems count in seconds.
        let another = u64::from(until.unsigned_abs()) * 100 + serials.len() as u64;
        let later = std::time::UNIX_EPOCH + std::time::Duration::from_secs(another);
        std::fs::File::options().append(true).open(&list).unwrap().set_modified(later).unwrap();
    }

    /// A file with the certificate, as an operator hands it to a command.
    pub fn file(&self, certificate: &str) -> String {
        let path = self.files.path().join(format!("{}.pem", self.house.app.chance.id()));
        let base64 = certificate.trim_matches(':');
        let text = format!("-----BEGIN CERTIFICATE-----\n{base64}\n-----END CERTIFICATE-----\n");
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    }

    async fn level(&self, person: &Person) -> u8 {
        let keys = self.house.app.keys.data();
        let person = identity::load(&mut &self.house.app.db, &keys, person.id).await.unwrap().unwrap();
        person.binding.trust(self.house.clock.now(), &self.house.app.config.trust).into()
    }
}

pub fn said(number: &str) -> Said<'_> {
    let purpose = ExtendedKeyUsagePurpose::ClientAuth;
    Said { name: "欧阳靖宇", number, credit_code: "", serial: 7, until: 2090, purpose }
}

/// The electronic business licence of an enterprise; who holds it for the enterprise, it says besides.
pub fn of_enterprise(credit_code: &str) -> Said<'_> {
    Said { credit_code, ..said("440106198801010000") }
}

async fn shows(browser: &mut Browser, certificate: &str) -> Page {
    browser.header("client-cert", certificate);
    browser.open(PAGE).await.is_at(PAGE);
    browser.submit("#certificate", &[]).await
}

#[tokio::test]
async fn a_certificate_is_a_way_in_and_says_level_five() {
    let stage = Stage::open(|config| config.certificate.hardware = true).await;
    let number = citizen_id();
    let party = stage.house.relying_party(json!({ "min_trust": 5, "min_aal": 3 })).await;
    let mut browser = Browser::new(&stage.house);
    let attempt = party.attempt("openid");
    browser.header("client-cert", &stage.of(number.as_str()));
    browser.open(&attempt.url()).await.is_at("/sign-in");
    browser.open_link_to(PAGE).await.is_at(PAGE);
    browser.submit("#certificate", &[]).await.is_at("/register/passkey");
    let page = browser.open(&attempt.url()).await;
    let tokens = party.redeem(&page.authorization_code(), &attempt).await.good();
    let claims = claims_of(tokens.text("id_token"));
    assert_eq!((&claims["trust_level"], &claims["acr"]), (&json!(5), &json!("urn:yihao:aal:3")));
    assert_eq!(claims["amr"], json!(["hwk", "pin", "mfa"]));
    // Again, elsewhere: the same account.
    let mut other = Browser::new(&stage.house);
    shows(&mut other, &stage.of(number.as_str())).await.is_at("/account");
}

#[tokio::test]
async fn who_is_signed_in_is_raised_by_their_own_certificate_only() {
    let stage = Stage::open(|_| {}).await;
    let (person, other) = (stage.house.person().await, stage.house.person().await);
    let mut browser = Browser::signed_in(&stage.house, &person).await;
    let page = shows(&mut browser, &stage.of(&other.number)).await;
    assert_eq!(page.code().as_deref(), Some("other-person"));
    assert_eq!((stage.level(&person).await, stage.level(&other).await), (3, 3));
    shows(&mut browser, &stage.of(&person.number)).await.is_at("/account");
    assert_eq!(stage.level(&person).await, 5);
    // An account that was claimed on less is asked about, not taken.
    let mut nobody = Browser::new(&stage.house);
    assert!(shows(&mut nobody, &stage.of(&other.number)).await.has("#anew"));
    assert_eq!(stage.level(&other).await, 3);
}

#[tokio::test]
async fn what_no_authority_stands_for_opens_nothing() {
    let stage = Stage::open(|_| {}).await;
    let person = stage.house.person().await;
    let number = person.number.as_str();
    let mut browser = Browser::signed_in(&stage.house, &person).await;
    let server = ExtendedKeyUsagePurpose::ServerAuth;
    for (what, certificate, code) in [
        ("unknown authority", Authority::new("Guangdong CA").gives(&said(number)), "certificate-refused"),
        ("over", stage.authority.gives(&Said { until: 2021, ..said(number) }), "certificate-expired"),
        (
            "a server's",
            stage.authority.gives(&Said { purpose: server, ..said(number) }),
            "certificate-refused",
        ),
        ("no number", stage.authority.gives(&said("")), "certificate-refused"),
        ("no citizen ID", stage.authority.gives(&said("440106198801010000")), "certificate-refused"),
        ("no certificate", ":AAAA:".to_owned(), "certificate-refused"),
        ("no byte sequence", "AAAA".to_owned(), "certificate-missing"),
    ] {
        assert_eq!(shows(&mut browser, &certificate).await.code().as_deref(), Some(code), "{what}");
    }
    assert_eq!(stage.level(&person).await, 3);
}

#[tokio::test]
async fn a_certificate_that_was_taken_back_counts_no_more_and_a_list_that_is_over_stops_all() {
    let stage = Stage::open(|_| {}).await;
    let person = stage.house.person().await;
    let certificate = stage.of(&person.number);
    let mut browser = Browser::signed_in(&stage.house, &person).await;
    for (revoked, until) in [(&[7][..], 2100), (&[], 2022)] {
        stage.takes_back(revoked, until);
        let page = shows(&mut browser, &certificate).await;
        assert_eq!(page.code().as_deref(), Some("certificate-refused"), "{revoked:?} {until}");
    }
    assert_eq!(stage.level(&person).await, 3);
    stage.takes_back(&[8, 9], 2100);
    shows(&mut browser, &certificate).await.is_at("/account");
    assert_eq!(stage.level(&person).await, 5);
}

#[tokio::test]
async fn nobody_but_a_proxy_of_ours_says_what_was_shown() {
    for change in
        [(|config: &mut Config| config.certificate.from_proxy = false) as fn(&mut Config), |config| {
            config.server.trusted_proxies = vec!["192.0.2.0/24".parse().unwrap()]
        }]
    {
        let stage = Stage::open(change).await;
        let person = stage.house.person().await;
        let mut browser = Browser::signed_in(&stage.house, &person).await;
        let page = shows(&mut browser, &stage.of(&person.number)).await;
        assert_eq!(page.code().as_deref(), Some("certificate-missing"));
        assert_eq!(stage.level(&person).await, 3);
    }
    // Where none are believed there is no such page.
    let house = House::open().await;
    assert_eq!(Browser::new(&house).open(PAGE).await.status, 404);
    let person = house.person_at(TrustLevel::Matched).await;
    assert!(!Browser::signed_in(&house, &person).await.open("/raise").await.html.contains(PAGE));
}
