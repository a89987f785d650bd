use std::time::{Duration, Instant};

use super::*;

const SALT: &str = "5f3a9c01";

fn matches(scheme: &str, stored: &str, salt: &str, password: &str) -> bool {
    let schemes = [scheme.parse().unwrap()];
    let Some(hash) = LegacyHash::read(&schemes, stored, salt) else {
        panic!("{scheme} does not read {stored}")
    };
    hash.matches(&Secret::new(password))
}

fn is_read(scheme: &str, stored: &str, salt: &str) -> bool {
    LegacyHash::read(&[scheme.parse().unwrap()], stored, salt).is_some()
}

/// What others have published.
#[test]
fn published_vectors_match() {
    for (scheme, stored, salt, password) in [
        // RFC 1321 section A.5, FIPS 180 examples, GB/T 32905 example 1.
        ("md5", "900150983cd24fb0d6963f7d28e17f72", "", "abc"),
        ("md5_upper", "900150983CD24FB0D6963F7D28E17F72", "", "abc"),
        ("md5_16", "3cd24fb0d6963f7d", "", "abc"),
        ("sha1", "a9993e364706816aba3e25717850c26c9cd0d89d", "", "abc"),
        ("sha256", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", "", "abc"),
        ("sm3_salt", "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0", "a", "bc"),
        ("spring_sm3", "{SM3}66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0", "", "abc"),
        // phpass' own test, crypt_blowfish's, an ASP.NET Identity user's, Spring Security's documentation.
        ("phpass", "$P$9IQRaTwmfeRo7ud9Fh4E2PdI0S3r.L0", "", "test12345"),
        ("bcrypt", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", "", "U*U"),
        ("spring_bcrypt", "{bcrypt}$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", "", "U*U"),
        (
            "aspnet_v3",
            "AQAAAAEAACcQAAAAEHfLUrXi8Zh9fMzc6PC4b0q1JzQYhMoVMlTUFtJnIuMhMKfuOqw+tVz/1pXg0jzHgg==",
            "",
            "Ss_123",
        ),
        ("spring_md5", "{MD5}{thisissalt}2a4e7104c2780098f50ed5a84bb2323d", "", "password"),
        (
            "spring_pbkdf2",
            "{pbkdf2}5d923b44a6d129f3ddf3e3c8d29412723dcbde72445e8ef6bf3b508fbf17fa4ed4d6b99ca763d8dc",
            "",
            "password",
        ),
        ("spring_noop", "{noop}password", "", "password"),
    ] {
        assert!(matches(scheme, stored, salt, password), "{scheme}");
        for wrong in ["", " ", "abcd", &format!("{password} "), &password[1..]] {
            assert!(!matches(scheme, stored, salt, wrong), "{scheme} {wrong}");
        }
    }
}

/// Made with Python's `hashlib` and `tests/legacy/gen_legacy.py`: of an ASCII password, of one of hanzi in UTF-8,
/// and of the same in GBK.
const COMPUTED: &[(&str, [&str; 3])] = include!("vectors.in");

#[test]
fn computed_vectors_match_in_either_encoding() {
    let passwords = ["a password 1", "旧口令2008", "旧口令2008"];
    for (scheme, stored) in COMPUTED {
        for (stored, password) in stored.iter().zip(passwords) {
            assert!(matches(scheme, stored, SALT, password), "{scheme} {stored}");
            assert!(!matches(scheme, stored, SALT, "a password 2"), "{scheme}");
        }
    }
    let tested: Vec<_> = COMPUTED.iter().map(|(scheme, _)| *scheme).collect();
    for scheme in Scheme::ALL.iter().map(|scheme| scheme.as_str()) {
        let published = matches!(scheme, "bcrypt" | "spring_bcrypt" | "spring_noop" | "md5_upper");
        assert!(published || tested.contains(&scheme), "{scheme} has no vector");
    }
}

#[test]
fn the_declared_scheme_decides_and_not_the_prefix() {
    let ldap = "{MD5}kAFQmDzST7DWlj99KOF/cg==";
    let spring = "{MD5}900150983cd24fb0d6963f7d28e17f72";
    assert!(matches("ldap_md5", ldap, "", "abc") && matches("spring_md5", spring, "", "abc"));
    assert!(!is_read("spring_md5", ldap, "") && !is_read("ldap_md5", spring, ""));
    // 32 digits: only what is declared is tried, and of what is declared everything that fits.
    let twice = "ec0405c5aef93e771cd80e0db180b88b";
    assert!(matches("md5x2", twice, "", "abc") && !matches("md5", twice, "", "abc"));
    let declared = [Scheme::Md5, Scheme::Md5Twice, Scheme::Sha1];
    assert!(LegacyHash::read(&declared, twice, "").unwrap().matches(&Secret::new("abc")));
    // A salted scheme without its salt is another scheme's hash.
    assert!(!is_read("md5_salt_pwd", twice, "") && !is_read("md5_pwd_salt", twice, ""));
}

#[test]
fn a_hash_that_is_damaged_or_too_dear_is_not_read() {
    let bcrypt = |cost: &str| format!("$2b${cost}$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW");
    let django =
        |rounds: &str| format!("pbkdf2_sha256${rounds}$salt$++k4MaW+iEFMKWnNVNHEy6vsWpXooLInViB5/n3ei8s=");
    let long_salt = from_base64_text(&[1, 0, 0, 0, 1, 0, 0, 0, 1, 0xff, 0xff, 0xff, 0xff, 0]);
    let many_rounds = from_base64_text(&[&[1, 0, 0, 0, 1, 0x7f, 0, 0, 0, 0, 0, 0, 0][..], &[7; 32]].concat());
    let no_key = from_base64_text(&[1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0]);
    assert!(is_read("bcrypt", &bcrypt("04"), "") && is_read("pbkdf2_django", &django("1000000"), ""));
    for (scheme, stored) in [
        ("bcrypt", bcrypt("31").as_str()),
        ("bcrypt", &bcrypt("14")),
        ("bcrypt", &bcrypt("+5")),
        ("bcrypt", "$2b$10$"),
        ("pbkdf2_django", &django("1000000000")),
        ("pbkdf2_django", &django("0")),
        ("pbkdf2_django", "pbkdf2_sha256$1000$salt$"),
        ("aspnet_v3", &many_rounds),
        ("aspnet_v3", &long_salt),
        ("aspnet_v3", &no_key),
        ("aspnet_v3", ""),
        ("aspnet_v2", "AA=="),
        ("phpass", "$P$SIQRaTwmfeRo7ud9Fh4E2PdI0S3r.L0"),
        ("phpass", "$P$9IQRaTwmfeRo7ud9"),
        ("md5", "900150983cd24fb0d6963f7d28e17f7"),
        ("md5", "g00150983cd24fb0d6963f7d28e17f72"),
        ("md5", "\u{ff19}00150983cd24fb0d6963f7d28e17f7"),
        ("ssha", "{SSHA}"),
        ("ssha", "{SSHA}qZk+NkcGgWq6PiVxeFDCbJzQ2J0="),
        ("spring_pbkdf2", "{pbkdf2}00"),
        ("spring_noop", "{noop}"),
        ("spring_md5", "{MD5}{"),
    ] {
        assert!(!is_read(scheme, stored, SALT), "{scheme} {stored}");
    }
}

fn from_base64_text(bytes: &[u8]) -> String {
    use base64::Engine;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

/// The dearest of each scheme that is read, with a long password in two encodings, ends in a few seconds even where
/// nothing is optimised and the machine is busy.
#[test]
fn the_dearest_that_is_read_is_bounded() {
    let password = Secret::new("长".repeat(170));
    for (scheme, stored) in [
        ("bcrypt", "$2b$13$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"),
        ("pbkdf2_django", "pbkdf2_sha256$1500000$salt$++k4MaW+iEFMKWnNVNHEy6vsWpXooLInViB5/n3ei8s="),
        ("phpass", "$P$EIQRaTwmfeRo7ud9Fh4E2PdI0S3r.L0"),
    ] {
        let began = Instant::now();
        assert!(!LegacyHash::read(&[scheme.parse().unwrap()], stored, "").unwrap().matches(&password));
        assert!(began.elapsed() < Duration::from_secs(60), "{scheme} took {:?}", began.elapsed());
    }
}

#[test]
fn what_is_empty_or_endless_matches_nothing() {
    let empty = "d41d8cd98f00b204e9800998ecf8427e";
    assert!(!matches("md5", empty, "", ""));
    let hash = LegacyHash::read(&[Scheme::Md5], empty, "").unwrap();
    assert!(!hash.matches(&Secret::new("a".repeat(LONGEST + 1))));
    assert!(LegacyHash::read(&[], empty, "").is_none());
}
