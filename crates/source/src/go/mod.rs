//! Go: lines, inlined calls and frame sizes by the runtime's own table.

mod table;

use std::cell::OnceCell;

use crate::binary::Binary;
use crate::memory::Reader;
use crate::origin::Own;
use crate::{Frame, Origin};

pub(crate) use table::{At, Table};
use table::{Layout, Line};

/// What is known of Go in a binary.
#[derive(Debug)]
pub(crate) struct Go {
    table: Table,
    /// Where it is in memory, by the file.
    address: u64,
    /// Where `moduledata` may be: address and length.
    variables: Vec<(u64, u64)>,
    loaded: OnceCell<Option<Loaded>>,
}

/// What only memory tells: in a binary that can be loaded anywhere, the loader fills the addresses in.
#[derive(Debug)]
struct Loaded {
    /// Where functions begin, as an address in the file.
    text: u64,
    /// What describes inlined calls.
    inlined: Vec<u8>,
}

const LARGEST_VARIABLES: u64 = 16 << 20;
const LARGEST_INLINED: usize = 16 << 20;

impl Go {
    pub(crate) fn of(binary: &Binary) -> Option<Self> {
        let name = [".gopclntab", ".data.rel.ro.gopclntab"]
            .into_iter()
            .find(|name| binary.place(name).is_some())?;
        let variables = [".go.module", ".noptrdata", ".data.rel.ro", ".data"];
        let variables = variables.into_iter().filter_map(|name| binary.place(name)).collect();
        let table = Table::new(binary.content(name)?)?;
        Some(Self { table, address: binary.place(name)?.0, variables, loaded: OnceCell::new() })
    }

    /// A table by itself: of addresses that begin at 0, without inlined calls.
    pub(crate) fn of_table(content: Vec<u8>) -> Option<Self> {
        let loaded = Loaded { text: 0, inlined: content.clone() };
        let loaded = OnceCell::from(Some(loaded));
        Some(Self { table: Table::new(content)?, address: 0, variables: Vec::new(), loaded })
    }

    /// A new question begins.
    pub(crate) fn refill(&self) {
        self.table.refill();
    }

    fn loaded(&self, bias: u64, reader: &Reader<'_>) -> Option<&Loaded> {
        self.loaded.get_or_init(|| self.load(bias, reader)).as_ref()
    }

    fn load(&self, bias: u64, reader: &Reader<'_>) -> Option<Loaded> {
        let at = self.address.wrapping_add(bias);
        let word = |at: u64| {
            let mut bytes = [0; 8];
            (reader.peek(at, &mut bytes) == 8).then(|| u64::from_le_bytes(bytes))
        };
        let module = self.variables.iter().find_map(|place| self.module(at, bias, *place, reader));
        let text = match &module {
            Some(module) => module.text,
            None => word(at.wrapping_add(Table::TEXT)).filter(|text| *text != 0)?,
        };
        let inlined = module.map(|module| {
            let mut data =
                vec![0; LARGEST_INLINED.min(self.table.length().saturating_add(1 << 16))];
            let read = reader.peek(module.functions, &mut data);
            data.truncate(read);
            data
        });
        Some(Loaded { text: text.wrapping_sub(bias), inlined: inlined.unwrap_or_default() })
    }

    /// `runtime.firstmoduledata` has no symbol in a stripped binary: it is the words that begin with the
    /// address of the table, and are otherwise as they must be.
    fn module(
        &self,
        table: u64,
        bias: u64,
        place: (u64, u64),
        reader: &Reader<'_>,
    ) -> Option<Module> {
        let mut bytes = vec![0; usize::try_from(place.1.min(LARGEST_VARIABLES)).ok()?];
        let read = reader.peek(place.0.wrapping_add(bias), &mut bytes);
        let word = |bytes: &[u8]| bytes.try_into().map_or(0, u64::from_le_bytes);
        let words: Vec<u64> = bytes.get(..read)?.chunks_exact(8).map(word).collect();
        // Go 1.20 has two words more before those about types.
        let (types, functions) = match self.table.layout() {
            Layout::Old => (36, 38),
            Layout::New => (38, 40),
        };
        words.windows(functions + 1).find_map(|words| {
            let (text, end) = (words[22], words[23]);
            let fits = words[0] == table
                // The first function's address, and the end of the last one's.
                && words[20] >= text
                && words[21] <= end
                && words[20] < words[21]
                && words[types - 1] <= words[types];
            fits.then_some(Module { text, functions: words[functions] })
        })
    }

    /// The function at an address of the binary; `None` if it is not Go's (but, for instance, C's).
    pub(crate) fn at(&self, address: u64, bias: u64, reader: &Reader<'_>) -> Option<At<'_>> {
        self.table.find(address.checked_sub(self.loaded(bias, reader)?.text)?)
    }

    /// The frames at a place, inlined calls first; `None` where one may be missing.
    pub(crate) fn frames(&self, at: At<'_>, own: &Own) -> Option<Vec<Frame>> {
        let inlined =
            self.loaded.get().and_then(Option::as_ref).map_or(&[][..], |loaded| &loaded.inlined);
        Some(at.lines(inlined)?.iter().map(|line| frame(line, own)).collect())
    }
}

struct Module {
    text: u64,
    functions: u64,
}

fn frame(line: &Line<'_>, own: &Own) -> Frame {
    let origin = if is_standard(line) { Origin::Library } else { own.origin(line.file) };
    Frame { file: Some(line.file.into()), line: line.line, function: line.function.into(), origin }
}

/// Whether a function is of Go's own library. Its packages have no dot in their first word; its files lie in
/// a folder `src`, or, with `-trimpath`, in none. The file counts, since `syscall.RawSyscall6` is linked from
/// the package `runtime/internal/syscall`.
fn is_standard(line: &Line<'_>) -> bool {
    let name = line.function;
    let last = name.rfind('/').map_or(0, |slash| slash + 1);
    let package = name[last..].find('.').map_or(name, |dot| &name[..last + dot]);
    let has_no_dot = |path: &str| !path.split('/').next().unwrap_or_default().contains('.');
    if package == "main" || !has_no_dot(package) {
        return false;
    }
    if !line.file.starts_with('/') {
        // `net/dial.go`, but `example.com/client/main.go` and `./main.go` of others.
        return line.file.contains('/') && has_no_dot(line.file);
    }
    let folders = [package, "runtime", "internal", "syscall"];
    folders.iter().any(|folder| line.file.contains(&format!("/src/{folder}/")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_library_is_told_by_the_file() {
        let is = |function, file| is_standard(&Line { file, line: 1, function });
        assert!(is("net.(*conn).Read", "/usr/lib/go-1.19/src/net/net.go"));
        assert!(is(
            "syscall.RawSyscall6",
            "/opt/go/src/runtime/internal/syscall/asm_linux_amd64.s"
        ));
        assert!(is("internal/poll.(*FD).Read", "internal/poll/fd_unix.go"));
        assert!(!is("main.main", "/home/ana/src/net/main.go"));
        assert!(!is("example.com/client/wire.Send", "/home/ana/client/wire/wire.go"));
        assert!(!is("example.com/client/wire.Send", "example.com/client/wire/wire.go"));
        assert!(!is("chat.Send", "/home/ana/chat/send.go"));
    }
}
