//! What a process and all its descendants use together, `proc_pid_stat(5)`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{self, ErrorKind};
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;
use std::time::Duration;

use crate::process::{self, State};

/// What a tree of processes uses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Usage {
    /// How many processes and threads there are.
    pub threads: u64,
    /// The memory they have in use, in bytes. What several of them share counts for each of them.
    pub memory: u64,
    /// The processor time they have used, and that of those that have ended and were waited for.
    pub processor: Duration,
}

/// The length of a clock tick in the files of `/proc`: `sysconf(_SC_CLK_TCK)` is 100 everywhere.
const TICK: Duration = Duration::from_millis(10);

/// What these processes and their descendants use. Once there are more than `most` of them the answer
/// is no more than that: a tree that grows without end is not followed to its end.
pub fn usage(roots: &[u32], most: u64) -> Usage {
    let mut all = Usage::default();
    for process in Members::of(roots) {
        let Some(one) = of_process(process) else { continue };
        all.threads += one.threads;
        all.memory += one.memory;
        all.processor += one.processor;
        if all.threads > most {
            break;
        }
    }
    all
}

/// The memory of these processes and their descendants, in bytes, in which what several of them share
/// counts once (`Pss` of `proc_pid_smaps(5)`), and that of the files in memory that they have open or
/// mapped (`memfd_create(2)`, `tmpfs(5)`). It takes long to find out. What may not be looked at counts
/// as in [`usage`].
///
/// Pages that all processes share and none has in its table (`MADV_DONTNEED` of `madvise(2)`) stay in
/// memory. How many they are the kernel doesn't say: they count as far as there are mappings for them,
/// and no further than `grown`, which is by how many bytes the files in memory of the whole machine have
/// grown ([`crate::memory::of_files`]). Nor is it said which files a process has open that may not be looked
/// at (`PR_SET_DUMPABLE` of `prctl(2)`): then `grown` counts as a whole.
pub fn memory(roots: &[u32], most: u64, grown: u64) -> u64 {
    let count = usize::try_from(most).unwrap_or(usize::MAX);
    let (mut own, mut mapped) = (0_u64, 0_u64);
    let (mut open, mut shared, mut unseen) = (BTreeMap::new(), BTreeSet::new(), 0);
    for process in Members::of(roots).take(count) {
        if grown > 0 {
            let maps = fs::read_to_string(format!("/proc/{process}/maps"));
            shared.extend(shared_in_memory(&maps.unwrap_or_default()));
        }
        let (all, files) = proportional(process)
            .or_else(|| Some((of_process(process)?.memory, 0)))
            .unwrap_or_default();
        own += all.saturating_sub(files);
        mapped += files;
        match files_in_memory(process) {
            Ok(files) => open.extend(files),
            Err(error) if error.kind() == ErrorKind::PermissionDenied => unseen = grown,
            // It has ended.
            Err(_) => {}
        }
    }
    own + in_files(mapped, &open, &shared, grown).max(unseen)
}

/// How many bytes there are in files of which so many are in the tables of processes, and these are open
/// or shared.
fn in_files(
    mapped: u64,
    open: &BTreeMap<(u64, u64), u64>,
    shared: &BTreeSet<Shared>,
    grown: u64,
) -> u64 {
    let closed = shared.iter().filter(|one| !open.contains_key(&one.file)).map(|one| one.length);
    let (open, closed) = (open.values().sum::<u64>(), closed.fold(0, u64::saturating_add));
    mapped.max(open.saturating_add(closed.min(grown.saturating_sub(open))))
}

/// A file in memory by device and inode, or a part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Shared {
    file: (u64, u64),
    /// Where the part begins in the file, in bytes, and its length.
    offset: u64,
    length: u64,
}

/// What of files without a name is mapped to be shared, by the lines of `proc_pid_maps(5)`.
fn shared_in_memory(maps: &str) -> impl Iterator<Item = Shared> {
    let hex = |text: &str| u64::from_str_radix(text, 16).ok();
    maps.lines().filter_map(move |line| {
        let mut fields = line.split_ascii_whitespace();
        let (from, to) = fields.next()?.split_once('-')?;
        let is_shared = fields.next()?.ends_with('s');
        let offset = hex(fields.next()?)?;
        let (major, minor) = fields.next()?.split_once(':')?;
        let device = |text| u32::from_str_radix(text, 16).ok();
        let file =
            (rustix::fs::makedev(device(major)?, device(minor)?), fields.next()?.parse().ok()?);
        let name = fields.next()?;
        let is_in_memory =
            name == "/dev/zero" || name.starts_with("/memfd:") || name.starts_with("/SYSV");
        let length = hex(to)?.saturating_sub(hex(from)?);
        (is_shared && is_in_memory).then_some(Shared { file, offset, length })
    })
}

/// What the kernel says of the memory of processes besides what they have now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Footprint {
    /// The sum of the largest resident sets that they have had since they began to execute their files
    /// (`VmHWM` of `proc_pid_status(5)`), in bytes. What several of them share counts for each of them.
    pub peak: u64,
    /// Their page tables (`VmPTE`), in bytes: they are in no resident set, and many pages may be mapped of
    /// which none is there.
    pub tables: u64,
}

/// The footprint of these processes and their descendants. A process that executes the same file as this
/// one is left out: it is one of ours, or has not begun yet.
pub fn footprint(roots: &[u32], most: u64) -> Footprint {
    let count = usize::try_from(most).unwrap_or(usize::MAX);
    let file = |process: &str| {
        let about = fs::metadata(format!("/proc/{process}/exe")).ok()?;
        Some((about.dev(), about.ino()))
    };
    let own = file("self");
    let theirs = Members::of(roots).take(count).filter(|process| {
        let file = file(&process.to_string());
        file.is_some() && file != own
    });
    let mut all = Footprint::default();
    for process in theirs {
        let Ok(status) = fs::read_to_string(format!("/proc/{process}/status")) else { continue };
        all.peak += kilobytes(&status, "VmHWM:").unwrap_or(0);
        all.tables += kilobytes(&status, "VmPTE:").unwrap_or(0);
    }
    all
}

/// The bytes that a line of a process's file tells of.
fn kilobytes(text: &str, name: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    Some(line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()? << 10)
}

/// The memory of a process, and the part of it that is mapped files in memory.
fn proportional(process: u32) -> Option<(u64, u64)> {
    let text = fs::read_to_string(format!("/proc/{process}/smaps_rollup")).ok()?;
    Some((kilobytes(&text, "Pss:")?, kilobytes(&text, "Pss_Shmem:").unwrap_or(0)))
}

/// The files in memory that a process has open: by device and inode, the bytes each takes.
fn files_in_memory(process: u32) -> io::Result<Vec<((u64, u64), u64)>> {
    /// `TMPFS_MAGIC`, `statfs(2)`.
    const IN_MEMORY: u64 = 0x0102_1994;
    let entries = fs::read_dir(format!("/proc/{process}/fd"))?.flatten();
    let of = |path: PathBuf| {
        let about = fs::metadata(&path).ok().filter(|it| it.is_file() && it.blocks() > 0)?;
        // The kind of a file system has another type on every processor, but not another value.
        let kind = rustix::fs::statfs(&path).ok()?.f_type as u64;
        (kind == IN_MEMORY).then(|| ((about.dev(), about.ino()), about.blocks() * 512))
    };
    Ok(entries.filter_map(|entry| of(entry.path())).collect())
}

/// True if every thread of these processes and their descendants sleeps until something happens: none
/// runs, wants to, or waits for a disk.
pub fn is_asleep(roots: &[u32]) -> bool {
    Members::of(roots).all(|process| {
        process::threads(process).unwrap_or_default().into_iter().all(
            |thread| match process::state(process, thread) {
                Some(state) => state == State::Sleeping || state.has_ended(),
                None => true,
            },
        )
    })
}

/// The processes of a tree, each found when it is asked for.
struct Members {
    known: BTreeSet<u32>,
    ahead: Vec<u32>,
}

impl Members {
    fn of(roots: &[u32]) -> Self {
        let known: BTreeSet<u32> = roots.iter().copied().collect();
        Self { ahead: known.iter().copied().collect(), known }
    }
}

impl Iterator for Members {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        let process = self.ahead.pop()?;
        for child in process::children_of_threads(process) {
            if self.known.insert(child) {
                self.ahead.push(child);
            }
        }
        Some(process)
    }
}

fn of_process(process: u32) -> Option<Usage> {
    let page = u64::try_from(rustix::param::page_size()).unwrap_or(4096);
    parse(&fs::read_to_string(format!("/proc/{process}/stat")).ok()?, page)
}

/// The fields behind the program's name, which may contain anything: the first is number 3.
fn parse(stat: &str, page: u64) -> Option<Usage> {
    let (_, fields) = stat.rsplit_once(')')?;
    let fields: Vec<&str> = fields.split_ascii_whitespace().collect();
    let number = |field: usize| fields.get(field - 3)?.parse::<u64>().ok();
    let ticks = (14..=17).map(number).sum::<Option<u64>>()?;
    Some(Usage {
        threads: number(20)?,
        memory: number(24)?.saturating_mul(page),
        processor: TICK.saturating_mul(u32::try_from(ticks).unwrap_or(u32::MAX)),
    })
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::process::Command;

    use super::*;

    #[test]
    fn fields_are_found_behind_any_name() {
        let stat = "7 (a) b 9) S 1 7 7 0 -1 0 1 2 3 4 100 20 3 4 20 0 5 0 99 1000 25 0\n";
        let usage = parse(stat, 4096).expect("a line of stat");
        assert_eq!((usage.threads, usage.memory), (5, 25 * 4096));
        assert_eq!(usage.processor, Duration::from_millis(1270));
        assert_eq!(parse("7 (a", 4096), None);
    }

    #[test]
    fn what_is_shared_without_a_name_is_found_once() {
        let maps = "\
7f0000000000-7f0004000000 rw-s 00000000 00:01 1031 /dev/zero (deleted)
7f0010000000-7f0014000000 rw-s 00000000 00:01 1031 /dev/zero (deleted)
7f0020000000-7f0020001000 r--s 00002000 00:01 9 /memfd:a b (deleted)
7f0030000000-7f0030001000 rw-s 00000000 00:01 7 /SYSV00000000 (deleted)
7f0040000000-7f0040001000 rw-p 00000000 00:01 8 /dev/zero (deleted)
7f0050000000-7f0050001000 r--s 00000000 08:01 5 /usr/share/locale
7f0060000000-7f0060001000 rw-p 00000000 00:00 0
";
        let found: BTreeSet<Shared> = shared_in_memory(maps).collect();
        let found: Vec<_> = found.iter().map(|one| (one.file.1, one.offset, one.length)).collect();
        assert_eq!(found, [(7, 0, 4096), (9, 0x2000, 4096), (1031, 0, 64 << 20)]);
    }

    #[test]
    fn pages_in_no_table_count_as_far_as_files_have_grown() {
        let part = |inode, length| Shared { file: (1, inode), offset: 0, length };
        let shared = BTreeSet::from([part(7, 1000), part(8, 500)]);
        let open = BTreeMap::from([((1, 7), 300)]);
        assert_eq!(in_files(0, &BTreeMap::new(), &shared, 2000), 1500);
        assert_eq!(in_files(0, &BTreeMap::new(), &shared, 1200), 1200);
        assert_eq!(in_files(0, &open, &shared, 2000), 800, "what is open has a size");
        assert_eq!(in_files(900, &open, &shared, 2000), 900, "it is in a table");
        assert_eq!(in_files(0, &open, &shared, 0), 300, "nothing has grown");
    }

    #[test]
    fn this_process_uses_memory_and_is_awake() {
        let this = [std::process::id()];
        let usage = usage(&this, 1000);
        assert!(usage.memory > 0 && usage.threads > 0, "{usage:?}");
        assert!(!is_asleep(&this), "it runs this test");
        assert_eq!(Members::of(&this).next(), Some(this[0]));
        assert!(memory(&this, 1, 0) > 0);
        // What is ours is nobody else's.
        assert_eq!(footprint(&this, 1), Footprint::default());
        let mut other = Command::new("sleep").arg("1000").spawn().unwrap();
        let theirs = footprint(&[other.id()], 1);
        assert!(theirs.peak > 0 && theirs.tables > 0, "{theirs:?}");
        other.kill().unwrap();
        other.wait().unwrap();
        let flags = rustix::fs::MemfdFlags::CLOEXEC;
        let mut file = fs::File::from(rustix::fs::memfd_create("in memory", flags).unwrap());
        file.write_all(&[1; 100_000]).unwrap();
        let about = file.metadata().unwrap();
        let found = files_in_memory(this[0]).unwrap();
        let mine = found.iter().find(|(key, _)| *key == (about.dev(), about.ino()));
        assert!(mine.is_some_and(|(_, bytes)| *bytes >= 100_000), "{found:?}");
    }
}
