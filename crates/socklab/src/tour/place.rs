//! Where the tour takes place: in a lab with the local internet, or on the machine's own loopback.

use std::fmt;
use std::process::ExitCode;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use socklab_kernel::sysctl;
use socklab_lab::{Ground, InternetOptions, PlaceRole, Running, enter_internet};
use socklab_say::Speaker;

use crate::child::PATIENCE;
use crate::commands::serve;
use crate::commands::trace::Packets;

/// Where a stop is played.
#[derive(Clone, Debug, Default)]
pub(super) enum Venue {
    /// On the machine's own loopback, among its other programs.
    #[default]
    Loopback,
    /// In a lab: names are real, all ports are free, and servers answer on their own.
    Lab(Arc<Lab>),
}

/// A lab, and what its servers tell.
pub(super) struct Lab {
    /// Whether packets are recorded.
    packets: bool,
    told: Arc<Told>,
    _internet: Running,
}

impl fmt::Debug for Lab {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lab").finish_non_exhaustive()
    }
}

/// The log of the servers.
#[derive(Debug, Default)]
struct Told {
    log: Mutex<String>,
    changed: Condvar,
}

/// The process that goes on.
pub(super) enum Entered {
    /// Where, and why not in a lab.
    Venue(Venue, Option<String>),
    /// The tour has taken place, in a child of this process.
    Over(ExitCode),
}

/// Enters a lab if the machine allows that.
pub(super) fn enter(speaker: Speaker, packets: bool) -> Entered {
    let told = Arc::new(Told::default());
    let teller = Arc::clone(&told);
    let options = InternetOptions::new(Ground::Own)
        // The course's own servers take their ports.
        .course_services(false)
        .observed(move |event| teller.add(&serve::line(speaker, event)));
    match enter_internet(options) {
        Ok(PlaceRole::Inside(internet)) => {
            // Otherwise old connections in TIME_WAIT would keep a port of the course from the next
            // stop. Where it may not be written, that stop takes another port.
            let _ = sysctl::write("net.ipv4.tcp_max_tw_buckets", "0");
            Entered::Venue(Venue::Lab(Arc::new(Lab { packets, told, _internet: internet })), None)
        }
        Ok(PlaceRole::Outside { exit_code }) => {
            Entered::Over(ExitCode::from(u8::try_from(exit_code).unwrap_or(1)))
        }
        Err(refusal) => Entered::Venue(Venue::Loopback, Some(refusal.to_string())),
    }
}

impl Venue {
    /// Which packets of a pair are recorded: in the lab nobody else is there.
    pub(super) fn packets(&self) -> Packets {
        match self {
            Self::Lab(lab) if lab.packets => Packets::Here,
            _ => Packets::No,
        }
    }
}

impl Told {
    fn lock(&self) -> MutexGuard<'_, String> {
        // Lines are only added.
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn add(&self, line: &str) {
        let mut log = self.lock();
        log.push_str(line);
        log.push('\n');
        self.changed.notify_all();
    }
}

impl Lab {
    /// How much the servers have told so far.
    pub(super) fn mark(&self) -> usize {
        self.told.lock().len()
    }

    /// What they have told since then, when that contains a text or the patience is at an end.
    pub(super) fn told_since(&self, mark: usize, text: &str) -> String {
        let log = self.told.lock();
        let waiting = |log: &mut String| !log[mark..].contains(text);
        let waited = self.told.changed.wait_timeout_while(log, PATIENCE, waiting);
        let (log, _) = waited.unwrap_or_else(PoisonError::into_inner);
        log[mark..].to_owned()
    }
}
