//! The link of an account to its number, and the evidence it rests on. Both are sealed: who can write the
//! database but has no key cannot raise anybody's level.

use uuid::Uuid;

use super::Error;
use crate::base::{Moment, TrustLevel, Visit};
use crate::crypto::{DataKeys, Unopenable};
use crate::db::{self, Row, Tx, values};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BindingState {
    /// Said by the person, its form checked.
    Claimed,
    /// Matched by a register, an operator or a counter.
    Verified,
    Revoked,
}

impl BindingState {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Claimed => "claimed",
            Self::Verified => "verified",
            Self::Revoked => "revoked",
        }
    }
}

impl std::str::FromStr for BindingState {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        [Self::Claimed, Self::Verified, Self::Revoked].into_iter().find(|s| s.as_str() == text).ok_or(())
    }
}

#[derive(Clone, Debug)]
pub struct Binding {
    pub person: Uuid,
    pub state: BindingState,
    pub trust: TrustLevel,
    pub evidence: Uuid,
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
            trust: row.small(first + 2, "binding")?,
            evidence: row.get(first + 3)?,
            changed_at: row.moment(first + 4)?,
            seal: row.get(first + 5)?,
        })
    }

    /// One that no key has sealed, for tests of what only looks at it.
    #[cfg(test)]
    pub fn unsealed(person: Uuid, trust: TrustLevel) -> Self {
        let changed_at = Moment::from_seconds(0);
        Self { person, state: BindingState::Verified, trust, evidence: person, changed_at, seal: Vec::new() }
    }

    pub fn check(&self, keys: &DataKeys) -> Result<(), Unopenable> {
        let changed_at = self.changed_at.micros().to_be_bytes();
        keys.check_seal(
            &self.seal,
            &[
                b"binding",
                self.person.as_bytes(),
                self.state.as_str().as_bytes(),
                &[self.trust as u8],
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

/// Records evidence and binds the number at the level it gives.
pub(super) async fn bind(
    tx: &mut Tx,
    keys: &DataKeys,
    visit: &Visit,
    person: Uuid,
    evidence: &NewEvidence,
) -> Result<(), Error> {
    let id = visit.id();
    let by = visit.actor.to_string();
    let at = visit.now.micros().to_be_bytes();
    let trust = [evidence.trust as u8];
    let seal = keys.seal(&[
        b"evidence",
        id.as_bytes(),
        person.as_bytes(),
        evidence.method.as_bytes(),
        evidence.source.as_bytes(),
        evidence.reference.as_bytes(),
        &trust,
        &at,
        by.as_bytes(),
    ])?;
    tx.execute(
        "insert into evidence (id, person, method, source, reference, trust, recorded_at, recorded_by, seal)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        values![
            id,
            person,
            evidence.method,
            &evidence.source,
            &evidence.reference,
            evidence.trust as u8,
            visit.now,
            &by,
            &seal
        ],
    )
    .await?;
    let state =
        if evidence.trust >= TrustLevel::Matched { BindingState::Verified } else { BindingState::Claimed };
    let seal =
        keys.seal(&[b"binding", person.as_bytes(), state.as_str().as_bytes(), &trust, id.as_bytes(), &at])?;
    tx.execute(
        "insert into binding (person, state, trust, evidence, changed_at, seal) values ($1, $2, $3, $4, $5, $6)
         on conflict (person) do update set state = excluded.state, trust = excluded.trust,
           evidence = excluded.evidence, changed_at = excluded.changed_at, seal = excluded.seal",
        values![person, state.as_str(), evidence.trust as u8, id, visit.now, &seal],
    )
    .await?;
    Ok(())
}
