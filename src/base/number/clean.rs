//! Normalisation of what people type and spreadsheets export (DOMAIN §1.6). Every step is certain: it never
//! changes which number is meant, and never repairs one. Not NFKC: that knows neither `×` nor Cyrillic `Х`.

use zeroize::Zeroizing;

use super::reason::{Reason, Refusal};
use super::steps::{Step, Steps};

/// A number, and the steps that led from the text to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parsed<T> {
    pub number: T,
    pub steps: Steps,
}

impl<T> Parsed<T> {
    pub fn map<U>(self, into: impl FnOnce(T) -> U) -> Parsed<U> {
        Parsed { number: into(self.number), steps: self.steps }
    }
}

/// Cleans `text`, refuses what no kind accepts, and lets `rules` judge the rest.
pub(super) fn parse<T>(
    text: &str,
    rules: impl FnOnce(&str, &mut Steps) -> Result<T, Refusal>,
) -> Result<Parsed<T>, Refusal> {
    let (cleaned, mut steps) = clean(text);
    let judged = if cleaned.is_empty() {
        Err(Reason::Empty.into())
    } else if cleaned.contains('*') {
        Err(Reason::Masked.into())
    } else {
        rules(&cleaned, &mut steps)
    };
    match judged {
        Ok(number) => Ok(Parsed { number, steps }),
        Err(refusal) => Err(refusal.after(steps)),
    }
}

fn clean(text: &str) -> (Zeroizing<String>, Steps) {
    let mut steps = Steps::default();
    // No step makes the text longer: with this capacity no copy is left behind by growing.
    let mut cleaned = Zeroizing::new(String::with_capacity(text.len()));
    for c in text.chars() {
        if has_no_width(c) {
            steps.note(Step::ZeroWidth);
        } else if c.is_whitespace() || c == '\u{2800}' {
            steps.note(Step::Whitespace);
        } else {
            let c = narrow(c, &mut steps);
            if is_dash(c) { steps.note(Step::Dash) } else { cleaned.push(c) }
        }
    }
    unquote(&mut cleaned, &mut steps);
    if cleaned.is_ascii() && cleaned.bytes().any(|b| b.is_ascii_lowercase()) {
        cleaned.make_ascii_uppercase();
        steps.note(Step::Uppercase);
    }
    (cleaned, steps)
}

fn has_no_width(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180e}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}'
        | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// Full-width forms to ASCII, then what looks like the Roman numeral ten to `X`.
fn narrow(c: char, steps: &mut Steps) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => {
            steps.note(Step::FullWidth);
            char::from_u32(c as u32 - 0xfee0).unwrap_or(c)
        }
        // Multiplication sign, Greek chi, Cyrillic ha, Roman numeral ten, crosses.
        '\u{d7}' | '\u{3a7}' | '\u{3c7}' | '\u{425}' | '\u{445}' | '\u{2169}' | '\u{2179}' | '\u{2573}'
        | '\u{2715}' | '\u{2717}' | '\u{2718}' | '\u{2a2f}' => {
            steps.note(Step::XLookalike);
            'X'
        }
        c => c,
    }
}

fn is_dash(c: char) -> bool {
    matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{30fc}' | '\u{fe58}' | '\u{fe63}')
}

fn unquote(text: &mut String, steps: &mut Steps) {
    const SINGLE: [char; 4] = ['\'', '`', '\u{2018}', '\u{2019}'];
    if text.len() > 2 && text.starts_with("=\"") && text.ends_with('"') {
        text.pop();
        text.drain(..2);
        steps.note(Step::ExcelFormula);
    }
    // A lone quote stays: with it gone the text would be empty, which is another refusal.
    if text.starts_with(SINGLE) && text.chars().nth(1).is_some() {
        text.remove(0);
        steps.note(Step::LeadingQuote);
    }
    if text.ends_with(SINGLE) && text.chars().nth(1).is_some() {
        text.pop();
        steps.note(Step::TrailingQuote);
    }
    if text.len() > 1 && text.starts_with('"') && text.ends_with('"') {
        text.pop();
        text.remove(0);
        steps.note(Step::Quotes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cleaned(text: &str) -> (String, Vec<&'static str>) {
        let (cleaned, steps) = clean(text);
        (cleaned.to_string(), steps.iter().map(Step::as_str).collect())
    }

    #[test]
    fn each_step_is_named() {
        assert_eq!(cleaned("12X"), ("12X".into(), vec![]));
        assert_eq!(cleaned("=\"12x\""), ("12X".into(), vec!["excel_formula", "uppercase"]));
        assert_eq!(cleaned("\u{feff}\u{ff11}\u{3000}2\u{2014}\u{445}"), {
            ("12X".into(), vec!["zero_width", "whitespace", "fullwidth", "x_lookalike", "dash"])
        });
        assert_eq!(cleaned("'12"), ("12".into(), vec!["leading_quote"]));
        assert_eq!(cleaned("12\u{2019}"), ("12".into(), vec!["trailing_quote"]));
        assert_eq!(cleaned("\"12\""), ("12".into(), vec!["quotes"]));
    }

    #[test]
    fn a_lone_mark_is_left_alone() {
        for mark in ["'", "\"", "=\"", "\u{2018}"] {
            assert_eq!(cleaned(mark).0, mark);
        }
    }
}
