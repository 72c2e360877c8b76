//! Error numbers and their names.

use std::fmt;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A Linux error number, `errno(3)`. In JSON: `{"name":"ECONNREFUSED","number":111}`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(test, derive(proptest_derive::Arbitrary))]
pub struct Errno(pub i32);

impl Errno {
    /// True for EAGAIN: "not now" rather than "no".
    pub fn is_not_now(self) -> bool {
        self == Self::EAGAIN
    }
}

/// Defines a constant for every error, and the tables between numbers and names.
macro_rules! errors {
    ($($(#[$doc:meta])* $name:ident = $number:literal,)*) => {
        impl Errno {
            $(
                $(#[$doc])*
                #[doc = concat!("`", stringify!($name), "`, `errno(3)`.")]
                pub const $name: Self = Self($number);
            )*

            /// The name, e.g. `ECONNREFUSED`; `None` for a number Linux does not use.
            pub fn name(self) -> Option<&'static str> {
                match self.0 {
                    $($number => Some(stringify!($name)),)*
                    _ => None,
                }
            }

            /// The number of a name.
            pub fn from_name(name: &str) -> Option<Self> {
                match name {
                    $(stringify!($name) => Some(Self($number)),)*
                    _ => None,
                }
            }
        }

        #[cfg(test)]
        const FROM_LIBC: &[(Errno, i32)] = &[$((Errno::$name, libc::$name),)*];
    };
}

// `include/uapi/asm-generic/errno*.h`; the same on x86-64 and aarch64.
errors! {
    EPERM = 1,
    ENOENT = 2,
    ESRCH = 3,
    /// Interrupted by a signal handler.
    EINTR = 4,
    EIO = 5,
    ENXIO = 6,
    E2BIG = 7,
    ENOEXEC = 8,
    /// Not an open descriptor.
    EBADF = 9,
    ECHILD = 10,
    /// The call would have to wait, and the descriptor is non-blocking; `EWOULDBLOCK` is the same
    /// number.
    EAGAIN = 11,
    ENOMEM = 12,
    /// Not permitted: a port below 1024, or the path of a Unix socket.
    EACCES = 13,
    EFAULT = 14,
    ENOTBLK = 15,
    EBUSY = 16,
    EEXIST = 17,
    EXDEV = 18,
    ENODEV = 19,
    ENOTDIR = 20,
    EISDIR = 21,
    /// The call makes no sense in this state: `accept` on a socket that does not listen.
    EINVAL = 22,
    ENFILE = 23,
    /// The process has reached its limit of open descriptors.
    EMFILE = 24,
    ENOTTY = 25,
    ETXTBSY = 26,
    EFBIG = 27,
    ENOSPC = 28,
    ESPIPE = 29,
    EROFS = 30,
    EMLINK = 31,
    /// A write to a connection whose peer is gone, or after `shutdown`.
    EPIPE = 32,
    EDOM = 33,
    ERANGE = 34,
    EDEADLK = 35,
    ENAMETOOLONG = 36,
    ENOLCK = 37,
    ENOSYS = 38,
    ENOTEMPTY = 39,
    ELOOP = 40,
    ENOMSG = 42,
    EIDRM = 43,
    ECHRNG = 44,
    EL2NSYNC = 45,
    EL3HLT = 46,
    EL3RST = 47,
    ELNRNG = 48,
    EUNATCH = 49,
    ENOCSI = 50,
    EL2HLT = 51,
    EBADE = 52,
    EBADR = 53,
    EXFULL = 54,
    ENOANO = 55,
    EBADRQC = 56,
    EBADSLT = 57,
    EBFONT = 59,
    ENOSTR = 60,
    ENODATA = 61,
    ETIME = 62,
    ENOSR = 63,
    ENONET = 64,
    ENOPKG = 65,
    EREMOTE = 66,
    ENOLINK = 67,
    EADV = 68,
    ESRMNT = 69,
    ECOMM = 70,
    EPROTO = 71,
    EMULTIHOP = 72,
    EDOTDOT = 73,
    EBADMSG = 74,
    EOVERFLOW = 75,
    ENOTUNIQ = 76,
    EBADFD = 77,
    EREMCHG = 78,
    ELIBACC = 79,
    ELIBBAD = 80,
    ELIBSCN = 81,
    ELIBMAX = 82,
    ELIBEXEC = 83,
    EILSEQ = 84,
    ERESTART = 85,
    ESTRPIPE = 86,
    EUSERS = 87,
    /// The descriptor is not a socket.
    ENOTSOCK = 88,
    /// A datagram without a destination.
    EDESTADDRREQ = 89,
    /// Too long for one datagram.
    EMSGSIZE = 90,
    EPROTOTYPE = 91,
    ENOPROTOOPT = 92,
    EPROTONOSUPPORT = 93,
    ESOCKTNOSUPPORT = 94,
    EOPNOTSUPP = 95,
    EPFNOSUPPORT = 96,
    EAFNOSUPPORT = 97,
    /// The address and port are already in use.
    EADDRINUSE = 98,
    /// No interface of this machine has the address.
    EADDRNOTAVAIL = 99,
    ENETDOWN = 100,
    /// No route to the network.
    ENETUNREACH = 101,
    ENETRESET = 102,
    ECONNABORTED = 103,
    /// The peer sent RST.
    ECONNRESET = 104,
    ENOBUFS = 105,
    /// Already connected.
    EISCONN = 106,
    /// Not connected.
    ENOTCONN = 107,
    ESHUTDOWN = 108,
    ETOOMANYREFS = 109,
    /// No answer in time.
    ETIMEDOUT = 110,
    /// Nobody listens there.
    ECONNREFUSED = 111,
    EHOSTDOWN = 112,
    /// No route to the host.
    EHOSTUNREACH = 113,
    /// An earlier non-blocking connect is still under way.
    EALREADY = 114,
    /// A non-blocking connect has begun.
    EINPROGRESS = 115,
    ESTALE = 116,
    EUCLEAN = 117,
    ENOTNAM = 118,
    ENAVAIL = 119,
    EISNAM = 120,
    EREMOTEIO = 121,
    EDQUOT = 122,
    ENOMEDIUM = 123,
    EMEDIUMTYPE = 124,
    ECANCELED = 125,
    ENOKEY = 126,
    EKEYEXPIRED = 127,
    EKEYREVOKED = 128,
    EKEYREJECTED = 129,
    EOWNERDEAD = 130,
    ENOTRECOVERABLE = 131,
    ERFKILL = 132,
    EHWPOISON = 133,
}

impl fmt::Display for Errno {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.pad(name),
            None => f.pad(&format!("errno {}", self.0)),
        }
    }
}

impl fmt::Debug for Errno {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[derive(Serialize, Deserialize)]
struct Shape {
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    number: Option<i32>,
}

impl Serialize for Errno {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Shape { name: Some(self.to_string()), number: Some(self.0) }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Errno {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let shape = Shape::deserialize(deserializer)?;
        match (shape.number, shape.name) {
            (Some(number), _) => Ok(Self(number)),
            (None, Some(name)) => Self::from_name(&name)
                .ok_or_else(|| D::Error::custom(format_args!("unknown error name {name:?}"))),
            (None, None) => Err(D::Error::custom("an error must have a number or a name")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_match_those_of_libc() {
        for (errno, number) in FROM_LIBC {
            assert_eq!(errno.0, *number, "{errno}");
        }
    }

    #[test]
    fn names_and_numbers_round_trip() {
        for number in -1..200 {
            let back = Errno(number).name().and_then(Errno::from_name);
            assert!(back.is_none_or(|back| back == Errno(number)), "{number}");
        }
        assert_eq!(Errno::from_name("ECONNREFUSED"), Some(Errno(111)));
        assert_eq!((Errno(41).name(), Errno::from_name("")), (None, None));
        assert_eq!(Errno(512).to_string(), "errno 512");
    }
}
