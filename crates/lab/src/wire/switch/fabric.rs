//! Where a frame goes: a switch that learns which Ethernet address is behind which port. Pure.
//!
//! Who is dead or cut off from whom is no business of its own: rules of the wire say so
//! (`host server dies`, `partition client from server`).

use std::collections::HashMap;

/// An Ethernet address.
type Mac = [u8; 6];

/// How many addresses a switch remembers. A program that sends from made-up ones fills no memory.
const MOST: usize = 4096;

/// Where a frame goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// To one port.
    To(usize),
    /// To all of these: it is for everybody, or nobody knows yet where its host is.
    Flood(Vec<usize>),
}

/// The ports, and what the switch has learned.
#[derive(Debug)]
pub(crate) struct Fabric {
    /// The largest packet that the path to the host behind each port carries, in bytes, if that is
    /// less than what hosts send.
    mtus: Vec<Option<u32>>,
    learned: HashMap<Mac, usize>,
    /// Frames go back where they came from: the one port is a loop.
    loops: bool,
}

impl Fabric {
    /// With this number of ports.
    pub(crate) fn new(ports: usize) -> Self {
        Self { mtus: vec![None; ports], learned: HashMap::new(), loops: false }
    }

    /// With one port, from which everything goes back to where it came from.
    pub(crate) fn looped() -> Self {
        Self { loops: true, ..Self::new(1) }
    }

    /// Where a frame goes that came in at a port. Learns from it who is there.
    pub(crate) fn way(&mut self, from: usize, frame: &[u8]) -> Way {
        if self.loops {
            return Way::To(0);
        }
        let Some((to, source)) = addresses(frame) else { return Way::Flood(Vec::new()) };
        if !is_for_many(source) && (self.learned.len() < MOST || self.learned.contains_key(&source))
        {
            self.learned.insert(source, from);
        }
        let known = if is_for_many(to) { None } else { self.learned.get(&to) };
        match known {
            // The host has it already.
            Some(port) if *port == from => Way::Flood(Vec::new()),
            Some(port) => Way::To(*port),
            None => Way::Flood((0..self.mtus.len()).filter(|port| *port != from).collect()),
        }
    }

    /// Makes the path to a port's host carry no larger packets than this.
    pub(crate) fn narrow(&mut self, port: usize, mtu: Option<u32>) {
        if let Some(known) = self.mtus.get_mut(port) {
            *known = mtu;
        }
    }

    /// The largest packet that gets from one port to another, if that is less than hosts send.
    pub(crate) fn mtu(&self, from: usize, to: usize) -> Option<u32> {
        let mtu = |port: usize| self.mtus.get(port).copied().flatten();
        mtu(from).into_iter().chain(mtu(to)).min()
    }
}

/// To whom a frame is sent, and by whom.
fn addresses(frame: &[u8]) -> Option<(Mac, Mac)> {
    Some((frame.get(..6)?.try_into().ok()?, frame.get(6..12)?.try_into().ok()?))
}

/// Broadcast and multicast have the lowest bit of the first byte.
fn is_for_many(address: Mac) -> bool {
    address[0] & 1 != 0
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const EVERYBODY: u8 = 0xff;

    fn frame(to: u8, from: u8) -> Vec<u8> {
        let mac = |last| if last == EVERYBODY { [0xff; 6] } else { [2, 0, 0, 0, 0, last] };
        [mac(to), mac(from)].concat()
    }

    #[test]
    fn it_learns_who_is_where() {
        let mut fabric = Fabric::new(3);
        assert_eq!(fabric.way(0, &frame(EVERYBODY, 1)), Way::Flood(vec![1, 2]));
        assert_eq!(fabric.way(1, &frame(1, 2)), Way::To(0));
        assert_eq!(fabric.way(0, &frame(2, 1)), Way::To(1));
        assert_eq!(fabric.way(0, &frame(3, 1)), Way::Flood(vec![1, 2]), "nobody knows 3 yet");
        assert_eq!(fabric.way(0, &frame(1, 9)), Way::Flood(vec![]), "1 is where it came from");
        // A host moves.
        fabric.way(2, &frame(EVERYBODY, 2));
        assert_eq!(fabric.way(0, &frame(2, 1)), Way::To(2));
    }

    #[test]
    fn the_narrower_of_two_paths_counts() {
        let mut fabric = Fabric::new(2);
        assert_eq!(fabric.mtu(0, 1), None);
        fabric.narrow(1, Some(1400));
        assert_eq!((fabric.mtu(0, 1), fabric.mtu(1, 0)), (Some(1400), Some(1400)));
        fabric.narrow(0, Some(1300));
        assert_eq!(fabric.mtu(0, 1), Some(1300));
    }

    #[test]
    fn a_loop_sends_everything_back() {
        let mut fabric = Fabric::looped();
        assert_eq!(fabric.way(0, &frame(1, 1)), Way::To(0));
    }

    proptest! {
        #[test]
        fn any_frames_go_to_ports_that_there_are_and_never_back(
            frames in prop::collection::vec((0_usize..5, prop::collection::vec(any::<u8>(), 0..20)), 0..50)
        ) {
            let mut fabric = Fabric::new(4);
            for (from, frame) in frames {
                match fabric.way(from, &frame) {
                    Way::To(port) => prop_assert!(port < 4 && port != from),
                    Way::Flood(ports) => prop_assert!(ports.iter().all(|p| *p < 4 && *p != from)),
                }
            }
        }
    }
}
