//! `socklab grade`: runs the submissions of a class, as many at once as there are processors, and
//! keeps what each of them came to.
//!
//! `judge` is what a class is judged by, `one` grades one submission, `pool` all of them; `out` keeps
//! the results in a folder, `files` writes what belongs to a student, and `table` shows the class.

mod autograder;
mod files;
mod judge;
mod merge;
mod one;
mod out;
mod pool;
mod soak;
mod table;
mod written;

use std::collections::BTreeMap;
use std::io::{ErrorKind, IsTerminal};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Instant;

use anyhow::Result;
use socklab_grade::class::{self, Class, ClassError, Enrolled, Moment, Submission};
use socklab_grade::differences::{Difference, difference};
use socklab_grade::journal::History;
use socklab_grade::{Assignment, FORMAT_VERSION, Gradebook, Graded, State};
use socklab_say::{Language, Speaker, count, say};
use socklab_scenario::IsolationWanted;

use super::check::some_seed;
use super::doctor;
use crate::cli::{self, Shard, WhichAttempt};
use crate::exit_reason::ExitReason;
use crate::failure::{Failure, complain, exit_for};
use crate::output::{self, eprintln, println};
use crate::{graded, scenario};
use judge::Judged;
use out::Out;
use pool::{Job, Pool, Results};
use written::Wanted;

/// Grades a class.
pub(crate) fn grade(speaker: Speaker, options: &cli::Grade) -> Result<ExitCode> {
    match &options.command {
        Some(cli::GradeCommand::Merge(options)) => return merge::merge(speaker, options),
        Some(cli::GradeCommand::Groups { folder }) => return written::groups(speaker, folder),
        None => {}
    }
    if let (Some(name), Some(zip)) = (&options.name, &options.gradescope_zip) {
        return autograder::write(speaker, options, name, zip);
    }
    let (Some(name), Some(folder)) = (&options.name, &options.folder) else {
        return Ok(ExitReason::Usage.into());
    };
    let began = Instant::now();
    let judged = Judged::load(speaker, options, name)?;
    let class = read(speaker, options, folder)?;
    let everybody: Vec<&Enrolled> = class.students.iter().collect();
    let students = share(options.shard, &everybody);
    // While there is one thread.
    let refused = if options.without_sandbox { None } else { doctor::without_sandbox(speaker) };
    if let Some((why, fixes)) = refused {
        return Err(not_sandboxed(speaker, &why, &fixes).into());
    }
    let seed = options.seed.unwrap_or_else(|| judged.seed(options.shard, &everybody));
    let runner = socklab_scenario::Runner {
        isolation: match options.without_sandbox {
            false => IsolationWanted::Sandbox,
            true => IsolationWanted::Possible,
        },
        packets: options.packets.wanted(),
        hidden: unseen(options, folder),
        ..scenario::runner(speaker, seed)?
    };
    let started = graded::now();
    let wanted = judged.judge(seed).assignment(speaker, &started);
    let out = match &options.output {
        Some(folder) => Some(Out::open(speaker, folder, wanted.clone(), options)?),
        None => None,
    };
    // What is resumed goes on with its own seed, in its own language.
    let assignment = out.as_ref().map_or(wanted, |out| out.assignment.clone());
    let runner = socklab_scenario::Runner { seed: assignment.seed, ..runner };
    let texts = Language::find(&assignment.language).map_or(speaker, Speaker::new);
    let judge = judged.judge(assignment.seed);
    let jobs: Vec<Job<'_>> = students
        .iter()
        .enumerate()
        .flat_map(|(at, who)| jobs_of(at, who, options.attempt))
        .collect();
    let done = Arc::new(AtomicUsize::new(0));
    tell_when_ended(speaker, options, Arc::clone(&done), jobs.len())?;
    let pool = Pool {
        speaker,
        texts,
        options,
        judged: &judged,
        judge,
        runner: &runner,
        out: out.as_ref(),
        end: options.deadline.map(|deadline| began + deadline),
        done: &done,
        stopped: AtomicBool::new(false),
    };
    if let Some(times) = options.soak {
        return soak::soak(pool, &jobs, times);
    }
    let Results { results, graded, trouble } = pool.run(&jobs);
    let book = book(speaker, &assignment, &students, results, options.attempt);
    let changed = out.as_ref().map(|out| changes(&out.history, out.round, &assignment, &book));
    let kept = out
        .as_ref()
        .map_or(Ok(()), |out| out.keep(options, &book, changed.as_deref().unwrap_or_default()));
    if let Some(error) = trouble {
        return Err(error);
    }
    kept?;
    let formats = Wanted::of(&options.format, options.column.as_deref());
    let printed = if out.is_none() { formats.printed(speaker, &book)? } else { None };
    match printed {
        Some(text) => output::write_out(format_args!("{text}")),
        None => {
            table::show(speaker, &book, changed.as_deref());
            table::took(speaker, graded, began.elapsed());
            if let Some(folder) = &options.output {
                let folder = socklab_say::path(folder);
                println!("{}", say!(speaker, "grade-kept", folder = folder));
            }
        }
    }
    Ok(verdict(speaker, &book))
}

/// What no submission may see, wherever it is: what others have handed in, the results, and the pack.
fn unseen(options: &cli::Grade, class: &Path) -> Vec<PathBuf> {
    let mut paths = vec![class.to_owned()];
    paths.extend(options.output.iter().chain(&options.pack).chain(&options.roster).cloned());
    paths.into_iter().map(|path| std::path::absolute(&path).unwrap_or(path)).collect()
}

/// Who handed in what. What a teacher should know about how it was read is told on standard error.
fn read(speaker: Speaker, options: &cli::Grade, folder: &Path) -> Result<Class> {
    let due = options.due.as_deref().map(|text| {
        Moment::parse(text).ok_or_else(|| {
            let what = say!(speaker, "grade-no-moment", text = text);
            Failure::new(ExitReason::Usage, what).hint(say!(speaker, "grade-no-moment-hint"))
        })
    });
    let known = class::Options { roster: options.roster.clone(), due: due.transpose()? };
    let class = Class::read(folder, &known).map_err(|error| {
        let exit = match &error {
            ClassError::Call { source, .. } if source.kind() != ErrorKind::NotFound => {
                exit_for(source)
            }
            _ => ExitReason::Usage,
        };
        Failure::new(exit, speaker.tell(&error.sentence()))
    })?;
    for remark in &class.remarks {
        complain("", &speaker.tell(&remark.sentence()));
    }
    Ok(class)
}

/// The students that this process grades.
fn share<'c>(shard: Option<Shard>, students: &[&'c Enrolled]) -> Vec<&'c Enrolled> {
    let ours = |(at, _): &(usize, _)| shard.is_none_or(|it| at % it.of == it.number - 1);
    students.iter().copied().enumerate().filter(ours).map(|(_, student)| student).collect()
}

/// The submissions of a student that are to be graded.
fn jobs_of<'c>(at: usize, who: &'c Enrolled, attempt: WhichAttempt) -> Vec<Job<'c>> {
    let attempts: Vec<_> = match attempt {
        WhichAttempt::Last => who.attempts.last().into_iter().collect(),
        WhichAttempt::First => who.attempts.first().into_iter().collect(),
        WhichAttempt::Best => who.attempts.iter().collect(),
    };
    if attempts.is_empty() {
        return vec![Job { at, who, attempt: None, several: false }];
    }
    let several = attempts.len() > 1;
    attempts.into_iter().map(|it| Job { at, who, attempt: Some(it), several }).collect()
}

/// One result for each student. Of several attempts the one with the most points counts; of equal
/// ones, the first. As long as one of them is unknown, nobody knows which is the best.
fn book(
    speaker: Speaker,
    assignment: &Assignment,
    students: &[&Enrolled],
    results: Vec<(usize, Graded)>,
    attempt: WhichAttempt,
) -> Gradebook {
    let mut by_student: BTreeMap<usize, Vec<Graded>> = BTreeMap::new();
    for (at, graded) in results {
        by_student.entry(at).or_default().push(graded);
    }
    let one = |(at, who): (usize, &&Enrolled)| {
        let mut theirs = by_student.remove(&at).unwrap_or_default();
        theirs.sort_by_key(|graded| graded.attempt.as_ref().map(|attempt| attempt.number));
        let unknown = theirs.iter().position(|graded| !graded.state.has_points());
        let wanted = who.attempts.len().max(1);
        let all = attempt != WhichAttempt::Best || theirs.len() == wanted;
        match (unknown, all && !theirs.is_empty()) {
            (Some(unknown), _) => theirs.swap_remove(unknown),
            (None, true) => {
                let earned = |graded: &Graded| graded.score(assignment).map(|score| score.earned);
                let best = (0..theirs.len()).rev().max_by_key(|at| earned(&theirs[*at]));
                theirs.swap_remove(best.unwrap_or(0))
            }
            (None, false) => {
                let submitted = graded::Submitted {
                    student: who.student.clone(),
                    attempt: who.attempts.last().map(Submission::attempt),
                    ..graded::Submitted::default()
                };
                graded::infra_error(&submitted, say!(speaker, "grade-not-reached"))
            }
        }
    };
    let results = students.iter().enumerate().map(one).collect();
    let assignment = assignment.clone();
    let mut book = Gradebook { format_version: FORMAT_VERSION, assignment, results };
    book.note_groups();
    book
}

/// What is different from the round before, if there was one.
fn changes(
    history: &History,
    round: u32,
    assignment: &Assignment,
    book: &Gradebook,
) -> Vec<Difference> {
    let of = |now: &Graded| {
        let earlier = history.earlier(round, &now.student.id);
        let number = history
            .entries
            .iter()
            .rev()
            .find(|entry| entry.round < round && entry.graded.student.id == now.student.id)?;
        let before = history.rounds.iter().find(|it| it.number == number.round)?;
        let same = |one: &&&Graded| {
            one.attempt.as_ref().map(|it| it.number) == now.attempt.as_ref().map(|it| it.number)
        };
        let earlier = earlier.iter().find(same).or(earlier.last())?;
        difference((&before.assignment, earlier), (assignment, now))
    };
    let known = book.results.iter().filter(|now| now.state.has_points());
    known.filter_map(of).collect()
}

/// 0 if everybody has points, be it none; 3 if the machine has kept somebody from having any.
fn verdict(speaker: Speaker, book: &Gradebook) -> ExitCode {
    let unknown = book.results.iter().filter(|graded| !graded.state.has_points()).count();
    if unknown == 0 {
        return ExitCode::SUCCESS;
    }
    complain("", &say!(speaker, "grade-unknown", students = count(unknown as u64)));
    debug_assert!(book.results.iter().any(|graded| graded.state == State::InfraError));
    ExitReason::Environment.into()
}

/// This machine has no sandbox, and nothing was run.
fn not_sandboxed(speaker: Speaker, why: &str, fixes: &[String]) -> Failure {
    let what = say!(speaker, "grade-no-sandbox", why = why);
    let hint = say!(speaker, "grade-no-sandbox-hint");
    let hint = if fixes.is_empty() { hint } else { format!("{}\n{hint}", fixes.join("\n")) };
    Failure::new(ExitReason::Environment, what).hint(hint)
}

/// A signal that ends this process leaves what was graded, and says how to go on.
fn tell_when_ended(
    speaker: Speaker,
    options: &cli::Grade,
    done: Arc<AtomicUsize>,
    all: usize,
) -> Result<()> {
    let kept = options.output.is_some();
    scenario::end_cleanly_unless(move |_| {
        crate::terminal::gauge::hide();
        let key = if kept { "grade-interrupted" } else { "grade-interrupted-lost" };
        let done = done.load(Ordering::SeqCst);
        let said = say!(speaker, key, done = count(done as u64), all = count(all as u64));
        if std::io::stderr().is_terminal() {
            eprintln!("");
        }
        complain("", &said);
        false
    })
}
