//! Rank 6: the commands. What a command is called and answers is a contract with other programs; DESIGN
//! section 6 keeps it. A command that fails says so in one line: what, and what to do.

mod acting;
mod audit;
mod client;
mod config;
mod demo;
mod doctor;
mod input;
mod keys;
mod legacy;
mod log;
mod mandate;
mod logout;
mod migrate;
mod number;
mod operator;
mod organization;
mod person;
mod print;
mod register;
mod serve;
mod session;
mod signals;
mod terminal;
mod user;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::app::App;
use crate::base::{Actor, Chance, Clock, Visit};
use crate::config::Config;
use input::Input;
use print::Print;

/// Yihao: one number, one account. An OpenID Connect identity provider for a province's government services.
#[derive(Parser)]
#[command(name = "yihao", version, max_term_width = 100)]
struct Cli {
    /// The configuration, TOML. `YIHAO__SECTION__KEY` in the environment goes over it.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Print data as JSON.
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run everything on this machine, with synthetic people and example systems.
    Demo(demo::Demo),
    /// Serve.
    Serve,
    /// Bring the database's schema up to date.
    Migrate,
    /// Look whether everything that serving needs is there and in order.
    Doctor,
    /// The configuration.
    #[command(subcommand)]
    Config(config::Command),
    /// Relying systems.
    #[command(subcommand)]
    Client(client::Command),
    /// Official numbers.
    #[command(subcommand)]
    Number(number::Command),
    /// Persons.
    #[command(subcommand)]
    Person(person::Command),
    /// Organizations.
    #[command(subcommand)]
    Organization(organization::Command),
    /// Mandates: who may act for an organization.
    #[command(subcommand)]
    Mandate(mandate::Command),
    /// Operators: those who work here.
    #[command(subcommand)]
    Operator(operator::Command),
    /// The registers.
    #[command(subcommand)]
    Register(register::Command),
    /// Accounts of the systems already built.
    #[command(subcommand)]
    Legacy(legacy::Command),
    /// Sessions of persons.
    #[command(subcommand)]
    Session(session::Command),
    /// What relying systems are told of the end of sessions.
    #[command(subcommand)]
    Logout(logout::Command),
    /// Kiosks, windows of counters and agents' devices.
    #[command(subcommand)]
    Terminal(terminal::Command),
    /// Keys.
    #[command(subcommand)]
    Keys(keys::Command),
    /// The audit log.
    #[command(subcommand)]
    Audit(audit::Command),
}

/// What a command is given besides its own arguments.
struct Call {
    config_file: Option<PathBuf>,
    print: Print,
    input: Input,
}

impl Call {
    fn config(&self) -> anyhow::Result<Config> {
        Ok(Config::load(self.config_file.as_deref())?)
    }

    /// Everything opened, and the facts under which this command acts.
    async fn app(&self) -> anyhow::Result<(App, Visit)> {
        let app = App::open(self.config()?, Clock::Machine, Chance::Machine).await?;
        let visit = app.visit_of(Actor::Cli(user::name()));
        Ok((app, visit))
    }
}

/// Arguments that each are good and together make no sense: exit status 2.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Usage(String);

/// Runs the command of the process's arguments; tells its exit status: 0 done, 1 refused or failed, 2 usage.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    log::quiet_panics();
    let outcome = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(anyhow::Error::from)
        .and_then(|runtime| {
            let outcome = runtime.block_on(run(cli));
            // A blocking call that hangs (a name that does not resolve) does not keep the process.
            runtime.shutdown_timeout(std::time::Duration::from_millis(200));
            outcome
        });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            print::complain(&format!("{error:#}"));
            ExitCode::from(if error.is::<Usage>() { 2 } else { 1 })
        }
    }
}

async fn run(cli: Cli) -> anyhow::Result<()> {
    let call = Call { config_file: cli.config, print: Print { json: cli.json }, input: Input::standard() };
    if !matches!(cli.command, Command::Serve | Command::Demo(_)) {
        log::start_quiet();
    }
    match cli.command {
        Command::Demo(demo) => demo.run(call).await,
        Command::Serve => serve::run(&call).await,
        Command::Migrate => migrate::run(&call).await,
        Command::Doctor => doctor::run(&call).await,
        Command::Config(command) => command.run(call),
        Command::Client(command) => command.run(call).await,
        Command::Number(command) => command.run(call),
        Command::Person(command) => command.run(call).await,
        Command::Organization(command) => command.run(call).await,
        Command::Mandate(command) => command.run(call).await,
        Command::Operator(command) => command.run(call).await,
        Command::Register(command) => command.run(call).await,
        Command::Legacy(command) => command.run(call).await,
        Command::Session(command) => command.run(call).await,
        Command::Logout(command) => command.run(call).await,
        Command::Terminal(command) => command.run(call).await,
        Command::Keys(command) => command.run(call).await,
        Command::Audit(command) => command.run(call).await,
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_arguments_fit_together() {
        Cli::command().debug_assert();
    }

    #[test]
    fn the_contract_is_understood() {
        for line in [
            "yihao demo --port 9000 --data d",
            "yihao serve --config y.toml",
            "yihao --json config reference",
            "yihao client add --name 厅 --channel hall --redirect-uri https://a/cb --redirect-uri https://a/cb2 \
             --auth-method private_key_jwt --jwks-uri https://a/jwks --grant authorization_code --scope openid \
             --subject-type public --post-logout-redirect-uri https://a/out --backchannel-logout-uri https://a/told \
             --frontchannel-logout-uri https://a/frame --id-token-alg EdDSA --min-trust 3 \
             --min-aal 2 --first-party --resource-server --legal-basis statutory",
            "yihao client import -",
            "yihao client registration-token --json",
            "yihao number check --kind citizen-id -",
            "yihao number check --kind tax-no --file -",
            "yihao person add --citizen-id - --name - --phone - --trust 3 --evidence E --password-stdin",
            "yihao person add --document passport:CAN --number - --name N --password-stdin",
            "yihao person import people.ndjson",
            "yihao organization add --credit-code - --name N --representative -",
            "yihao mandate grant --credit-code - --to - --role handler --scope client:tax --scope matter:A1 \
             --until 2027-12-31",
            "yihao mandate list --credit-code -",
            "yihao mandate end 01990000-0000-7000-8000-000000000001 --as decider --password-stdin",
            "yihao operator add --name N --role decider --region 440100 --department D --password-stdin",
            "yihao operator add --name - --role clerk --role viewer --citizen-id - --password-stdin --json",
            "yihao operator list",
            "yihao operator suspend clerk-7",
            "yihao operator resume -",
            "yihao operator reset clerk-7 --password-stdin",
            "yihao operator number clerk-7 --citizen-id -",
            "yihao register load --population p.csv --legal-persons l.csv --changes c.csv",
            "yihao register load --changes c.csv",
            "yihao legacy source add --profile si.toml --client a --json",
            "yihao legacy source list",
            "yihao legacy source show si",
            "yihao legacy import --source si si.csv --dry-run",
            "yihao legacy import --source si - --rejected r.csv --anew",
            "yihao legacy verdicts --source si",
            "yihao legacy match --source si",
            "yihao legacy merge --source si --dry-run",
            "yihao legacy cases --source si --state proposed --reason NAME_MISMATCH --overdue --json",
            "yihao legacy decide 01990000-0000-7000-8000-000000000001 merge --as a --reason R --password-stdin",
            "yihao legacy decide - reject --as a --reason R --password-stdin --json",
            "yihao legacy undo --batch 01990000-0000-7000-8000-000000000001 --as a --password-stdin",
            "yihao legacy undo --account 01990000-0000-7000-8000-000000000001 --as a --password-stdin",
            "yihao legacy undo --case 01990000-0000-7000-8000-000000000001 --as a --password-stdin",
            "yihao legacy report --source si",
            "yihao session list --person -",
            "yihao session end --person - --session 0199c0de-7000-7000-8000-000000000001 --json",
            "yihao logout deliveries --state given_up --json",
            "yihao terminal enroll --kind kiosk --place 天河区政务服务中心1号机 --client c --jwk k.json --json",
            "yihao terminal enroll --kind agent --place P --client c --jwk - --hours always",
            "yihao terminal list --json",
            "yihao terminal suspend 0199c0de-7000-7000-8000-000000000001 --reason stolen",
            "yihao keys rotate",
            "yihao audit verify",
        ] {
            let words = line.split_whitespace();
            assert!(Cli::try_parse_from(words).is_ok(), "{line}");
        }
        for line in [
            "yihao",
            "yihao register load",
            "yihao legacy undo --as a --password-stdin",
            "yihao number check --kind citizen VALUE",
            "yihao number check --kind citizen-id",
            "yihao person add --citizen-id 1 --document hm-permit --number 2 --name N --password-stdin",
            "yihao person add --citizen-id 1 --name N",
            "yihao operator add --name N --role boss --password-stdin",
            "yihao operator add --name N --password-stdin",
            "yihao operator reset N",
            "yihao client add --name N --channel moon --auth-method none",
            "yihao person add --citizen-id 1 --name N --trust 6 --password-stdin",
        ] {
            let words = line.split_whitespace();
            assert!(Cli::try_parse_from(words).is_err(), "{line}");
        }
    }
}
