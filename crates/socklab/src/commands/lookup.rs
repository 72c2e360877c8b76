//! `host`, `resolve` and `service`: look up names, addresses and ports.

use std::process::ExitCode;

use anyhow::Result;
use serde_json::json;
use socklab_net::resolve::{Family, Resolution, ResolveError};
use socklab_net::services::{self, Query};
use socklab_say::{Speaker, say};

use crate::cli;
use crate::exit_reason::ExitReason;
use crate::failure::Failure;
use crate::output::{eprintln, println};
use crate::style;

/// This machine's name and what it resolves to.
pub(crate) fn host(speaker: Speaker, json: bool) -> Result<ExitCode> {
    let system = rustix::system::uname();
    let name = system.nodename().to_string_lossy();
    let resolution = socklab_net::resolve::resolve(&name, Family::Any);
    if json {
        let addresses = resolution.as_ref().map(|resolution| &resolution.addresses).ok();
        let error = resolution.as_ref().err().map(ToString::to_string);
        println!("{}", json!({ "name": name, "addresses": addresses, "error": error }));
    } else {
        println!("{name}");
        for address in resolution.iter().flat_map(|resolution| &resolution.addresses) {
            println!("{address}");
        }
    }
    match resolution {
        Ok(_) => Ok(ExitCode::SUCCESS),
        // The JSON above already says that the name has no address.
        Err(_) if json => Ok(ExitReason::No.into()),
        Err(error) => {
            Err(unresolved(speaker, &name, &error).hint(say!(speaker, "host-hint")).into())
        }
    }
}

/// Looks up each name. Fails if any of them failed.
pub(crate) fn resolve(speaker: Speaker, options: &cli::Resolve) -> Result<ExitCode> {
    let family = match (options.ipv4, options.ipv6) {
        (true, _) => Family::V4,
        (_, true) => Family::V6,
        _ => Family::Any,
    };
    let mut code = ExitCode::SUCCESS;
    for name in &options.names {
        let resolution = socklab_net::resolve::resolve(name, family);
        if options.json {
            println!("{}", as_json(name, &resolution));
        }
        match resolution {
            Ok(resolution) if !options.json => {
                print(speaker, name, &resolution, options.names.len() > 1);
            }
            Ok(_) => {}
            Err(error) => {
                code = ExitReason::Unresolved.into();
                if !options.json {
                    let failure = unresolved(speaker, name, &error);
                    eprintln!("{} {failure}", style::paint(style::BAD, "socklab:"));
                }
            }
        }
    }
    Ok(code)
}

fn print(speaker: Speaker, name: &str, resolution: &Resolution, several: bool) {
    if let Some(canonical) = resolution.canonical.as_ref().filter(|canonical| *canonical != name) {
        println!("{}", say!(speaker, "canonical", name = name, canonical = canonical));
    }
    for address in &resolution.addresses {
        match several {
            true => println!("{name} {address}"),
            false => println!("{address}"),
        }
    }
}

fn as_json(name: &str, resolution: &Result<Resolution, ResolveError>) -> serde_json::Value {
    match resolution {
        Ok(resolution) => json!({
            "name": name,
            "canonical": resolution.canonical,
            "addresses": resolution.addresses,
            "seconds": resolution.elapsed.as_secs_f64(),
        }),
        Err(error) => json!({ "name": name, "addresses": [], "error": error.to_string() }),
    }
}

/// The error for a name without an address.
pub(crate) fn unresolved(speaker: Speaker, name: &str, error: &ResolveError) -> Failure {
    let what = match error {
        ResolveError::NoSuchName { .. } => say!(speaker, "no-such-name", name = name),
        ResolveError::NoAddress { .. } => say!(speaker, "no-address", name = name),
        ResolveError::TemporaryFailure { .. } => say!(speaker, "resolver-silent", name = name),
        other => say!(speaker, "unresolved", name = name, reason = other),
    };
    Failure::new(ExitReason::Unresolved, what)
}

/// Looks up services by port or by name.
pub(crate) fn service(speaker: Speaker, queries: &[String], json: bool) -> Result<ExitCode> {
    let table = services::Table::load();
    let mut code = ExitCode::SUCCESS;
    for query in queries {
        let parsed = query.parse().ok().filter(|query| !matches!(query, Query::Port(0, _)));
        let parsed =
            parsed.ok_or_else(|| {
                Failure::new(ExitReason::Usage, say!(speaker, "bad-service", query = query))
                    .hint(say!(speaker, "try-line", what = "socklab service 25/tcp"))
            })?;
        let found = table.find(&parsed).unwrap_or_default();
        if json {
            let source = source_name(speaker, &table);
            println!("{}", json!({ "query": query, "source": source, "services": found }));
        } else {
            for service in &found {
                let aliases = service.aliases.join(" ");
                let line = format!(
                    "{:<12} {:>5}/{} {aliases}",
                    service.name, service.port, service.protocol
                );
                println!("{}", line.trim_end());
            }
        }
        if found.is_empty() {
            code = ExitReason::No.into();
            if !json {
                let source = source_name(speaker, &table);
                let failure = say!(speaker, "no-such-service", query = query, source = source);
                eprintln!("{} {failure}", style::paint(style::BAD, "socklab:"));
            }
        }
    }
    Ok(code)
}

fn source_name(speaker: Speaker, table: &services::Table) -> String {
    match table.source() {
        services::Source::System(path) => socklab_say::path(path),
        _ => say!(speaker, "embedded-services"),
    }
}
