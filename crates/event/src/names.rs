//! Numbers that have names in the kernel: stored as numbers, written as names.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A word from a fixed list in the recorder, or any word when read back from a file.
#[derive(Clone)]
pub struct Name(Word);

/// Two words long, unlike `Cow<'static, str>`: every call has a name.
#[derive(Clone)]
enum Word {
    Listed(&'static str),
    Read(Arc<Box<str>>),
}

impl Name {
    /// A name known when the program was compiled.
    pub const fn of(name: &'static str) -> Self {
        Self(Word::Listed(name))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        match &self.0 {
            Word::Listed(name) => name,
            Word::Read(name) => name,
        }
    }
}

impl From<&'static str> for Name {
    fn from(name: &'static str) -> Self {
        Self::of(name)
    }
}

impl From<String> for Name {
    fn from(name: String) -> Self {
        Self(Word::Read(Arc::new(name.into())))
    }
}

impl PartialEq for Name {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for Name {}

impl PartialOrd for Name {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Name {
    fn cmp(&self, other: &Self) -> Ordering {
        self.as_str().cmp(other.as_str())
    }
}

impl Hash for Name {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Name").field(&self.as_str()).finish()
    }
}

impl Serialize for Name {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self)
    }
}

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::from)
    }
}

/// A name is found by its text.
impl std::borrow::Borrow<str> for Name {
    fn borrow(&self) -> &str {
        self.as_str()
    }
}

impl std::ops::Deref for Name {
    type Target = str;
    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl PartialEq<str> for Name {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == other
    }
}

impl PartialEq<&str> for Name {
    fn eq(&self, other: &&str) -> bool {
        self.as_str() == *other
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self)
    }
}

/// A set of flags by name, in the order of their bits: `["MSG_PEEK","MSG_DONTWAIT"]`.
///
/// Bits without a name are combined into one hexadecimal word, `"0x80"`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Flags(Option<Arc<Vec<Name>>>);

impl Flags {
    /// The flags, in the order of their bits.
    #[inline]
    pub fn names(&self) -> &[Name] {
        self.0.as_ref().map_or(&[], |names| names.as_slice())
    }

    /// True if the flag is set.
    #[inline]
    pub fn has(&self, name: &str) -> bool {
        self.names().iter().any(|flag| flag == name)
    }

    /// True if no flag is set.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.0.is_none()
    }
}

impl From<Vec<Name>> for Flags {
    fn from(names: Vec<Name>) -> Self {
        Self((!names.is_empty()).then(|| Arc::new(names)))
    }
}

impl FromIterator<Name> for Flags {
    fn from_iter<T: IntoIterator<Item = Name>>(names: T) -> Self {
        Vec::from_iter(names).into()
    }
}

impl Serialize for Flags {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.names().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Flags {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Vec::deserialize(deserializer).map(Self::from)
    }
}

/// As C writes it: `MSG_PEEK|MSG_DONTWAIT`, or `0`.
impl fmt::Display for Flags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return f.write_str("0");
        }
        for (index, flag) in self.names().iter().enumerate() {
            if index > 0 {
                f.write_str("|")?;
            }
            f.write_str(flag)?;
        }
        Ok(())
    }
}

/// Defines a number type with named values: constants, `name()`, and JSON as the name. A value
/// without a name is written as the prefix and the number (`"AF_77"`), so that nothing is lost.
macro_rules! named {
    ($(#[$doc:meta])* $type:ident, $prefix:literal, { $($const:ident = $value:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[cfg_attr(test, derive(proptest_derive::Arbitrary))]
        pub struct $type(pub i32);

        impl $type {
            $(
                #[doc = concat!("`", $prefix, stringify!($const), "`.")]
                pub const $const: Self = Self($value);
            )*

            /// The kernel's name for this value, if it is listed here.
            pub fn name(self) -> Option<&'static str> {
                match self.0 {
                    $($value => Some(concat!($prefix, stringify!($const))),)*
                    _ => None,
                }
            }

            /// The value of a name, or of the prefix followed by a number.
            pub fn from_name(name: &str) -> Option<Self> {
                $(if name == concat!($prefix, stringify!($const)) {
                    return Some(Self($value));
                })*
                name.strip_prefix($prefix)?.parse().ok().map(Self)
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self.name() {
                    Some(name) => f.pad(name),
                    None => f.pad(&format!(concat!($prefix, "{}"), self.0)),
                }
            }
        }

        impl fmt::Debug for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let name = Cow::<str>::deserialize(deserializer)?;
                Self::from_name(&name).ok_or_else(|| {
                    de::Error::custom(format_args!(
                        concat!("{:?} is not a name beginning with ", $prefix), name
                    ))
                })
            }
        }
    };
}

pub(crate) use named;

named! {
    /// An address family, `address_families(7)`.
    Family, "AF_", {
        UNSPEC = 0, UNIX = 1, INET = 2, AX25 = 3, INET6 = 10, KEY = 15, NETLINK = 16, PACKET = 17,
        RDS = 21, PPPOX = 24, CAN = 29, TIPC = 30, BLUETOOTH = 31, ALG = 38, NFC = 39, VSOCK = 40,
        KCM = 41, QIPCRTR = 42, SMC = 43, XDP = 44, MCTP = 45,
    }
}

named! {
    /// A socket type, `socket(2)`, without the `SOCK_NONBLOCK` and `SOCK_CLOEXEC` flags.
    SocketType, "SOCK_", {
        STREAM = 1, DGRAM = 2, RAW = 3, RDM = 4, SEQPACKET = 5, DCCP = 6, PACKET = 10,
    }
}

named! {
    /// Which half `shutdown(2)` closed.
    Shutdown, "SHUT_", { RD = 0, WR = 1, RDWR = 2 }
}

named! {
    /// A TCP state, RFC 9293 §3.3.2, in the kernel's numbers.
    TcpState, "TCP_", {
        ESTABLISHED = 1, SYN_SENT = 2, SYN_RECV = 3, FIN_WAIT1 = 4, FIN_WAIT2 = 5, TIME_WAIT = 6,
        CLOSE = 7, CLOSE_WAIT = 8, LAST_ACK = 9, LISTEN = 10, CLOSING = 11, NEW_SYN_RECV = 12,
    }
}

named! {
    /// A signal, `signal(7)`, in the numbers of x86-64 and aarch64. Real-time signals are
    /// `SIG34` and up.
    Signal, "SIG", {
        HUP = 1, INT = 2, QUIT = 3, ILL = 4, TRAP = 5, ABRT = 6, BUS = 7, FPE = 8, KILL = 9, USR1 = 10, SEGV = 11, USR2 = 12, PIPE = 13, ALRM = 14, TERM = 15, STKFLT = 16, CHLD = 17, CONT = 18, STOP = 19, TSTP = 20, TTIN = 21, TTOU = 22, URG = 23, XCPU = 24, XFSZ = 25, VTALRM = 26, PROF = 27, WINCH = 28, IO = 29, PWR = 30, SYS = 31,
    }
}

impl TcpState {
    /// The name without its prefix, as RFC 9293 spells it except for the dashes: `LISTEN`,
    /// `TIME_WAIT`.
    pub fn short_name(self) -> Option<&'static str> {
        self.name().and_then(|name| name.strip_prefix("TCP_"))
    }

    /// The state with this short name.
    pub fn from_short_name(name: &str) -> Option<Self> {
        Self::from_name(&format!("TCP_{name}")).filter(|state| state.short_name() == Some(name))
    }
}

#[cfg(test)]
impl proptest::arbitrary::Arbitrary for Name {
    type Parameters = ();
    type Strategy = proptest::strategy::BoxedStrategy<Self>;
    fn arbitrary_with((): ()) -> Self::Strategy {
        use proptest::strategy::Strategy as _;
        ".*".prop_map(Self::from).boxed()
    }
}

#[cfg(test)]
impl proptest::arbitrary::Arbitrary for Flags {
    type Parameters = ();
    type Strategy = proptest::strategy::BoxedStrategy<Self>;
    fn arbitrary_with((): ()) -> Self::Strategy {
        use proptest::strategy::Strategy as _;
        proptest::collection::vec(proptest::arbitrary::any::<Name>(), 0..3)
            .prop_map(Self::from)
            .boxed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_have_short_names() {
        assert_eq!(TcpState::TIME_WAIT.short_name(), Some("TIME_WAIT"));
        assert_eq!(TcpState::from_short_name("TIME_WAIT"), Some(TcpState::TIME_WAIT));
        assert_eq!((TcpState::from_short_name("9"), TcpState(99).short_name()), (None, None));
    }

    #[test]
    fn signals_without_a_name_keep_their_number() {
        assert_eq!((Signal::PIPE.0, Signal::PIPE.name()), (13, Some("SIGPIPE")));
        assert_eq!((Signal(34).name(), Signal(34).to_string()), (None, "SIG34".to_owned()));
        assert_eq!(Signal::from_name("SIG34"), Some(Signal(34)));
        assert_eq!((Signal::SYS.0, Signal::from_name("SIGNONE")), (31, None));
    }
}
