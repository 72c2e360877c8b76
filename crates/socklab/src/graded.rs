//! What a check came to, as a gradebook holds it: the one way from a report to a result.

use socklab_grade::cluster::{Evidence, Form, Harm, Observed, observe};
use socklab_grade::exam::ExamInfo;
use socklab_grade::{
    Assignment, Attempt, CaseInfo, CaseResult, CaseState, Counted, Did, Files, Graded, Pack,
    Points, Score, Sighting, State, Student, Used,
};
use socklab_judge::SightingKind;
use socklab_say::{Speaker, say};
use socklab_scenario::exercise::{BuildError, CaseReport, Hints, Report, Seen};
use socklab_scenario::format::{Case, Exercise, Run};
use socklab_scenario::{self as scenario, Isolation};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::commands::{Subject, Told, not_here, refusal, told, why};
use crate::course::texts;
use crate::failure;
use crate::output;

/// The width of the lines that are kept: wherever a result was made, it says the same.
const WIDTH: usize = 80;

/// What is graded.
#[derive(Clone, Debug)]
pub(crate) struct Judge<'a> {
    /// The exercise, with the cases of the pack.
    pub(crate) exercise: &'a Exercise,
    /// The SHA-256 of its files, without those of the pack.
    pub(crate) sha256: &'a str,
    /// The pack, if there is one.
    pub(crate) pack: Option<&'a Pack>,
    /// The names of the cases that are from it.
    pub(crate) hidden: &'a [String],
    /// The hints for the gaps of a starter.
    pub(crate) gaps: &'a Hints,
    /// The seed of payloads.
    pub(crate) seed: u64,
    /// Which points make the grade.
    pub(crate) counted: Counted,
    /// Whether there is an exam.
    pub(crate) exam: Option<ExamInfo>,
}

/// What was handed in.
#[derive(Clone, Debug, Default)]
pub(crate) struct Submitted {
    /// By whom.
    pub(crate) student: Student,
    /// Which attempt it is; `None` if there is none.
    pub(crate) attempt: Option<Attempt>,
    /// The language, or nothing.
    pub(crate) language: String,
    /// The file, below the student's folder.
    pub(crate) file: String,
    /// The SHA-256 of all that was handed in.
    pub(crate) sha256: String,
}

impl Judge<'_> {
    /// What is graded, for the gradebook; `started` is when that began, see [`now`].
    pub(crate) fn assignment(&self, speaker: Speaker, started: &str) -> Assignment {
        let info = |case: &Case| CaseInfo {
            name: case.name.clone(),
            title: texts::text(speaker, &case.title).to_owned(),
            points: case.points,
            robust: case.robust,
            hidden: self.hidden.contains(&case.name),
        };
        Assignment {
            exercise: self.exercise.name.clone(),
            title: texts::exercise(speaker, self.exercise).title.clone(),
            language: speaker.language().tag().to_owned(),
            socklab: env!("CARGO_PKG_VERSION").to_owned(),
            exercise_sha256: self.sha256.to_owned(),
            pack: self.pack.cloned(),
            seed: self.seed,
            counted: self.counted,
            exam: self.exam,
            started: started.to_owned(),
            cases: self.exercise.cases.iter().map(info).collect(),
        }
    }

    /// What a submission came to that was run. `again` is the command that repeats a case.
    pub(crate) fn graded(
        &self,
        speaker: Speaker,
        submitted: &Submitted,
        subject: &Subject,
        report: &Report<'_>,
        again: impl Fn(&Case) -> String,
    ) -> Graded {
        let unknown = self.unknown(report);
        let score = |robust| {
            let (earned, of) = report.points(robust);
            Score { earned, of }
        };
        let points = Points { core: score(false), robust: score(true) };
        let result = |done: &CaseReport<'_>| {
            output::with_width(WIDTH, || case(speaker, done, subject, self.gaps, again(done.case)))
        };
        let because =
            report.cases.iter().find_map(|done| match &done.recording.as_ref()?.isolation {
                Isolation::Open { because } => Some(because.clone()),
                _ => None,
            });
        Graded {
            state: if unknown.is_some() { State::InfraError } else { State::Graded },
            why: unknown.map(|done| output::with_width(WIDTH, || why(speaker, done)).join("\n")),
            points: unknown.is_none().then_some(points),
            cases: report.cases.iter().map(result).collect(),
            unsafe_because: because,
            sightings: report.sightings().iter().map(|it| sighting(speaker, it)).collect(),
            form: unknown.is_none().then(|| form(report)),
            ..blank(submitted, State::Graded)
        }
    }

    /// The first case of those that make the grade that could not be run here. Then nobody knows the
    /// points.
    pub(crate) fn unknown<'r>(&self, report: &'r Report<'_>) -> Option<&'r CaseReport<'r>> {
        match self.counted {
            Counted::Core => report.infra_error(),
            Counted::All => report.unknown(false).or_else(|| report.unknown(true)),
        }
    }

    /// What a submission came to that could not be built: whose fault that is decides.
    pub(crate) fn unbuilt(
        &self,
        speaker: Speaker,
        submitted: &Submitted,
        error: &BuildError,
    ) -> Graded {
        match refusal(speaker, error) {
            Some((what, output)) => Graded {
                why: Some(what),
                compiler: output.to_owned(),
                form: Some(Form::of_state(State::DoesNotCompile)),
                sightings: error
                    .sighting()
                    .map(|sighting| {
                        self::sighting(speaker, &Seen { case: String::new(), sighting })
                    })
                    .into_iter()
                    .collect(),
                ..blank(submitted, State::DoesNotCompile)
            },
            None => {
                let error = not_here(speaker, self.exercise, error);
                infra_error(submitted, failure::with_causes(&error))
            }
        }
    }
}

/// What becomes of somebody whose submission says nothing, because the machine failed.
pub(crate) fn infra_error(submitted: &Submitted, why: String) -> Graded {
    Graded { why: Some(why), ..blank(submitted, State::InfraError) }
}

/// What is to be said of somebody whom grading has not come to yet.
pub(crate) fn pending(submitted: &Submitted) -> Graded {
    blank(submitted, State::Pending)
}

/// What becomes of somebody who handed in nothing that could be run.
pub(crate) fn no_submission(submitted: &Submitted, why: String) -> Graded {
    let form = Some(Form::of_state(State::NoSubmission));
    Graded { why: Some(why), form, ..blank(submitted, State::NoSubmission) }
}

fn blank(submitted: &Submitted, state: State) -> Graded {
    Graded {
        student: submitted.student.clone(),
        state,
        why: None,
        attempt: submitted.attempt.clone(),
        language: submitted.language.clone(),
        file: submitted.file.clone(),
        sha256: submitted.sha256.clone(),
        compiler: String::new(),
        points: None,
        cases: Vec::new(),
        sightings: Vec::new(),
        unsafe_because: None,
        used: Used::default(),
        retries: 0,
        group: None,
        comment: None,
        exam: None,
        form: None,
    }
}

/// Something that the program tried, or a limit that it reached.
fn sighting(speaker: Speaker, seen: &Seen) -> Sighting {
    Sighting {
        what: seen.sighting.kind.word().to_owned(),
        object: seen.sighting.object.clone(),
        text: speaker.tell(&seen.sighting.sentence()),
        case: seen.case.clone(),
        times: seen.sighting.times,
    }
}

/// What others could see of a submission, by which it is grouped with those that behave alike.
fn form(report: &Report<'_>) -> Form {
    let observed = report.cases.iter().map(|done| {
        let (name, state) = (done.case.name.as_str(), state(done.verdict.state));
        let recording = done.recording.as_ref().filter(|_| state != CaseState::InfraError);
        let Some(recording) = recording else { return Observed::of_state(name, state) };
        let actors = done.case.scenario.actors.iter();
        let submission = actors.filter(|actor| actor.run == Run::Submission);
        let submission: Vec<&str> = submission.map(|actor| actor.name.as_str()).collect();
        let timeline = recording.timeline();
        let evidence = Evidence {
            case: name,
            state,
            timeline: &timeline,
            submission: &submission,
            harm: harm(&done.sightings()),
        };
        observe(&evidence)
    });
    Form::of_cases(observed.collect())
}

/// The first of these that does harm. One that no event shows was seen when the recording was over.
fn harm(sightings: &[socklab_judge::Sighting]) -> Option<Harm> {
    let harms = sightings.iter().filter_map(|one| {
        let harm = match one.kind {
            SightingKind::ForkLimit => Harm::Processes,
            SightingKind::MemoryLimit => Harm::Memory,
            SightingKind::OutputLimit => Harm::Output,
            SightingKind::DiskLimit => Harm::Disk,
            SightingKind::ProcessorLimit => Harm::Processor,
            SightingKind::SignalledOthers => Harm::Signals,
            _ => return None,
        };
        Some((one.evidence.first().copied().unwrap_or(u64::MAX), harm))
    });
    harms.min_by_key(|(first, _)| *first).map(|(_, harm)| harm)
}

fn case(
    speaker: Speaker,
    done: &CaseReport<'_>,
    subject: &Subject,
    gaps: &Hints,
    again: String,
) -> CaseResult {
    let Told { gap, did, problem, explanations, mut hints, .. } = told(speaker, done, subject);
    // At a gap, its prompt is what helps.
    if let Some(gap) = gap {
        let prompt = gaps.about(&gap.name).map_or("", |hint| texts::text(speaker, &hint.prompt));
        let (number, name, line) = (gap.number, &gap.name, gap.line);
        let open =
            say!(speaker, "why-gap", number = number, name = name, line = line, prompt = prompt);
        hints.insert(0, open);
    }
    CaseResult {
        name: done.case.name.clone(),
        state: state(done.verdict.state),
        points: (done.verdict.state != scenario::CaseState::InfraError)
            .then_some(done.verdict.points),
        because: done.verdict.because.clone(),
        did: did.map(|(deed, text)| Did {
            rule: deed.rule.to_owned(),
            cause: deed.cause.map(str::to_owned),
            text,
        }),
        problem,
        explanations,
        hints,
        again,
        again_here: String::new(),
        files: Files::default(),
        milliseconds: 0,
    }
}

fn state(state: scenario::CaseState) -> CaseState {
    match state {
        scenario::CaseState::Passed => CaseState::Passed,
        scenario::CaseState::Failed => CaseState::Failed,
        scenario::CaseState::Timeout => CaseState::Timeout,
        scenario::CaseState::Skipped => CaseState::Skipped,
        scenario::CaseState::InfraError => CaseState::InfraError,
    }
}

/// The time of day, as a gradebook holds it: RFC 3339, UTC, without parts of a second.
pub(crate) fn now() -> String {
    let now = OffsetDateTime::now_utc();
    let whole = now.replace_nanosecond(0).unwrap_or(now);
    whole.format(&Rfc3339).unwrap_or_default()
}
