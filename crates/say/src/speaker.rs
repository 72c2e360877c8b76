//! Says things in one language.

use std::borrow::Cow;

use fluent_bundle::{FluentArgs, FluentValue};

use crate::bundle::Texts;
use crate::language::Language;
use crate::number::Duration;
use crate::sentence::{Argument, Sentence};

/// Says sentences, numbers and durations in one language. A small value: it is created once, where
/// the language is known, and passed on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Speaker {
    language: Language,
}

impl Speaker {
    /// Speaks English: for logs and tests.
    pub const ENGLISH: Self = Self::new(Language::ENGLISH);

    /// Speaks this language.
    pub const fn new(language: Language) -> Self {
        Self { language }
    }

    /// The language it speaks.
    pub const fn language(self) -> Language {
        self.language
    }

    /// True if there is a text for this key, even if only in English.
    pub fn knows(self, key: &str) -> bool {
        self.texts(key).is_some()
    }

    /// The text for a key, with its variables filled in. If the language lacks the text, it is in
    /// English; an unknown key is shown in brackets.
    pub fn say(self, key: impl AsRef<str>, arguments: &[(&str, Argument)]) -> String {
        let key = key.as_ref();
        let mut values = FluentArgs::with_capacity(arguments.len());
        for (name, argument) in arguments {
            values.set(*name, self.value(argument));
        }
        let said = self.texts(key).and_then(|texts| texts.fill(key, &values));
        said.unwrap_or_else(|| format!("[{key}]"))
    }

    /// The text of a sentence.
    pub fn tell(self, sentence: &Sentence) -> String {
        self.say(&sentence.key, &sentence.arguments)
    }

    /// A whole number with its digits grouped as the language groups them: `1,998`.
    pub fn number(self, number: u64) -> String {
        Texts::of(self.language).numerals().write(&number.to_string())
    }

    /// A number of tenths, with its decimal if that is not zero: `7`, `7.5`.
    pub fn tenths(self, tenths: u64) -> String {
        let plain = match tenths % 10 {
            0 => format!("{}", tenths / 10),
            tenth => format!("{}.{tenth}", tenths / 10),
        };
        Texts::of(self.language).numerals().write(&plain)
    }

    /// A duration of nanoseconds, in the unit a person would choose and rounded to what a person
    /// compares: `448 µs`, `1.2 s`, `3 min`.
    pub fn duration(self, nanoseconds: u64) -> String {
        let text = |number: u64| Argument::Text(self.number(number));
        match Duration::of(nanoseconds) {
            Duration::Tenths(tenths, key) => {
                self.say(key, &[("n", Argument::Text(self.tenths(tenths)))])
            }
            Duration::Minutes(minutes, 0) => self.say("duration-min", &[("min", text(minutes))]),
            Duration::Minutes(minutes, seconds) => {
                self.say("duration-min-s", &[("min", text(minutes)), ("s", text(seconds))])
            }
            Duration::Hours(hours, minutes) => {
                self.say("duration-h-min", &[("h", text(hours)), ("min", text(minutes))])
            }
        }
    }

    /// A moment in nanoseconds, to the microsecond: `1.200010 s`. Moments are truncated, not
    /// rounded, so that none appears later than it was.
    pub fn precise(self, nanoseconds: u64) -> String {
        self.say("duration-s", &[("n", Argument::Text(self.seconds(nanoseconds)))])
    }

    /// Nanoseconds as seconds to the microsecond, for a column of them: `1.200010`.
    pub fn seconds(self, nanoseconds: u64) -> String {
        let (seconds, rest) = (nanoseconds / 1_000_000_000, nanoseconds / 1_000 % 1_000_000);
        self.decimal(seconds, format_args!("{rest:06}"))
    }

    /// A time of day, to the microsecond, from the nanoseconds since midnight: `20:15:00.000448`.
    pub fn time_of_day(self, nanoseconds: u64) -> String {
        let minutes = nanoseconds / 60_000_000_000;
        let rest = nanoseconds % 60_000_000_000;
        let zero = if rest < 10_000_000_000 { "0" } else { "" };
        format!("{:02}:{:02}:{zero}{}", minutes / 60, minutes % 60, self.seconds(rest))
    }

    /// A number of hundredths, for a column of them: `7.00`.
    pub fn hundredths(self, hundredths: u64) -> String {
        self.decimal(hundredths / 100, format_args!("{:02}", hundredths % 100))
    }

    /// A moment in nanoseconds, for a column of them: `0.000`, `12.345` seconds.
    pub fn clock(self, nanoseconds: u64) -> String {
        let (seconds, rest) = (nanoseconds / 1_000_000_000, nanoseconds / 1_000_000 % 1_000);
        self.decimal(seconds, format_args!("{rest:03}"))
    }

    fn decimal(self, whole: u64, fraction: std::fmt::Arguments<'_>) -> String {
        format!("{whole}{}{fraction}", Texts::of(self.language).numerals().decimal)
    }

    /// Where this key's text is: in its own language, or else in English.
    fn texts(self, key: &str) -> Option<&'static Texts> {
        let own = Texts::of(self.language);
        if own.has(key) {
            return Some(own);
        }
        let english = Texts::of(Language::ENGLISH);
        english.has(key).then_some(english)
    }

    fn value<'a>(self, argument: &'a Argument) -> FluentValue<'a> {
        let text = match argument {
            Argument::Text(text) => Cow::Borrowed(text.as_str()),
            Argument::Number(number) => Cow::Owned(number.to_string()),
            Argument::Duration(nanoseconds) => Cow::Owned(self.duration(*nanoseconds)),
            Argument::Sentence(sentence) => Cow::Owned(self.tell(sentence)),
            Argument::Count(number) => return FluentValue::from(*number),
        };
        FluentValue::String(text)
    }
}

impl Sentence {
    /// The sentence in English, for logs and for errors reported where the reader's language is
    /// unknown.
    pub fn in_english(&self) -> String {
        Speaker::ENGLISH.tell(self)
    }
}

/// What a [`Speaker`](crate::Speaker) says: `say!(speaker, "refused", address = address)`.
#[macro_export]
macro_rules! say {
    ($speaker:expr, $key:expr $(, $name:ident = $value:expr)* $(,)?) => {
        $crate::Speaker::say(
            $speaker,
            $key,
            &[$((::std::stringify!($name), $crate::Variable::argument(&$value))),*],
        )
    };
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{count, duration, sentence};

    fn spanish() -> Speaker {
        Speaker::new(Language::find("es").unwrap())
    }

    #[test]
    fn counts_select_plural_forms_and_are_grouped() {
        let mistakes =
            |number: u64| say!(Speaker::ENGLISH, "course-mistakes", mistakes = count(number));
        assert_eq!([1, 2, 10_000].map(mistakes), ["1 mistake", "2 mistakes", "10,000 mistakes"]);
        assert_eq!([1_998, 10_000].map(|n| spanish().number(n)), ["1998", "10\u{a0}000"]);
    }

    #[test]
    fn other_values_are_shown_unchanged() {
        let said = say!(Speaker::ENGLISH, "bind-low-hint", port = 12_000);
        assert!(said.contains("--port 12000"), "{said}");
    }

    #[test]
    fn a_duration_reads_the_same_alone_and_in_a_sentence() {
        for nanoseconds in [0, 448_900, 999_999, 1_234_567, 12_345_678, 61_000_000_000, u64::MAX] {
            for speaker in [Speaker::ENGLISH, spanish()] {
                let alone = speaker.duration(nanoseconds);
                let inside = say!(speaker, "ladder-waits", time = duration(nanoseconds));
                assert!(inside.ends_with(&alone), "{inside} does not say {alone}");
            }
        }
        assert_eq!(spanish().duration(1_234_567), "1,2 ms");
        assert_eq!(Speaker::ENGLISH.duration(7_200_000_000_000), "2 h 0 min");
    }

    #[test]
    fn moments_are_truncated() {
        assert_eq!(Speaker::ENGLISH.precise(1_200_010_999), "1.200010 s");
        assert_eq!(spanish().clock(12_345_999_999), "12,345");
        assert_eq!(Speaker::ENGLISH.time_of_day(72_909_000_448_999), "20:15:09.000448");
        assert_eq!(spanish().time_of_day(86_399_999_999_999), "23:59:59,999999");
        assert_eq!(spanish().seconds(1_999), "0,000001");
        assert_eq!([0, 7, 10_000].map(|n| spanish().hundredths(n)), ["0,00", "0,07", "100,00"]);
    }

    #[test]
    fn a_sentence_inside_a_sentence_is_in_the_same_language() {
        let sentence =
            sentence!("mistake-marks-do-not-fit", why = sentence!("mistake-gap-none-here"));
        assert!(sentence.in_english().ends_with("there is no gap here"));
        assert!(spanish().tell(&sentence).ends_with("aquí no hay ningún hueco"));
    }

    #[test]
    fn an_unknown_key_is_shown_in_brackets() {
        assert_eq!(say!(spanish(), "no-such-key", name = 1), "[no-such-key]");
        assert!(!spanish().knows("no-such-key") && spanish().knows("usage"));
    }
}
