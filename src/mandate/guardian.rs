//! Guardians of minors. Until the child is 14 the guardian acts for it in everything (个人信息保护法 31); from 14
//! on only in what needs a guardian; at 18 (民法典 17) it is over.

use jiff::ToSpan;
use jiff::civil::Date;
use uuid::Uuid;

use super::store::{self, Papers, mandates, select};
use super::{Error, Mandate, MandateScope, Party, Role, State};
use crate::audit::{self, About, Event};
use crate::base::number::OfficialNumber;
use crate::base::{Moment, Visit};
use crate::crypto::DataKeys;
use crate::db::{Tx, values};

/// From this age on a minor registers without a guardian.
const OWN_ACCOUNT: i16 = 14;
const OF_AGE: i16 = 18;
/// The matters that a guardian of a minor from 14 on still acts in.
const SUPERVISED: &str = "matter:guardian";

/// A person below 18.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Minor {
    born: Date,
}

impl Minor {
    /// `None` for who is of age on `today`, and for a number that does not tell.
    pub fn of(number: &OfficialNumber, today: Date) -> Option<Self> {
        let OfficialNumber::Citizen(citizen) = number else { return None };
        let minor = Self { born: citizen.birth_date() };
        (today < minor.birthday(OF_AGE)).then_some(minor)
    }

    /// Whether the law wants the guardian's consent to an account.
    pub fn needs_guardian(self, today: Date) -> bool {
        today < self.birthday(OWN_ACCOUNT)
    }

    fn birthday(self, age: i16) -> Date {
        // Who was born on 29 February comes of age on 28 February: `checked_add` stays within the month.
        self.born.checked_add(i64::from(age).years()).unwrap_or(Date::MAX)
    }
}

/// Makes `guardian` the guardian of `child`.
pub async fn guard(
    tx: &mut Tx,
    keys: &DataKeys,
    visit: &Visit,
    (child, minor): (Uuid, Minor),
    guardian: Uuid,
    evidence: &str,
) -> Result<Mandate, Error> {
    let again = mandates!("grantor = $1 and grantee = $2 and state = 'active' and role = $3");
    let again = select(tx, keys, again, values![child, guardian, Role::Guardian.as_str()]).await?;
    if let Some(mandate) = again.into_iter().next() {
        return Ok(mandate);
    }
    let narrow = !minor.needs_guardian(visit.now.day());
    let mut mandate = Mandate {
        id: visit.id(),
        state: State::Active,
        grantor: child,
        grantor_kind: Party::Person,
        grantee: Some(guardian),
        grantee_kind: Party::Person,
        invited: None,
        role: Role::Guardian,
        scope: if narrow { supervised()? } else { MandateScope::ALL },
        starts_at: visit.now,
        ends_at: Moment::of_day(minor.birthday(OF_AGE)),
        parent: None,
        changed_at: visit.now,
        seal: Vec::new(),
    };
    let granted_by = visit.actor.to_string();
    store::insert(tx, keys, &mut mandate, Papers { evidence, granted_by: &granted_by, invited: None })
        .await?;
    let event = Event::MandateAccepted { mandate: mandate.id, role: mandate.role.as_str() };
    audit::record(tx, keys, visit, event, About { person: Some(guardian), client: None }).await?;
    Ok(mandate)
}

/// Narrows the mandates of guardians whose child has turned 14, some in one call; tells how many.
pub async fn narrow_guardians(tx: &mut Tx, keys: &DataKeys, visit: &Visit) -> Result<usize, Error> {
    // Of age in four years or less: 14 or older today.
    let turned = visit.now.day().checked_add(i64::from(OF_AGE - OWN_ACCOUNT).years()).ok();
    let Some(turned) = turned.and_then(Moment::of_day) else { return Ok(0) };
    let of_14 = mandates!("role = $1 and state = 'active' and scope = $2 and ends_at <= $3");
    let wide = MandateScope::ALL.to_string();
    let found = select(tx, keys, of_14, values![Role::Guardian.as_str(), &wide, turned]).await?;
    let mut narrowed = 0;
    for mut mandate in found {
        mandate.scope = supervised()?;
        mandate.changed_at = visit.now;
        if store::replace(tx, keys, &mut mandate, None).await? {
            let event = Event::MandateAccepted { mandate: mandate.id, role: mandate.role.as_str() };
            audit::record(tx, keys, visit, event, About { person: mandate.grantee, client: None }).await?;
            narrowed += 1;
        }
    }
    Ok(narrowed)
}

fn supervised() -> Result<MandateScope, Error> {
    SUPERVISED.parse().map_err(|_| Error::Storage(crate::db::Error::corrupt("mandate", "scope")))
}
