//! `lab status`: hosts, addresses, sockets with their queues, rules with what they did.

use std::process::ExitCode;

use anyhow::Result;
use serde_json::json;
use socklab_lab::Listed;
use socklab_say::{Speaker, count, say};

use super::control::{Asked, HostStatus, Lab, OURS, SocketStatus, Status};
use crate::cli;
use crate::output::{println, width, write_json};
use crate::style::{self, paint};
use crate::terminal::markdown;
use crate::terminal::rows::rows;
use crate::wire_rules;

pub(super) fn status(speaker: Speaker, options: &cli::LabStatus) -> Result<ExitCode> {
    let lab = Lab::need(speaker, options.name.as_deref())?;
    let status: Status = lab.ask(speaker, &Asked::Status)?;
    if options.json {
        write_json(&json!({
            "name": lab.name(), "hosts": status.hosts, "internet": status.internet,
            "rules": status.rules,
        }))?;
        return Ok(ExitCode::SUCCESS);
    }
    let widest = status.hosts.iter().map(|host| host.name.len()).max().unwrap_or(0);
    for host in &status.hosts {
        host_lines(speaker, host, widest).iter().for_each(|line| println!("{line}"));
    }
    if !status.internet.is_empty() {
        println!("{}", markdown::hanging(&say!(speaker, "lab-names"), 0, width()));
        let listed = |listed: &Listed| {
            let addresses = listed.addresses.iter().map(ToString::to_string).collect::<Vec<_>>();
            let services = listed.services.join(", ");
            (listed.names.join(", "), format!("{} · {services}", addresses.join(", ")))
        };
        let names: Vec<_> = status.internet.iter().map(listed).collect();
        rows(&names, width()).iter().for_each(|line| println!("{line}"));
    }
    for rule in &status.rules {
        println!("{}", markdown::hanging(&wire_rules::told(speaker, rule), 0, width()));
    }
    if status.rules.is_empty() {
        println!("{}", say!(speaker, "lab-no-rules"));
    }
    Ok(ExitCode::SUCCESS)
}

/// A host, and a line or two for each of its sockets.
fn host_lines(speaker: Speaker, host: &HostStatus, widest: usize) -> Vec<String> {
    let addresses = host.addresses.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let pulled = (!host.link).then(|| say!(speaker, "lab-status-pulled"));
    let narrow =
        host.path_mtu.map(|mtu| say!(speaker, "lab-status-path-mtu", mtu = mtu.to_string()));
    let about = [Some(addresses), pulled, narrow].into_iter().flatten().collect::<Vec<_>>();
    let name = format!("{:<widest$}", host.name);
    let about = markdown::hanging_after(&about.join(" · "), widest + 2, widest + 2, width());
    let mut lines = vec![format!("{}  {about}", paint(style::STRONG, &name))];
    // The servers of the local internet are many, and always the same.
    let is_service = |socket: &&SocketStatus| {
        socket.program.as_deref() == Some(OURS)
            && socket.peer.is_none()
            && socket.receive_queue == 0
    };
    let (services, sockets): (Vec<_>, Vec<_>) = host.sockets.iter().partition(is_service);
    if !services.is_empty() {
        let services = count(services.len() as u64);
        let text = say!(speaker, "lab-services", services = services);
        lines.push(format!("  {}", markdown::hanging_after(&text, 2, 6, width())));
    }
    for socket in sockets {
        let text = socket_text(speaker, socket);
        lines.push(format!("  {}", markdown::hanging_after(&text, 2, 6, width())));
    }
    lines
}

fn socket_text(speaker: Speaker, socket: &SocketStatus) -> String {
    let SocketStatus { protocol, local, peer, state, receive_queue, send_queue, program } = socket;
    let peer = peer.as_ref().map(|peer| format!(" → {peer}")).unwrap_or_default();
    let mut text = format!("{protocol} {local}{peer} {state}");
    if *receive_queue > 0 {
        let key = if state == "LISTEN" { "lab-queue-accept" } else { "lab-queue-receive" };
        text += &format!(" · {}", say!(speaker, key, waiting = count(u64::from(*receive_queue))));
    }
    if *send_queue > 0 {
        let waiting = count(u64::from(*send_queue));
        text += &format!(" · {}", say!(speaker, "lab-queue-send", waiting = waiting));
    }
    if let Some(program) = program {
        text += &format!(" · {program}");
    }
    text
}
