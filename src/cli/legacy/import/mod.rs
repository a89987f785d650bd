//! `yihao legacy import`: one thread reads, some judge and seal, one writes. What is read, counted, rejected and stored up
//! to a row is committed together, so that a run can be cut off anywhere.

mod judge;
mod progress;
mod rejects;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, ensure};
use serde::Serialize;
use uuid::Uuid;

use super::super::{Call, Usage};
use crate::app::App;
use crate::base::Visit;
use crate::db::Tx;
use crate::legacy::profile::Format;
use crate::legacy::reader::{FileReader, ReadError, Reader, XlsxReader, open_live};
use crate::legacy::{Counts, Profile, Run, Source, SourceState, has_old_digests, note_length};
use progress::Progress;
use rejects::Rejects;
use writer::{Writer, Written};

#[derive(clap::Args)]
pub struct Import {
    /// The name of the source.
    #[arg(long)]
    source: String,
    /// The file, or `-` for standard input. Of a source that is read over a connection, a file whose first line is
    /// the connection's URL.
    file: PathBuf,
    /// Do everything and keep nothing: what would become of the file. The embedded database takes no other change
    /// meanwhile.
    #[arg(long)]
    dry_run: bool,
    /// Where rejected rows go, each with its reason: mend them there and import that file. Otherwise beside the file,
    /// with `.rejected` in its name; in a dry run, nowhere.
    #[arg(long, value_name = "FILE")]
    rejected: Option<PathBuf>,
    /// End with status 1 if rows were rejected. Otherwise an import is done when every row has its verdict.
    #[arg(long)]
    strict: bool,
    /// Begin anew, though an import of the source was cut off.
    #[arg(long)]
    anew: bool,
}

/// What became of a file.
#[derive(Serialize)]
struct Summary {
    import_id: Uuid,
    source: String,
    dry_run: bool,
    /// Records of the file, with its line of heads and what is no account.
    rows: u64,
    #[serde(flatten)]
    counts: Counts,
    #[serde(skip_serializing_if = "Option::is_none")]
    rejected_file: Option<PathBuf>,
    /// Of this process: after a cut, only since then.
    seconds: f64,
}

/// A run that was begun or taken over, and the reader where it goes on.
struct Begun {
    run: Run,
    /// The file of rejected rows of a run that was cut off.
    rejects_begun: Option<String>,
    reader: Box<dyn Reader>,
}

impl Import {
    pub async fn run(self, call: Call) -> anyhow::Result<()> {
        if self.file == Path::new("-") && self.rejected.is_none() && !self.dry_run {
            return Err(
                Usage("of standard input, --rejected must say where rejected rows go".to_owned()).into()
            );
        }
        let (app, visit) = call.app().await?;
        let source = super::source(&app, &self.source).await?;
        ensure!(source.state == SourceState::Open, "the source {} is closed", source.name);
        let profile = Arc::new(Profile::parse(&source.profile).context("the profile of the source")?);
        ensure!(
            !has_old_digests(&mut &app.db, &app.keys.data(), source.id).await?,
            "the accounts of {} are under an older index key: a running Yihao re-keys them; try again then",
            source.name
        );
        let Written { run, rejected_file } = self.import(&call, &app, &visit, &source, &profile).await?;
        let summary = Summary {
            import_id: run.id,
            source: source.name,
            dry_run: self.dry_run,
            rows: run.position.row,
            counts: run.counts,
            rejected_file,
            seconds: app.clock.now().since(visit.now).as_secs_f64(),
        };
        call.print.either(&summary, || told(&summary));
        let rejected = summary.counts.rejected;
        ensure!(
            !self.strict || rejected == 0,
            "{rejected} rows are rejected: mend them and import them again"
        );
        Ok(())
    }

    async fn import(
        &self,
        call: &Call,
        app: &App,
        visit: &Visit,
        source: &Source,
        profile: &Arc<Profile>,
    ) -> anyhow::Result<Written> {
        let mut tx = app.db.begin().await?;
        let Begun { mut run, rejects_begun, reader } = self
            .begin(&mut tx, call, app, visit, source, profile)
            .await
            .with_context(|| self.file.display().to_string())?;
        let heads = reader.heads().to_vec();
        let rejects = Rejects::open(
            self.rejects_path(profile)?,
            heads,
            &profile.format,
            &run,
            rejects_begun.as_deref(),
        )?;
        run.rejected_file = rejects.name();
        note_length(&mut tx, run.id, reader.length()).await?;
        // A dry run is one transaction that is never committed.
        let tx = if self.dry_run {
            Some(tx)
        } else {
            tx.commit().await?;
            None
        };
        let progress = Progress::start(reader.length(), &run.position);
        let judged = judge::start(reader, app, &run, visit.now.day())?;
        Writer { app: app.clone(), visit: visit.clone(), run, rejects, tx, progress }.write(judged).await
    }

    async fn begin(
        &self,
        tx: &mut Tx,
        call: &Call,
        app: &App,
        visit: &Visit,
        source: &Source,
        profile: &Arc<Profile>,
    ) -> anyhow::Result<Begun> {
        let name = self.file.file_name().map_or_else(|| "-".into(), |name| name.to_string_lossy());
        let mut reader = self.open(profile).await?;
        let rejects = self.rejects_path(profile)?.map(|path| path.to_string_lossy().into_owned());
        let rejects = rejects.as_deref();
        if let Some(run) = Run::begin(tx, visit, source.id, &name, rejects).await? {
            return Ok(Begun { run, rejects_begun: None, reader });
        }
        let run = Run::take_over(tx, visit, source.id).await?;
        let run = run.context("another import of this source has just ended: run it again")?;
        if !self.anew && !self.dry_run {
            // Reads again what was read before.
            let gone_on = match run.position.row {
                0 => Ok(()),
                _ => tokio::task::block_in_place(|| reader.go_on(&run.position)),
            };
            match gone_on {
                Ok(()) => {
                    note(call, &format!("goes on after row {}", run.position.row));
                    return Ok(Begun { rejects_begun: run.rejected_file.clone(), run, reader });
                }
                Err(ReadError::OtherFile { row }) if self.file != Path::new("-") => {
                    note(
                        call,
                        &format!(
                            "the import that was cut off after row {row} was of another file: begins anew"
                        ),
                    );
                    reader = self.open(profile).await?;
                }
                Err(error) => return Err(error.into()),
            }
        }
        run.end(tx, &app.keys.data(), visit, "abandoned").await?;
        let rejects_begun = run.rejected_file.clone();
        let run = Run::begin(tx, visit, source.id, &name, rejects).await?;
        let run = run.context("another import of this source has just begun: run it again")?;
        Ok(Begun { run, rejects_begun, reader })
    }

    async fn open(&self, profile: &Arc<Profile>) -> Result<Box<dyn Reader>, ReadError> {
        let ends_in = |end: &str| self.file.extension().is_some_and(|own| own.eq_ignore_ascii_case(end));
        Ok(match &profile.format {
            Format::Xlsx { sheet } if ends_in("xlsx") => {
                Box::new(XlsxReader::open(&self.file, profile.clone(), sheet.as_deref())?)
            }
            // Rejected rows come back in a file.
            Format::Postgres { .. } | Format::Mysql { .. } if !ends_in("csv") => {
                self.open_live(profile).await?
            }
            Format::Ldap { .. } if !ends_in("ldif") => self.open_live(profile).await?,
            _ => Box::new(FileReader::open(&self.file, profile.clone())?),
        })
    }

    async fn open_live(&self, profile: &Arc<Profile>) -> Result<Box<dyn Reader>, ReadError> {
        let text = std::fs::read_to_string(&self.file).map_err(ReadError::Closed)?;
        open_live(text.lines().next().unwrap_or_default().trim(), profile.clone()).await
    }

    /// As a whole path, so that it is known again.
    fn rejects_path(&self, profile: &Profile) -> std::io::Result<Option<PathBuf>> {
        if self.dry_run || self.rejected.is_some() {
            return self.rejected.as_ref().map(std::path::absolute).transpose();
        }
        let stem = self.file.file_stem().unwrap_or_default().to_string_lossy();
        let end = match profile.format {
            Format::Csv { .. } | Format::Ndjson | Format::Ldif => {
                self.file.extension().unwrap_or_default().to_string_lossy()
            }
            Format::Ldap { .. } => "ldif".into(),
            _ => "csv".into(),
        };
        let name = if end.is_empty() { format!("{stem}.rejected") } else { format!("{stem}.rejected.{end}") };
        std::path::absolute(self.file.with_file_name(name)).map(Some)
    }
}

/// The import of one file, without a word when all goes well.
pub async fn of_file(
    call: &Call,
    app: &App,
    visit: &Visit,
    source: &Source,
    file: PathBuf,
) -> anyhow::Result<()> {
    let profile = Arc::new(Profile::parse(&source.profile).context("the profile of the source")?);
    let import = Import {
        source: source.name.clone(),
        file,
        dry_run: false,
        rejected: None,
        strict: false,
        anew: false,
    };
    import.import(call, app, visit, source, &profile).await.map(drop)
}

fn note(call: &Call, text: &str) {
    if !call.print.json {
        call.print.line(text);
    }
}

fn told(summary: &Summary) -> String {
    let Counts { added, changed, unchanged, rejected, reasons } = &summary.counts;
    let mut lines = vec![format!(
        "{}{}: {} rows in {:.1} s: {added} added, {changed} changed, {unchanged} unchanged, {rejected} rejected",
        summary.source,
        if summary.dry_run { " (dry run, nothing is kept)" } else { "" },
        summary.rows,
        summary.seconds,
    )];
    lines.extend(reasons.iter().map(|(reason, count)| format!("  {reason} {count}")));
    if let Some(file) = &summary.rejected_file {
        lines.push(format!("rejected rows are in {}: mend them there and import that file", file.display()));
    }
    lines.join("\n")
}
