//! The authority that gives certificates to people and enterprises, and takes them back.

use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rcgen::{
    BasicConstraints, CertificateParams, CertificateRevocationListParams, DnType, ExtendedKeyUsagePurpose,
    IsCa, Issuer, KeyIdMethod, KeyPair, KeyUsagePurpose, RevokedCertParams, SerialNumber, date_time_ymd,
};

/// Attribute serialNumber (X.520 section 6.2.9): where authorities write the citizen ID.
const NUMBER: [u64; 4] = [2, 5, 4, 5];
/// Attribute organizationIdentifier (X.520 section 6.4.4): the credit code.
const CREDIT_CODE: [u64; 4] = [2, 5, 4, 97];
/// Before anything began, and after everything has ended.
const YEARS: (i32, i32) = (2020, 2090);

pub struct Authority {
    folder: PathBuf,
    own: String,
    issuer: Issuer<'static, KeyPair>,
}

/// Whom a certificate names.
pub struct Subject<'a> {
    pub name: &'a str,
    pub number: &'a str,
    pub is_organization: bool,
}

impl Authority {
    /// The authority of a folder, which is made where it is not. Its key stays the same, so what it has given stays good.
    ///
    /// # Errors
    /// The folder cannot be written.
    pub fn open(folder: &Path) -> Result<Self> {
        std::fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
        let file = folder.join("ca.key");
        let key = if file.exists() {
            KeyPair::from_pem(&std::fs::read_to_string(&file)?)?
        } else {
            let key = KeyPair::generate()?;
            let mut options = std::fs::OpenOptions::new();
            let mut opened = options.write(true).create_new(true).mode(0o600).open(&file)?;
            opened.write_all(key.serialize_pem().as_bytes())?;
            key
        };
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, "一号 CA（模拟）");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        (params.not_before, params.not_after) = (date_time_ymd(YEARS.0, 1, 1), date_time_ymd(YEARS.1, 1, 1));
        let own = params.self_signed(&key)?.pem();
        Ok(Self { folder: folder.to_owned(), own, issuer: Issuer::new(params, key) })
    }

    /// Writes what the provider reads: its own certificate, and a list on which nothing stands.
    ///
    /// # Errors
    /// The folder cannot be written.
    pub fn publish(&self) -> Result<()> {
        self.write("ca.pem", &self.own)?;
        self.takes_back(&[])
    }

    /// A certificate, as RFC 9440 section 2.1 writes it.
    ///
    /// # Errors
    /// The machine has no randomness.
    pub fn gives(&self, subject: &Subject<'_>, serial: u64) -> Result<String> {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, subject.name);
        let attribute = if subject.is_organization { CREDIT_CODE } else { NUMBER };
        params.distinguished_name.push(DnType::CustomDnType(attribute.to_vec()), subject.number);
        params.serial_number = Some(SerialNumber::from(serial));
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        (params.not_before, params.not_after) = (date_time_ymd(YEARS.0, 1, 1), date_time_ymd(YEARS.1, 1, 1));
        // Nobody ever signs with the key: it is only named.
        let certificate = params.signed_by(&KeyPair::generate()?, &self.issuer)?;
        Ok(format!(":{}:", STANDARD.encode(certificate.der())))
    }

    /// Writes the list of what was taken back; the provider reads it again when it has changed.
    ///
    /// # Errors
    /// The folder cannot be written.
    pub fn takes_back(&self, serials: &[u64]) -> Result<()> {
        let revoked = |serial: &u64| RevokedCertParams {
            serial_number: SerialNumber::from(*serial),
            revocation_time: date_time_ymd(YEARS.0, 1, 2),
            reason_code: None,
            invalidity_date: None,
        };
        let list = CertificateRevocationListParams {
            this_update: date_time_ymd(YEARS.0, 1, 3),
            next_update: date_time_ymd(YEARS.1, 1, 1),
            crl_number: SerialNumber::from(serials.len() as u64 + 1),
            issuing_distribution_point: None,
            revoked_certs: serials.iter().map(revoked).collect(),
            key_identifier_method: KeyIdMethod::Sha256,
        };
        self.write("list.pem", &list.signed_by(&self.issuer)?.pem()?)
    }

    /// In one step: the provider may read it at any moment.
    fn write(&self, name: &str, text: &str) -> Result<()> {
        let (file, new) = (self.folder.join(name), self.folder.join(format!("{name}.new")));
        std::fs::write(&new, text)
            .and_then(|()| std::fs::rename(&new, &file))
            .with_context(|| file.display().to_string())
    }
}
