//! The exercises of the course, built in or from a local folder `course`.

use anyhow::{Context, Result};
use programs::PROGRAMS;
use socklab_say::{Language, Speaker, say};
use socklab_scenario::exercise::{Code, Comments, Exhibit, Gap, Hints, Template};
use socklab_scenario::format::{Exercise, Item};
use socklab_scenario::{Course, ItemKind, Source};

use crate::cli::WhichCourse;
use crate::course;
use crate::course::texts;
use crate::exit_reason::ExitReason;
use crate::failure::Failure;

/// Reads exercises in the user's language.
#[derive(Debug, Default)]
pub(crate) struct Material {
    speaker: Speaker,
    course: Course,
}

impl Material {
    pub(crate) fn load(speaker: Speaker, which: &WhichCourse) -> Result<Self> {
        Ok(Self { speaker, course: course::load(speaker, which)? })
    }

    /// The course they belong to.
    pub(crate) fn course(&self) -> &Course {
        &self.course
    }

    /// Reads this course.
    #[cfg(test)]
    pub(crate) fn of(speaker: Speaker, course: Course) -> Self {
        Self { speaker, course }
    }

    /// All exercises, in the order of the course.
    pub(crate) fn all(&self) -> Result<Vec<Exercise>> {
        let mut exercises =
            self.course.exercises().map_err(|error| course::mistake(self.speaker, &error))?;
        let names: Vec<&str> = PROGRAMS.iter().map(|program| program.name).collect();
        let syllabus = self.course.syllabus(&names);
        let syllabus = syllabus.map_err(|error| course::mistake(self.speaker, &error))?;
        let order: Vec<&Item> = syllabus.parts.iter().flat_map(|part| &part.items).collect();
        exercises.sort_by_key(|exercise| {
            let item = Item::Exercise(exercise.name.clone());
            order.iter().position(|known| **known == item)
        });
        Ok(exercises)
    }

    /// The exercise of that name, or an error that suggests a similar name.
    pub(crate) fn exercise(&self, name: &str) -> Result<Exercise> {
        let names = self.course.folders(ItemKind::Exercise);
        if names.iter().any(|known| known == name) {
            return self
                .course
                .exercise(name)
                .map_err(|error| course::mistake(self.speaker, &error));
        }
        let what = say!(self.speaker, "unknown-exercise", name = name);
        Err(Failure::unknown(self.speaker, what, name, names, "socklab exercise list").into())
    }

    /// Where an exercise comes from.
    pub(crate) fn source(&self, exercise: &str) -> Source {
        self.course.source(ItemKind::Exercise, exercise)
    }

    /// The programming languages in which an exercise can be begun.
    pub(crate) fn offered(&self, exercise: &str) -> Vec<Code> {
        self.course.offered(exercise)
    }

    /// The programming language to begin in: the wanted one, or else the first that the exercise is
    /// offered in.
    pub(crate) fn chosen(&self, exercise: &str, wanted: Option<Code>) -> Result<Code> {
        let offered = self.course.offered(exercise);
        let names = || offered.iter().map(|code| code.name()).collect::<Vec<_>>().join(", ");
        match wanted {
            None => Ok(offered.first().copied().unwrap_or(Code::Python)),
            Some(code) if offered.contains(&code) => Ok(code),
            Some(code) => {
                let (name, code) = (exercise, code.name());
                let what =
                    say!(self.speaker, "not-offered", name = name, code = code, known = names());
                Err(Failure::new(ExitReason::Usage, what).into())
            }
        }
    }

    /// The programs of an exercise whose verdicts are known, built.
    pub(crate) fn exhibits(&self, exercise: &Exercise) -> Vec<Exhibit> {
        exercise.exhibits(&self.course)
    }

    /// The reference solution in a programming language, with its gaps.
    pub(crate) fn template(&self, exercise: &str, code: Code) -> Result<Template> {
        let path = ItemKind::Exercise.path(exercise).join(format!("solution.{}", code.extension()));
        let bytes = self.course.file(&path);
        let bytes = bytes.with_context(|| format!("{} is missing", socklab_say::path(&path)))?;
        Template::parse(code, &String::from_utf8_lossy(bytes)).map_err(|(line, what)| {
            let what = format!("{}:{line}: {}", socklab_say::path(&path), self.speaker.tell(&what));
            Failure::new(ExitReason::Environment, what).into()
        })
    }

    /// The hints for the gaps of an exercise.
    pub(crate) fn hints(&self, exercise: &str) -> Result<Hints> {
        Hints::of(&self.course, exercise).map_err(|error| course::mistake(self.speaker, &error))
    }

    /// The file a student begins with.
    pub(crate) fn starter(&self, exercise: &str, code: Code) -> Result<String> {
        let hints = self.hints(exercise)?;
        let comments = Comments::of(&self.course, exercise)
            .map_err(|error| course::mistake(self.speaker, &error))?;
        let template = self.template(exercise, code)?;
        let prompt = |gap: &Gap| {
            let prompt =
                hints.about(&gap.name).map_or("", |hint| texts::text(self.speaker, &hint.prompt));
            if gap.makes.is_empty() {
                return prompt.to_owned();
            }
            say!(self.speaker, "start-makes", prompt = prompt, names = gap.makes)
        };
        Ok(template.starter(prompt, |comment| self.said(&comments, comment)))
    }

    /// The model solution, with comments in the student's language and without the marks of gaps.
    pub(crate) fn solution(&self, exercise: &str, code: Code) -> Result<String> {
        let comments = Comments::of(&self.course, exercise)
            .map_err(|error| course::mistake(self.speaker, &error))?;
        let template = self.template(exercise, code)?;
        Ok(template.solution_in(|comment| self.said(&comments, comment)))
    }

    /// What a comment says in the student's language, if that is not what the solution says.
    fn said(&self, comments: &Comments, comment: &str) -> Option<String> {
        let language = self.speaker.language();
        if language == Language::ENGLISH { None } else { comments.said(comment, language) }
    }

    /// The page of an exercise, for a programming language.
    pub(crate) fn page(&self, exercise: &str, code: Code) -> Option<String> {
        let folder = ItemKind::Exercise.path(exercise);
        let file = |language: Language| self.course.file(folder.join(format!("{language}.md")));
        let page = file(self.speaker.language()).or_else(|| file(Language::ENGLISH))?;
        Some(super::page::with_commands(&String::from_utf8_lossy(page), exercise, code))
    }
}
