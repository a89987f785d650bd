//! MySQL and MariaDB. The connection is one read-only transaction over one snapshot, so the rows are of one moment; a
//! table of MyISAM knows no snapshot and is locked against writing meanwhile.

use mysql_async::consts::ColumnType;
use mysql_async::prelude::{Query, Queryable};
use mysql_async::{Conn, IoError, Opts, OptsBuilder, SslOpts, Value};
use tokio::sync::mpsc;

use super::address::Address;
use super::{Error, KEEPALIVE, Row, Rows, Table, WAITING, carry, in_time};

const FORM: &str = "it is to be mysql://USER:PASSWORD@HOST:PORT/DATABASE";
/// What is said before the question. An import that waits for its own database must not be taken for gone, so the
/// server waits as long for its reader as it can.
const BEFORE: [&str; 4] = [
    "set names utf8mb4",
    "set session net_write_timeout = 3600",
    "set session transaction isolation level repeatable read",
    "start transaction with consistent snapshot, read only",
];

/// Asks for columns of a table, as the server writes them as text. What is in bytes comes as those bytes, and an
/// integer for `bit`.
///
/// From another machine the connection is by TLS, with a certificate that this machine's roots vouch for, unless the
/// URL says `ssl-mode=disabled`; on this one only if it says `ssl-mode=verify_identity`.
///
/// # Errors
/// It cannot be reached, or there is no such table or column. What goes wrong later is the last row.
pub async fn rows(url: &str, asked: Table<'_>) -> Result<Rows<Row>, Error> {
    let mut connection = in_time(Conn::new(options(url)?)).await?;
    for statement in BEFORE {
        connection.query_drop(statement).await?;
    }
    let found = asked.select('`', "{}").stream::<mysql_async::Row, _>(connection).await?;
    let (sender, rows) = mpsc::channel(WAITING);
    tokio::spawn(carry(found, row, sender));
    Ok(rows)
}

fn options(url: &str) -> Result<Opts, Error> {
    let address = Address::parse(url, &["mysql"], FORM)?;
    let mut tls = !address.is_here();
    for (name, value) in &address.parameters {
        tls = match (name.as_str(), value.to_ascii_lowercase().as_str()) {
            ("ssl-mode", "disabled") => false,
            // Who asks for TLS is asked for a certificate.
            ("ssl-mode", "required" | "verify_ca" | "verify_identity") => true,
            _ => return Err(Error::Address("of parameters it knows ssl-mode=disabled|verify_identity")),
        };
    }
    let given = |text: String| (!text.is_empty()).then_some(text);
    Ok(OptsBuilder::default()
        .tcp_port(address.port.unwrap_or(3306))
        .ssl_opts(tls.then(trusted))
        .ip_or_hostname(address.host)
        .user(given(address.user))
        .pass(given(address.password))
        .db_name(given(address.path))
        .tcp_keepalive(Some(KEEPALIVE))
        // It is read where the URL says, not through a file that the server names.
        .prefer_socket(false)
        .into())
}

/// The roots of this machine, as everywhere in Yihao.
fn trusted() -> SslOpts {
    let usable = |root: &rustls::pki_types::CertificateDer<'static>| {
        rustls::RootCertStore::empty().add(root.clone()).is_ok()
    };
    let roots = rustls_native_certs::load_native_certs().certs.into_iter().filter(usable);
    let roots = roots.map(|root| root.to_vec().into()).collect();
    SslOpts::default().with_root_certs(roots).with_disable_built_in_roots(true)
}

fn row(row: mysql_async::Row) -> Result<Row, Error> {
    let columns = row.columns();
    let text = |(value, column): (Value, &mysql_async::Column)| match value {
        Value::NULL => Ok(None),
        Value::Bytes(bytes) if column.column_type() == ColumnType::MYSQL_TYPE_BIT => {
            let number = bytes.iter().fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
            Ok(Some(number.to_string().into_bytes()))
        }
        Value::Bytes(bytes) => Ok(Some(bytes)),
        // The server writes texts unless it is asked otherwise.
        _ => Err(Error::Unanswered("a value that is no text".to_owned())),
    };
    row.unwrap().into_iter().zip(columns.iter()).map(text).collect()
}

impl From<mysql_async::Error> for Error {
    fn from(error: mysql_async::Error) -> Self {
        match error {
            mysql_async::Error::Server(refusal) => {
                Self::Refused(format!("{} {}: {}", refusal.state, refusal.code, refusal.message))
            }
            // Else it says twice that it is one of input or output.
            mysql_async::Error::Io(IoError::Io(error)) => Self::Unanswered(error.to_string()),
            other => Self::Unanswered(other.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beyond_this_machine_it_is_tls() {
        for (url, tls) in [
            ("mysql://reader:geheim@127.0.0.1/old", false),
            ("mysql://reader:geheim@localhost/old?ssl-mode=VERIFY_IDENTITY", true),
            ("mysql://reader:geheim@10.1.2.3/old", true),
            ("mysql://reader:geheim@db.old.example:3307/old?ssl-mode=required", true),
            ("mysql://reader:geheim@db.old.example/old?ssl-mode=DISABLED", false),
        ] {
            let options = options(url).unwrap();
            assert_eq!(options.ssl_opts().is_some(), tls, "{url}");
            assert_eq!((options.user(), options.pass()), (Some("reader"), Some("geheim")));
            assert_eq!(options.db_name(), Some("old"));
            if let Some(tls) = options.ssl_opts() {
                assert!(!tls.accept_invalid_certs() && !tls.skip_domain_validation());
            }
        }
        for url in ["mysql://a:geheim@h/old?ssl-mode=preferred", "mysql://a:geheim@h/old?require_ssl=false"] {
            let error = options(url).expect_err("refused").to_string();
            assert!(error.contains("ssl-mode") && !error.contains("geheim"), "{error}");
        }
    }
}
