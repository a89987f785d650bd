//! The rows of `mandate`. Each change is a compare-and-set on the seal of the row as it was read, so of two
//! that change one mandate, one finds that it has changed.

use uuid::Uuid;

use super::{MandateScope, Role};
use crate::base::{Moment, words};
use crate::crypto::{DataKeys, Unopenable};
use crate::db::{self, Read, Row, Tx, Value, values};
use crate::identity::{self, Life, PersonState};

words! {
    Party {
        Person = "person",
        Organization = "organization",
    }
}

words! {
    State {
        /// Granted, and not accepted yet.
        Offered = "offered",
        Active = "active",
        Ended = "ended",
    }
}

#[derive(Clone, Debug)]
pub struct Mandate {
    pub id: Uuid,
    pub state: State,
    /// Whom it lets act for.
    pub grantor: Uuid,
    pub grantor_kind: Party,
    /// Who may act; nobody yet while it is offered.
    pub grantee: Option<Uuid>,
    pub grantee_kind: Party,
    /// The blind index of the number it was offered to.
    pub(super) invited: Option<Vec<u8>>,
    pub role: Role,
    pub scope: MandateScope,
    pub starts_at: Moment,
    /// None: until the register says otherwise.
    pub ends_at: Option<Moment>,
    /// The agency's mandate that this one passes on.
    pub parent: Option<Uuid>,
    pub changed_at: Moment,
    pub(super) seal: Vec<u8>,
}

/// The statement that selects the mandates of a condition, the newest first, with the columns of
/// [`Mandate::read`].
macro_rules! mandates {
    ($condition:literal) => {
        concat!(
            "select id, state, grantor, grantor_kind, grantee, grantee_kind, invited_digest, role, scope,
                    starts_at, ends_at, parent, changed_at, seal
             from mandate where ",
            $condition,
            " order by id desc limit 200"
        )
    };
}
pub(super) use mandates;

impl Mandate {
    fn read(row: &Row<'_>) -> Result<Self, db::Error> {
        Ok(Self {
            id: row.get(0)?,
            state: row.word(1, "mandate")?,
            grantor: row.get(2)?,
            grantor_kind: row.word(3, "mandate")?,
            grantee: row.get(4)?,
            grantee_kind: row.word(5, "mandate")?,
            invited: row.get(6)?,
            role: row.word(7, "mandate")?,
            scope: row.word(8, "mandate")?,
            starts_at: row.moment(9)?,
            ends_at: row.optional_moment(10)?,
            parent: row.get(11)?,
            changed_at: row.moment(12)?,
            seal: row.get(13)?,
        })
    }

    /// Hands over the fields that grant something, as bytes.
    fn sealed<T>(&self, to: impl FnOnce(&[&[u8]]) -> T) -> T {
        let scope = self.scope.to_string();
        let starts_at = self.starts_at.micros().to_be_bytes();
        let ends_at = self.ends_at.map(|end| end.micros().to_be_bytes());
        to(&[
            b"mandate",
            self.id.as_bytes(),
            self.state.as_str().as_bytes(),
            self.grantor.as_bytes(),
            self.grantor_kind.as_str().as_bytes(),
            bytes(self.grantee.as_ref()),
            self.grantee_kind.as_str().as_bytes(),
            self.invited.as_deref().unwrap_or_default(),
            self.role.as_str().as_bytes(),
            scope.as_bytes(),
            &starts_at,
            ends_at.as_ref().map_or(&[][..], |end| end),
            bytes(self.parent.as_ref()),
        ])
    }

    fn check(self, keys: &DataKeys) -> Result<Self, Unopenable> {
        self.sealed(|fields| keys.check_seal(&self.seal, fields))?;
        Ok(self)
    }

    fn seal_anew(&mut self, keys: &DataKeys) -> Result<(), Unopenable> {
        self.seal = self.sealed(|fields| keys.seal(fields))?;
        Ok(())
    }

    /// Whether it is active and `now` is within its time. For more see [`super::in_force`].
    pub fn is_current(&self, now: Moment) -> bool {
        self.state == State::Active && self.starts_at <= now && self.ends_at.is_none_or(|end| now < end)
    }
}

fn bytes(id: Option<&Uuid>) -> &[u8] {
    match id {
        Some(id) => id.as_bytes(),
        None => &[],
    }
}

/// What a new mandate has besides what grants.
pub(super) struct Papers<'a> {
    pub evidence: &'a str,
    pub granted_by: &'a str,
    /// Number and name it was offered to, encrypted.
    pub invited: Option<(&'a [u8], &'a [u8])>,
}

pub(super) async fn insert(
    tx: &mut Tx,
    keys: &DataKeys,
    mandate: &mut Mandate,
    papers: Papers<'_>,
) -> Result<(), super::Error> {
    mandate.seal_anew(keys)?;
    let scope = mandate.scope.to_string();
    tx.execute(
        "insert into mandate (id, state, grantor, grantor_kind, grantee, grantee_kind, invited_digest,
                              invited_number, invited_name, role, scope, starts_at, ends_at, parent, evidence,
                              granted_by, changed_at, seal)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)",
        values![
            mandate.id,
            mandate.state.as_str(),
            mandate.grantor,
            mandate.grantor_kind.as_str(),
            mandate.grantee,
            mandate.grantee_kind.as_str(),
            mandate.invited.as_ref(),
            papers.invited.map(|(number, _)| number),
            papers.invited.map(|(_, name)| name),
            mandate.role.as_str(),
            &scope,
            mandate.starts_at,
            mandate.ends_at,
            mandate.parent,
            papers.evidence,
            papers.granted_by,
            mandate.changed_at,
            &mandate.seal
        ],
    )
    .await?;
    Ok(())
}

/// Writes the mandate as it is now over the row as it was read; `false` if that has changed meanwhile.
pub(super) async fn replace(
    tx: &mut Tx,
    keys: &DataKeys,
    mandate: &mut Mandate,
    end_reason: Option<&str>,
) -> Result<bool, super::Error> {
    let before = std::mem::take(&mut mandate.seal);
    mandate.seal_anew(keys)?;
    let scope = mandate.scope.to_string();
    let replaced = tx
        .execute(
            "update mandate set state = $2, grantee = $3, scope = $4, ends_at = $5, changed_at = $6,
                    end_reason = $7, seal = $8 where id = $1 and seal = $9",
            values![
                mandate.id,
                mandate.state.as_str(),
                mandate.grantee,
                &scope,
                mandate.ends_at,
                mandate.changed_at,
                end_reason,
                &mandate.seal,
                &before
            ],
        )
        .await?;
    Ok(replaced == 1)
}

/// The mandates of a statement of [`mandates!`], their seals checked.
pub(super) async fn select(
    read: &mut impl Read,
    keys: &DataKeys,
    statement: &'static str,
    values: &[Value<'_>],
) -> Result<Vec<Mandate>, super::Error> {
    let rows = read.all(statement, values, Mandate::read).await?;
    Ok(rows.into_iter().map(|row| row.check(keys)).collect::<Result<_, _>>()?)
}

/// What decides whether the represented account can be acted for.
pub(super) enum Represented {
    Organization(Life),
    Person(PersonState),
}

/// A mandate with whom it represents, an organization in the same look: every use of a token that rests on one comes
/// by here.
pub(super) async fn find_with_represented(
    read: &mut impl Read,
    keys: &DataKeys,
    id: Uuid,
) -> Result<Option<(Mandate, Option<Represented>)>, super::Error> {
    let row = read
        .optional(
            "select m.id, m.state, m.grantor, m.grantor_kind, m.grantee, m.grantee_kind, m.invited_digest, m.role,
                    m.scope, m.starts_at, m.ends_at, m.parent, m.changed_at, m.seal,
                    o.id, o.standing, o.contested_at, o.seal
             from mandate m left join organization o on o.id = m.grantor where m.id = $1",
            values![id],
            |row| {
                let there = row.get::<Option<Uuid>>(14)?.is_some();
                Ok((Mandate::read(row)?, there.then(|| Life::read(row, 14)).transpose()?))
            },
        )
        .await?;
    let Some((mandate, life)) = row else { return Ok(None) };
    let mandate = mandate.check(keys)?;
    let represented = match (mandate.grantor_kind, life) {
        (Party::Organization, Some(life)) => {
            life.check(keys)?;
            Some(Represented::Organization(life))
        }
        (Party::Organization, None) => None,
        (Party::Person, _) => identity::state_of(read, mandate.grantor).await?.map(Represented::Person),
    };
    Ok(Some((mandate, represented)))
}

pub async fn find(read: &mut impl Read, keys: &DataKeys, id: Uuid) -> Result<Option<Mandate>, super::Error> {
    Ok(select(read, keys, mandates!("id = $1"), values![id]).await?.pop())
}

/// Everything that was granted for this organization or person and has not ended.
pub async fn of_grantor(
    read: &mut impl Read,
    keys: &DataKeys,
    grantor: Uuid,
) -> Result<Vec<Mandate>, super::Error> {
    select(read, keys, mandates!("grantor = $1 and state <> 'ended'"), values![grantor]).await
}

/// The mandates that an organization has accepted as an agency.
pub async fn of_grantee_organization(
    read: &mut impl Read,
    keys: &DataKeys,
    agency: Uuid,
) -> Result<Vec<Mandate>, super::Error> {
    let active = mandates!("grantee = $1 and grantee_kind = 'organization' and state = 'active'");
    select(read, keys, active, values![agency]).await
}
