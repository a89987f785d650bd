//! The trust level: what the evidence gives, at its age, under the policy. [`level`] is the only function that
//! says it; a binding keeps the evidence that the level rested on when it was last computed, and lapses with
//! that evidence.

use std::time::Duration;

use uuid::Uuid;

use super::binding::{self, Binding};
use super::{Error, NewEvidence};
use crate::audit::{self, About, Event};
use crate::base::{Moment, TrustLevel, Visit};
use crate::config;
use crate::crypto::DataKeys;
use crate::db::{self, Read, Row, Tx, values};

/// One proof of who a person is, as it was recorded.
#[derive(Clone, Debug, PartialEq)]
pub struct Evidence {
    pub id: Uuid,
    /// How: `three-elements`, `operator`, `face`, …
    pub method: String,
    /// Who says so.
    pub source: String,
    /// The source's own reference to its answer.
    pub reference: String,
    /// What it gave when it was fresh.
    pub trust: TrustLevel,
    pub recorded_at: Moment,
    pub recorded_by: String,
    /// Since when it gives nothing, because the person withdrew what it rests on.
    pub withdrawn_at: Option<Moment>,
}

/// The level and why.
#[derive(Clone, Debug, PartialEq)]
pub struct Level {
    pub trust: TrustLevel,
    /// What it rests on; none without any evidence.
    pub rests_on: Option<Evidence>,
    /// When that lapses; never, if not said.
    pub until: Option<Moment>,
    /// What once gave more, and when it lapsed; the latest first.
    pub lapsed: Vec<(Evidence, Moment)>,
}

const DAY: Duration = Duration::from_secs(24 * 3600);

/// When evidence ceases to give more than [`TrustLevel::Matched`]. That a number belongs to a name does not
/// grow old; that somebody showed to be that person does.
pub fn lapses_at(trust: TrustLevel, recorded_at: Moment, policy: &config::Trust) -> Option<Moment> {
    match trust {
        TrustLevel::Attended => Some(recorded_at.plus(DAY * policy.attended_days)),
        TrustLevel::Proven => Some(recorded_at.plus(DAY * policy.proven_days)),
        TrustLevel::Anonymous | TrustLevel::Asserted | TrustLevel::Matched => None,
    }
}

/// What evidence of `trust` gives at `now`.
fn given(trust: TrustLevel, recorded_at: Moment, now: Moment, policy: &config::Trust) -> TrustLevel {
    match lapses_at(trust, recorded_at, policy) {
        Some(lapse) if lapse <= now => TrustLevel::Matched,
        _ => trust,
    }
}

/// The trust level that this evidence gives now.
pub fn level(evidence: &[Evidence], now: Moment, policy: &config::Trust) -> Level {
    let standing = || evidence.iter().filter(|one| one.withdrawn_at.is_none());
    let worth = |one: &Evidence| given(one.trust, one.recorded_at, now, policy);
    // Of equal ones the newest, which lapses last.
    let best = standing().max_by_key(|one| (worth(one), one.recorded_at));
    let trust = best.map_or(TrustLevel::Anonymous, worth);
    let mut lapsed: Vec<(Evidence, Moment)> = standing()
        .filter(|one| one.trust > trust)
        .filter_map(|one| Some((one.clone(), lapses_at(one.trust, one.recorded_at, policy)?)))
        .collect();
    lapsed.sort_by_key(|(_, at)| std::cmp::Reverse(*at));
    let until = best.filter(|one| one.trust == trust);
    Level {
        trust,
        until: until.and_then(|one| lapses_at(trust, one.recorded_at, policy)),
        rests_on: best.cloned(),
        lapsed,
    }
}

impl Binding {
    /// The level now.
    pub fn trust(&self, now: Moment, policy: &config::Trust) -> TrustLevel {
        given(self.given, self.changed_at, now, policy)
    }

    fn has_lapsed(&self, now: Moment, policy: &config::Trust) -> bool {
        self.trust(now, policy) != self.given
    }
}

/// All evidence about a person, checked, the newest first.
pub async fn evidence_of(
    read: &mut impl Read,
    keys: &DataKeys,
    person: Uuid,
) -> Result<Vec<Evidence>, Error> {
    let rows = read
        .all(
            "select id, method, source, reference, trust, recorded_at, recorded_by, seal, withdrawn_at from evidence
             where person = $1 order by id desc limit 100",
            values![person],
            |row| Ok((read_evidence(row)?, row.get::<Vec<u8>>(7)?)),
        )
        .await?;
    rows.into_iter()
        .map(|(evidence, seal)| {
            keys.check_seal(&seal, &binding::evidence_fields(&person, &evidence).each())?;
            Ok(evidence)
        })
        .collect()
}

fn read_evidence(row: &Row<'_>) -> Result<Evidence, db::Error> {
    Ok(Evidence {
        id: row.get(0)?,
        method: row.get(1)?,
        source: row.get(2)?,
        reference: row.get(3)?,
        trust: row.small(4, "evidence")?,
        recorded_at: row.moment(5)?,
        recorded_by: row.get(6)?,
        withdrawn_at: row.optional_moment(8)?,
    })
}

/// Records evidence and binds the number at the level that all evidence gives together: what is weaker than
/// what is there already is kept, and changes nothing.
pub async fn prove(
    tx: &mut Tx,
    keys: &DataKeys,
    visit: &Visit,
    person: Uuid,
    new: &NewEvidence,
    policy: &config::Trust,
) -> Result<Level, Error> {
    binding::record(tx, keys, visit, person, new).await?;
    let event = Event::LevelRaised { trust: new.trust, method: new.method };
    audit::record(tx, keys, visit, event, About { person: Some(person), client: None }).await?;
    let level = level(&evidence_of(tx, keys, person).await?, visit.now, policy);
    binding::rest_on(tx, keys, person, &level).await?;
    Ok(level)
}

/// Withdraws all evidence of a method, and binds the number at what is left. `false` if there was none.
pub async fn withdraw(
    tx: &mut Tx,
    keys: &DataKeys,
    visit: &Visit,
    person: Uuid,
    method: &'static str,
    policy: &config::Trust,
) -> Result<bool, Error> {
    let mut last = None;
    for one in evidence_of(tx, keys, person).await?.iter().filter(|one| one.method == method) {
        if one.withdrawn_at.is_none() && binding::withdraw(tx, keys, visit, person, one).await? {
            last = Some(one.id);
        }
    }
    let Some(last) = last else { return Ok(false) };
    let level = level(&evidence_of(tx, keys, person).await?, visit.now, policy);
    match level.rests_on {
        Some(_) => binding::rest_on(tx, keys, person, &level).await?,
        None => binding::rest_on_nothing(tx, keys, visit, person, last).await?,
    }
    let event = Event::ProofWithdrawn { method };
    audit::record(tx, keys, visit, event, About { person: Some(person), client: None }).await?;
    Ok(true)
}

/// Binds anew where the evidence has lapsed: there may be other that still gives more than the least.
pub async fn renew(
    tx: &mut Tx,
    keys: &DataKeys,
    visit: &Visit,
    binding: &Binding,
    policy: &config::Trust,
) -> Result<TrustLevel, Error> {
    if !binding.has_lapsed(visit.now, policy) {
        return Ok(binding.given);
    }
    let level = level(&evidence_of(tx, keys, binding.person).await?, visit.now, policy);
    binding::rest_on(tx, keys, binding.person, &level).await?;
    Ok(level.trust)
}

#[cfg(test)]
#[path = "trust_tests.rs"]
mod tests;
