//! Any bytes as a number of every kind: nothing panics, and what is taken is canonical.
#![no_main]

use jiff::civil::{Date, date};
use libfuzzer_sys::fuzz_target;

// The module and not the package: it needs nothing else of it, and so neither SQLite nor TLS is built for this.
#[allow(dead_code, unused_imports, reason = "a part of the package, taken alone")]
#[path = "../../src/base/number/mod.rs"]
mod number;

use number::{CheckKind, NumberKind, OfficialNumber, check};

const TODAY: Date = date(2026, 11, 1);

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    for kind in CheckKind::ALL {
        let first = check(kind, &text, TODAY);
        if let Some(normalized) = first.normalized {
            let again = check(kind, &normalized, TODAY);
            assert!(again.reason == "OK" && again.normalized == Some(normalized));
        }
    }
    for kind in NumberKind::ALL {
        if let Ok(read) = OfficialNumber::parse(kind, &text, TODAY) {
            let stored = OfficialNumber::from_stored(read.kind(), read.as_str());
            assert!(stored.as_ref() == Ok(&read));
            assert!(!format!("{read:?} {}", read.masked()).contains(read.as_str()));
        }
    }
    assert_eq!(number::mask(&text).chars().count(), text.chars().count());
});
