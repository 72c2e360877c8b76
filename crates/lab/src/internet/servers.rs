//! The servers of an internet: those of the crate `net`, each at its port.

use std::net::{IpAddr, SocketAddr};

use socklab_net::server::http::Site;
use socklab_net::server::{
    BindError, Config, Daytime, Echo, Http, Ntp, Server, ServerEvent, Transport, Upper,
    start as serve,
};

use super::hosts::{self, SITES, Service};
use super::{InternetOptions, Observer};

/// Starts all of them.
pub(super) fn start(options: &InternetOptions) -> Result<Vec<Server>, BindError> {
    let is_wanted = |service: &&Service| service.is_wanted(options.course_services);
    let mut servers = Vec::new();
    for host in hosts::all() {
        for address in options.ground.addresses(host.v4, host.v6) {
            for service in host.services.iter().filter(is_wanted) {
                servers.push(service.start(address, options.observer.clone())?);
            }
        }
    }
    Ok(servers)
}

impl Service {
    fn start(self, address: IpAddr, observer: Option<Observer>) -> Result<Server, BindError> {
        let at = |port, transport| Config {
            transport: Some(transport),
            ..Config::at(SocketAddr::new(address, port))
        };
        let tell = move |event: &ServerEvent| {
            if let Some(observer) = &observer {
                observer(event);
            }
        };
        match self {
            Self::Echo => serve(Echo, &at(7, Transport::Both), tell),
            Self::Daytime => serve(Daytime, &at(13, Transport::Both), tell),
            Self::Http => {
                let sites = SITES.map(|(host, moved)| match moved {
                    Some(to) => Site::moved(host, to),
                    None => Site::new(host),
                });
                let http = Http { sites: sites.into(), ..Http::default() };
                serve(http, &at(80, Transport::Tcp), tell)
            }
            Self::Ntp => serve(Ntp::default(), &at(123, Transport::Udp), tell),
            Self::Upper => serve(Upper, &at(12000, Transport::Both), tell),
        }
    }
}
