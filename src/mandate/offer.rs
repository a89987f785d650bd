//! Granting. Who is invited is named by number and name; whether an account of that number exists, nobody
//! learns from it: the invitation waits under the number's blind index, and is found by whoever holds the
//! number.

use std::time::Duration;

use uuid::Uuid;

use super::invitation::{index_of, place};
use super::store::{self, Papers, mandates, select};
use super::{Error, Mandate, MandateScope, Party, Refused, Role, State, force};
use crate::audit::{self, About, Event};
use crate::base::number::OfficialNumber;
use crate::base::{Moment, OrganizationName, Visit};
use crate::crypto::DataKeys;
use crate::db::{Read, Tx, values};
use crate::identity;

/// An invitation that nobody accepted is over after so long.
const OPEN_FOR: Duration = Duration::from_secs(30 * 24 * 3600);

/// By whose power something is granted.
#[derive(Clone, Debug)]
pub enum Authority {
    /// Somebody who acts for the organization and may grant.
    Under(Mandate),
    /// Somebody who may grant for an agency passes the agency's mandate on to one of its people.
    Agency { mandate: Mandate },
    /// A person, for themselves.
    Oneself(Uuid),
    /// An operator with papers in hand, for this organization or person.
    Operator(Uuid, Party),
}

/// Who is to act.
#[derive(Clone, Debug)]
pub struct Invited {
    pub number: OfficialNumber,
    /// A person's or an agency's: the longer kind takes both.
    pub name: OrganizationName,
}

#[derive(Clone, Debug)]
pub struct Offer {
    pub to: Invited,
    pub role: Role,
    pub scope: MandateScope,
    pub starts_at: Moment,
    pub ends_at: Option<Moment>,
    /// The paper it rests on.
    pub evidence: String,
}

/// By which power this person may grant for the organization, if by any.
pub async fn authority_over(
    read: &mut impl Read,
    keys: &DataKeys,
    visit: &Visit,
    person: Uuid,
    organization: Uuid,
) -> Result<Option<Authority>, Error> {
    let mandates = force::of_person(read, keys, visit, person, Party::Organization).await?;
    let own = mandates.into_iter().find(|m| m.grantor == organization && m.role.may_grant_at_all());
    Ok(own.map(Authority::Under))
}

/// Offers a mandate. It grants nothing until it is accepted.
///
/// # Errors
/// [`Refused`]: beyond what the grantor has, a circle, too deep, or there already.
pub async fn offer(
    tx: &mut Tx,
    keys: &DataKeys,
    visit: &Visit,
    by: &Authority,
    offer: &Offer,
) -> Result<Mandate, Error> {
    by.allows(offer, visit.now)?;
    let (grantor, grantor_kind) = by.grantor();
    let grantee_kind = match &offer.to.number {
        OfficialNumber::Credit(_) => Party::Organization,
        _ => Party::Person,
    };
    if grantee_kind == Party::Organization {
        // An agency without an account acts for nobody yet; whether it has one shows only in a refusal that
        // speaks of the grantor's own mandates.
        if let Some(agency) = identity::find_by_number(tx, keys, &offer.to.number).await? {
            no_circle(tx, keys, grantor, agency).await?;
        }
    }
    let digest = index_of(keys, &offer.to.number)?;
    let again = mandates!("grantor = $1 and state = 'offered' and invited_digest = $2 and changed_at > $3");
    let since = visit.now.minus(OPEN_FOR);
    if !select(tx, keys, again, values![grantor, &digest, since]).await?.is_empty() {
        return Err(Refused::Exists.into());
    }
    let mut mandate = Mandate {
        id: visit.id(),
        state: State::Offered,
        grantor,
        grantor_kind,
        grantee: None,
        grantee_kind,
        invited: Some(digest),
        role: offer.role,
        scope: offer.scope.clone(),
        starts_at: offer.starts_at,
        ends_at: offer.ends_at,
        parent: by.parent(),
        changed_at: visit.now,
        seal: Vec::new(),
    };
    let seal = |column: &str, text: &str| keys.encrypt(&visit.chance, place(&mandate.id, column), text);
    let number = seal("invited_number", offer.to.number.as_str())?;
    let name = seal("invited_name", offer.to.name.as_str())?;
    let granted_by = visit.actor.to_string();
    let invited = Some((number.as_slice(), name.as_slice()));
    let papers = Papers { evidence: &offer.evidence, granted_by: &granted_by, invited };
    store::insert(tx, keys, &mut mandate, papers).await?;
    let event = Event::MandateOffered { mandate: mandate.id, role: mandate.role.as_str() };
    audit::record(tx, keys, visit, event, About::default()).await?;
    Ok(mandate)
}

impl Authority {
    fn grantor(&self) -> (Uuid, Party) {
        match self {
            Self::Under(mandate) | Self::Agency { mandate } => (mandate.grantor, mandate.grantor_kind),
            Self::Oneself(person) => (*person, Party::Person),
            Self::Operator(account, kind) => (*account, *kind),
        }
    }

    fn parent(&self) -> Option<Uuid> {
        match self {
            Self::Agency { mandate } => Some(mandate.id),
            _ => None,
        }
    }

    fn allows(&self, offer: &Offer, now: Moment) -> Result<(), Refused> {
        let role = match self {
            Self::Under(mandate) => mandate.role.may_grant(offer.role),
            Self::Agency { .. } => offer.role == Role::Handler,
            Self::Oneself(_) => offer.role == Role::Helper,
            Self::Operator(_, kind) => offer.role.represents() == *kind,
        };
        if !role {
            return Err(Refused::Role);
        }
        if offer.ends_at.is_some_and(|end| end <= offer.starts_at.max(now)) {
            return Err(Refused::Period);
        }
        if let Self::Under(mandate) | Self::Agency { mandate } = self {
            if !offer.scope.is_within(&mandate.scope) {
                return Err(Refused::Scope);
            }
            let too_long = mandate.ends_at.is_some_and(|end| offer.ends_at.is_none_or(|mine| mine > end));
            if too_long {
                return Err(Refused::Period);
            }
        }
        // Who grants a handler says until when; only a register's word has no end.
        if offer.ends_at.is_none() && offer.role != Role::LegalRepresentative {
            return Err(Refused::Period);
        }
        let to_organization = matches!(offer.to.number, OfficialNumber::Credit(_));
        match self {
            Self::Agency { .. } if to_organization => Err(Refused::Depth),
            Self::Under(mandate) if mandate.parent.is_some() => Err(Refused::Depth),
            _ if to_organization && offer.role != Role::Handler => Err(Refused::Role),
            _ => Ok(()),
        }
    }
}

/// An organization does not act for itself, nor two for each other.
pub(super) async fn no_circle(
    tx: &mut Tx,
    keys: &DataKeys,
    grantor: Uuid,
    agency: Uuid,
) -> Result<(), Error> {
    let theirs = mandates!("grantor = $1 and grantee = $2 and state = 'active'");
    let back = select(tx, keys, theirs, values![agency, grantor]).await?;
    if agency == grantor || !back.is_empty() { Err(Refused::Circle.into()) } else { Ok(()) }
}
