//! Every page in every language, short and long: whole, labelled, in words, and free of inline script.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use scraper::{Html, Selector};

use super::samples::{Length, all, frame};
use super::words::source;
use super::*;
use crate::base::Language;

/// Calls `look` with (name of the sample, the frame it was rendered with, HTML).
fn every_page(mut look: impl FnMut(&str, &Frame, &str)) {
    for language in Language::ALL {
        for length in [Length::Short, Length::Longest] {
            for (name, render) in all(length) {
                for onward in [true, false] {
                    let mut frame = frame(language, length);
                    if !onward {
                        frame.onward = None;
                        frame.ask = None;
                        frame.help_phone = None;
                    }
                    let name = format!("{name} {} {length:?} onward={onward}", language.tag());
                    look(&name, &frame, &render(&frame));
                }
            }
        }
    }
}

fn select(css: &str) -> Selector {
    Selector::parse(css).unwrap()
}

#[test]
fn html_is_well_formed_and_says_its_language() {
    every_page(|name, frame, html| {
        // Once as a browser with script reads it, once with what `<noscript>` holds.
        for html in [html.to_owned(), html.replace("<noscript>", "").replace("</noscript>", "")] {
            let document = Html::parse_document(&html);
            assert!(document.errors.is_empty(), "{name}: {:?}", document.errors);
            assert!(html.starts_with("<!DOCTYPE html>"), "{name}");
            let root = document.root_element().value();
            assert_eq!(root.attr("lang"), Some(frame.language.tag()), "{name}");
            let mut ids = BTreeSet::new();
            for element in document.select(&select("[id]")) {
                assert!(ids.insert(element.attr("id").unwrap()), "{name}: two {:?}", element.attr("id"));
            }
            for (css, attribute) in [
                ("label[for]", "for"),
                ("[aria-describedby]", "aria-describedby"),
                ("[aria-controls]", "aria-controls"),
            ] {
                for element in document.select(&select(css)) {
                    for id in element.attr(attribute).unwrap().split(' ') {
                        assert!(ids.contains(id), "{name}: {attribute}={id} leads nowhere");
                    }
                }
            }
            for link in document.select(&select("a[href^='#']")) {
                assert!(ids.contains(&link.attr("href").unwrap()[1..]), "{name}: {}", link.html());
            }
            assert_eq!(document.select(&select("h1")).count(), 1, "{name}: one question a page");
            assert_eq!(document.select(&select("title")).count(), 1, "{name}");
            for input in document.select(&select("input:not([type=hidden])")) {
                let label = format!("label[for='{}']", input.attr("id").unwrap_or_default());
                assert_eq!(document.select(&select(&label)).count(), 1, "{name}: {}", input.html());
            }
        }
    });
}

#[test]
fn every_form_carries_token_and_ask() {
    let value = |form: scraper::ElementRef<'_>, field: &str| {
        let css = select(&format!("input[type=hidden][name={field}]"));
        form.select(&css).next().and_then(|input| input.attr("value").map(str::to_owned))
    };
    let mut forms = BTreeMap::<String, usize>::new();
    every_page(|name, frame, html| {
        for form in Html::parse_document(html).select(&select("form")) {
            assert_eq!(value(form, "csrf").as_deref(), Some(frame.csrf.reveal()), "{name}");
            assert_eq!(value(form, "ask"), frame.ask, "{name}");
            assert_eq!(form.attr("method"), Some("post"), "{name}");
            assert!(form.attr("action").is_some_and(|a| a.starts_with('/')), "{name}");
            let id = form.attr("id").unwrap();
            // A form a row is named by the row as well.
            let rows = ["appeal", "invitation", "mandate-end", "not-mine", "unblock", "withdraw"]
                .into_iter()
                .find(|row| id.starts_with(&format!("{row}-")));
            *forms.entry(rows.unwrap_or(id).to_owned()).or_default() += 1;
        }
    });
    let known = [
        "add-app",
        "always",
        "anew",
        "answered",
        "appeal",
        "batch-keep",
        "batch-undo",
        "capacity",
        "case-decide",
        "case-reveal",
        "case-undo",
        "cases",
        "certificate",
        "change-password",
        "choose-pin",
        "claim",
        "close",
        "consent",
        "console-certificate",
        "console-sign-in",
        "console-sign-out",
        "console-token",
        "device",
        "device-confirm",
        "face",
        "face-withdraw",
        "invitation",
        "licence",
        "mandate",
        "mandate-end",
        "network-identity",
        "new-password",
        "newcomer",
        "not-mine",
        "organization",
        "raise-leave",
        "recover",
        "recover-cancel",
        "recover-code",
        "recover-password",
        "recover-second",
        "recover-without",
        "recovery-codes",
        "register-code",
        "register-name",
        "register-password",
        "register-phone",
        "register-resend",
        "remove-app",
        "remove-passkey",
        "rename-passkey",
        "role",
        "run-begin",
        "run-confirm",
        "run-stop",
        "scan-confirm",
        "second-factor",
        "second-factor-leave",
        "second-factor-send",
        "sessions",
        "sign-in",
        "sign-out",
        "unblock",
        "ward",
        "window-certificate",
        "withdraw",
    ];
    assert_eq!(forms.into_keys().collect::<Vec<_>>(), known);
}

/// The fixed contract with programs that drive the pages.
#[test]
fn fields_and_buttons_have_the_names_of_the_contract() {
    let has = |page: &str, css: &str| {
        every_page(|name, _, html| {
            if name.starts_with(&format!("{page} ")) {
                assert!(Html::parse_document(html).select(&select(css)).next().is_some(), "{name}: {css}");
            }
        });
    };
    for page in ["sign-in", "sign-in-again", "sign-in-refused", "sign-in-passkey-first"] {
        has(page, "form#sign-in input[name=identifier]");
        has(page, "form#sign-in input[name=password][type=password]");
    }
    has("capacity", "form#capacity input[type=radio][name=capacity][value=self]");
    has("consent", "form#consent button#allow[name=decision][value=allow]");
    has("consent", "form#consent button#deny[name=decision][value=deny]");
    has("consent", "form#consent input[type=checkbox][name=agreed][value=official_number]");
    has("notice", "form#consent button#allow[name=decision][value=allow]");
    for page in ["second-factor", "second-factor-sms", "second-factor-recovery"] {
        has(page, "form#second-factor input[name=code]");
    }
    has("face", "form#face button#allow[name=decision][value=allow]");
    has("face", "form#face button#deny[name=decision][value=deny]");
    has("network-identity", "form#network-identity input[type=checkbox][name=tell]:not([checked])");
    has("device", "form#device input[name=user_code]");
    for page in ["device-confirm", "device-confirm-counter"] {
        has(page, "form#device-confirm input[type=radio][name=match][value='47']");
    }
    for page in ["device-confirm", "device-confirm-code"] {
        has(page, "form#device-confirm button#allow[name=decision][value=allow]");
        has(page, "form#device-confirm button#deny[name=decision][value=deny]");
    }
    has("device-confirm-counter", "form#device-confirm button#block[name=decision][value=block]");
    has("sign-out", "form#sign-out button#everywhere[name=decision][value=everywhere]");
    has("sign-out-choice", "form#sign-out button#service[name=decision][value=service]");
    has("sessions", "form#sessions button#end-others[name=end][value=others]");
    for problem in Problem::ALL {
        has(&format!("problem-{}", problem.code()), &format!("[data-error='{}']", problem.code()));
    }
    every_page(|name, _, html| {
        let deny = html.contains("id=\"deny\"");
        assert!(!(name.starts_with("notice ") && deny), "a notice has nothing to refuse");
    });
}

#[test]
fn nothing_on_a_page_needs_a_looser_policy() {
    every_page(|name, _, html| {
        let document = Html::parse_document(html);
        for element in document.select(&select("*")) {
            for (attribute, _) in element.value().attrs() {
                assert!(!attribute.starts_with("on") && attribute != "style", "{name}: {attribute}");
            }
        }
        assert_eq!(document.select(&select("style, script:not([src]), object")).count(), 0, "{name}");
        for frame in document.select(&select("iframe")) {
            assert!(name.starts_with("signed-out-"), "{name}: a frame");
            assert_eq!(frame.attr("sandbox"), Some("allow-scripts allow-same-origin"), "{name}");
        }
        for element in document.select(&select("script[src], link[href], img[src]")) {
            let address = element.attr("src").or(element.attr("href")).unwrap();
            assert!(Asset::at(address).is_some(), "{name}: {address}");
        }
    });
    let policy = content_security_policy(Some("https://hall.example"), &[]);
    assert!(
        policy.starts_with("default-src 'none';")
            && policy.ends_with("form-action 'self' https://hall.example")
    );
    let framed = ["https://a.example".to_owned(), "x; script-src *".to_owned()];
    assert!(content_security_policy(None, &framed).contains("; frame-src https://a.example; form-action"));
    assert_eq!(content_security_policy(Some("x; script-src *"), &[]), content_security_policy(None, &[]));
    assert!(!policy.contains("unsafe"));
}

#[test]
fn what_a_person_or_client_sent_is_never_markup() {
    let mut frame = frame(Language::English, Length::Short);
    let onward = frame.onward.as_mut().unwrap();
    onward.name = "<script>alert(1)</script>".to_owned();
    onward.way_back = Some("javascript:alert(1)".to_owned());
    frame.path = "/x?\"><script>=1".to_owned();
    for (name, render) in all(Length::Short) {
        let html = render(&frame);
        assert!(!html.contains("<script>"), "{name}");
        assert!(!html.contains("javascript:"), "{name}");
    }
}

/// The keys that a Fluent file gives words to.
fn keys(language: Language) -> BTreeSet<String> {
    let resource = fluent_bundle::FluentResource::try_new(source(language).to_owned());
    let resource = resource.map_err(|(_, errors)| errors).expect("the file can be read");
    let keys: Vec<String> = source(language)
        .lines()
        .filter(|line| line.starts_with(|c: char| c.is_ascii_lowercase()))
        .filter_map(|line| line.split_once(" = ").map(|(key, _)| key.to_owned()))
        .collect();
    let read = (0..).map_while(|i| resource.get_entry(i)).count();
    assert_eq!(read, keys.len(), "{}", language.tag());
    let unique: BTreeSet<String> = keys.iter().cloned().collect();
    assert_eq!(unique.len(), keys.len(), "{}: a key stands twice", language.tag());
    unique
}

#[test]
fn words_are_whole_in_every_language() {
    let simplified = keys(Language::Simplified);
    for language in [Language::Traditional, Language::English] {
        let differ: Vec<_> = keys(language).symmetric_difference(&simplified).cloned().collect();
        assert!(differ.is_empty(), "{}: {differ:?}", language.tag());
    }
    // A key nobody names is left over; `fault-…` keys are named by their code.
    let mut text = String::new();
    for folder in ["src/pages/templates", "src/pages/view", "src/pages/view/samples"] {
        let entries = std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)).unwrap();
        for file in entries.map(|entry| entry.unwrap().path()).filter(|path| path.is_file()) {
            text += &std::fs::read_to_string(file).unwrap();
        }
    }
    let unused: Vec<_> = simplified
        .iter()
        .filter(|key| {
            let code = key.strip_prefix("fault-").unwrap_or(key);
            !text.contains(&format!("\"{key}\"")) && !text.contains(&format!("\"{code}\""))
        })
        .collect();
    assert!(unused.is_empty(), "{unused:?}");
    // All keys are really asked for, and each finds its words and its arguments.
    every_page(|name, _, html| {
        for sign in ["⟦", "{$", "{ $", "\u{2068}"] {
            assert!(
                !html.contains(sign),
                "{name}: {}",
                &html[html.find(sign).unwrap()..][..60.min(html.len())]
            );
        }
    });
    for language in Language::ALL {
        for fault in Fault::ALL {
            let words = fault.words(&frame(language, Length::Short));
            assert!(!words.contains('⟦') && !words.contains("{$"), "{words}");
        }
        for field in Field::ALL {
            assert!(keys(language).contains(field.key()));
        }
    }
}

#[test]
fn dates_and_waits_read_as_the_language_writes_them() {
    let day = jiff::civil::date(2026, 11, 23);
    let seconds = std::time::Duration::from_secs;
    let of = |language| frame(language, Length::Short);
    assert_eq!(of(Language::Simplified).date(&day), "2026年11月23日");
    assert_eq!(of(Language::English).date(&day), "23 November 2026");
    assert_eq!(of(Language::Simplified).wait(&seconds(61)), "2 分钟");
    assert_eq!(of(Language::English).wait(&seconds(60)), "1 minute");
    assert_eq!(of(Language::English).wait(&seconds(0)), "1 second");
    assert_eq!(of(Language::Traditional).wait(&seconds(59)), "59 秒");
}

#[test]
fn switches_keep_the_ask_and_replace_each_other() {
    let mut frame = frame(Language::Simplified, Length::Short);
    frame.path = "/sign-in?lang=en&x=1&print=large".to_owned();
    frame.ask = Some("a b".to_owned());
    assert_eq!(frame.in_language(&Language::Traditional), "/sign-in?x=1&ask=a+b&lang=zh-Hant");
    assert_eq!(frame.in_other_print(), "/sign-in?x=1&ask=a+b&print=large");
    frame.large_print = true;
    frame.path = "/help?ask=kept".to_owned();
    assert_eq!(frame.in_other_print(), "/help?ask=kept&print=usual");
    assert_eq!(frame.to("/register"), "/register?ask=a+b");
}

#[test]
fn assets_are_found_at_their_address_and_only_there() {
    for asset in Asset::all() {
        assert_eq!(Asset::at(asset.path()).map(|found| found.bytes), Some(asset.bytes));
        assert_eq!(asset.path().split('/').count(), 4);
    }
    assert!(Asset::at("/assets/0000000000000000/yihao.css").is_none());
    let script = String::from_utf8_lossy(Asset::named("passkey.js").unwrap().bytes);
    assert!(script.is_ascii(), "the script holds no words of its own");
}

/// Writes all pages below `target/pages`, for the eye: serve that folder and look.
#[test]
fn pictures_can_be_taken() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/pages");
    for asset in Asset::all() {
        let file = folder.join(&asset.path()[1..]);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, asset.bytes).unwrap();
    }
    for language in Language::ALL {
        for length in [Length::Short, Length::Longest] {
            for large_print in [false, true] {
                for (name, render) in all(length) {
                    let mut frame = frame(language, length);
                    frame.large_print = large_print;
                    let print = if large_print { "-large" } else { "" };
                    let file = format!("{name}.{length:?}{print}.{}.html", language.tag());
                    std::fs::write(folder.join(file), render(&frame)).unwrap();
                }
            }
        }
    }
}

mod tokens {
    use super::*;

    /// Relative luminance of `#rrggbb` (WCAG 2.2).
    fn luminance(colour: &str) -> f64 {
        let part = |from: usize| {
            let value = f64::from(u8::from_str_radix(&colour[from..from + 2], 16).unwrap()) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5)
    }

    fn contrast(one: &str, other: &str) -> f64 {
        let (one, other) = (luminance(one), luminance(other));
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    /// The first two `:root` blocks with colours: light, then dark.
    fn sets() -> Vec<BTreeMap<String, String>> {
        let css = String::from_utf8_lossy(Asset::named("yihao.css").unwrap().bytes).into_owned();
        let blocks = css.split(":root {").skip(1).map(|rest| rest.split('}').next().unwrap());
        let read = |block: &str| -> BTreeMap<String, String> {
            block
                .split(';')
                .filter_map(|line| line.trim().strip_prefix("--")?.split_once(": "))
                .filter(|(_, value)| value.starts_with('#'))
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect()
        };
        blocks.map(read).filter(|set| set.contains_key("ground")).collect()
    }

    #[test]
    fn text_stands_out_seven_to_one() {
        let sets = sets();
        assert_eq!(sets.len(), 2, "light and dark");
        for set in sets {
            for text in ["ink", "ink-soft", "act", "good", "warn", "danger"] {
                for ground in ["ground", "raised"] {
                    let found = contrast(&set[text], &set[ground]);
                    assert!(found >= 7.0, "{text} on {ground}: {found:.2}");
                }
            }
            let found = contrast(&set["act"], &set["act-ink"]);
            assert!(found >= 7.0, "act-ink on act: {found:.2}");
            // A disabled button is read too.
            assert!(contrast(&set["ink"], &set["rule"]) >= 7.0);
            // The edge of a field is no text: 3 to 1 (WCAG 1.4.11).
            assert!(contrast(&set["ink-soft"], &set["raised"]) >= 3.0);
        }
    }
}
