//! Names, addresses and services: compared with what the system's own tools say.

use std::collections::BTreeSet;
use std::net::IpAddr;

use anyhow::Result;
use socklab_net::services::Protocol;

use super::behind;
use crate::language::text;
use crate::tour::evidence::{self, Opinion};
use crate::tour::scene::Scene;

pub(super) fn own_name(scene: &mut Scene) -> Result<()> {
    let output = scene.run(&["run", "basics-01"])?;
    scene.check_success();
    let name = evidence::host_name();
    let printed = behind(&output, "Host name: ");
    scene.check(text!("check-host-name", name = name), printed == name, printed);
    same_addresses(scene, &name, output.lines().filter_map(|line| line.strip_prefix("Address: ")));
    Ok(())
}

pub(super) fn addresses(scene: &mut Scene) -> Result<()> {
    let output = scene.run(&["run", "basics-02", "localhost"])?;
    scene.check_success();
    let printed = output.lines().filter_map(|line| line.rsplit(' ').next());
    same_addresses(scene, "localhost", printed);
    Ok(())
}

fn same_addresses<'t>(scene: &mut Scene, name: &str, printed: impl Iterator<Item = &'t str>) {
    let printed: BTreeSet<IpAddr> = printed.filter_map(|word| word.parse().ok()).collect();
    let Opinion { source, answer } = evidence::addresses(name);
    let ok = !printed.is_empty() && printed == answer;
    let list = |addresses: BTreeSet<IpAddr>| {
        addresses.iter().map(IpAddr::to_string).collect::<Vec<_>>().join(" ")
    };
    let (printed, answer) = (list(printed), list(answer));
    let seen = text!("check-addresses-seen", printed = printed, source = source, answer = answer);
    scene.check(text!("check-addresses", source = source), ok, seen);
}

pub(super) fn services(scene: &mut Scene) -> Result<()> {
    let output = scene.run(&["run", "basics-03"])?;
    scene.check_success();
    for (port, protocol) in [(25, Protocol::Tcp), (53, Protocol::Udp)] {
        let Opinion { source, answer } = evidence::service(port, protocol);
        let printed = behind(&output, &format!("Port {port}/{protocol} is the service "));
        let what = text!("check-service", source = source, port = port, name = answer);
        scene.check(what, !answer.is_empty() && printed == answer, printed);
    }
    Ok(())
}
