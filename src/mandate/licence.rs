//! The electronic business licence that a mandate came by: kept, so that it can be looked at again while the mandate is
//! active. What its authority takes back ends the mandate too.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rustls::pki_types::CertificateDer;
use uuid::Uuid;

use super::Error;
use crate::base::{Moment, Visit};
use crate::crypto::{DataKeys, Place};
use crate::db::{self, Read, Tx, values};

/// The certificates that were shown, the licence's own first.
pub type Chain<'a> = [CertificateDer<'a>];

/// A licence to be looked at again.
pub struct Due {
    pub mandate: Uuid,
    /// None: it is gone, and the mandate rests on nothing.
    pub chain: Option<Vec<CertificateDer<'static>>>,
}

/// Keeps the licence that a new mandate came by.
pub(super) async fn keep(
    tx: &mut Tx,
    keys: &DataKeys,
    visit: &Visit,
    mandate: Uuid,
    chain: &Chain<'_>,
) -> Result<(), Error> {
    tx.execute(
        "insert into mandate_licence (mandate, chain, checked_at) values ($1, $2, $3)",
        values![mandate, &written(keys, visit, &mandate, chain)?, visit.now],
    )
    .await?;
    Ok(())
}

/// Keeps another licence in place of the one before; `false` if the mandate came by none.
pub(super) async fn renew(
    tx: &mut Tx,
    keys: &DataKeys,
    visit: &Visit,
    mandate: Uuid,
    chain: &Chain<'_>,
) -> Result<bool, Error> {
    let renewed = tx
        .execute(
            "update mandate_licence set chain = $2, checked_at = $3 where mandate = $1",
            values![mandate, &written(keys, visit, &mandate, chain)?, visit.now],
        )
        .await?;
    Ok(renewed == 1)
}

/// Licences of active mandates that were not looked at since `before`; `most` of them.
pub async fn licences_to_check(
    read: &mut impl Read,
    keys: &DataKeys,
    before: Moment,
    most: u32,
) -> Result<Vec<Due>, Error> {
    let rows = read
        .all(
            "select m.id, l.chain from mandate m left join mandate_licence l on l.mandate = m.id
             where m.granted_by = 'licence' and m.state = 'active'
                   and (l.checked_at is null or l.checked_at < $1)
             order by m.id limit $2",
            values![before, i64::from(most)],
            |row| Ok((row.get::<Uuid>(0)?, row.get::<Option<Vec<u8>>>(1)?)),
        )
        .await?;
    let read = |(mandate, chain): (Uuid, Option<Vec<u8>>)| {
        let chain = chain.map(|bytes| chain_of(keys, &mandate, &bytes)).transpose()?;
        Ok(Due { mandate, chain })
    };
    rows.into_iter().map(read).collect()
}

/// It was looked at.
pub async fn note_licence_check(tx: &mut Tx, visit: &Visit, mandate: Uuid) -> Result<(), Error> {
    tx.execute("update mandate_licence set checked_at = $2 where mandate = $1", values![mandate, visit.now])
        .await?;
    Ok(())
}

fn written(keys: &DataKeys, visit: &Visit, mandate: &Uuid, chain: &Chain<'_>) -> Result<Vec<u8>, Error> {
    let text = chain.iter().map(|one| STANDARD.encode(one)).collect::<Vec<_>>().join(" ");
    Ok(keys.encrypt(&visit.chance, place(mandate), &text)?)
}

fn chain_of(keys: &DataKeys, mandate: &Uuid, bytes: &[u8]) -> Result<Vec<CertificateDer<'static>>, Error> {
    let text = keys.decrypt(place(mandate), bytes)?;
    let one = |part: &str| STANDARD.decode(part).map(CertificateDer::from);
    let chain: Result<Vec<_>, _> = text.split(' ').map(one).collect();
    Ok(chain.map_err(|e| db::Error::corrupt("mandate_licence", e))?)
}

fn place(mandate: &Uuid) -> Place<'_> {
    Place { table: "mandate_licence", column: "chain", row: mandate.as_bytes() }
}
