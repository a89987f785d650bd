//! The link of an account to its number, and the evidence it rests on. Both are sealed: who can write the
//! database but has no key cannot raise anybody's level.

use uuid::Uuid;

use super::Error;
use super::trust::{Evidence, Level};
use crate::base::{Moment, TrustLevel, Visit, words};
use crate::crypto::{DataKeys, Unopenable};
use crate::db::{self, Read, Row, Tx, values};

words! {
    BindingState {
        /// Said by the person, its form checked.
        Claimed = "claimed",
        /// Matched by a register, an operator or a counter.
        Verified = "verified",
        Revoked = "revoked",
    }
}

#[derive(Clone, Debug)]
pub struct Binding {
    pub person: Uuid,
    pub state: BindingState,
    /// What the evidence gave when it was recorded; what it gives now, [`Binding::trust`] says.
    pub(super) given: TrustLevel,
    pub evidence: Uuid,
    /// When that evidence was recorded.
    pub changed_at: Moment,
    seal: Vec<u8>,
}

impl Binding {
    /// Reads the six columns person, state, trust, evidence, changed_at, seal from `first` on. The result
    /// says nothing until [`Binding::check`] has passed.
    pub fn read(row: &Row<'_>, first: usize) -> Result<Self, db::Error> {
        Ok(Self {
            person: row.get(first)?,
            state: row.word(first + 1, "binding")?,
            given: row.small(first + 2, "binding")?,
            evidence: row.get(first + 3)?,
            changed_at: row.moment(first + 4)?,
            seal: row.get(first + 5)?,
        })
    }

    /// One that no key has sealed, for tests of what only looks at it.
    #[cfg(test)]
    pub fn unsealed(person: Uuid, given: TrustLevel, changed_at: Moment) -> Self {
        Self { person, state: BindingState::Verified, given, evidence: person, changed_at, seal: Vec::new() }
    }

    pub fn check(&self, keys: &DataKeys) -> Result<(), Unopenable> {
        let changed_at = self.changed_at.micros().to_be_bytes();
        keys.check_seal(
            &self.seal,
            &[
                b"binding",
                self.person.as_bytes(),
                self.state.as_str().as_bytes(),
                &[self.given as u8],
                self.evidence.as_bytes(),
                &changed_at,
            ],
        )
    }
}

/// What shows that the number is the person's.
#[derive(Clone, Debug)]
pub struct NewEvidence {
    /// How: `three-elements`, `operator`, `import`, …
    pub method: &'static str,
    /// Who says so: the register's or operator's name.
    pub source: String,
    /// The source's own reference to its answer, never what was asked.
    pub reference: String,
    pub trust: TrustLevel,
}

/// The fields of evidence that are sealed, as bytes.
pub(super) struct EvidenceFields(Vec<Vec<u8>>);

impl EvidenceFields {
    pub(super) fn each(&self) -> Vec<&[u8]> {
        self.0.iter().map(Vec::as_slice).collect()
    }
}

pub(super) fn evidence_fields(person: &Uuid, evidence: &Evidence) -> EvidenceFields {
    let mut fields = vec![
        b"evidence".to_vec(),
        evidence.id.as_bytes().to_vec(),
        person.as_bytes().to_vec(),
        evidence.method.clone().into(),
        evidence.source.clone().into(),
        evidence.reference.clone().into(),
        vec![evidence.trust as u8],
        evidence.recorded_at.micros().to_be_bytes().to_vec(),
        evidence.recorded_by.clone().into(),
    ];
    fields.extend(evidence.withdrawn_at.map(|at| at.micros().to_be_bytes().to_vec()));
    EvidenceFields(fields)
}

/// Writes evidence down; by itself it changes no level.
pub(super) async fn record(
    tx: &mut Tx,
    keys: &DataKeys,
    visit: &Visit,
    person: Uuid,
    new: &NewEvidence,
) -> Result<Evidence, Error> {
    let evidence = Evidence {
        id: visit.id(),
        method: new.method.to_owned(),
        source: new.source.clone(),
        reference: new.reference.clone(),
        trust: new.trust,
        recorded_at: visit.now,
        recorded_by: visit.actor.to_string(),
        withdrawn_at: None,
    };
    let seal = keys.seal(&evidence_fields(&person, &evidence).each())?;
    tx.execute(
        "insert into evidence (id, person, method, source, reference, trust, recorded_at, recorded_by, seal)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        values![
            evidence.id,
            person,
            &evidence.method,
            &evidence.source,
            &evidence.reference,
            evidence.trust as u8,
            evidence.recorded_at,
            &evidence.recorded_by,
            &seal
        ],
    )
    .await?;
    Ok(evidence)
}

/// Notes that what the evidence rested on was withdrawn: it is kept, and gives nothing. `false` if it was before.
pub(super) async fn withdraw(
    tx: &mut Tx,
    keys: &DataKeys,
    visit: &Visit,
    person: Uuid,
    evidence: &Evidence,
) -> Result<bool, Error> {
    let withdrawn = Evidence { withdrawn_at: Some(visit.now), ..evidence.clone() };
    let seal = keys.seal(&evidence_fields(&person, &withdrawn).each())?;
    let changed = tx
        .execute(
            "update evidence set withdrawn_at = $2, seal = $3 where id = $1 and withdrawn_at is null",
            values![evidence.id, visit.now, &seal],
        )
        .await?;
    Ok(changed == 1)
}

/// The number is this account's no more.
pub(super) async fn revoke(tx: &mut Tx, keys: &DataKeys, visit: &Visit, person: Uuid) -> Result<(), Error> {
    let read = "select person, state, trust, evidence, changed_at, seal from binding where person = $1";
    let Some(binding) = tx.optional(read, values![person], |row| Binding::read(row, 0)).await? else {
        return Ok(());
    };
    binding.check(keys)?;
    write(tx, keys, person, BindingState::Revoked, TrustLevel::Anonymous, binding.evidence, visit.now).await
}

/// Binds the number at the level that was computed, on the evidence that it rests on.
pub(super) async fn rest_on(tx: &mut Tx, keys: &DataKeys, person: Uuid, level: &Level) -> Result<(), Error> {
    let Some(evidence) = &level.rests_on else { return Ok(()) };
    let state =
        if level.trust >= TrustLevel::Matched { BindingState::Verified } else { BindingState::Claimed };
    write(tx, keys, person, state, level.trust, evidence.id, evidence.recorded_at).await
}

/// Nothing is left that the number rests on: it is as good as said.
pub(super) async fn rest_on_nothing(
    tx: &mut Tx,
    keys: &DataKeys,
    visit: &Visit,
    person: Uuid,
    last: Uuid,
) -> Result<(), Error> {
    write(tx, keys, person, BindingState::Claimed, TrustLevel::Asserted, last, visit.now).await
}

async fn write(
    tx: &mut Tx,
    keys: &DataKeys,
    person: Uuid,
    state: BindingState,
    trust: TrustLevel,
    evidence: Uuid,
    since: Moment,
) -> Result<(), Error> {
    let (level, at) = ([trust as u8], since.micros().to_be_bytes());
    let word = state.as_str().as_bytes();
    let seal = keys.seal(&[b"binding", person.as_bytes(), word, &level, evidence.as_bytes(), &at])?;
    tx.execute(
        "insert into binding (person, state, trust, evidence, changed_at, seal) values ($1, $2, $3, $4, $5, $6)
         on conflict (person) do update set state = excluded.state, trust = excluded.trust,
           evidence = excluded.evidence, changed_at = excluded.changed_at, seal = excluded.seal",
        values![person, state.as_str(), trust as u8, evidence, since, &seal],
    )
    .await?;
    Ok(())
}
