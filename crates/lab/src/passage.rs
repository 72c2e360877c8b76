//! The way into a place that others have made, for a process that is not their child: descriptors of
//! its namespaces, which one process hands to another over a Unix socket.

use std::fs::File;
use std::io::{self, IoSlice, IoSliceMut};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::fs::fstat;
use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer,
    SendAncillaryMessage, SendFlags, recvmsg, sendmsg,
};
use rustix::thread::{LinkNameSpaceType as Kind, move_into_link_name_space};

/// The namespaces of a place, in the order in which they have to be entered: the others belong to
/// the user namespace, and of the process namespace only children can be.
const KINDS: [(&str, Kind); 5] = [
    ("user", Kind::User),
    ("net", Kind::Network),
    ("uts", Kind::HostNameAndNISDomainName),
    ("mnt", Kind::Mount),
    ("pid", Kind::ProcessID),
];

/// The way into a place.
#[derive(Debug)]
pub struct Passage([OwnedFd; KINDS.len()]);

impl Passage {
    /// Into where the calling thread is.
    ///
    /// # Errors
    ///
    /// When `/proc` does not show this thread, or no more descriptors can be opened.
    pub fn here() -> io::Result<Self> {
        let open = |(name, _): &(&str, Kind)| -> io::Result<OwnedFd> {
            Ok(File::open(format!("/proc/thread-self/ns/{name}"))?.into())
        };
        Self::of(KINDS.iter().map(open).collect::<io::Result<Vec<_>>>()?)
    }

    fn of(descriptors: Vec<OwnedFd>) -> io::Result<Self> {
        let all = <[OwnedFd; KINDS.len()]>::try_from(descriptors);
        Ok(Self(all.map_err(|_| io::Error::from(io::ErrorKind::InvalidData))?))
    }

    /// Hands it to whoever is at the other end of a Unix stream socket, `SCM_RIGHTS` of `unix(7)`.
    ///
    /// # Errors
    ///
    /// Those of `sendmsg(2)`.
    pub fn send(&self, socket: impl AsFd) -> io::Result<()> {
        let all: Vec<BorrowedFd<'_>> = self.0.iter().map(AsFd::as_fd).collect();
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(KINDS.len()))];
        let mut message = SendAncillaryBuffer::new(&mut space);
        message.push(SendAncillaryMessage::ScmRights(&all));
        // Descriptors travel with a byte.
        sendmsg(socket, &[IoSlice::new(b"!")], &mut message, SendFlags::NOSIGNAL)?;
        Ok(())
    }

    /// Takes what [`Passage::send`] has handed over.
    ///
    /// # Errors
    ///
    /// Those of `recvmsg(2)`; or something else came.
    pub fn receive(socket: impl AsFd) -> io::Result<Self> {
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(KINDS.len()))];
        let mut message = RecvAncillaryBuffer::new(&mut space);
        let mut byte = [0];
        recvmsg(socket, &mut [IoSliceMut::new(&mut byte)], &mut message, RecvFlags::CMSG_CLOEXEC)?;
        let rights = message.drain().filter_map(|message| match message {
            RecvAncillaryMessage::ScmRights(all) => Some(all),
            _ => None,
        });
        Self::of(rights.flatten().collect())
    }

    /// Moves the calling process, which must have a single thread, inside; its children will be in the
    /// process namespace too. The working directory stays, if there is one of that name inside.
    ///
    /// # Errors
    ///
    /// The step that the kernel refused: the place belongs to another user, or has ended.
    pub fn pass(self) -> io::Result<()> {
        let folder = std::env::current_dir();
        // Inside, `/proc` does not show this process.
        let here = Self::here()?;
        for ((name, kind), (own, inside)) in KINDS.into_iter().zip(here.0.iter().zip(&self.0)) {
            let (own, wanted) = (fstat(own)?, fstat(inside)?);
            // Nobody may enter again where he is already, and some namespaces are everybody's.
            if (own.st_dev, own.st_ino) != (wanted.st_dev, wanted.st_ino) {
                move_into_link_name_space(inside.as_fd(), Some(kind)).map_err(|errno| {
                    io::Error::new(errno.kind(), format!("setns {name}: {errno}"))
                })?;
            }
        }
        // Another mount namespace begins with its root as the working directory.
        match folder {
            Ok(folder) => {
                std::env::set_current_dir(&folder).or_else(|_| std::env::set_current_dir("/"))
            }
            Err(_) => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::net::UnixStream;

    use super::*;

    #[test]
    fn what_is_handed_over_is_the_same_place() {
        let (one, other) = UnixStream::pair().unwrap();
        let here = Passage::here().unwrap();
        here.send(&one).unwrap();
        let there = Passage::receive(&other).unwrap();
        let numbers = |passage: &Passage| {
            passage.0.iter().map(|fd| fstat(fd).unwrap().st_ino).collect::<Vec<_>>()
        };
        assert_eq!(numbers(&here), numbers(&there));
        // Where one is already, there is nothing to do, and nothing to be refused.
        there.pass().unwrap();
    }

    #[test]
    fn anything_else_is_no_passage() {
        let (one, other) = UnixStream::pair().unwrap();
        rustix::io::write(&one, b"?").unwrap();
        let error = Passage::receive(&other).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidData);
    }
}
