//! NTP on the wire (RFC 5905): packets and timestamps, without I/O.

pub mod packet;
pub mod timestamp;

pub use packet::{Leap, Mode, PACKET_LEN, Packet, TooShort};
pub use timestamp::{Interval, PIVOT, Short, Timestamp, offset_and_delay};
