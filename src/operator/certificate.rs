//! Certificates by which operators sign in, on a key in their hands. One is bound to one operator by command and
//! found by its fingerprint; whether it is good now, the authorities say each time. It stands beside the password,
//! never alone: a browser keeps the certificate of a connection, whoever sits before it then.

use uuid::Uuid;

use super::{Error, Operator, Refused, find};
use crate::audit::{self, About, Event};
use crate::base::number::CitizenId;
use crate::base::{Moment, Visit};
use crate::crypto::DataKeys;
use crate::crypto::certificate::{Holder, Subject};
use crate::db::{Read, Row, Tx, values};

/// Certificates that one operator may have: a new one overlaps with the old.
const MOST: usize = 10;

/// A certificate of an operator.
#[derive(Clone, Debug)]
pub struct Certificate {
    /// SHA-256 of the whole certificate.
    pub fingerprint: Vec<u8>,
    pub operator: Uuid,
    /// Who gave it.
    pub issuer: String,
    /// In hex.
    pub serial: String,
    /// The end of its validity.
    pub until: Moment,
    pub added_at: Moment,
    pub used_at: Option<Moment>,
    seal: Vec<u8>,
}

macro_rules! certificates {
    ($condition:literal) => {
        concat!(
            "select fingerprint, operator, issuer, serial, until, added_at, used_at, seal from operator_certificate ",
            $condition
        )
    };
}

impl Certificate {
    fn read(row: &Row<'_>) -> Result<Self, crate::db::Error> {
        Ok(Self {
            fingerprint: row.get(0)?,
            operator: row.get(1)?,
            issuer: row.get(2)?,
            serial: row.get(3)?,
            until: row.moment(4)?,
            added_at: row.moment(5)?,
            used_at: row.optional_moment(6)?,
            seal: row.get(7)?,
        })
    }

    fn check(self, keys: &DataKeys) -> Result<Self, Error> {
        keys.check_seal(&self.seal, &fields(&self.fingerprint, &self.operator))?;
        Ok(self)
    }
}

fn fields<'a>(fingerprint: &'a [u8], operator: &'a Uuid) -> [&'a [u8]; 3] {
    [b"operator_certificate", fingerprint, operator.as_bytes()]
}

/// Binds a certificate that is good now to an operator.
///
/// # Errors
/// [`Refused::CertificateOther`]: it names an enterprise, or another citizen than the operator;
/// [`Refused::CertificateTaken`]: it is bound already; [`Refused::TooManyCertificates`].
pub async fn bind(
    tx: &mut Tx,
    keys: &DataKeys,
    visit: &Visit,
    operator: &Operator,
    holder: &Holder,
) -> Result<(), Error> {
    let Subject::Person { number, .. } = &holder.subject else {
        return Err(Refused::CertificateOther.into());
    };
    // One that an office gives to its staff names them by a number of its own.
    let citizen = CitizenId::parse(number.reveal(), visit.now.day()).ok();
    if let (Some(citizen), Some(own)) = (citizen, &operator.number)
        && *own != citizen.into()
    {
        return Err(Refused::CertificateOther.into());
    }
    if list(tx, keys, operator.id).await?.len() >= MOST {
        return Err(Refused::TooManyCertificates.into());
    }
    let seal = keys.seal(&fields(&holder.fingerprint, &operator.id))?;
    let bound = tx
        .execute(
            "insert into operator_certificate (fingerprint, operator, issuer, serial, until, added_at, seal)
             values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing",
            values![
                &holder.fingerprint[..],
                operator.id,
                &holder.issuer,
                &holder.serial,
                holder.until,
                visit.now,
                &seal
            ],
        )
        .await?;
    if bound == 0 {
        return Err(Refused::CertificateTaken.into());
    }
    note(tx, keys, visit, operator.id, "certificate added").await
}

/// The operator's certificates, the oldest first.
pub async fn list(read: &mut impl Read, keys: &DataKeys, operator: Uuid) -> Result<Vec<Certificate>, Error> {
    let sql = certificates!("where operator = $1 order by added_at, fingerprint limit 20");
    let rows = read.all(sql, values![operator], Certificate::read).await?;
    rows.into_iter().map(|row| row.check(keys)).collect()
}

/// The active operator to whom a certificate is bound.
pub async fn owner(
    read: &mut impl Read,
    keys: &DataKeys,
    fingerprint: &[u8],
) -> Result<Option<Operator>, Error> {
    let sql = certificates!("where fingerprint = $1");
    let Some(row) = read.optional(sql, values![fingerprint], Certificate::read).await? else {
        return Ok(None);
    };
    let operator = row.check(keys)?.operator;
    Ok(find(read, keys, operator).await?.filter(Operator::is_active))
}

/// Notes that it was shown; `false` if it is the operator's no more.
pub async fn note_use(tx: &mut Tx, visit: &Visit, operator: Uuid, fingerprint: &[u8]) -> Result<bool, Error> {
    let noted = tx
        .execute(
            "update operator_certificate set used_at = $3 where fingerprint = $1 and operator = $2",
            values![fingerprint, operator, visit.now],
        )
        .await?;
    Ok(noted == 1)
}

/// Takes one away; `false` if the operator has none such. What is open by it, [`super::end_all`] ends beside this.
pub async fn unbind(
    tx: &mut Tx,
    keys: &DataKeys,
    visit: &Visit,
    operator: Uuid,
    fingerprint: &[u8],
) -> Result<bool, Error> {
    let gone = tx
        .execute(
            "delete from operator_certificate where fingerprint = $1 and operator = $2",
            values![fingerprint, operator],
        )
        .await?;
    if gone == 1 {
        note(tx, keys, visit, operator, "certificate removed").await?;
    }
    Ok(gone == 1)
}

/// All of them: the operator begins anew.
pub(super) async fn unbind_all(tx: &mut Tx, operator: Uuid) -> Result<(), Error> {
    tx.execute("delete from operator_certificate where operator = $1", values![operator]).await?;
    Ok(())
}

async fn note(
    tx: &mut Tx,
    keys: &DataKeys,
    visit: &Visit,
    operator: Uuid,
    what: &'static str,
) -> Result<(), Error> {
    let event = Event::OperatorChanged { operator, what };
    Ok(audit::record(tx, keys, visit, event, About::default()).await?)
}
