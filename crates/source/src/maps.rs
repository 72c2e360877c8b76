//! What is mapped into a process: `/proc/PID/maps`, see `proc_pid_maps(5)`.

use std::fs;

/// A mapping whose content can be executed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mapping {
    pub(crate) start: u64,
    pub(crate) end: u64,
    /// Where in the file it begins.
    pub(crate) offset: u64,
    /// The file, with its ` (deleted)`, or a name in brackets; nothing for code made at run time.
    pub(crate) path: String,
}

/// The mappings of a process that can be executed, by address.
pub(crate) fn of(process: u32) -> Vec<Mapping> {
    let text = fs::read(format!("/proc/{process}/maps")).unwrap_or_default();
    parse(&String::from_utf8_lossy(&text))
}

fn parse(text: &str) -> Vec<Mapping> {
    text.lines().filter_map(mapping).collect()
}

fn mapping(line: &str) -> Option<Mapping> {
    let hex = |text: &str| u64::from_str_radix(text, 16).ok();
    let mut words = line.splitn(6, ' ');
    let (start, end) = words.next()?.split_once('-')?;
    if words.next()?.as_bytes().get(2) != Some(&b'x') {
        return None;
    }
    let offset = hex(words.next()?)?;
    // The device and the inode: file systems in layers show others here than in stat(2).
    let path = words.nth(2).unwrap_or_default().trim_start();
    // A path is quoted in one respect.
    let path = path.replace("\\012", "\n");
    Some(Mapping { start: hex(start)?, end: hex(end)?, offset, path })
}

/// Where the file is that a process executes, even if it has been deleted.
pub(crate) fn executable(process: u32) -> String {
    format!("/proc/{process}/exe")
}

/// True if a mapping is of the file that the process executes.
pub(crate) fn is_executable(process: u32, mapping: &Mapping) -> bool {
    let link = fs::read_link(executable(process));
    link.is_ok_and(|file| file.as_os_str() == mapping.path.as_str())
}

/// The mapping that an address is in.
pub(crate) fn at(maps: &[Mapping], address: u64) -> Option<usize> {
    let index = maps.partition_point(|mapping| mapping.end <= address);
    maps.get(index).is_some_and(|mapping| mapping.start <= address).then_some(index)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_can_be_executed_is_told() {
        let text = "\
5581c7a00000-5581c7a02000 r--p 00000000 fd:01 1835 /home/ana/my program
5581c7a02000-5581c7a07000 r-xp 00002000 fd:01 1835                       /home/ana/my program (deleted)
7f10a0000000-7f10a0021000 rwxp 00000000 00:00 0 
7fff12bf6000-7fff12bf8000 r-xp 00000000 00:00 0                          [vdso]
nonsense
";
        let maps = parse(text);
        let paths: Vec<&str> = maps.iter().map(|mapping| mapping.path.as_str()).collect();
        assert_eq!(paths, ["/home/ana/my program (deleted)", "", "[vdso]"]);
        assert_eq!(maps[0].offset, 0x2000);
        assert_eq!(at(&maps, 0x5581c7a02000), Some(0));
        assert_eq!(at(&maps, 0x5581c7a07000), None);
        assert_eq!(at(&maps, 0x7f10a0000001), Some(1));
        assert_eq!(at(&maps, u64::MAX), None);
    }

    #[test]
    fn what_is_executing_is_found() {
        let maps = of(std::process::id());
        assert!(maps.iter().any(|mapping| mapping.path.starts_with('/')));
    }
}
