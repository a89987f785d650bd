//! Asking the registers' platform about the accounts of a source, where no extract is loaded: side by side, within a share
//! of the quota, and kept after every hundred or so. No transaction is open while an answer is waited for.

use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::Instant;

use super::App;
use super::again::Tries;
use crate::base::{Actor, Visit};
use crate::legacy::matching::{self, Fresh, Position, Question};
use crate::legacy::task::{Progress, Task};
use crate::legacy::{self, Source};
use crate::outbound::registers::extract::{Asked, Denial, Said, Stands};
use crate::outbound::registers::{Answer, LegalPersonAnswer, NoAnswer, Registers};

/// Questions that are out at once.
const IN_FLIGHT: usize = 16;
/// Those whose answers are kept in one transaction: so much is lost at most when a run is cut off.
const LOT: usize = 100;
/// How often one question is put that gets no answer while others do.
const ATTEMPTS: u32 = 3;
/// From so many questions on, none of which gets an answer, it is the register that is ill, not they.
const FEW: usize = 4;
/// The pause before registers that gave no answer at all are tried again; it doubles with each.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);
/// A run of the console is left to another node that hears nothing of it for longer: it waits no longer than this.
const LONGEST_WAIT: Duration = Duration::from_secs(100);

/// Why a run asks no more for now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pause {
    /// The day's share of questions is spent.
    Quota,
    /// The registers gave no answer for `registers.matching_waits_seconds`.
    NoAnswer(NoAnswer),
    /// Others have their turn.
    Turn,
}

/// What has come of asking.
#[derive(Debug, Default)]
pub struct Answers {
    /// Answers that were kept.
    pub kept: u64,
    pub pause: Option<Pause>,
}

/// Asks what has to be known about a source's accounts and is not known yet. `turn`: so long at most.
///
/// # Errors
/// [`legacy::Error::NotAsked`]: there is no asking like this.
pub async fn ask_registers(
    app: &App,
    actor: &Actor,
    source: &Source,
    task: Option<&Task>,
    turn: Option<Duration>,
) -> Result<Answers, legacy::Error> {
    let begun = Instant::now();
    let registers = app.registers.aside();
    let waits = Duration::from_secs(app.config.registers.matching_waits_seconds);
    let waits = if task.is_some() { waits.min(LONGEST_WAIT) } else { waits };
    let (mut answers, mut position, mut tries) = (Answers::default(), Some(Position::ASK), Tries::default());
    let mut silent = Silent::default();
    while let Some(at) = position {
        let fresh = fresh(app);
        let page = matching::questions(&mut &app.db, &app.keys.data(), source.id, at, fresh).await;
        let page = match page {
            Ok(page) => page,
            Err(error) => {
                tries.after(app, error).await?;
                continue;
            }
        };
        tries = Tries::default();
        if page.questions.is_empty() && task.is_some() {
            // Others see that it goes on.
            while let Err(error) = keep(app, actor, source, task, &[]).await {
                tries.after(app, error).await?;
            }
        }
        for lot in page.questions.chunks(LOT) {
            let lot: Vec<Question> = lot.iter().filter(|question| silent.hears(question)).cloned().collect();
            if lot.is_empty() && task.is_none() {
                continue;
            }
            if turn.is_some_and(|turn| begun.elapsed() >= turn) {
                answers.pause = Some(Pause::Turn);
                return Ok(answers);
            }
            let Asking { said, stopped, .. } = Asking::of(app, actor, &registers, &lot, waits).await?;
            while let Err(error) = keep(app, actor, source, task, &said).await {
                tries.after(app, error).await?;
            }
            answers.kept += said.len() as u64;
            for left in &stopped {
                silent.note(&left.question, left.why.into());
            }
            if silent.is_everything() {
                answers.pause = silent.why();
                return Ok(answers);
            }
        }
        if !page.questions.is_empty() {
            tracing::info!(
                source = source.name,
                answers = answers.kept,
                "the registers are asked about accounts"
            );
        }
        position = page.next;
    }
    answers.pause = silent.why();
    Ok(answers)
}

/// Why registers are asked no more in this run: what holds up the questions about organizations does not hold up those about
/// persons.
#[derive(Default)]
struct Silent {
    persons: Option<Pause>,
    organizations: Option<Pause>,
}

impl Silent {
    const fn hears(&self, question: &Question) -> bool {
        if question.is_person() { self.persons.is_none() } else { self.organizations.is_none() }
    }

    const fn note(&mut self, question: &Question, why: Pause) {
        *(if question.is_person() { &mut self.persons } else { &mut self.organizations }) = Some(why);
    }

    const fn is_everything(&self) -> bool {
        self.persons.is_some() && self.organizations.is_some()
    }

    const fn why(&self) -> Option<Pause> {
        if self.persons.is_some() { self.persons } else { self.organizations }
    }
}

fn fresh(app: &App) -> Fresh {
    let (now, registers) = (app.clock.now(), &app.config.registers);
    let days = |days: u64| now.minus(Duration::from_secs(24 * 3600 * days));
    Fresh { records: days(registers.stale_days), denials: days(registers.ask_again_days) }
}

async fn keep(
    app: &App,
    actor: &Actor,
    source: &Source,
    task: Option<&Task>,
    said: &[Said],
) -> Result<(), legacy::Error> {
    let visit = app.visit_of(actor.clone());
    let mut tx = app.db.begin().await?;
    if !said.is_empty() {
        matching::keep_answers(&mut tx, &app.keys, &visit, source, said, fresh(app)).await?;
    }
    if let Some(task) = task {
        let asked = said.len() as u64;
        task.advance(&mut tx, app.clock.now(), Progress { asked, ..Progress::default() }).await?;
    }
    Ok(tx.commit().await?)
}

impl From<Option<NoAnswer>> for Pause {
    fn from(why: Option<NoAnswer>) -> Self {
        match why {
            Some(NoAnswer::Spent) => Self::Quota,
            why => Self::NoAnswer(why.unwrap_or(NoAnswer::Resting)),
        }
    }
}

/// One lot on its way.
#[derive(Default)]
struct Asking {
    said: Vec<Said>,
    /// What got no answer in this round.
    again: Vec<Left>,
    /// What is not asked any more in this run, and neither is anything of its kind.
    stopped: Vec<Left>,
}

/// A question that is to be put, or got no answer.
struct Left {
    question: Question,
    /// How often it got none while others did.
    attempts: u32,
    /// Why not, the last time.
    why: Option<NoAnswer>,
}

impl Left {
    /// Whether it was not asked at all, so that nothing is its fault.
    const fn was_left_alone(&self) -> bool {
        matches!(self.why, Some(NoAnswer::Resting | NoAnswer::Busy))
    }
}

impl Asking {
    async fn of(
        app: &App,
        actor: &Actor,
        registers: &Registers,
        lot: &[Question],
        waits: Duration,
    ) -> Result<Self, legacy::Error> {
        let mut asking = Self::default();
        let new = |question: &Question| Left { question: question.clone(), attempts: 0, why: None };
        let mut round: Vec<Left> = lot.iter().map(new).collect();
        let (mut pause, mut waited) = (FIRST_PAUSE, Duration::ZERO);
        loop {
            let (before, put) = (asking.said.len(), round.len());
            asking.round(app, actor, registers, round).await?;
            round = std::mem::take(&mut asking.again);
            let is_answered = asking.said.len() > before;
            if is_answered || put <= FEW {
                for Left { attempts, .. } in round.iter_mut().filter(|left| !left.was_left_alone()) {
                    *attempts += 1;
                }
                round.retain(|left| left.attempts < ATTEMPTS);
            }
            if round.is_empty() {
                return Ok(asking);
            }
            if is_answered {
                (pause, waited) = (FIRST_PAUSE, Duration::ZERO);
                if round.iter().any(|left| left.why == Some(NoAnswer::Busy)) {
                    tokio::time::sleep(pause).await;
                }
                continue;
            }
            if waited + pause > waits {
                asking.stopped.extend(round);
                return Ok(asking);
            }
            tokio::time::sleep(pause).await;
            waited += pause;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    /// Puts each question once, some at a time.
    async fn round(
        &mut self,
        app: &App,
        actor: &Actor,
        registers: &Registers,
        questions: Vec<Left>,
    ) -> Result<(), legacy::Error> {
        let (mut flying, mut queue) = (JoinSet::new(), questions.into_iter());
        loop {
            while flying.len() < IN_FLIGHT {
                let Some(Left { question, attempts, .. }) = queue.next() else { break };
                let is_alike = |other: &Left| other.question.is_person() == question.is_person();
                if self.stopped.iter().any(is_alike) {
                    self.stopped.push(Left { question, attempts, why: Some(NoAnswer::Spent) });
                    continue;
                }
                let (app, actor, registers) = (app.clone(), actor.clone(), registers.clone());
                flying.spawn(async move { (put(&app, &actor, &registers, question).await, attempts) });
            }
            let Some(landed) = flying.join_next().await else { return Ok(()) };
            // One that panicked is one without an answer.
            let Ok((Put { said, left }, attempts)) = landed else { continue };
            self.said.extend(said);
            match left {
                None => {}
                Some((question, why @ NoAnswer::Spent)) => {
                    self.stopped.push(Left { question, attempts, why: Some(why) });
                }
                Some((_, why @ (NoAnswer::NotConfigured | NoAnswer::NotLoaded | NoAnswer::Simulator))) => {
                    return Err(legacy::Error::NotAsked(why));
                }
                Some((question, why)) => {
                    self.again.push(Left { question, attempts, why: Some(why) });
                }
            }
        }
    }
}

/// What came of one question.
struct Put {
    said: Vec<Said>,
    /// What of it got no answer, and why.
    left: Option<(Question, NoAnswer)>,
}

async fn put(app: &App, actor: &Actor, registers: &Registers, question: Question) -> Put {
    match question {
        Question::Organization(code) => {
            let visit = app.visit_of(actor.clone());
            match registers.legal_person(&visit, &code).await {
                LegalPersonAnswer::Found(found) => Put { said: vec![Said::Organization(found)], left: None },
                LegalPersonAnswer::NoRecord => {
                    let denied = Said::Denied(Asked::Organization(code), Denial::NoRecord);
                    Put { said: vec![denied], left: None }
                }
                LegalPersonAnswer::NoAnswer(why) => {
                    Put { said: Vec::new(), left: Some((Question::Organization(code), why)) }
                }
            }
        }
        Question::Person { number, names } => {
            let mut said = Vec::new();
            for (at, name) in names.iter().enumerate() {
                // By the clock of now: the platform believes no old question.
                let visit: Visit = app.visit_of(actor.clone());
                let stands = |stands, reference| Said::Person {
                    number: number.clone(),
                    name: name.clone(),
                    stands,
                    reference,
                };
                let denied = |denial| Said::Denied(Asked::Person(number.clone(), name.clone()), denial);
                match registers.population(&visit, number.as_str(), name).await {
                    Answer::Match { reference } => said.push(stands(Stands::Valid, reference)),
                    // Of these the connector keeps no reference: the visit's finds the log.
                    Answer::Deceased => said.push(stands(Stands::Deceased, visit.request_id.to_string())),
                    Answer::NotInForce => said.push(stands(Stands::NotInForce, visit.request_id.to_string())),
                    Answer::NoRecord => said.push(denied(Denial::NoRecord)),
                    // Perhaps by another name.
                    Answer::Mismatch => {
                        said.push(denied(Denial::OtherName));
                        continue;
                    }
                    Answer::NoAnswer(why) => {
                        let names = names[at..].to_vec();
                        return Put { said, left: Some((Question::Person { number, names }, why)) };
                    }
                }
                break;
            }
            Put { said, left: None }
        }
    }
}
