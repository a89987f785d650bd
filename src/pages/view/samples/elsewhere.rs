//! The pages on which a request of another screen is answered.

use std::time::Duration;

use jiff::civil::date;

use super::*;
use crate::ask::elsewhere::Outcome;

pub(super) fn device(length: Length) -> Vec<Sample> {
    let long = length == Length::Longest;
    let code = |typed: &str, faults| AskUserCode { typed: typed.into(), faults };
    let confirm = |channel, faults| {
        let at_terminal = channel != Channel::Hall;
        ConfirmRequest {
            service: if long { LONG_SERVICE } else { "政务服务自助终端" }.into(),
            department: long.then(|| LONG_SERVICE.into()),
            place: at_terminal.then(|| {
                if long { LONG_SERVICE } else { "越秀区政务服务中心一楼 3 号自助机" }.into()
            }),
            channel,
            matter: at_terminal.then(|| if long { LONG_SERVICE } else { "打印社保缴费证明" }.into()),
            message: long.then(|| "W4SCT-0271".into()),
            fields: if long { Field::ALL.map(Field::key).to_vec() } else { vec![Field::Name.key()] },
            life: Duration::from_secs(if long { 30 * 86400 } else { 1800 }),
            until: date(2026, 11, 23).at(9, 5, 0, 0),
            may_block: channel == Channel::Counter,
            code: (!at_terminal).then(|| "BCDF-GHJK".into()),
            choices: if at_terminal { vec![18, 47, 90] } else { vec![] },
            faults,
        }
    };
    let mut all = vec![
        sample!("device", code("", vec![])),
        sample!("device-missing", code("", vec![Fault::UserCodeMissing])),
        sample!("device-wrong", code("BCDF-GHJK", vec![Fault::UserCodeWrong])),
        sample!("device-wait", code("", vec![Fault::UserCodesTooMany(Duration::from_secs(580))])),
        sample!("device-confirm", confirm(Channel::Kiosk, vec![])),
        sample!("device-confirm-counter", confirm(Channel::Counter, vec![])),
        sample!("device-confirm-code", confirm(Channel::Hall, vec![])),
        sample!("device-confirm-missing", confirm(Channel::Kiosk, vec![Fault::MatchMissing])),
    ];
    let row = |place: Option<&str>| ApprovalRow {
        address: "/account/approvals/1".into(),
        service: if long { LONG_SERVICE } else { "政务服务综合窗口" }.into(),
        place: place.map(Into::into),
        matter: long.then(|| LONG_SERVICE.into()),
        until: date(2026, 11, 23).at(9, 5, 0, 0),
    };
    let blocked = || BlockedRow {
        client: "one".into(),
        service: if long { LONG_SERVICE } else { "某服务" }.into(),
        until: date(2026, 12, 23),
    };
    let some = vec![row(Some(if long { LONG_SERVICE } else { "越秀区政务服务中心 12 号窗口" })), row(None)];
    all.push(sample!("approvals", Approvals { rows: some, blocked: vec![blocked(), blocked()] }));
    all.push(sample!("approvals-none", Approvals { rows: vec![], blocked: vec![] }));
    let answer = |outcome| AnsweredRow {
        service: if long { LONG_SERVICE } else { "政务服务综合窗口" }.into(),
        place: (outcome != Outcome::Denied)
            .then(|| if long { LONG_SERVICE } else { "越秀区政务服务中心 12 号窗口" }.into()),
        matter: long.then(|| LONG_SERVICE.into()),
        fields: vec![Field::Name.key(), Field::OfficialNumber.key()],
        outcome,
        at: date(2026, 11, 23).at(9, 5, 0, 0),
        handle: (outcome == Outcome::Allowed).then(|| "one".into()),
    };
    let outcomes = [Outcome::Allowed, Outcome::Denied, Outcome::WrongNumber, Outcome::Unproven];
    let older = long.then(|| "/account/answered?before=1".into());
    all.push(sample!("answered", Answered { rows: outcomes.map(answer).into(), older }));
    all.push(sample!("answered-none", Answered { rows: vec![], older: None }));
    for (number, done) in RequestDone::ALL.into_iter().enumerate() {
        all.push(sample!(format!("device-done-{number}"), RequestDone { done }));
    }
    all
}

pub(super) fn scan(length: Length) -> Vec<Sample> {
    let page = |state: ScanState| ScanCode {
        number: matches!(state, ScanState::Shown { .. } | ScanState::Opened).then_some(47),
        state,
        again: address::SIGN_IN_SCAN.to_owned(),
    };
    let code = "https://id.example.gov.cn/scan/0199c0de-7000-4000-8000-000000000001".to_owned();
    let confirm = |device: &str, chosen, faults: &[Fault]| ConfirmScan {
        action: "/scan/0199c0de-7000-4000-8000-000000000001".to_owned(),
        device: device.to_owned(),
        network: "203.0.113.*".to_owned(),
        service: (length == Length::Longest).then(|| LONG_SERVICE.to_owned()),
        asked: date(2026, 11, 23).at(9, 5, 0, 0),
        choices: vec![12, 47, 90],
        chosen,
        faults: faults.to_vec(),
    };
    let mut all = vec![
        sample!("scan-code", page(ScanState::Shown { code: code.clone() })),
        sample!("scan-opened", page(ScanState::Opened)),
        sample!("scan-denied", page(ScanState::Denied)),
        sample!("scan-over", page(ScanState::Over)),
        sample!("scan-confirm", confirm("Chrome · Windows", None, &[Fault::ScanNumberMissing])),
        sample!("scan-confirm-chosen", confirm("", Some(47), &[])),
    ];
    for done in ScanDone::ALL {
        all.push(sample!(format!("scan-done-{}", done.as_str()), done));
    }
    all
}
