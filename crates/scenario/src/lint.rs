//! What `course check` looks for beyond what the loader refuses.

mod written;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::course::{Course, LANGUAGES};
use crate::format::{Case, Exercise, LoadError, Op, Question, Scenario, Sentence, Verb, say};

/// The words an explanation can cite of a piece of evidence.
const CITABLE: [&str; 22] = [
    "call",
    "result",
    "error",
    "took",
    "bytes",
    "length",
    "fd",
    "local",
    "peer",
    "address",
    "port",
    "who",
    "count",
    "all-took",
    "total",
    "since",
    "state",
    "receive-queue",
    "send-queue",
    "exit",
    "output",
    "signal",
];

/// The languages an exercise needs a solution in.
const SOLUTIONS: [&str; 3] = ["solution.py", "solution.rs", "solution.c"];

/// Everything that could be read, and every mistake.
#[derive(Debug, Default)]
pub struct Linted {
    /// The questions that could be read.
    pub questions: Vec<Question>,
    /// The exercises that could be read.
    pub exercises: Vec<Exercise>,
    /// The mistakes, by file.
    pub mistakes: Vec<LoadError>,
}

impl Course {
    /// Reads everything and reports every mistake, not only the first. `programs` are those that
    /// the course has.
    pub fn lint(&self, programs: &[&str]) -> Linted {
        let mut linted = Linted::default();
        for folder in self.folders("questions") {
            match self.question(&folder) {
                Ok(question) => {
                    self.lint_question(&folder, &question, &mut linted.mistakes);
                    self.lint_programs("questions", &folder, programs, &mut linted.mistakes);
                    linted.questions.push(question);
                }
                Err(error) => linted.mistakes.push(error),
            }
        }
        for folder in self.folders("exercises") {
            match self.exercise(&folder) {
                Ok(exercise) => {
                    self.lint_exercise(&folder, &exercise, &mut linted.mistakes);
                    self.lint_programs("exercises", &folder, programs, &mut linted.mistakes);
                    linted.exercises.push(exercise);
                }
                Err(error) => linted.mistakes.push(error),
            }
        }
        self.lint_gaps(&mut linted.mistakes);
        self.lint_names(&linted.questions, &mut linted.mistakes);
        linted
    }

    fn lint_names(&self, questions: &[Question], mistakes: &mut Vec<LoadError>) {
        let mut numbers: BTreeMap<u32, &str> = BTreeMap::new();
        let mut names: BTreeMap<&str, u32> = BTreeMap::new();
        for question in questions {
            let file = self.file_of("questions", &folder_of(question), "question.toml");
            if let Some(other) = numbers.insert(question.number, &question.name) {
                let what = say!("number-taken", number = question.number, other = other);
                mistakes.push(LoadError::whole(&file, what));
            }
            if let Some(other) = names.insert(&question.name, question.number) {
                mistakes.push(LoadError::whole(&file, say!("name-taken", other = other)));
            }
        }
    }

    fn lint_question(&self, folder: &str, question: &Question, mistakes: &mut Vec<LoadError>) {
        let toml = self.file_of("questions", folder, "question.toml");
        let mut wrong = |what: Sentence| mistakes.push(LoadError::whole(&toml, what));
        if question.choices.len() < 3 {
            wrong(say!("few-choices", count = question.choices.len()));
        }
        if question.outcomes.is_empty() {
            wrong(say!("no-outcome"));
        }
        for choice in &question.choices {
            if choice.text.en.trim().is_empty() || choice.text.es.trim().is_empty() {
                wrong(say!("choice-no-text", id = &choice.id));
            }
        }
        if question.outcomes.iter().any(|outcome| outcome.when.is_empty()) {
            wrong(say!("outcome-no-evidence"));
        }
        if question.by_hand.is_empty() {
            wrong(say!("no-by-hand"));
        }
        for name in unused(&question.scenario) {
            wrong(say!("idle", name = name));
        }
        for language in LANGUAGES {
            let file = self.file_of("questions", folder, &format!("{language}.md"));
            lint_prose(question, language, &file, mistakes);
        }
    }

    fn lint_exercise(&self, folder: &str, exercise: &Exercise, mistakes: &mut Vec<LoadError>) {
        let toml = self.file_of("exercises", folder, "exercise.toml");
        let below = Path::new("exercises").join(folder);
        let mut wrong = |what: Sentence| mistakes.push(LoadError::whole(&toml, what));
        for solution in SOLUTIONS {
            if self.file(below.join(solution)).is_none() {
                wrong(say!("file-missing", file = solution));
            }
        }
        for bug in &exercise.bugs {
            if self.file(below.join("bugs").join(&bug.file)).is_none() {
                wrong(say!("file-missing", file = format!("bugs/{}", bug.file)));
            }
            if bug.fails.is_empty() {
                wrong(say!("bug-fails", file = format!("bugs/{}", bug.file)));
            }
        }
        for case in &exercise.cases {
            let texts = [Some(&case.title), case.hint.as_ref()];
            let steps = case.scenario.steps.iter().map(|step| step.hint.as_ref());
            for text in texts.into_iter().chain(steps).flatten() {
                if text.en.trim().is_empty() || text.es.trim().is_empty() {
                    wrong(say!("text-empty", case = &case.name));
                }
            }
            let named = case.scenario.steps.iter().any(|step| step.name.is_some());
            if case.expects.is_empty() && !named && case.scenario.steps.is_empty() {
                wrong(say!("case-empty", case = &case.name));
            }
        }
        // Actors and peers are shared by all cases, and few cases need all of them.
        let idle = |case: &Case| -> BTreeSet<String> {
            unused(&case.scenario).map(str::to_owned).collect()
        };
        let everywhere = exercise.cases.iter().map(idle).reduce(|all, here| &all & &here);
        for name in everywhere.unwrap_or_default() {
            wrong(say!("idle", name = name));
        }
    }

    fn file_of(&self, kind: &str, folder: &str, name: &str) -> PathBuf {
        self.shown(&Path::new(kind).join(folder).join(name))
    }
}

fn folder_of(question: &Question) -> String {
    format!("{:02}-{}", question.number, question.name)
}

fn lint_prose(question: &Question, language: &str, file: &Path, mistakes: &mut Vec<LoadError>) {
    let Some(prose) = question.prose.get(language) else { return };
    let mut wrong = |what: Sentence| mistakes.push(LoadError::whole(file, what));
    let known = |key: &str| key == "next" || question.outcomes.iter().any(|o| o.explain == key);
    for key in prose.sections.keys().filter(|key| !known(key)) {
        wrong(say!("section-unknown", key = key));
    }
    if prose.sections.get("next").is_none_or(|text| text.is_empty()) {
        wrong(say!("section-next"));
    }
    for outcome in &question.outcomes {
        let Some(text) = prose.sections.get(&outcome.explain).filter(|text| !text.is_empty())
        else {
            wrong(say!("section-missing", key = &outcome.explain));
            continue;
        };
        for (name, word) in citations(text) {
            if !outcome.when.iter().any(|wanted| wanted.name() == name) {
                let key = &outcome.explain;
                wrong(say!("cites-nobody", key = key, name = name, word = word));
            } else if !CITABLE.contains(&word) {
                let known = CITABLE.join(", ");
                wrong(say!("cites-word", name = name, word = word, known = known));
            }
        }
    }
}

/// Every `{NAME.WORD}` of a text.
fn citations(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let inner = text.split('{').skip(1).filter_map(|rest| rest.split_once('}'));
    let good = |part: &str| {
        !part.is_empty()
            && part.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
    };
    inner
        .filter_map(|(inner, _)| inner.split_once('.'))
        .filter(move |(name, word)| good(name) && good(word))
}

/// Actors and peers that never do anything.
fn unused(scenario: &Scenario) -> impl Iterator<Item = &str> {
    let does = move |name: &str| {
        scenario.steps.iter().any(|step| match &step.verb {
            Verb::Start { actor, .. } => actor == name,
            Verb::Peer { peer, ops } => {
                peer == name || ops.iter().any(|op| Op::target(op) == Some(name))
            }
            _ => false,
        })
    };
    let actors = scenario.actors.iter().map(|actor| actor.name.as_str());
    let all = actors.chain(scenario.peers.iter().map(String::as_str));
    all.filter(move |name| !does(name))
}
