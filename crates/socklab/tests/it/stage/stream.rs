//! Collects what a child writes, while it writes.

use std::io::Read;
use std::sync::{Arc, Condvar, Mutex};
use std::thread;

use super::PATIENCE;

/// What a child has written to one of its descriptors so far.
#[derive(Default)]
pub(super) struct Stream {
    state: Mutex<(Vec<u8>, bool)>,
    changed: Condvar,
}

impl Stream {
    pub(super) fn collect(pipe: Option<impl Read + Send + 'static>) -> Arc<Stream> {
        let stream = Arc::new(Stream::default());
        let Some(mut pipe) = pipe else {
            stream.state.lock().expect("nobody panics with it").1 = true;
            return stream;
        };
        let collected = Arc::clone(&stream);
        thread::spawn(move || {
            let mut piece = vec![0u8; 64 * 1024];
            loop {
                let length = pipe.read(&mut piece).unwrap_or(0);
                let mut state = collected.state.lock().expect("nobody panics with it");
                state.0.extend_from_slice(&piece[..length]);
                state.1 = length == 0;
                collected.changed.notify_all();
                if length == 0 {
                    return;
                }
            }
        });
        stream
    }

    pub(super) fn so_far(&self) -> Vec<u8> {
        self.state.lock().expect("nobody panics with it").0.clone()
    }

    /// Waits until `done`, until the end of the stream, or until patience runs out.
    pub(super) fn wait_until(&self, done: impl Fn(&[u8]) -> bool) -> Vec<u8> {
        let state = self.state.lock().expect("nobody panics with it");
        let waiting = |state: &mut (Vec<u8>, bool)| !state.1 && !done(&state.0);
        let (state, _) =
            self.changed.wait_timeout_while(state, PATIENCE, waiting).expect("the same");
        state.0.clone()
    }

    #[track_caller]
    pub(super) fn to_its_end(&self, what: &str) -> Vec<u8> {
        let all = self.wait_until(|_| false);
        let ended = self.state.lock().expect("nobody panics with it").1;
        assert!(ended, "{what}: it has ended, but somebody still holds its output");
        all
    }
}
