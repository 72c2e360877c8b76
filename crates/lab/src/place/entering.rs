//! Entering a private loopback and making something in it, in one step that either succeeds or changes
//! nothing for the caller.

use std::error::Error;
use std::fs::File;
use std::io::{self, Read, Write, pipe};
use std::os::fd::OwnedFd;

use socklab_kernel::parent::{self, Parent};

use crate::passing_on;
use crate::private::{PrivateLoopback, Role, enter_private_loopback};
use crate::sys::{self, Forked};

/// Which of the processes returns.
#[derive(Debug)]
pub enum PlaceRole<T> {
    /// The process inside, which goes on.
    Inside(T),
    /// The process that stayed outside; the one inside has ended.
    Outside {
        /// The exit code of the process inside.
        exit_code: i32,
    },
}

/// Why a place can't be entered: the call, the object and the error.
#[derive(Debug, thiserror::Error)]
#[error("{what}")]
#[non_exhaustive]
pub struct PlaceRefusal {
    /// What was refused, and why.
    pub what: String,
    /// True if nothing is wrong with the machine: what was asked for contradicts itself.
    pub contradiction: bool,
}

impl PlaceRefusal {
    /// The machine refused something.
    pub(crate) fn of(error: &dyn Error) -> Self {
        Self { what: error.to_string(), contradiction: false }
    }

    /// What was asked for makes no sense.
    pub(crate) fn contradiction(error: &dyn Error) -> Self {
        Self { what: error.to_string(), contradiction: true }
    }

    pub(crate) fn call(call: &str) -> impl FnOnce(io::Error) -> Self {
        move |error| Self { what: format!("{call}: {error}"), contradiction: false }
    }
}

/// What the process inside reports before its reason.
const REFUSED: u8 = b'-';
const CONTRADICTION: u8 = b'?';
/// The end of a report. Others on the way have the descriptor, too, so that its end says nothing.
const END: u8 = b'\0';

/// Enters a private loopback, as [`enter_private_loopback`] does, and makes something in it. Unlike
/// there, the caller can always go on where it is after an error, because a child tries first.
///
/// The process must have a single thread. While the one inside runs, the one outside waits.
///
/// # Errors
///
/// When a step is refused, here or in `make`.
pub(crate) fn enter<T>(
    make: impl FnOnce(PrivateLoopback) -> Result<T, PlaceRefusal>,
) -> Result<PlaceRole<T>, PlaceRefusal> {
    let (news, report) = pipe().map_err(PlaceRefusal::call("pipe2"))?;
    passing_on::prepare().map_err(PlaceRefusal::call("eventfd"))?;
    let outside = std::process::id();
    match sys::fork().map_err(PlaceRefusal::call("fork"))? {
        Forked::Parent(child) => {
            drop(report);
            let heard = hear(news);
            let exit_code = passing_on::wait(child).map_err(PlaceRefusal::call("waitpid"));
            heard.and_then(|()| Ok(PlaceRole::Outside { exit_code: exit_code? }))
        }
        Forked::Child => {
            drop(news);
            let entered = parent::end_with(Parent::Id(outside))
                .map_err(PlaceRefusal::call("prctl PR_SET_PDEATHSIG"))
                .and_then(|()| enter_private_loopback().map_err(|it| PlaceRefusal::of(&it)));
            let made = match entered {
                // A process on the way, whose child has reported and ended.
                Ok(Role::Outside { exit_code }) => return Ok(PlaceRole::Outside { exit_code }),
                Ok(Role::Inside(loopback)) => make(loopback),
                Err(refusal) => Err(refusal),
            };
            match made {
                Ok(inside) => {
                    self::report(report, Ok(())).map_err(PlaceRefusal::call("write"))?;
                    Ok(PlaceRole::Inside(inside))
                }
                Err(refusal) => {
                    let _ = self::report(report, Err(refusal));
                    sys::exit_now(1)
                }
            }
        }
    }
}

/// Tells the process that waits for it in [`hear`].
pub(crate) fn report(to: impl Into<OwnedFd>, what: Result<(), PlaceRefusal>) -> io::Result<()> {
    let what = match what {
        Ok(()) => vec![END],
        Err(refusal) => {
            let kind = if refusal.contradiction { CONTRADICTION } else { REFUSED };
            [&[kind], refusal.what.as_bytes(), &[END]].concat()
        }
    };
    File::from(to.into()).write_all(&what)
}

/// What was reported.
pub(crate) fn hear(news: impl Read) -> Result<(), PlaceRefusal> {
    let mut what = Vec::new();
    for byte in io::BufReader::new(news).bytes() {
        match byte.map_err(PlaceRefusal::call("read what the child reports"))? {
            END if what.is_empty() => return Ok(()),
            END => break,
            byte => what.push(byte),
        }
    }
    let contradiction = what.first() == Some(&CONTRADICTION);
    let what = match what.get(1..) {
        Some(what) => String::from_utf8_lossy(what).into_owned(),
        // A child that ended without a word was killed.
        None => "the process that makes the place ended".to_owned(),
    };
    Err(PlaceRefusal { what, contradiction })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_says_whose_fault_it_is() {
        assert!(hear(&b"\0"[..]).is_ok());
        let refused = hear(&b"-unshare: no\0"[..]).unwrap_err();
        assert_eq!((refused.to_string(), refused.contradiction), ("unshare: no".into(), false));
        assert!(hear(&b"?no host x\0"[..]).unwrap_err().contradiction);
        let ended = hear(&b""[..]).unwrap_err();
        assert!(!ended.contradiction && ended.what.contains("ended"), "{ended}");
    }
}
