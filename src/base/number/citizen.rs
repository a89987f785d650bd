//! The citizen ID number (GB 11643), and the two permits that share its form: it is the key of a person.

use jiff::civil::Date;

use super::canonical::{Canonical, mask};
use super::check_digit::mod_11_2;
use super::clean::{self, Parsed};
use super::damage;
use super::reason::{Detail, Hint, Reason, Refusal};
use super::regions::{Region, is_province};
use super::steps::{Step, Steps};

/// 18 characters `AAAAAA YYYYMMDD SSS C`: region of the household at the time of issue, day of birth,
/// sequence, check character (GB 11643-1999). A number of 15 digits (GB 11643-1989) is lengthened to it.
///
/// Converted numbers need a register's yes before anything is merged by them: some old systems also cut
/// numbers of people born since 2000 to 15 digits, and these convert to somebody else's.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CitizenId {
    text: Canonical,
    born: Date,
}

/// Whose number it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CitizenForm {
    Resident,
    /// Residence permit for people of Hong Kong (810000), Macao (820000) or Taiwan (830000), since 2018.
    HmtResidence,
    /// Permanent residence card of a foreigner, since 2023-12-01.
    ForeignPermanent,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Sex {
    Male,
    Female,
}

impl CitizenId {
    /// Nobody alive was born earlier: what says so is a typing error. Our rule; the standard has no limit.
    const EARLIEST_YEAR: i16 = 1850;

    /// `today` decides which days of birth are in the future.
    pub fn parse(text: &str, today: Date) -> Result<Self, Refusal> {
        Ok(Self::parse_with_steps(text, today)?.number)
    }

    /// Also tells which steps of normalisation the text needed.
    pub fn parse_with_steps(text: &str, today: Date) -> Result<Parsed<Self>, Refusal> {
        clean::parse(text, |text, steps| Self::judge(text, today, steps))
    }

    pub(super) fn judge(text: &str, today: Date, steps: &mut Steps) -> Result<Self, Refusal> {
        if damage::is_scientific(text) {
            return Err(Reason::ExcelScientific.into());
        }
        if damage::is_float(text) {
            return Err(Reason::ExcelFloat.into());
        }
        if !text.bytes().all(|b| b.is_ascii_digit() || b == b'X') {
            return Err(Reason::IllegalCharacter.into());
        }
        if damage::is_filler(text) || matches!(text, "123456789012345678" | "123456789012345") {
            return Err(Reason::Placeholder.into());
        }
        match text.len() {
            15 => {
                let number = Self::of_eighteen(eighteen_of(text)?, today)?;
                steps.note(Step::FifteenToEighteen);
                Ok(number)
            }
            18 if text[..17].contains('X') => Err(Reason::XPosition.into()),
            18 => Self::of_eighteen(Canonical::new(text), today),
            length => Err(Refusal::with(Reason::Length, Detail::Length(length))),
        }
    }

    /// `text`: 17 digits and a digit or `X`.
    fn of_eighteen(text: Canonical, today: Date) -> Result<Self, Refusal> {
        let digits = text.as_str();
        if !has_region(digits) {
            return Err(Reason::Region.into());
        }
        let born = day_of(&digits[6..14]).ok_or(Reason::BirthDate)?;
        if born > today {
            return Err(Reason::BirthFuture.into());
        }
        if born.year() < Self::EARLIEST_YEAR {
            return Err(Reason::BirthRange.into());
        }
        // GB 11643-1999 section 5: the check character by ISO 7064 MOD 11-2.
        let expected = mod_11_2(&digits[..17]).ok_or(Reason::IllegalCharacter)?;
        if !digits.ends_with(expected) {
            // A spreadsheet keeps 15 digits of precision and writes zeros after them.
            return Err(match digits.strip_suffix("000") {
                Some(kept) => Refusal::with(Reason::ExcelTruncated, Detail::Prefix15(Hint::new(kept))),
                None => Refusal::with(Reason::Checksum, Detail::Expected(expected)),
            });
        }
        Ok(Self { text, born })
    }

    /// The 18 characters.
    pub fn as_str(&self) -> &str {
        self.text.as_str()
    }

    /// `4401**********0124`.
    pub fn masked(&self) -> String {
        mask(self.as_str())
    }

    pub fn birth_date(&self) -> Date {
        self.born
    }

    /// Digit 17: odd for men.
    pub fn sex(&self) -> Sex {
        if self.as_str().as_bytes()[16] % 2 == 1 { Sex::Male } else { Sex::Female }
    }

    pub fn form(&self) -> CitizenForm {
        match self.as_str().as_bytes()[0] {
            b'9' => CitizenForm::ForeignPermanent,
            b'8' => CitizenForm::HmtResidence,
            _ => CitizenForm::Resident,
        }
    }

    /// GB/T 2260 code of the household's place at the time of issue; for a foreigner the province that
    /// accepted the application.
    pub fn region_code(&self) -> String {
        match self.form() {
            CitizenForm::ForeignPermanent => format!("{}0000", &self.as_str()[1..3]),
            _ => self.as_str()[..6].to_owned(),
        }
    }

    /// `None`: no list that we know has the code, which proves nothing.
    pub fn region(&self) -> Option<Region> {
        Region::find(&self.region_code())
    }

    /// Digits 15 to 17.
    pub fn sequence(&self) -> &str {
        &self.as_str()[14..17]
    }

    /// ISO 3166-1 numeric code of a foreigner's nationality.
    pub fn nationality(&self) -> Option<&str> {
        (self.form() == CitizenForm::ForeignPermanent).then(|| &self.as_str()[3..6])
    }
}

impl CitizenForm {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Resident => "resident_18",
            Self::HmtResidence => "hmt_residence",
            Self::ForeignPermanent => "foreign_pr_18",
        }
    }
}

impl Sex {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Male => "M",
            Self::Female => "F",
        }
    }
}

/// The province must exist. The rest of the code is not held against anybody: districts are abolished, and
/// people keep their numbers.
fn has_region(digits: &str) -> bool {
    match digits.as_bytes()[0] {
        b'9' => is_province(&digits[1..3]),
        b'8' => matches!(&digits[..6], "810000" | "820000" | "830000"),
        _ => is_province(&digits[..2]),
    }
}

/// GB 11643-1989 to GB 11643-1999: the century goes in, the check character on. Sequences 996 to 999 were
/// kept for people over a hundred at the time, all others were born in the twentieth century.
fn eighteen_of(fifteen: &str) -> Result<Canonical, Refusal> {
    if fifteen.contains('X') {
        return Err(Reason::XPosition.into());
    }
    // Permits, whose numbers begin with 8 or 9, never had 15 digits.
    if !is_province(&fifteen[..2]) || fifteen.starts_with('8') {
        return Err(Reason::Region.into());
    }
    let century = if is_centenarian(&fifteen[12..]) { "18" } else { "19" };
    let mut text = String::with_capacity(18);
    text.extend([&fifteen[..6], century, &fifteen[6..]]);
    let check = mod_11_2(&text).ok_or(Reason::IllegalCharacter)?;
    text.push(check);
    Ok(Canonical::new(text))
}

pub(super) fn is_centenarian(sequence: &str) -> bool {
    matches!(sequence, "996" | "997" | "998" | "999")
}

/// `YYYYMMDD`, if the calendar has that day.
pub(super) fn day_of(digits: &str) -> Option<Date> {
    let (year, month, day) = (digits.get(..4)?, digits.get(4..6)?, digits.get(6..)?);
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}
