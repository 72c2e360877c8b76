//! `lab up`: a lab in the background, until `lab down`.

use std::io::{BufRead, BufReader};
use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context, Result};
use socklab_say::{Speaker, say};

use super::control::{Asked, Lab, Status};
use super::{folder, hold, plan};
use crate::cli;
use crate::commands::doctor;
use crate::exit_reason::ExitReason;
use crate::failure::{self, Failure};
use crate::output::{eprintln, println, width, width_err};
use crate::scenario;
use crate::terminal::rows::rows;

pub(super) fn up(speaker: Speaker, options: &cli::LabUp) -> Result<ExitCode> {
    let name = options.name.as_deref().unwrap_or(folder::USUAL);
    plan::kind(speaker, &options.place, hold::used(&options.place))?;
    scenario::allow_a_lab(speaker)?;
    if Lab::find(speaker, name)?.is_some() {
        return Err(already(speaker, name).into());
    }
    let mut command = Command::new(std::env::current_exe().context("readlink /proc/self/exe")?);
    command.args(["lab", "up", "--hold", name, "--lang", &speaker.language().to_string()]);
    for rule in &options.place.wire {
        command.args(["--wire", rule]);
    }
    if let Some(hosts) = &options.place.hosts {
        command.args(["--hosts", hosts]);
    }
    if let Some(mtu) = options.place.mtu {
        command.args(["--mtu", &mtu.to_string()]);
    }
    if options.place.fast {
        command.arg("--fast");
    }
    // It must not keep the terminal's files open, nor the folder it was started in.
    command.current_dir("/").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut lab = command.spawn().context("start the lab")?;
    let mut first = String::new();
    let out = lab.stdout.take().context("its output")?;
    BufReader::new(out).read_line(&mut first).context("read from the lab")?;
    if first.trim_end() != hold::READY {
        let ended = lab.wait_with_output().context("waitpid")?;
        // It has said it on one of the two.
        let errors = String::from_utf8_lossy(&ended.stderr).into_owned();
        let errors = errors.trim_start_matches("socklab: ");
        let what = if first.is_empty() { errors } else { first.as_str() };
        let code = ended.status.code();
        let told = failure::report(speaker, &hold::refused(speaker, what.trim_end(), code).into());
        if code == Some(ExitReason::Environment as i32) {
            doctor::fixes(speaker, width_err()).iter().for_each(|line| eprintln!("{line}"));
        }
        return Ok(told);
    }
    let lab = Lab::need(speaker, Some(name))?;
    let status: Status = lab.ask(speaker, &Asked::Status)?;
    println!("{}", say!(speaker, "lab-is-up", name = name));
    let addresses = |host: &super::control::HostStatus| {
        host.addresses.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
    };
    let hosts: Vec<(String, String)> =
        status.hosts.iter().map(|host| (host.name.clone(), addresses(host))).collect();
    rows(&hosts, width()).iter().for_each(|line| println!("{line}"));
    let typed = [
        (typed("shell client", "--name", name), say!(speaker, "cmd-lab-shell")),
        (typed("status", "", name), say!(speaker, "cmd-lab-status")),
        (typed("down", "", name), say!(speaker, "cmd-lab-down")),
    ];
    rows(&typed, width()).iter().for_each(|line| println!("{line}"));
    Ok(ExitCode::SUCCESS)
}

/// There is such a lab.
pub(super) fn already(speaker: Speaker, name: &str) -> Failure {
    let what = say!(speaker, "lab-up-already", name = name);
    Failure::new(ExitReason::No, what).choices(vec![
        (typed("shell", "--name", name), say!(speaker, "cmd-lab-shell")),
        (typed("status", "", name), say!(speaker, "cmd-lab-status")),
        (typed("down", "", name), say!(speaker, "cmd-lab-down")),
    ])
}

/// A command about a lab, whose name is left out if it is the usual one.
fn typed(does: &str, option: &str, name: &str) -> String {
    let words = ["socklab", "lab", does].into_iter().chain(match name {
        folder::USUAL => vec![],
        name => vec![option, name],
    });
    words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}
