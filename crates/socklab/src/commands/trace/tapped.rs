//! Packets beside the calls: on a loopback of the programs' own, or, for whoever may, those of their
//! sockets on the machine's.

use socklab_event::Notice;
use socklab_lab::{Tap, WireRefusal, enter_private_network};
use socklab_say::{Speaker, say};

use super::frames::Frames;
use crate::output::eprintln;

/// Which packets are wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Packets {
    /// None.
    No,
    /// Those of the traced sockets, if this process may see packets; otherwise none, and that is
    /// nothing to talk about.
    #[default]
    IfAllowed,
    /// All that pass the loopback of the place that this process is in, which nobody else is in.
    Here,
    /// All that pass a loopback of the programs' own, in which this process and they run. Where the
    /// machine has none to give, those of the traced sockets on its own.
    OwnNetwork,
}

/// Enters the place that is wanted, starts to record packets there, and says what this machine
/// forbids. `sample` bytes of each payload are kept. Also returns what the recording is to say about
/// that. Call it while there is one thread.
pub(crate) fn tap(
    speaker: Speaker,
    wanted: Packets,
    sample: usize,
) -> (Option<Frames>, Vec<Notice>) {
    let missing = |why: &str| vec![Notice::NoFrames { why: why.to_owned() }];
    let (own, refused) = match wanted {
        Packets::No => return (None, vec![not_wanted()]),
        Packets::IfAllowed => (false, None),
        Packets::Here => (true, None),
        Packets::OwnNetwork => match enter_private_network() {
            Ok(()) => (true, None),
            Err(refusal) => (false, Some(refusal.to_string())),
        },
    };
    match (start(sample), refused) {
        (Ok(frames), None) if own => (Some(frames), vec![Notice::OwnNetwork]),
        (Ok(frames), refused) => {
            if let Some(reason) = refused {
                eprintln!("{}", say!(speaker, "tap-in-place", reason = reason));
            }
            (Some(frames.only_own()), Vec::new())
        }
        (Err(refusal), Some(reason)) => {
            let reason = format!("{reason}; {refusal}");
            eprintln!("{}", say!(speaker, "tap-refused", reason = reason));
            (None, missing(&reason))
        }
        (Err(refusal), None) => {
            if wanted != Packets::IfAllowed {
                eprintln!("{}", say!(speaker, "tap-refused", reason = refusal.clone()));
            }
            (None, missing(&refusal))
        }
    }
}

/// Nobody wanted packets.
pub(super) fn not_wanted() -> Notice {
    Notice::NoFrames { why: "not_wanted".to_owned() }
}

/// Starts to record packets, and waits until none is missed.
fn start(sample: usize) -> Result<Frames, String> {
    let (sink, arriving) = Frames::pipe();
    let mut tap = Tap::start(sample, sink).map_err(|error| format!("clone: {error}"))?;
    tap.opened().map_err(WireRefusal::to_string)?;
    Ok(Frames::new(arriving, move || {
        // How many were lost, its last event has said.
        let _ = tap.finish();
    }))
}
