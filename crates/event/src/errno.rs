//! Errors by name.

use std::fmt;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// An error number of Linux, `errno(3)`. In JSON: `{"name":"ECONNREFUSED","number":111}`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(test, derive(proptest_derive::Arbitrary))]
pub struct Errno(pub i32);

impl Errno {
    /// Interrupted by a signal handler.
    pub const EINTR: Self = Self(4);
    /// Nothing to do now, on a non-blocking descriptor; `EWOULDBLOCK` is the same number.
    pub const EAGAIN: Self = Self(11);
    /// Written to a connection whose other end is gone.
    pub const EPIPE: Self = Self(32);
    /// The address and port are taken.
    pub const EADDRINUSE: Self = Self(98);
    /// The other end sent RST.
    pub const ECONNRESET: Self = Self(104);
    /// Not connected.
    pub const ENOTCONN: Self = Self(107);
    /// No answer in time.
    pub const ETIMEDOUT: Self = Self(110);
    /// Nobody listens there.
    pub const ECONNREFUSED: Self = Self(111);
    /// A non-blocking connect has begun.
    pub const EINPROGRESS: Self = Self(115);

    /// The name, e.g. `ECONNREFUSED`; `None` for a number Linux does not use.
    pub fn name(self) -> Option<&'static str> {
        let index = usize::try_from(self.0).ok()?.checked_sub(1)?;
        NAMES.get(index).copied().filter(|name| !name.is_empty())
    }

    /// The number behind a name.
    pub fn from_name(name: &str) -> Option<Self> {
        let index = NAMES.iter().position(|known| *known == name && !known.is_empty())?;
        i32::try_from(index + 1).ok().map(Self)
    }

    /// True for EAGAIN: "not now" rather than "no".
    pub fn is_not_now(self) -> bool {
        self == Self::EAGAIN
    }
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
            (None, None) => Err(D::Error::custom("an error needs its number or its name")),
        }
    }
}

/// `include/uapi/asm-generic/errno*.h`, from 1; the same on x86-64 and aarch64.
#[rustfmt::skip]
const NAMES: [&str; 133] = [
    "EPERM", "ENOENT", "ESRCH", "EINTR", "EIO", "ENXIO", "E2BIG", "ENOEXEC", "EBADF", "ECHILD",
    "EAGAIN", "ENOMEM", "EACCES", "EFAULT", "ENOTBLK", "EBUSY", "EEXIST", "EXDEV", "ENODEV",
    "ENOTDIR", "EISDIR", "EINVAL", "ENFILE", "EMFILE", "ENOTTY", "ETXTBSY", "EFBIG", "ENOSPC",
    "ESPIPE", "EROFS", "EMLINK", "EPIPE", "EDOM", "ERANGE", "EDEADLK", "ENAMETOOLONG", "ENOLCK",
    "ENOSYS", "ENOTEMPTY", "ELOOP", "", "ENOMSG", "EIDRM", "ECHRNG", "EL2NSYNC", "EL3HLT",
    "EL3RST", "ELNRNG", "EUNATCH", "ENOCSI", "EL2HLT", "EBADE", "EBADR", "EXFULL", "ENOANO",
    "EBADRQC", "EBADSLT", "", "EBFONT", "ENOSTR", "ENODATA", "ETIME", "ENOSR", "ENONET", "ENOPKG",
    "EREMOTE", "ENOLINK", "EADV", "ESRMNT", "ECOMM", "EPROTO", "EMULTIHOP", "EDOTDOT", "EBADMSG",
    "EOVERFLOW", "ENOTUNIQ", "EBADFD", "EREMCHG", "ELIBACC", "ELIBBAD", "ELIBSCN", "ELIBMAX",
    "ELIBEXEC", "EILSEQ", "ERESTART", "ESTRPIPE", "EUSERS", "ENOTSOCK", "EDESTADDRREQ", "EMSGSIZE",
    "EPROTOTYPE", "ENOPROTOOPT", "EPROTONOSUPPORT", "ESOCKTNOSUPPORT", "EOPNOTSUPP",
    "EPFNOSUPPORT", "EAFNOSUPPORT", "EADDRINUSE", "EADDRNOTAVAIL", "ENETDOWN", "ENETUNREACH",
    "ENETRESET", "ECONNABORTED", "ECONNRESET", "ENOBUFS", "EISCONN", "ENOTCONN", "ESHUTDOWN",
    "ETOOMANYREFS", "ETIMEDOUT", "ECONNREFUSED", "EHOSTDOWN", "EHOSTUNREACH", "EALREADY",
    "EINPROGRESS", "ESTALE", "EUCLEAN", "ENOTNAM", "ENAVAIL", "EISNAM", "EREMOTEIO", "EDQUOT",
    "ENOMEDIUM", "EMEDIUMTYPE", "ECANCELED", "ENOKEY", "EKEYEXPIRED", "EKEYREVOKED",
    "EKEYREJECTED", "EOWNERDEAD", "ENOTRECOVERABLE", "ERFKILL", "EHWPOISON",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_aligned() {
        for (number, name) in
            [(1, "EPERM"), (11, "EAGAIN"), (98, "EADDRINUSE"), (111, "ECONNREFUSED")]
        {
            assert_eq!(Errno(number).name(), Some(name));
            assert_eq!(Errno::from_name(name), Some(Errno(number)));
        }
        assert_eq!(Errno(133).name(), Some("EHWPOISON"));
        assert_eq!(Errno(41).name(), None);
        assert_eq!(Errno(512).to_string(), "errno 512");
    }
}
