use super::*;

const GOOD: &str = r#"
name = "si"
title = "社会保险"
[file]
format = "csv"
encoding = "gb18030"
[kind]
column = "aac004"
person = ["1", "2"]
organization = ["9"]
[password]
hash = "pwd"
salt = "salt"
schemes = ["md5", "md5x2"]
[status]
column = "status"
active = ["N"]
[account]
local_id = "aac001"
name = "aac003"
number = [{ column = "aac002", kind = "citizen-id" }]
[person]
phone = "aae005"
[organization]
number = [{ column = "aac002", kind = "organization" }]
"#;

#[test]
fn a_kind_has_what_all_have_and_its_own_over_it() {
    let profile = Profile::parse(GOOD).unwrap();
    let (person, organization) = (profile.person.as_ref().unwrap(), profile.organization.as_ref().unwrap());
    assert_eq!(person.local_id, organization.local_id);
    assert_eq!(profile.columns[person.local_id], "aac001");
    assert_eq!(profile.columns[person.phone.unwrap()], "aae005");
    assert!(organization.phone.is_none());
    assert!(matches!(organization.numbers[0].kind, NumberKindRule::Always(KeyKind::Organization)));
    let mut columns = profile.columns.clone();
    columns.sort();
    assert_eq!(columns, ["aac001", "aac002", "aac003", "aac004", "aae005", "pwd", "salt", "status"]);
}

#[test]
fn what_is_wrong_is_told_by_its_key() {
    for (from, to, key) in [
        ("name = \"si\"", "name = \"S I\"", "name"),
        ("title", "titel", "titel"),
        ("\"csv\"", "\"cvs\"", "file.format"),
        ("\"gb18030\"", "\"big5\"", "file.encoding"),
        ("format = \"csv\"", "format = \"ldif\"", "file.encoding"),
        ("[file]", "[file]\ndelimiter = \"||\"", "file.delimiter"),
        ("column = \"aac004\"", "", "kind"),
        ("\"md5x2\"", "\"md6\"", "password.schemes"),
        ("schemes = [\"md5\", \"md5x2\"]", "", "password"),
        ("local_id = \"aac001\"", "", "person.local_id"),
        ("\"citizen-id\"", "\"citizen\"", "person.number"),
        (", kind = \"organization\"", "", "organization.number"),
        ("[organization]", "[organisation]", "organisation"),
        ("\nlocal_id", "\nlocal-id", "local-id"),
    ] {
        let text = GOOD.replacen(from, to, 1);
        assert_ne!(text, GOOD, "{from}");
        let error = Profile::parse(&text).unwrap_err().to_string();
        assert!(error.contains(key), "{key}: {error}");
    }
}

#[test]
fn the_profiles_that_come_along_are_good() {
    for (name, text) in [
        ("si", include_str!("../../../deploy/legacy/si.toml")),
        ("tax", include_str!("../../../deploy/legacy/tax.toml")),
        ("gjj", include_str!("../../../deploy/legacy/gjj.toml")),
        ("portal", include_str!("../../../deploy/legacy/portal.toml")),
    ] {
        assert_eq!(Profile::parse(text).unwrap().name, name);
    }
}

#[test]
fn the_profile_in_the_guide_is_good() {
    let guide = include_str!("../../../docs/LEGACY.md");
    let (_, example) = guide.split_once("```toml\n").expect("an example");
    let profile = Profile::parse(example.split_once("```").expect("its end").0).unwrap();
    let (base, filter) = ("ou=people,dc=old,dc=example".to_owned(), "(objectClass=gdCitizen)".to_owned());
    assert_eq!(profile.format, Format::Ldap { base, filter });
}

#[test]
fn a_password_is_asked_about_over_tls_alone() {
    let profile = |url: &str| {
        Profile::parse(&format!(
            "name = \"si\"\ntitle = \"si\"\n[file]\nformat = \"csv\"\n[kind]\nalways = \"person\"\n\
             [account]\nlocal_id = \"id\"\n[person]\n[check]\nurl = \"{url}\"\n"
        ))
    };
    for good in ["https://old.example/check", "http://127.0.0.1:8090/check", "http://localhost/check"] {
        assert!(profile(good).is_ok_and(|profile| profile.check.is_some()), "{good}");
    }
    for bad in ["http://old.example/check", "https://a:b@old.example/check", "ftp://localhost/check", "x"] {
        assert!(profile(bad).is_err(), "{bad}");
    }
}
