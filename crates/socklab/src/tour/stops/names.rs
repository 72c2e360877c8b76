//! Names, addresses and services: compared with the output of the system's own tools.

use std::collections::BTreeSet;
use std::net::IpAddr;

use anyhow::Result;
use socklab_net::services::Protocol;
use socklab_say::say;

use crate::tour::evidence::{self, Opinion};
use crate::tour::visit::{Visit, text_after};

pub(super) fn own_name(visit: &mut Visit) -> Result<()> {
    let output = visit.run(&["run", "basics-01"])?;
    visit.check_success();
    let name = evidence::host_name();
    let printed = text_after(&output, "Host name: ");
    visit.check(say!(visit.speaker, "check-host-name", name = name), printed == name, printed);
    same_addresses(visit, &name, output.lines().filter_map(|line| line.strip_prefix("Address: ")));
    Ok(())
}

pub(super) fn addresses(visit: &mut Visit) -> Result<()> {
    let (name, output) = match visit.lab() {
        Some(_) => ("www.google.com", visit.run_in_lab("basics-02")?),
        None => ("localhost", visit.run(&["run", "basics-02", "localhost"])?),
    };
    visit.check_success();
    let printed = output.lines().filter_map(|line| line.rsplit(' ').next());
    same_addresses(visit, name, printed);
    Ok(())
}

fn same_addresses<'t>(visit: &mut Visit, name: &str, printed: impl Iterator<Item = &'t str>) {
    let printed: BTreeSet<IpAddr> = printed.filter_map(|word| word.parse().ok()).collect();
    let Opinion { source, answer } = evidence::addresses(name);
    let ok = !printed.is_empty() && printed == answer;
    let list = |addresses: BTreeSet<IpAddr>| {
        addresses.iter().map(IpAddr::to_string).collect::<Vec<_>>().join(" ")
    };
    let (printed, answer) = (list(printed), list(answer));
    let seen = say!(
        visit.speaker,
        "check-addresses-seen",
        printed = printed,
        source = source,
        answer = answer
    );
    visit.check(say!(visit.speaker, "check-addresses", source = source), ok, seen);
}

pub(super) fn services(visit: &mut Visit) -> Result<()> {
    let output = visit.run(&["run", "basics-03"])?;
    visit.check_success();
    for (port, protocol) in [(25, Protocol::Tcp), (53, Protocol::Udp)] {
        let Opinion { source, answer } = evidence::service(port, protocol);
        let printed = text_after(&output, &format!("Port {port}/{protocol} is the service "));
        let what =
            say!(visit.speaker, "check-service", source = source, port = port, name = answer);
        visit.check(what, !answer.is_empty() && printed == answer, printed);
    }
    Ok(())
}
