//! Who answers in the place when a program asks for the address of a name.

use std::fs;
use std::io;
use std::net::{IpAddr, Ipv4Addr, ToSocketAddrs};

use rustix::system::uname;
use socklab_flows::NAME_SERVER_PORT;
use socklab_lab::{NameServer, Names};

use super::failure;
use crate::format::Scenario;
use crate::recording::{NamesUsed, PlaceUsed};
use crate::request::Request;
use crate::variables::Variables;

/// Makes programs in this place ask a name server of the place's own, which waits to be started.
pub(super) fn enter(
    request: &Request,
    place: &PlaceUsed,
) -> io::Result<(NamesUsed, Option<NameServer>)> {
    if request.scenario.port == NAME_SERVER_PORT {
        return Ok((NamesUsed::Scenario, None));
    }
    let machine = |because: String| Ok((NamesUsed::Machine { because }, None));
    match place {
        PlaceUsed::Private { .. } => {
            let folder = request.scratch.join("names");
            fs::create_dir(&folder).map_err(failure::of("mkdir", folder.display()))?;
            let names = wanted(&request.scenario, &request.variables);
            match NameServer::enter(&folder, &names) {
                Ok(server) => Ok((NamesUsed::Place, Some(server))),
                Err(refusal) => machine(refusal.to_string()),
            }
        }
        PlaceUsed::Machine { because } => machine(because.clone().unwrap_or_default()),
    }
}

/// The address of `{host}`, which may be a name itself.
pub(super) fn host(scenario: &Scenario) -> IpAddr {
    scenario.host.parse().unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST))
}

/// The addresses of the machine, as programs that run on it look them up: those of its own name and
/// of `localhost`.
pub(super) fn of_machine() -> Vec<IpAddr> {
    let own = uname().nodename().to_string_lossy().into_owned();
    let addresses = [own.as_str(), "localhost"].map(|name| (name, 0).to_socket_addrs());
    addresses.into_iter().flatten().flatten().map(|address| address.ip()).collect()
}

/// What names stand for in a scenario.
pub(super) fn wanted(scenario: &Scenario, variables: &Variables) -> Names {
    let host = host(scenario);
    let mut names = Names::all_at(host);
    for name in &scenario.names.unknown {
        names = names.without(name);
    }
    for (name, texts) in &scenario.names.addresses {
        // The loader has refused texts that are neither an address nor one of ours. {host} may be a
        // name.
        let addresses = texts.iter().map(|text| variables.text(text).parse().unwrap_or(host));
        names = match name.as_str() {
            "*" => names.others_at(addresses),
            name => names.with(name, addresses),
        };
    }
    names
}
