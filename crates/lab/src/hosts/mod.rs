//! Hosts: each a network namespace with addresses of its own, all of them connected by a wire on which
//! rules decide what becomes of every frame.
//!
//! ```text
//!   client   eth0 10.0.0.1, fd00::1 ═══ w0 ┐
//!   server   eth0 10.0.0.2, fd00::2 ═══ w1 ├─ switch, rules
//!   internet eth0 10.0.0.3, fd00::3 ═══ w2 ┘
//! ```
//!
//! A host has its own loopback, tables of sockets, low ports, name (`uname -n`) and `/etc/hosts`; of
//! files and processes it has those of the place in which it was made. It takes about a millisecond to
//! make one.
//!
//! What cuts a host off is a rule on the wire: `host server dies` (nothing comes from it or gets to it
//! any more, and so no RST either), `partition client from server`, `rate 1 Mbit/s from server`; see
//! [`rules`](crate::rules). What a cable or a router does is here: [`Network::set_link`],
//! [`Network::set_path_mtu`].

mod doors;
mod files;
mod host;
mod options;

use std::io;
use std::os::fd::BorrowedFd;
use std::process::Command;
use std::sync::{Mutex, OnceLock, PoisonError};

use socklab_event::Event;
use socklab_kernel::{Entrance, table};

use crate::netlink::LinkChange;
use crate::wire::ring::RingOptions;
use crate::wire::rules::Rules;
use crate::wire::switch::{Apart, Port, Switch, Switching};
use crate::wire::{Switched, WireControl};
use doors::Doors;
use host::{Home, Links};

pub use options::{Addresses, HostOptions, HostsMistake, HostsOptions, HostsRefusal};

/// The name of the host at which others ask for names, if there is one.
pub const INTERNET: &str = "internet";
/// Room for what a slot of the ring needs besides the packet: its Ethernet header, and what the kernel
/// says of it.
const BESIDES: usize = 256;
/// The largest packet of IP, which a sender leaves to his network card to be cut.
const LARGEST: usize = 65_535;
/// With slots for such packets, fewer fit: as much memory has room for 768.
const FAST_RING: usize = 64 << 20;

/// Hosts, between which nothing passes yet.
#[derive(Debug)]
pub struct Hosts {
    switch: Switch,
    apart: Apart,
    hosts: Vec<Host>,
    fast: bool,
}

/// A host, and what is made of it when somebody enters.
#[derive(Debug)]
struct Host {
    options: HostOptions,
    addresses: Addresses,
    home: Home,
    doors: OnceLock<Doors>,
    link: Mutex<HostLink>,
}

/// What was done to a host's link since it was made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct HostLink {
    /// Its cable is pulled.
    pub pulled: bool,
    /// The largest packet on the way to and from it, in bytes; `None` if only its link limits that.
    pub path_mtu: Option<u32>,
}

impl Hosts {
    /// Makes hosts. Only inside a private loopback, whose network namespace stays as it is: it is none
    /// of the hosts.
    ///
    /// # Errors
    ///
    /// Options that contradict each other, before anything has changed; or the step that the kernel
    /// refused, after which nothing is left of the hosts.
    pub fn open(options: HostsOptions) -> Result<Self, HostsRefusal> {
        options.check()?;
        let HostsOptions { hosts, rules, mtu, fast } = options;
        // Frames have to be whole, or nothing could be sent on.
        let ring = if fast {
            RingOptions { size: FAST_RING, slot: LARGEST + BESIDES, ..RingOptions::default() }
        } else {
            let slot = (usize::try_from(mtu).unwrap_or_default() + BESIDES).next_power_of_two();
            RingOptions { size: 16 << 20, slot, ..RingOptions::default() }
        };
        let ring = RingOptions { sends: true, offloads: fast, ..ring };
        let links = Links { mtu, offloads: fast };
        let (ring, apart, homes) = Apart::open(ring, |apart| host::make(&hosts, links, apart))?;
        let port = |(number, host): (usize, &HostOptions)| Port {
            ifindex: host::port_index(number),
            host: host.name.as_str().into(),
        };
        let ports = hosts.iter().enumerate().map(port).collect();
        let switch = Switch::new(ring, ports, Rules::new(rules), false)?;
        let made = hosts.into_iter().zip(homes).enumerate().map(|(number, (options, home))| Host {
            addresses: Addresses::of(number),
            options,
            home,
            doors: OnceLock::new(),
            link: Mutex::default(),
        });
        Ok(Self { switch, apart, hosts: made.collect(), fast })
    }

    /// Lets frames pass. `sink` is told of every one, on a thread of the wire, when its fate is known, with
    /// at most `sample` bytes of what it carries; the order is that of their fates.
    ///
    /// # Errors
    ///
    /// When no more threads can be started.
    pub fn start(
        self,
        sample: usize,
        sink: impl FnMut(Vec<Event>) + Send + 'static,
    ) -> io::Result<Network> {
        let Self { switch, apart, hosts, fast } = self;
        let apart = Mutex::new(apart);
        Ok(Network { switching: switch.start(sample, sink)?, apart, hosts, fast })
    }
}

/// Hosts between which frames pass. Dropping it ends the wire; the hosts exist as long as any process
/// in them.
#[derive(Debug)]
pub struct Network {
    switching: Switching,
    apart: Mutex<Apart>,
    hosts: Vec<Host>,
    fast: bool,
}

impl Network {
    /// Whether frames pass as they are left to a network card, see [`HostsOptions::fast`].
    pub fn is_fast(&self) -> bool {
        self.fast
    }

    /// The names of all hosts, and their addresses.
    pub fn hosts(&self) -> impl Iterator<Item = (&str, Addresses)> {
        self.hosts.iter().map(|host| (host.options.name.as_str(), host.addresses))
    }

    /// How to change the rules of the wire: who is cut off from whom, how fast it is.
    pub fn control(&self) -> WireControl {
        self.switching.control().clone()
    }

    /// The way into a host, for a process that is about to be started.
    ///
    /// # Errors
    ///
    /// There is no such host, or the step that the kernel refused.
    pub fn entrance(&self, host: &str) -> Result<Box<dyn Entrance>, HostsRefusal> {
        Ok(Box::new(self.doors(host)?.entrance()?))
    }

    /// Descriptors for the namespaces of a host: its network, its name, its files. Whoever enters them,
    /// in this order (`setns(2)`), is in the host; his working directory is then the root.
    ///
    /// # Errors
    ///
    /// There is no such host, or the step that the kernel refused.
    pub fn namespaces(&self, host: &str) -> Result<[BorrowedFd<'_>; 3], HostsRefusal> {
        Ok(self.doors(host)?.namespaces())
    }

    /// Makes `command` run in a host.
    ///
    /// # Errors
    ///
    /// There is no such host, or the step that the kernel refused.
    pub fn contain(&self, host: &str, command: &mut Command) -> Result<(), HostsRefusal> {
        Ok(self.doors(host)?.contain(command)?)
    }

    /// Runs `work` on a thread in a host, which sees its files and whose sockets are in its network, and
    /// waits for it. Threads that it starts are in the host, too.
    ///
    /// # Errors
    ///
    /// There is no such host, or the step that the kernel refused.
    pub fn within<T: Send>(
        &self,
        host: &str,
        work: impl FnOnce() -> T + Send,
    ) -> Result<T, HostsRefusal> {
        self.doors(host)?.within(work)
    }

    /// Plugs the cable of a host in, or pulls it. The host notices: its link is down.
    ///
    /// # Errors
    ///
    /// There is no such host, or the kernel refuses.
    pub fn set_link(&self, host: &str, up: bool) -> Result<(), HostsRefusal> {
        let number = self.number(host)?;
        let change = LinkChange { up: Some(up), ..LinkChange::default() };
        let mut apart = self.apart.lock().unwrap_or_else(PoisonError::into_inner);
        apart.netlink.change_link(host::port_index(number), &change)?;
        drop(apart);
        self.changed(number, |link| link.pulled = !up);
        Ok(())
    }

    /// What was done to the link of a host.
    ///
    /// # Errors
    ///
    /// There is no such host.
    pub fn link(&self, host: &str) -> Result<HostLink, HostsRefusal> {
        let number = self.number(host)?;
        Ok(*self.hosts[number].link.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn changed(&self, number: usize, change: impl FnOnce(&mut HostLink)) {
        change(&mut self.hosts[number].link.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// Makes the path to and from a host carry no packets larger than `mtu` bytes, as if a router with a
    /// narrower link were on it; `None` ends that. The hosts' own links stay as they are, and don't
    /// know: a sender learns of it from ICMP (“fragmentation needed”, “packet too big”), which comes
    /// from the wire, or not at all if a rule drops every ICMP. IPv4 that may be cut is.
    ///
    /// # Errors
    ///
    /// There is no such host, or the wire is fast: it does not know how large a packet will be.
    pub fn set_path_mtu(&self, host: &str, mtu: Option<u32>) -> Result<(), HostsRefusal> {
        let number = self.number(host)?;
        if self.fast {
            return Err(HostsMistake::Fast.into());
        }
        self.switching.control().narrow(number, mtu);
        self.changed(number, |link| link.path_mtu = mtu);
        Ok(())
    }

    /// The TCP and UDP sockets of a host, with their queues.
    ///
    /// # Errors
    ///
    /// There is no such host, or its tables can't be read.
    pub fn sockets(&self, host: &str) -> Result<Vec<table::Entry>, HostsRefusal> {
        let host = &self.hosts[self.number(host)?];
        let read = || {
            let read = |table| match table::read(table::Namespace::Own, table) {
                // Without IPv6 there are no tables for it.
                Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
                entries => entries,
            };
            let tables = table::Table::ALL.into_iter().map(read);
            tables.collect::<io::Result<Vec<_>>>().map(|all| all.concat())
        };
        Ok(host.home.within(read)??)
    }

    /// Ends the wire, when all that has come in has been decided about. What a rule still delays then is
    /// told as being under way. From then on no host reaches another.
    pub fn finish(self) -> Switched {
        self.switching.finish()
    }

    fn number(&self, host: &str) -> Result<usize, HostsRefusal> {
        let same = |known: &Host| known.options.name == host;
        let unknown = || HostsMistake::NoHost { host: host.to_owned(), known: self.names() };
        Ok(self.hosts.iter().position(same).ok_or_else(unknown)?)
    }

    fn names(&self) -> Vec<String> {
        self.hosts.iter().map(|host| host.options.name.clone()).collect()
    }

    /// Most hosts are never entered: their files are made when somebody comes.
    fn doors(&self, name: &str) -> Result<&Doors, HostsRefusal> {
        let host = &self.hosts[self.number(name)?];
        if let Some(doors) = host.doors.get() {
            return Ok(doors);
        }
        let all: Vec<(&str, Addresses)> = self.hosts().collect();
        let made = Doors::make(&host.home, name, &all)?;
        Ok(host.doors.get_or_init(|| made))
    }
}
