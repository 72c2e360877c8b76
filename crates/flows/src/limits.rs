//! The time limits of sockets (socket(7), `SO_RCVTIMEO` and `SO_SNDTIMEO`), and the calls that
//! reached them.

use socklab_event::{Args, OptionValue};

use crate::{Flows, Position};

/// No limit is shorter: the kernel counts in ticks of at least this (nanoseconds).
const TICK: u64 = 1_000_000;

impl Flows<'_> {
    /// The time limit that the socket of a call had set for it, in nanoseconds, and the call that set
    /// it: on that socket, or on the one it was accepted from. `None` without a limit, and where
    /// nobody knows.
    pub fn time_limit(&self, at: Position) -> Option<(Position, u64)> {
        let name = if self.call(at)?.sends() { "SO_SNDTIMEO" } else { "SO_RCVTIMEO" };
        let (set, limit) = self.limit_of(self.socket_at(at)?, name, at)?;
        (limit > 0).then_some((set, limit))
    }

    fn limit_of(&self, socket: usize, name: &str, before: Position) -> Option<(Position, u64)> {
        let socket = &self.sockets[socket];
        let earlier = &socket.calls[..socket.calls.partition_point(|at| *at < before)];
        let set = earlier.iter().rev().find_map(|at| {
            let call = self.call(*at).filter(|call| call.value().is_some())?;
            match &call.args {
                Args::SetOption { option, value: OptionValue::Time(limit), .. }
                    if *option == name =>
                {
                    Some((*at, *limit))
                }
                _ => None,
            }
        });
        // What accept returns has the options of the listening socket (socket(7)).
        set.or_else(|| self.limit_of(socket.listener?, name, socket.created?))
    }

    /// True for a call that returned EAGAIN because its socket's time limit was over, rather than
    /// because it was not to wait (`O_NONBLOCK`). A busy machine makes such a call slow, too: only the
    /// limit tells. Of a socket whose options are not all known, whatever took a tick is taken for a
    /// wait.
    pub fn reached_limit(&self, at: Position) -> bool {
        let waited = |call: &&socklab_event::Call| {
            call.error().is_some_and(socklab_event::Errno::is_not_now) && call.took() >= TICK
        };
        let Some(call) = self.call(at).filter(waited) else { return false };
        match self.time_limit(at) {
            Some((_, limit)) => call.took() >= limit,
            None => self.socket_at(at).is_none_or(|socket| self.sockets[socket].created.is_none()),
        }
    }
}
