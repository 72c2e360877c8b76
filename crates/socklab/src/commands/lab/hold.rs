//! The process of a lab that is up: it makes the place, and answers until it is told to end.

use std::io::{self, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::process::ExitCode;

use anyhow::{Context, Result};
use socklab_event::TcpState;
use socklab_kernel::table::Entry;
use socklab_kernel::{Transport, process};
use socklab_lab::rules::Change;
use socklab_lab::{HostsMistake, Place, PlaceOptions, PlaceRole};
use socklab_say::Speaker;

use super::control::{self, Answer, Asked, HostStatus, OURS, PATIENCE, SocketStatus, Status, Why};
use super::{folder, place, plan, up};
use crate::cli;
use crate::exit_reason::ExitReason;
use crate::failure::Failure;
use crate::scenario;

/// What `up` reads when the lab can be used.
pub(super) const READY: &str = "ready";

/// Is the lab. Its first word on standard output says that it is ready; anything else, why not.
pub(super) fn hold(speaker: Speaker, options: &cli::LabUp) -> Result<ExitCode> {
    // It outlives the terminal, and what is typed there is not for it.
    rustix::process::setsid().context("setsid")?;
    let name = options.name.as_deref().unwrap_or(folder::USUAL);
    let address = folder::address(speaker, name)?;
    scenario::allow_a_lab(speaker)?;
    let kind = plan::kind(speaker, &options.place, used(&options.place))?;
    let listener = match UnixListener::bind_addr(&address) {
        // Another one was faster.
        Err(error) if error.kind() == io::ErrorKind::AddrInUse => {
            return Err(up::already(speaker, name).into());
        }
        bound => bound.with_context(|| format!("bind {name}"))?,
    };
    match Place::enter(place::with_programs(PlaceOptions::new(kind))) {
        Ok(PlaceRole::Inside(place)) => serve(&place, &listener),
        Ok(PlaceRole::Outside { exit_code }) => Ok(place::code(exit_code)),
        Err(refusal) => {
            // Whoever started this process says how to change it.
            say(&refusal.what).context("write")?;
            let exit =
                if refusal.contradiction { ExitReason::Usage } else { ExitReason::Environment };
            Ok(exit.into())
        }
    }
}

/// A lab that is up has hosts, if none are named the usual ones: there is more than one terminal.
pub(super) fn used(place: &cli::LabPlace) -> &'static [&'static str] {
    if place.hosts.is_none() { &["client"] } else { &[] }
}

fn say(text: &str) -> io::Result<()> {
    let mut out = io::stdout();
    out.write_all(format!("{text}\n").as_bytes())?;
    out.flush()
}

fn serve(place: &Place, listener: &UnixListener) -> Result<ExitCode> {
    say(READY).context("write")?;
    loop {
        let (stream, _) = listener.accept().context("accept")?;
        // A connection that fails, or is not the user's own, is the other side's concern.
        if let Ok(End::Now) = folder::is_from_us(&stream).and_then(|()| answer(place, &stream)) {
            return Ok(ExitCode::SUCCESS);
        }
    }
}

/// Whether the lab ends.
#[derive(PartialEq, Eq)]
enum End {
    Now,
    NotYet,
}

fn answer(place: &Place, stream: &UnixStream) -> io::Result<End> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    match control::read(stream)? {
        Asked::Status => control::write(stream, &status(place))?,
        Asked::Enter { host } => match place.passage(&host) {
            Ok(passage) => {
                control::write(stream, &Answer::Ok(()))?;
                passage.send(stream)?;
            }
            Err(refusal) => control::write(stream, &Answer::<()>::Err(refusal.into()))?,
        },
        Asked::Wire { change } => control::write(stream, &change_rules(place, &change))?,
        Asked::Link { host, up } => {
            let set = place.set_link(&host, up).map_err(Why::from);
            control::write(stream, &set)?;
        }
        Asked::PathMtu { host, mtu } => {
            let set = place.set_path_mtu(&host, mtu).map_err(Why::from);
            control::write(stream, &set)?;
        }
        Asked::Down => {
            control::write(stream, &Answer::Ok(()))?;
            return Ok(End::Now);
        }
    }
    Ok(End::NotYet)
}

/// Adds or lifts rules, and returns how many were lifted.
fn change_rules(place: &Place, change: &str) -> Answer<usize> {
    // Who asks has read it as well, with the same words if it is the same socklab.
    let parsed: Change = change.parse().map_err(|error| Why::Machine(format!("{error}")))?;
    if let Change::Add(rule) = &parsed {
        if place.is_fast() {
            return Err(Why::Mistake(HostsMistake::Fast));
        }
        let hosts = place.hosts();
        let known: Vec<&str> = hosts.iter().map(|host| host.name.as_str()).collect();
        HostsMistake::of_rule(rule, &known).map_err(Why::Mistake)?;
    }
    Ok(place.change(&parsed).unwrap_or(0))
}

fn status(place: &Place) -> Answer<Status> {
    let owners = owners();
    let host = |host: socklab_lab::HostSeen| -> Answer<HostStatus> {
        let sockets = place.sockets(&host.name).map_err(Why::from)?;
        let sockets = sockets.iter().map(|entry| socket_status(entry, &owners)).collect();
        let socklab_lab::HostSeen { name, addresses, link, path_mtu } = host;
        Ok(HostStatus { name, addresses, link, path_mtu, sockets })
    };
    let hosts = place.hosts().into_iter().map(host).collect::<Answer<Vec<_>>>()?;
    let (internet, programs) = (place.internet().to_vec(), place.programs().map(Into::into));
    Ok(Status { hosts, internet, programs, rules: place.rules() })
}

/// Which program has which socket, by its inode.
fn owners() -> Vec<(u64, String)> {
    let mut owners = Vec::new();
    for pid in process::all().unwrap_or_default() {
        let (words, _) = process::arguments(pid);
        let line = match words.first() {
            // This process itself: the servers of the internet.
            _ if pid == std::process::id() => OURS.to_owned(),
            Some(first) => {
                let name = first.rsplit('/').next().unwrap_or(first).to_owned();
                [vec![name], words[1..].to_vec()].concat().join(" ")
            }
            None => continue,
        };
        owners.extend(process::sockets(pid).into_iter().map(|it| (it.inode, line.clone())));
    }
    owners
}

fn socket_status(entry: &Entry, owners: &[(u64, String)]) -> SocketStatus {
    let owner = |inode: u64| owners.iter().find(|(known, _)| *known == inode);
    let transport = entry.table.transport();
    let name = || TcpState(entry.state.into()).short_name().map(str::to_owned);
    let state = match (transport, entry.state) {
        // UDP has no states of its own: the kernel uses TCP's number for “not connected”.
        (Transport::Udp, Entry::CLOSE) => "BOUND".to_owned(),
        _ => name().unwrap_or_else(|| entry.state.to_string()),
    };
    SocketStatus {
        protocol: if transport == Transport::Tcp { "tcp" } else { "udp" }.to_owned(),
        local: entry.local.to_string(),
        peer: entry.remote.map(|peer| peer.to_string()),
        state,
        receive_queue: entry.receive_queue,
        send_queue: entry.send_queue,
        program: entry.inode.and_then(owner).map(|(_, line)| line.clone()),
    }
}

/// What a lab that could not be made has said.
pub(super) fn refused(speaker: Speaker, what: &str, exit: Option<i32>) -> Failure {
    if exit == Some(ExitReason::Environment as i32) {
        let refusal = socklab_say::say!(speaker, "lab-no-place", reason = what);
        return Failure::new(ExitReason::Environment, refusal);
    }
    let is_no = exit == Some(ExitReason::No as i32);
    Failure::new(if is_no { ExitReason::No } else { ExitReason::Usage }, what.to_owned())
}
