//! `lab shell`: the user's shell in a lab that is up, or in a place of its own that ends with it.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, ExitCode};

use anyhow::{Context, Result};
use socklab_lab::{INTERNET, LOOPBACK_NAME, end_with_us};
use socklab_say::{Speaker, say};

use super::control::{self, Lab};
use super::place::{self, Entered, code_of};
use super::{folder, plan, run};
use crate::cli;
use crate::course_program::IN_LAB;
use crate::exit_reason::ExitReason;
use crate::failure::Failure;
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
    let inside = match place::enter(speaker, kind, 0, None)? {
        Entered::Outside(code) => return Ok(code),
        Entered::Inside(place) => place,
    };
    let hosts = inside.hosts();
    let host = options.host.clone().unwrap_or_else(|| match hosts.first() {
        Some(first) if first.name != INTERNET => first.name.clone(),
        _ => LOOPBACK_NAME.to_owned(),
    });
    eprintln!("{}", say!(speaker, "lab-shell-own", host = host.as_str()));
    let mut prompt = Prompt::make(&host)?;
    inside.contain(&host, &mut prompt.command).context("a host")?;
    let code = prompt.run(speaker)?;
    place::tell_wire(speaker, &inside.finish());
    Ok(code)
}

fn in_running(speaker: Speaker, lab: &Lab, options: &cli::LabShell) -> Result<ExitCode> {
    place::leave_interrupts_to_programs()?;
    let host = control::host_or_first(speaker, lab, options.host.as_deref())?;
    let prompt = Prompt::make(&host)?;
    lab.enter(speaker, &host)?;
    eprintln!("{}", say!(speaker, "lab-shell-up", host = host.as_str(), lab = lab.name()));
    prompt.run(speaker)
}

/// A shell whose prompt says where it is.
struct Prompt {
    command: Command,
    /// What the shell reads when it starts. It is removed when the shell has ended.
    _files: Option<tempfile::TempDir>,
}

impl Prompt {
    fn make(host: &str) -> Result<Self> {
        let shell = std::env::var_os("SHELL").filter(|shell| !shell.is_empty());
        let shell = shell.unwrap_or_else(|| "/bin/sh".into());
        let mut command = Command::new(&shell);
        command.env(IN_LAB, host);
        let name = Path::new(&shell).file_name().unwrap_or_default().to_string_lossy().into_owned();
        let text = match name.as_str() {
            "bash" => "[ -f ~/.bashrc ] && . ~/.bashrc\nPS1=\"(lab $SOCKLAB_LAB) $PS1\"\n",
            "zsh" => {
                "ZDOTDIR=${SOCKLAB_ZDOTDIR:-$HOME}\n[ -f $ZDOTDIR/.zshrc ] && . $ZDOTDIR/.zshrc\n\
                 PROMPT=\"(lab $SOCKLAB_LAB) $PROMPT\"\n"
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
        let status = self.command.status();
        Ok(code_of(status.map_err(|error| run::not_started(speaker, &program, &error))?))
    }
}
