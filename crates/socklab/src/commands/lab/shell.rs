//! `lab shell`: the user's shell in a lab that is up, or in a place of its own that ends with it.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, ExitCode};

use anyhow::{Context, Result};
use rustix::process::Signal;
use socklab_lab::{INTERNET, LOOPBACK_NAME, PlaceOptions, end_with_us};
use socklab_say::{Speaker, say};

use super::control::{self, Asked, Lab, Status};
use super::place::{self, Entered};
use super::{folder, plan, run};
use crate::cli;
use crate::course_program::IN_LAB;
use crate::exit_reason::ExitReason;
use crate::failure::{Failure, complain};
use crate::output::eprintln;

pub(super) fn shell(speaker: Speaker, options: &cli::LabShell) -> Result<ExitCode> {
    let described = options.place.hosts.is_some()
        || !options.place.wire.is_empty()
        || options.place.mtu.is_some()
        || options.place.fast;
    if options.name.is_some() || !described {
        let name = options.name.as_deref().unwrap_or(folder::USUAL);
        match Lab::find(speaker, name)? {
            Some(_) if described => {
                let what = say!(speaker, "lab-shell-is-as-it-is", name = name);
                return Err(Failure::new(ExitReason::Usage, what).into());
            }
            Some(lab) => return in_running(speaker, &lab, options),
            None if options.name.is_some() => return Err(folder::not_up(speaker, name).into()),
            None => {}
        }
    }
    let also: Vec<&str> = options.host.iter().map(String::as_str).collect();
    let kind = plan::kind(speaker, &options.place, &also)?;
    let inside = match place::enter(speaker, place::with_programs(PlaceOptions::new(kind)))? {
        Entered::Outside(code) => return Ok(code),
        Entered::Inside(place) => place,
    };
    let hosts = inside.hosts();
    let host = options.host.clone().unwrap_or_else(|| match hosts.first() {
        Some(first) if first.name != INTERNET => first.name.clone(),
        _ => LOOPBACK_NAME.to_owned(),
    });
    let programs = inside.programs();
    greet(speaker, say!(speaker, "lab-shell-own", host = host.as_str()), programs);
    let mut prompt = Prompt::make(&host, programs)?;
    inside.contain(&host, &mut prompt.command).context("a host")?;
    let code = prompt.run(speaker)?;
    place::tell_wire(speaker, &inside.finish());
    Ok(code)
}

fn in_running(speaker: Speaker, lab: &Lab, options: &cli::LabShell) -> Result<ExitCode> {
    place::leave_interrupts_to_programs()?;
    let status: Status = lab.ask(speaker, &Asked::Status)?;
    let host = options.host.clone().unwrap_or_else(|| control::first(&status));
    let programs = status.programs.as_deref();
    let prompt = Prompt::make(&host, programs)?;
    let first = lab.first_process().context("getsockopt SO_PEERCRED")?;
    lab.enter(speaker, &host)?;
    let greeting = say!(speaker, "lab-shell-up", host = host.as_str(), lab = lab.name());
    greet(speaker, greeting, programs);
    let ended = prompt.run(speaker);
    // Its end kills the shell, in the middle of a line, and then ends its first process.
    let is_killed = ended.as_ref().is_ok_and(|code| *code == KILLED.into());
    if is_killed && control::ends_now(&first) {
        eprintln!("\n{}", say!(speaker, "lab-shell-ended", lab = lab.name()));
    }
    ended
}

/// Says where the shell is, and how the programs of the course are found there.
fn greet(speaker: Speaker, greeting: String, programs: Option<&Path>) {
    let key = if programs.is_some() { "lab-shell-programs" } else { "lab-shell-no-programs" };
    complain("", &format!("{greeting} {}", say!(speaker, key)));
}

/// The exit code of a program that SIGKILL has ended.
const KILLED: u8 = 128 + 9;

/// A shell whose prompt says where it is.
struct Prompt {
    command: Command,
    /// What the shell reads when it starts. It is removed when the shell has ended.
    _files: Option<tempfile::TempDir>,
}

impl Prompt {
    /// `programs` is a folder whose programs are found first.
    fn make(host: &str, programs: Option<&Path>) -> Result<Self> {
        let shell = std::env::var_os("SHELL").filter(|shell| !shell.is_empty());
        let shell = shell.unwrap_or_else(|| "/bin/sh".into());
        let mut command = Command::new(&shell);
        command.env(IN_LAB, host);
        // The user's own files may set it anew.
        let mut again = String::new();
        if let Some(programs) = programs {
            let before = std::env::var_os("PATH").unwrap_or_default();
            let folders = [programs.to_owned()].into_iter().chain(std::env::split_paths(&before));
            command.env("PATH", std::env::join_paths(folders).context("PATH")?);
            let folder = programs.display();
            again = format!("case $PATH in {folder}:*) ;; *) PATH={folder}:$PATH ;; esac\n");
        }
        let name = Path::new(&shell).file_name().unwrap_or_default().to_string_lossy().into_owned();
        let text = match name.as_str() {
            "bash" => {
                "[ -f ~/.bashrc ] && . ~/.bashrc\nPS1=\"(lab $SOCKLAB_LAB) $PS1\"\n".to_owned()
                    + &again
            }
            "zsh" => {
                "ZDOTDIR=${SOCKLAB_ZDOTDIR:-$HOME}\n[ -f $ZDOTDIR/.zshrc ] && . $ZDOTDIR/.zshrc\n\
                 PROMPT=\"(lab $SOCKLAB_LAB) $PROMPT\"\n"
                    .to_owned()
                    + &again
            }
            "fish" => {
                command.args([
                    "-C",
                    "functions -c fish_prompt socklab_prompt; function fish_prompt; \
                               echo -n \"(lab $SOCKLAB_LAB) \"; socklab_prompt; end",
                ]);
                return Ok(Self { command, _files: None });
            }
            _ => {
                command.env("PS1", format!("(lab {host}) $ "));
                return Ok(Self { command, _files: None });
            }
        };
        let files = tempfile::Builder::new().prefix("socklab-shell-").tempdir();
        let files = files.context("mkdir, for what the shell reads")?;
        let file = files.path().join(if name == "zsh" { ".zshrc" } else { "bashrc" });
        fs::write(&file, text).with_context(|| format!("write {}", file.display()))?;
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).context("chmod")?;
        if name == "zsh" {
            if let Some(before) = std::env::var_os("ZDOTDIR") {
                command.env("SOCKLAB_ZDOTDIR", before);
            }
            command.env("ZDOTDIR", files.path());
        } else {
            command.arg("--rcfile").arg(&file);
        }
        Ok(Self { command, _files: Some(files) })
    }

    fn run(mut self, speaker: Speaker) -> Result<ExitCode> {
        let program = self.command.get_program().to_owned();
        end_with_us(&mut self.command).context("pidfd_open")?;
        let start = || {
            let started = self.command.spawn();
            Ok(started.map_err(|error| run::not_started(speaker, &program, &error))?)
        };
        // A shell that somebody types into takes no notice of SIGTERM.
        run::run_to_its_end(start, Signal::HUP)
    }
}
