//! What comes from a network: the head of an HTTP request, an NTP packet.
#![no_main]

use libfuzzer_sys::fuzz_target;
use socklab_net::ntp::Packet;

fuzz_target!(|bytes: &[u8]| {
    if let Some(length) = socklab_net::server::http::head_length(bytes) {
        assert!(length <= bytes.len());
    }
    if let Ok(packet) = Packet::parse(bytes) {
        assert_eq!(Packet::parse(&packet.to_bytes()), Ok(packet));
    }
});
