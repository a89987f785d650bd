//! Grants. Every token that a person's approval led to names its grant, and is good only while the grant
//! is: while it is not revoked and, unless it has `offline_access`, while the session goes on.

use uuid::Uuid;

use super::{Assisted, ClaimsRequest, Error};
use crate::audit::{self, About, Event};
use crate::base::{AuthenticationLevel, Channel, Moment, Scope, Scopes, TrustLevel, Visit};
use crate::client::LegalBasis;
use crate::config;
use crate::crypto::DataKeys;
use crate::db::{self, Read, Tx, values};
use crate::identity::{Binding, PersonState};
use crate::mandate::{self, Mandate};

#[derive(Clone, Debug)]
pub struct Grant {
    pub id: Uuid,
    pub client: String,
    pub person: Uuid,
    pub session: Uuid,
    /// The represented account's where the person acts for another, else the person's own.
    pub sub: String,
    pub acting: Option<Acting>,
    pub assisted: Option<Assisted>,
    pub scopes: Scopes,
    pub claims: ClaimsRequest,
    pub channel: Channel,
    pub aal: AuthenticationLevel,
    pub amr: String,
    pub authenticated_at: Moment,
    /// How often the refresh token has been rotated.
    pub generation: u32,
    pub expires_at: Moment,
    /// The thumbprint of the key that its tokens are bound to: they are refused without a proof of it.
    pub jkt: Option<String>,
    /// The person's trust level now, not when the grant was made.
    pub trust: TrustLevel,
}

/// For whom the person acts, under a mandate that is in force.
#[derive(Clone, Debug)]
pub struct Acting {
    pub mandate: Mandate,
    /// What the relying system calls the person (`act.sub`, RFC 8693 section 4.1).
    pub act_sub: String,
}

impl Grant {
    /// A token never outlives its mandate.
    pub fn at_most(&self, expires: Moment) -> Moment {
        let end = self.acting.as_ref().and_then(|acting| acting.mandate.ends_at);
        end.map_or(expires, |end| end.min(expires))
    }
}

/// Writes a grant; `false` if there is one of its id. `basis`: on what ground the client learns of the person.
pub async fn issue(
    tx: &mut Tx,
    keys: &DataKeys,
    visit: &Visit,
    grant: &Grant,
    basis: LegalBasis,
) -> Result<bool, Error> {
    let scopes = grant.scopes.to_string();
    let corrupt = |e| db::Error::corrupt("grants", e);
    let claims = serde_json::to_string(&grant.claims).map_err(corrupt)?;
    let assisted = grant.assisted.as_ref().map(serde_json::to_string).transpose().map_err(corrupt)?;
    let acting = grant.acting.as_ref();
    let written = tx
        .execute(
            "insert into grants (id, client, person, session, sub, scopes, claims, channel, aal, amr,
                                 authenticated_at, generation, state, expires_at, mandate, represented, act_sub,
                                 terminal, jkt, assisted)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 0, 'active', $12, $13, $14, $15, $16, $17, $18)
             on conflict do nothing",
            values![
                grant.id,
                &grant.client,
                grant.person,
                grant.session,
                &grant.sub,
                &scopes,
                &claims,
                grant.channel.as_str(),
                grant.aal as u8,
                &grant.amr,
                grant.authenticated_at,
                grant.expires_at,
                acting.map(|acting| acting.mandate.id),
                acting.map(|acting| acting.mandate.grantor),
                acting.map(|acting| acting.act_sub.as_str()),
                visit.terminal,
                grant.jkt.as_deref(),
                assisted.as_deref()
            ],
        )
        .await?;
    if written == 0 {
        return Ok(false);
    }
    let event = Event::CodeRedeemed { grant: grant.id, scopes: grant.scopes, basis: basis.as_str() };
    audit::record(tx, keys, visit, event, about(grant.person, &grant.client)).await?;
    Ok(true)
}

/// The grant if what was issued under it is still good.
pub async fn find_active(
    read: &mut impl Read,
    keys: &DataKeys,
    visit: &Visit,
    id: Uuid,
    policy: &config::Trust,
) -> Result<Option<Grant>, Error> {
    let found = read
        .optional(
            "select g.id, g.client, g.person, g.session, g.sub, g.scopes, g.claims, g.channel, g.aal, g.amr,
                    g.authenticated_at, g.generation, g.expires_at, p.state, s.ended_at, s.expires_at,
                    b.person, b.state, b.trust, b.evidence, b.changed_at, b.seal, g.mandate, g.act_sub, g.jkt,
                    g.assisted
             from grants g join person p on p.id = g.person join binding b on b.person = g.person
               left join session s on s.id = g.session
             where g.id = $1 and g.state = 'active' and g.expires_at > $2",
            values![id, visit.now],
            |row| {
                let binding = Binding::read(row, 16)?;
                let grant = Grant {
                    id: row.get(0)?,
                    client: row.get(1)?,
                    person: row.get(2)?,
                    session: row.get(3)?,
                    sub: row.get(4)?,
                    acting: None,
                    assisted: match row.get::<Option<String>>(25)? {
                        Some(_) => Some(row.json(25, "grants")?),
                        None => None,
                    },
                    scopes: Scopes::parse(&row.get::<String>(5)?),
                    claims: row.json(6, "grants")?,
                    channel: row.word(7, "grants")?,
                    aal: row.small(8, "grants")?,
                    amr: row.get(9)?,
                    authenticated_at: row.moment(10)?,
                    generation: u32::try_from(row.get::<i64>(11)?)
                        .map_err(|e| db::Error::corrupt("grants", e))?,
                    expires_at: row.moment(12)?,
                    jkt: row.get(24)?,
                    trust: TrustLevel::Anonymous,
                };
                let session = (row.optional_moment(14)?, row.optional_moment(15)?);
                let acting = row.get::<Option<Uuid>>(22)?.zip(row.get::<Option<String>>(23)?);
                Ok((grant, row.word::<PersonState>(13, "person")?, session, binding, acting))
            },
        )
        .await?;
    let Some((mut grant, PersonState::Active, (ended_at, session_until), binding, acting)) = found else {
        return Ok(None);
    };
    binding.check(keys)?;
    grant.trust = binding.trust(visit.now, policy);
    if let Some((mandate, act_sub)) = acting {
        // Ending a mandate ends its own grants, and no other.
        let mandate = mandate::in_force(read, keys, visit, mandate, grant.person).await?;
        let Some(mandate) = mandate.filter(|mandate| mandate.scope.covers_client(&grant.client)) else {
            return Ok(None);
        };
        grant.acting = Some(Acting { mandate, act_sub });
    }
    let session_lives = ended_at.is_none() && session_until.is_some_and(|until| until > visit.now);
    Ok((session_lives || grant.scopes.contains(Scope::OfflineAccess)).then_some(grant))
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rotation {
    /// The refresh token's next generation.
    Rotated(u32),
    /// An old refresh token came again: the grant is revoked (RFC 9700 section 4.14.2).
    Replayed,
}

/// Rotates the refresh token, if `generation` is the one in force, and notes the key that the tokens are bound
/// to from now on. One statement decides, so of two simultaneous uses one is a replay.
pub async fn rotate(
    tx: &mut Tx,
    keys: &DataKeys,
    visit: &Visit,
    grant: &Grant,
    generation: u32,
) -> Result<Rotation, Error> {
    let rotated = tx
        .execute(
            "update grants set generation = generation + 1, jkt = $3
             where id = $1 and generation = $2 and state = 'active'",
            values![grant.id, generation, grant.jkt.as_deref()],
        )
        .await?;
    let about = about(grant.person, &grant.client);
    if rotated == 1 {
        audit::record(tx, keys, visit, Event::Refreshed { grant: grant.id }, about).await?;
        return Ok(Rotation::Rotated(generation + 1));
    }
    tx.execute("update grants set state = 'revoked' where id = $1", values![grant.id]).await?;
    audit::record(tx, keys, visit, Event::RefreshReplayed { grant: grant.id }, about).await?;
    Ok(Rotation::Replayed)
}

/// Revokes a grant and with it every token issued under it. `false` if it was revoked already.
pub async fn revoke(
    tx: &mut Tx,
    keys: &DataKeys,
    visit: &Visit,
    id: Uuid,
    client: &str,
) -> Result<bool, Error> {
    let revoked = tx
        .execute(
            "update grants set state = 'revoked' where id = $1 and client = $2 and state = 'active'",
            values![id, client],
        )
        .await?;
    if revoked == 0 {
        return Ok(false);
    }
    let about = About { person: None, client: Some(client) };
    audit::record(tx, keys, visit, Event::GrantRevoked { grant: id }, about).await?;
    Ok(true)
}

fn about(person: Uuid, client: &str) -> About<'_> {
    About { person: Some(person), client: Some(client) }
}

/// The latest grants in an organization's name: to which client, by whom, when.
pub async fn made_for(read: &mut impl Read, represented: Uuid) -> Result<Vec<(String, Uuid, Moment)>, Error> {
    Ok(read
        .all(
            "select client, person, id from grants where represented = $1 order by id desc limit 100",
            values![represented],
            |row| Ok((row.get(0)?, row.get(1)?, Moment::of_id(row.get(2)?))),
        )
        .await?)
}
