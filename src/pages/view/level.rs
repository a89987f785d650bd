//! How sure we are who somebody is, in words: the level, what it rests on, until when, and what has lapsed.

use jiff::civil::Date;

use super::Frame;
use super::words::Words;
use crate::base::TrustLevel;
use crate::identity;

/// A person's trust level and why.
#[derive(Clone, Debug)]
pub struct Level {
    pub trust: TrustLevel,
    /// The key of the method it rests on, and when that was recorded.
    pub because: Option<(&'static str, Date)>,
    pub until: Option<Date>,
    /// The best that has lapsed.
    pub lapsed: Option<(TrustLevel, Date)>,
}

impl Level {
    pub fn of(level: &identity::Level) -> Self {
        let because = level.rests_on.as_ref();
        let lapsed = level.lapsed.first();
        Self {
            trust: level.trust,
            because: because.map(|evidence| (method_key(&evidence.method), evidence.recorded_at.day())),
            until: level.until.map(|at| at.day()),
            lapsed: lapsed.map(|(evidence, at)| (evidence.trust, at.day())),
        }
    }

    /// One sentence a line, the level first.
    pub fn lines(&self, frame: &Frame) -> Vec<String> {
        let on = |key: &str, day: &Date| frame.with(key, "date", frame.date(day));
        let mut lines = vec![named(frame, self.trust)];
        lines.extend(self.because.iter().map(|(key, day)| on(key, day)));
        lines.extend(self.until.iter().map(|day| on("level-until", day)));
        lines.extend(self.lapsed.iter().map(|(trust, day)| {
            let level = u64::from(u8::from(*trust));
            let arguments = [("level", level.into()), ("date", frame.date(day).into())];
            Words::of(frame.language).say_with("level-lapsed", arguments)
        }));
        lines
    }
}

/// A level with its number and meaning.
pub fn named(frame: &Frame, trust: TrustLevel) -> String {
    let level = u64::from(u8::from(trust));
    let arguments = [("level", level.into()), ("words", frame.t(trust_key(trust)).into())];
    Words::of(frame.language).say_with("level-is", arguments)
}

const fn trust_key(trust: TrustLevel) -> &'static str {
    match trust {
        TrustLevel::Anonymous => "trust-anonymous",
        TrustLevel::Asserted => "trust-asserted",
        TrustLevel::Matched => "trust-matched",
        TrustLevel::Proven => "trust-proven",
        TrustLevel::Attended => "trust-attended",
    }
}

/// The words for how something was proven, with the day (`$date`).
pub fn method_key(method: &str) -> &'static str {
    match method {
        "three-elements" => "level-by-three-elements",
        "operator" => "level-by-operator",
        "import" => "level-by-import",
        "face" => "level-by-face",
        "national" => "level-by-national",
        "certificate" => "level-by-certificate",
        "counter" => "level-by-counter",
        "network-identity" => "level-by-network",
        _ => "level-by-other",
    }
}
