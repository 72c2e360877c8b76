//! The Network Time Protocol on the wire: packets and timestamps, with no I/O at all.

pub mod packet;
pub mod timestamp;

pub use packet::{Leap, Mode, PACKET_LEN, Packet, TooShort};
pub use timestamp::{Interval, PIVOT, Short, Timestamp, offset_and_delay};
