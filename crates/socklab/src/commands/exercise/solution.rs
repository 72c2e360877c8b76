//! `socklab exercise solution`: the model solution, for who has solved the exercise, or wants to see
//! it anyway.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use socklab_say::{Speaker, say};
use socklab_scenario::exercise::{Code, Template, without_prompts};

use super::Material;
use super::start::{source_file, started};
use crate::cli::Solution;
use crate::course::points::Points;
use crate::course::progress;
use crate::exit_reason::ExitReason;
use crate::failure::Failure;
use crate::output::{self, println, write_out};
use crate::terminal::compare;

/// Prints it, or what a file differs in.
pub(super) fn solution(speaker: Speaker, options: &Solution) -> Result<()> {
    let material = Material::load(speaker, &options.which)?;
    let name = &material.exercise(&options.name)?.name;
    let own = || source_file(name, Path::new(".")).or_else(|| started(name));
    let file = options.diff.clone().flatten().or_else(own);
    // In the language in which it was written, unless another one was asked for.
    let written = file.as_deref().and_then(Code::of);
    let wanted = options.code.map(Code::from);
    let offered = written.filter(|code| material.chosen(name, Some(*code)).is_ok());
    let code = material.chosen(name, wanted.or(offered))?;
    let template = material.template(name, code)?;
    let points = Points::noted(&progress::read(), name);
    if !options.anyway && !points.is_some_and(|points| points.core()) {
        return Err(too_early(speaker, name, points).into());
    }
    if options.diff.is_some() {
        let Some(file) = file else {
            let what = say!(speaker, "check-nothing", name = &**name);
            return Err(Failure::new(ExitReason::Usage, what).into());
        };
        return diff(speaker, &file, code, &material.solution(name, code)?);
    }
    match &options.gap {
        Some(gap) => write_out(format_args!("{}", body(speaker, &template, name, gap)?)),
        None => write_out(format_args!("{}", material.solution(name, code)?)),
    }
    Ok(())
}

fn too_early(speaker: Speaker, name: &str, points: Option<Points>) -> Failure {
    let what = match points {
        Some(points) => {
            let (earned, all) = points.core;
            say!(speaker, "solution-too-early", name = name, earned = earned, all = all)
        }
        None => say!(speaker, "solution-unchecked", name = name),
    };
    let hint = say!(speaker, "solution-too-early-hint", name = name);
    Failure::new(ExitReason::No, what).hint(hint)
}

/// The lines of a gap.
fn body(speaker: Speaker, template: &Template, name: &str, gap: &str) -> Result<String> {
    if let Some(gap) = template.gap(gap) {
        return Ok(gap.body.clone());
    }
    let what = say!(speaker, "solution-no-gap", name = name, gap = gap);
    let gaps: Vec<String> = template.gaps().map(str::to_owned).collect();
    let again = format!("socklab exercise solution {name}");
    Err(Failure::unknown(speaker, what, gap, gaps, &again).into())
}

fn diff(speaker: Speaker, file: &Path, code: Code, model: &str) -> Result<()> {
    // A FIFO or a device may never end.
    if !file.is_file() {
        let what = say!(speaker, "check-no-file", tool = socklab_say::path(file));
        let hint = say!(speaker, "check-no-file-hint");
        return Err(Failure::new(ExitReason::Usage, what).hint(hint).into());
    }
    let text = fs::read(file).with_context(|| format!("read {}", socklab_say::path(file)))?;
    let text = without_prompts(code, &String::from_utf8_lossy(&text));
    let lines = compare::unified(&text, model, output::width());
    println!("--- {}", socklab_say::path(file));
    println!("+++ {}", say!(speaker, "solution-model"));
    if lines.is_empty() {
        println!("{}", say!(speaker, "solution-same"));
    }
    lines.iter().for_each(|line| println!("{line}"));
    Ok(())
}
