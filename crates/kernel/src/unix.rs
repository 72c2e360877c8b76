//! The kernel's table of Unix sockets, `proc_net(5)` (`proc_pid_net(5)` in newer manuals).

use std::fs;
use std::io;

use crate::table::Namespace;

/// One Unix socket, as the table lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Entry {
    /// Its type, `SOCK_STREAM` … as `include/linux/net.h` numbers it.
    pub kind: i32,
    /// True if it listens.
    pub listens: bool,
    /// True if it is connected, or is being connected.
    pub connected: bool,
    /// Its inode; 0 for a connection that has not been accepted yet.
    pub inode: u64,
    /// Its name, if it has one: the path as it was passed to `bind`, which may be relative; or,
    /// after an `@`, an abstract name, in which `@` also stands for a zero byte. Sockets that a
    /// listening socket accepts have the listening socket's name.
    pub name: Option<String>,
}

/// `__SO_ACCEPTCON`, `include/linux/net.h`.
const ACCEPTS: u32 = 1 << 16;
/// `SS_CONNECTING` to `SS_DISCONNECTING`, `include/uapi/linux/net.h`.
const CONNECTED: std::ops::RangeInclusive<u8> = 2..=4;

/// Reads the table. It lists the sockets of a whole network namespace, regardless of their owners.
///
/// # Errors
///
/// When the file can't be opened or read: there is no such process.
pub fn read(namespace: Namespace) -> io::Result<Vec<Entry>> {
    // A name may be any bytes.
    Ok(parse(&String::from_utf8_lossy(&fs::read(namespace.file("unix"))?)))
}

/// Parses the text of the table. Malformed lines are skipped.
fn parse(text: &str) -> Vec<Entry> {
    text.lines().skip(1).filter_map(entry).collect()
}

/// `Num RefCount Protocol Flags Type St Inode Path`; the path may contain spaces.
fn entry(line: &str) -> Option<Entry> {
    let mut columns = line.split_ascii_whitespace().skip(3);
    let flags = u32::from_str_radix(columns.next()?, 16).ok()?;
    let kind = i32::from_str_radix(columns.next()?, 16).ok()?;
    let state = u8::from_str_radix(columns.next()?, 16).ok()?;
    let inode = columns.next()?;
    // One space separates the path, and everything after it belongs to the path.
    let from = inode.as_ptr() as usize - line.as_ptr() as usize + inode.len() + 1;
    Some(Entry {
        kind,
        listens: flags & ACCEPTS != 0,
        connected: CONNECTED.contains(&state) && flags & ACCEPTS == 0,
        inode: inode.parse().ok()?,
        name: line.get(from..).filter(|name| !name.is_empty()).map(str::to_owned),
    })
}

#[cfg(test)]
mod tests {
    use std::os::linux::net::SocketAddrExt;
    use std::os::unix::net::{SocketAddr, UnixListener};

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_line_is_read() {
        let listening = "00000000a: 00000002 00000000 00010000 0001 01  4711 /run/a b.sock";
        let Some(read) = entry(listening) else { panic!("unread") };
        assert_eq!((read.kind, read.listens, read.connected, read.inode), (1, true, false, 4711));
        assert_eq!(read.name.as_deref(), Some("/run/a b.sock"));
        let accepted = entry("0: 00000003 00000000 00000000 0001 03 12 /run/a b.sock");
        assert!(accepted.is_some_and(|one| one.connected && !one.listens));
        let nameless = entry("0: 00000003 00000000 00000000 0001 03    12");
        assert_eq!(nameless.map(|one| (one.name, one.inode)), Some((None, 12)));
    }

    #[test]
    fn the_table_lists_our_sockets() {
        let name = format!("socklab test {}", std::process::id());
        let address = SocketAddr::from_abstract_name(&name).unwrap();
        let _listener = UnixListener::bind_addr(&address).unwrap();
        let entries = read(Namespace::Own).unwrap();
        let ours = entries.iter().find(|entry| entry.name == Some(format!("@{name}")));
        assert!(ours.is_some_and(|entry| entry.listens && entry.inode != 0), "{entries:?}");
    }

    proptest! {
        #[test]
        fn any_text_can_be_read(text: String, line in "[ 0-9A-F:@/x]{0,120}") {
            let _ = parse(&text);
            let _ = parse(&format!("\n{line}"));
        }
    }
}
