//! Calls on a descriptor, whatever it refers to: `dup`, `fcntl`, `ioctl`.

use socklab_event::{Args, Flags, Name, Outcome};

use super::flags;
use super::returned::Returned;
use crate::memory::Memory;

pub(super) fn dup(_: &Returned<'_, impl Memory>) -> Args {
    Args::Dup { flags: Flags::default() }
}

pub(super) fn dup3(call: &Returned<'_, impl Memory>) -> Args {
    Args::Dup { flags: flags::flags(u64::from(call.uint(2)), flags::DUP) }
}

pub(super) fn fcntl(call: &Returned<'_, impl Memory>) -> Args {
    let argument = call.word(2);
    let result = match call.outcome {
        Outcome::Value(value) => value.cast_unsigned(),
        _ => 0,
    };
    let (command, flags) = match call.int(1) {
        libc::F_DUPFD => return Args::Dup { flags: Flags::default() },
        libc::F_DUPFD_CLOEXEC => {
            return Args::Dup { flags: Flags::from(vec![Name::of("O_CLOEXEC")]) };
        }
        libc::F_GETFD => ("F_GETFD", flags::flags(result, flags::FD)),
        libc::F_SETFD => ("F_SETFD", flags::flags(argument, flags::FD)),
        libc::F_GETFL => ("F_GETFL", flags::flags(result, flags::OPEN)),
        libc::F_SETFL => ("F_SETFL", flags::flags(argument, flags::OPEN)),
        libc::F_SETOWN => ("F_SETOWN", Flags::default()),
        libc::F_GETOWN => ("F_GETOWN", Flags::default()),
        other => {
            let command = Name::from(format!("command {other}"));
            return Args::Fcntl { command, flags: Flags::default(), argument };
        }
    };
    Args::Fcntl { command: Name::of(command), flags, argument }
}

pub(super) fn ioctl(call: &Returned<'_, impl Memory>) -> Args {
    let request = u64::from(call.uint(1));
    let known = REQUESTS.iter().find(|(number, _)| *number == request);
    let value = call.memory.array::<4>(call.word(2));
    Args::Ioctl {
        request: known.map_or_else(|| format!("{request:#x}").into(), |(_, name)| Name::of(name)),
        value: value.map(|int| i64::from(i32::from_ne_bytes(int))),
    }
}

/// Requests that are made on sockets, `ioctl_tty(2)`, `netdevice(7)`, `tcp(7)`; the numbers are
/// those of `include/uapi/asm-generic/ioctls.h` and `include/uapi/linux/sockios.h`.
const REQUESTS: &[(u64, &str)] = &[
    (libc::FIONBIO, "FIONBIO"),
    (libc::FIONREAD, "FIONREAD"),
    (libc::TIOCOUTQ, "TIOCOUTQ"),
    (libc::FIONCLEX, "FIONCLEX"),
    (libc::FIOCLEX, "FIOCLEX"),
    (libc::FIOASYNC, "FIOASYNC"),
    (0x8905, "SIOCATMARK"),
    (0x8906, "SIOCGSTAMP"),
    (libc::SIOCGIFNAME, "SIOCGIFNAME"),
    (libc::SIOCGIFCONF, "SIOCGIFCONF"),
    (libc::SIOCGIFFLAGS, "SIOCGIFFLAGS"),
    (libc::SIOCGIFADDR, "SIOCGIFADDR"),
    (libc::SIOCGIFHWADDR, "SIOCGIFHWADDR"),
    (libc::SIOCGIFINDEX, "SIOCGIFINDEX"),
    (0x894b, "SIOCOUTQNSD"),
    (libc::TCGETS, "TCGETS"),
];
