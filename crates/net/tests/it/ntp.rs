//! The NTP service over real sockets.

use std::time::{Duration, SystemTime};

use crate::support::start;
use socklab_net::ntp::{Mode, Packet, Timestamp, offset_and_delay};
use socklab_net::server::{Config, Ntp, RefusalReason, ServerEventKind};

fn request(first_byte: u8, transmit: u64) -> [u8; 48] {
    let mut bytes = [0; 48];
    bytes[0] = first_byte;
    bytes[40..].copy_from_slice(&transmit.to_be_bytes());
    bytes
}

#[test]
fn the_answer_has_the_current_time_and_the_requests_timestamp() {
    let server = start(Ntp::default(), &Config::default());
    let socket = server.udp();
    for version in 1..=4 {
        let cookie = 0xdead_beef_0000_0000 | u64::from(version);
        let t1 = Timestamp::from_system(SystemTime::now());
        socket.send(&request(version << 3 | 3, cookie)).unwrap();
        let mut buffer = [0; 100];
        let count = socket.recv(&mut buffer).unwrap();
        let t4 = Timestamp::from_system(SystemTime::now());
        assert_eq!(count, 48);
        let answer = Packet::parse(&buffer[..count]).unwrap();
        assert_eq!((answer.mode, answer.version, answer.stratum), (Mode::Server, version, 10));
        assert_eq!(answer.origin, Timestamp(cookie));
        // Client and server read the same clock, in this order.
        assert!(answer.receive.since(t1).0 >= 0);
        assert!(answer.transmit.since(answer.receive).0 >= 0);
        assert!(t4.since(answer.transmit).0 >= 0);
        let (offset, delay) = offset_and_delay(t1, answer.receive, answer.transmit, t4);
        assert!(offset.as_seconds().abs() <= delay.as_seconds() / 2.0);
        server.expect(&ServerEventKind::Ntp { version });
    }
}

#[test]
fn other_packets_are_ignored_and_the_reason_is_reported() {
    let server = start(Ntp::default(), &Config::default());
    let socket = server.udp();
    let refused = |bytes: &[u8], why| {
        socket.send(bytes).unwrap();
        server.expect(&ServerEventKind::Refused { why });
    };
    refused(b"", RefusalReason::NtpTooShort { length: 0 });
    refused(&request(0x23, 1)[..47], RefusalReason::NtpTooShort { length: 47 });
    refused(&request(0x24, 1), RefusalReason::NtpMode { mode: Mode::Server });
    refused(&request(0x26, 1), RefusalReason::NtpMode { mode: Mode::Control });
    refused(&request(0x2b, 1), RefusalReason::NtpVersion { version: 5 });

    // This is answered, and nothing was sent before that answer.
    socket.send(&[&request(0x23, 7)[..], &[0; 20]].concat()).unwrap();
    let mut buffer = [0; 100];
    assert_eq!(socket.recv(&mut buffer).unwrap(), 48);
    assert_eq!(Packet::parse(&buffer).unwrap().origin, Timestamp(7));
    socket.set_read_timeout(Some(Duration::from_millis(20))).unwrap();
    socket.recv(&mut buffer).unwrap_err();
}
