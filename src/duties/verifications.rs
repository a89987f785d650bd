//! Registrations that wait for a register are finished when it answers again, without the person doing
//! anything; then the person is told.

use crate::app::App;
use crate::audit::{self, About, Event};
use crate::base::{Actor, Visit};
use crate::identity::{self, Verification, VerificationState, verification};
use crate::outbound::registers::Answer;
use crate::pages::Notice;

/// Verifications that are read at once.
const BATCH: i64 = 100;

/// How a verification goes on.
enum Outcome {
    Matched {
        reference: String,
    },
    /// An account has come to hold the number meanwhile.
    Registered,
    Differs,
    /// The register had its time.
    GivenUp,
    /// The person did not come back in time.
    Lapsed,
}

impl Outcome {
    const fn as_str(&self) -> &'static str {
        match self {
            Self::Matched { .. } => "matched",
            Self::Registered => "registered",
            Self::Differs => "differs",
            Self::GivenUp => "given up",
            Self::Lapsed => "lapsed",
        }
    }

    const fn notice(&self) -> Option<Notice> {
        match self {
            Self::Matched { .. } => Some(Notice::GoOn),
            Self::Registered => Some(Notice::Registered),
            Self::Differs => Some(Notice::Differs),
            Self::GivenUp => Some(Notice::GivenUp),
            Self::Lapsed => None,
        }
    }
}

/// Looks at those that are due; tells how many went on. While the register is silent one asks for all.
pub async fn finish_verifications(app: &App) -> anyhow::Result<usize> {
    let mut finished = 0;
    loop {
        let due = verification::due(&mut &app.db, &app.keys.data(), app.clock.now(), BATCH).await?;
        if due.is_empty() {
            return Ok(finished);
        }
        for verification in due {
            let visit =
                Visit { language: verification.language, ..app.visit_of(Actor::Duty("verifications")) };
            let Some(outcome) = outcome(app, &visit, &verification).await? else {
                put_off(app, &visit, &verification).await?;
                return Ok(finished);
            };
            // Told first: whoever is told twice is no worse off, whoever is never told waits for ever.
            if let Some(notice) = outcome.notice()
                && app
                    .sms
                    .send(&visit, &verification.claimed.phone, notice.words(visit.language))
                    .await
                    .is_err()
                && visit.now < verification.expires_at
            {
                put_off(app, &visit, &verification).await?;
                return Ok(finished);
            }
            finish(app, &visit, &verification, &outcome).await?;
            finished += 1;
        }
    }
}

/// `None` while the register does not answer.
async fn outcome(app: &App, visit: &Visit, it: &Verification) -> anyhow::Result<Option<Outcome>> {
    if it.state == VerificationState::Matched {
        return Ok(Some(Outcome::Lapsed));
    }
    if visit.now >= it.expires_at {
        return Ok(Some(Outcome::GivenUp));
    }
    let (number, claimed) = (&it.claimed.number, &it.claimed);
    let answer = app.registers.person(visit, number.as_str(), &claimed.name, &claimed.phone).await;
    Ok(match answer {
        Answer::NoAnswer(_) => None,
        Answer::Match { reference } => {
            let holder = identity::find_by_number(&mut &app.db, &app.keys.data(), number).await?;
            Some(if holder.is_some() { Outcome::Registered } else { Outcome::Matched { reference } })
        }
        Answer::Mismatch | Answer::NoRecord | Answer::Deceased | Answer::NotInForce => Some(Outcome::Differs),
    })
}

async fn put_off(app: &App, visit: &Visit, it: &Verification) -> anyhow::Result<()> {
    let mut tx = app.db.begin().await?;
    verification::put_off(&mut tx, visit, it).await?;
    tx.commit().await?;
    Ok(())
}

async fn finish(app: &App, visit: &Visit, it: &Verification, outcome: &Outcome) -> anyhow::Result<()> {
    let keys = app.keys.data();
    let mut tx = app.db.begin().await?;
    let changed = match outcome {
        Outcome::Matched { reference } => {
            verification::matched(&mut tx, &keys, visit, it.id, reference).await?
        }
        _ => verification::end(&mut tx, it).await?,
    };
    if changed {
        let event = Event::VerificationFinished { outcome: outcome.as_str() };
        audit::record(&mut tx, &keys, visit, event, About::default()).await?;
    }
    tx.commit().await?;
    Ok(())
}
