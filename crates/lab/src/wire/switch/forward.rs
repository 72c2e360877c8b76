//! What the switch does with each frame: it asks who sent it, what the rules say and where it goes, and
//! sends it on or keeps it.

use std::collections::HashMap;
use std::io;
use std::sync::Arc;

use socklab_event::{Headers, Transport};
use socklab_kernel::clock;

use super::fabric::Way;
use super::flights::{Flights, Journey};
use super::path::{self, Passage};
use super::roles::Roles;
use super::schedule::{Schedule, Waiting};
use super::{Law, Port, WIRE};
use crate::wire::checksum::complete_header_checksum;
use crate::wire::ring::{Offload, Seen, Sender};
use crate::wire::rules::{Corruption, Held, Injected, Passing, Towards};
use crate::wire::{complete_checksum, headers};

/// All that the thread knows and no other does.
pub(super) struct Forwarder {
    pub(super) sender: Sender,
    pub(super) ports: Vec<Port>,
    pub(super) by_device: HashMap<i32, usize>,
    /// Set on a loop, where both ends have the same address.
    pub(super) roles: Option<Roles>,
    pub(super) schedule: Schedule,
    pub(super) flights: Flights,
    /// What rules keep until they release it.
    pub(super) held: HashMap<Held, Kept>,
}

pub(super) struct Kept {
    from: usize,
    to: Vec<usize>,
    flight: u64,
    frame: Vec<u8>,
    offload: Offload,
    copies: u32,
    delay: u64,
}

/// What is sent out of a port.
#[derive(Clone, Copy)]
struct Load<'a> {
    frame: &'a [u8],
    offload: Offload,
}

impl<'a> Load<'a> {
    /// A frame to which nothing remains to be done.
    fn done(frame: &'a [u8]) -> Self {
        Self { frame, offload: Offload::default() }
    }
}

/// A frame with what is known of it before anything is decided.
struct Sent<'a> {
    at: u64,
    /// The port it came in at; `None` if the wire itself sends it.
    port: Option<usize>,
    from: Arc<str>,
    to: Option<Arc<str>>,
    ways: Vec<usize>,
    headers: Option<Headers>,
    bytes: &'a [u8],
    offload: Offload,
    /// Nobody has computed its checksum yet.
    open: bool,
}

impl Forwarder {
    /// A frame came in.
    pub(super) fn frame(&mut self, law: &mut Law, seen: &Seen<'_>) {
        let Some(port) = self.by_device.get(&seen.ifindex).copied() else { return };
        let bytes = &*seen.bytes;
        let headers = headers(bytes, seen.length, self.flights.quoted());
        if headers.as_ref().is_some_and(is_about_membership) {
            return;
        }
        let (ways, one) = match law.fabric.way(port, bytes) {
            Way::To(port) => (vec![port], Some(port)),
            Way::Flood(mut ports) => {
                // The rules decide once about it, but not everybody may be reached.
                let reached = |to: &usize| {
                    law.rules.reaches(&self.ports[port].host, &self.ports[*to].host, seen.at)
                };
                ports.retain(reached);
                (ports, None)
            }
        };
        let (from, to) = match (&mut self.roles, &headers) {
            (Some(roles), Some(headers)) => {
                let (from, to) = roles.of(headers);
                (Arc::from(from), Some(Arc::from(to)))
            }
            _ => {
                let to = one.map(|port| self.ports[port].host.clone());
                (self.ports[port].host.clone(), to)
            }
        };
        let (at, port, offload, open) = (seen.at, Some(port), seen.offload, seen.checksum_open);
        self.decide(law, Sent { at, port, from, to, ways, headers, bytes, offload, open });
    }

    /// Lets the rules decide about a frame, and does what they say.
    fn decide(&mut self, law: &mut Law, sent: Sent<'_>) {
        let passing = Passing {
            at: sent.at,
            from: &sent.from,
            to: sent.to.as_deref(),
            frame: sent.bytes,
            headers: sent.headers.as_ref(),
        };
        let decision = law.rules.judge(&passing);
        if decision.is_untouched() {
            let journey = Journey::untouched(&sent.from, sent.to.as_deref(), sent.at);
            let journey = if sent.open { journey.open() } else { journey };
            let frame = sent.bytes;
            self.go(law, sent, frame, journey, 0, 0);
            return;
        }
        let (from, to, port) = (sent.from.clone(), sent.to.clone(), sent.port);
        let (at, ways) = (sent.at, sent.ways.clone());
        let journey = Journey::altered(&from, to.as_deref(), at, decision.how(), decision.rule());
        if decision.dropped {
            self.flights.dropped(journey, sent.bytes, sent.headers);
        } else {
            let whole = decision.cut.as_deref().unwrap_or(sent.bytes);
            let corrupted =
                (!decision.corruptions.is_empty()).then(|| corrupted(whole, &decision.corruptions));
            let (frame, journey) = match corrupted.as_deref().or(decision.cut.as_deref()) {
                None => (sent.bytes, journey),
                Some(frame) => (frame, journey.changed(sent.bytes, frame)),
            };
            match (decision.held, port) {
                (Some(held), Some(port)) => {
                    let flight = self.flights.depart(journey, sent.bytes, sent.headers);
                    let kept = Kept {
                        from: port,
                        to: sent.ways,
                        flight,
                        frame: frame.to_vec(),
                        offload: sent.offload,
                        copies: decision.copies,
                        delay: decision.delay,
                    };
                    self.held.insert(held, kept);
                }
                _ => {
                    let delay = decision.delay;
                    self.go(law, sent, frame, journey, decision.copies, delay);
                }
            }
        }
        for held in decision.released {
            // Right behind this frame, whenever it arrives.
            self.release(held, decision.delay);
        }
        for injected in decision.resets {
            self.inject(injected, at, &from, to.as_deref(), port, &ways);
        }
    }

    /// Sends a frame on its way, as `frame`: now or later, once or several times.
    fn go(
        &mut self,
        law: &mut Law,
        sent: Sent<'_>,
        frame: &[u8],
        journey: Journey,
        copies: u32,
        delay: u64,
    ) {
        let narrow =
            |port: usize| sent.ways.iter().filter_map(|to| law.fabric.mtu(port, *to)).min();
        let mtu = sent.port.and_then(narrow);
        let passage = mtu.map_or(Passage::Fits, |mtu| path::through(frame, mtu));
        match passage {
            Passage::Fits => {
                let flight = self.flights.depart(journey, sent.bytes, sent.headers);
                let load = Load { frame, offload: sent.offload };
                self.copies(flight, &sent.ways, load, copies, sent.at, delay);
                self.flights.all_sent(flight);
            }
            Passage::Pieces(pieces) => {
                let flight = self.flights.depart(journey.fragmented(), sent.bytes, sent.headers);
                for piece in pieces {
                    self.copies(flight, &sent.ways, Load::done(&piece), copies, sent.at, delay);
                }
                self.flights.all_sent(flight);
            }
            Passage::TooBig(answer) => {
                self.flights.lost(journey, sent.bytes, sent.headers, "too_big");
                let (Some(answer), Some(port)) = (answer, sent.port) else { return };
                let headers = headers(&answer, answer.len(), self.flights.quoted());
                let answer = Sent {
                    at: sent.at.max(clock::now()),
                    port: None,
                    from: Arc::from(WIRE),
                    to: Some(sent.from),
                    ways: vec![port],
                    headers,
                    bytes: &answer,
                    offload: Offload::default(),
                    open: false,
                };
                self.decide(law, answer);
            }
        }
    }

    fn copies(
        &mut self,
        flight: u64,
        ways: &[usize],
        load: Load<'_>,
        copies: u32,
        at: u64,
        delay: u64,
    ) {
        for _ in 0..=copies {
            for to in ways {
                self.flights.one_more(flight);
                if delay == 0 {
                    self.transmit(*to, flight, load);
                } else {
                    let Load { frame, offload } = load;
                    let waiting = Waiting { to: *to, flight, frame: frame.to_vec(), offload };
                    if self.schedule.add(at.saturating_add(delay), waiting).is_err() {
                        self.flights.failed(flight, "queue_full");
                    }
                }
            }
        }
    }

    /// Lets go of what a rule has kept.
    fn release(&mut self, held: Held, delay: u64) {
        let Some(kept) = self.held.remove(&held) else { return };
        debug_assert!(kept.from < self.ports.len());
        let now = clock::now();
        let load = Load { frame: &kept.frame, offload: kept.offload };
        self.copies(kept.flight, &kept.to, load, kept.copies, now, kept.delay.max(delay));
        self.flights.all_sent(kept.flight);
    }

    /// The same, of a frame that none has overtaken meanwhile.
    fn release_late(&mut self, held: Held) {
        if let Some(kept) = self.held.get(&held) {
            self.flights.only_delayed(kept.flight);
        }
        self.release(held, 0);
    }

    /// Sends what a rule makes up, in the name of the other end.
    fn inject(
        &mut self,
        injected: Injected,
        at: u64,
        from: &Arc<str>,
        to: Option<&str>,
        port: Option<usize>,
        ways: &[usize],
    ) {
        let mut bytes = injected.frame;
        complete_header_checksum(&mut bytes);
        complete_checksum(&mut bytes);
        let headers = headers(&bytes, bytes.len(), self.flights.quoted());
        let (from, to, ways) = match injected.towards {
            Towards::Destination => (&**from, to, ways.to_vec()),
            Towards::Source => (to.unwrap_or(WIRE), Some(&**from), Vec::from_iter(port)),
        };
        let journey = Journey::injected(from, to, at.max(clock::now()), injected.rule);
        let flight = self.flights.depart(journey, &bytes, headers);
        self.copies(flight, &ways, Load::done(&bytes), 0, 0, 0);
        self.flights.all_sent(flight);
    }

    /// Sends all whose time has come.
    pub(super) fn send_due(&mut self, law: &mut Law) {
        for held in std::mem::take(&mut law.released) {
            self.release_late(held);
        }
        let next = law.rules.next_due().into_iter().chain(self.schedule.next()).min();
        let Some(next) = next else { return };
        let now = clock::now();
        if next > now {
            return;
        }
        for held in law.rules.due(now).released {
            self.release_late(held);
        }
        while let Some(Waiting { to, flight, frame, offload }) = self.schedule.due(now) {
            self.transmit(to, flight, Load { frame: &frame, offload });
        }
    }

    fn transmit(&mut self, to: usize, flight: u64, load: Load<'_>) {
        // Before: the receiver may have it before we are back.
        let at = clock::now();
        match self.sender.send(self.ports[to].ifindex, load.frame, &load.offload) {
            Ok(()) => self.flights.arrived(flight, at),
            Err(error) => self.flights.failed(flight, reason(&error)),
        }
    }
}

/// Reports of who is in which group, RFC 3810, which Linux sends for every address it gets, at times of
/// its own. They are for routers and for switches that take notice, as this one does: it keeps them.
fn is_about_membership(headers: &Headers) -> bool {
    let is_version_6 = headers.source.ip_port().is_some_and(|(ip, _)| ip.is_ipv6());
    is_version_6 && matches!(headers.transport, Transport::Icmp { kind: 130..=132 | 143, .. })
}

/// The frame with these bytes wrong. Its checksum is made right again behind those that are to be
/// mended, so that it hides them, and no others.
fn corrupted(frame: &[u8], corruptions: &[Corruption]) -> Vec<u8> {
    let mut bytes = frame.to_vec();
    let invert = |bytes: &mut Vec<u8>, mends: bool| {
        for one in corruptions.iter().filter(|one| one.mend == mends) {
            if let Some(byte) = bytes.get_mut(one.offset) {
                *byte = !*byte;
            }
        }
    };
    invert(&mut bytes, true);
    if corruptions.iter().any(|one| one.mend) {
        complete_header_checksum(&mut bytes);
        complete_checksum(&mut bytes);
    }
    invert(&mut bytes, false);
    bytes
}

/// Why the kernel did not take a frame for a link, as `event::Fate::Lost` says it.
fn reason(error: &io::Error) -> &'static str {
    match error.raw_os_error() {
        // ENOBUFS: the device is up, but what it is plugged into is not.
        Some(libc::ENETDOWN | libc::ENOBUFS | libc::ENXIO | libc::ENODEV) => "link_down",
        Some(libc::EMSGSIZE) => "too_big",
        Some(libc::EAGAIN) => "queue_full",
        _ => "refused",
    }
}
