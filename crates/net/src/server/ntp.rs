//! A stateless NTP server (RFC 5905 §14) that serves this machine's clock.

use std::time::{Duration, SystemTime};

use super::behaviour::{Behaviour, Datagram};
use super::config::Transport;
use super::event::{RefusalReason, ServerEventKind};
use crate::ntp::{Leap, Mode, Packet, Short, Timestamp};

/// The NTP service.
#[derive(Clone, Copy, Debug)]
pub struct Ntp {
    /// The stratum to announce, 1 to 15. The default is 10, the convention for a local clock with
    /// no reference: clients prefer any better source.
    pub stratum: u8,
    /// The reference id to announce. The default is `LOCL`, an uncalibrated local clock (RFC 5905
    /// §7.3).
    pub reference_id: [u8; 4],
    /// The round trip to the reference clock to announce. The default is 0: there is none.
    pub root_delay: Duration,
    /// The clock's maximum error to announce. The default is 10 ms.
    pub root_dispersion: Duration,
}

impl Default for Ntp {
    fn default() -> Self {
        Self {
            stratum: 10,
            reference_id: *b"LOCL",
            root_delay: Duration::ZERO,
            root_dispersion: Duration::from_millis(10),
        }
    }
}

/// The system clock counts nanoseconds, but reading it takes most of a microsecond: 2⁻²⁰ s.
const PRECISION: i8 = -20;

impl Behaviour for Ntp {
    const NAME: &'static str = "ntp";
    const OFFERS: Transport = Transport::Udp;
    // Only mode 3 is answered, and only with mode 4, so no answer can trigger another. And clients
    // may use source port 123 themselves (RFC 5905 §9.1).
    const NEVER_LOOPS: bool = true;

    fn answer(
        &self,
        request: &Datagram<'_>,
        answer: &mut Vec<u8>,
    ) -> Result<Option<ServerEventKind>, RefusalReason> {
        let packet = check_request(request.bytes)?;
        let receive = Timestamp::from_system(request.arrived);
        // Read the clock last, as close to the actual transmission as user space gets.
        let transmit = Timestamp::from_system(SystemTime::now());
        answer.extend_from_slice(&self.reply(&packet, receive, transmit).to_bytes());
        Ok(Some(ServerEventKind::Ntp { version: packet.version }))
    }
}

impl Ntp {
    /// The answer to `request`. Pure: the caller reads the clock.
    fn reply(&self, request: &Packet, receive: Timestamp, transmit: Timestamp) -> Packet {
        Packet {
            leap: Leap::None,
            version: request.version,
            mode: Mode::Server,
            stratum: self.stratum,
            poll: request.poll,
            precision: PRECISION,
            root_delay: Short::from_duration(self.root_delay),
            root_dispersion: Short::from_duration(self.root_dispersion),
            reference_id: self.reference_id,
            // The reference is the system clock itself, which was read just now.
            reference: receive,
            // Copied bit by bit, whatever it is: many clients send a random number here and
            // accept only the answer that returns it.
            origin: request.transmit,
            receive,
            transmit,
        }
    }
}

/// Parses a client's request, or returns the reason for refusing the packet.
fn check_request(bytes: &[u8]) -> Result<Packet, RefusalReason> {
    let packet =
        Packet::parse(bytes).map_err(|_| RefusalReason::NtpTooShort { length: bytes.len() })?;
    if !(1..=4).contains(&packet.version) {
        return Err(RefusalReason::NtpVersion { version: packet.version });
    }
    if packet.mode != Mode::Client {
        return Err(RefusalReason::NtpMode { mode: packet.mode });
    }
    Ok(packet)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(first_byte: u8) -> [u8; 48] {
        let mut bytes = [0; 48];
        bytes[0] = first_byte;
        bytes[2] = 6;
        bytes[40..].copy_from_slice(&[0xa5; 8]);
        bytes
    }

    #[test]
    fn only_requests_are_answered() {
        assert_eq!(
            check_request(&[0x1b; 47]).unwrap_err(),
            RefusalReason::NtpTooShort { length: 47 }
        );
        assert_eq!(
            check_request(&request(0x1c)).unwrap_err(),
            RefusalReason::NtpMode { mode: Mode::Server }
        );
        assert_eq!(
            check_request(&request(0x1e)).unwrap_err(),
            RefusalReason::NtpMode { mode: Mode::Control }
        );
        assert_eq!(
            check_request(&request(0x03)).unwrap_err(),
            RefusalReason::NtpVersion { version: 0 }
        );
        assert_eq!(
            check_request(&request(0x2b)).unwrap_err(),
            RefusalReason::NtpVersion { version: 5 }
        );
        for version in 1..=4 {
            assert_eq!(check_request(&request(version << 3 | 3)).unwrap().version, version);
        }
    }

    #[test]
    fn the_answer_returns_the_requests_timestamp() {
        let request = check_request(&request(0x23)).unwrap();
        let (t2, t3) = (Timestamp(1 << 40), Timestamp(1 << 41));
        let answer = Ntp::default().reply(&request, t2, t3);
        assert_eq!(answer.origin, Timestamp(0xa5a5_a5a5_a5a5_a5a5));
        assert_eq!((answer.version, answer.mode, answer.poll), (4, Mode::Server, 6));
        assert_eq!((answer.receive, answer.transmit), (t2, t3));
        assert_eq!((answer.stratum, &answer.reference_id), (10, b"LOCL"));
    }
}
