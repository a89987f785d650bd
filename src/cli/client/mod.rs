//! `yihao client`

mod add;
mod cas;
mod change;
mod import;
mod show;

use std::path::PathBuf;

use super::Call;
use crate::app::App;
use crate::base::{Secret, Visit};
use crate::client::{self, Client};

pub use import::{Wanted, put};

#[derive(clap::Subcommand)]
pub enum Command {
    /// Register a relying system. Prints its id, and its secret if it has one: the only time it is shown.
    Add(Box<add::Add>),
    /// Register the clients of a file: metadata of RFC 7591 as an object, a list, or one object a line.
    ///
    /// `client_id`, `client_secret` and `jwks` may be given. What is left out has the default of OpenID
    /// Connect Registration; our own are `channel` (hall), `first_party`, `resource_server` (false). A known
    /// `client_id` is updated. Prints a verdict for each; good ones are stored, also beside refused ones.
    Import {
        /// The file, or `-` for standard input.
        file: PathBuf,
    },
    /// List all clients.
    List,
    /// Show a client's metadata.
    Show { client_id: String },
    /// Show who still speaks CAS: until when they may, when they last did, and how often in 30 days.
    Cas,
    /// Take a client out of use. Nothing of it is deleted.
    Disable { client_id: String },
    /// Give a client a new secret and print it. The old one is good no longer.
    RotateSecret { client_id: String },
    /// Make a token with which relying systems register themselves (RFC 7591 section 3), and print it.
    RegistrationToken {
        /// How many clients it registers.
        #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=1000))]
        uses: u32,
        /// How many hours it is good for.
        #[arg(long, default_value_t = 24, value_parser = clap::value_parser!(u64).range(1..=8760))]
        hours: u64,
    },
}

impl Command {
    pub async fn run(self, call: Call) -> anyhow::Result<()> {
        match self {
            Self::Add(add) => add.run(&call).await,
            Self::Import { file } => import::run(call, &file).await,
            Self::List => show::list(&call).await,
            Self::Show { client_id } => show::show(&call, &client_id).await,
            Self::Cas => cas::list(&call).await,
            Self::Disable { client_id } => change::disable(&call, &client_id).await,
            Self::RotateSecret { client_id } => change::rotate_secret(&call, &client_id).await,
            Self::RegistrationToken { uses, hours } => change::registration_token(&call, uses, hours).await,
        }
    }
}

/// The client of `id`, whatever its state.
async fn known(app: &App, id: &str) -> anyhow::Result<Client> {
    let found = client::find(&mut &app.db, &app.keys.data(), id).await?;
    found.ok_or_else(|| anyhow::anyhow!("no client has this id: `yihao client list` shows all"))
}

/// A new secret: 256 bits, enough for `client_secret_jwt` (RFC 7518 section 3.2).
fn new_secret(visit: &Visit) -> Secret {
    Secret::new(visit.chance.token())
}
