//! The only place that prints. Data go to standard output; the one line of a failure to standard error.

use std::io::Write;

use serde::Serialize;

/// How data are printed.
#[derive(Clone, Copy)]
pub struct Print {
    pub json: bool,
}

impl Print {
    /// A line for people, or a program that waits for it.
    pub fn line(self, text: &str) {
        out(text);
    }

    /// One JSON document, on one line.
    pub fn value(self, value: &impl Serialize) {
        out(&serde_json::to_string(value).unwrap_or_default());
    }

    /// JSON where it is asked for, else `text`.
    pub fn either(self, value: &impl Serialize, text: impl FnOnce() -> String) {
        if self.json { self.value(value) } else { out(&text()) }
    }

    /// A JSON list where it is asked for, else a table with its heads.
    pub fn table<const N: usize>(self, rows: &[impl Serialize], heads: [&str; N], cells: Vec<[String; N]>) {
        if self.json {
            return self.value(&rows);
        }
        let heads = heads.map(str::to_owned);
        let width = |column: usize| {
            std::iter::once(&heads).chain(&cells).map(|row| columns(&row[column])).max().unwrap_or(0)
        };
        let widths: [usize; N] = std::array::from_fn(width);
        for row in std::iter::once(&heads).chain(&cells) {
            let line: Vec<String> = row.iter().zip(widths).map(|(cell, width)| padded(cell, width)).collect();
            out(line.join("  ").trim_end());
        }
    }
}

/// How wide a terminal shows the text: a Chinese character takes two columns (UAX #11, roughly).
fn columns(text: &str) -> usize {
    text.chars().map(|c| if c >= '\u{2e80}' { 2 } else { 1 }).sum()
}

/// The text with spaces behind it, `width` columns in all.
pub fn padded(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(columns(text))))
}

/// Who reads no further gets no more: there is nobody to tell.
fn out(text: &str) {
    let _ = writeln!(std::io::stdout(), "{text}");
}

/// A failure, in one line whatever it is made of.
pub fn complain(text: &str) {
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let _ = writeln!(std::io::stderr(), "yihao: {}", lines.join("; "));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stand_under_each_other_in_both_scripts() {
        assert_eq!(padded("ab", 4), "ab  ");
        assert_eq!(padded("李华", 6), "李华  ");
        assert_eq!(padded("买买提·艾力", 4), "买买提·艾力");
    }
}
