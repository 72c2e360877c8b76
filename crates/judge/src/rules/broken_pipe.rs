//! Sending where nothing can be sent any more: EPIPE.

use socklab_event::Errno;
use socklab_flows::Position;

use super::{arrived, resets};
use crate::case::{Case, Occurrence};

/// The `shutdown` of the sending half on the same side, before a position.
fn own_shutdown(case: &Case<'_>, at: Position) -> Option<Position> {
    let socket = case.flows.socket_at(at)?;
    case.mute_before(socket, at)
}

fn broken<'c>(case: &'c Case<'_>) -> impl Iterator<Item = (Position, u64)> + use<'c> {
    // A listening socket was never connected: that is a different mistake.
    let broken =
        case.failed(Errno::EPIPE).filter(|(at, call)| call.sends() && case.listens(*at).is_none());
    broken.map(|(at, call)| (at, u64::try_from(call.fd.unwrap_or(0)).unwrap_or(0)))
}

pub(super) fn send_after_shutdown(case: &Case<'_>) -> Vec<Occurrence> {
    let found = broken(case).filter_map(|(at, fd)| {
        let shut = own_shutdown(case, at)?;
        Some(Occurrence::at(at).and([shut]).with("fd", fd))
    });
    found.collect()
}

pub(super) fn broken_pipe(case: &Case<'_>) -> Vec<Occurrence> {
    // A socket that was never connected breaks too: that is a different mistake. And of one from
    // before the recording nobody knows whether its own side was shut down.
    let found = broken(case).filter_map(|(at, fd)| {
        let socket = case.flows.socket_at(at).filter(|socket| case.is_whole(*socket))?;
        let connection = case.flows.connection_at(at)?;
        let frame = resets::reset_frame(case, at);
        // A rule of the wire may have cut it, or the kernel given it up: the other end did not.
        let by_rule = arrived::is_cut_by_rule(case, connection);
        let learned = case.cut_before(socket, at).and_then(|cut| case.call(cut)?.error());
        let otherwise = by_rule || learned == Some(Errno::ETIMEDOUT);
        let told = !otherwise && own_shutdown(case, at).is_none();
        let finding = Occurrence::at(at).and(frame.map(|(frame, _)| frame));
        told.then(|| finding.with("fd", fd))
    });
    found.collect()
}

#[cfg(test)]
mod tests {
    use socklab_event::Shutdown;
    use socklab_timelines::{Story, offered, scenes};

    use super::super::explained::rules;

    #[test]
    fn a_programs_own_shutdown_breaks_the_pipe_too() {
        let mut story = Story::new();
        let (near, _) = scenes::tcp_pair(&mut story);
        story.shutdown(near, Shutdown::WR);
        story.fail(near, "sendto", offered(b"more"), 32);
        let timeline = story.build();
        assert!(rules(&timeline).contains(&"send-after-shutdown"));
        assert!(!rules(&timeline).contains(&"broken-pipe"));
    }
}
