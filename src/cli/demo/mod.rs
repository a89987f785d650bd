//! `yihao demo`: everything on this machine, with people that do not exist. It writes its own configuration,
//! fills an empty store once, starts the example systems beside itself, and ends them with itself.

mod clients;
mod counter;
mod kiosk;
mod legacy;
mod organizations;
mod people;
mod ports;
mod programs;
mod settings;
mod welcome;

use std::path::PathBuf;

use anyhow::{Context, ensure};

use super::{Call, Usage, log, serve, signals};
use crate::base::{Actor, Clock};
use crate::config::Config;
use crate::db::Db;
use ports::Ports;

#[derive(clap::Args)]
pub struct Demo {
    /// The public port. The examples take those above it.
    #[arg(long, default_value_t = 8080, value_parser = clap::value_parser!(u16).range(1..=64_000))]
    port: u16,
    /// Where everything is kept. Delete it to begin anew.
    #[arg(long, value_name = "DIR", default_value = "demo-data")]
    data: PathBuf,
}

impl Demo {
    pub async fn run(self, call: Call) -> anyhow::Result<()> {
        ensure!(
            call.config_file.is_none(),
            Usage("demo writes its own configuration: leave --config out".to_owned())
        );
        let ports = Ports::above(self.port);
        ports.check_free()?;
        let config = self.configure(&ports)?;
        log::start(&config.log)?;
        let stop = signals::stop()?;
        Db::open(&config.storage.url).await?.migrate(Clock::Machine.now()).await?;
        let (app, listeners) = serve::open(config).await?;
        let visit = app.visit_of(Actor::Cli(super::user::name()));
        people::seed(&app, &visit).await?;
        organizations::seed(&app, &visit).await?;
        let systems = clients::seed(&app, &visit, &ports).await?;
        let window = counter::seed(&app, &visit, &self.data).await?;
        legacy::seed(&call, &app, &visit, &self.data.canonicalize()?, clients::HALL).await?;
        let files = kiosk::Files::below(&self.data.canonicalize()?);
        let terminal = kiosk::seed(&app, &visit, &files).await?;
        let issuer = app.config.issuer().to_owned();
        // The ports are taken: from here on a request waits at most until the server runs.
        let mut server = tokio::spawn(serve::serve(app, listeners, stop.clone()));
        call.print.line(&format!("ready issuer={issuer}"));
        let programs = programs::start(&self.data, &issuer, &ports, &systems, window, &files, terminal);
        let programs = tokio::select! {
            programs = programs => programs?,
            ended = &mut server => return ended?,
        };
        call.print.line(&welcome::text(&issuer, &self.data, &ports, &programs));
        let served = server.await?;
        programs.end().await;
        served
    }

    /// Writes `yihao.toml` and what it names, and reads it as `serve` would: the environment goes over it.
    fn configure(&self, ports: &Ports) -> anyhow::Result<Config> {
        let shown = self.data.display();
        std::fs::create_dir_all(&self.data).with_context(|| format!("{shown}: cannot be made"))?;
        let data = self.data.canonicalize().with_context(|| format!("{shown}: cannot be used"))?;
        let file = data.join("yihao.toml");
        let authority = programs::make_authority(&data)?;
        settings::write(&file, &settings::toml(&data, ports, authority.as_deref())?)?;
        kiosk::Files::below(&data).make()?;
        settings::write(&data.join(programs::PEOPLE), &people::register_lines())?;
        settings::write(&data.join(programs::ORGANIZATIONS), &organizations::register_lines())?;
        Ok(Config::load(Some(&file))?)
    }
}
