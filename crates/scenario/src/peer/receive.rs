//! Receives as much as it is told. What the bytes are does not matter here.

use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::Errno;
use rustix::net::{RecvFlags, SendFlags, Shutdown, recv, send, shutdown};

use super::conversation::{Conversation, Failure, Received, failed};
use super::protocol::Receive;
use crate::dialogue::find;

/// The buffer size of calls for which it does not matter.
const ROOM: usize = 1 << 16;
/// How many bytes are read at once of what nobody expected: one who sends without end must not keep
/// us forever.
const MUCH: usize = 1 << 20;

impl Conversation {
    /// Receives, until it is enough or there will be no more.
    pub(super) fn take(&mut self, receive: &Receive) -> Result<(), Failure> {
        match receive {
            Receive::Exactly(length) => self.exactly(*length),
            Receive::Until(text) => self.until(&self.bytes(text)),
            Receive::Once(room) => self.once(usize::try_from(*room).unwrap_or(ROOM)),
            Receive::All => self.all(),
            Receive::Echo(room) => self.echo(usize::try_from(*room).unwrap_or(ROOM)),
            Receive::Datagram => match self.receive_once(ROOM, RecvFlags::empty())? {
                Ok(_) => Ok(()),
                Err(error) => Err(Failure { call: "recvfrom", error }),
            },
            Receive::NewDatagram => self.new_datagram(),
            Receive::Waiting => self.waiting(),
            Receive::Exchange { send, length, finish } => {
                self.exchange(&self.bytes(send), *length, *finish)
            }
        }
    }

    fn exactly(&mut self, length: u64) -> Result<(), Failure> {
        let mut left = length;
        while left > 0 {
            match self.receive(usize::try_from(left).unwrap_or(usize::MAX).min(MUCH))? {
                Received::Bytes(bytes) => left -= (bytes.len() as u64).min(left),
                Received::End | Received::Reset => break,
            }
        }
        Ok(())
    }

    /// Passes over copies of what was received before.
    fn new_datagram(&mut self) -> Result<(), Failure> {
        let before = self.datagrams.clone();
        loop {
            let got = self.receive_once(ROOM, RecvFlags::empty())?;
            let bytes = got.map_err(|error| Failure { call: "recvfrom", error })?;
            if !before.contains(&(bytes, self.sender)) {
                return Ok(());
            }
        }
    }

    /// Bytes after the wanted ones are put back.
    fn until(&mut self, wanted: &[u8]) -> Result<(), Failure> {
        let mut got = Vec::new();
        loop {
            if let Some(at) = find(&got, wanted) {
                let rest = got.split_off(at + wanted.len());
                self.put_back(rest);
                return Ok(());
            }
            // An occurrence of `wanted` can't begin before this index, and who sends without end would
            // fill this machine's memory.
            got.drain(..got.len().saturating_sub(wanted.len()));
            match self.receive(ROOM)? {
                Received::Bytes(bytes) => got.extend(bytes),
                Received::End | Received::Reset => return Ok(()),
            }
        }
    }

    fn once(&mut self, room: usize) -> Result<(), Failure> {
        match self.receive(room)? {
            Received::Reset => Err(Failure { call: "recv", error: Errno::CONNRESET }),
            Received::Bytes(_) | Received::End => Ok(()),
        }
    }

    fn all(&mut self) -> Result<(), Failure> {
        while let Received::Bytes(_) = self.receive(ROOM)? {}
        Ok(())
    }

    /// Sends back what arrives, until the end of the stream, which may be a reset.
    fn echo(&mut self, room: usize) -> Result<(), Failure> {
        while let Received::Bytes(bytes) = self.receive(room)? {
            self.send(&bytes)?;
        }
        Ok(())
    }

    /// Receives what is there, without waiting for more.
    fn waiting(&mut self) -> Result<(), Failure> {
        let mut total = self.put_back_bytes();
        while total < MUCH {
            match self.receive_once(ROOM, RecvFlags::DONTWAIT)? {
                Ok(bytes) if bytes.is_empty() && !self.is_datagram => break,
                Ok(bytes) => total += bytes.len().max(1),
                Err(_) => break,
            }
        }
        Ok(())
    }

    /// Sends and receives at the same time. If both ends sent everything before receiving, they
    /// would wait forever once the buffers between them are full.
    fn exchange(&mut self, bytes: &[u8], length: u64, finish: bool) -> Result<(), Failure> {
        let (mut left, mut awaited) = (bytes, length);
        let mut buffer = vec![0; ROOM];
        while !left.is_empty() || awaited > 0 {
            let socket = self.socket()?;
            let interest =
                if left.is_empty() { PollFlags::IN } else { PollFlags::IN | PollFlags::OUT };
            let mut set = [PollFd::new(&socket, interest)];
            poll(&mut set, None).map_err(failed("poll"))?;
            let ready = set[0].revents();
            if !left.is_empty() && ready.contains(PollFlags::OUT) {
                match send(socket, left, SendFlags::DONTWAIT) {
                    Ok(sent) => left = &left[sent.min(left.len())..],
                    Err(Errno::AGAIN) => {}
                    Err(error) => return Err(Failure { call: "send", error }),
                }
                if left.is_empty() && finish {
                    shutdown(socket, Shutdown::Write).map_err(failed("shutdown"))?;
                }
            }
            if ready.intersects(PollFlags::IN | PollFlags::HUP | PollFlags::ERR) {
                match recv(socket, &mut buffer, RecvFlags::DONTWAIT) {
                    Ok((0, _)) | Err(Errno::CONNRESET) => break,
                    Ok((length, _)) => awaited = awaited.saturating_sub(length as u64),
                    Err(Errno::AGAIN) => {}
                    Err(error) => return Err(Failure { call: "recv", error }),
                }
            }
        }
        Ok(())
    }
}
