//! A host's network: its namespace, its link, its addresses and routes.

use std::io;
use std::net::IpAddr;
use std::os::fd::{AsFd, BorrowedFd};
use std::thread;

use socklab_kernel::sysctl;

use super::options::{Addresses, HostOptions};
use crate::namespace::Network;
use crate::netlink::{Fork, LOOPBACK, LinkChange, Netlink, Offload, Plug, Route, switch_off};
use crate::wire::WireRefusal;
use crate::wire::switch::Apart;

/// The index of a host's device, the first after its loopback.
const ETHERNET: i32 = 2;
const NAME: &str = "eth0";

/// What all links are like.
#[derive(Clone, Copy, Debug)]
pub(super) struct Links {
    /// The largest packet, in bytes.
    pub(super) mtu: u32,
    /// Whether checksums and segments are left to the links, which leave them to each other.
    pub(super) offloads: bool,
}

/// A host's network namespace.
#[derive(Debug)]
pub(super) struct Home(Network);

/// The index of the device at the switch's end of the link to the host with this number, from 0.
pub(super) fn port_index(number: usize) -> i32 {
    100 + number as i32
}

/// Makes the network namespaces of all hosts, each connected to that of the switch.
pub(super) fn make(
    hosts: &[HostOptions],
    links: Links,
    apart: &mut Apart,
) -> Result<Vec<Home>, WireRefusal> {
    // In a thread of its own, so that the caller stays where he is.
    thread::scope(|scope| {
        let make = || (0..hosts.len()).map(|number| one(number, hosts, links, apart)).collect();
        let making = thread::Builder::new().spawn_scoped(scope, make);
        let making = making.map_err(|error| WireRefusal::new("clone", error))?;
        making.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

/// Makes one host, and moves the calling thread into it.
fn one(
    number: usize,
    hosts: &[HostOptions],
    links: Links,
    apart: &mut Apart,
) -> Result<Home, WireRefusal> {
    Network::enter_new().map_err(|error| WireRefusal::new("unshare CLONE_NEWNET", error))?;
    let network = Network::current()
        .map_err(|error| WireRefusal::new("open /proc/thread-self/ns/net", error))?;
    settings();
    let mut here = Netlink::open()?;
    let up = LinkChange { up: Some(true), ..LinkChange::default() };
    here.change_link(LOOPBACK, &up)?;
    let last = number as u8 + 1;
    let port = format!("w{number}");
    let mtu = links.mtu;
    let ours = Plug { name: NAME, index: ETHERNET, mac: [2, 0, 0, 0, 0, last], mtu };
    let theirs = Plug { name: &port, index: port_index(number), mac: [2, 0, 0, 0, 1, last], mtu };
    here.add_veth(&ours, &theirs, apart.as_fd())?;
    if !links.offloads {
        for offload in [Offload::Checksums, Offload::Segments] {
            switch_off(NAME, offload)?;
        }
    }
    // The far end first, or the link would come up twice.
    apart.netlink.change_link(theirs.index, &up)?;
    here.change_link(ETHERNET, &up)?;
    let Addresses { v4, v6 } = Addresses::of(number);
    here.add_address(ETHERNET, v4.into(), 24)?;
    if has_version_6() {
        here.add_address(ETHERNET, v6.into(), 64)?;
    }
    for (other, host) in hosts.iter().enumerate() {
        for (address, prefix) in &host.networks {
            if address.is_ipv6() && !has_version_6() {
                continue;
            }
            here.add_route(&route((*address, *prefix), number, other))?;
        }
    }
    Ok(Home(network))
}

/// The route of one host to a network of another, or to its own.
fn route(to: (IpAddr, u8), from: usize, host: usize) -> Route {
    let of = |addresses: Addresses| match to.0 {
        IpAddr::V4(_) => IpAddr::V4(addresses.v4),
        IpAddr::V6(_) => IpAddr::V6(addresses.v6),
    };
    if from == host {
        let (fork, table) = (Fork::Here, libc::RT_TABLE_LOCAL);
        return Route { fork, table, to, device: LOOPBACK, via: None, source: None };
    }
    Route {
        fork: Fork::Out,
        table: libc::RT_TABLE_MAIN,
        to,
        device: ETHERNET,
        via: Some(of(Addresses::of(host))),
        source: None,
    }
}

/// What a host keeps to itself: frames that nobody's program has caused would only confuse. Where one
/// of these can't be set, it does.
fn settings() {
    let group = rustix::process::getegid().as_raw();
    for (setting, value) in [
        // No detection of duplicate addresses: they can be used at once.
        ("net.ipv6.conf.default.accept_dad", "0".to_owned()),
        ("net.ipv6.conf.default.router_solicitations", "0".to_owned()),
        ("net.ipv6.conf.default.accept_ra", "0".to_owned()),
        // `bind` to any address of a network that is a host's own.
        ("net.ipv6.ip_nonlocal_bind", "1".to_owned()),
        // `ping` without privileges.
        ("net.ipv4.ping_group_range", format!("{group} {group}")),
    ] {
        let _ = sysctl::write(setting, &value);
    }
}

fn has_version_6() -> bool {
    sysctl::read("net.ipv6.conf.all.disable_ipv6").is_ok_and(|value| value == "0")
}

impl AsFd for Home {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

impl Home {
    /// Moves the calling thread into the host's network. Async-signal-safe.
    pub(super) fn enter(&self) -> io::Result<()> {
        self.0.enter()
    }

    /// Runs `work` on a thread in the host's network, and waits for it.
    pub(super) fn within<T: Send>(&self, work: impl FnOnce() -> T + Send) -> io::Result<T> {
        thread::scope(|scope| {
            let work = || self.enter().map(|()| work());
            let working = thread::Builder::new().spawn_scoped(scope, work)?;
            working.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        })
    }

    /// A descriptor of the namespace of its own, for one new process.
    pub(super) fn copy(&self) -> io::Result<Self> {
        self.0.try_clone().map(Self)
    }
}
