//! What the kernel says of the machine's memory: `proc_meminfo(5)`, `proc_vmstat(5)`.

use std::fs;

/// How many bytes of memory are files: in file systems in memory and in what `memfd_create(2)` and
/// `shmget(2)` make. `None` without `/proc`.
pub fn of_files() -> Option<u64> {
    Some(field(&fs::read_to_string("/proc/meminfo").ok()?, "Shmem:")?.saturating_mul(1024))
}

/// How many processes of this machine the kernel has ended since it started, because memory was short
/// for all or for a control group. `None` if it does not count them (before Linux 4.13).
pub fn ended_for_lack() -> Option<u64> {
    field(&fs::read_to_string("/proc/vmstat").ok()?, "oom_kill")
}

/// The number behind a name at the beginning of a line.
fn field(text: &str, name: &str) -> Option<u64> {
    let mut lines = text.lines().map(str::split_ascii_whitespace);
    lines
        .find_map(|mut words| (words.next()? == name).then(|| words.next()?.parse().ok()).flatten())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_found_by_the_whole_name_before_it() {
        let text = "Shmem:            348 kB\nShmemHugePages: 7 kB\noom_kill_x 4\noom_kill 2\n";
        assert_eq!(field(text, "Shmem:"), Some(348));
        assert_eq!(field(text, "oom_kill"), Some(2));
        assert_eq!(field(text, "oom"), None);
        assert!(of_files().is_some());
    }
}
