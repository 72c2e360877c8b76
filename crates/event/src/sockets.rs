//! The sockets that an event names, wherever they are.

use std::sync::Arc;

use crate::{Args, Event, Process, SocketId, What};

impl Event {
    /// Visits the identity of every socket that the event names: the one a call was made on, a listener, the
    /// other end of a pair, those that a `poll` waits for. Identities are shared among events; change one
    /// through [`Arc::make_mut`].
    pub fn each_socket(&mut self, mut visit: impl FnMut(&mut Arc<SocketId>)) {
        match &mut self.what {
            What::Call(call) => {
                call.socket.as_mut().map(&mut visit);
                match &mut call.args {
                    Args::Accept { listener: Some(socket), .. }
                    | Args::Socketpair { second: Some(socket), .. } => visit(socket),
                    Args::Poll { waits, .. } => {
                        waits.iter_mut().filter_map(|wait| wait.socket.as_mut()).for_each(visit);
                    }
                    _ => {}
                }
            }
            What::Process(process) => {
                if let Process::Ready { socket, .. } = &mut **process {
                    visit(socket);
                }
            }
            What::State(state) => visit(&mut state.socket),
            What::Frame(_) | What::Notice(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::test_runner::TestRunner;

    use super::*;

    #[test]
    fn no_socket_of_an_event_is_left_out() {
        let check = || {
            let done = TestRunner::default().run(&any::<Event>(), |mut event| {
                event.each_socket(|socket| {
                    *socket = Arc::new(SocketId { netns: None, inode: None, ..(**socket).clone() });
                });
                // Nothing else has fields of these names.
                let text = serde_json::to_string(&event).unwrap();
                let left = text.contains("\"netns\":") || text.contains("\"inode\":");
                prop_assert!(!left, "{}", text);
                Ok(())
            });
            done.map_err(|failure| failure.to_string())
        };
        // To make an arbitrary event takes a large stack.
        let thread = std::thread::Builder::new().stack_size(256 << 20).spawn(check).unwrap();
        thread.join().unwrap().unwrap();
    }
}
