//! Standard input. An argument that is `-` is its next line: what stands on a command line can be read by
//! every user of the machine.

use std::io::{BufRead, Read};
use std::path::Path;

use anyhow::{Context, ensure};
use zeroize::Zeroize;

use crate::base::Secret;

/// Longer than any argument.
const LONGEST: u64 = 64 * 1024;

pub struct Input(Box<dyn BufRead>);

impl Input {
    pub fn standard() -> Self {
        Self(Box::new(std::io::stdin().lock()))
    }

    /// The next line, without its end.
    ///
    /// # Errors
    /// There is none. `what` names what it was to be, for the message.
    pub fn line(&mut self, what: &str) -> anyhow::Result<Secret> {
        let line = self.next().with_context(|| format!("{what}: no line can be read from standard input"))?;
        line.with_context(|| format!("{what}: standard input has ended; give one line for each `-`"))
    }

    /// `argument` itself, or the next line where it is `-`.
    pub fn of(&mut self, what: &str, argument: &str) -> anyhow::Result<Secret> {
        if argument == "-" { self.line(what) } else { Ok(Secret::new(argument)) }
    }

    /// The next line, if there is one.
    pub fn next(&mut self) -> anyhow::Result<Option<Secret>> {
        let mut bytes = Vec::new();
        let read = self.0.by_ref().take(LONGEST).read_until(b'\n', &mut bytes)?;
        if read == 0 {
            return Ok(None);
        }
        if bytes.last() == Some(&b'\n') {
            bytes.pop();
            if bytes.last() == Some(&b'\r') {
                bytes.pop();
            }
        } else if read as u64 == LONGEST {
            bytes.zeroize();
            anyhow::bail!("a line is longer than 64 KiB");
        }
        match String::from_utf8(bytes) {
            Ok(text) => Ok(Some(Secret::new(text))),
            Err(error) => {
                error.into_bytes().zeroize();
                anyhow::bail!("a line is not UTF-8");
            }
        }
    }

    /// Lines of a file, or of standard input where it is `-`.
    pub fn lines_of(self, file: &Path) -> anyhow::Result<Self> {
        if file == Path::new("-") {
            return Ok(self);
        }
        let opened = std::fs::File::open(file).with_context(|| file.display().to_string())?;
        Ok(Self(Box::new(std::io::BufReader::new(opened))))
    }

    /// All of a file, or of standard input where it is `-`.
    pub fn all_of(self, file: &Path) -> anyhow::Result<String> {
        /// Client metadata of a whole province fit into it.
        const MOST: u64 = 64 * 1024 * 1024;
        let mut text = String::new();
        let read = self.lines_of(file)?.0.take(MOST).read_to_string(&mut text);
        let read = read.with_context(|| file.display().to_string())?;
        ensure!((read as u64) < MOST, "{}: larger than 64 MiB", file.display());
        Ok(text)
    }
}

#[cfg(test)]
impl Input {
    pub fn of_text(text: &'static str) -> Self {
        Self(Box::new(text.as_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_hyphen_takes_the_next_line() {
        let mut input = Input::of_text("first\r\n\n 中 \nlast");
        assert_eq!(input.of("name", "given").unwrap().reveal(), "given");
        assert_eq!(input.of("name", "-").unwrap().reveal(), "first");
        assert_eq!(input.of("name", "-").unwrap().reveal(), "");
        assert_eq!(input.of("name", "-").unwrap().reveal(), " 中 ");
        assert_eq!(input.of("name", "-").unwrap().reveal(), "last");
        assert!(input.of("name", "-").unwrap_err().to_string().contains("standard input has ended"));
        assert!(input.of("name", "still given").is_ok());
    }

    #[test]
    fn what_is_no_text_is_refused() {
        assert!(Input(Box::new(&b"\xff\n"[..])).line("name").is_err());
        let endless = std::io::BufReader::new(std::io::repeat(b'a'));
        assert!(Input(Box::new(endless)).next().is_err());
    }
}
