//! What a device would leave to its hardware, `ethtool(8)`: a veth has none, and hands its peer
//! segments of 64 KiB whose checksums nobody has computed.

use std::os::fd::AsRawFd;

use rustix::net::{AddressFamily, SocketFlags, SocketType, socket_with};

use crate::wire::WireRefusal;

/// Something that can be left to hardware, as the number of the command that switches it,
/// `linux/ethtool.h`.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Offload {
    /// `ETHTOOL_STXCSUM`: computing checksums. Without it the device can't scatter and gather, so it
    /// can't cut TCP into segments either.
    Checksums = 0x17,
    /// `ETHTOOL_STSO`: cutting TCP into segments.
    Segments = 0x1f,
}

/// `struct ethtool_value`.
#[repr(C)]
struct Value {
    command: u32,
    data: u32,
}

/// Makes the kernel do itself what would be left to this device, in the network namespace of the
/// calling thread.
pub(crate) fn switch_off(device: &str, offload: Offload) -> Result<(), WireRefusal> {
    let refused =
        |errno| WireRefusal::new(format!("ioctl SIOCETHTOOL {device}, {offload:?} off"), errno);
    let (family, kind) = (AddressFamily::INET, SocketType::DGRAM);
    let socket = socket_with(family, kind, SocketFlags::CLOEXEC, None);
    let socket = socket.map_err(|errno| refused(errno.into()))?;
    let mut value = Value { command: offload as u32, data: 0 };
    // SAFETY: zeroed is a valid ifreq: numbers and a union of numbers.
    let mut request: libc::ifreq = unsafe { std::mem::zeroed() };
    // The last byte stays 0, however long the name is.
    let room = libc::IFNAMSIZ - 1;
    for (to, from) in request.ifr_name.iter_mut().take(room).zip(device.bytes()) {
        *to = from as libc::c_char;
    }
    request.ifr_ifru.ifru_data = (&raw mut value).cast();
    // SAFETY: the request and the value that it points to live through the call, and are what
    // SIOCETHTOOL expects for a command that sets a value.
    let done = unsafe { libc::ioctl(socket.as_raw_fd(), libc::SIOCETHTOOL as _, &raw mut request) };
    if done == 0 { Ok(()) } else { Err(refused(std::io::Error::last_os_error())) }
}
