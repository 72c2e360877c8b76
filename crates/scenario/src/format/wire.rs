//! `wire`: rules of the loopback's wire, and changes of them in a step.

use std::ops::Range;
use std::str::FromStr;

use socklab_lab::rules::{Change, Expected, Rule, RuleError, RuleMistake};
use socklab_lab::{LoopedOptions, LoopedRefusal};
use socklab_say::{Sentence, sentence};
use toml::Spanned;

use super::nearest::nearest;
use super::reader::{Reader, Result};

impl Reader<'_> {
    /// `wire = ["drop the 1st SYN", …]`.
    pub(super) fn wire(&self, raw: &[Spanned<String>]) -> Result<Vec<Rule>> {
        raw.iter()
            .map(|text| {
                let rule = self.of_wire(text)?;
                self.on_loopback(&rule, text)?;
                Ok(rule)
            })
            .collect()
    }

    /// `mtu = 1500`: at least what every network must carry (RFC 791), at most what a loopback does.
    pub(super) fn mtu(&self, raw: Option<Spanned<u32>>) -> Result<Option<u32>> {
        let Some(mtu) = raw else { return Ok(None) };
        let mut options = LoopedOptions::default();
        options.mtu = *mtu.get_ref();
        if let Err(LoopedRefusal::Mtu { mtu: found, least, most }) = options.check() {
            let what = sentence!("rule-out-of-range", found = found, least = least, most = most);
            return self.wrong(mtu.span(), what);
        }
        Ok(Some(mtu.into_inner()))
    }

    /// `wire = "…"` of a step.
    pub(super) fn wire_change(&self, text: &Spanned<String>) -> Result<Change> {
        let change: Change = self.of_wire(text)?;
        if let Some(rule) = change.rule() {
            self.on_loopback(rule, text)?;
        }
        Ok(change)
    }

    fn of_wire<T: FromStr<Err = RuleError>>(&self, text: &Spanned<String>) -> Result<T> {
        let wrong = |error: RuleError| {
            let at = self.inside(text, &error.at);
            self.wrong(at, rule_mistake(&error))
        };
        text.get_ref().parse().or_else(wrong)
    }

    /// A mistake if the rule is about somebody who is not on a loopback's wire.
    fn on_loopback(&self, rule: &Rule, text: &Spanned<String>) -> Result<()> {
        let Some((word, what)) = rule_stranger(rule) else { return Ok(()) };
        let at = match text.get_ref().find(&word) {
            Some(start) => self.inside(text, &(start..start + word.len())),
            None => text.span(),
        };
        self.wrong(at, what)
    }

    /// Where a part of a string is in the file; all of the string, if it is written with escapes.
    fn inside(&self, text: &Spanned<String>, part: &Range<usize>) -> Range<usize> {
        let span = text.span();
        let written = self.text.get(span.clone()).unwrap_or_default();
        match written.find(text.get_ref().as_str()) {
            Some(start) => {
                let start = span.start + start;
                // Behind the end is the quote.
                start + part.start..start + part.end.max(part.start + 1)
            }
            None => span,
        }
    }
}

/// Whom or what a rule is about that is not on a loopback's wire, and the sentence that says so.
pub fn rule_stranger(rule: &Rule) -> Option<(String, Sentence)> {
    let mut options = LoopedOptions::default();
    options.rules = vec![rule.clone()];
    Some(match options.check().err()? {
        LoopedRefusal::Address { address, .. } => {
            (address.to_string(), sentence!("rule-no-address", address = address))
        }
        LoopedRefusal::Host { host, .. } => {
            let what = sentence!("rule-no-host", host = host.as_str());
            (host, what)
        }
        // The rest is not about rules.
        _ => return None,
    })
}

/// What is wrong with a wire rule, to be shown beside the rule and the word at fault.
pub fn rule_mistake(error: &RuleError) -> Sentence {
    let word = error.word();
    match &error.mistake {
        RuleMistake::Expected(expected) => {
            let expected_here = listed(expected);
            let what = match word {
                "" => sentence!("rule-ends-early", expected = expected_here),
                _ => sentence!("rule-expected", found = word, expected = expected_here),
            };
            match nearest(word, &error.expected_words()).filter(|_| !word.is_empty()) {
                Some(near) => sentence!("mistake-perhaps", what = what, near = near),
                None => match whole(&error.text) {
                    Some(whole) => sentence!("rule-whole", what = what, whole = whole),
                    None => what,
                },
            }
        }
        RuleMistake::OutOfRange { least, most } => {
            sentence!("rule-out-of-range", found = word, least = least, most = most)
        }
        RuleMistake::Twice => sentence!("rule-twice", found = word),
        RuleMistake::EndsFirst => sentence!("rule-ends-first"),
        RuleMistake::SameHost => sentence!("rule-same-host", found = word),
        RuleMistake::NotLater => sentence!("rule-not-later", found = word),
        RuleMistake::NoStream { kind } => sentence!("rule-no-stream", kind = kind),
        RuleMistake::WhichOne { kind } => sentence!("rule-which-one", kind = kind),
        _ => sentence!("mistake-unreadable", what = error),
    }
}

/// What was expected, in the order of the language: words last, because there may be many.
fn listed(expected: &[Expected]) -> Sentence {
    let (words, others): (Vec<_>, Vec<_>) =
        expected.iter().partition(|one| matches!(one, Expected::Word(_)));
    let words: Vec<String> = words.iter().map(ToString::to_string).collect();
    let mut all: Vec<Sentence> =
        others.into_iter().map(|one: &Expected| sentence!(key(*one))).collect();
    match words.as_slice() {
        [] => {}
        [word] => all.push(sentence!("rule-word", word = word)),
        words => all.push(sentence!("rule-words", words = words.join(", "))),
    }
    let last = all.pop().unwrap_or_else(|| sentence!("rule-end"));
    all.into_iter().rev().fold(last, |rest, one| sentence!("rule-or", one = one, rest = rest))
}

/// Whole rules, by their first word.
const WHOLE: [&str; 10] = [
    "drop the 1st SYN from client",
    "delay 40ms the 1st SYN-ACK",
    "duplicate the 2nd UDP from client",
    "reorder 3 and 4 of the UDP from client",
    "corrupt byte 60 of the 1st data",
    "lose 5% seed 7 of the UDP",
    "rate 1 Mbit/s from server",
    "reset after 10 kB",
    "host server dies at 2s",
    "partition client from server",
];

/// A whole rule that begins as this text does.
fn whole(text: &str) -> Option<&'static str> {
    let verb = text.split_whitespace().next()?;
    WHOLE.into_iter().find(|whole| whole.split_whitespace().next() == Some(verb))
}

fn key(expected: Expected) -> &'static str {
    match expected {
        Expected::Ordinal => "rule-ordinal",
        Expected::Number => "rule-number",
        Expected::Duration => "rule-duration",
        Expected::Size => "rule-size",
        Expected::Rate => "rule-rate",
        Expected::Percentage => "rule-percentage",
        Expected::Host => "rule-host",
        Expected::Port => "rule-port",
        _ => "rule-end",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_whole_rule_is_one() {
        for text in WHOLE {
            text.parse::<Rule>().unwrap_or_else(|error| panic!("{text}: {error}"));
            assert_eq!(whole(text), Some(text));
        }
        assert_eq!(whole("delay the 1st SYN-ACK by 300ms"), Some("delay 40ms the 1st SYN-ACK"));
        assert_eq!(whole("lift everything"), None);
    }
}
