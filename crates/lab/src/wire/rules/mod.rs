//! Wire rules: what happens to which frame, exactly.
//!
//! A rule is a sentence, `drop the 2nd SYN from client`. It is about some frames, counts them, and
//! does something to those it chose. Everything here is pure: [`Rules::judge`] is told of each frame
//! that somebody sends and says what becomes of it; the switch does it. The same frames have the
//! same fates every time: nothing is drawn from a clock or from the system's source of chance.
//!
//! # What can be written
//!
//! ```text
//! drop FRAMES                          drop the 2nd SYN from client
//! delay TIME [FRAMES]                  delay 40ms every data from server
//! duplicate FRAMES                     duplicate the 1st UDP from client
//! reorder N and M [of the KIND …]      reorder 3 and 4 of the UDP from client
//! corrupt byte N [of the payload] [and mend the checksum] [of FRAMES]
//! lose P% [seed N] [of the KIND …]     lose 5% seed 7 of the data from server
//! rate R [from HOST] …                 rate 1 Mbit/s from server
//! reset after SIZE | after the Nth KIND …    reset after 10 kB from server
//! host NAME dies [at TIME | after the Nth KIND …]
//! partition HOST from HOST [at TIME] [until TIME]
//! ```
//!
//! FRAMES is `the Nth KIND`, `every Nth KIND`, `every KIND` (or `all KIND`), and then, in any order:
//! `from HOST`, `to HOST`, `from port N`, `to port N`, `of the Nth connection`, `with byte N [of the
//! answer|of the request]`, `once`, `twice`, `N times`, `after TIME`, `until TIME`, `between TIME and
//! TIME`. Instead of a TIME there may be a frame, `the Nth KIND …`. A HOST is a name or an address.
//!
//! | KIND | frames |
//! |---|---|
//! | `frame` | every one, except those with which hosts find each other (ARP, neighbour discovery, group membership) |
//! | `segment` | TCP |
//! | `SYN` | TCP with SYN and without ACK |
//! | `SYN-ACK` | TCP with both |
//! | `ACK` | TCP with ACK and nothing else: no payload, no SYN, FIN or RST |
//! | `FIN`, `RST`, `PSH`, `URG` | TCP with that flag |
//! | `data` | TCP with payload |
//! | `retransmission` | TCP whose payload, SYN or FIN was sent before, all of it |
//! | `UDP` (`datagram`) | UDP, first fragments included |
//! | `fragment` | each fragment of a datagram that was too large, the first included |
//! | `ICMP` | ICMP and ICMPv6 |
//! | `ARP` | ARP and neighbour discovery |
//!
//! # What is counted
//!
//! Each rule counts for itself, from 1: the frames that it is about, as they are *sent*, whatever
//! other rules do to them, and while it is in force. `the 2nd SYN` therefore is the second that
//! anybody sent since the rule began, a retransmission as well. Connections are numbered in the
//! order of their first SYN; with a port, among the connections to that port.
//!
//! A byte of a *stream* is counted from 1 after the connection's SYN, in each direction by itself
//! (RFC 9293, section 3.4: the initial sequence number is the SYN's). The *request* flows from the
//! end that connected, the *answer* from the other. The segment with that byte is meant each time it
//! is sent, unless the rule says `once`. A byte of a *frame* is counted from 1 at its Ethernet header,
//! one of its *payload* after the transport's header.
//!
//! A time is counted from the first frame that passes while the rule is on the wire.
//!
//! # What a corrupted byte does
//!
//! All eight bits of the byte are inverted. The checksum that covers it is wrong then, always: in
//! one's complement arithmetic no inverted byte leaves the sum as it was (RFC 1071). The receiver's
//! kernel drops such a frame and no program ever sees it. `and mend the checksum` makes the
//! checksum right again, so that the program gets the wrong byte; this is what hardware between
//! two checks does now and then. A byte of the Ethernet header has no checksum here.
//!
//! # Chance
//!
//! `lose 5% seed 7` is decided by SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number
//! generators, OOPSLA 2014). The n-th frame of the rule is lost if the n-th number of the generator
//! that began at `seed` is, modulo 1,000,000, below the percentage in millionths. That never changes:
//! a seed in somebody's file means the same losses for ever.

mod chance;
mod change;
mod count;
mod decision;
mod display;
mod error;
mod facts;
mod judge;
mod matching;
mod parse;
mod reset;
mod rule;
mod streams;
#[cfg(test)]
mod tests;
mod units;
mod words;

pub use change::Change;
pub use decision::{Corruption, Decision, Held, Injected, Towards};
pub use error::{Expected, RuleError, RuleMistake};
pub use judge::{Changed, Due, Passing, RuleCount, Rules};
pub use rule::Rule;
