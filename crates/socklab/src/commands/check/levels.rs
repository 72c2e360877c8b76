//! The hints for a case that did not pass, from vague to precise: what fits what the program did,
//! then the part of the program that it is about, the call, and where the model solution does it.

use socklab_say::{Language, Speaker, count, say};
use socklab_scenario::exercise::{CaseReport, Code, Hint, Hints, Template};

use super::advice::advice;
use super::explain::shell_words;
use super::story::{behind, gap_in_the_way};
use super::subject::Subject;
use crate::commands::exercise::Material;
use crate::course::hinted::{self, Hinted, Level};
use crate::course::texts;
use crate::style;

/// What a program did, and the part of it that is to be mended then, if the exercise has a gap of that
/// name. Otherwise it is the part that the case is about.
const PARTS: [(&str, &str); 14] = [
    ("accept-failed", "accept"),
    ("bound-already", "bind"),
    ("connect-failed", "connect"),
    ("connected-elsewhere", "connect"),
    ("connected-swapped", "connect"),
    ("listens-by-kernel", "bind"),
    ("listens-elsewhere", "bind"),
    ("listens-for-six", "bind"),
    ("listens-swapped", "bind"),
    ("never-accepted", "accept"),
    ("never-bound", "bind"),
    ("never-connected", "connect"),
    ("never-listened", "listen"),
    ("wrong-transport", "socket"),
];

/// What helps with an exercise.
#[derive(Clone, Debug, Default)]
pub(crate) struct Help {
    exercise: String,
    /// The hints for gaps.
    pub(crate) hints: Hints,
    /// The model solution in the student's programming language, or else in the first of the
    /// exercise.
    solution: Option<Template>,
    /// The student's programming language, if it is one of the exercise.
    code: Option<Code>,
    /// The options that name the course.
    pub(super) course: Vec<String>,
}

impl Help {
    /// The help with an exercise for a student's program; `course` are the options that name the
    /// course.
    pub(crate) fn with(
        material: &Material,
        exercise: &str,
        subject: &Subject,
        course: &[String],
    ) -> anyhow::Result<Self> {
        let written = subject.file().and_then(Code::of);
        let code = written.filter(|code| material.chosen(exercise, Some(*code)).is_ok());
        let shown = code.map_or_else(|| material.chosen(exercise, None), Ok)?;
        Ok(Self {
            exercise: exercise.to_owned(),
            hints: material.hints(exercise)?,
            // A course under construction may lack it.
            solution: material.template(exercise, shown).ok(),
            code,
            course: course.to_vec(),
        })
    }

    /// The hints for a case that did not pass. The first of them is the one in the report, unless it
    /// is an open gap that is in the way: then the report says what to do there.
    pub(crate) fn levels(&self, done: &CaseReport<'_>, subject: &Subject) -> Hinted {
        if let Some(gap) = gap_in_the_way(done, subject) {
            let levels = self.about(&gap.name, true);
            return Hinted::new(&done.case.name, Some((gap.number, gap.name)), levels);
        }
        let insight = done.insight();
        let of = |language| advice(Speaker::new(language), done, &insight).hints;
        let english = of(Language::ENGLISH);
        let mut levels: Vec<Level> = (0..english.len())
            .map(|at| {
                Level::new(None, |speaker| {
                    of(speaker.language())
                        .into_iter()
                        .nth(at)
                        .unwrap_or_else(|| english[at].clone())
                })
            })
            .collect();
        let did = insight.deed.as_ref().map_or("", |deed| deed.rule);
        let shown = !levels.is_empty();
        if did == "not-compiled" {
            // Nothing ran, so it is not about any part.
            levels.push(Level::new(None, |speaker| say!(speaker, "hint-undo")));
            levels.extend(self.solution(None));
        } else {
            levels.extend(self.part(did, done.case.about.as_deref(), !shown));
        }
        let hinted = Hinted::new(&done.case.name, None, levels);
        if shown { hinted.shown_first() } else { hinted }
    }

    /// The hints for a file that the compiler refused.
    pub(crate) fn unbuilt(&self) -> Hinted {
        let said = |key: &'static str| Level::new(None, move |speaker| say!(speaker, key));
        let mut levels = vec![said("advice-not-compiled"), said("hint-undo")];
        levels.extend(self.solution(None));
        Hinted::new("", None, levels)
    }

    /// The hints about the part of the program that is to be mended; `vague` if the first of them is
    /// not superfluous.
    fn part(&self, did: &str, about: Option<&str>, vague: bool) -> Vec<Level> {
        let own = PARTS.iter().find(|(rule, _)| *rule == did).map(|(_, part)| *part);
        let gaps: Vec<&str> = self.solution.iter().flat_map(Template::gaps).collect();
        match own.filter(|part| gaps.contains(part)).or(about) {
            Some(name) => self.about(name, vague),
            None => self.solution(None).into_iter().collect(),
        }
    }

    /// The hints for a gap, and where the model solution fills it.
    fn about(&self, name: &str, vague: bool) -> Vec<Level> {
        let said = |text: &dyn Fn(&Hint, Speaker) -> String| {
            let hint = self.hints.about(name)?;
            Some(Level::new(Some(name), |speaker| text(hint, speaker)))
        };
        let mut levels = Vec::new();
        if vague {
            levels.extend(said(&|hint, speaker| texts::text(speaker, &hint.vague).to_owned()));
        }
        levels.extend(said(&|hint, speaker| texts::text(speaker, &hint.precise).to_owned()));
        levels.extend(said(&|hint, speaker| match self.code.and_then(|code| hint.call(code)) {
            Some((call, man)) => say!(speaker, "hint-call", call = call, man = man),
            None => say!(speaker, "hint-man", man = &*hint.man),
        }));
        levels.extend(self.solution(Some(name)));
        levels
    }

    /// Where the model solution does it.
    fn solution(&self, name: Option<&str>) -> Option<Level> {
        let solution = self.solution.as_ref()?;
        let gap = name.and_then(|name| solution.gap(name));
        let code = solution.code.name();
        let mut words = vec!["socklab", "exercise", "solution", &self.exercise, "--in", code];
        if let Some(gap) = gap {
            words.extend(["--gap", &gap.name]);
        }
        words.push("--anyway");
        let mut words: Vec<String> = words.into_iter().map(str::to_owned).collect();
        words.extend(self.course.iter().cloned());
        let level = Level::new(name, |speaker| match gap {
            Some(gap) => {
                say!(speaker, "hint-solution-lines", lines = count(gap.body.lines().count()))
            }
            None => say!(speaker, "hint-solution"),
        });
        Some(level.with_command(shell_words(&words)))
    }
}

/// A hint with its number, in lines.
pub(crate) fn hint_lines(
    speaker: Speaker,
    hinted: &Hinted,
    number: usize,
    level: &Level,
) -> Vec<String> {
    let all = hinted.hints.len();
    let label = match (&hinted.gap, &level.about) {
        (Some((gap, name)), _) => {
            say!(speaker, "label-hint-gap", number = number, all = all, gap = *gap, name = &**name)
        }
        (None, Some(name)) => {
            say!(speaker, "label-hint-on", number = number, all = all, name = &**name)
        }
        (None, None) => say!(speaker, "label-hint-level", number = number, all = all),
    };
    let mut lines = behind(&label, level.text(speaker));
    // It stays whole, to be copied.
    let command = level.command.as_ref();
    lines.extend(command.map(|it| format!("  {}", style::paint(style::COMMAND, it))));
    lines
}

/// How to get the next hint, if there is one.
pub(crate) fn next_hint(
    speaker: Speaker,
    exercise: &str,
    hinted: &Hinted,
    course: &[String],
) -> Option<String> {
    // Where nothing can be kept, `socklab hint` would know of none.
    hinted::read(exercise)?;
    let (number, _) = hinted.next()?;
    let label = say!(speaker, "label-hint-next", number = number, all = hinted.hints.len());
    let words = [&["socklab", "hint", exercise].map(str::to_owned)[..], course].concat();
    let command = shell_words(&words);
    let label = style::paint(style::STRONG, label);
    Some(format!("{label} {}", style::paint(style::COMMAND, command)))
}

/// Remembers the hints for what did not pass, if there are any, or forgets those of before.
pub(crate) fn remember(exercise: &str, hints: Option<Hinted>) -> Option<Hinted> {
    match hints {
        Some(hinted) => {
            let hinted = hinted.after(hinted::read(exercise).as_ref());
            hinted::write(exercise, &hinted);
            Some(hinted)
        }
        None => {
            hinted::forget(exercise);
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use socklab_scenario::Course;

    use super::*;

    /// Even if nothing is known of what the program did.
    #[test]
    fn every_case_of_every_exercise_has_three_levels_in_every_language() {
        let course = Course::built_in();
        let material = Material::of(Speaker::ENGLISH, course);
        for exercise in material.all().unwrap() {
            for code in Code::OFFERED {
                let file = format!("{}.{}", exercise.name, code.extension());
                let subject = Subject::Source { code, file: file.into() };
                let help = Help::with(&material, &exercise.name, &subject, &[]).unwrap();
                for case in &exercise.cases {
                    let at = format!("{} {} in {}", exercise.name, case.name, code.name());
                    let about = case.about.as_deref();
                    assert!(about.is_some(), "{at} is about nothing");
                    for vague in [true, false] {
                        let levels = help.part("", about, vague);
                        assert!(levels.len() >= 3, "{at}: {levels:#?}");
                        for language in Language::all() {
                            let speaker = Speaker::new(language);
                            let mut texts: Vec<_> =
                                levels.iter().map(|level| level.text(speaker)).collect();
                            texts.sort_unstable();
                            texts.dedup();
                            assert_eq!(texts.len(), levels.len(), "{at}: twice the same");
                            assert!(texts.iter().all(|text| !text.trim().is_empty()), "{at}");
                        }
                    }
                }
                let template = help.solution.as_ref().unwrap();
                for gap in template.gaps() {
                    assert!(help.about(gap, true).len() >= 4, "{}: {gap}", exercise.name);
                }
                assert_eq!(help.unbuilt().hints.len(), 3);
            }
        }
    }

    #[test]
    fn what_a_program_did_decides_which_part_is_to_be_mended() {
        let material = Material::of(Speaker::ENGLISH, Course::built_in());
        let subject = Subject::Source { code: Code::Python, file: "echo-server.py".into() };
        let help = Help::with(&material, "echo-server", &subject, &[]).unwrap();
        let about = |did| help.part(did, Some("echo"), false)[0].about.clone();
        assert_eq!(about("listens-elsewhere").as_deref(), Some("bind"));
        assert_eq!(about("raised").as_deref(), Some("echo"));
        // An echo server has no gap of that name.
        assert_eq!(about("never-connected").as_deref(), Some("echo"));
    }
}
