//! The unified social credit code (GB 32100-2015): it is the key of an organization.

use super::canonical::{Canonical, mask};
use super::check_digit::{ALPHABET_31, mod_31};
use super::clean::{self, Parsed};
use super::damage;
use super::departments::Department;
use super::org_code::OrgCode;
use super::reason::{Detail, Hint, Reason, Refusal};
use super::regions::is_province;

/// 18 characters `D C RRRRRR OOOOOOOOO K`: registering department, category, region of the registering
/// authority, organization code, check character. The department may be a letter: village collectives
/// (`N2…`) are many.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CreditCode(Canonical);

impl CreditCode {
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        Ok(Self::parse_with_steps(text)?.number)
    }

    pub fn parse_with_steps(text: &str) -> Result<Parsed<Self>, Refusal> {
        clean::parse(text, |text, _| Self::judge(text))
    }

    pub(super) fn judge(text: &str) -> Result<Self, Refusal> {
        if damage::is_scientific(text) {
            return Err(Reason::ExcelScientific.into());
        }
        if !damage::is_alphanumeric(text) {
            return Err(Reason::IllegalCharacter.into());
        }
        // All zeros pass the check.
        if damage::is_filler(text) {
            return Err(Reason::Placeholder.into());
        }
        if text.len() != 18 {
            return Err(Refusal::with(Reason::Length, Detail::Length(text.len())));
        }
        if !is_in_alphabet(text) {
            let suggestion =
                suggestion(text).map_or(Detail::None, |code| Detail::Suggestion(Hint::new(&code)));
            return Err(Refusal::with(Reason::Alphabet, suggestion));
        }
        let (department, category) = (text.as_bytes()[0], text.as_bytes()[1]);
        let department = Department::find(department).ok_or(Reason::Department)?;
        department.category(category).ok_or(Reason::Category)?;
        if !is_registering_region(&text[2..8]) {
            return Err(Reason::Region.into());
        }
        let expected = mod_31(&text[..17]).ok_or(Reason::Alphabet)?;
        if !text.ends_with(expected) {
            return Err(Refusal::with(Reason::Checksum, Detail::Expected(expected)));
        }
        // GB 32100-2015 section 4: characters 9 to 17 are an organization code with its own check. Some
        // were issued with a wrong one, so this is a question for the register.
        if OrgCode::judge(&text[8..17]).is_err() {
            return Err(Refusal::with(Reason::OrgCodeChecksum, Detail::OrgCode(Hint::new(&text[8..17]))));
        }
        Ok(Self(Canonical::new(text)))
    }

    /// What the code would be if `region` were that of the registering authority. Only a candidate to ask a
    /// register about: a tax number's region often is another. `None` for a code with I, O, S, V or Z.
    pub fn candidate(department: char, category: char, region: &str, org: &OrgCode) -> Option<String> {
        let body = format!("{department}{category}{region}{}", org.as_str());
        mod_31(&body).map(|check| format!("{body}{check}"))
    }

    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    pub fn masked(&self) -> String {
        mask(self.as_str())
    }

    /// Character 1: the registering department.
    pub fn department(&self) -> &str {
        &self.as_str()[..1]
    }

    /// Character 2: the category within the department.
    pub fn category(&self) -> &str {
        &self.as_str()[1..2]
    }

    /// Department and category in words: 工商/企业.
    pub fn entity(&self) -> String {
        let code = self.as_str().as_bytes();
        let names = Department::find(code[0]).and_then(|d| Some((d.name, d.category(code[1])?)));
        names.map_or_else(String::new, |(department, category)| format!("{department}/{category}"))
    }

    /// GB/T 2260 code of the registering authority; 100000 for a national one.
    pub fn region_code(&self) -> &str {
        &self.as_str()[2..8]
    }

    pub fn org_code(&self) -> &str {
        &self.as_str()[8..17]
    }
}

/// A province's code, or 100000 for a national authority.
pub(super) fn is_registering_region(code: &str) -> bool {
    damage::is_digits(code) && (is_province(&code[..2]) || code == "100000")
}

fn is_in_alphabet(text: &str) -> bool {
    text.chars().all(|c| ALPHABET_31.contains(c))
}

/// The code with digits for the letters that look like them, if both checks agree. `V` looks like none.
fn suggestion(text: &str) -> Option<String> {
    let digits = |c| match c {
        'I' => '1',
        'O' => '0',
        'Z' => '2',
        'S' => '5',
        c => c,
    };
    let code: String = text.chars().map(digits).collect();
    let checks = mod_31(&code[..17]).is_some_and(|check| code.ends_with(check));
    (checks && OrgCode::judge(&code[8..17]).is_ok()).then_some(code)
}
