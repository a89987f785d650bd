use super::*;

const TODAY: Date = jiff::civil::date(2026, 11, 1);

fn profile() -> Profile {
    Profile::parse(include_str!("../../deploy/legacy/portal.toml")).unwrap()
}

fn understood(values: &[(&'static str, &'static str)]) -> Result<Option<Understood>, Rejection> {
    let profile = profile();
    let mut fields = Fields::new(profile.columns.len());
    for (name, value) in values {
        let column = profile.columns.iter().position(|column| column == name).unwrap();
        fields.set(column, Cow::Borrowed(value));
    }
    understand(&profile, &fields, TODAY)
}

const CITIZEN: [(&str, &str); 7] = [
    ("objectClass", "inetOrgPerson"),
    ("objectClass", "gdCitizen"),
    ("uid", " portal0000000002"),
    ("cn", "王小明"),
    ("gdIdNumber", "11010519491231002x"),
    ("userPassword", "{MD5}4QrcOUm6Wau+VuBX8g+IPg=="),
    ("gdStatus", "N"),
];

fn with(name: &'static str, value: &'static str) -> Vec<(&'static str, &'static str)> {
    let mut values: Vec<_> = CITIZEN.into_iter().filter(|(known, _)| *known != name).collect();
    values.push((name, value));
    values
}

#[test]
fn a_row_becomes_an_account() {
    let account = understood(&CITIZEN).unwrap().unwrap();
    assert_eq!((account.kind, account.status, account.found.reason), {
        (SubjectKind::Person, Status::Active, "NORMALIZED")
    });
    let record = &account.record;
    assert_eq!((&record.local_id[..], &record.name[..]), ("portal0000000002", "王小明"));
    assert_eq!((record.canonical(), &record.given_number[..]), ("11010519491231002X", "11010519491231002x"));
    assert_eq!(record.steps, ["uppercase"]);
    assert_eq!(account.password.as_ref().unwrap().schemes, ["ldap_md5"]);
    assert!(record.phone.is_none() && record.handler.is_none());
}

#[test]
fn an_account_without_a_number_is_one_and_says_why() {
    let account = understood(&with("gdIdNumber", "无")).unwrap().unwrap();
    assert_eq!((account.found.reason, account.found.number.is_some()), ("ILLEGAL_CHAR", false));
    assert_eq!(&account.record.given_number[..], "无");
    assert_eq!(understood(&with("gdIdNumber", "")).unwrap().unwrap().found.reason, "EMPTY");
}

#[test]
fn a_hash_of_no_known_form_is_kept_and_opens_nothing() {
    let account = understood(&with("userPassword", "{CRYPT}x")).unwrap().unwrap();
    assert!(account.password.as_ref().unwrap().schemes.is_empty());
    assert!(understood(&with("userPassword", "")).unwrap().unwrap().password.is_none());
}

#[test]
fn the_first_number_that_is_there_counts_and_its_column_says_its_kind() {
    let values = [
        ("objectClass", "gdEnterprise"),
        ("uid", "e1"),
        ("o", "南山软件有限公司"),
        ("gdTaxNo", "44030171526726X"),
        ("gdLegalRepName", "薛志"),
        ("gdStatus", "L"),
    ];
    let account = understood(&values).unwrap().unwrap();
    assert_eq!((account.kind, account.status), (SubjectKind::Organization, Status::Locked));
    assert_eq!(account.record.canonical(), "71526726X");
    assert_eq!(account.record.representative.as_ref().unwrap().name.as_deref(), Some("薛志"));
}

#[test]
fn what_is_no_account_is_skipped_or_rejected_with_a_code() {
    assert!(understood(&[("objectClass", "organizationalUnit")]).unwrap().is_none());
    let long: &'static str = "长".repeat(201).leak();
    for (name, value, rejection) in [
        ("objectClass", "person", Rejection::Kind),
        ("uid", " ", Rejection::LocalId),
        ("uid", long, Rejection::LocalId),
        ("gdStatus", "X", Rejection::Status),
        ("cn", long, Rejection::Name),
        ("cn", "王\u{7}", Rejection::Name),
        ("userPassword", "x".repeat(1001).leak(), Rejection::Field),
    ] {
        assert_eq!(understood(&with(name, value)).err(), Some(rejection), "{name}");
    }
}
