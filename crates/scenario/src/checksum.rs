//! `{checksum}`: for protocols that protect their datagrams as IP, UDP and TCP do.

/// The Internet checksum of RFC 1071: the complement of the one's complement sum of all words of 16
/// bits, the most significant byte first; an odd byte is the first one of a word.
pub(crate) fn checksum(bytes: &[u8]) -> u16 {
    let word = |pair: &[u8]| u64::from(pair[0]) << 8 | u64::from(*pair.get(1).unwrap_or(&0));
    let mut sum: u64 = bytes.chunks(2).map(word).sum();
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    !(sum as u16)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::variables::Variables;

    #[test]
    fn a_checksum_is_that_of_the_bytes_around_it() {
        let all = Variables::sample(1);
        // The example of RFC 1071, section 3, and two made by hand.
        assert_eq!(checksum(&[0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7]), !0xddf2);
        assert_eq!(all.bytes(r"\x02\x01{checksum}"), Ok(b"\x02\x01\xfd\xfe".to_vec()));
        assert_eq!(all.bytes(r"\x01\x01{checksum}hola\n").unwrap()[2..4], [0x20, 0x2e]);
        let long = all.bytes(r"{checksum}{random:70001}").unwrap();
        assert_eq!(checksum(&long), 0);
        for wrong in ["{checksum}{checksum}", "a{checksum}", "{letters:3}{checksum}"] {
            assert!(all.bytes(wrong).is_err(), "{wrong}");
        }
    }
}
