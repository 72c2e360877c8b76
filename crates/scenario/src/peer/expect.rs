//! Receives what is expected, up to the first difference.

use std::time::Instant;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::net::{RecvFlags, SendFlags, Shutdown, recv, send, shutdown};

use super::compare::{Case, difference, find, mismatch, too_short};
use super::conversation::{Conversation, Failure, failed};
use super::protocol::Reply;
use crate::format::Exchange;
use crate::step_end::{Comparison, Stopped};

/// The buffer size of calls for which it does not matter.
const ROOM: usize = 1 << 16;

impl Conversation {
    /// Receives as many bytes as `wanted` has, and no more. Stops at the first difference.
    pub(super) fn expect(&mut self, wanted: &[u8], case: Case) -> Result<Reply, Failure> {
        let unlike =
            |got: &[u8], at, stopped| Ok(mismatch(Comparison::Equals, wanted, got, at, stopped));
        let mut got = Vec::new();
        loop {
            if let Some(at) = difference(wanted, &got, case) {
                return unlike(&got, at, Stopped::Enough);
            }
            if got.len() >= wanted.len() {
                return Ok(Reply::Done);
            }
            match self.receive(wanted.len() - got.len())? {
                Ok(bytes) => got.extend(bytes),
                Err(stopped) => return unlike(&got, got.len(), stopped),
            }
        }
    }

    /// Receives until `wanted` has arrived; bytes after it are put back.
    pub(super) fn expect_contains(&mut self, wanted: &[u8]) -> Result<Reply, Failure> {
        let mut got = Vec::new();
        // An occurrence of `wanted` can't begin before this index.
        let mut from = 0;
        loop {
            if let Some(at) = find(&got[from..], wanted).map(|at| at + from) {
                let rest = got.split_off(at + wanted.len());
                self.put_back(rest);
                return Ok(Reply::Done);
            }
            from = got.len().saturating_sub(wanted.len());
            match self.receive(ROOM)? {
                Ok(bytes) => got.extend(bytes),
                Err(stopped) => {
                    return Ok(mismatch(Comparison::Contains, wanted, &got, 0, stopped));
                }
            }
        }
    }

    pub(super) fn expect_length(&mut self, length: u64) -> Result<Reply, Failure> {
        let mut got = Vec::new();
        while (got.len() as u64) < length {
            let left = length - got.len() as u64;
            match self.receive(usize::try_from(left).unwrap_or(usize::MAX).min(ROOM))? {
                Ok(bytes) => got.extend(bytes),
                Err(stopped) => return Ok(too_short(length, &got, stopped)),
            }
        }
        Ok(Reply::Done)
    }

    /// Receives the end of the stream; no bytes may come before it.
    pub(super) fn expect_end(&mut self) -> Result<Reply, Failure> {
        let (got, stopped) = match self.receive(ROOM)? {
            Ok(bytes) => (bytes, Stopped::Enough),
            Err(Stopped::End) => return Ok(Reply::Done),
            Err(stopped) => (Vec::new(), stopped),
        };
        Ok(mismatch(Comparison::End, b"", &got, 0, stopped))
    }

    /// Receives until the end of the stream, which may be a reset; any bytes may come before it.
    pub(super) fn drain(&mut self) -> Result<Reply, Failure> {
        loop {
            match self.receive(ROOM)? {
                Ok(_) => {}
                Err(Stopped::End | Stopped::Reset) => return Ok(Reply::Done),
                Err(stopped) => return Ok(mismatch(Comparison::End, b"", b"", 0, stopped)),
            }
        }
    }

    /// Sends back what arrives, until the end of the stream, which may be a reset.
    pub(super) fn echo(&mut self, most: usize) -> Result<Reply, Failure> {
        loop {
            match self.receive(most)? {
                Ok(bytes) => self.send(&bytes)?,
                Err(Stopped::End | Stopped::Reset) => return Ok(Reply::Done),
                Err(stopped) => return Ok(mismatch(Comparison::End, b"", b"", 0, stopped)),
            }
        }
    }

    /// Receives once, with a buffer of `most` bytes.
    pub(super) fn expect_anything(&mut self, most: usize) -> Result<Reply, Failure> {
        match self.receive(most)? {
            Ok(_) | Err(Stopped::End | Stopped::Enough) => Ok(Reply::Done),
            Err(Stopped::Reset) => Err(Failure { call: "recv", error: Errno::CONNRESET }),
            Err(Stopped::Time) => Ok(mismatch(Comparison::Anything, b"", b"", 0, Stopped::Time)),
        }
    }

    /// Receives one datagram, which must consist of these bytes.
    pub(super) fn expect_datagram(&mut self, wanted: &[u8]) -> Result<Reply, Failure> {
        let (got, stopped) = match self.receive_once(ROOM)? {
            Ok(bytes) => (bytes, Stopped::Enough),
            Err(Errno::AGAIN) => (Vec::new(), Stopped::Time),
            Err(error) => return Err(Failure { call: "recvfrom", error }),
        };
        if got == wanted && stopped == Stopped::Enough {
            return Ok(Reply::Done);
        }
        let at = difference(wanted, &got, Case::Sensitive).unwrap_or(got.len());
        Ok(mismatch(Comparison::Datagram, wanted, &got, at, stopped))
    }

    /// Sends and receives at the same time. If both ends sent everything before receiving, they
    /// would wait forever once the buffers between them are full.
    pub(super) fn exchange(&mut self, exchange: &Exchange) -> Result<Reply, Failure> {
        let (bytes, wanted) = (self.bytes(&exchange.send), self.bytes(&exchange.expect));
        let unlike =
            |got: &[u8], at, stopped| Ok(mismatch(Comparison::Equals, &wanted, got, at, stopped));
        let (mut left, mut got) = (bytes.as_slice(), Vec::new());
        let mut buffer = vec![0; ROOM];
        let deadline = self.timeout.map(|timeout| Instant::now() + timeout);
        loop {
            if let Some(at) = difference(&wanted, &got, Case::Sensitive) {
                return unlike(&got, at, Stopped::Enough);
            }
            if left.is_empty() && got.len() == wanted.len() {
                return Ok(Reply::Done);
            }
            let socket = self.socket()?;
            let interest =
                if left.is_empty() { PollFlags::IN } else { PollFlags::IN | PollFlags::OUT };
            let mut set = [PollFd::new(&socket, interest)];
            let time = deadline.map(|deadline| {
                let left = deadline.saturating_duration_since(Instant::now());
                Timespec::try_from(left).unwrap_or_default()
            });
            if poll(&mut set, time.as_ref()).map_err(failed("poll"))? == 0 {
                return unlike(&got, got.len(), Stopped::Time);
            }
            let ready = set[0].revents();
            if !left.is_empty() && ready.contains(PollFlags::OUT) {
                match send(socket, left, SendFlags::DONTWAIT) {
                    Ok(sent) => left = &left[sent..],
                    Err(Errno::AGAIN) => {}
                    Err(error) => return Err(Failure { call: "send", error }),
                }
                if left.is_empty() && exchange.finish {
                    shutdown(socket, Shutdown::Write).map_err(failed("shutdown"))?;
                }
            }
            if ready.intersects(PollFlags::IN | PollFlags::HUP | PollFlags::ERR) {
                match recv(socket, &mut buffer, RecvFlags::DONTWAIT) {
                    Ok((0, _)) => return unlike(&got, got.len(), Stopped::End),
                    Ok((length, _)) => got.extend_from_slice(&buffer[..length]),
                    Err(Errno::AGAIN) => {}
                    Err(Errno::CONNRESET) => return unlike(&got, got.len(), Stopped::Reset),
                    Err(error) => return Err(Failure { call: "recv", error }),
                }
            }
        }
    }
}
