//! Who answers in the place when a program asks for the address of a name.

use std::io;
use std::net::{IpAddr, Ipv4Addr, ToSocketAddrs};
use std::time::Duration;

use rustix::system::uname;
use socklab_flows::NAME_SERVER_PORT;
use socklab_lab::{
    Asks, Entry, Ground, Internet, InternetOptions, Manner, NameServer, Names, Running, Trouble,
};

use super::failure;
use crate::format::{AddressType, NameAnswer, NameRule, Scenario};
use crate::recording::{NamesUsed, PlaceUsed};
use crate::request::Request;
use crate::variables::Variables;

/// Who answers for names, and waits to be started.
pub(super) enum Answering {
    /// A name server alone.
    Names(NameServer),
    /// The local internet, with its servers.
    Internet(Internet),
}

/// Makes programs in this place ask a name server of the place's own, which waits to be started.
pub(super) fn enter(
    request: &Request,
    place: &PlaceUsed,
) -> io::Result<(NamesUsed, Option<Answering>)> {
    if request.scenario.port == NAME_SERVER_PORT {
        return Ok((NamesUsed::Scenario, None));
    }
    let machine = |because: String| Ok((NamesUsed::Machine { because }, None));
    match place {
        PlaceUsed::Private { .. } => {
            let entered = if request.scenario.names.internet {
                // Only what is on the loopback itself passes its wire.
                let looped = request.scenario.needs_wire();
                let ground = if looped { Ground::Loopback } else { Ground::Own };
                // The scenario's own programs may want the ports of the course's services.
                let options = InternetOptions::new(ground).course_services(false);
                Internet::enter(options)
                    .map(Answering::Internet)
                    .map_err(|refusal| refusal.to_string())
            } else {
                let names = wanted(Names::only_known(), &request.scenario, &request.variables);
                NameServer::enter(&names)
                    .map(Answering::Names)
                    .map_err(|refusal| refusal.to_string())
            };
            match entered {
                Ok(answering) => Ok((NamesUsed::Place, Some(answering))),
                Err(because) => machine(because),
            }
        }
        PlaceUsed::Machine { because } => machine(because.clone().unwrap_or_default()),
    }
}

impl Answering {
    /// Answers from now on, as the scenario says. The servers of an internet run until what comes
    /// back is dropped.
    pub(super) fn start(
        self,
        scenario: &Scenario,
        variables: &Variables,
    ) -> io::Result<Option<Running>> {
        match self {
            Self::Names(server) => {
                let names = wanted(Names::only_known(), scenario, variables);
                server
                    .start(names)
                    .map_err(failure::of("clone", "a thread that answers for names"))?;
                Ok(None)
            }
            Self::Internet(internet) => {
                let names = wanted(internet.names().clone(), scenario, variables);
                internet.start(names).map(Some).map_err(io::Error::other)
            }
        }
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

/// What names stand for in a scenario, besides these. Without an internet all others are `{host}`.
fn wanted(mut names: Names, scenario: &Scenario, variables: &Variables) -> Names {
    let host = host(scenario);
    if !scenario.names.internet {
        names = names.others_at([host]);
    }
    // The loader has refused texts that are neither an address nor one of ours. {host} may be a name.
    let addresses = |texts: &[String]| -> Vec<IpAddr> {
        texts.iter().map(|text| variables.text(text).parse().unwrap_or(host)).collect()
    };
    for (name, texts) in &scenario.names.addresses {
        names = names.with(name, addresses(texts));
    }
    for name in &scenario.names.unknown {
        names = names.without(name);
    }
    for (name, rule) in &scenario.names.dns {
        let entry = Entry {
            addresses: rule.addresses.as_deref().map_or(vec![host], addresses),
            rotating: rule.rotate,
            alias: rule.alias.clone(),
            manner: manner(rule),
        };
        names = names.entry(name, entry);
    }
    names
}

fn manner(rule: &NameRule) -> Manner {
    Manner {
        trouble: rule.answer.map(|answer| match answer {
            NameAnswer::NoSuchName => Trouble::NoSuchName,
            NameAnswer::Failure => Trouble::Failure,
            NameAnswer::Refused => Trouble::Refusal,
            NameAnswer::Silence => Trouble::Silence,
            NameAnswer::Truncated => Trouble::CutOff,
        }),
        asks: rule.asks.map(|asks| match asks {
            AddressType::A => Asks::Ipv4,
            AddressType::Aaaa => Asks::Ipv6,
        }),
        first: rule.first,
        delay: Duration::from_millis(rule.delay_ms),
    }
}
