//! `socklab grade`: runs the submissions of a class, as many at once as there are processors, and
//! keeps what each of them came to.
//!
//! `judge` is what a class is judged by, `one` grades one submission, `pool` all of them; `out` keeps
//! the results in a folder, `files` writes what belongs to a student, and `table` shows the class.

mod autograder;
mod exam;
mod files;
mod judge;
mod merge;
mod one;
mod out;
mod pool;
mod so_far;
mod soak;
mod table;
mod written;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize};
use std::time::Instant;

use anyhow::Result;
use socklab_grade::class::{self, Class, ClassError, Enrolled, Moment};
use socklab_grade::{Gradebook, Graded, State};
use socklab_say::{Language, Speaker, count, say};
use socklab_scenario::IsolationWanted;

use super::check::some_seed;
use super::doctor;
use crate::cli::{self, Shard, WhichAttempt};
use crate::exit_reason::ExitReason;
use crate::failure::{Failure, cannot, complain};
use crate::output::{self, println};
use crate::{graded, scenario};
use judge::Judged;
use out::Out;
use pool::{Job, Pool, Results};
use so_far::SoFar;
use written::Wanted;

/// Grades a class.
pub(crate) fn grade(speaker: Speaker, options: &cli::Grade) -> Result<ExitCode> {
    match &options.command {
        Some(cli::GradeCommand::Merge(options)) => return merge::merge(speaker, options),
        Some(cli::GradeCommand::Groups { folder }) => return written::groups(speaker, folder),
        Some(cli::GradeCommand::Exam(options)) => return exam::mark(speaker, options),
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
        hidden: unseen(options, folder, &judged),
        careful: true,
        ..scenario::runner(speaker, seed)?
    };
    let started = graded::now();
    let wanted = judged.judge(seed).assignment(speaker, &started);
    let out = match &options.output {
        Some(folder) => Some(Out::open(speaker, folder, wanted.clone(), options)?),
        None => None,
    };
    if let Some(out) = &out {
        out.can_hold(speaker, &class)?;
    }
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
    if options.output.is_none() {
        let wanted = Wanted::of(&options.format, options.column.as_deref());
        wanted.can_be_printed(speaker, jobs.len())?;
    }
    let so_far = SoFar::new(speaker, options, assignment, (&students, jobs.len()), out);
    let so_far = Arc::new(so_far);
    so_far.keep_when_ended()?;
    let pool = Pool {
        speaker,
        texts,
        options,
        judged: &judged,
        judge,
        runner: &runner,
        so_far: &so_far,
        end: options.deadline.map(|deadline| began + deadline),
        stopped: AtomicBool::new(false),
        proving: AtomicUsize::new(0),
    };
    if let Some(times) = options.soak {
        return soak::soak(pool, &jobs, times);
    }
    let Results { graded, trouble } = pool.run(&jobs);
    so_far.give_way();
    let (book, changed, kept) = so_far.keep();
    if let Some(error) = trouble {
        so_far.tell_done();
        return Err(error);
    }
    kept?;
    let printed = match &options.output {
        None => so_far.wanted().printed(speaker, &book)?,
        Some(_) => None,
    };
    match printed {
        Some(text) => output::write_out(format_args!("{text}")),
        None => {
            table::show(speaker, &book, changed.as_deref());
            table::took(speaker, graded, began.elapsed());
            if let Some(folder) = &options.output {
                println!("{}", say!(speaker, "grade-kept", folder = socklab_say::path(folder)));
                exam::tell(speaker, folder, &book, options.shard.is_some())?;
            }
        }
    }
    let lacks = |it: &&Graded| so_far.out.as_ref().is_some_and(|out| out.lacks_questions(it));
    let lacking = book.results.iter().filter(lacks).count();
    if lacking > 0 {
        complain("", &say!(speaker, "grade-exam-lacking", students = count(lacking as u64)));
    }
    let whole = verdict(speaker, &book);
    Ok(if lacking > 0 { ExitReason::Environment.into() } else { whole })
}

/// What no submission may see, wherever it is: what others have handed in, the results, the exercise with
/// its solutions, and the pack.
fn unseen(options: &cli::Grade, class: &Path, judged: &Judged) -> Vec<PathBuf> {
    let mut paths = vec![class.to_owned()];
    paths.extend(options.output.iter().chain(&options.pack).chain(&options.roster).cloned());
    paths.extend(judged.source.folder.clone());
    paths.iter().map(|path| absolute(path)).collect()
}

/// A path that does not depend on the current folder.
fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
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
        if let ClassError::Call { call, object, source } = &error {
            return cannot(speaker, call, object, source);
        }
        Failure::new(ExitReason::Usage, speaker.tell(&error.sentence()))
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

/// 0 if everybody has points, be it none; 3 if the machine has kept somebody from having any.
fn verdict(speaker: Speaker, book: &Gradebook) -> ExitCode {
    let of = |state| book.results.iter().filter(|graded| graded.state == state).count();
    let (unknown, pending) = (of(State::InfraError), book.pending());
    if unknown + pending == 0 {
        return ExitCode::SUCCESS;
    }
    if unknown > 0 {
        complain("", &say!(speaker, "grade-unknown", students = count(unknown as u64)));
    }
    if pending > 0 {
        let all = book.results.len();
        let done = count((all - pending) as u64);
        complain("", &say!(speaker, "grade-pending", done = done, all = count(all as u64)));
    }
    ExitReason::Environment.into()
}

/// This machine has no sandbox, and nothing was run.
fn not_sandboxed(speaker: Speaker, why: &str, fixes: &[String]) -> Failure {
    let what = say!(speaker, "grade-no-sandbox", why = why);
    let hint = say!(speaker, "grade-no-sandbox-hint");
    let hint = if fixes.is_empty() { hint } else { format!("{}\n{hint}", fixes.join("\n")) };
    Failure::new(ExitReason::Environment, what).hint(hint)
}
