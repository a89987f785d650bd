//! `yihao number`

use std::path::PathBuf;

use super::Call;
use crate::base::Clock;
use crate::base::number::{CheckKind, check};

#[derive(clap::Subcommand)]
pub enum Command {
    /// Say whether a text is a number of its kind, and what it tells. No register is asked.
    ///
    /// Prints a line of JSON for each number, and never fails for a number that is not valid.
    Check {
        /// citizen-id, credit-code, org-code, tax-no or biz-reg-no
        #[arg(long)]
        kind: CheckKind,
        /// The number, or `-` for the next line of standard input.
        #[arg(required_unless_present = "file", conflicts_with = "file")]
        value: Option<String>,
        /// A file with a number a line, or `-` for standard input.
        #[arg(long)]
        file: Option<PathBuf>,
    },
}

impl Command {
    pub fn run(self, mut call: Call) -> anyhow::Result<()> {
        let Self::Check { kind, value, file } = self;
        let today = Clock::Machine.now().day();
        if let Some(value) = value {
            let value = call.input.of("the number", &value)?;
            call.print.value(&check(kind, value.reveal(), today));
        }
        if let Some(file) = file {
            let mut lines = call.input.lines_of(&file)?;
            while let Some(line) = lines.next()? {
                call.print.value(&check(kind, line.reveal(), today));
            }
        }
        Ok(())
    }
}
