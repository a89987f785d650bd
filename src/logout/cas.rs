//! What a service that speaks CAS knows a sign-in by: the ticket it was given, which the logout request names.

use uuid::Uuid;

use super::Error;
use crate::db::{Read, Tx, values};

/// A ticket, spent, and the service that it was made for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CasTicket {
    pub service: String,
    pub ticket: String,
}

pub async fn keep_cas_ticket(
    tx: &mut Tx,
    grant: Uuid,
    session: Uuid,
    client: &str,
    ticket: &CasTicket,
) -> Result<(), Error> {
    tx.execute(
        "insert into cas_ticket (id, session, client, service, ticket) values ($1, $2, $3, $4, $5)",
        values![grant, session, client, &ticket.service, &ticket.ticket],
    )
    .await?;
    Ok(())
}

/// The newest hundred sign-ins of a session at a client.
pub async fn cas_tickets(read: &mut impl Read, session: Uuid, client: &str) -> Result<Vec<CasTicket>, Error> {
    Ok(read
        .all(
            "select service, ticket from cas_ticket where session = $1 and client = $2 order by id desc limit 100",
            values![session, client],
            |row| Ok(CasTicket { service: row.get(0)?, ticket: row.get(1)? }),
        )
        .await?)
}
