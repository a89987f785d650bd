//! The operators' pages.

use super::*;
use crate::operator::Role;

pub(super) fn console(length: Length) -> Vec<Sample> {
    let long = length == Length::Longest;
    let sign_in = |faults| ConsoleSignIn {
        passkeys: true,
        identifier: if long { LONG_WORD } else { "" }.to_owned(),
        faults,
    };
    let code = |app, faults| ConsoleCode { app, passkeys: long, certificate: long, faults };
    let home = |role: Role| ConsoleHome {
        name: name(length),
        role,
        others: Role::ALL.into_iter().filter(|other| long && *other != role).collect(),
        rooms: if long {
            vec![
                Room { key: "console-cases", address: address::CONSOLE_CASES },
                Room { key: "console-sources", address: address::CONSOLE_SOURCES },
            ]
        } else {
            vec![]
        },
        overdue: if long { 1234 } else { 0 },
        can_add_passkey: true,
        has_passkey: long,
    };
    let passkeys = |too_old| ConsolePasskey {
        present: if long { vec![LONG_WORD.to_owned(), String::new()] } else { vec![] },
        too_old,
    };
    let token = |token| ConsoleToken { role: Role::Decider, token };
    let mut all = vec![
        sample!("console-token", token(None)),
        sample!("console-token-made", token(Some(Secret::new(LONG_WORD)))),
        sample!("console-sign-in", sign_in(vec![])),
        sample!("console-sign-in-empty", sign_in(vec![Fault::OperatorMissing, Fault::SignInPasswordMissing])),
        sample!("console-sign-in-refused", sign_in(vec![Fault::OperatorRefused])),
        sample!("console-code", code(true, vec![])),
        sample!("console-code-wrong", code(true, vec![Fault::AppCodeWrong])),
        sample!("console-passkey", passkeys(false)),
        sample!("console-passkey-old", passkeys(true)),
    ];
    let place = || if long { LONG_SERVICE } else { "天河区政务服务中心3号窗口" }.to_owned();
    let window = |task, faults| ConsoleWindow { place: place(), task, certificate: long, faults };
    all.push(sample!("window-shift", window(WindowTask::Shift, vec![])));
    let refused = ConsoleWindow { certificate: true, ..window(WindowTask::Shift, vec![Fault::ClerkRefused]) };
    all.push(sample!("window-shift-refused", refused));
    for kind in ["raise", "phone", "recover", "pin", "open"] {
        let task = WindowTask::Deed { kind, name: name(length), number: "4401**********1234".to_owned() };
        all.push(sample!(format!("window-{kind}"), window(task, vec![])));
    }
    for (what, faults) in [("choose-pin", vec![]), ("choose-pin-fault", vec![Fault::PinCommon])] {
        let choice = "a-handle".to_owned();
        all.push(sample!(what, ChoosePin { place: place(), name: name(length), choice, faults }));
    }
    if long {
        all.push(sample!("console-code-passkey", code(false, vec![])));
    }
    for role in Role::ALL {
        all.push(sample!(format!("console-{}", role.as_str()), home(role)));
    }
    all
}
