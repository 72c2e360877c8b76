//! A private loopback with an internet in it, entered in one step that either succeeds or changes
//! nothing.

use std::fs::{self, File};
use std::io::{self, Read, Write, pipe};

use socklab_kernel::parent::{self, Parent};

use super::{Internet, InternetOptions, Running};
use crate::names::NamesRefusal;
use crate::private::{PrivateLoopback, Role, enter_private_loopback, private_folder};
use crate::sys::{self, Forked};

/// Which of the processes returns from [`enter_internet`].
#[derive(Debug)]
pub enum InternetRole {
    /// The process inside, which goes on.
    Inside(PrivateLoopback, Running),
    /// The process that stayed outside; the one inside has ended.
    Outside {
        /// The exit code of the process inside.
        exit_code: i32,
    },
}

/// Why a place with an internet can't be entered: the call, the object and the error.
#[derive(Debug, thiserror::Error)]
#[error("{what}")]
pub struct PlaceRefusal {
    what: String,
}

/// Enters a private loopback that has an internet at work, as
/// [`enter_private_loopback`](crate::enter_private_loopback) enters one without. Unlike there, the
/// caller can always go on where it is after an error, because a child tries first.
///
/// The process must have a single thread. While the one inside runs, the one outside waits.
///
/// # Errors
///
/// When a step is refused.
pub fn enter_internet(options: InternetOptions) -> Result<InternetRole, PlaceRefusal> {
    let failed = |call: &str, error: io::Error| PlaceRefusal { what: format!("{call}: {error}") };
    let (news, report) = pipe().map_err(|error| failed("pipe2", error))?;
    let outside = std::process::id();
    match sys::fork().map_err(|error| failed("fork", error))? {
        Forked::Parent(child) => {
            drop(report);
            let heard = hear(news);
            let exit_code = sys::wait(child).map_err(|error| failed("waitpid", error));
            heard.and_then(|()| Ok(InternetRole::Outside { exit_code: exit_code? }))
        }
        Forked::Child => {
            drop(news);
            let made = parent::end_with(Parent::Id(outside))
                .map_err(|error| failed("prctl PR_SET_PDEATHSIG", error))
                .and_then(|()| make(options));
            match made {
                // A process on the way, whose child has reported and ended.
                Ok(InternetRole::Outside { exit_code }) => Ok(InternetRole::Outside { exit_code }),
                Ok(inside) => {
                    say(report, "").map_err(|error| failed("write", error))?;
                    Ok(inside)
                }
                Err(refusal) => {
                    let _ = say(report, &refusal.to_string());
                    sys::exit_now(1)
                }
            }
        }
    }
}

fn make(options: InternetOptions) -> Result<InternetRole, PlaceRefusal> {
    let refused = |error: &dyn std::error::Error| PlaceRefusal { what: error.to_string() };
    let loopback = match enter_private_loopback().map_err(|error| refused(&error))? {
        Role::Inside(loopback) => loopback,
        Role::Outside { exit_code } => return Ok(InternetRole::Outside { exit_code }),
    };
    let folder = private_folder().ok_or_else(|| PlaceRefusal {
        what: "mount tmpfs: none of /srv, /media, /mnt and /opt is empty".to_owned(),
    })?;
    let folder = folder.join("names");
    fs::create_dir(&folder).map_err(|error| refused(&NamesRefusal::of("mkdir", &folder)(error)))?;
    let internet = Internet::enter(&folder, options).map_err(|error| refused(&error))?;
    let names = internet.names().clone();
    let running = internet.start(names).map_err(|error| refused(&error))?;
    Ok(InternetRole::Inside(loopback, running))
}

/// Reports that the place is ready, or why there is none. Others on the way have this descriptor,
/// too, so its end says nothing: a zero byte does.
fn say(report: impl Into<std::os::fd::OwnedFd>, what: &str) -> io::Result<()> {
    File::from(report.into()).write_all(&[what.as_bytes(), b"\0"].concat())
}

/// What was reported.
fn hear(news: impl Read) -> Result<(), PlaceRefusal> {
    let mut what = Vec::new();
    for byte in io::BufReader::new(news).bytes() {
        match byte {
            Ok(0) if what.is_empty() => return Ok(()),
            Ok(0) => break,
            Ok(byte) => what.push(byte),
            Err(error) => {
                return Err(PlaceRefusal { what: format!("read what the child reports: {error}") });
            }
        }
    }
    // A child that ended without a word was killed.
    let what = match what.is_empty() {
        true => "the process that makes the place ended".to_owned(),
        false => String::from_utf8_lossy(&what).into_owned(),
    };
    Err(PlaceRefusal { what })
}
