//! The way through the course: programs, questions and exercises in the order of the syllabus, and
//! how far the student has come.

use anyhow::Result;
use programs::PROGRAMS;
use socklab_say::Speaker;
use socklab_scenario::Course;
use socklab_scenario::format::{Exercise, Item, Question};

use super::progress::Progress;
use super::standing::Standing;
use super::{lesson, mistake, texts};

/// The course as one path.
#[derive(Debug)]
pub(crate) struct Journey {
    /// The titles of the parts; the part of what the syllabus does not name has none.
    pub(crate) parts: Vec<Option<String>>,
    pub(crate) entries: Vec<Entry>,
}

/// An item on the path.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) item: Item,
    /// The index of its part.
    pub(crate) part: usize,
    /// What it is about, in one line.
    pub(crate) title: String,
    pub(crate) standing: Standing,
}

impl Journey {
    /// The way through a course.
    pub(crate) fn load(speaker: Speaker, course: &Course, progress: &Progress) -> Result<Self> {
        let wrong = |error| mistake(speaker, &error);
        let names: Vec<&str> = PROGRAMS.iter().map(|program| program.name).collect();
        let syllabus = course.syllabus(&names).map_err(wrong)?;
        let questions = course.questions().map_err(wrong)?;
        let exercises = course.exercises().map_err(wrong)?;
        let mut journey = Self { parts: Vec::new(), entries: Vec::new() };
        for (index, part) in syllabus.parts.into_iter().enumerate() {
            journey.parts.push(part.title.map(|title| texts::text(speaker, &title).to_owned()));
            journey.entries.extend(part.items.into_iter().map(|item| Entry {
                part: index,
                title: title(speaker, &item, &questions, &exercises),
                standing: Standing::of(&item, progress),
                item,
            }));
        }
        Ok(journey)
    }

    pub(crate) fn find(&self, item: &Item) -> Option<usize> {
        self.entries.iter().position(|entry| entry.item == *item)
    }

    /// How many items the student need not come back to.
    pub(crate) fn past(&self) -> usize {
        self.entries.iter().filter(|entry| entry.standing.is_past()).count()
    }

    /// The same for one part, and how many items it has.
    pub(crate) fn past_in(&self, part: usize) -> (usize, usize) {
        let inside = || self.entries.iter().filter(|entry| entry.part == part);
        (inside().filter(|entry| entry.standing.is_past()).count(), inside().count())
    }

    /// Where to go on: where the student was, or the next open item behind that, or else the first
    /// open one. `None` if nothing is open.
    pub(crate) fn resume(&self, last: Option<&Item>) -> Option<usize> {
        let from = last.and_then(|item| self.find(item)).unwrap_or(0);
        let open = |index: &usize| !self.entries[*index].standing.is_past();
        (from..self.entries.len()).find(open).or_else(|| (0..from).find(open))
    }

    /// The questions and exercises that follow a program, up to the next program.
    pub(crate) fn belonging_to(&self, program: usize) -> impl Iterator<Item = &Entry> {
        let behind = self.entries.iter().skip(program + 1);
        behind.take_while(|entry| !matches!(entry.item, Item::Program(_)))
    }
}

impl Entry {
    /// The command that opens it.
    pub(crate) fn command(&self) -> String {
        let name = self.item.name();
        match (&self.item, self.standing) {
            (Item::Program(_), _) => format!("socklab show {name}"),
            (Item::Question(_), _) => format!("socklab what-if {name}"),
            (Item::Exercise(_), Standing::New) => format!("socklab exercise start {name}"),
            (Item::Exercise(_), _) => format!("socklab check {name}"),
        }
    }

    /// The word for its kind, for scripts and for `socklab learn`.
    pub(crate) fn kind(&self) -> &'static str {
        kind(&self.item)
    }
}

/// The word for an item's kind.
pub(crate) fn kind(item: &Item) -> &'static str {
    match item {
        Item::Program(_) => "program",
        Item::Question(_) => "question",
        Item::Exercise(_) => "exercise",
    }
}

/// The item of that kind and name: what [`kind`] and [`Item::name`] say of it.
pub(crate) fn item(kind: &str, name: &str) -> Option<Item> {
    Some(match kind {
        "program" => Item::Program(name.to_owned()),
        "question" => Item::Question(name.to_owned()),
        "exercise" => Item::Exercise(name.to_owned()),
        _ => return None,
    })
}

/// What an item is about, in one line.
fn title(speaker: Speaker, item: &Item, questions: &[Question], exercises: &[Exercise]) -> String {
    let title = match item {
        Item::Program(name) => {
            programs::find(name).map(|program| lesson::purpose(speaker, program))
        }
        Item::Question(name) => questions
            .iter()
            .find(|question| question.name == *name)
            .map(|question| texts::question(speaker, question).title.as_str()),
        Item::Exercise(name) => exercises
            .iter()
            .find(|exercise| exercise.name == *name)
            .map(|exercise| texts::exercise(speaker, exercise).title.as_str())
            .map(|title| title.split_once(": ").map_or(title, |(_, about)| about)),
    };
    title.unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn journey(progress: &Progress) -> Journey {
        Journey::load(Speaker::default(), &Course::built_in(), progress).unwrap()
    }

    #[test]
    fn the_path_holds_every_program_question_and_exercise_once() {
        let journey = journey(&Progress::new());
        let count = |kind| journey.entries.iter().filter(|entry| entry.kind() == kind).count();
        let course = Course::built_in();
        assert_eq!(count("program"), PROGRAMS.len());
        assert_eq!(count("question"), course.questions().unwrap().len());
        assert_eq!(count("exercise"), course.exercises().unwrap().len());
        assert!(journey.parts.iter().all(Option::is_some), "something is not in the syllabus");
        assert!(journey.entries.iter().all(|entry| !entry.title.is_empty()));
    }

    #[test]
    fn programs_come_in_the_order_of_the_course_and_exercises_behind_their_program() {
        let journey = journey(&Progress::new());
        let programs = journey.entries.iter().filter(|entry| entry.kind() == "program");
        let names: Vec<&str> = programs.map(|entry| entry.item.name()).collect();
        let course: Vec<&str> = PROGRAMS.iter().map(|program| program.name).collect();
        assert_eq!(names, course);
        for (index, entry) in journey.entries.iter().enumerate() {
            let program = item("program", entry.item.name()).unwrap();
            if entry.kind() == "exercise"
                && let Some(place) = journey.find(&program)
            {
                let belonging: Vec<_> =
                    journey.belonging_to(place).map(|entry| &entry.item).collect();
                assert!(place < index && belonging.contains(&&entry.item), "{:?}", entry.item);
            }
        }
    }

    #[test]
    fn a_student_goes_on_where_they_were() {
        let new = journey(&Progress::new());
        assert_eq!(new.resume(None), Some(0));
        let at = Item::Program("server-03".to_owned());
        assert_eq!(new.resume(Some(&at)), new.find(&at));
        // What is done is not offered again; what was left out is, at the end.
        let mut progress: Progress = [("program server-03".to_owned(), "seen".to_owned())].into();
        let next = Item::Question("close-unread".to_owned());
        assert_eq!(journey(&progress).resume(Some(&at)), new.find(&next));
        for entry in &new.entries[1..] {
            let (kind, result) = match entry.item {
                Item::Program(_) => ("program", "seen"),
                Item::Question(_) => ("what-if", "wrong"),
                Item::Exercise(_) => ("exercise", "4/4 0/3"),
            };
            progress.insert(format!("{kind} {}", entry.item.name()), result.to_owned());
        }
        let nearly = journey(&progress);
        assert_eq!((nearly.resume(Some(&at)), nearly.past()), (Some(0), 85));
        progress.insert("program basics-01".to_owned(), "seen".to_owned());
        assert_eq!(journey(&progress).resume(Some(&at)), None);
    }
}
