//! `yihao person`

mod add;
mod cases;
mod change;
pub mod given;
mod import;

use std::path::PathBuf;

use uuid::Uuid;

use super::Call;
use crate::app::App;
use crate::audit::{self, About, Event};
use crate::base::Visit;
use crate::credential::{factors, password};
use crate::db::Tx;
use crate::identity::{self, Arrival, HandleKind, NewPerson, Registered};

#[derive(clap::Subcommand)]
pub enum Command {
    /// Register a person. Prints the id of the account.
    ///
    /// Lines of standard input are read in this order: the password, then for each argument that is `-` the
    /// number, the name, the phone.
    Add(add::Add),
    /// Register the persons of a file, one JSON object a line.
    ///
    /// Fields: `citizen_id`, `name`, `phone`, `trust` (2 to 5; 2 if left out), `password`, or `password_hash`
    /// with `scheme` (argon2id, as a PHC string); and optionally `user_name`, `email`, `email_verified`,
    /// `address`. Prints a verdict for each line: `added`; `exists`, if an account holds the number (nothing
    /// is changed); or `refused`. No number is printed. Cut off, it can be run again.
    Import {
        /// The file, or `-` for standard input.
        file: PathBuf,
    },
    /// Follow a change of life: another number, another document, another name. The account and what relying
    /// systems call it stay.
    Change(change::Change),
    /// Stop an account: nobody signs in to it until it is released.
    Hold {
        #[command(flatten)]
        which: change::Which,
        /// A word for the record: deceased, reported-stolen, …
        #[arg(long, default_value = "operator")]
        reason: String,
    },
    /// Give a ticket to somebody at a counter who has lost their ways to sign in: with it they set a new password
    /// within half an hour. It is printed once.
    Recover(change::Recover),
    /// Lift a hold.
    Release(change::Which),
    /// List the cases about accounts here: displaced by better proof, two persons of one number.
    Cases(cases::Cases),
    /// Decide one of them.
    Decide(cases::Decide),
}

impl Command {
    pub async fn run(self, call: Call) -> anyhow::Result<()> {
        match self {
            Self::Add(add) => add.run(call).await,
            Self::Change(change) => change.run(call).await,
            Self::Hold { which, reason } => change::hold(which, call, &reason).await,
            Self::Recover(recover) => recover.run(call).await,
            Self::Release(which) => change::release(which, call).await,
            Self::Cases(list) => list.run(call).await,
            Self::Decide(decide) => decide.run(call).await,
            Self::Import { file } => import::run(call, &file).await,
        }
    }
}

/// What became of a person who was to be registered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Added(Uuid),
    NumberTaken,
    UserNameTaken,
}

/// Registers a person with a password, given as its hash.
///
/// # Errors
/// [`identity::Error::KeysChanged`]: reload the keys and begin again.
pub async fn register(
    tx: &mut Tx,
    app: &App,
    visit: &Visit,
    new: &NewPerson,
    phc: &str,
) -> Result<Outcome, identity::Error> {
    let keys = app.keys.data();
    if let Some(user_name) = &new.user_name {
        let holder = identity::find_by_handle(tx, &keys, HandleKind::UserName, user_name.reveal()).await?;
        if holder.is_some() && identity::find_by_number(tx, &keys, &new.number).await? != holder {
            return Ok(Outcome::UserNameTaken);
        }
    }
    let Registered::New(person) = identity::register(tx, &app.keys, visit, new).await? else {
        return Ok(Outcome::NumberTaken);
    };
    with_password(tx, app, visit, person, phc).await
}

/// The same for somebody who showed who they are: an account that holds the number on weaker proof is closed,
/// and this one inherits nothing of it.
pub async fn arrive(
    tx: &mut Tx,
    app: &App,
    visit: &Visit,
    new: &NewPerson,
    phc: &str,
) -> Result<Outcome, identity::Error> {
    match identity::arrive(tx, &app.keys, visit, new, &app.config.trust).await? {
        // Their account is there, with factors of its own: that is a matter of recovery.
        Arrival::Known(_) => Ok(Outcome::NumberTaken),
        Arrival::New(person) => with_password(tx, app, visit, person, phc).await,
        Arrival::Displaced { old, new } => {
            factors::forget(tx, old).await?;
            with_password(tx, app, visit, new, phc).await
        }
    }
}

/// The second of two persons who have one number. `None` if nobody has it.
pub async fn provisional(
    tx: &mut Tx,
    app: &App,
    visit: &Visit,
    new: &NewPerson,
    phc: &str,
) -> Result<Option<Uuid>, identity::Error> {
    let Some(person) = identity::register_provisional(tx, &app.keys, visit, new).await? else {
        return Ok(None);
    };
    with_password(tx, app, visit, person, phc).await?;
    Ok(Some(person))
}

async fn with_password(
    tx: &mut Tx,
    app: &App,
    visit: &Visit,
    person: Uuid,
    phc: &str,
) -> Result<Outcome, identity::Error> {
    let keys = app.keys.data();
    password::set(tx, visit, person, phc).await?;
    let about = About { person: Some(person), client: None };
    audit::record(tx, &keys, visit, Event::PasswordSet, about).await?;
    Ok(Outcome::Added(person))
}
