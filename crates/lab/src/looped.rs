//! The looped loopback: everything that goes to 127.0.0.0/8 passes a wire of ours, where rules decide
//! what becomes of it. Programs and their addresses stay as they are.
//!
//! ```text
//!   programs ── 127.0.0.1 ──▶ wire0 ═══ w0 ──▶ switch, rules
//!            ◀─────────────── wire0 ═══ w0 ◀──┘
//! ```
//!
//! A policy rule sends what starts here and is for 127.0.0.0/8 out of a veth, whose other end is in the
//! switch's network namespace; the switch sends every frame back, and by then the kernel takes it for
//! something that has come in (`route_localnet`, `accept_local`). The device has no ARP, so frames are
//! addressed to its own Ethernet address, and come back without a change.
//!
//! It is not quite the plain loopback: there, the sender's call does all the work of the receiver's
//! kernel before it returns. Here a SYN is on its way while the next one is sent, so that more
//! connections than a backlog allows can get in. So this is for runs with rules only.
//!
//! ::1 can't be looped: the kernel drops what comes to it from another device than `lo`. It is not
//! decided about, but told, and [`Looping::finish`] says how much of it there was.

use std::fmt;
use std::io;
use std::net::{IpAddr, Ipv4Addr};
use std::ops::RangeInclusive;
use std::os::fd::AsFd;
use std::sync::{Arc, Mutex};

use socklab_event::Event;
use socklab_kernel::sysctl;

use crate::netlink::{Fork, LinkChange, Netlink, Offload, Plug, Policy, Route, switch_off};
use crate::wire::ring::RingOptions;
use crate::wire::rules::{Rule, Rules};
use crate::wire::switch::{Apart, Port, Switch, Switching};
use crate::wire::{Switched, Tap, WireControl, WireRefusal};

/// The device that programs send through.
const OURS: Plug<'_> = Plug { name: "wire0", index: 1000, mac: [2, 0, 0, 0, 0, 1], mtu: WHOLE };
/// The one at the other end.
const THEIRS: Plug<'_> = Plug { name: "w0", index: 1001, mac: [2, 0, 0, 0, 0, 2], mtu: WHOLE };
/// The largest that a veth can have, and as much as TCP uses of the 65,536 of `lo`.
const WHOLE: u32 = 65_535;
/// What a slot of the ring needs besides the packet: its Ethernet header, and what the kernel says of it.
const BESIDES: usize = 256;
/// What is kept of the payload of a frame that passes beside the wire.
const BESIDE: usize = 2048;
/// The routing table in which 127.0.0.0/8 is behind the wire.
const TABLE: u8 = 100;
const LOOPBACK_NET: ([u8; 4], u8) = ([127, 0, 0, 0], 8);

/// What a looped loopback is like.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct LoopedOptions {
    /// The rules of the wire, in the order in which they are asked.
    pub rules: Vec<Rule>,
    /// The largest packet, in bytes: 68 to 65,535. The default is that of `lo`, so that `send`
    /// blocks after as many bytes as there; with 1500 a large message takes several segments, as on an
    /// Ethernet, and a large datagram several fragments.
    pub mtu: u32,
}

/// The smallest packet that every network of IPv4 carries, RFC 791 §3.2; and the largest of a veth.
const MTUS: RangeInclusive<u32> = 68..=WHOLE;

impl Default for LoopedOptions {
    fn default() -> Self {
        Self { rules: Vec::new(), mtu: WHOLE }
    }
}

impl LoopedOptions {
    /// The names of those on this wire: who spoke first on a connection, and the other one.
    pub const HOSTS: [&str; 2] = ["client", "server"];

    /// Whether there can be such a wire, and all rules be about something that passes there.
    ///
    /// # Errors
    ///
    /// The size that no packet can have, or the first rule that can't.
    pub fn check(&self) -> Result<(), LoopedRefusal> {
        if !MTUS.contains(&self.mtu) {
            let (least, most) = MTUS.into_inner();
            return Err(LoopedRefusal::Mtu { mtu: self.mtu, least, most });
        }
        self.rules.iter().try_for_each(belongs)
    }
}

/// Why there is no looped loopback.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LoopedRefusal {
    /// The kernel refused a step.
    #[error(transparent)]
    Wire(#[from] WireRefusal),
    /// A rule is about an address that nothing on this wire has: only those of 127.0.0.0/8 pass it.
    #[error("{rule}: {address} is not on this wire, only 127.0.0.0/8 is")]
    Address {
        /// The rule, as its author wrote it.
        rule: String,
        /// The address.
        address: IpAddr,
    },
    /// A rule is about a host that there is not: on this wire are a `client` and a `server`.
    #[error("{rule}: there is no host {host} on this wire, only client and server")]
    Host {
        /// The rule, as its author wrote it.
        rule: String,
        /// The host.
        host: String,
    },
    /// No packet can be of this size.
    #[error("no wire has an MTU of {mtu}: {least} to {most}")]
    Mtu {
        /// What was asked for, in bytes.
        mtu: u32,
        /// The least that there can be.
        least: u32,
        /// The most.
        most: u32,
    },
}

/// A looped loopback, through which nothing passes yet.
#[derive(Debug)]
pub struct Looped {
    switch: Switch,
    beside: Tap,
    told: Told,
    connection: Connection,
}

/// Who is told of frames, as soon as there is somebody. Two threads tell.
#[derive(Clone)]
struct Told(Arc<Mutex<Sink>>);

type Sink = Box<dyn FnMut(Vec<Event>) + Send>;

impl Looped {
    /// Sends 127.0.0.0/8 of the calling thread's network namespace, which must be private, through a
    /// wire. `lo` must be up. Until [`Looped::start`] everything waits.
    ///
    /// # Errors
    ///
    /// The step that the kernel refused, after which the namespace should not be used any more; or the
    /// rule that can't apply here, before anything has changed.
    pub fn open(options: LoopedOptions) -> Result<Self, LoopedRefusal> {
        options.check()?;
        let mtu = options.mtu;
        // Frames have to be whole, or nothing could be sent back.
        let slot = usize::try_from(mtu).unwrap_or_default() + BESIDES;
        let ring = RingOptions { size: 32 << 20, slot, sends: true, ..RingOptions::default() };
        // Before this starts to work, nothing passes that could be told. Both rings are opened meanwhile.
        let told = Told(Arc::new(Mutex::new(Box::new(drop))));
        let teller = told.clone();
        let clone = |error| WireRefusal::new("clone", error);
        let mut beside = Tap::start(BESIDE, move |events| teller.tell(events)).map_err(clone)?;
        let (ring, _, connection) = Apart::open(ring, |apart| Connection::make(apart, mtu))?;
        if beside.opened().is_err() {
            return Err(beside
                .finish()
                .err()
                .unwrap_or_else(|| clone(io::ErrorKind::Other.into())))?;
        }
        let ports = vec![Port { ifindex: THEIRS.index, host: "loopback".into() }];
        let switch = Switch::new(ring, ports, Rules::new(options.rules), true)?;
        Ok(Self { switch, beside, told, connection })
    }

    /// Lets frames pass. `sink` is told of every one, on a thread of the wire, when its fate is known, with
    /// at most `sample` bytes of what it carries; the order is that of their fates. Frames that pass
    /// beside the wire, through `lo`, are told, too.
    ///
    /// # Errors
    ///
    /// When no more threads can be started.
    pub fn start(
        self,
        sample: usize,
        sink: impl FnMut(Vec<Event>) + Send + 'static,
    ) -> Result<Looping, WireRefusal> {
        let Self { switch, beside, told, connection } = self;
        if let Ok(mut nobody) = told.0.lock() {
            *nobody = Box::new(sink);
        }
        let switching = switch.start(sample, move |events| told.tell(events));
        let switching = switching.map_err(|error| WireRefusal::new("clone", error))?;
        Ok(Looping { switching, beside, connection })
    }
}

/// A looped loopback at work. Dropping it ends it.
#[derive(Debug)]
pub struct Looping {
    switching: Switching,
    /// On `lo`, where nothing for 127.0.0.0/8 passes any more.
    beside: Tap,
    connection: Connection,
}

/// What a looped loopback has seen and done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Circled {
    /// What passed the wire.
    pub switched: Switched,
    /// How many frames passed beside it: those for ::1 and multicast, about which no rule decides.
    pub beside: u64,
}

impl Looping {
    /// How to change its rules.
    pub fn control(&self) -> WireControl {
        self.switching.control().clone()
    }

    /// Ends it, when all that has come in has been decided about. What a rule still delays then is told
    /// as being under way. Afterwards 127.0.0.0/8 is a plain loopback.
    pub fn finish(self) -> Circled {
        let Self { switching, beside, connection } = self;
        let switched = switching.finish();
        // It was opened, and so has seen something, if only nothing.
        let beside = beside.finish().map_or(0, |tapped| tapped.seen);
        drop(connection);
        Circled { switched, beside }
    }
}

impl Told {
    fn tell(&self, events: Vec<Event>) {
        // After a panic in the other thread nobody is there to be told.
        if let Ok(mut sink) = self.0.lock() {
            sink(events);
        }
    }
}

impl fmt::Debug for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Told").finish_non_exhaustive()
    }
}

/// Whether a rule can be about anything that passes here.
fn belongs(rule: &Rule) -> Result<(), LoopedRefusal> {
    let text = || rule.text().to_owned();
    let foreign = |address: &IpAddr| !matches!(address, IpAddr::V4(four) if four.is_loopback());
    if let Some(address) = rule.addresses().into_iter().find(foreign) {
        return Err(LoopedRefusal::Address { rule: text(), address });
    }
    match rule.hosts().into_iter().find(|host| !LoopedOptions::HOSTS.contains(host)) {
        Some(host) => Err(LoopedRefusal::Host { rule: text(), host: host.to_owned() }),
        None => Ok(()),
    }
}

/// The way of 127.0.0.0/8 to the switch. Dropping it makes the loopback a plain one again.
#[derive(Debug)]
struct Connection {
    here: Netlink,
}

/// The kernel asks the table of local addresses first of all. It has to come second.
const LOCAL: Policy =
    Policy { preference: 0, to: None, only_ours: false, table: libc::RT_TABLE_LOCAL };
const LOCAL_LATER: Policy = Policy { preference: 10, ..LOCAL };
const BY_WIRE: Policy =
    Policy { preference: 5, to: Some(LOOPBACK_NET), only_ours: true, table: TABLE };

impl Connection {
    /// From the calling thread's namespace.
    fn make(apart: &mut Apart, mtu: u32) -> Result<Self, WireRefusal> {
        let mut here = Netlink::open()?;
        let (ours, theirs) = (Plug { mtu, ..OURS }, Plug { mtu, ..THEIRS });
        here.add_veth(&ours, &theirs, apart.as_fd())?;
        // From here on, what has been done is undone if something fails.
        let mut connection = Self { here };
        connection.set_up(apart)?;
        Ok(connection)
    }

    fn set_up(&mut self, apart: &mut Apart) -> Result<(), WireRefusal> {
        // Frames come back from where they went, with addresses that are ours.
        for (setting, value) in [
            ("net.ipv4.conf.wire0.accept_local", "1"),
            ("net.ipv4.conf.wire0.route_localnet", "1"),
            ("net.ipv4.conf.wire0.rp_filter", "0"),
            ("net.ipv4.conf.all.rp_filter", "0"),
        ] {
            sysctl::write(setting, value)
                .map_err(|error| WireRefusal::new(format!("write {setting}"), error))?;
        }
        // Otherwise it looks for routers. Where there is no IPv6, there is no such setting.
        let _ = sysctl::write("net.ipv6.conf.wire0.disable_ipv6", "1");
        for offload in [Offload::Checksums, Offload::Segments] {
            switch_off(OURS.name, offload)?;
        }
        let up = LinkChange { up: Some(true), ..LinkChange::default() };
        // The far end first: a device that comes up without a carrier is given its queue later, by a
        // worker of the kernel, and until then what is sent through it is lost without a word.
        apart.netlink.change_link(THEIRS.index, &up)?;
        self.here.change_link(OURS.index, &LinkChange { neighbours: Some(false), ..up })?;
        let (network, prefix) = LOOPBACK_NET;
        self.here.add_route(&Route {
            fork: Fork::Out,
            table: TABLE,
            to: (network.into(), prefix),
            device: OURS.index,
            via: None,
            source: Some(Ipv4Addr::LOCALHOST.into()),
        })?;
        self.here.add_policy(&LOCAL_LATER)?;
        self.here.add_policy(&BY_WIRE)?;
        self.here.remove_policy(&LOCAL)
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        // What had not been made can't be removed. Nothing depends on the order: a packet that finds no
        // route in one table asks the next.
        let _ = self.here.add_policy(&LOCAL);
        let _ = self.here.remove_policy(&BY_WIRE);
        let _ = self.here.remove_policy(&LOCAL_LATER);
        let _ = self.here.remove_link(OURS.index);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(rule: &str) -> String {
        let rule = rule.parse().unwrap();
        belongs(&rule).map_or_else(|refusal| refusal.to_string(), |()| "it belongs".to_owned())
    }

    #[test]
    fn a_rule_that_could_never_match_is_refused() {
        for rule in [
            "drop the 1st SYN",
            "drop the 1st SYN from client",
            "host server dies",
            "drop every UDP to 127.9.8.7",
        ] {
            assert_eq!(refusal(rule), "it belongs", "{rule}");
        }
        assert_eq!(
            refusal("drop every UDP to ::1"),
            "drop every UDP to ::1: ::1 is not on this wire, only 127.0.0.0/8 is"
        );
        assert_eq!(
            refusal("partition client from internet"),
            "partition client from internet: there is no host internet on this wire, only client and server"
        );
        for mtu in [0, 67, 65_536, u32::MAX] {
            let options = LoopedOptions { mtu, ..LoopedOptions::default() };
            let refusal = options.check().unwrap_err().to_string();
            assert_eq!(refusal, format!("no wire has an MTU of {mtu}: 68 to 65535"));
        }
    }
}
