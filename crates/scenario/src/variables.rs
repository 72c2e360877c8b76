//! The placeholders of a scenario: `{port}`, `{letters:1000}` and others.

use std::io;
use std::net::Ipv4Addr;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use socklab_say::{Piece, Sentence, Template, sentence};

use crate::checksum::checksum;
use crate::moment::Moment;
use crate::stream::{mixed, stream};

/// The values of the placeholders in one run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Variables {
    /// The seed of `{random:N}`, `{letters:N}` and moments: the same seed gives the same bytes.
    pub seed: u64,
    /// `{address}`: see [`Variables::own_address`].
    pub address: Ipv4Addr,
    /// `{host}`.
    pub host: String,
    /// `{port}`.
    pub port: u16,
    /// `{dir}`.
    pub dir: PathBuf,
    /// `{python}`.
    pub python: String,
}

/// The default `{host}`.
pub(crate) const HOST: &str = "127.0.0.1";
/// The largest N of `{random:N}`, and the most bytes of a text.
pub(crate) const MOST: usize = 64 << 20;
/// The place that stands for the number of a loop's round, from 1.
pub(crate) const ROUND: &str = "round";
/// The place that stands for the Internet checksum (RFC 1071) of the bytes around it.
pub(crate) const CHECKSUM: &str = "checksum";
/// The words of places that stand for any bytes, which need not be text.
pub(crate) const BYTES: [&str; 4] = ["random", "ntp", "heard", CHECKSUM];
/// The words before the colon of a payload.
const PAYLOADS: [&str; 3] = ["random", "letters", "LETTERS"];
/// How many bytes of the seed's stream a moment takes. Payloads of this length are no others.
const MOMENT: usize = 16;

/// What `KIND:…` stands for.
#[derive(Clone, Debug)]
enum Payload {
    /// Bytes, as in `{letters:20:2.1}`.
    Bytes {
        count: usize,
        /// What becomes of each byte of the seed's stream.
        make: fn(u8) -> u8,
        /// Which of several streams: in which round of the loops around it.
        rounds: Vec<u64>,
    },
    /// A timestamp.
    Ntp(Moment),
    /// Four digits.
    Year(Moment),
}

impl Variables {
    /// The words of all placeholders, without what may follow after a colon.
    pub(crate) const PLACES: [&'static str; 13] = [
        "host", "address", "port", "dir", "python", "random", "letters", "LETTERS", "ntp", "year",
        "heard", CHECKSUM, ROUND,
    ];

    /// Sample values, for checking a file before anything runs.
    pub fn sample(port: u16) -> Self {
        Self {
            seed: 1,
            address: Ipv4Addr::LOCALHOST,
            host: HOST.to_owned(),
            port,
            dir: PathBuf::from("/tmp"),
            python: "python3".to_owned(),
        }
    }

    /// The values for a member of a crowd: its random bytes and letters are its own.
    #[must_use]
    pub(crate) fn of_member(&self, number: u64) -> Self {
        // An odd factor, so that no two members get the same seed. It must not be the step of
        // `stream`, or they would get the same bytes, shifted.
        let seed = self.seed.wrapping_add(number.wrapping_mul(0xd1b5_4a32_d192_ed03));
        Self { seed, ..self.clone() }
    }

    /// The seed for a round of loops.
    fn seed_of(&self, rounds: &[u64]) -> u64 {
        // What is mixed in between tells round 1 in round 2 from round 2 in round 1.
        rounds.iter().fold(self.seed, |seed, round| {
            mixed(seed.wrapping_add(round.wrapping_mul(0xa076_1d64_78bd_642f)))
        })
    }

    /// An address for `{address}` that follows from the seed, of a place where names can have any.
    pub(crate) fn own_address(seed: u64) -> Ipv4Addr {
        let mut random = stream(seed, 3).map(|byte| byte % 254 + 1);
        let mut next = || random.next().unwrap_or(1);
        Ipv4Addr::new(127, next(), next(), next())
    }

    /// The text with its placeholders filled in; all other braces stay as they are, and so do
    /// payloads that are not text.
    pub fn text(&self, text: &str) -> String {
        Template::parse(text).fill(|name| self.value(name).or_else(|| self.letters(name)))
    }

    /// A payload that is text.
    fn letters(&self, name: &str) -> Option<String> {
        let is_text = !BYTES.contains(&name.split(':').next()?);
        let payload = Self::payload(name).ok().flatten().filter(|_| is_text)?;
        let mut bytes = Vec::new();
        self.make(payload, &mut bytes);
        String::from_utf8(bytes).ok()
    }

    fn value(&self, name: &str) -> Option<String> {
        match name {
            "host" => Some(self.host.clone()),
            "address" => Some(self.address.to_string()),
            "port" => Some(self.port.to_string()),
            "dir" => Some(self.dir.display().to_string()),
            "python" => Some(self.python.clone()),
            _ => None,
        }
    }

    /// The bytes that a text stands for: its placeholders are filled in and its escapes decoded.
    ///
    /// # Errors
    ///
    /// An escape or a payload that does not exist, as a sentence.
    pub fn bytes(&self, text: &str) -> Result<Vec<u8>, Sentence> {
        // Before anything is made.
        Self::check(text)?;
        let mut bytes = Vec::new();
        let mut sum_at = None;
        for piece in Template::parse(text).pieces() {
            match *piece {
                Piece::Text(text) => bytes.extend(literal(text)?),
                Piece::Place { name: CHECKSUM, .. } => {
                    sum_at = Some(bytes.len());
                    bytes.extend([0, 0]);
                }
                Piece::Place { name, .. } => {
                    if !self.place(name, &mut bytes)? {
                        bytes.extend(format!("{{{name}}}").into_bytes());
                    }
                }
            }
        }
        if let Some(at) = sum_at {
            let sum = checksum(&bytes);
            bytes[at..at + 2].copy_from_slice(&sum.to_be_bytes());
        }
        Ok(bytes)
    }

    /// Adds what a placeholder stands for. False if it stands for nothing.
    pub(crate) fn place(&self, name: &str, bytes: &mut Vec<u8>) -> Result<bool, Sentence> {
        match (self.value(name), Self::payload(name)?) {
            (Some(value), _) => bytes.extend(value.into_bytes()),
            (None, Some(payload)) => self.make(payload, bytes),
            (None, None) => return Ok(false),
        }
        Ok(true)
    }

    fn make(&self, payload: Payload, bytes: &mut Vec<u8>) {
        let random = || {
            let mut random = [0; MOMENT];
            random.iter_mut().zip(stream(self.seed, MOMENT)).for_each(|(to, byte)| *to = byte);
            random
        };
        match payload {
            Payload::Bytes { count, make, rounds } => {
                bytes.extend(stream(self.seed_of(&rounds), count).map(make));
            }
            Payload::Ntp(moment) => bytes.extend(moment.timestamp(&random())),
            Payload::Year(moment) => bytes.extend(moment.year(&random()).to_string().into_bytes()),
        }
    }

    /// The bytes that a text stands for, if the loader has accepted the text.
    pub(crate) fn accepted_bytes(&self, text: &str) -> io::Result<Vec<u8>> {
        self.bytes(text).map_err(|what| io::Error::other(what.in_english()))
    }

    /// Fails for the reason for which [`Variables::bytes`] would, without making the bytes.
    pub(crate) fn check(text: &str) -> Result<(), Sentence> {
        // How many bytes come before, as far as that is known.
        let (mut before, mut has_sum) = (Some(0_usize), false);
        for piece in Template::parse(text).pieces() {
            let length = match *piece {
                Piece::Text(text) => Some(literal(text)?.len()),
                Piece::Place { name: CHECKSUM, .. } => {
                    // It is the sum of words of 16 bits, and is one of them.
                    if has_sum || before.is_some_and(|before| before % 2 == 1) {
                        return Err(sentence!("mistake-checksum"));
                    }
                    has_sum = true;
                    Some(2)
                }
                Piece::Place { name, .. } => match Self::payload(name)? {
                    Some(Payload::Bytes { count, .. }) => Some(count),
                    _ => None,
                },
            };
            before = before.zip(length).map(|(before, length)| before.saturating_add(length));
        }
        if payload_length(text) > MOST {
            return Err(sentence!("mistake-payload-total", most = MOST));
        }
        Ok(())
    }

    /// Fails for a payload in a word of a command that can't be made. A command may have braces of
    /// its own.
    pub(crate) fn check_word(text: &str) -> Result<(), Sentence> {
        for name in Template::parse(text).names() {
            if Self::PLACES.contains(&name.split(':').next().unwrap_or_default()) {
                Self::payload(name)?;
            }
        }
        Ok(())
    }

    /// How the bytes are made that `KIND:N` stands for; `None` if it is not a payload.
    fn payload(name: &str) -> Result<Option<Payload>, Sentence> {
        let Some((kind, count)) = name.split_once(':') else { return Ok(None) };
        if let "ntp" | "year" = kind {
            let moment = Moment::parse(count)
                .filter(|moment| kind == "ntp" || moment.is_own())
                .ok_or_else(|| sentence!("mistake-moment", found = name, kind = kind))?;
            let payload = if kind == "ntp" { Payload::Ntp } else { Payload::Year };
            return Ok(Some(payload(moment)));
        }
        let is_word = !kind.is_empty() && kind.chars().all(|c| c.is_ascii_alphabetic());
        let make: fn(u8) -> u8 = match kind {
            "random" => |byte| byte,
            "letters" => |byte| b'a' + byte % 26,
            "LETTERS" => |byte| b'A' + byte % 26,
            // Braces may be part of the data for a program, but this looks like a payload.
            _ if is_word && count.parse::<u64>().is_ok() => {
                return Err(sentence!("mistake-payload-kind", found = name));
            }
            _ => return Ok(None),
        };
        let (count, rounds) = count.split_once(':').unwrap_or((count, ""));
        let rounds = rounds.split('.').filter(|_| !rounds.is_empty()).map(str::parse);
        match (count.parse(), rounds.collect()) {
            (Ok(count), Ok(rounds)) if count <= MOST => {
                Ok(Some(Payload::Bytes { count, make, rounds }))
            }
            _ => Err(sentence!("mistake-payload", found = name, kind = kind, most = MOST)),
        }
    }
}

/// About how many bytes a text stands for: its own length, and that of its payloads.
pub(crate) fn payload_length(text: &str) -> usize {
    let pieces = Template::parse(text);
    let lengths = pieces.pieces().iter().map(|piece| match piece {
        Piece::Text(text) => text.len(),
        Piece::Place { name, .. } => {
            let payload = name.split_once(':').filter(|(kind, _)| PAYLOADS.contains(kind));
            payload.map_or(name.len(), |(_, count)| {
                count.split(':').next().and_then(|count| count.parse().ok()).unwrap_or(0)
            })
        }
    });
    lengths.fold(0, usize::saturating_add)
}

/// What a text stands for in a round of the loops around it, given the rounds from the outermost loop
/// on: `{round}` is filled in, and payloads are those of this round.
pub(crate) fn in_round(text: &str, rounds: &[u32]) -> String {
    let Some(last) = rounds.last() else { return text.to_owned() };
    Template::parse(text).fill(|name| {
        if name == ROUND {
            return Some(last.to_string());
        }
        let (kind, count) = name.split_once(':').filter(|(kind, _)| PAYLOADS.contains(kind))?;
        // One that names its round is the same everywhere.
        let rounds: Vec<String> = rounds.iter().map(u32::to_string).collect();
        (!count.contains(':')).then(|| format!("{{{kind}:{count}:{}}}", rounds.join(".")))
    })
}

/// Decodes text without placeholders.
fn literal(text: &str) -> Result<Vec<u8>, Sentence> {
    // `{letters: 9}` is not a placeholder, because of the space.
    for kind in PAYLOADS {
        if let Some((_, behind)) = text.split_once(&format!("{{{kind}:")) {
            let count = behind.split('}').next().unwrap_or_default();
            let found = format!("{kind}:{count}");
            return Err(sentence!("mistake-payload", found = found, kind = kind, most = MOST));
        }
    }
    socklab_judge::unescape(text)
        .map_err(|escape| sentence!("mistake-unknown-escape", found = escape))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn payloads_follow_from_the_seed() {
        let with = |seed| Variables { seed, ..Variables::sample(8888) };
        assert_eq!(with(1).bytes("{random:100}"), with(1).bytes("{random:100}"));
        assert_ne!(with(1).bytes("{random:100}"), with(2).bytes("{random:100}"));
        let small = with(7).bytes("{letters:9}").unwrap();
        assert_eq!(with(7).bytes("{LETTERS:9}").unwrap(), small.to_ascii_uppercase());
    }

    #[test]
    fn letters_are_filled_into_words_as_into_bytes() {
        let all = Variables::sample(8888);
        let text = all.text("{port} {letters:5} {year:2001..2020} {random:5} {prt}");
        let bytes = all.bytes("{port} {letters:5} {year:2001..2020} ").unwrap();
        assert_eq!(text, format!("{}{{random:5}} {{prt}}", String::from_utf8_lossy(&bytes)));
    }

    #[test]
    fn a_year_is_that_of_its_timestamp_and_follows_from_the_seed() {
        let with = |seed| Variables { seed, ..Variables::sample(123) };
        let years: std::collections::BTreeSet<Vec<u8>> =
            (0..50).map(|seed| with(seed).bytes("{year:2001..2020}").unwrap()).collect();
        assert!(years.len() > 10, "{years:?}");
        let one = with(3).bytes("{ntp:2001..2020}{year:2001..2020}").unwrap();
        assert_eq!(one, with(3).bytes("{ntp:2001..2020}{year:2001..2020}").unwrap());
        assert_eq!(one.len(), 12);
        let seconds = one[..4].iter().fold(0, |word, byte| word << 8 | u64::from(*byte));
        let year: u64 = String::from_utf8_lossy(&one[8..]).parse().unwrap();
        // Good enough in November and December.
        assert_eq!(1900 + seconds / 31_556_952, year);
        for wrong in ["{ntp:9}", "{year:2020..2001}", "{year:2001..2020-9}"] {
            assert!(with(1).bytes(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn an_address_is_a_loopback_address_that_nobody_guesses() {
        let addresses: std::collections::BTreeSet<Ipv4Addr> =
            (0..50).map(Variables::own_address).collect();
        assert_eq!(addresses.len(), 50);
        assert!(addresses.iter().all(|one| one.is_loopback() && *one != Ipv4Addr::LOCALHOST));
    }

    #[test]
    fn members_of_a_crowd_have_letters_of_their_own() {
        let all = Variables::sample(1);
        let letters = |all: &Variables| all.bytes("{letters:12}").unwrap();
        let members: Vec<Vec<u8>> =
            (1..=32).map(|number| letters(&all.of_member(number))).collect();
        for (index, one) in members.iter().enumerate() {
            assert!(*one != letters(&all) && !members[..index].contains(one), "{index}");
        }
        assert_eq!(members[4], letters(&all.of_member(5)));
    }

    #[test]
    fn each_round_of_a_loop_has_letters_of_its_own() {
        let all = Variables::sample(1);
        let bytes = |text: &str| all.bytes(text).unwrap();
        let rounds: [&[u32]; 6] = [&[], &[1], &[2], &[1, 2], &[2, 1], &[1, 1]];
        let letters: Vec<Vec<u8>> =
            rounds.iter().map(|rounds| bytes(&in_round("{letters:16}", rounds))).collect();
        for (index, one) in letters.iter().enumerate() {
            assert!(one.len() == 16 && !letters[..index].contains(one), "{:?}", rounds[index]);
        }
        assert_eq!(bytes(&in_round("{LETTERS:16}", &[2])), letters[2].to_ascii_uppercase());
        // Outside of the loop, the round is named.
        assert_eq!(bytes("{letters:16:2}"), letters[2]);
        assert_eq!(bytes("{letters:16:1.2}"), letters[3]);
        assert_eq!(in_round("{letters:16:2}", &[5]), "{letters:16:2}");
        assert_eq!(in_round("{round}: {x} {host}", &[7, 3]), "3: {x} {host}");
        assert_eq!(payload_length("{letters:16:1.2}"), 16);
        for wrong in ["{letters:16:x}", "{letters:16:1.}", "{letters::1}"] {
            assert!(all.bytes(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn other_braces_stay_as_they_are() {
        let text = Variables::sample(80).bytes("a{b} {host}:{port} {\"k\":1}\\x00").unwrap();
        assert_eq!(text, b"a{b} 127.0.0.1:80 {\"k\":1}\0");
        for wrong in ["{random:x}", "{random: 9}", "{leters:9}"] {
            assert!(Variables::sample(80).bytes(wrong).is_err(), "{wrong}");
        }
        assert!(Variables::sample(80).bytes("\\q").is_err());
        let many = "{random:60000000}".repeat(1000);
        assert!(Variables::sample(80).bytes(&many).is_err());
    }
}
