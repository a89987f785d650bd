//! What every page has around its own matter.

use std::borrow::Cow;
use std::time::Duration;

use form_urlencoded::Serializer;
use jiff::civil::{Date, DateTime};
use uuid::Uuid;

use super::assets::Asset;
use super::fault::Fault;
use super::words::Words;
use crate::base::{Language, Secret};

/// What every page has: head, foot, and what its forms carry along.
pub struct Frame {
    pub language: Language,
    /// 大字版. The handler remembers it in a cookie when a page is called with `?print=large` or `?print=usual`.
    pub large_print: bool,
    /// The name of the whole, as the operator configured it; `None`: 统一身份认证 in the page's language.
    pub name: Option<String>,
    pub help_phone: Option<String>,
    pub request_id: Uuid,
    /// The anti-forgery token: the hidden field `csrf` of every form, and `<meta name="csrf">` for the script.
    pub csrf: Secret,
    /// Where the person is going, if a relying system sent them.
    pub onward: Option<Onward>,
    /// The Ask's id: the hidden field `ask` of every form.
    pub ask: Option<String>,
    /// Path and query by which this page can be called again with GET: the language links start from it.
    pub path: String,
}

/// The relying system the person came from and will go on to.
pub struct Onward {
    pub name: String,
    pub department: Option<String>,
    /// The service's own page, for turning back. Only http(s) addresses become a link.
    pub way_back: Option<String>,
}

impl Frame {
    /// The words of a key.
    pub fn t(&self, key: &str) -> Cow<'static, str> {
        Words::of(self.language).say(key)
    }

    /// The words of a key with one place for a text.
    pub fn with(&self, key: &str, place: &'static str, text: impl AsRef<str>) -> String {
        Words::of(self.language).say_with(key, [(place, text.as_ref().into())])
    }

    /// The words of a key with one place for a number.
    pub fn count(&self, key: &str, place: &'static str, number: u64) -> String {
        Words::of(self.language).say_with(key, [(place, number.into())])
    }

    /// How long to wait, in seconds below one minute, else in minutes rounded up.
    pub fn wait(&self, span: &Duration) -> String {
        match span.as_secs().max(1) {
            seconds @ ..60 => self.count("wait-seconds", "seconds", seconds),
            seconds => self.count("wait-minutes", "minutes", seconds.div_ceil(60)),
        }
    }

    /// How long something lasts, in the largest unit that fits.
    pub fn span(&self, span: &Duration) -> String {
        match span.as_secs() {
            seconds @ ..7200 => self.count("wait-minutes", "minutes", seconds.div_ceil(60)),
            seconds @ ..172_800 => self.count("span-hours", "hours", seconds.div_ceil(3600)),
            seconds => self.count("span-days", "days", seconds.div_ceil(86400)),
        }
    }

    /// A day, as the language writes it: 2026年11月23日, 23 November 2026.
    pub fn date(&self, day: &Date) -> String {
        let (year, month, day) = (day.year(), day.month(), day.day());
        Words::of(self.language)
            .say_with("date", [("year", year.into()), ("month", month.into()), ("day", day.into())])
    }

    /// A day with its hour: 2026年11月23日 14:05.
    pub fn date_time(&self, at: &DateTime) -> String {
        format!("{} {:02}:{:02}", self.date(&at.date()), at.hour(), at.minute())
    }

    pub fn service_name(&self) -> Cow<'_, str> {
        self.name.as_deref().map_or_else(|| self.t("service-name"), Cow::Borrowed)
    }

    /// What stands beside the field `name`: the first of its faults, in words.
    pub fn beside(&self, faults: &[Fault], name: &str) -> Option<String> {
        faults.iter().find(|fault| fault.field() == Some(name)).map(|fault| fault.words(self))
    }

    /// The service's own page, if it is an address a person may be sent to by a link.
    pub fn way_back(&self) -> Option<(&str, &str)> {
        let onward = self.onward.as_ref()?;
        let url = onward.way_back.as_deref()?;
        let safe = url.starts_with("https://") || url.starts_with("http://");
        safe.then_some((url, onward.name.as_str()))
    }

    /// A language by its own name.
    pub fn own_name(&self, language: &Language) -> Cow<'static, str> {
        Words::of(*language).say("language-this")
    }

    /// This page in another language.
    pub fn in_language(&self, language: &Language) -> String {
        self.again_with("lang", language.tag())
    }

    /// This page in the other print.
    pub fn in_other_print(&self) -> String {
        self.again_with("print", if self.large_print { "usual" } else { "large" })
    }

    /// Another page of ours, which keeps the Ask.
    pub fn to(&self, path: &str) -> String {
        match &self.ask {
            Some(ask) => {
                format!("{path}?{}", Serializer::new(String::new()).append_pair("ask", ask).finish())
            }
            None => path.to_owned(),
        }
    }

    pub fn asset(&self, name: &str) -> &'static str {
        Asset::named(name).map_or("", Asset::path)
    }

    fn again_with(&self, name: &str, value: &str) -> String {
        let (path, query) = self.path.split_once('?').unwrap_or((&self.path, ""));
        let kept = form_urlencoded::parse(query.as_bytes()).filter(|(n, _)| n != "lang" && n != "print");
        let mut next = Serializer::new(String::new());
        next.extend_pairs(kept);
        let has_ask = form_urlencoded::parse(query.as_bytes()).any(|(n, _)| n == "ask");
        if let (Some(ask), false) = (&self.ask, has_ask) {
            next.append_pair("ask", ask);
        }
        next.append_pair(name, value);
        format!("{path}?{}", next.finish())
    }
}
