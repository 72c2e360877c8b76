//! From the files as written to the model: names that do not exist, steps that do two things and
//! the like are refused here, with their place in the file.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use toml::Spanned;

use super::error::LoadError;
use super::model::{
    Actor, Bug, ByHand, Case, Choice, Exercise, Outcome, Prose, Question, Run, Scenario,
};
use super::raw::{RawActor, RawCase, RawExercise, RawExpect, RawPeer, RawQuestion, RawStep};
use super::sentence::{Sentence, say};
use super::step;
use super::wanted::{Mistake, Wanted};
use crate::Variables;
use crate::variables::HOST;

/// The version of the format this program reads.
pub const FORMAT_VERSION: u32 = 1;
/// The words of `topic`.
const TOPICS: [&str; 5] = ["tcp", "udp", "http", "names", "ntp"];
/// The port of a scenario that names none: the course's own.
const PORT: u16 = 12000;
/// How long a scenario may take that says nothing about it.
const DEADLINE_MS: u64 = 15_000;

/// A file that is being read.
pub(super) struct Reader<'a> {
    pub(super) file: &'a Path,
    pub(super) text: &'a str,
}

/// Who can be named in a scenario.
#[derive(Clone, Debug, Default)]
pub(super) struct Cast {
    pub(super) actors: Vec<String>,
    pub(super) peers: Vec<String>,
    /// The actors whose whole input is given.
    pub(super) with_stdin: Vec<String>,
}

type Result<T> = std::result::Result<T, LoadError>;

impl Reader<'_> {
    pub(super) fn wrong<T>(&self, span: std::ops::Range<usize>, what: Sentence) -> Result<T> {
        Err(LoadError::at(self.file, self.text, span, what))
    }

    pub(super) fn mistake<T>(
        &self,
        (span, what): Mistake,
        whole: std::ops::Range<usize>,
    ) -> Result<T> {
        self.wrong(span.unwrap_or(whole), what)
    }

    fn read<T: DeserializeOwned>(&self) -> Result<T> {
        toml::from_str(self.text).map_err(|error| LoadError::toml(self.file, self.text, &error))
    }

    fn version(&self, version: &Spanned<u32>) -> Result<()> {
        if *version.get_ref() == FORMAT_VERSION {
            return Ok(());
        }
        let what = say!("version", found = *version.get_ref(), known = FORMAT_VERSION);
        self.wrong(version.span(), what)
    }

    /// What it is about: some of the words that questions and exercises are sorted by.
    fn topic(&self, topic: Option<Spanned<String>>) -> Result<String> {
        let Some(topic) = topic else { return Ok(String::new()) };
        if let Some(found) = topic.get_ref().split(' ').find(|word| !TOPICS.contains(word)) {
            let what = say!("unknown-topic", found = found, known = TOPICS.join(", "));
            return self.wrong(topic.span(), what);
        }
        Ok(topic.into_inner())
    }

    pub(super) fn member(&self, cast: &Cast, name: &Spanned<String>) -> Result<String> {
        let everybody: Vec<&str> = cast.everybody().collect();
        self.known(name, &everybody, say!("nobody"))
    }

    pub(super) fn known(
        &self,
        name: &Spanned<String>,
        known: &[&str],
        nobody: Sentence,
    ) -> Result<String> {
        if known.contains(&name.get_ref().as_str()) {
            return Ok(name.get_ref().clone());
        }
        self.wrong(name.span(), unknown(name.get_ref(), known, nobody))
    }

    fn cast(&self, actors: &[RawActor], peers: &[RawPeer]) -> Result<Cast> {
        let given = actors.iter().filter(|actor| actor.stdin.is_some());
        let with_stdin = given.map(|actor| actor.name.get_ref().clone()).collect();
        let mut cast = Cast { with_stdin, ..Cast::default() };
        for name in
            actors.iter().map(|actor| &actor.name).chain(peers.iter().map(|peer| &peer.name))
        {
            let good = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
            if name.get_ref().is_empty() || !name.get_ref().chars().all(good) {
                return self.wrong(name.span(), say!("name-letters"));
            }
            if cast.everybody().any(|known| known == name.get_ref()) {
                return self.wrong(name.span(), say!("twice", name = name.get_ref()));
            }
            match actors.iter().any(|actor| actor.name.span() == name.span()) {
                true => cast.actors.push(name.get_ref().clone()),
                false => cast.peers.push(name.get_ref().clone()),
            }
        }
        Ok(cast)
    }

    fn actors(&self, raw: Vec<RawActor>, submission_allowed: bool) -> Result<Vec<Actor>> {
        raw.into_iter()
            .map(|actor| {
                let run = match (actor.run, actor.submission) {
                    (Some(words), false) if !words.is_empty() => Run::Command(words),
                    (None, true) if submission_allowed => Run::Submission,
                    (None, true) => {
                        return self.wrong(actor.name.span(), say!("submission"));
                    }
                    _ => {
                        return self.wrong(actor.name.span(), say!("run-or-submission"));
                    }
                };
                let name = actor.name.into_inner();
                Ok(Actor { name, run, stdin: actor.stdin, env: actor.env })
            })
            .collect()
    }

    fn steps(&self, raw: Vec<Spanned<RawStep>>, cast: &Cast) -> Result<Vec<super::model::Step>> {
        raw.into_iter().map(|raw| step::step(self, raw, cast)).collect()
    }

    fn expects(
        &self,
        raw: Vec<Spanned<RawExpect>>,
        cast: &Cast,
        steps: &[super::model::Step],
        port: u16,
    ) -> Result<Vec<Wanted>> {
        let mut names: Vec<String> = steps.iter().filter_map(|step| step.name.clone()).collect();
        let mut wanted: Vec<Wanted> = Vec::new();
        for (index, raw) in raw.into_iter().enumerate() {
            let whole = raw.span();
            let raw = raw.into_inner();
            for name in [&raw.actor, &raw.peer].into_iter().flatten() {
                self.member(cast, name)?;
            }
            let name = match &raw.name {
                Some(name) => name.get_ref().clone(),
                None => format!("expect-{}", index + 1),
            };
            let span = raw.name.as_ref().map_or(whole.clone(), Spanned::span);
            if names.contains(&name) {
                return self.wrong(span, say!("twice", name = name));
            }
            // Only what stands above can be referred to: no circles, and evidence in reading order.
            let above: Vec<&str> = names.iter().map(String::as_str).collect();
            for word in &raw.depends_on {
                self.known(word, &above, say!("nothing-above"))?;
            }
            // A step has no event of its own that something could come before or after.
            let above: Vec<&str> = wanted.iter().map(Wanted::name).collect();
            if let Some(word) = &raw.same_socket {
                self.known(word, &above, say!("no-expectation-above"))?;
            }
            for word in raw.after.0.iter().chain(&raw.before.0) {
                if !above.contains(&word.as_str()) {
                    let what = unknown(word, &above, say!("no-expectation-above"));
                    return self.wrong(whole, what);
                }
            }
            let one = Wanted { raw, name: name.clone() };
            one.check(&Variables::sample(port)).or_else(|mistake| self.mistake(mistake, whole))?;
            names.push(name);
            wanted.push(one);
        }
        Ok(wanted)
    }
}

/// What to say of a name that is not known.
fn unknown(name: &str, known: &[&str], nobody: Sentence) -> Sentence {
    match known {
        [] => say!("unknown-name-none", nobody = nobody, name = name),
        _ => say!("unknown-name", nobody = nobody, name = name, known = known.join(", ")),
    }
}

impl Cast {
    pub(super) fn everybody(&self) -> impl Iterator<Item = &str> {
        self.actors.iter().chain(&self.peers).map(String::as_str)
    }
}

/// Reads a question's TOML; `folder` is its folder's name, `NN-name`.
pub(crate) fn question(
    file: &Path,
    text: &str,
    folder: &str,
    prose: BTreeMap<String, Prose>,
) -> Result<Question> {
    let reader = Reader { file, text };
    let raw: RawQuestion = reader.read()?;
    reader.version(&raw.format_version)?;
    let Some((number, name)) = folder
        .split_once('-')
        .and_then(|(number, name)| Some((number.parse::<u32>().ok()?, name)))
        .filter(|(_, name)| !name.is_empty())
    else {
        return Err(LoadError::whole(file, say!("folder-name", folder = folder)));
    };
    let cast = reader.cast(&raw.actors, &raw.peers)?;
    let port = raw.port.unwrap_or(PORT);
    let scenario = Scenario {
        host: raw.host.unwrap_or(HOST.to_owned()),
        names: Vec::new(),
        port,
        port_free: raw.port_free,
        deadline_ms: raw.deadline_ms.unwrap_or(DEADLINE_MS),
        files: raw.files,
        actors: reader.actors(raw.actors, false)?,
        peers: cast.peers.clone(),
        steps: reader.steps(raw.steps, &cast)?,
    };
    let ids: Vec<&str> = raw.choices.iter().map(|choice| choice.id.get_ref().as_str()).collect();
    for choice in &raw.choices {
        if ids.iter().filter(|id| *id == choice.id.get_ref()).count() > 1 {
            let what = say!("twice", name = choice.id.get_ref());
            return reader.wrong(choice.id.span(), what);
        }
    }
    let mut outcomes = Vec::new();
    for outcome in raw.outcomes {
        let answer = reader.known(&outcome.answer, &ids, say!("no-choice"))?;
        let when = reader.expects(outcome.when, &cast, &scenario.steps, port)?;
        let names: Vec<&str> = when.iter().map(Wanted::name).collect();
        let decisive = match outcome.decisive {
            None => names.iter().map(ToString::to_string).collect(),
            Some(words) => {
                let known =
                    words.iter().map(|word| reader.known(word, &names, say!("no-evidence")));
                known.collect::<Result<_>>()?
            }
        };
        let explain = outcome.explain.map_or_else(|| answer.clone(), Spanned::into_inner);
        outcomes.push(Outcome { answer, explain, decisive, when });
    }
    let choices = raw.choices.into_iter().map(|choice| Choice {
        id: choice.id.into_inner(),
        text: socklab_judge::Texts { en: choice.en, es: choice.es },
    });
    let by_hand = raw.by_hand.into_iter().map(|line| ByHand {
        terminal: line.terminal,
        command: line.command,
        note: line.note,
    });
    Ok(Question {
        number,
        name: name.to_owned(),
        topic: reader.topic(raw.topic)?,
        scenario,
        choices: choices.collect(),
        outcomes,
        by_hand: by_hand.collect(),
        prose,
    })
}

/// Reads an exercise's TOML; `folder` is its folder's name.
pub(crate) fn exercise(
    file: &Path,
    text: &str,
    folder: &str,
    prose: BTreeMap<String, Prose>,
) -> Result<Exercise> {
    let reader = Reader { file, text };
    let raw: RawExercise = reader.read()?;
    reader.version(&raw.format_version)?;
    let mut names: Vec<String> = Vec::new();
    if raw.cases.is_empty() {
        return reader.wrong(raw.format_version.span(), say!("no-cases"));
    }
    let mut cases = Vec::new();
    for case in raw.cases {
        if names.contains(case.name.get_ref()) {
            let what = say!("twice", name = case.name.get_ref());
            return reader.wrong(case.name.span(), what);
        }
        let above: Vec<&str> = names.iter().map(String::as_str).collect();
        for word in &case.depends_on {
            reader.known(word, &above, say!("no-case-above"))?;
        }
        names.push(case.name.get_ref().clone());
        let defaults = Defaults {
            host: raw.host.as_deref().unwrap_or(HOST),
            names: &raw.names,
            port: raw.port.unwrap_or(PORT),
            port_free: raw.port_free,
            deadline_ms: raw.deadline_ms.unwrap_or(DEADLINE_MS),
            files: &raw.files,
            actors: &raw.actors,
            peers: &raw.peers,
        };
        cases.push(reader.case(case, &defaults)?);
    }
    let known: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut bugs = Vec::new();
    for bug in raw.bugs {
        let fails = bug.fails.iter().map(|word| reader.known(word, &known, say!("no-case")));
        let fails = fails.collect::<Result<_>>()?;
        bugs.push(Bug { file: bug.file.into_inner(), fails });
    }
    Ok(Exercise {
        name: folder.to_owned(),
        topic: reader.topic(raw.topic)?,
        arguments: raw.arguments.into_map(),
        cases,
        bugs,
        prose,
    })
}

/// What the cases of an exercise share.
struct Defaults<'a> {
    host: &'a str,
    names: &'a [String],
    port: u16,
    port_free: bool,
    deadline_ms: u64,
    files: &'a BTreeMap<String, String>,
    actors: &'a [RawActor],
    peers: &'a [RawPeer],
}

impl Reader<'_> {
    fn case(&self, case: RawCase, defaults: &Defaults<'_>) -> Result<Case> {
        // A case's own actor replaces the exercise's of the same name.
        let own = |name: &str| case.actors.iter().any(|actor| actor.name.get_ref() == name);
        let shared = defaults.actors.iter().filter(|actor| !own(actor.name.get_ref())).cloned();
        let actors: Vec<RawActor> = shared.chain(case.actors.clone()).collect();
        let peers: Vec<RawPeer> = defaults.peers.iter().cloned().chain(case.peers).collect();
        let cast = self.cast(&actors, &peers)?;
        let port = case.port.unwrap_or(defaults.port);
        let mut files = defaults.files.clone();
        files.extend(case.files);
        let steps = self.steps(case.steps, &cast)?;
        let expects = self.expects(case.expects, &cast, &steps, port)?;
        Ok(Case {
            name: case.name.into_inner(),
            title: case.title,
            points: case.points.unwrap_or(1),
            hint: case.hint,
            robust: case.robust,
            depends_on: case.depends_on.into_iter().map(Spanned::into_inner).collect(),
            scenario: Scenario {
                host: case.host.unwrap_or(defaults.host.to_owned()),
                names: defaults.names.to_vec(),
                port,
                port_free: defaults.port_free,
                deadline_ms: case.deadline_ms.unwrap_or(defaults.deadline_ms),
                files,
                actors: self.actors(actors, true)?,
                peers: cast.peers,
                steps,
            },
            expects,
        })
    }
}

/// Where a question's or exercise's TOML is, below the course folder.
pub(crate) fn toml_path(kind: &str, folder: &str) -> PathBuf {
    let file = if kind == "questions" { "question.toml" } else { "exercise.toml" };
    Path::new(kind).join(folder).join(file)
}
