//! What a call does with its socket's data. Every reader of a timeline asks these questions, so
//! they are answered here, once.
//!
//! Three cases need care. A receive with `MSG_PEEK` waits for the peer's data like any other, but
//! leaves it in the queue. A receive with `MSG_ERRQUEUE` reads the socket's error queue, which
//! holds nothing that the peer sent (`recv(2)`). And `sendfile` and `splice` move bytes that never
//! pass through the program, so their number is known but not their content.

use crate::{Args, Bytes, Call, Endpoint, Errno, Flags, Shutdown, SocketType};

/// One message in a call's buffers, and the address the program passed or received with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Payload<'c> {
    /// Its bytes. [`Bytes::moved`] is the part of the sample that really moved.
    pub bytes: &'c Bytes,
    /// Where to, or where from; `None` if the call named no address.
    pub address: Option<&'c Endpoint>,
    /// True if it may be only the beginning of the datagram that came: the kernel said so
    /// (`MSG_TRUNC` of `recvmsg`), or it filled its buffer in a call that is not told (`recv(2)`).
    pub may_be_cut: bool,
}

impl Call {
    /// True if the call puts data into its socket, whether or not it succeeds: `write`, `sendmsg`,
    /// `sendmmsg`, `sendfile` and the like.
    #[inline]
    pub fn sends(&self) -> bool {
        matches!(
            self.args,
            Args::Send { .. } | Args::SendMany { .. } | Args::SendFile { into_socket: true, .. }
        )
    }

    /// True if the call asks its socket for the peer's data, whether or not it succeeds: `read`,
    /// `recvmsg`, `recvmmsg`, `splice` out of a socket and the like. A peek does; reading the error
    /// queue does not.
    #[inline]
    pub fn receives(&self) -> bool {
        match &self.args {
            Args::Recv { flags, .. } | Args::RecvMany { flags, .. } => !reads_errors(flags),
            Args::SendFile { into_socket, .. } => !into_socket,
            _ => false,
        }
    }

    /// True for a receive that leaves the data in the queue (`MSG_PEEK`).
    #[inline]
    pub fn peeks(&self) -> bool {
        match &self.args {
            Args::Recv { flags, .. } | Args::RecvMany { flags, .. } => flags.has("MSG_PEEK"),
            _ => false,
        }
    }

    /// How many bytes the kernel accepted from a send. `None` if the call is not a send, failed or
    /// did not return; `Some(0)` for an empty datagram.
    #[inline]
    pub fn sent(&self) -> Option<u64> {
        self.sends().then(|| self.moved()).flatten()
    }

    /// How many bytes from the peer a receive removed from the queue. `None` if the call is not a
    /// receive, only peeked, failed or did not return; `Some(0)` at the end of a stream and for an
    /// empty datagram.
    #[inline]
    pub fn received(&self) -> Option<u64> {
        (self.receives() && !self.peeks()).then(|| self.moved()).flatten()
    }

    /// True if the call took bytes out of its socket or put some in, even zero bytes (see
    /// [`Self::sent`] and [`Self::received`]).
    #[inline]
    pub fn moves_data(&self) -> bool {
        self.sent().or(self.received()).is_some()
    }

    /// True for a call that sends or receives out-of-band data (`MSG_OOB`, tcp(7)). Of what such a
    /// call sends, the last byte is no part of the stream.
    pub fn is_out_of_band(&self) -> bool {
        match &self.args {
            Args::Send { flags, .. }
            | Args::Recv { flags, .. }
            | Args::SendMany { flags, .. }
            | Args::RecvMany { flags, .. } => flags.has("MSG_OOB"),
            _ => false,
        }
    }

    /// Bytes moved by a call that sends or receives, summed over its messages.
    #[inline]
    fn moved(&self) -> Option<u64> {
        let value = u64::try_from(self.value()?).ok()?;
        Some(match &self.args {
            Args::Send { bytes, .. } | Args::Recv { bytes, .. } => bytes.total,
            Args::SendMany { messages, .. } | Args::RecvMany { messages, .. } => {
                messages.iter().fold(0, |sum, one| sum.saturating_add(one.bytes.total))
            }
            _ => value,
        })
    }

    /// Everything in the buffers of a send or receive, one entry per message: what moved, what was
    /// peeked at, and what a failed send offered.
    #[inline]
    pub fn payloads(&self) -> Vec<Payload<'_>> {
        match &self.args {
            Args::Send { bytes, to, .. } => {
                vec![Payload { bytes, address: to.as_ref(), may_be_cut: false }]
            }
            Args::Recv { room, bytes, got, from, .. } => {
                let told = self.name == "recvmsg";
                let may_be_cut = if told { is_cut(got) } else { bytes.total >= *room };
                vec![Payload { bytes, address: from.as_ref(), may_be_cut }]
            }
            Args::SendMany { messages, .. } | Args::RecvMany { messages, .. } => messages
                .iter()
                .map(|one| Payload {
                    bytes: &one.bytes,
                    address: one.address.as_ref(),
                    may_be_cut: is_cut(&one.got),
                })
                .collect(),
            _ => Vec::new(),
        }
    }

    /// The messages that moved, in order: those the kernel accepted from a send, or those a receive
    /// removed from the queue. Empty for a peek, a failed call, or bytes that never passed through
    /// the program.
    #[inline]
    pub fn messages(&self) -> Vec<Payload<'_>> {
        if self.moves_data() { self.payloads() } else { Vec::new() }
    }

    /// True if the call learned that the peer will send no more: a receive on a stream that had
    /// room for data and got none. A peek learns it too. `recvmmsg` is left out, because the room
    /// in its buffers is not recorded.
    #[inline]
    pub fn is_end_of_stream(&self) -> bool {
        let has_room = match &self.args {
            Args::Recv { room, .. } => *room > 0,
            Args::SendFile { asked, .. } => *asked > 0,
            _ => false,
        };
        let stream = self.socket.as_ref().is_some_and(|one| one.kind == SocketType::STREAM);
        has_room && stream && self.receives() && self.value() == Some(0)
    }

    /// True if the call released its descriptor: a `close` by the program, or by the kernel at
    /// exit. Linux releases the descriptor even where `close` reports an error (`close(2)`); only
    /// EBADF means that there was none.
    #[inline]
    pub fn is_close(&self) -> bool {
        matches!(self.args, Args::Close) && self.error() != Some(Errno::EBADF)
    }

    /// True for a `shutdown` that ended the sending half: the peer will read the end of the
    /// stream.
    pub fn ends_sending(&self) -> bool {
        matches!(self.args, Args::Shutdown { how } if how != Shutdown::RD) && self.value().is_some()
    }

    /// True for a `shutdown` that ended the receiving half: reads return 0 from then on, whatever
    /// the peer does.
    pub fn ends_receiving(&self) -> bool {
        matches!(self.args, Args::Shutdown { how } if how != Shutdown::WR) && self.value().is_some()
    }

    /// Whom the call asks for a connection, whether or not it succeeds: `connect`, and a send with
    /// `MSG_FASTOPEN`, whose bytes may go along with the SYN (tcp(7), RFC 7413).
    pub fn asks(&self) -> Option<&Endpoint> {
        match &self.args {
            Args::Connect { address } => Some(address),
            Args::Send { flags, to, .. } if flags.has("MSG_FASTOPEN") => to.as_ref(),
            _ => None,
        }
    }

    /// The addresses in the arguments, passed in or returned by the kernel. For an `accept` without
    /// an address buffer, the peer's address even so.
    pub fn addresses(&self) -> Vec<&Endpoint> {
        match &self.args {
            Args::Bind { address } | Args::Connect { address } => vec![address],
            Args::Accept { peer, .. } => {
                let known = self.socket.as_ref().and_then(|socket| socket.peer.as_ref());
                peer.as_ref().or(known).into_iter().collect()
            }
            Args::LocalName { address } | Args::PeerName { address } => address.iter().collect(),
            _ => self.payloads().iter().filter_map(|payload| payload.address).collect(),
        }
    }

    /// The address of the other side: the one the call names (`connect`, `sendto`, `recvfrom`),
    /// otherwise the one its socket was connected to at that moment.
    pub fn peer_address(&self) -> Option<&Endpoint> {
        let named = match &self.args {
            Args::Connect { address } => Some(address),
            _ => self.payloads().iter().find_map(|payload| payload.address),
        };
        named.or(self.socket.as_ref()?.peer.as_ref())
    }
}

fn is_cut(got: &Flags) -> bool {
    got.has("MSG_TRUNC")
}

fn reads_errors(flags: &Flags) -> bool {
    flags.has("MSG_ERRQUEUE")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Family, Message, Outcome, Protocol, SocketId};

    fn call(kind: SocketType, args: Args, outcome: Outcome) -> Call {
        let socket = SocketId {
            netns: None,
            family: Family::INET,
            kind,
            protocol: Protocol::IP,
            local: None,
            peer: Some(Endpoint::ip([127, 0, 0, 1], 80)),
            inode: None,
            peer_inode: None,
        };
        Call {
            name: "call".into(),
            fd: Some(3),
            socket: Some(socket.into()),
            args,
            outcome,
            began: 10,
            ended: 20,
            restarts: 0,
            implicit: false,
            source: None,
            counted: None,
        }
    }

    fn recv(room: u64, bytes: &str, flags: &[&'static str]) -> Args {
        Args::Recv {
            room,
            bytes: Bytes::whole(bytes),
            flags: flags.iter().map(|flag| (*flag).into()).collect(),
            got: Flags::default(),
            from: None,
            control: Box::default(),
        }
    }

    fn send(bytes: Bytes) -> Args {
        let (flags, control) = (Flags::default(), Box::default());
        Args::Send { asked: bytes.sample.len() as u64, bytes, flags, to: None, control }
    }

    fn many(texts: &[&str]) -> Vec<Message> {
        let message = |text: &&str| Message {
            bytes: Bytes::whole(*text),
            address: Some(Endpoint::ip([10, 0, 0, 1], 53)),
            got: Flags::default(),
            control: Box::default(),
        };
        texts.iter().map(message).collect()
    }

    fn splice(into_socket: bool) -> Args {
        Args::SendFile { other_fd: 5, asked: 100, into_socket }
    }

    const STREAM: SocketType = SocketType::STREAM;

    #[test]
    fn a_peek_asks_for_data_and_removes_none() {
        let peek = call(STREAM, recv(9, "hola", &["MSG_PEEK"]), Outcome::Value(4));
        assert!(peek.receives() && peek.peeks());
        assert_eq!((peek.received(), peek.sent()), (None, None));
        assert!(peek.messages().is_empty() && peek.payloads().len() == 1);
        let took = call(STREAM, recv(9, "hola", &["MSG_WAITALL"]), Outcome::Value(4));
        assert_eq!(took.received(), Some(4));
        assert_eq!(took.messages().len(), 1);
    }

    #[test]
    fn only_what_filled_its_buffer_or_was_told_can_be_cut() {
        let cut = |name: &'static str, room: u64, flags: &[&'static str]| {
            let mut args = recv(room, "hola", &[]);
            if let Args::Recv { got, .. } = &mut args {
                *got = flags.iter().map(|flag| (*flag).into()).collect();
            }
            let call =
                Call { name: name.into(), ..call(SocketType::DGRAM, args, Outcome::Value(4)) };
            call.payloads()[0].may_be_cut
        };
        assert!(cut("recvfrom", 4, &[]) && cut("read", 4, &[]));
        assert!(!cut("recvfrom", 5, &[]));
        assert!(!cut("recvmsg", 4, &[]), "it would have been told");
        assert!(cut("recvmsg", 4, &["MSG_TRUNC"]));
        let sent = call(SocketType::DGRAM, send(Bytes::whole("hola")), Outcome::Value(4));
        assert!(!sent.payloads()[0].may_be_cut);
    }

    #[test]
    fn the_error_queue_holds_no_data_from_the_peer() {
        let errors = call(STREAM, recv(9, "", &["MSG_ERRQUEUE"]), Outcome::Value(0));
        assert!(!errors.receives() && !errors.sends() && !errors.moves_data());
        assert!(!errors.is_end_of_stream(), "no bytes there is not the end of the stream");
        assert!(errors.messages().is_empty());
    }

    #[test]
    fn splice_sends_or_receives_by_its_direction() {
        let out = call(STREAM, splice(false), Outcome::Value(7));
        assert!(out.receives() && !out.sends());
        assert_eq!((out.sent(), out.received()), (None, Some(7)));
        let into = call(STREAM, splice(true), Outcome::Value(7));
        assert!(into.sends() && !into.receives());
        assert_eq!((into.sent(), into.received()), (Some(7), None));
        assert!(into.messages().is_empty(), "the program never had these bytes");
        assert!(call(STREAM, splice(false), Outcome::Value(0)).is_end_of_stream());
        assert!(!call(STREAM, splice(true), Outcome::Value(0)).is_end_of_stream());
        // A call that learns of something is placed at its end, one that starts something at its
        // beginning.
        assert_eq!((out.moment(), into.moment()), (20, 10));
    }

    #[test]
    fn failed_and_unfinished_calls_move_nothing() {
        for outcome in [Outcome::Error(Errno::EPIPE), Outcome::Unfinished] {
            let offered = call(STREAM, send(Bytes { sample: b"hola".to_vec(), total: 0 }), outcome);
            assert!(offered.sends());
            assert_eq!(offered.sent(), None);
            assert!(offered.messages().is_empty());
            assert_eq!(offered.payloads()[0].bytes.sample, b"hola");
        }
    }

    #[test]
    fn many_messages_are_summed() {
        let args =
            Args::SendMany { asked: 3, messages: many(&["a", "bcd"]), flags: Flags::default() };
        let sent = call(SocketType::DGRAM, args, Outcome::Value(2));
        assert_eq!((sent.sent(), sent.messages().len()), (Some(4), 2));
        assert_eq!(sent.peer_address(), Some(&Endpoint::ip([10, 0, 0, 1], 53)));
        assert_eq!(sent.addresses().len(), 2);
        let args = Args::RecvMany {
            room: 3,
            messages: many(&[""]),
            flags: Flags::from_iter(["MSG_PEEK".into()]),
        };
        let peeked = call(SocketType::DGRAM, args, Outcome::Value(1));
        assert_eq!(peeked.received(), None);
    }

    #[test]
    fn an_empty_datagram_is_a_message_and_not_an_end() {
        let empty = call(SocketType::DGRAM, recv(9, "", &[]), Outcome::Value(0));
        assert!(!empty.is_end_of_stream());
        assert_eq!((empty.received(), empty.messages().len()), (Some(0), 1));
    }

    #[test]
    fn the_end_of_a_stream_needs_room_for_data() {
        assert!(call(STREAM, recv(9, "", &[]), Outcome::Value(0)).is_end_of_stream());
        assert!(call(STREAM, recv(9, "", &["MSG_PEEK"]), Outcome::Value(0)).is_end_of_stream());
        assert!(!call(STREAM, recv(0, "", &[]), Outcome::Value(0)).is_end_of_stream());
        assert!(!call(STREAM, recv(9, "x", &[]), Outcome::Value(1)).is_end_of_stream());
        assert!(!call(STREAM, recv(9, "", &[]), Outcome::Unfinished).is_end_of_stream());
    }

    #[test]
    fn a_close_that_fails_still_releases_the_descriptor() {
        assert!(call(STREAM, Args::Close, Outcome::Value(0)).is_close());
        assert!(call(STREAM, Args::Close, Outcome::Error(Errno::EIO)).is_close());
        assert!(call(STREAM, Args::Close, Outcome::Unfinished).is_close());
        assert!(!call(STREAM, Args::Close, Outcome::Error(Errno::EBADF)).is_close());
    }

    #[test]
    fn a_shutdown_ends_one_half_or_both() {
        let ends = |how, outcome| {
            let shutdown = call(STREAM, Args::Shutdown { how }, outcome);
            assert_eq!(shutdown.moment(), 10, "the FIN is sent when the call begins");
            (shutdown.ends_sending(), shutdown.ends_receiving())
        };
        assert_eq!(ends(Shutdown::WR, Outcome::Value(0)), (true, false));
        assert_eq!(ends(Shutdown::RD, Outcome::Value(0)), (false, true));
        assert_eq!(ends(Shutdown::RDWR, Outcome::Value(0)), (true, true));
        assert_eq!(ends(Shutdown::WR, Outcome::Error(Errno::ENOTCONN)), (false, false));
    }

    #[test]
    fn an_address_is_named_or_known_from_the_connection() {
        let connected = call(STREAM, recv(9, "x", &[]), Outcome::Value(1));
        assert_eq!(connected.peer_address(), Some(&Endpoint::ip([127, 0, 0, 1], 80)));
        assert!(connected.addresses().is_empty());
        let accept = Args::Accept { peer: None, flags: Flags::default(), listener: None };
        let accept = call(STREAM, accept, Outcome::Value(4));
        assert_eq!(accept.addresses(), [&Endpoint::ip([127, 0, 0, 1], 80)]);
    }
}
