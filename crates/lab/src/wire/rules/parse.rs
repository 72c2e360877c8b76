//! From a text to a rule. A parser that knows, at each place, what might have stood there.
//!
//! Longer than 400 lines, because it is one grammar: each word is a function, in the order of a rule.

use std::ops::Range;
use std::str::FromStr;

use socklab_event::FrameKind;

use super::error::{Expected, RuleError, RuleMistake};
use super::rule::{
    Act, Choice, Direction, Limit, Mark, Meaning, Moment, Origin, Party, RETRANSMISSION, Rule,
    Selection, StreamByte, WITHOUT_CONNECTION, has_stream,
};
use super::units::{RATES, SHARES, SIZES, TIMES, Unit, from_ordinal, measure, split};
use super::words::{Word, words};

type Parsed<T> = Result<T, RuleError>;

/// Words that no host is called, so that a forgotten name is noticed.
const RESERVED: [&str; 18] = [
    "from",
    "to",
    "of",
    "with",
    "after",
    "at",
    "until",
    "between",
    "and",
    "once",
    "twice",
    "every",
    "the",
    "all",
    "port",
    "byte",
    "connection",
    "dies",
];

const HOUR: u64 = 3_600_000_000_000;

impl FromStr for Rule {
    type Err = RuleError;

    fn from_str(text: &str) -> Parsed<Self> {
        Parser::of(text).rule()
    }
}

/// What may be said of the frames in a place of a rule.
#[derive(Clone, Copy)]
struct Allowed {
    /// `after`, `until`, `between`.
    when: bool,
    /// `once`.
    times: bool,
    /// `with byte`.
    byte: bool,
}

impl Allowed {
    const ALL: Self = Self { when: true, times: true, byte: true };
    const WHEN: Self = Self { when: true, times: false, byte: false };
    const TIMES: Self = Self { when: false, times: true, byte: false };
    const MARK: Self = Self { when: false, times: false, byte: true };
}

pub(super) struct Parser<'t> {
    text: &'t str,
    words: Vec<Word<'t>>,
    next: usize,
    /// What was looked for at the next word, and not found.
    expected: Vec<Expected>,
}

impl<'t> Parser<'t> {
    pub(super) fn of(text: &'t str) -> Self {
        Self { text, words: words(text), next: 0, expected: Vec::new() }
    }

    /// The rule that all remaining words are.
    pub(super) fn rule(&mut self) -> Parsed<Rule> {
        let start = self.words.get(self.next).map_or(0, |word| word.start);
        let meaning = self.meaning()?;
        self.end()?;
        let text = self.text[start..].trim().to_owned();
        Ok(Rule { text, meaning })
    }

    fn meaning(&mut self) -> Parsed<Meaning> {
        if self.take("drop") {
            let mut meaning = Meaning::of(Act::Drop);
            self.chosen(&mut meaning)?;
            return self.rest(meaning, Allowed::ALL);
        }
        if self.take("delay") {
            let time = self.measure(Expected::Duration, TIMES, (1, HOUR), ("1ns", "60min"))?;
            let mut meaning = Meaning::of(Act::Delay(time));
            self.perhaps_chosen(&mut meaning)?;
            return self.rest(meaning, Allowed::ALL);
        }
        if self.take("duplicate") {
            let mut meaning = Meaning::of(Act::Duplicate);
            self.chosen(&mut meaning)?;
            return self.rest(meaning, Allowed::ALL);
        }
        if self.take("reorder") {
            let first = self.number()?;
            self.demand("and")?;
            let at = self.place();
            let second = self.number()?;
            if second <= first {
                return Err(self.mistake(at, RuleMistake::NotLater));
            }
            let mut meaning = Meaning::of(Act::Reorder(first, second));
            self.mass(&mut meaning)?;
            return self.rest(meaning, Allowed { times: false, ..Allowed::ALL });
        }
        if self.take("corrupt") {
            return self.corrupt();
        }
        if self.take("lose") {
            let whole = (0, 1_000_000);
            let share = self.measure(Expected::Percentage, SHARES, whole, ("0%", "100%"))?;
            let seed = if self.take("seed") { self.any_number()? } else { 1 };
            let millionths = u32::try_from(share).unwrap_or(u32::MAX);
            let mut meaning = Meaning::of(Act::Lose { millionths, seed });
            self.mass(&mut meaning)?;
            return self.rest(meaning, Allowed::ALL);
        }
        if self.take("rate") {
            let range = (1_000, 100_000_000_000);
            let rate = self.measure(Expected::Rate, RATES, range, ("1 kbit/s", "100 Gbit/s"))?;
            let mut meaning = Meaning::of(Act::Rate(rate));
            self.mass(&mut meaning)?;
            return self.rest(meaning, Allowed::WHEN);
        }
        if self.take("reset") {
            return self.reset();
        }
        if self.take("host") {
            let mut meaning = Meaning::of(Act::Die(self.host()?));
            self.demand("dies")?;
            if self.take_start() {
                meaning.start = Some(self.moment()?);
            }
            return Ok(meaning);
        }
        if self.take("partition") {
            return self.partition();
        }
        Err(self.fail())
    }

    /// After `corrupt`.
    fn corrupt(&mut self) -> Parsed<Meaning> {
        self.demand("byte")?;
        let byte = self.number()?;
        let of = match self.followed_by(&["payload", "frame"]) {
            Some("payload") => Origin::Payload,
            _ => Origin::Frame,
        };
        let mut mend = self.take_mend()?;
        let mut meaning = Meaning::of(Act::Corrupt { byte, of, mend });
        self.perhaps_chosen(&mut meaning)?;
        meaning = self.rest(meaning, Allowed::ALL)?;
        // Also where it reads more naturally, at the end.
        if !mend {
            mend = self.take_mend()?;
            meaning.act = Act::Corrupt { byte, of, mend };
        }
        Ok(meaning)
    }

    fn take_mend(&mut self) -> Parsed<bool> {
        if !self.take("and") {
            return Ok(false);
        }
        self.demand("mend")?;
        self.skip("the");
        self.demand("checksum")?;
        Ok(true)
    }

    /// After `reset`.
    fn reset(&mut self) -> Parsed<Meaning> {
        self.demand("after")?;
        if self.peek().is_some_and(|word| word.text.eq_ignore_ascii_case("the")) {
            let at = self.place();
            let mark = self.mark()?;
            if WITHOUT_CONNECTION.contains(&mark.of.kind) {
                return Err(self.mistake(at, RuleMistake::NoStream { kind: mark.of.kind.word() }));
            }
            return Ok(Meaning::of(Act::Reset(Limit::Mark(mark))));
        }
        self.expected.push(Expected::Word("the"));
        let range = (1, 1 << 40);
        let size = self.measure(Expected::Size, SIZES, range, ("1 B", "1048576 MiB"))?;
        let mut meaning = Meaning::of(Act::Reset(Limit::Bytes(size)));
        meaning.selection.kind = FrameKind::Segment;
        self.rest(meaning, Allowed::TIMES)
    }

    /// After `partition`.
    fn partition(&mut self) -> Parsed<Meaning> {
        let one = self.host()?;
        self.demand("from")?;
        let at = self.place();
        let other = self.host()?;
        if one == other {
            return Err(self.mistake(at, RuleMistake::SameHost));
        }
        let mut meaning = Meaning::of(Act::Partition(one, other));
        while self.when(&mut meaning)? {}
        Ok(meaning)
    }

    /// Frames that must be named: `the 2nd SYN`, `every data`, `SYN`.
    fn chosen(&mut self, meaning: &mut Meaning) -> Parsed<()> {
        let all = self.take("all");
        if all || self.take("every") {
            let number = if all { None } else { self.perhaps_ordinal()? };
            meaning.choice = number.map_or(Choice::Every, Choice::EveryNth);
            if self.perhaps_kind(&mut meaning.selection).is_some() {
                return Ok(());
            } else if !all {
                return Err(self.fail());
            }
            return Ok(());
        }
        let the = self.take("the");
        let number = self.perhaps_ordinal()?;
        let at = self.kind(&mut meaning.selection)?;
        if let Some(number) = number {
            meaning.choice = Choice::Nth(number);
            return Ok(());
        }
        let with_byte = self.peek().is_some_and(|word| word.text.eq_ignore_ascii_case("with"));
        let selection = &meaning.selection;
        if the && selection.kind != FrameKind::Data && !with_byte {
            return Err(self.mistake(at, RuleMistake::WhichOne { kind: selection.word() }));
        }
        Ok(())
    }

    /// Frames that need not be named: then it is all of them.
    fn perhaps_chosen(&mut self, meaning: &mut Meaning) -> Parsed<()> {
        if self.is_connection_next() {
            return Ok(());
        }
        let named = self.take("of") || self.take("for");
        let word = self.peek().map(|word| word.text.to_ascii_lowercase());
        let begins = word.is_some_and(|word| {
            matches!(word.as_str(), "the" | "every" | "all")
                || from_ordinal(&word).is_some()
                || kind_of(&word).is_some()
        });
        if named || begins {
            return self.chosen(meaning);
        }
        self.expected.extend([Expected::Word("the"), Expected::Word("every")]);
        Ok(())
    }

    /// Frames in general: `of the data`, `data`, or nothing for all.
    fn mass(&mut self, meaning: &mut Meaning) -> Parsed<()> {
        if self.is_connection_next() {
            return Ok(());
        }
        let named = self.take("of") || self.take("for");
        let named = (self.take_quietly("the") || self.take_quietly("all")) || named;
        match self.perhaps_kind(&mut meaning.selection) {
            None if named => Err(self.fail()),
            _ => Ok(()),
        }
    }

    /// A frame: `the 3rd data from client`.
    fn mark(&mut self) -> Parsed<Mark> {
        self.skip("the");
        let Some(number) = self.perhaps_ordinal()? else { return Err(self.fail()) };
        let mut meaning = Meaning::of(Act::Drop);
        self.kind(&mut meaning.selection)?;
        let meaning = self.rest(meaning, Allowed::MARK)?;
        Ok(Mark { number, of: meaning.selection })
    }

    /// What is said after the frames, in any order.
    fn rest(&mut self, mut meaning: Meaning, allowed: Allowed) -> Parsed<Meaning> {
        loop {
            let at = self.place();
            let selection = &mut meaning.selection;
            let twice = if self.take("from") {
                if self.take("port") {
                    selection.from_port.replace(self.port()?).is_some()
                } else {
                    selection.from.replace(self.host()?).is_some()
                }
            } else if self.take("to") {
                if self.take("port") {
                    selection.to_port.replace(self.port()?).is_some()
                } else {
                    selection.to.replace(self.host()?).is_some()
                }
            } else if allowed.byte && self.take("with") {
                let byte = self.stream_byte(selection.kind)?;
                selection.byte.replace(byte).is_some()
            } else if self.take("of") {
                self.skip("the");
                let Some(number) = self.perhaps_ordinal()? else { return Err(self.fail()) };
                self.demand("connection")?;
                selection.connection.replace(number).is_some()
            } else if allowed.times && self.take("once") {
                meaning.times.replace(1).is_some()
            } else if allowed.times && self.take("twice") {
                meaning.times.replace(2).is_some()
            } else if allowed.times && self.is_number_next() {
                let times = self.number()?;
                self.demand("times")?;
                meaning.times.replace(times).is_some()
            } else if allowed.when && self.when(&mut meaning)? {
                false
            } else {
                return Ok(meaning);
            };
            if twice {
                return Err(self.mistake(at, RuleMistake::Twice));
            }
        }
    }

    /// `after`, `until`, `between`. False if none of them comes next.
    fn when(&mut self, meaning: &mut Meaning) -> Parsed<bool> {
        let at = self.place();
        let twice = if self.take_start() {
            meaning.start.replace(self.moment()?).is_some()
        } else if self.take("until") {
            meaning.end.replace(self.moment()?).is_some()
        } else if self.take("between") {
            let twice = meaning.start.replace(self.moment()?).is_some();
            self.demand("and")?;
            meaning.end.replace(self.moment()?).is_some() || twice
        } else {
            return Ok(false);
        };
        if twice {
            return Err(self.mistake(at, RuleMistake::Twice));
        }
        if let (Some(Moment::Time(start)), Some(Moment::Time(end))) = (&meaning.start, &meaning.end)
            && end <= start
        {
            return Err(self.mistake(at, RuleMistake::EndsFirst));
        }
        Ok(true)
    }

    fn take_start(&mut self) -> bool {
        self.take("after") || self.take("at")
    }

    /// A time, or a frame.
    fn moment(&mut self) -> Parsed<Moment> {
        let first = self.peek().map_or("", |word| word.text);
        if first.eq_ignore_ascii_case("the") || from_ordinal(first).is_some() {
            return Ok(Moment::Mark(self.mark()?));
        }
        self.expected.push(Expected::Word("the"));
        let most = ("0s", "1440min");
        Ok(Moment::Time(self.measure(Expected::Duration, TIMES, (0, 24 * HOUR), most)?))
    }

    /// After `with`.
    fn stream_byte(&mut self, kind: FrameKind) -> Parsed<StreamByte> {
        let at = self.place();
        self.demand("byte")?;
        if !has_stream(kind) {
            return Err(self.mistake(at, RuleMistake::NoStream { kind: kind.word() }));
        }
        let number = self.number()?;
        let of = self.followed_by(&["answer", "request"]).map(|word| match word {
            "request" => Direction::Request,
            _ => Direction::Answer,
        });
        Ok(StreamByte { number, of })
    }

    /// `of the WORD`, taken if it is one of these.
    fn followed_by(&mut self, known: &[&'static str]) -> Option<&'static str> {
        let word = |index: usize| self.words.get(self.next + index).map_or("", |word| word.text);
        if !word(0).eq_ignore_ascii_case("of") {
            return None;
        }
        let the = usize::from(word(1).eq_ignore_ascii_case("the"));
        let found = known.iter().find(|known| known.eq_ignore_ascii_case(word(1 + the)))?;
        self.advance(2 + the);
        Some(found)
    }

    /// True before `of the 2nd connection`.
    fn is_connection_next(&self) -> bool {
        let mut words = self.words[self.next..].iter().map(|word| word.text);
        let is =
            |word: Option<&str>, name: &str| word.is_some_and(|it| it.eq_ignore_ascii_case(name));
        if !is(words.next(), "of") {
            return false;
        }
        let mut second = words.next();
        if is(second, "the") {
            second = words.next();
        }
        second.and_then(from_ordinal).is_some() && is(words.next(), "connection")
    }

    fn is_number_next(&self) -> bool {
        self.peek().is_some_and(|word| word.text.bytes().all(|one| one.is_ascii_digit()))
    }

    /// The word for a kind, and where it stands.
    fn kind(&mut self, selection: &mut Selection) -> Parsed<Range<usize>> {
        self.perhaps_kind(selection).ok_or_else(|| self.fail())
    }

    fn perhaps_kind(&mut self, selection: &mut Selection) -> Option<Range<usize>> {
        let word = self.peek();
        let Some((kind, again)) = word.and_then(|word| kind_of(word.text)) else {
            self.expected.extend(FrameKind::ALL.map(|(_, word)| Expected::Word(word)));
            self.expected.push(Expected::Word(RETRANSMISSION));
            return None;
        };
        self.advance(1);
        (selection.kind, selection.again) = (kind, again);
        word.map(|word| word.range())
    }

    fn perhaps_ordinal(&mut self) -> Parsed<Option<u64>> {
        let Some((number, at)) =
            self.peek().and_then(|word| Some((from_ordinal(word.text)?, word.range())))
        else {
            self.expected.push(Expected::Ordinal);
            return Ok(None);
        };
        if number == 0 {
            return Err(self.mistake(at, OUT_OF_COUNT));
        }
        self.advance(1);
        Ok(Some(number))
    }

    /// A number from 1 on.
    fn number(&mut self) -> Parsed<u64> {
        let at = self.place();
        match self.any_number()? {
            0 => Err(self.mistake(at, OUT_OF_COUNT)),
            number => Ok(number),
        }
    }

    fn any_number(&mut self) -> Parsed<u64> {
        if !self.is_number_next() {
            self.expected.push(Expected::Number);
            return Err(self.fail());
        }
        let at = self.place();
        let number = self.peek().and_then(|word| word.text.parse().ok());
        self.advance(1);
        number.ok_or_else(|| self.mistake(at, OUT_OF_COUNT))
    }

    fn port(&mut self) -> Parsed<u16> {
        let port = self.peek().and_then(|word| word.text.parse().ok()).filter(|port| *port != 0);
        match port {
            Some(_) => self.advance(1),
            None => self.expected.push(Expected::Port),
        }
        port.ok_or_else(|| self.fail())
    }

    fn host(&mut self) -> Parsed<Party> {
        self.skip("the");
        let allowed = |one: char| one.is_ascii_alphanumeric() || "-_.:".contains(one);
        let word = self.peek().map(|word| word.text).filter(|word| {
            let reserved = RESERVED.iter().any(|reserved| reserved.eq_ignore_ascii_case(word));
            !reserved && word.chars().all(allowed)
        });
        match word {
            Some(_) => self.advance(1),
            None => self.expected.push(Expected::Host),
        }
        word.map(Party::of).ok_or_else(|| self.fail())
    }

    /// A number with a unit, in one word or in two.
    fn measure(
        &mut self,
        what: Expected,
        units: &[Unit],
        (least, most): (u64, u64),
        (least_text, most_text): (&'static str, &'static str),
    ) -> Parsed<u64> {
        self.expected.push(what);
        let Some(word) = self.peek() else { return Err(self.fail()) };
        let (number, unit) = split(word.text);
        let mut at = word.range();
        let mut taken = 1;
        let mut unit = unit;
        if unit.is_empty()
            && let Some(second) = self.words.get(self.next + 1)
        {
            unit = second.text;
            taken = 2;
        }
        let Some(value) = measure(number, unit, units) else { return Err(self.fail()) };
        if taken == 2 {
            at.end = self.words[self.next + 1].range().end;
        }
        if !(least..=most).contains(&value) {
            let mistake = RuleMistake::OutOfRange { least: least_text, most: most_text };
            return Err(self.mistake(at, mistake));
        }
        self.advance(taken);
        Ok(value)
    }

    fn peek(&self) -> Option<Word<'t>> {
        self.words.get(self.next).copied()
    }

    fn advance(&mut self, count: usize) {
        self.next += count;
        self.expected.clear();
    }

    /// Takes the next word if it is this one; notes otherwise that it was expected.
    fn take(&mut self, word: &'static str) -> bool {
        let found = self.take_quietly(word);
        // `at` and `for` are understood, `after` and `of` are what one is told.
        if !found && !matches!(word, "at" | "for") {
            self.expected.push(Expected::Word(word));
        }
        found
    }

    fn take_quietly(&mut self, word: &str) -> bool {
        let found = self.peek().is_some_and(|it| it.text.eq_ignore_ascii_case(word));
        if found {
            self.advance(1);
        }
        found
    }

    fn skip(&mut self, word: &str) {
        self.take_quietly(word);
    }

    fn demand(&mut self, word: &'static str) -> Parsed<()> {
        if self.take(word) { Ok(()) } else { Err(self.fail()) }
    }

    pub(super) fn end(&mut self) -> Parsed<()> {
        if self.peek().is_none() {
            return Ok(());
        }
        self.expected.push(Expected::End);
        Err(self.fail())
    }

    /// Where the next word is, or the end.
    fn place(&self) -> Range<usize> {
        let end = self.text.trim_end().len();
        self.peek().map_or(end..end, |word| word.range())
    }

    /// The next word is none of those that were expected.
    pub(super) fn fail(&self) -> RuleError {
        let mut expected: Vec<Expected> = Vec::new();
        for one in &self.expected {
            if !expected.contains(one) {
                expected.push(*one);
            }
        }
        self.mistake(self.place(), RuleMistake::Expected(expected))
    }

    fn mistake(&self, at: Range<usize>, mistake: RuleMistake) -> RuleError {
        RuleError { text: self.text.to_owned(), at, mistake }
    }

    /// For [`Change`](super::Change): takes a word that only changes begin with.
    pub(super) fn take_word(&mut self, word: &'static str) -> bool {
        self.take(word)
    }
}

/// The kind that a word means, and whether only what is sent again is meant.
fn kind_of(word: &str) -> Option<(FrameKind, bool)> {
    let singular = word.strip_suffix(['s', 'S']).unwrap_or(word);
    if singular.eq_ignore_ascii_case(RETRANSMISSION) {
        return Some((FrameKind::Segment, true));
    }
    Some((FrameKind::from_word(word)?, false))
}

const OUT_OF_COUNT: RuleMistake =
    RuleMistake::OutOfRange { least: "1", most: "18446744073709551615" };
