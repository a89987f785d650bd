//! Opening hours: outside them a terminal is refused.

use jiff::civil::{DateTime, Weekday};

use crate::base::Moment;

const DAYS: [(&str, Weekday); 7] = [
    ("mon", Weekday::Monday),
    ("tue", Weekday::Tuesday),
    ("wed", Weekday::Wednesday),
    ("thu", Weekday::Thursday),
    ("fri", Weekday::Friday),
    ("sat", Weekday::Saturday),
    ("sun", Weekday::Sunday),
];
/// Enough for two shifts on each day.
const MOST: usize = 14;

/// Weekly opening hours in the province's time zone: `always`, or `mon-fri 09:00-12:00,13:30-17:30; sat 09:00-12:00`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hours(Vec<Span>);

/// On these days, from one minute of the day up to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Span {
    first_day: usize,
    last_day: usize,
    opens: u16,
    closes: u16,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("opening hours are `always`, or like `mon-fri 09:00-12:00,13:30-17:30; sat 09:00-12:00`")]
pub struct InvalidHours;

impl Hours {
    pub const ALWAYS: Hours = Hours(Vec::new());

    pub fn are_open(&self, now: Moment) -> bool {
        self.0.is_empty() || self.0.iter().any(|span| span.contains(now.local()))
    }
}

impl Span {
    fn contains(self, at: DateTime) -> bool {
        let day = usize::try_from(at.weekday().to_monday_zero_offset()).unwrap_or_default();
        let minute = u16::try_from(i32::from(at.hour()) * 60 + i32::from(at.minute())).unwrap_or_default();
        (self.first_day..=self.last_day).contains(&day) && (self.opens..self.closes).contains(&minute)
    }
}

impl std::str::FromStr for Hours {
    type Err = InvalidHours;

    fn from_str(text: &str) -> Result<Self, InvalidHours> {
        if text.trim() == "always" {
            return Ok(Self::ALWAYS);
        }
        let mut spans = Vec::new();
        for part in text.split(';') {
            let (days, times) = part.trim().split_once(' ').ok_or(InvalidHours)?;
            let (first, last) = days.split_once('-').unwrap_or((days, days));
            let (first_day, last_day) = (day(first)?, day(last)?);
            for time in times.split(',') {
                let (opens, closes) = time.trim().split_once('-').ok_or(InvalidHours)?;
                let (opens, closes) = (minute(opens)?, minute(closes)?);
                if first_day > last_day || opens >= closes {
                    return Err(InvalidHours);
                }
                spans.push(Span { first_day, last_day, opens, closes });
            }
        }
        if spans.len() > MOST { Err(InvalidHours) } else { Ok(Self(spans)) }
    }
}

fn day(text: &str) -> Result<usize, InvalidHours> {
    DAYS.iter().position(|(name, _)| *name == text).ok_or(InvalidHours)
}

/// Minutes since midnight; 24:00 is the end of the day.
fn minute(text: &str) -> Result<u16, InvalidHours> {
    let two = |text: &str| match text.as_bytes() {
        [a, b] if a.is_ascii_digit() && b.is_ascii_digit() => {
            Ok(u16::from(a - b'0') * 10 + u16::from(b - b'0'))
        }
        _ => Err(InvalidHours),
    };
    let (hour, minute) = text.split_once(':').ok_or(InvalidHours)?;
    let at = two(hour)? * 60 + two(minute)?;
    if two(minute)? < 60 && at <= 24 * 60 { Ok(at) } else { Err(InvalidHours) }
}

/// In one form: as it is kept, sealed and shown.
impl std::fmt::Display for Hours {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.0.is_empty() {
            return f.write_str("always");
        }
        for (at, span) in self.0.iter().enumerate() {
            let name = |day: usize| DAYS.get(day).map_or("", |(name, _)| *name);
            let between = if at == 0 { "" } else { "; " };
            write!(f, "{between}{}", name(span.first_day))?;
            if span.last_day != span.first_day {
                write!(f, "-{}", name(span.last_day))?;
            }
            let (opens, closes) = (span.opens, span.closes);
            write!(f, " {:02}:{:02}-{:02}:{:02}", opens / 60, opens % 60, closes / 60, closes % 60)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-11-25 is a Wednesday.
    fn at(day: i8, hour: i8, minute: i8) -> Moment {
        let begin = Moment::of_day(jiff::civil::date(2026, 11, day)).unwrap();
        let minutes = u64::try_from(hour).unwrap() * 60 + u64::try_from(minute).unwrap();
        begin.plus(std::time::Duration::from_secs(minutes * 60))
    }

    #[test]
    fn open_from_the_first_minute_and_closed_from_the_last() {
        let hours: Hours = "mon-fri 09:00-12:00,13:30-17:30; sat 09:00-24:00".parse().unwrap();
        for (open, moment) in [
            (false, at(25, 8, 59)),
            (true, at(25, 9, 0)),
            (true, at(25, 11, 59)),
            (false, at(25, 12, 0)),
            (true, at(25, 13, 30)),
            (false, at(25, 17, 30)),
            (true, at(28, 23, 59)),
            (false, at(29, 10, 0)),
        ] {
            assert_eq!(hours.are_open(moment), open, "{}", moment.shown());
        }
        assert!("always".parse::<Hours>().unwrap().are_open(at(29, 3, 0)));
    }

    #[test]
    fn one_form_is_kept() {
        for (given, kept) in [
            ("always", "always"),
            ("mon-fri 09:00-12:00,13:30-17:30", "mon-fri 09:00-12:00; mon-fri 13:30-17:30"),
            ("sun 00:00-24:00", "sun 00:00-24:00"),
        ] {
            let hours: Hours = given.parse().unwrap();
            assert_eq!(hours.to_string(), kept);
            assert_eq!(kept.parse::<Hours>().unwrap(), hours);
        }
        for bad in [
            "",
            "mon",
            "mon 9:00-10:00",
            "mon 09:00-09:00",
            "mon 10:00-09:00",
            "fri-mon 09:00-10:00",
            "mon 09:60-10:00",
            "mon 09:00-24:01",
            "mo 09:00-10:00",
        ] {
            assert_eq!(bad.parse::<Hours>(), Err(InvalidHours), "{bad}");
        }
    }
}
