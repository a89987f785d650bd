//! Commands that an operator decides: `--as OPERATOR --password-stdin`.

use anyhow::bail;

use super::{Call, Usage};
use crate::app::App;
use crate::base::{Secret, Visit};
use crate::operator::{self, Operator, Role};

/// Who decides. Outside the demo somebody must.
#[derive(clap::Args, Clone)]
pub struct Acting {
    /// The operator who decides it, by name, or `-`. Outside the demo one is required.
    #[arg(long, value_name = "OPERATOR")]
    r#as: Option<String>,
    /// The first line of standard input is the operator's password.
    #[arg(long, requires = "as")]
    password_stdin: bool,
}

/// What was given on the command line, read: the password is the first line, before any other.
pub struct Given(Option<(Secret, Secret)>);

impl Acting {
    pub fn read(&self, call: &mut Call) -> anyhow::Result<Given> {
        let Some(name) = &self.r#as else { return Ok(Given(None)) };
        if !self.password_stdin {
            bail!(Usage("--as wants the operator's password: give it with --password-stdin".to_owned()));
        }
        let password = call.input.line("the operator's password")?;
        Ok(Given(Some((call.input.of("as", name)?, password))))
    }
}

impl Given {
    /// The operator, who has one of `roles`; the visit acts in their name. `None` in the demo, where nobody
    /// need be named.
    ///
    /// # Errors
    /// Nobody is named and this is not the demo; or the operator is not authenticated or has no right.
    pub async fn decide(
        self,
        app: &App,
        visit: &mut Visit,
        roles: &[Role],
    ) -> anyhow::Result<Option<Operator>> {
        if self.0.is_none() && app.config.danger.simulate_registers {
            return Ok(None);
        }
        self.require(app, visit, roles).await.map(Some)
    }

    /// The same where an operator is always required.
    pub async fn require(self, app: &App, visit: &mut Visit, roles: &[Role]) -> anyhow::Result<Operator> {
        match self.0 {
            None => bail!("outside the demo an operator decides this: name one with --as"),
            Some(given) => authenticated(app, visit, given, roles).await,
        }
    }
}

async fn authenticated(
    app: &App,
    visit: &mut Visit,
    (name, password): (Secret, Secret),
    roles: &[Role],
) -> anyhow::Result<Operator> {
    let keys = app.keys.data();
    let guards = (&app.attempts, &app.hasher);
    Ok(operator::authenticate(&app.db, &keys, visit, guards, (&name, password), roles).await?)
}
