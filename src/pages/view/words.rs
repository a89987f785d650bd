//! The words of the pages, by key, in each language.

use std::borrow::Cow;
use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

use crate::base::Language;

/// The Fluent file of a language, as it was compiled in.
pub const fn source(language: Language) -> &'static str {
    match language {
        Language::Simplified => include_str!("../words/zh-Hans.ftl"),
        Language::Traditional => include_str!("../words/zh-Hant.ftl"),
        Language::English => include_str!("../words/en.ftl"),
    }
}

/// The words of one language.
pub struct Words(FluentBundle<FluentResource>);

static ALL: LazyLock<[Words; 3]> = LazyLock::new(|| Language::ALL.map(Words::read));

impl Words {
    pub fn of(language: Language) -> &'static Words {
        let [simplified, traditional, english] = &*ALL;
        match language {
            Language::Simplified => simplified,
            Language::Traditional => traditional,
            Language::English => english,
        }
    }

    fn read(language: Language) -> Words {
        let tag: LanguageIdentifier = language.tag().parse().unwrap_or_default();
        let mut bundle = FluentBundle::new_concurrent(vec![tag]);
        // The marks that isolate arguments would be copied with the text, and break search in the page.
        bundle.set_use_isolating(false);
        // What could be read of a damaged file is better than no page; a test refuses such a file.
        let resource = FluentResource::try_new(source(language).to_owned()).unwrap_or_else(|(read, _)| read);
        bundle.add_resource_overriding(resource);
        Words(bundle)
    }

    /// The words of a key. A key without words shows as itself between `⟦⟧`, which a test looks for.
    pub fn say(&'static self, key: &str) -> Cow<'static, str> {
        match self.0.get_message(key).and_then(|message| message.value()) {
            Some(pattern) => self.0.format_pattern(pattern, None, &mut Vec::new()),
            None => Cow::Owned(unknown(key)),
        }
    }

    /// The words of a key that has places for arguments.
    pub fn say_with<'a>(
        &self,
        key: &str,
        arguments: impl IntoIterator<Item = (&'a str, FluentValue<'a>)>,
    ) -> String {
        let arguments: FluentArgs = arguments.into_iter().collect();
        match self.0.get_message(key).and_then(|message| message.value()) {
            Some(pattern) => self.0.format_pattern(pattern, Some(&arguments), &mut Vec::new()).into_owned(),
            None => unknown(key),
        }
    }
}

fn unknown(key: &str) -> String {
    format!("⟦{key}⟧")
}
