//! `lab wire` and `lab link`: what becomes of frames in a lab that is up.

use std::process::ExitCode;

use anyhow::Result;
use socklab_lab::rules::Change;
use socklab_say::{Speaker, count, say};

use super::control::{Asked, Lab};
use crate::cli::{self, Cable};
use crate::exit_reason::ExitReason;
use crate::output::println;
use crate::wire_rules;

pub(super) fn wire(speaker: Speaker, options: &cli::LabWire) -> Result<ExitCode> {
    let parsed = options.rules.iter().map(|text| text.parse::<Change>());
    let changes: Vec<Change> = parsed.collect::<Result<_, _>>().map_err(|error| {
        let failure = wire_rules::no_rule(speaker, &error);
        // A shell has taken it apart.
        let whole = options.rules.join(" ");
        match options.rules.len() > 1 && whole.parse::<Change>().is_ok() {
            true => {
                let command = format!("socklab lab wire '{whole}'");
                failure.hint(say!(speaker, "wire-quotes-hint", command = command))
            }
            false => failure,
        }
    })?;
    let lab = Lab::need(speaker, options.name.as_deref())?;
    let mut code = ExitCode::SUCCESS;
    for (text, change) in options.rules.iter().zip(changes) {
        let lifted: usize = lab.ask(speaker, &Asked::Wire { change: text.clone() })?;
        match change {
            Change::Add(_) => println!("{}", say!(speaker, "lab-rule-added", rule = text.as_str())),
            Change::LiftAll if lifted == 0 => println!("{}", say!(speaker, "lab-none-to-lift")),
            change => {
                if lifted == 0 && matches!(change, Change::Lift(_)) {
                    code = ExitReason::No.into();
                }
                println!("{}", say!(speaker, "lab-rules-lifted", lifted = count(lifted as u64)));
            }
        }
    }
    Ok(code)
}

pub(super) fn link(speaker: Speaker, options: &cli::LabLink) -> Result<ExitCode> {
    let lab = Lab::need(speaker, options.name.as_deref())?;
    let host = options.host.clone();
    if let Some(cable) = options.cable {
        let up = cable == Cable::Up;
        lab.ask::<()>(speaker, &Asked::Link { host: host.clone(), up })?;
        let key = if up { "lab-link-up" } else { "lab-link-down" };
        println!("{}", say!(speaker, key, host = host.as_str()));
    }
    if let Some(mtu) = options.path_mtu {
        lab.ask::<()>(speaker, &Asked::PathMtu { host: host.clone(), mtu: Some(mtu) })?;
        println!("{}", say!(speaker, "lab-path-mtu", host = host.as_str(), mtu = mtu.to_string()));
    }
    Ok(ExitCode::SUCCESS)
}
