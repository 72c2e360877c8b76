//! A summary in words, in the reader's language: what every display of it shows.

mod conversations;

use socklab_event::Errno;
use socklab_say::{Speaker, count, say};

use crate::alike::{Alike, Group};
use crate::calls::merged;
use crate::model::{Caveat, FailedConnect, FrameCount, Listener, Mention, Party, Program, Summary};

/// So many lines are shown at most: who has more needs another view.
const ROWS: usize = 40;

/// With more programs than this, those whose names differ in a number only share a table.
const TABLES: usize = 6;

/// A summary in words.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Told {
    /// How much there is in all.
    pub head: String,
    /// What went wrong.
    pub problems: Vec<Remark>,
    /// The headings of the five figures of each conversation.
    pub columns: [String; 5],
    /// Each conversation, or several that are alike.
    pub conversations: Vec<Line>,
    /// What is said of those that are not shown.
    pub more: Option<String>,
    /// What the figures mean.
    pub meaning: String,
    /// Attempts to connect that failed.
    pub failed: Vec<Remark>,
    /// Who accepted how many.
    pub listeners: Vec<Remark>,
    /// The headings of the six columns of a table of calls.
    pub call_columns: [String; 6],
    /// The calls of each program.
    pub programs: Vec<Table>,
    /// How many packets there were.
    pub packets: Option<String>,
    /// What the figures leave out.
    pub caveats: Vec<String>,
}

/// A sentence, and the event that it is about, by `seq`.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Remark {
    /// The sentence.
    pub text: String,
    /// The event.
    pub seq: Option<u64>,
}

impl From<String> for Remark {
    fn from(text: String) -> Self {
        Self { text, seq: None }
    }
}

/// A conversation, or several that are alike.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Line {
    /// Who with whom.
    pub who: String,
    /// Bytes each way, time, longest gap, round trips.
    pub figures: [String; 5],
    /// What else is to be said.
    pub remarks: Vec<Remark>,
}

/// The calls of a program.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Table {
    /// The program.
    pub name: String,
    /// A row for each call, and one for all of them.
    pub rows: Vec<[String; 6]>,
    /// What else is to be said.
    pub remarks: Vec<String>,
}

/// The arrows of a display, there and back.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Arrows {
    /// From the end that started it.
    pub out: &'static str,
    /// To it.
    pub back: &'static str,
}

impl Arrows {
    /// Arrows of ASCII, or the usual ones.
    pub fn new(ascii: bool) -> Self {
        if ascii { Self { out: "->", back: "<-" } } else { Self { out: "→", back: "←" } }
    }
}

impl Summary {
    /// The summary in words.
    pub fn told(&self, speaker: Speaker, arrows: Arrows) -> Told {
        let alike = Alike::of(self);
        let teller = Teller { speaker, arrows, alike: &alike };
        let groups = alike.conversations();
        let shown: usize = groups.iter().take(ROWS).map(|group| group.members.len()).sum();
        let more = self.conversations.len() - shown;
        let say = |key: &'static str| say!(speaker, key);
        let column = |arrow: &str| say!(speaker, "summary-column-bytes", arrow = arrow);
        let calls: u64 = self.programs.iter().flat_map(|one| &one.calls).map(|one| one.calls).sum();
        let time = socklab_say::duration(self.lasted);
        let head = match calls {
            0 => say("ladder-nothing"),
            calls => say!(speaker, "summary-head", calls = count(calls), time = time),
        };
        Told {
            head: match self.unfiltered {
                true => say!(speaker, "summary-unfiltered", head = head.trim_end_matches('.')),
                false => head,
            },
            problems: self.problems.iter().map(|problem| teller.problem(problem)).collect(),
            columns: [
                column(arrows.out),
                column(arrows.back),
                say("summary-column-time"),
                say("summary-column-gap"),
                say("summary-column-trips"),
            ],
            conversations: groups.iter().take(ROWS).map(|group| teller.line(group)).collect(),
            more: (more > 0).then(|| say!(speaker, "summary-more", n = count(more))),
            meaning: say("summary-round-trips"),
            failed: alike.failed_connects().iter().take(ROWS).map(|it| teller.failed(it)).collect(),
            listeners: self.listeners.iter().take(ROWS).map(|one| teller.listener(one)).collect(),
            call_columns: [
                say("summary-calls-share"),
                say("summary-calls-seconds"),
                say("summary-calls-each"),
                say("summary-calls-number"),
                say("summary-calls-errors"),
                say("summary-calls-name"),
            ],
            programs: teller.programs(&self.programs),
            packets: self.frames.map(|frames| teller.packets("summary-packets", frames)),
            caveats: self.caveats.iter().map(|caveat| teller.caveat(caveat)).collect(),
        }
    }
}

struct Teller<'a, 's> {
    speaker: Speaker,
    arrows: Arrows,
    alike: &'a Alike<'s>,
}

impl Teller<'_, '_> {
    fn problem(&self, problem: &crate::model::Problem) -> Remark {
        let text = match &problem.event {
            None => problem.text.clone(),
            Some(Mention { at, who, call, .. }) => {
                let at = self.speaker.clock(*at);
                let problem = &problem.text;
                match call {
                    Some(call) => say!(
                        self.speaker,
                        "summary-problem-call",
                        problem = problem,
                        who = who,
                        call = call,
                        at = at
                    ),
                    None => {
                        say!(
                            self.speaker,
                            "summary-problem-at",
                            problem = problem,
                            who = who,
                            at = at
                        )
                    }
                }
            }
        };
        Remark { text, seq: problem.event.as_ref().map(|event| event.seq) }
    }

    fn name(&self, party: &Party, several: bool) -> String {
        match (&party.who, several) {
            (Some(who), false) => who.clone(),
            (Some(who), true) => self.alike.shared(who),
            (None, true) if !party.place.is_empty() => party.place.clone(),
            (None, _) => party.address.clone().unwrap_or_else(|| self.unknown()),
        }
    }

    fn unknown(&self) -> String {
        say!(self.speaker, "summary-unknown")
    }

    fn error(&self, error: &crate::model::CallError, times: u64, several: bool) -> Remark {
        let Mention { who, call, seq, .. } = &error.first;
        let who = if several { self.alike.shared(who) } else { who.clone() };
        let (call, n) = (call.clone().unwrap_or_default(), count(times));
        let text =
            say!(self.speaker, "summary-error", n = n, call = call, who = who, error = error.error);
        Remark { text, seq: Some(*seq) }
    }

    fn packets(&self, key: &'static str, frames: FrameCount) -> String {
        let FrameCount { sent, again, lost } = frames;
        say!(self.speaker, key, sent = count(sent), again = count(again), lost = count(lost))
    }

    fn failed(&self, group: &Group<'_, FailedConnect>) -> Remark {
        let (speaker, first) = (self.speaker, group.members[0]);
        let unanswered = || say!(speaker, "summary-unanswered");
        let error = first.error.map_or_else(unanswered, |error: Errno| error.to_string());
        let (at, to, arrow) = (speaker.clock(first.by.at), &first.to, self.arrows.out);
        let text = match group.members.len() {
            1 => {
                let (who, time) = (&first.by.who, socklab_say::duration(first.took));
                say!(
                    speaker,
                    "summary-failed-one",
                    who = who,
                    arrow = arrow,
                    to = to,
                    error = error,
                    time = time,
                    at = at
                )
            }
            n => {
                let (who, n) = (self.alike.shared(&first.by.who), count(n));
                say!(
                    speaker,
                    "summary-failed-several",
                    who = who,
                    arrow = arrow,
                    to = to,
                    error = error,
                    n = n,
                    at = at
                )
            }
        };
        Remark { text, seq: Some(first.by.seq) }
    }

    fn listener(&self, listener: &Listener) -> Remark {
        let speaker = self.speaker;
        let figure = |key: &'static str, n: u64| say!(speaker, key, n = count(n));
        let backlog = listener.backlog;
        let backlog = backlog.map(|backlog| say!(speaker, "summary-listener-backlog", n = backlog));
        let mut figures: Vec<String> = backlog.into_iter().collect();
        figures.push(figure("summary-listener-accepted", listener.accepted));
        let more = [
            ("summary-listener-never", listener.never_accepted),
            ("summary-listener-refused", listener.refused),
        ];
        figures.extend(more.into_iter().filter(|(_, n)| *n > 0).map(|(key, n)| figure(key, n)));
        let waiting = match listener.others {
            true => "summary-listener-waiting-known",
            false => "summary-listener-waiting",
        };
        if !listener.others || listener.most_waiting > 0 {
            figures.push(figure(waiting, listener.most_waiting));
        }
        let address = listener.address.clone().unwrap_or_else(|| self.unknown());
        let (who, figures) = (&listener.who, figures.join(", "));
        say!(speaker, "summary-listener", who = who, address = address, figures = figures).into()
    }

    fn programs(&self, programs: &[Program]) -> Vec<Table> {
        let merged = match programs.len() > TABLES {
            true => merged(programs, |name| self.alike.shared(name)),
            false => programs.to_vec(),
        };
        merged.iter().map(|program| self.table(program)).collect()
    }

    fn table(&self, program: &Program) -> Table {
        let speaker = self.speaker;
        let total = program.calls.iter().fold(0_u64, |sum, one| sum.saturating_add(one.time));
        let share = |time: u64| {
            // strace -c rounds in the same way.
            let hundredths = u128::from(time) * 10_000 + u128::from(total / 2);
            let share = hundredths.checked_div(u128::from(total)).unwrap_or(0);
            speaker.hundredths(u64::try_from(share).unwrap_or(u64::MAX))
        };
        let row = |time: u64, calls: u64, errors: u64, name: String| {
            let each = time.checked_div(calls).unwrap_or(0) / 1_000;
            let errors = if errors > 0 { speaker.number(errors) } else { String::new() };
            let (each, calls) = (speaker.number(each), speaker.number(calls));
            [share(time), speaker.seconds(time), each, calls, errors, name]
        };
        let mut rows: Vec<_> = program
            .calls
            .iter()
            .map(|one| row(one.time, one.calls, one.errors, socklab_say::clean(one.name.as_str())))
            .collect();
        let (calls, errors) = program
            .calls
            .iter()
            .fold((0, 0), |(calls, errors), one| (calls + one.calls, errors + one.errors));
        rows.push(row(total, calls, errors, say!(speaker, "summary-calls-total")));
        let unfinished = program.calls.iter().filter(|one| one.unfinished > 0).map(|one| {
            let call = socklab_say::clean(one.name.as_str());
            say!(speaker, "summary-unfinished", n = count(one.unfinished), call = call)
        });
        let n = count(program.processes.len());
        Table {
            name: say!(speaker, "summary-processes", n = n, name = program.name),
            rows,
            remarks: unfinished.collect(),
        }
    }

    fn caveat(&self, caveat: &Caveat) -> String {
        let speaker = self.speaker;
        match caveat {
            Caveat::Counted { who, call, count: n, bytes } => say!(
                speaker,
                "summary-counted",
                who = who,
                call = call,
                n = count(*n),
                bytes = count(*bytes)
            ),
            Caveat::RepeatsCounted => say!(speaker, "summary-repeats"),
            Caveat::EventsLost { count: n } => say!(speaker, "summary-lost", n = count(*n)),
            Caveat::FramesLost { count: n } => say!(speaker, "tap-frames-lost", n = count(*n)),
            Caveat::Attached { who } => say!(speaker, "ladder-attached", who = who),
            Caveat::IoUring { who, sure: true } => say!(speaker, "ladder-io-uring", who = who),
            Caveat::IoUring { who, .. } => say!(speaker, "ladder-io-uring-unsure", who = who),
            Caveat::NotRecorded { who } => say!(speaker, "summary-not-recorded", who = who),
            Caveat::EndMissing => say!(speaker, "ladder-end-missing"),
        }
    }
}
