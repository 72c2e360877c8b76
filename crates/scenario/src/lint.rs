//! What `course check` looks for beyond what the loader refuses.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::course::{Course, LANGUAGES};
use crate::format::{Case, Exercise, LoadError, Op, Question, Scenario, Verb};

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
    /// Reads everything and reports every mistake, not only the first.
    pub fn lint(&self) -> Linted {
        let mut linted = Linted::default();
        for folder in self.folders("questions") {
            match self.question(&folder) {
                Ok(question) => {
                    self.lint_question(&folder, &question, &mut linted.mistakes);
                    linted.questions.push(question);
                }
                Err(error) => linted.mistakes.push(error),
            }
        }
        for folder in self.folders("exercises") {
            match self.exercise(&folder) {
                Ok(exercise) => {
                    self.lint_exercise(&folder, &exercise, &mut linted.mistakes);
                    linted.exercises.push(exercise);
                }
                Err(error) => linted.mistakes.push(error),
            }
        }
        self.lint_names(&linted.questions, &mut linted.mistakes);
        linted
    }

    fn lint_names(&self, questions: &[Question], mistakes: &mut Vec<LoadError>) {
        let mut numbers: BTreeMap<u32, &str> = BTreeMap::new();
        let mut names: BTreeMap<&str, u32> = BTreeMap::new();
        for question in questions {
            let file = self.file_of("questions", &folder_of(question), "question.toml");
            if let Some(other) = numbers.insert(question.number, &question.name) {
                let message = format!("number {} is {other}'s too", question.number);
                mistakes.push(LoadError::whole(&file, message));
            }
            if let Some(other) = names.insert(&question.name, question.number) {
                let message = format!("question {other} has the same name");
                mistakes.push(LoadError::whole(&file, message));
            }
        }
    }

    fn lint_question(&self, folder: &str, question: &Question, mistakes: &mut Vec<LoadError>) {
        let toml = self.file_of("questions", folder, "question.toml");
        let mut wrong = |message: String| mistakes.push(LoadError::whole(&toml, message));
        if question.choices.len() < 3 {
            wrong(format!("{} choices: fewer than 3 teach little", question.choices.len()));
        }
        if question.outcomes.is_empty() {
            wrong("no outcome: nothing would ever be the right answer".to_owned());
        }
        for choice in &question.choices {
            if choice.text.en.trim().is_empty() || choice.text.es.trim().is_empty() {
                wrong(format!("the choice `{}` has no text in one of the languages", choice.id));
            }
        }
        if question.outcomes.iter().any(|outcome| outcome.when.is_empty()) {
            wrong("an outcome without evidence: it would be claimed without being seen".to_owned());
        }
        if question.by_hand.is_empty() {
            wrong("no [[by_hand]]: how does one see it without socklab?".to_owned());
        }
        for message in unused(&question.scenario) {
            wrong(message);
        }
        for language in LANGUAGES {
            let file = self.file_of("questions", folder, &format!("{language}.md"));
            lint_prose(question, language, &file, mistakes);
        }
    }

    fn lint_exercise(&self, folder: &str, exercise: &Exercise, mistakes: &mut Vec<LoadError>) {
        let toml = self.file_of("exercises", folder, "exercise.toml");
        let below = Path::new("exercises").join(folder);
        let mut wrong = |message: String| mistakes.push(LoadError::whole(&toml, message));
        for solution in SOLUTIONS {
            if self.file(below.join(solution)).is_none() {
                wrong(format!("{solution} is missing"));
            }
        }
        for bug in &exercise.bugs {
            if self.file(below.join("bugs").join(&bug.file)).is_none() {
                wrong(format!("bugs/{} is missing", bug.file));
            }
            if bug.fails.is_empty() {
                wrong(format!("bugs/{} fails no case: then it is no bug", bug.file));
            }
        }
        for case in &exercise.cases {
            let texts = [Some(&case.title), case.hint.as_ref()];
            let steps = case.scenario.steps.iter().map(|step| step.hint.as_ref());
            for text in texts.into_iter().chain(steps).flatten() {
                if text.en.trim().is_empty() || text.es.trim().is_empty() {
                    wrong(format!("case `{}`: a text is empty in one of the languages", case.name));
                }
            }
            let named = case.scenario.steps.iter().any(|step| step.name.is_some());
            if case.expects.is_empty() && !named && case.scenario.steps.is_empty() {
                wrong(format!("case `{}` checks nothing", case.name));
            }
        }
        // Actors and peers are shared by all cases, and few cases need all of them.
        let idle =
            |case: &Case| -> BTreeSet<String> { unused(&case.scenario).into_iter().collect() };
        let everywhere = exercise.cases.iter().map(idle).reduce(|all, here| &all & &here);
        for message in everywhere.unwrap_or_default() {
            wrong(message);
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
    let mut wrong = |message: String| mistakes.push(LoadError::whole(file, message));
    let known = |key: &str| key == "next" || question.outcomes.iter().any(|o| o.explain == key);
    for key in prose.sections.keys().filter(|key| !known(key)) {
        wrong(format!("no outcome explains itself by the section `{key}`"));
    }
    if prose.sections.get("next").is_none_or(|text| text.is_empty()) {
        wrong("the section `next` is missing: what to try now".to_owned());
    }
    for outcome in &question.outcomes {
        let Some(text) = prose.sections.get(&outcome.explain).filter(|text| !text.is_empty())
        else {
            wrong(format!("the section `{}` is missing", outcome.explain));
            continue;
        };
        for (name, word) in citations(text) {
            if !outcome.when.iter().any(|wanted| wanted.name() == name) {
                wrong(format!(
                    "`{}` cites {{{name}.{word}}}, and has no evidence `{name}`",
                    outcome.explain
                ));
            } else if !CITABLE.contains(&word) {
                wrong(format!("{{{name}.{word}}}: what can be cited is {}", CITABLE.join(", ")));
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
fn unused(scenario: &Scenario) -> Vec<String> {
    let does = |name: &str| {
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
    all.filter(|name| !does(name)).map(|name| format!("`{name}` never does anything")).collect()
}
