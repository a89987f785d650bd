//! A directory, by LDAP (RFC 4511). A directory has no transactions: an entry that changes while others are read comes as
//! it is when its turn comes, and in which order they come is the server's affair.

use std::sync::Arc;
use std::time::Duration;

use ldap3::asn1::StructureTag;
use ldap3::controls::{Control, ControlType, MakeCritical, PagedResults};
use ldap3::{Ldap, LdapConnAsync, LdapConnSettings, LdapError, Scope};
use tokio::sync::mpsc;

use super::super::postgres::tls;
use super::address::Address;
use super::{Error, OPENING, ROWS, Rows, WAITING};

const FORM: &str = "it is to be ldaps://BIND-DN:PASSWORD@HOST:PORT, or ldap://";
/// How long a server may be silent before it is taken for gone.
const SILENCE: Duration = Duration::from_secs(300);

/// The attributes of an entry with their values, first its name as `dn`.
pub type Entry = Vec<(String, Vec<u8>)>;

/// What is asked of a directory.
#[derive(Clone, Debug)]
pub struct Subtree {
    /// The entry at the top.
    pub base: String,
    /// RFC 4515.
    pub filter: String,
    pub attributes: Vec<String>,
}

/// Asks for the entries of a subtree, page by page (RFC 2696), so that no more than a page is under way. The URL's user
/// is the DN that is bound; without one the search is anonymous.
///
/// `ldaps:` is TLS from the first byte. On `ldap:` it begins with the first word (StartTLS, RFC 4511 section 4.14),
/// unless the server is this machine or the URL says `?tls=none`; `?tls=start` asks for it there too. Certificates are
/// checked against this machine's roots.
///
/// # Errors
/// It cannot be reached, lets nobody in by that name, knows no pages, or has no such base. What goes wrong later is the last
/// row: a limit that is reached, and entries that are on another server, are no end.
pub async fn entries(url: &str, asked: Subtree) -> Result<Rows<Entry>, Error> {
    let mut ldap = connect(url).await?;
    let (mut entries, mut cookie) = page(&mut ldap, &asked, Vec::new()).await?;
    let (sender, rows) = mpsc::channel(WAITING);
    tokio::spawn(async move {
        loop {
            if !entries.is_empty() && sender.send(Ok(Some(entries))).await.is_err() {
                break;
            }
            if cookie.is_empty() {
                let _ = sender.send(Ok(None)).await;
                break;
            }
            match page(&mut ldap, &asked, cookie).await {
                Ok(next) => (entries, cookie) = next,
                Err(error) => {
                    let _ = sender.send(Err(error)).await;
                    break;
                }
            }
        }
        // Whether it hears that we leave makes no difference.
        let _ = ldap.unbind().await;
    });
    Ok(rows)
}

/// Whether a filter can be understood (RFC 4515).
pub fn is_filter(filter: &str) -> bool {
    ldap3::parse_filter(filter).is_ok()
}

async fn connect(url: &str) -> Result<Ldap, Error> {
    let address = Address::parse(url, &["ldap", "ldaps"], FORM)?;
    let starts_tls = starts_tls(&address)?;
    let Address { scheme, host, port, user, password, .. } = address;
    let host = if host.contains(':') { format!("[{host}]") } else { host };
    let port = port.map(|port| format!(":{port}")).unwrap_or_default();
    let settings = LdapConnSettings::new()
        .set_conn_timeout(OPENING)
        .set_starttls(starts_tls)
        .set_config(Arc::new(tls()));
    let opened = LdapConnAsync::with_settings(settings, &format!("{scheme}://{host}{port}")).await;
    let (connection, mut ldap) = opened?;
    tokio::spawn(async move {
        if let Err(error) = connection.drive().await {
            tracing::warn!(%error, "the connection to a source has ended");
        }
    });
    if !user.is_empty() {
        ldap.with_timeout(OPENING).simple_bind(&user, &password).await?.success()?;
    }
    Ok(ldap)
}

fn starts_tls(address: &Address) -> Result<bool, Error> {
    if !address.path.is_empty() {
        return Err(Error::Address("base and filter stand in the profile, not in the address"));
    }
    // A name without a password binds nobody, and says so nowhere (RFC 4513 section 5.1.2).
    if address.user.is_empty() != address.password.is_empty() {
        return Err(Error::Address("a bind DN and its password come together, or neither"));
    }
    let plain = address.scheme == "ldap";
    let mut starts = plain && !address.is_here();
    for (name, value) in &address.parameters {
        starts = match (plain, name.as_str(), value.as_str()) {
            (true, "tls", "none") => false,
            (true, "tls", "start") => true,
            _ => return Err(Error::Address("of parameters it knows tls=none|start, with ldap://")),
        };
    }
    Ok(starts)
}

/// The entries of a page, and what leads to the next; nothing behind the last.
async fn page(ldap: &mut Ldap, asked: &Subtree, cookie: Vec<u8>) -> Result<(Vec<Entry>, Vec<u8>), Error> {
    // Critical: a server that knows no pages would send all at once.
    let size = i32::try_from(ROWS).unwrap_or(i32::MAX);
    let control = PagedResults { size, cookie }.critical();
    let attributes = asked.attributes.iter().map(String::as_str).collect::<Vec<_>>();
    let mut found = ldap
        .with_timeout(SILENCE)
        .with_controls(control)
        .streaming_search(&asked.base, Scope::Subtree, &asked.filter, attributes)
        .await?;
    let mut entries = Vec::new();
    while let Some(entry) = found.next().await? {
        if entry.is_ref() {
            let what = "a part of the subtree is on another server; name a base that is whole, or a server that has all";
            return Err(Error::Refused(format!("referral: {what}")));
        }
        if !entry.is_intermediate() {
            entries.push(read(entry.0).ok_or_else(|| Error::Unanswered("no entry of LDAP".to_owned()))?);
        }
    }
    // A limit and a referral are results that are no success.
    let result = found.finish().await.success()?;
    let next = result.ctrls.iter().find_map(|control| match control {
        Control(Some(ControlType::PagedResults), page) => Some(page.parse::<PagedResults>().cookie),
        _ => None,
    });
    Ok((entries, next.unwrap_or_default()))
}

/// A search result entry (RFC 4511 section 4.5.2).
fn read(entry: StructureTag) -> Option<Entry> {
    let mut parts = entry.expect_constructed()?.into_iter();
    let mut entry = vec![("dn".to_owned(), parts.next()?.expect_primitive()?)];
    for attribute in parts.next()?.expect_constructed()? {
        let mut parts = attribute.expect_constructed()?.into_iter();
        let name = String::from_utf8(parts.next()?.expect_primitive()?).ok()?;
        for value in parts.next()?.expect_constructed()? {
            entry.push((name.clone(), value.expect_primitive()?));
        }
    }
    Some(entry)
}

impl From<LdapError> for Error {
    fn from(error: LdapError) -> Self {
        match error {
            LdapError::LdapResult { result } => Self::Refused(result.to_string()),
            other => Self::Unanswered(other.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beyond_this_machine_it_is_tls() {
        let starts = |url: &str| starts_tls(&Address::parse(url, &["ldap", "ldaps"], FORM).unwrap());
        for (url, tls) in [
            ("ldap://cn=reader,dc=old:geheim@127.0.0.1:389", false),
            ("ldap://localhost/?tls=start", true),
            ("ldap://cn=reader,dc=old:geheim@ldap.old.example", true),
            ("ldap://cn=reader,dc=old:geheim@ldap.old.example/?tls=none", false),
            ("ldaps://cn=reader,dc=old:geheim@ldap.old.example", false),
        ] {
            assert_eq!(starts(url).unwrap(), tls, "{url}");
        }
        for url in [
            "ldap://cn=reader,dc=old@ldap.old.example",
            "ldap://:geheim@ldap.old.example",
            "ldaps://cn=reader,dc=old:geheim@ldap.old.example/?tls=none",
            "ldap://cn=reader,dc=old:geheim@ldap.old.example/?tls=maybe",
            "ldap://cn=reader,dc=old:geheim@ldap.old.example/dc=old?uid?sub",
        ] {
            let error = starts(url).expect_err("refused").to_string();
            assert!(!error.contains("geheim"), "{error}");
        }
    }
}
