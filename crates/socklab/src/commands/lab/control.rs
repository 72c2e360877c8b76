//! How others talk to a lab that is up: one line of JSON each way over its socket.

use std::io::{self, ErrorKind, Read, Write};
use std::net::IpAddr;
use std::os::fd::OwnedFd;
use std::os::unix::net::{SocketAddr, UnixStream};
use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Result;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::PidfdFlags;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use socklab_lab::rules::RuleCount;
use socklab_lab::{HostsMistake, HostsRefusal, Listed, Passage};
use socklab_say::{Speaker, say};

use super::{folder, plan};
use crate::exit_reason::ExitReason;
use crate::failure::Failure;

/// How long one side waits for the other. A lab answers in milliseconds.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);
/// How often to look whether a lab has ended.
const GLANCE: Duration = Duration::from_millis(2);
/// The longest line that is read.
const LONGEST: usize = 16 << 20;

/// The program of a socket that is the lab's own: a server of the local internet.
pub(super) const OURS: &str = "socklab";

/// What can be asked of a lab.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Asked {
    Status,
    /// The way into a host: descriptors follow the answer.
    Enter {
        host: String,
    },
    /// A change of the rules, as `Change` of the rules reads it.
    Wire {
        change: String,
    },
    Link {
        host: String,
        up: bool,
    },
    PathMtu {
        host: String,
        mtu: Option<u32>,
    },
    Down,
}

/// The answer: what was asked for, or why not.
pub(super) type Answer<T> = std::result::Result<T, Why>;

/// Why a lab does not do what it is asked for. Who asked says it in his language.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Why {
    /// It makes no sense there.
    Mistake(HostsMistake),
    /// The machine refuses: the step, and the error.
    Machine(String),
}

impl From<HostsRefusal> for Why {
    fn from(refusal: HostsRefusal) -> Self {
        match refusal {
            HostsRefusal::Mistake(mistake) => Self::Mistake(mistake),
            other => Self::Machine(other.to_string()),
        }
    }
}

/// What a lab is like at this moment.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Status {
    pub(super) hosts: Vec<HostStatus>,
    /// Who is in the local internet.
    pub(super) internet: Vec<Listed>,
    /// The folder in which programs of the course are found by name, if there is one.
    pub(super) programs: Option<PathBuf>,
    pub(super) rules: Vec<RuleCount>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct HostStatus {
    pub(super) name: String,
    pub(super) addresses: Vec<IpAddr>,
    /// Whether its cable is plugged in.
    pub(super) link: bool,
    /// The largest packet on the way to and from it, if somebody has limited that.
    pub(super) path_mtu: Option<u32>,
    pub(super) sockets: Vec<SocketStatus>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct SocketStatus {
    /// `tcp` or `udp`.
    pub(super) protocol: String,
    pub(super) local: String,
    pub(super) peer: Option<String>,
    /// The state's short name: `LISTEN`.
    pub(super) state: String,
    /// Bytes that are not read yet; of a listening socket, connections that are not accepted yet.
    pub(super) receive_queue: u32,
    /// Bytes that are not acknowledged yet.
    pub(super) send_queue: u32,
    /// The program that has it.
    pub(super) program: Option<String>,
}

/// Writes a line of JSON.
pub(super) fn write(mut stream: &UnixStream, value: &impl Serialize) -> io::Result<()> {
    let mut line = serde_json::to_vec(value)?;
    line.push(b'\n');
    stream.write_all(&line)
}

/// Reads a line of JSON, and not a byte more: descriptors may follow.
pub(super) fn read<T: DeserializeOwned>(mut stream: &UnixStream) -> io::Result<T> {
    let mut line = Vec::new();
    let mut byte = [0];
    while line.len() < LONGEST {
        match stream.read(&mut byte) {
            Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
            Ok(_) if byte == [b'\n'] => return Ok(serde_json::from_slice(&line)?),
            Ok(_) => line.push(byte[0]),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Err(ErrorKind::InvalidData.into())
}

/// A lab that is up.
pub(super) struct Lab {
    name: String,
    address: SocketAddr,
}

impl Lab {
    /// The lab of this name; `None` if it is not up.
    pub(super) fn find(speaker: Speaker, name: &str) -> Result<Option<Self>> {
        let address = folder::address(speaker, name)?;
        match folder::connect(&address) {
            Ok(stream) => Ok(stream.map(|_| Self { name: name.to_owned(), address })),
            Err(error) if error.kind() == ErrorKind::PermissionDenied => {
                let what = say!(speaker, "lab-not-ours", name = name);
                Err(Failure::new(ExitReason::Environment, what).into())
            }
            Err(error) => {
                let what = format!("connect {name}: {error}");
                Err(Failure::new(ExitReason::Environment, what).into())
            }
        }
    }

    /// The same, for whoever can't go on without it.
    pub(super) fn need(speaker: Speaker, name: Option<&str>) -> Result<Self> {
        let name = name.unwrap_or(folder::USUAL);
        Self::find(speaker, name)?.ok_or_else(|| folder::not_up(speaker, name).into())
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn address(&self) -> &SocketAddr {
        &self.address
    }

    /// A descriptor of its first process, with which all of it ends.
    pub(super) fn first_process(&self) -> io::Result<OwnedFd> {
        let stream = folder::connect(&self.address)?.ok_or(ErrorKind::ConnectionRefused)?;
        let first = rustix::net::sockopt::socket_peercred(&stream)?;
        Ok(rustix::process::pidfd_open(first.pid, PidfdFlags::empty())?)
    }

    /// Asks it something.
    pub(super) fn ask<T: DeserializeOwned>(&self, speaker: Speaker, asked: &Asked) -> Result<T> {
        Ok(self.talk(speaker, asked)?.0)
    }

    /// Moves this process into a host of the lab, and its children into its process namespace.
    pub(super) fn enter(&self, speaker: Speaker, host: &str) -> Result<()> {
        let asked = Asked::Enter { host: host.to_owned() };
        let ((), stream) = self.talk(speaker, &asked)?;
        let passed = Passage::receive(&stream).and_then(Passage::pass);
        passed.map_err(|error| self.unreachable(speaker, &error).into())
    }

    fn talk<T: DeserializeOwned>(
        &self,
        speaker: Speaker,
        asked: &Asked,
    ) -> Result<(T, UnixStream)> {
        let talk = || -> io::Result<(Answer<T>, UnixStream)> {
            let stream = folder::connect(&self.address)?.ok_or(ErrorKind::ConnectionRefused)?;
            stream.set_read_timeout(Some(PATIENCE))?;
            stream.set_write_timeout(Some(PATIENCE))?;
            write(&stream, asked)?;
            Ok((read(&stream)?, stream))
        };
        match talk() {
            Ok((Ok(answer), stream)) => Ok((answer, stream)),
            Ok((Err(Why::Mistake(mistake)), _)) => {
                Err(Failure::new(ExitReason::Usage, plan::told(speaker, &mistake)).into())
            }
            Ok((Err(Why::Machine(what)), _)) => Err(Failure::new(ExitReason::No, what).into()),
            // Its first process has ended meanwhile, or is about to.
            Err(error) if is_end(error.kind()) && self.await_end() => {
                Err(folder::not_up(speaker, &self.name).into())
            }
            Err(error) => Err(self.unreachable(speaker, &error).into()),
        }
    }

    /// Waits until nobody listens at the lab's address any more. False if that takes too long.
    pub(super) fn await_end(&self) -> bool {
        let began = Instant::now();
        while began.elapsed() < PATIENCE {
            if folder::connect(&self.address).is_ok_and(|stream| stream.is_none()) {
                return true;
            }
            thread::sleep(GLANCE);
        }
        false
    }

    fn unreachable(&self, speaker: Speaker, error: &io::Error) -> Failure {
        let what = say!(speaker, "lab-unreachable", name = self.name.as_str(), error = error);
        Failure::new(ExitReason::Environment, what)
    }
}

/// Whether a conversation fails like this if the other end ends.
fn is_end(error: ErrorKind) -> bool {
    use ErrorKind::{BrokenPipe, ConnectionRefused, ConnectionReset, UnexpectedEof};
    matches!(error, BrokenPipe | ConnectionRefused | ConnectionReset | UnexpectedEof)
}

/// Whether the process of this descriptor has ended, or does within a second.
pub(super) fn ends_now(process: &OwnedFd) -> bool {
    let second = Timespec { tv_sec: 1, tv_nsec: 0 };
    let ended = poll(&mut [PollFd::new(process, PollFlags::IN)], Some(&second));
    ended.is_ok_and(|ready| ready > 0)
}

/// The status of a lab, for completion: nothing is said about what fails.
pub(super) fn status_of(name: &str) -> Option<Status> {
    let lab = Lab::find(Speaker::ENGLISH, name).ok()??;
    lab.ask(Speaker::ENGLISH, &Asked::Status).ok()
}

/// The host that was named, or else the first one.
pub(super) fn host_or_first(speaker: Speaker, lab: &Lab, host: Option<&str>) -> Result<String> {
    if let Some(host) = host {
        return Ok(host.to_owned());
    }
    Ok(first(&lab.ask(speaker, &Asked::Status)?))
}

/// The name of a lab's first host.
pub(super) fn first(status: &Status) -> String {
    status.hosts.first().map(|host| host.name.clone()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_read_and_nothing_behind_it() {
        let (one, other) = UnixStream::pair().unwrap();
        write(&one, &Asked::Enter { host: "server".into() }).unwrap();
        (&one).write_all(b"!").unwrap();
        let asked: Asked = read(&other).unwrap();
        assert!(matches!(asked, Asked::Enter { host } if host == "server"));
        let mut rest = [0];
        (&other).read_exact(&mut rest).unwrap();
        assert_eq!(&rest, b"!");
    }

    #[test]
    fn what_is_no_question_is_an_error() {
        let (one, other) = UnixStream::pair().unwrap();
        (&one).write_all(b"{\"enter\":3}\n").unwrap();
        assert!(read::<Asked>(&other).is_err());
        drop(one);
        assert!(read::<Asked>(&other).is_err());
    }
}
