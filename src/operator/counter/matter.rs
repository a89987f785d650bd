//! A matter: what one person came for. What the window may see of the person, it may see in it; and with it all
//! that ends.

use std::time::Duration;

use uuid::Uuid;

use super::{Reading, Shift};
use crate::audit::{self, About, Event};
use crate::base::{Device, Moment, Visit};
use crate::config;
use crate::credential::Proof;
use crate::crypto::DataKeys;
use crate::db::{self, Read, Tx, values};
use crate::grant::{Assisted, AssistedMatter, How};
use crate::identity::{self, Person, PersonState};
use crate::logout;
use crate::operator::{Error, Refused};
use crate::session;
use crate::terminal::Terminal;

pub struct Matter {
    pub id: Uuid,
    pub shift: Uuid,
    /// The relying system's own code of it, such as `licence.copy`.
    pub code: String,
    /// As people read it.
    pub label: String,
    pub ends_at: Moment,
    pub identified: Option<Identified>,
}

/// Whose matter it is.
#[derive(Clone, Copy, Debug)]
pub struct Identified {
    pub person: Uuid,
    pub how: How,
    /// The person's session at this window.
    pub session: Uuid,
}

/// Opens a matter; the one before in this shift ends.
pub async fn open(
    tx: &mut Tx,
    keys: &DataKeys,
    visit: &Visit,
    shift: &Shift,
    (code, label): (&str, &str),
    policy: &config::Operator,
) -> Result<Matter, Error> {
    end_open(tx, keys, visit, shift.id).await?;
    let id = visit.id();
    let ends_at = visit.now.plus(Duration::from_secs(policy.matter_minutes * 60));
    tx.execute(
        "insert into matter (id, shift, code, label, state, opened_at, ends_at)
         values ($1, $2, $3, $4, 'open', $5, $6)",
        values![id, shift.id, code, label, visit.now, ends_at],
    )
    .await?;
    let event = Event::MatterOpened { matter: id, operator: shift.operator.id, code };
    audit::record(tx, keys, visit, event, About { person: None, client: Some(&shift.client) }).await?;
    let (code, label) = (code.to_owned(), label.to_owned());
    Ok(Matter { id, shift: shift.id, code, label, ends_at, identified: None })
}

/// The matter, if it is not over.
pub async fn find(read: &mut impl Read, visit: &Visit, id: Uuid) -> Result<Option<Matter>, Error> {
    Ok(read
        .optional(
            "select id, shift, code, label, ends_at, person, how, session from matter
             where id = $1 and ended_at is null and ends_at > $2",
            values![id, visit.now],
            |row| {
                let how = row.get::<Option<String>>(6)?;
                let how = how.map(|word| word.parse().map_err(|_| db::Error::corrupt("matter", "how")));
                let identified = match (row.get(5)?, how.transpose()?, row.get(7)?) {
                    (Some(person), Some(how), Some(session)) => Some(Identified { person, how, session }),
                    _ => None,
                };
                Ok(Matter {
                    id: row.get(0)?,
                    shift: row.get(1)?,
                    code: row.get(2)?,
                    label: row.get(3)?,
                    ends_at: row.moment(4)?,
                    identified,
                })
            },
        )
        .await?)
}

/// The person of a chip that was read and looked at, from now on whose matter this is, with a session of
/// theirs that ends with it. `None` if no active account holds the number: then nothing was changed.
///
/// # Errors
/// [`Refused::OwnMatter`]: nobody serves themselves; [`Refused::Changed`]: somebody was identified before.
pub async fn identify(
    tx: &mut Tx,
    keys: &DataKeys,
    visit: &Visit,
    (shift, matter): (&Shift, &Matter),
    reading: &Reading,
    config: &config::Config,
) -> Result<Option<Person>, Error> {
    if shift.operator.is(&reading.number) {
        return Err(Refused::OwnMatter.into());
    }
    let Some(id) = identity::find_by_number(tx, keys, &reading.number).await? else { return Ok(None) };
    let person = identity::load(tx, keys, id).await?;
    let Some(person) = person.filter(|person| person.state == PersonState::Active) else { return Ok(None) };
    let proofs = [Proof::AttendedChip];
    let sign_in = session::SignIn {
        person: id,
        browser: None,
        proofs: &proofs,
        device: Device::default(),
        lent_by: None,
    };
    let session = session::start(tx, keys, visit, sign_in, config).await?;
    settle(tx, keys, visit, (shift, matter), Identified { person: id, how: How::Chip, session }).await?;
    Ok(Some(person))
}

/// The person has approved on their phone what was asked for in this matter: from now on it is theirs, and
/// `session`, which was begun for it, ends with it.
///
/// # Errors
/// [`Refused::OwnMatter`]: nobody serves themselves; [`Refused::Changed`]: somebody was identified before.
pub async fn identify_by_phone(
    tx: &mut Tx,
    keys: &DataKeys,
    visit: &Visit,
    (shift, matter): (&Shift, &Matter),
    person: Uuid,
    session: Uuid,
) -> Result<(), Error> {
    let number = identity::load(tx, keys, person).await?.map(|person| person.number);
    if number.is_none_or(|number| shift.operator.is(&number)) {
        return Err(Refused::OwnMatter.into());
    }
    settle(tx, keys, visit, (shift, matter), Identified { person, how: How::Phone, session }).await
}

/// Of two who are identified at once, one is.
async fn settle(
    tx: &mut Tx,
    keys: &DataKeys,
    visit: &Visit,
    (shift, matter): (&Shift, &Matter),
    Identified { person, how, session }: Identified,
) -> Result<(), Error> {
    session::limit(tx, session, matter.ends_at).await?;
    let changed = tx
        .execute(
            "update matter set state = 'identified', person = $2, how = $3, session = $4
             where id = $1 and state = 'open' and ended_at is null",
            values![matter.id, person, how.as_str(), session],
        )
        .await?;
    if changed == 0 {
        return Err(Refused::Changed.into());
    }
    let event = Event::MatterIdentified { matter: matter.id, operator: shift.operator.id, how: how.as_str() };
    let about = About { person: Some(person), client: Some(&shift.client) };
    Ok(audit::record(tx, keys, visit, event, about).await?)
}

/// What the tokens of this matter say of it, where the person is identified in this way.
pub fn assisted(shift: &Shift, matter: &Matter, terminal: &Terminal, how: How) -> Assisted {
    Assisted {
        clerk: shift.operator.id,
        window: terminal.id,
        place: terminal.place.clone(),
        matter: AssistedMatter { id: matter.id, code: matter.code.clone() },
        how,
        present: how == How::Chip,
    }
}

/// Ends a matter and the person's session in it. `false` if it had ended already.
pub async fn end(tx: &mut Tx, keys: &DataKeys, visit: &Visit, id: Uuid) -> Result<bool, Error> {
    let ended = tx
        .execute(
            "update matter set state = 'ended', ended_at = $2 where id = $1 and ended_at is null",
            values![id, visit.now],
        )
        .await?;
    if ended == 0 {
        return Ok(false);
    }
    let whose = tx
        .optional("select person, session from matter where id = $1", values![id], |row| {
            Ok(row.get::<Option<Uuid>>(0)?.zip(row.get::<Option<Uuid>>(1)?))
        })
        .await?
        .flatten();
    if let Some((person, session)) = whose {
        logout::end(tx, keys, visit, session, person, "matter").await?;
    }
    let about = About { person: whose.map(|(person, _)| person), client: None };
    audit::record(tx, keys, visit, Event::MatterEnded { matter: id }, about).await?;
    Ok(true)
}

/// Ends what is open in a shift.
pub(super) async fn end_open(tx: &mut Tx, keys: &DataKeys, visit: &Visit, shift: Uuid) -> Result<(), Error> {
    let open = tx
        .all("select id from matter where shift = $1 and ended_at is null limit 100", values![shift], |row| {
            row.get::<Uuid>(0)
        })
        .await?;
    for id in open {
        end(tx, keys, visit, id).await?;
    }
    Ok(())
}
