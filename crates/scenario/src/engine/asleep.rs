//! Does a thread sleep in a call? The kernel's own word, from `/proc/PID/task`.

use std::fs;
use std::path::Path;

use super::watch::Inside;

/// Calls that a thread can leave without an event that says so: those on its standard streams when
/// nothing came of them. And a few that are often asked about.
const NUMBERS: [(&str, libc::c_long); 10] = [
    ("read", libc::SYS_read),
    ("readv", libc::SYS_readv),
    ("write", libc::SYS_write),
    ("writev", libc::SYS_writev),
    ("recvfrom", libc::SYS_recvfrom),
    ("recvmsg", libc::SYS_recvmsg),
    ("sendto", libc::SYS_sendto),
    ("sendmsg", libc::SYS_sendmsg),
    ("accept", libc::SYS_accept),
    ("accept4", libc::SYS_accept4),
];

/// Is the thread still in the call it was seen to enter, and asleep there?
pub(super) fn is_asleep_in(inside: &Inside, thread: u32) -> bool {
    let folder = format!("/proc/{}/task/{thread}", inside.process);
    is_asleep(&folder) && is_in(&folder, inside)
}

/// Do all threads of the process sleep, or has it ended?
pub(super) fn is_calm(process: u32) -> bool {
    let Ok(threads) = fs::read_dir(format!("/proc/{process}/task")) else { return true };
    threads.flatten().all(|thread| {
        let state = state(&thread.path());
        state.is_none_or(|state| matches!(state, 'S' | 'Z' | 'X'))
    })
}

/// Does the thread sleep, as against run or be held by its tracer?
fn is_asleep(folder: &str) -> bool {
    state(Path::new(folder)) == Some('S')
}

/// `proc_pid_stat(5)`, field 3.
fn state(folder: &Path) -> Option<char> {
    let stat = fs::read_to_string(folder.join("stat")).ok()?;
    stat.rsplit_once(") ").and_then(|(_, rest)| rest.chars().next())
}

/// `proc_pid_syscall(5)`: the call's number and its arguments. True where that may not be read:
/// then the tracer's word has to do.
fn is_in(folder: &str, inside: &Inside) -> bool {
    let Some((_, number)) = NUMBERS.iter().find(|(name, _)| *name == inside.name) else {
        return true;
    };
    match fs::read_to_string(format!("{folder}/syscall")) {
        Ok(text) => is_call(&text, *number, inside.fd),
        Err(_) => true,
    }
}

fn is_call(text: &str, number: libc::c_long, fd: Option<i32>) -> bool {
    let mut words = text.split_whitespace();
    let first = |word: &str| u64::from_str_radix(word.trim_start_matches("0x"), 16).ok();
    words.next().and_then(|word| word.parse().ok()) == Some(number)
        && fd.is_none_or(|fd| {
            // An int in a register: its upper half is anything.
            words.next().and_then(first).is_some_and(|word| word as u32 == fd.cast_unsigned())
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernels_word_is_read() {
        let number = libc::SYS_read;
        let line = format!("{number} 0x3 0x7ffd 0x400 0x0 0x0 0x0 0x7ffc 0x7f12\n");
        assert!(is_call(&line, number, Some(3)) && is_call(&line, number, None));
        assert!(!is_call(&line, number, Some(4)));
        assert!(!is_call(&line, libc::SYS_write, Some(3)));
        assert!(!is_call("running\n", number, Some(3)));
        assert!(!is_call("-1 0x7ffc 0x7f12\n", number, None));
    }
}
