//! The kernel's tables of TCP and UDP sockets, `proc_net(5)` (`proc_pid_net(5)` in newer manuals).

use std::fs::{self, File};
use std::io::{self, Read, Seek};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use crate::{Transport, process};

/// One of the four tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Table {
    /// `/proc/net/tcp`
    Tcp,
    /// `/proc/net/tcp6`
    Tcp6,
    /// `/proc/net/udp`
    Udp,
    /// `/proc/net/udp6`
    Udp6,
}

impl Table {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Tcp, Self::Tcp6, Self::Udp, Self::Udp6];

    /// The transport whose sockets it lists.
    pub const fn transport(self) -> Transport {
        match self {
            Self::Tcp | Self::Tcp6 => Transport::Tcp,
            Self::Udp | Self::Udp6 => Transport::Udp,
        }
    }

    /// The table that lists sockets of this protocol, as
    /// [`socket_protocol`](process::socket_protocol) names it.
    pub fn of_protocol(name: &str) -> Option<Self> {
        match name {
            "TCP" => Some(Self::Tcp),
            "TCPv6" => Some(Self::Tcp6),
            "UDP" => Some(Self::Udp),
            "UDPv6" => Some(Self::Udp6),
            _ => None,
        }
    }

    const fn file(self) -> &'static str {
        match self {
            Self::Tcp => "tcp",
            Self::Tcp6 => "tcp6",
            Self::Udp => "udp",
            Self::Udp6 => "udp6",
        }
    }
}

/// Which network namespace to look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Namespace {
    /// That of the calling thread.
    Own,
    /// That of the process, or of the thread, with this id.
    OfProcess(u32),
}

impl Namespace {
    /// The path of one of its tables.
    pub(crate) fn file(self, table: &str) -> String {
        match self {
            Self::Own => format!("/proc/thread-self/net/{table}"),
            Self::OfProcess(process) => format!("/proc/{process}/net/{table}"),
        }
    }
}

/// One socket, as a table lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Entry {
    /// The table that lists it.
    pub table: Table,
    /// Its own address. All zeros for the wildcard address.
    pub local: SocketAddr,
    /// The other end's address; `None` for a socket that is not connected.
    pub remote: Option<SocketAddr>,
    /// Its state, as `include/net/tcp_states.h` numbers them: see [`Entry::LISTEN`].
    pub state: u8,
    /// Bytes sent and not yet acknowledged.
    pub send_queue: u32,
    /// Bytes received and not yet read; for a listening socket, connections not yet accepted.
    pub receive_queue: u32,
    /// Which of its timers runs: 0 for none, 3 in TIME_WAIT; others in [`Entry::will_send`].
    pub timer: u8,
    /// The socket's inode; `None` once no descriptor refers to it any more, as in TIME_WAIT.
    pub inode: Option<u64>,
}

impl Entry {
    /// `TCP_LISTEN`
    pub const LISTEN: u8 = 10;
    /// `TCP_CLOSE`, which is also the state of a UDP socket that is bound and not connected.
    pub const CLOSE: u8 = 7;

    /// True if a timer of the kernel will send something by itself: what was not acknowledged (1), or
    /// a probe of a window that was full (4). A keepalive (2) changes nothing.
    pub fn will_send(&self) -> bool {
        matches!(self.timer, 1 | 4)
    }

    /// True if bytes, a SYN or a FIN of this socket are not acknowledged yet, and it waits for that
    /// acknowledgement (timer 1): not because the other end takes no more (4).
    pub fn awaits_acknowledgement(&self) -> bool {
        self.send_queue > 0 && self.timer == 1
    }

    /// True for a socket that any peer can reach: a listening TCP socket, or a UDP socket that is
    /// bound and not connected.
    pub fn accepts_any_peer(&self) -> bool {
        match self.table.transport() {
            Transport::Tcp => self.state == Self::LISTEN,
            Transport::Udp => self.state == Self::CLOSE,
        }
    }
}

/// Reads one table. It lists the sockets of a whole network namespace, regardless of their owners.
///
/// The kernel walks its hash tables to produce the text: that takes 40 µs in a namespace whose
/// tables are small, and milliseconds on a large machine.
///
/// # Errors
///
/// When the file can't be opened or read: there is no such process, or the kernel has no IPv6 and
/// so no tables for it.
pub fn read(namespace: Namespace, table: Table) -> io::Result<Vec<Entry>> {
    Ok(parse(&fs::read_to_string(namespace.file(table.file()))?, table))
}

/// The tables of a network namespace, kept open: they can be read also when the process has ended
/// through which they were found. The namespace lasts as long as they are open.
#[derive(Debug)]
pub struct OpenTables(Vec<(Table, File)>);

impl OpenTables {
    /// Opens those of TCP.
    ///
    /// # Errors
    ///
    /// There is no such process. (Without IPv6 there is no table for it, which is no error.)
    pub fn of_tcp(namespace: Namespace) -> io::Result<Self> {
        let mut open = vec![(Table::Tcp, File::open(namespace.file(Table::Tcp.file()))?)];
        let six = File::open(namespace.file(Table::Tcp6.file()));
        open.extend(six.ok().map(|file| (Table::Tcp6, file)));
        Ok(Self(open))
    }

    /// What they list now.
    ///
    /// # Errors
    ///
    /// When one can't be read.
    pub fn read(&mut self) -> io::Result<Vec<Entry>> {
        let mut entries = Vec::new();
        for (table, file) in &mut self.0 {
            file.rewind()?;
            let mut text = String::new();
            file.read_to_string(&mut text)?;
            entries.extend(parse(&text, *table));
        }
        Ok(entries)
    }
}

/// True if the process has an IPv4 socket on this port that any peer can reach: one that listens
/// (TCP), or that is bound and not connected (UDP). Also false if the process has ended or the
/// caller may not inspect it.
pub fn has_port(process: u32, transport: Transport, port: u16) -> bool {
    let table = match transport {
        Transport::Tcp => Table::Tcp,
        Transport::Udp => Table::Udp,
    };
    let entries = read(Namespace::OfProcess(process), table).unwrap_or_default();
    let on_port = |entry: &Entry| entry.local.port() == port && entry.accepts_any_peer();
    let inodes: Vec<u64> =
        entries.iter().filter(|entry| on_port(entry)).filter_map(|entry| entry.inode).collect();
    // Each descriptor costs a system call: look at them only if some process uses the port.
    !inodes.is_empty()
        && process::sockets(process).iter().any(|socket| inodes.contains(&socket.inode))
}

/// Parses the text of a table. Malformed lines are skipped.
fn parse(text: &str, table: Table) -> Vec<Entry> {
    // The first line contains the names of the columns.
    text.lines().skip(1).filter_map(|line| read_line(line, table)).collect()
}

/// Reads one line of a table: `sl local_address rem_address st tx_queue:rx_queue tr:tm->when retrnsmt
/// uid timeout inode …`. `None` if it is not like that.
pub fn read_line(line: &str, table: Table) -> Option<Entry> {
    let mut columns = line.split_ascii_whitespace().skip(1);
    let local = address(columns.next()?)?;
    let remote = address(columns.next()?)?;
    let state = u8::from_str_radix(columns.next()?, 16).ok()?;
    let (send, receive) = columns.next()?.split_once(':')?;
    let (timer, _) = columns.next()?.split_once(':')?;
    let inode: u64 = columns.nth(3)?.parse().ok()?;
    Some(Entry {
        table,
        local,
        remote: Some(remote).filter(|remote| remote.port() != 0),
        state,
        send_queue: u32::from_str_radix(send, 16).ok()?,
        receive_queue: u32::from_str_radix(receive, 16).ok()?,
        timer: u8::from_str_radix(timer, 16).ok()?,
        inode: Some(inode).filter(|inode| *inode != 0),
    })
}

/// `0100007F:2EE0`: the address as 32-bit words in the machine's own byte order, then the port.
fn address(text: &str) -> Option<SocketAddr> {
    let (address, port) = text.split_once(':')?;
    let port = u16::from_str_radix(port, 16).ok()?;
    let word = |at: usize| u32::from_str_radix(address.get(at..at + 8)?, 16).ok();
    let ip: IpAddr = match address.len() {
        8 => Ipv4Addr::from(word(0)?.to_ne_bytes()).into(),
        32 => {
            let mut bytes = [0; 16];
            for (index, part) in bytes.chunks_mut(4).enumerate() {
                part.copy_from_slice(&word(index * 8)?.to_ne_bytes());
            }
            Ipv6Addr::from(bytes).into()
        }
        _ => return None,
    };
    Some(SocketAddr::new(ip, port))
}

#[cfg(test)]
mod tests {
    use std::net::{TcpListener, TcpStream, UdpSocket};
    use std::thread;
    use std::time::{Duration, Instant};

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_line_is_read() {
        let line = "   0: 0100007F:2EE0 00000000:0000 0A 00000000:00000002 00:00000000 00000000  \
                    1000        0 70211 1 0000000000000000 100 0 0 10 0";
        let entry = read_line(line, Table::Tcp).unwrap();
        assert_eq!(entry.local, "127.0.0.1:12000".parse().unwrap());
        assert_eq!((entry.remote, entry.inode), (None, Some(70211)));
        assert_eq!((entry.state, entry.receive_queue, entry.send_queue), (Entry::LISTEN, 2, 0));
        let six = address("00000000000000000000000001000000:0050").unwrap();
        assert_eq!(six, "[::1]:80".parse().unwrap());
    }

    #[test]
    fn the_tables_list_our_sockets() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let client = TcpStream::connect(address).unwrap();
        let entries = read(Namespace::Own, Table::Tcp).unwrap();
        let listening =
            entries.iter().find(|entry| entry.local == address && entry.remote.is_none());
        let listening = listening.expect("the listening socket is listed");
        assert!(listening.accepts_any_peer());
        assert_eq!(listening.receive_queue, 1, "one connection waits to be accepted");
        let ours = client.local_addr().unwrap();
        // Another connection may have the same port at its end, to another peer.
        let is_ours = |entry: &Entry| entry.local == ours && entry.remote == Some(address);
        assert!(entries.iter().any(is_ours), "the connection is listed");
    }

    #[test]
    fn tables_that_are_open_show_what_comes_later() {
        let mut tables = OpenTables::of_tcp(Namespace::Own).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let lists = |entries: &[Entry]| entries.iter().any(|entry| entry.local == address);
        assert!(lists(&tables.read().unwrap()));
        drop(listener);
        // A process that another test is just starting has a copy of each descriptor until it executes its program.
        let deadline = Instant::now() + Duration::from_secs(10);
        while lists(&tables.read().unwrap()) {
            assert!(Instant::now() < deadline, "{address} is still listed");
            thread::yield_now();
        }
    }

    #[test]
    fn a_port_belongs_to_the_process_that_has_it() {
        let us = std::process::id();
        let udp = UdpSocket::bind("0.0.0.0:0").unwrap();
        let port = udp.local_addr().unwrap().port();
        assert!(has_port(us, Transport::Udp, port));
        assert!(!has_port(1, Transport::Udp, port) || us == 1);
        drop(udp);
        let tcp = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = tcp.local_addr().unwrap();
        let client = TcpStream::connect(address).unwrap();
        assert!(has_port(us, Transport::Tcp, address.port()));
        let ours = client.local_addr().unwrap().port();
        assert!(!has_port(us, Transport::Tcp, ours), "it is connected, and does not listen");
    }

    #[test]
    fn no_such_process_is_an_error() {
        assert!(read(Namespace::OfProcess(u32::MAX), Table::Tcp).is_err());
        assert!(!has_port(u32::MAX, Transport::Tcp, 80));
    }

    fn written(address: SocketAddr) -> String {
        let words = match address.ip() {
            IpAddr::V4(ip) => ip.octets().to_vec(),
            IpAddr::V6(ip) => ip.octets().to_vec(),
        };
        let words = words.chunks(4).map(|word| {
            let word = u32::from_ne_bytes(word.try_into().unwrap());
            format!("{word:08X}")
        });
        format!("{}:{:04X}", words.collect::<String>(), address.port())
    }

    proptest! {
        #[test]
        fn whatever_the_kernel_writes_is_read_back(
            local: SocketAddr,
            remote: SocketAddr,
            numbers: (u8, u32, u32, u64),
        ) {
            let (state, send, receive, inode) = numbers;
            let line = format!(
                "  7: {} {} {state:02X} {send:08X}:{receive:08X} 00:00000000 00000000 0 0 {inode} 1 0",
                written(local), written(remote),
            );
            let entry = read_line(&line, Table::Udp6).unwrap();
            prop_assert_eq!(entry.local.ip(), local.ip());
            prop_assert_eq!(entry.local.port(), local.port());
            prop_assert_eq!(entry.remote.map(|it| it.ip()), (remote.port() != 0).then(|| remote.ip()));
            prop_assert_eq!((entry.state, entry.send_queue, entry.receive_queue), (state, send, receive));
            prop_assert_eq!(entry.inode, (inode != 0).then_some(inode));
        }

        #[test]
        fn any_text_can_be_read(text: String, line in "[ 0-9A-F:x]{0,120}") {
            let _ = parse(&text, Table::Tcp);
            let _ = parse(&format!("\n{line}"), Table::Tcp6);
        }
    }
}
