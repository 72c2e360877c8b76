//! Ancillary data: the control part of a message, `cmsg(3)`.

use socklab_event::{Bytes, Control};

use super::words::{i32_at, u32_at, u64_at};
use super::{control_value, option};

/// `sizeof(struct cmsghdr)`: a length that counts the header too, a level, a type.
const HEADER: usize = 16;

/// `sizeof(size_t)`: pieces are aligned to it.
const ALIGNMENT: usize = 8;

/// Decodes a control buffer up to the first malformed piece.
pub(super) fn control(mut bytes: &[u8]) -> Vec<Control> {
    let mut pieces = Vec::new();
    while bytes.len() >= HEADER {
        let length = usize::try_from(u64_at(bytes, 0)).unwrap_or(usize::MAX);
        if length < HEADER {
            break;
        }
        // Of a piece cut short by the end of the buffer (MSG_CTRUNC), decode what is there.
        let data = &bytes[HEADER..length.min(bytes.len())];
        pieces.push(piece(i32_at(bytes, 8), i32_at(bytes, 12), data));
        let Some(next) = length.checked_next_multiple_of(ALIGNMENT) else {
            break;
        };
        bytes = bytes.get(next..).unwrap_or_default();
    }
    pieces
}

fn piece(level: i32, of: i32, data: &[u8]) -> Control {
    match (level, of) {
        (libc::SOL_SOCKET, libc::SCM_RIGHTS) => {
            Control::Rights { fds: data.chunks_exact(4).map(|fd| i32_at(fd, 0)).collect() }
        }
        (libc::SOL_SOCKET, libc::SCM_CREDENTIALS) if data.len() >= 12 => Control::Credentials {
            pid: i32_at(data, 0),
            uid: u32_at(data, 4),
            gid: u32_at(data, 8),
        },
        _ => Control::Other {
            level: option::level_name(level),
            of,
            name: option::control_name(level, of),
            value: control_value::of(level, of, data),
            bytes: Bytes::whole(data),
        },
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn passed_descriptors() {
        let mut bytes = 24_u64.to_ne_bytes().to_vec();
        for word in [1, 1, 7, 9] {
            bytes.extend_from_slice(&i32::to_ne_bytes(word));
        }
        assert_eq!(control(&bytes), [Control::Rights { fds: vec![7, 9] }]);
        assert_eq!(control(&bytes[..20]), [Control::Rights { fds: vec![7] }]);
    }

    proptest! {
        #[test]
        fn any_bytes_decode(bytes: Vec<u8>, length: u64) {
            let _ = control(&bytes);
            let mut headed = length.to_ne_bytes().to_vec();
            headed.extend(bytes);
            let _ = control(&headed);
        }
    }
}
