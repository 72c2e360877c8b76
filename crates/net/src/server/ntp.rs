//! An NTP server (RFC 5905 §14, the stateless kind): it tells what this machine's clock says.

use std::time::{Duration, SystemTime};

use super::{Behaviour, Datagram, Refusal, Transport, What};
use crate::ntp::{Leap, Mode, Packet, Short, Timestamp};

/// The NTP service.
#[derive(Clone, Copy, Debug)]
pub struct Ntp {
    /// The stratum to claim, 1 to 15. The default is 10, as good manners have it for a clock that
    /// nobody vouches for: whoever has a better source will prefer it.
    pub stratum: u8,
    /// The source to name. The default is `LOCL`, an uncalibrated local clock.
    pub reference_id: [u8; 4],
    /// The round trip to the reference clock to claim. The default is 0: there is none.
    pub root_delay: Duration,
    /// How wrong the clock may be. The default is 10 ms.
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
    // Only mode 3 is answered, and only with mode 4: no answer is ever a question. And port 123 is
    // a client's port too (RFC 5905 §9.1).
    const NEVER_LOOPS: bool = true;

    fn answer(
        &self,
        request: &Datagram<'_>,
        answer: &mut Vec<u8>,
    ) -> Result<Option<What>, Refusal> {
        let packet = judge(request.bytes)?;
        let receive = Timestamp::from_system(request.arrived);
        // The last thing before sending, to be as close to the truth as user space gets.
        let transmit = Timestamp::from_system(SystemTime::now());
        answer.extend_from_slice(&self.reply(&packet, receive, transmit).to_bytes());
        Ok(Some(What::Ntp { version: packet.version }))
    }
}

impl Ntp {
    /// The answer to `request`: pure, the clock has been read already.
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
            // Our reference is the system clock itself, and it was consulted just now.
            reference: receive,
            // Whatever it is: many clients send a random number here, to recognize their answer.
            origin: request.transmit,
            receive,
            transmit,
        }
    }
}

/// The request in `bytes`, if it is one.
fn judge(bytes: &[u8]) -> Result<Packet, Refusal> {
    let packet = Packet::parse(bytes).map_err(|_| Refusal::NtpTooShort { length: bytes.len() })?;
    if !(1..=4).contains(&packet.version) {
        return Err(Refusal::NtpVersion { version: packet.version });
    }
    if packet.mode != Mode::Client {
        return Err(Refusal::NtpMode { mode: packet.mode });
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
        assert_eq!(judge(&[0x1b; 47]).unwrap_err(), Refusal::NtpTooShort { length: 47 });
        assert_eq!(judge(&request(0x1c)).unwrap_err(), Refusal::NtpMode { mode: Mode::Server });
        assert_eq!(judge(&request(0x1e)).unwrap_err(), Refusal::NtpMode { mode: Mode::Control });
        assert_eq!(judge(&request(0x03)).unwrap_err(), Refusal::NtpVersion { version: 0 });
        assert_eq!(judge(&request(0x2b)).unwrap_err(), Refusal::NtpVersion { version: 5 });
        for version in 1..=4 {
            assert_eq!(judge(&request(version << 3 | 3)).unwrap().version, version);
        }
    }

    #[test]
    fn the_answer_carries_the_question() {
        let question = judge(&request(0x23)).unwrap();
        let (t2, t3) = (Timestamp(1 << 40), Timestamp(1 << 41));
        let answer = Ntp::default().reply(&question, t2, t3);
        assert_eq!(answer.origin, Timestamp(0xa5a5_a5a5_a5a5_a5a5));
        assert_eq!((answer.version, answer.mode, answer.poll), (4, Mode::Server, 6));
        assert_eq!((answer.receive, answer.transmit), (t2, t3));
        assert_eq!((answer.stratum, &answer.reference_id), (10, b"LOCL"));
    }
}
