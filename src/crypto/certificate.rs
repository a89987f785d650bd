//! Certificates that authorities give to people, on a key in their hands: who vouches for it, whether it was taken
//! back, and whom it names. That its owner holds the key, TLS has shown before.

use std::path::{Path, PathBuf};
use std::sync::{Arc, RwLock};
use std::time::{Duration, SystemTime};

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, CertificateRevocationListDer, UnixTime};
use rustls::server::WebPkiClientVerifier;
use rustls::server::danger::ClientCertVerifier;
use rustls::{CertificateError, RootCertStore};
use x509_parser::asn1_rs::{Oid, oid};
use x509_parser::oid_registry::OID_X509_SERIALNUMBER;
use x509_parser::prelude::{AttributeTypeAndValue, FromDer, X509Certificate};

use super::sha256;
use crate::base::{Moment, Secret};
use crate::config;

const ORGANIZATION_IDENTIFIER: Oid<'static> = oid!(2.5.4.97);

/// The authorities whose certificates are believed, with their revocation lists. The lists are read again when
/// their files change.
pub struct Authorities {
    roots: Arc<RootCertStore>,
    lists: Vec<PathBuf>,
    verifier: RwLock<Option<(Stamps, Arc<dyn ClientCertVerifier>)>>,
}

type Stamps = Vec<Option<SystemTime>>;

/// Whom a certificate names.
pub enum Subject {
    Person {
        /// The attribute serialNumber (X.520 section 6.2.9), where authorities write the citizen ID.
        number: Secret,
        /// The common name.
        name: Secret,
    },
    /// An enterprise, whoever holds the key for it: an electronic business licence. It is nobody's proof of who they
    /// are, also where it has a person's name besides.
    Organization {
        /// The attribute organizationIdentifier (X.520 section 6.4.4): the credit code.
        code: Secret,
    },
}

/// Whose certificate it is, and which.
pub struct Holder {
    pub subject: Subject,
    /// The end of its validity.
    pub until: Moment,
    /// The common name of who gave it, or all of their name.
    pub issuer: String,
    /// The certificate's own serial number, in hex.
    pub serial: String,
    /// SHA-256 of the whole certificate.
    pub fingerprint: [u8; 32],
}

/// Why a certificate proves nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Distrust {
    #[error("no certificate was shown")]
    Missing,
    #[error("an authority that is not known here, or not for clients: {0}")]
    Unknown(String),
    #[error("not valid yet, or no more")]
    Expired,
    #[error("revoked")]
    Revoked,
    #[error("the revocation lists cannot be used: {0}")]
    Lists(String),
    #[error("it does not say whose it is")]
    Nameless,
}

impl Authorities {
    /// `None` where none are configured.
    ///
    /// # Errors
    /// The file has no certificate that can be an authority's.
    pub fn open(config: &config::Certificate) -> Result<Option<Self>, String> {
        let Some(path) = &config.ca_file else { return Ok(None) };
        let shown = path.display();
        let failed = |e: &dyn std::fmt::Display| format!("certificate.ca_file: {shown}: {e}");
        let mut roots = RootCertStore::empty();
        for certificate in CertificateDer::pem_file_iter(path).map_err(|e| failed(&e))? {
            roots.add(certificate.map_err(|e| failed(&e))?).map_err(|e| failed(&e))?;
        }
        if roots.is_empty() {
            return Err(failed(&"no certificate in it"));
        }
        let lists = config.crl_files.clone();
        let authorities = Self { roots: Arc::new(roots), lists, verifier: RwLock::default() };
        authorities.verifier().map_err(|e| format!("certificate.crl_files: {e}"))?;
        Ok(Some(authorities))
    }

    /// Whose certificate this is; its own comes first, then those that lead to an authority.
    pub fn holder(&self, chain: &[CertificateDer<'_>], now: Moment) -> Result<Holder, Distrust> {
        self.check(chain, now)?;
        chain.first().and_then(named).ok_or(Distrust::Nameless)
    }

    /// Whether somebody believed here stands for it now.
    pub fn check(&self, chain: &[CertificateDer<'_>], now: Moment) -> Result<(), Distrust> {
        let (own, between) = chain.split_first().ok_or(Distrust::Missing)?;
        let now = UnixTime::since_unix_epoch(Duration::from_secs(now.seconds().unsigned_abs()));
        let verifier = self.verifier().map_err(Distrust::Lists)?;
        verifier.verify_client_cert(own, between, now).map_err(cause)?;
        Ok(())
    }

    fn verifier(&self) -> Result<Arc<dyn ClientCertVerifier>, String> {
        let stamps: Stamps = self.lists.iter().map(|path| changed(path)).collect();
        let kept = self.verifier.read().unwrap_or_else(|e| e.into_inner()).clone();
        if let Some((_, verifier)) = kept.filter(|(of, _)| *of == stamps) {
            return Ok(verifier);
        }
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let mut builder = WebPkiClientVerifier::builder_with_provider(self.roots.clone(), provider);
        if !self.lists.is_empty() {
            let mut lists = Vec::new();
            for path in &self.lists {
                let failed = |e: &dyn std::fmt::Display| format!("{}: {e}", path.display());
                let file = CertificateRevocationListDer::pem_file_iter(path).map_err(|e| failed(&e))?;
                for list in file {
                    lists.push(list.map_err(|e| failed(&e))?);
                }
            }
            // A list that is over tells nothing: then nobody is believed, rather than a thief.
            builder =
                builder.with_crls(lists).only_check_end_entity_revocation().enforce_revocation_expiration();
        }
        let verifier = builder.build().map_err(|e| e.to_string())?;
        *self.verifier.write().unwrap_or_else(|e| e.into_inner()) = Some((stamps, verifier.clone()));
        Ok(verifier)
    }
}

fn changed(path: &Path) -> Option<SystemTime> {
    std::fs::metadata(path).ok()?.modified().ok()
}

fn cause(error: rustls::Error) -> Distrust {
    use CertificateError::{
        Expired, ExpiredContext, ExpiredRevocationList, ExpiredRevocationListContext, NotValidYet,
        NotValidYetContext, Revoked, UnknownRevocationStatus,
    };
    match error {
        rustls::Error::InvalidCertificate(Revoked) => Distrust::Revoked,
        rustls::Error::InvalidCertificate(
            Expired | ExpiredContext { .. } | NotValidYet | NotValidYetContext { .. },
        ) => Distrust::Expired,
        rustls::Error::InvalidCertificate(
            why @ (ExpiredRevocationList | ExpiredRevocationListContext { .. } | UnknownRevocationStatus),
        ) => Distrust::Lists(why.to_string()),
        other => Distrust::Unknown(other.to_string()),
    }
}

/// Whom it names, if it names one.
fn named(certificate: &CertificateDer<'_>) -> Option<Holder> {
    let fingerprint = sha256(certificate);
    let (_, certificate) = X509Certificate::from_der(certificate).ok()?;
    let subject = certificate.subject();
    let subject = match only(subject.iter_by_oid(&ORGANIZATION_IDENTIFIER)) {
        Some(code) => Subject::Organization { code: Secret::new(code?) },
        None => Subject::Person {
            number: Secret::new(only(subject.iter_by_oid(&OID_X509_SERIALNUMBER))??),
            name: Secret::new(only(subject.iter_common_name())??),
        },
    };
    let serial = certificate.raw_serial().iter().map(|byte| format!("{byte:02x}")).collect();
    let authority = certificate.issuer();
    let issuer = authority.iter_common_name().next().and_then(|name| name.as_str().ok());
    let issuer = issuer.map_or_else(|| authority.to_string(), str::to_owned);
    let until = Moment::from_seconds(certificate.validity().not_after.timestamp());
    Some(Holder { subject, until, issuer, serial, fingerprint })
}

/// The text of the only attribute; `Some(None)` if there are two of a kind, or it is no text: nobody guesses which is
/// meant.
fn only<'a>(mut all: impl Iterator<Item = &'a AttributeTypeAndValue<'a>>) -> Option<Option<&'a str>> {
    let first = all.next()?;
    Some(if all.next().is_some() { None } else { first.as_str().ok() })
}
