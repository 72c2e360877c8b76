//! Reading the input and writing the output, which may be any type of file.

use std::io::{self, Write};
use std::os::fd::BorrowedFd;
use std::thread;
use std::time::Duration;

use rustix::io::Errno;

use super::summary::{Ending, Object};

/// How long to wait before writing again to an output that returned `WouldBlock`.
const RETRY_DELAY: Duration = Duration::from_millis(2);

/// Reads from the input. `None` if there is nothing to read after all: another process that shares
/// the terminal or pipe may have read it.
pub(super) fn read_input(
    input: BorrowedFd<'_>,
    buffer: &mut [u8],
) -> Result<Option<usize>, Ending> {
    match rustix::io::read(input, buffer) {
        Ok(count) => Ok(Some(count)),
        Err(Errno::INTR | Errno::AGAIN) => Ok(None),
        Err(error) => Err(Ending::failed("read", Object::Input, error)),
    }
}

/// Writes all of `bytes` to the output and flushes it.
pub(super) fn write_output(output: &mut impl Write, mut bytes: &[u8]) -> Result<(), Ending> {
    // Not write_all: on a terminal that another program left non-blocking, it would fail with
    // WouldBlock without reporting how much had been written.
    let failed = |source: io::Error| Ending::failed("write", Object::Output, source);
    while !bytes.is_empty() {
        match output.write(bytes) {
            Ok(0) => return Err(failed(io::ErrorKind::WriteZero.into())),
            Ok(count) => bytes = &bytes[count..],
            Err(error) => retry(error).map_err(failed)?,
        }
    }
    loop {
        match output.flush() {
            Ok(()) => return Ok(()),
            Err(error) => retry(error).map_err(failed)?,
        }
    }
}

/// Returns when the call may be tried again, or fails with the error if a retry would not help.
fn retry(error: io::Error) -> io::Result<()> {
    match error.kind() {
        io::ErrorKind::Interrupted => Ok(()),
        // A `Write` has no file descriptor to poll.
        io::ErrorKind::WouldBlock => {
            thread::sleep(RETRY_DELAY);
            Ok(())
        }
        _ => Err(error),
    }
}
