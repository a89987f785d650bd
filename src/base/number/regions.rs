//! Divisions by their GB/T 2260 code. A number keeps the code of the day it was issued, so abolished codes
//! are as good as new ones, and a code that we do not know is told but never refused.

/// One line a code, sorted: `code,first year,last year,name`. Origin and licences: `NOTICE.md`.
static TABLE: &str = include_str!("regions.csv");

/// A division that has, or once had, a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Region {
    pub code: &'static str,
    /// The name the division had last.
    pub name: &'static str,
    /// True if the code was withdrawn before the end of our data (2020).
    pub abolished: bool,
}

impl Region {
    pub fn find(code: &str) -> Option<Region> {
        let (mut low, mut high) = (0, TABLE.len());
        while low < high {
            // The line that holds the middle byte; `\n` is a byte of its own in UTF-8.
            let middle = low + (high - low) / 2;
            let start = TABLE.as_bytes()[..middle].iter().rposition(|b| *b == b'\n').map_or(0, |at| at + 1);
            let line = TABLE.get(start..)?.lines().next()?;
            let region = Region::of_line(line)?;
            match code.cmp(region.code) {
                std::cmp::Ordering::Equal => return Some(region),
                std::cmp::Ordering::Less => high = start,
                std::cmp::Ordering::Greater => low = start + line.len() + 1,
            }
        }
        None
    }

    fn of_line(line: &'static str) -> Option<Region> {
        let mut fields = line.split(',');
        let (code, _first, last) = (fields.next()?, fields.next()?, fields.next()?);
        Some(Region { code, name: fields.next()?, abolished: !last.is_empty() })
    }

    /// The name with those above it: 广东省广州市东山区.
    pub fn full_name(&self) -> String {
        let above = [format!("{}0000", &self.code[..2]), format!("{}00", &self.code[..4])];
        let mut codes: Vec<&str> = above.iter().map(String::as_str).chain([self.code]).collect();
        codes.dedup();
        codes.into_iter().filter_map(Region::find).map(|r| r.name).filter(|name| !is_filler(name)).collect()
    }
}

/// Lines that only group others and are in no address: 市辖区, 省直辖县级行政区划.
fn is_filler(name: &str) -> bool {
    name.contains("直辖") || matches!(name, "市辖区" | "市区" | "市" | "县")
}

/// The first two digits of a division in force (GB/T 2260-2007). 83 is none: only permits begin with it.
pub(super) fn is_province(prefix: &str) -> bool {
    matches!(
        prefix.as_bytes(),
        [b'1', b'1'..=b'5']
            | [b'2', b'1'..=b'3']
            | [b'3', b'1'..=b'7']
            | [b'4', b'1'..=b'6']
            | [b'5', b'0'..=b'4']
            | [b'6', b'1'..=b'5']
            | [b'7', b'1']
            | [b'8', b'1' | b'2']
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_found_by_its_code() {
        let mut before = "";
        for line in TABLE.lines() {
            let region = Region::of_line(line).unwrap();
            assert!(region.code.len() == 6 && region.code.bytes().all(|b| b.is_ascii_digit()), "{line}");
            assert!(before < region.code && !region.name.is_empty(), "{line}");
            assert_eq!(Region::find(region.code), Some(region));
            before = region.code;
        }
        assert_eq!(TABLE.lines().count(), 7385);
        for absent in ["", "000000", "110099", "440199", "999999", "无"] {
            assert_eq!(Region::find(absent), None);
        }
    }

    #[test]
    fn abolished_districts_have_their_names_still() {
        let dongshan = Region::find("440102").unwrap();
        assert_eq!((dongshan.full_name().as_str(), dongshan.abolished), ("广东省广州市东山区", true));
        assert_eq!(Region::find("441900").unwrap().full_name(), "广东省东莞市");
        assert_eq!(Region::find("110101").unwrap().full_name(), "北京市东城区");
        assert_eq!(Region::find("440000").unwrap().full_name(), "广东省");
        assert!(!Region::find("440106").unwrap().abolished);
    }

    #[test]
    fn provinces_are_those_of_the_standard() {
        let all: Vec<String> = (0..100).map(|n| format!("{n:02}")).filter(|p| is_province(p)).collect();
        let expected = "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 \
                        61 62 63 64 65 71 81 82";
        assert_eq!(all.join(" "), expected);
        assert!(!is_province("") && !is_province("1") && !is_province("4+"));
    }
}
