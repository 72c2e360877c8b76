//! Every sentence a student reads, in the language asked for.
//!
//! The texts are Fluent files in `locales/`, compiled into the binary. A key must be in every
//! language, with the same variables; a test here sees to it.

use std::ffi::OsString;
use std::sync::OnceLock;

use clap::ValueEnum;
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

/// A language that every text exists in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Language {
    /// English
    #[default]
    En,
    /// Spanish
    Es,
}

const ENGLISH: &[&str] = &[
    include_str!("../../say/locales/en/ask.ftl"),
    include_str!("../../say/locales/en/cli.ftl"),
    include_str!("../../say/locales/en/commands.ftl"),
    include_str!("../../say/locales/en/exercises.ftl"),
    include_str!("../../say/locales/en/tour.ftl"),
    socklab_judge::locales::EN,
    socklab_scenario::locales::EN,
];
const SPANISH: &[&str] = &[
    include_str!("../../say/locales/es/ask.ftl"),
    include_str!("../../say/locales/es/cli.ftl"),
    include_str!("../../say/locales/es/commands.ftl"),
    include_str!("../../say/locales/es/exercises.ftl"),
    include_str!("../../say/locales/es/tour.ftl"),
    socklab_judge::locales::ES,
    socklab_scenario::locales::ES,
];

struct Chosen {
    language: Language,
    bundle: FluentBundle<FluentResource>,
}

static CHOSEN: OnceLock<Chosen> = OnceLock::new();

/// Looks for `--lang`, then at the locale variables in the order of setlocale(3).
pub(crate) fn asked_for(arguments: &[OsString]) -> Language {
    let mut words = arguments.iter().filter_map(|word| word.to_str());
    // What stands behind `--` belongs to another program.
    while let Some(word) = words.next().filter(|word| *word != "--") {
        let value = match word.strip_prefix("--lang") {
            Some("") => words.next(),
            Some(rest) => rest.strip_prefix('='),
            None => continue,
        };
        if let Some(language) = value.and_then(|value| Language::from_str(value, true).ok()) {
            return language;
        }
    }
    let locale = ["LC_ALL", "LC_MESSAGES", "LANG"]
        .iter()
        .filter_map(|name| std::env::var(name).ok())
        .find(|value| !value.is_empty())
        .unwrap_or_default();
    if locale.starts_with("es") { Language::Es } else { Language::En }
}

/// Sets the language for the rest of the process. Only the first call counts.
pub(crate) fn choose(language: Language) {
    let _ = CHOSEN.set(Chosen { language, bundle: bundle(language) });
}

/// The language of this process.
pub(crate) fn chosen() -> Language {
    current().language
}

/// Who speaks the language of this process.
pub(crate) fn speaker() -> socklab_say::Speaker {
    let tag = match chosen() {
        Language::En => "en",
        Language::Es => "es",
    };
    socklab_say::Speaker::new(socklab_say::Language::find(tag).unwrap_or_default())
}

/// The option that makes another socklab speak the same language.
pub(crate) fn option() -> &'static str {
    match chosen() {
        Language::En => "--lang=en",
        Language::Es => "--lang=es",
    }
}

fn current() -> &'static Chosen {
    let language = Language::default();
    CHOSEN.get_or_init(|| Chosen { language, bundle: bundle(language) })
}

fn bundle(language: Language) -> FluentBundle<FluentResource> {
    let (id, sources) = match language {
        Language::En => ("en", ENGLISH),
        Language::Es => ("es", SPANISH),
    };
    let id: LanguageIdentifier = id.parse().unwrap_or_default();
    let mut bundle = FluentBundle::new_concurrent(vec![id]);
    // The marks that isolate right-to-left text would end up in terminals and pipes.
    bundle.set_use_isolating(false);
    for source in sources {
        // A faulty text is left out, and the test below fails; a student still gets the others.
        let (Ok(resource) | Err((resource, _))) = FluentResource::try_new(source.to_string());
        let _ = bundle.add_resource(resource);
    }
    bundle
}

/// Is there a text for this key?
pub(crate) fn has(key: &str) -> bool {
    current().bundle.has_message(key)
}

/// The text for a key, with its variables filled in. A key without text shows itself.
pub(crate) fn fill(key: &str, arguments: &FluentArgs<'_>) -> String {
    let bundle = &current().bundle;
    let Some(pattern) = bundle.get_message(key).and_then(|message| message.value()) else {
        return format!("[{key}]");
    };
    bundle.format_pattern(pattern, Some(arguments), &mut vec![]).into_owned()
}

/// The text for a key, in the chosen language: `text!("refused", address = address)`.
macro_rules! text {
    ($key:expr) => {
        $crate::language::fill($key, &fluent_bundle::FluentArgs::new())
    };
    ($key:expr, $($name:ident = $value:expr),+ $(,)?) => {{
        let mut arguments = fluent_bundle::FluentArgs::new();
        $(arguments.set(stringify!($name), $crate::language::Variable::value(&$value));)+
        $crate::language::fill($key, &arguments)
    }};
}
pub(crate) use text;

/// What a text's variable can be.
pub(crate) trait Variable {
    fn value(&self) -> FluentValue<'static>;
}

/// Most go in as text, as it stands: `8888` is a port, not `8,888`.
impl<T: ToString> Variable for T {
    fn value(&self) -> FluentValue<'static> {
        self.to_string().into()
    }
}

/// So many of something: a text may have one form for 1 and another for the rest.
pub(crate) struct Count(i64);

/// A number that a plural depends on.
pub(crate) fn count(number: impl TryInto<i64>) -> Count {
    Count(number.try_into().unwrap_or(i64::MAX))
}

impl Variable for Count {
    fn value(&self) -> FluentValue<'static> {
        self.0.into()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};
    use fluent_syntax::parser;

    use super::*;

    /// Key → the variables that its text uses.
    fn keys(sources: &[&'static str]) -> BTreeMap<String, BTreeSet<String>> {
        let mut keys = BTreeMap::new();
        for source in sources {
            let resource = parser::parse(*source).expect("a faulty Fluent file");
            for entry in resource.body {
                let Entry::Message(message) = entry else { continue };
                let pattern = message.value.expect("a key without a text");
                let mut variables = BTreeSet::new();
                collect(&pattern, &mut variables);
                let again = keys.insert(message.id.name.to_string(), variables);
                assert!(again.is_none(), "{} is there twice", message.id.name);
            }
        }
        keys
    }

    /// The variables of a text, and of every form of it.
    fn collect(pattern: &Pattern<&str>, variables: &mut BTreeSet<String>) {
        for element in &pattern.elements {
            let PatternElement::Placeable { expression } = element else { continue };
            let (Expression::Inline(inline) | Expression::Select { selector: inline, .. }) =
                expression;
            if let InlineExpression::VariableReference { id } = inline {
                variables.insert(id.name.to_string());
            }
            if let Expression::Select { variants, .. } = expression {
                variants.iter().for_each(|variant| collect(&variant.value, variables));
            }
        }
    }

    #[test]
    fn one_is_not_many() {
        assert_eq!(text!("course-mistakes", mistakes = count(1)), "1 mistake");
        assert_eq!(text!("course-mistakes", mistakes = count(2)), "2 mistakes");
        assert_eq!(text!("course-mistakes", mistakes = count(10_000)), "10000 mistakes");
    }

    #[test]
    fn both_languages_have_the_same_keys_with_the_same_variables() {
        let (english, spanish) = (keys(ENGLISH), keys(SPANISH));
        for (key, variables) in &english {
            assert_eq!(spanish.get(key), Some(variables), "es: {key}");
        }
        for key in spanish.keys() {
            assert!(english.contains_key(key), "en lacks {key}");
        }
    }

    #[test]
    fn every_key_that_the_code_names_exists() {
        let english = keys(ENGLISH);
        let mut named = 0;
        for source in sources(std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src"))) {
            for behind in source.split("text!(").skip(1) {
                let Some(key) = behind.trim_start().strip_prefix('"') else { continue };
                let key = key.split('"').next().unwrap();
                if !key.contains('{') {
                    assert!(english.contains_key(key), "no text for {key}");
                    named += 1;
                }
            }
        }
        assert!(named > 20, "the search found only {named} keys");
    }

    fn sources(folder: &std::path::Path) -> Vec<String> {
        let mut found = Vec::new();
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                found.extend(sources(&path));
            } else if path.file_name().is_some_and(|name| name != "language.rs") {
                found.push(std::fs::read_to_string(path).unwrap());
            }
        }
        found
    }

    #[test]
    fn the_language_is_asked_for_by_option_before_the_locale() {
        let words = |line: &str| line.split(' ').map(OsString::from).collect::<Vec<_>>();
        assert_eq!(asked_for(&words("socklab tour --lang es")), Language::Es);
        assert_eq!(asked_for(&words("socklab --lang=ES list")), Language::Es);
    }
}
