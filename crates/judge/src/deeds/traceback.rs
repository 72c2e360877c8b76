//! What a language's runtime prints about an exception that nobody caught: which one, and in which
//! line of the program's own source.
//!
//! Each of these forms is recognised by a line that only the runtime writes at the beginning of a
//! line. A library's lines are left out: the program's own call led there.
//!
//! A little longer than 400 lines with its tests: it is one table of forms, a language each.

/// An exception, as the runtime told it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Crash {
    /// Its name and message.
    pub(super) error: String,
    /// The program's own file, without its folder.
    pub(super) file: Option<String>,
    /// The line there.
    pub(super) line: Option<u32>,
    /// How far it got.
    pub(super) how: How,
}

/// How far an exception got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum How {
    /// It is the last that was printed: if the program ended with a failure, it ended with this.
    Last,
    /// The runtime says that it ended a thread other than the first.
    Thread,
    /// It was caught, or ended something else: more was printed later, or the runtime says so.
    Earlier,
    /// It was found before the program began.
    Compiler,
}

/// The exception that an error output tells of; if there are several, the last.
pub(super) fn crash(output: &str) -> Option<Crash> {
    let mut lines: Vec<&str> = output.lines().collect();
    // CPython can't end its other threads after an exception, and aborts.
    if let Some(fatal) = lines.iter().position(|line| line.starts_with("Fatal Python error: ")) {
        lines.truncate(fatal);
    }
    let parsers =
        [python, python_syntax, rust, java, java_compiler, go, go_compiler, node, ruby, cpp];
    parsers.iter().find_map(|parser| parser(&lines))
}

fn own(path: &str, line: &str) -> (Option<String>, Option<u32>) {
    let name = path.rsplit('/').next().unwrap_or(path);
    match line.parse() {
        Ok(line) if !name.is_empty() => (Some(name.to_owned()), Some(line)),
        _ => (None, None),
    }
}

fn told(error: &str, place: Option<(&str, &str)>, how: How) -> Crash {
    let (file, line) = place.map_or((None, None), |(path, line)| own(path, line));
    Crash { error: error.trim().to_owned(), file, line, how }
}

fn is_last(rest: &[&str]) -> How {
    if rest.iter().all(|line| line.trim().is_empty()) { How::Last } else { How::Earlier }
}

/// `  File "/home/ana/echo.py", line 12, in serve`: the path and the line.
fn python_frame(line: &str) -> Option<(&str, &str)> {
    let (path, rest) = line.trim_start().strip_prefix("File \"")?.split_once("\", line ")?;
    Some((path, rest.split(',').next().unwrap_or(rest).trim()))
}

fn python(lines: &[&str]) -> Option<Crash> {
    const OTHERS: [&str; 3] = [
        "Exception in callback ",
        "Task exception was never retrieved",
        "Exception occurred during processing",
    ];
    let start = lines.iter().rposition(|line| *line == "Traceback (most recent call last):")?;
    let above = &lines[start.saturating_sub(3)..start];
    // An exception in a destructor ends nothing.
    if above.last().is_some_and(|line| line.starts_with("Exception ignored")) {
        return None;
    }
    let of_a_thread = above.iter().any(|line| line.starts_with("Exception in thread "));
    let told_by_another = above.iter().any(|line| OTHERS.iter().any(|key| line.starts_with(key)));
    let frames = &lines[start + 1..];
    let end = frames.iter().position(|line| !line.is_empty() && !line.starts_with(' '))?;
    // Two threads may print at the same time.
    if !is_python_error(frames[end]) {
        return None;
    }
    let library = |path: &str| {
        ["/lib/python", "/site-packages/", "/dist-packages/"].iter().any(|part| path.contains(part))
            || path.starts_with('<')
    };
    let mut own = frames[..end].iter().filter_map(|line| python_frame(line));
    let own = own.rfind(|(path, _)| !library(path));
    let how = match () {
        () if of_a_thread => How::Thread,
        () if told_by_another => How::Earlier,
        () => is_last(&frames[end + 1..]),
    };
    Some(told(frames[end], own, how))
}

/// True for `OSError: [Errno 98] …`, `module.Error: …`, `serve.<locals>.Error: …` and the name alone.
fn is_python_error(line: &str) -> bool {
    let name = line.split_once(": ").map_or(line.trim_end(), |(name, _)| name);
    let word = |part: &str| {
        part.starts_with(|first: char| first.is_alphabetic() || first == '_')
            && part.chars().all(|one| one.is_alphanumeric() || one == '_')
    };
    name.split('.').all(|part| part == "<locals>" || word(part))
}

/// A file that the compiler of Python rejects has no traceback.
fn python_syntax(lines: &[&str]) -> Option<Crash> {
    const ERRORS: [&str; 3] = ["SyntaxError: ", "IndentationError: ", "TabError: "];
    let end = lines.iter().rposition(|line| ERRORS.iter().any(|error| line.starts_with(error)))?;
    let place = lines[..end].iter().rev().find_map(|line| python_frame(line))?;
    Some(told(lines[end], Some(place), How::Compiler))
}

/// `path:12:5`: the path and the line.
fn path_line_column(place: &str) -> Option<(&str, &str)> {
    let (rest, column) = place.rsplit_once(':')?;
    let (path, line) = rest.rsplit_once(':')?;
    (is_number(column) && is_number(line)).then_some((path, line))
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Since Rust 1.73 the message has a line of its own.
fn rust(lines: &[&str]) -> Option<Crash> {
    let at = lines
        .iter()
        .rposition(|line| line.starts_with("thread '") && line.contains(" panicked at "))?;
    let (thread, told_at) = lines[at].split_once(" panicked at ")?;
    let (place, message) = match told_at.strip_suffix(':') {
        Some(place) => (place, lines.get(at + 1).copied().unwrap_or_default()),
        None => {
            let (message, place) = told_at.rsplit_once(", ")?;
            (place, message.trim_matches('\''))
        }
    };
    let place = path_line_column(place)
        .filter(|(path, _)| !path.starts_with("/rustc/") && !path.starts_with("library/"));
    let how = if thread.starts_with("thread 'main'") { How::Last } else { How::Thread };
    Some(told(&format!("panic: {message}"), place, how))
}

/// `\tat Echo.main(Echo.java:12)`: the file and the line, unless it is the library's.
fn java_frame(line: &str) -> Option<(&str, &str)> {
    const LIBRARY: [&str; 6] = ["java.", "javax.", "jdk.", "sun.", "com.sun.", "java.base/"];
    let frame = line.strip_prefix("\tat ")?;
    if LIBRARY.iter().any(|part| frame.starts_with(part)) {
        return None;
    }
    let (_, place) = frame.strip_suffix(')')?.rsplit_once('(')?;
    place.rsplit_once(':').filter(|(_, line)| is_number(line))
}

fn java(lines: &[&str]) -> Option<Crash> {
    let is_frame = |line: &&str| line.starts_with("\tat ");
    // The last line that is followed by frames, and is not a cause of another exception.
    let head = (0..lines.len()).rev().find(|at| {
        lines.get(at + 1).is_some_and(is_frame)
            && !is_frame(&lines[*at])
            && !lines[*at].trim_start().starts_with("Caused by: ")
    })?;
    let end = lines[head + 1..]
        .iter()
        .position(|line| !line.starts_with('\t') && !line.starts_with("Caused by: "))
        .map_or(lines.len(), |length| head + 1 + length);
    let place = lines[head + 1..end].iter().find_map(|line| java_frame(line));
    let uncaught = lines[head].strip_prefix("Exception in thread \"");
    let (error, how) = match uncaught.and_then(|rest| rest.split_once("\" ")) {
        Some(("main", error)) => (error, How::Last),
        Some((_, error)) => (error, How::Thread),
        None => (lines[head], How::Earlier),
    };
    Some(told(error, place, how))
}

fn java_compiler(lines: &[&str]) -> Option<Crash> {
    lines.iter().rfind(|line| line.trim() == "error: compilation failed")?;
    lines.iter().find_map(|line| {
        let (place, error) = line.split_once(": error: ")?;
        let (path, number) = place.rsplit_once(':').filter(|(_, line)| is_number(line))?;
        Some(told(error, Some((path, number)), How::Compiler))
    })
}

fn go(lines: &[&str]) -> Option<Crash> {
    let starts = |line: &&str| line.starts_with("panic: ") || line.starts_with("fatal error: ");
    let head = lines.iter().position(starts)?;
    lines[head..].iter().find(|line| line.starts_with("goroutine ") && line.ends_with("]:"))?;
    let place = lines[head..].windows(2).find_map(|pair| {
        let frame = pair[1].strip_prefix('\t').filter(|_| pair[0].starts_with("main."))?;
        let place = frame.split(' ').next()?;
        place.rsplit_once(':').filter(|(_, line)| is_number(line))
    });
    Some(told(lines[head], place, How::Last))
}

/// What `go run` and `go build` print: `./echo.go:7:2: undefined: x`.
fn go_compiler(lines: &[&str]) -> Option<Crash> {
    lines.iter().find_map(|line| {
        let (place, error) = line.split_once(": ")?;
        let (path, number) = path_line_column(place).filter(|(path, _)| path.ends_with(".go"))?;
        Some(told(error, Some((path, number)), How::Compiler))
    })
}

/// `    at serve (/home/ana/echo.js:5:7)`: the path and the line, unless it is the library's.
fn node_frame(line: &str) -> Option<(&str, &str)> {
    let frame = line.trim_start().strip_prefix("at ")?;
    let place = match frame.strip_suffix(')') {
        Some(inner) => inner.rsplit_once('(')?.1,
        None => frame,
    };
    let library = place.starts_with("node:") || place.contains("/node_modules/");
    path_line_column(place).filter(|_| !library)
}

fn node(lines: &[&str]) -> Option<Crash> {
    let head = (0..lines.len()).rev().find(|at| {
        let named = lines[*at].split([':', ' ']).next().unwrap_or_default();
        let is_error = named.ends_with("Error") || named.ends_with("Exception");
        let next = lines.get(at + 1).map(|line| line.trim_start());
        is_error && next.is_some_and(|next| next.starts_with("at ") || next.starts_with("Require "))
    })?;
    let frames = lines[head + 1..].iter().take_while(|line| !line.trim().is_empty());
    let called = frames.clone().find_map(|line| node_frame(line));
    // The runtime prints the place of the `throw` first: `/home/ana/echo.js:3`.
    let thrown = lines[..head].iter().find_map(|line| {
        let (path, number) = line.rsplit_once(':').filter(|(_, line)| is_number(line))?;
        (path.starts_with('/') || path.starts_with("file:")).then_some((path, number))
    });
    let uncaught = lines[head..].iter().any(|line| line.starts_with("Node.js v"));
    let how = match () {
        () if lines[head].starts_with("SyntaxError: ") && called.is_none() => How::Compiler,
        () if uncaught => How::Last,
        () => How::Earlier,
    };
    Some(told(lines[head], called.or(thrown), how))
}

/// `echo.rb:5:in 'accept': closed stream (IOError)`.
fn ruby(lines: &[&str]) -> Option<Crash> {
    lines.iter().find_map(|line| {
        let (place, rest) = line.split_once(":in ")?;
        let (path, number) = place.rsplit_once(':').filter(|(_, line)| is_number(line))?;
        let (_, error) = rest.split_once("': ").filter(|_| path.ends_with(".rb"))?;
        Some(told(error, Some((path, number)), How::Last))
    })
}

/// What the C++ runtime of GCC and of LLVM says before it calls `abort`.
fn cpp(lines: &[&str]) -> Option<Crash> {
    const HEADS: [&str; 2] = [
        "terminate called after throwing an instance of '",
        "libc++abi: terminating due to uncaught exception of type ",
    ];
    let (at, named) = lines.iter().enumerate().rev().find_map(|(at, line)| {
        HEADS.iter().find_map(|head| line.strip_prefix(head)).map(|named| (at, named))
    })?;
    let what = lines.get(at + 1).and_then(|line| line.trim_start().strip_prefix("what():"));
    let rest = lines.get(at + 1 + usize::from(what.is_some())..).unwrap_or_default();
    let named = named.trim_end_matches('\'');
    let error = what.map_or(named.to_owned(), |what| format!("{named}: {}", what.trim()));
    Some(told(&error, None, is_last(rest)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(output: &str) -> (String, Option<String>, Option<u32>, How) {
        let Crash { error, file, line, how } = crash(output).expect("a crash");
        (error, file, line, how)
    }

    fn at(
        error: &str,
        file: &str,
        line: u32,
        how: How,
    ) -> (String, Option<String>, Option<u32>, How) {
        (error.to_owned(), Some(file.to_owned()), Some(line), how)
    }

    #[test]
    fn the_line_is_the_programs_own_and_not_the_librarys() {
        let python = "Traceback (most recent call last):\n  File \"/home/ana/echo.py\", line 8, in <module>\n    \
            serve()\n  File \"/home/ana/echo.py\", line 5, in serve\n    c.sendall(\"x\")\n  \
            File \"/usr/lib/python3.11/ssl.py\", line 99, in sendall\n    x\n\
            TypeError: a bytes-like object is required, not 'str'\n";
        let error = "TypeError: a bytes-like object is required, not 'str'";
        assert_eq!(seen(python), at(error, "echo.py", 5, How::Last));
        let java = "Exception in thread \"main\" java.net.BindException: Address already in use\n\
            \tat java.base/sun.nio.ch.Net.bind0(Native Method)\n\
            \tat java.base/java.net.ServerSocket.<init>(ServerSocket.java:172)\n\
            \tat Echo.main(Echo.java:12)\n";
        let error = "java.net.BindException: Address already in use";
        assert_eq!(seen(java), at(error, "Echo.java", 12, How::Last));
        let go = "panic: runtime error: index out of range [5] with length 1\n\ngoroutine 1 [running]:\n\
            net.foo(...)\n\t/usr/lib/go/src/net/foo.go:9 +0x1d\nmain.main()\n\t/home/ana/e.go:7 +0x1d\nexit status 2\n";
        let error = "panic: runtime error: index out of range [5] with length 1";
        assert_eq!(seen(go), at(error, "e.go", 7, How::Last));
        let node = "node:events:497\n      throw er; // Unhandled 'error' event\n      ^\n\n\
            Error: listen EADDRINUSE: address already in use :::10000\n    \
            at Server.setupListenHandle [as _listen2] (node:net:1817:16)\n    \
            at Object.<anonymous> (/home/ana/e.js:4:8)\nEmitted 'error' event on Server instance at:\n\nNode.js v20.11.0\n";
        let error = "Error: listen EADDRINUSE: address already in use :::10000";
        assert_eq!(seen(node), at(error, "e.js", 4, How::Last));
        let rust = "thread 'main' panicked at src/main.rs:10:5:\nnot yet implemented: gap 4: send\n\
            note: run with `RUST_BACKTRACE=1`\n";
        let error = "panic: not yet implemented: gap 4: send";
        assert_eq!(seen(rust), at(error, "main.rs", 10, How::Last));
        let old = "thread 'main' panicked at 'index out of bounds', src/main.rs:3:9\n";
        assert_eq!(seen(old), at("panic: index out of bounds", "main.rs", 3, How::Last));
        let ruby = "echo.rb:5:in 'accept': closed stream (IOError)\n\tfrom echo.rb:5:in '<main>'\n";
        assert_eq!(seen(ruby), at("closed stream (IOError)", "echo.rb", 5, How::Last));
    }

    #[test]
    fn what_two_threads_printed_at_the_same_time_names_no_exception() {
        let head = "Exception in thread Thread-2 (serve):\nTraceback (most recent call last):\n";
        let frame = "  File \"e.py\", line 5, in serve\n";
        for line in
            ["self.run()", "Exception in thread   File \"t.py\", line 1045, in _bootstrap_inner"]
        {
            assert_eq!(crash(&format!("{head}{frame}{line}\n")), None, "{line}");
        }
        for line in [
            "KeyError: 5",
            "KeyboardInterrupt",
            "asyncio.exceptions.TimeoutError",
            "serve.<locals>.Ñandú: a",
        ] {
            assert!(crash(&format!("{head}{frame}{line}\n")).is_some(), "{line}");
        }
    }

    #[test]
    fn who_aborts_because_of_an_exception_has_told_which() {
        let python = "Traceback (most recent call last):\n  File \"e.py\", line 5, in <module>\n    s()\n\
            OSError: [Errno 98] Address already in use\nFatal Python error: _enter_buffered_busy: no\n\
            Python runtime state: finalizing\n\nCurrent thread 0x1 (most recent call first):\n  <no Python frame>\n";
        let error = "OSError: [Errno 98] Address already in use";
        assert_eq!(seen(python), at(error, "e.py", 5, How::Last));
        let cpp = "terminate called after throwing an instance of 'std::runtime_error'\n  \
            what():  Address already in use\n";
        let error = "std::runtime_error: Address already in use";
        assert_eq!(seen(cpp), (error.to_owned(), None, None, How::Last));
        assert_eq!(seen("terminate called after throwing an instance of 'int'\n").0, "int");
        let more = format!("{cpp}Waiting\n");
        assert_eq!(seen(&more).3, How::Earlier);
    }

    #[test]
    fn a_librarys_panic_has_no_line_of_the_program() {
        let rust = "thread 'main' panicked at /rustc/abc/library/core/src/x.rs:10:5:\nno\n";
        let (_, file, line, _) = seen(rust);
        assert_eq!((file, line), (None, None));
    }

    #[test]
    fn what_ended_a_thread_or_was_caught_did_not_end_the_program() {
        let trace = "Traceback (most recent call last):\n  File \"e.py\", line 5, in serve\n    x\n\
            ValueError: no\n";
        let how = |output: &str| seen(output).3;
        assert_eq!(how(trace), How::Last);
        assert_eq!(how(&format!("Exception in thread Thread-1 (serve):\n{trace}")), How::Thread);
        assert_eq!(how(&format!("{trace}going on\n")), How::Earlier);
        let java = "java.net.SocketException: Broken pipe\n\tat Echo.serve(Echo.java:9)\n";
        assert_eq!(how(java), How::Earlier);
        assert_eq!(
            how("Exception in thread \"Thread-0\" E\n\tat Echo.serve(Echo.java:9)\n"),
            How::Thread
        );
        assert_eq!(how("TypeError: x\n    at f (/home/ana/e.js:4:8)\n"), How::Earlier);
        assert_eq!(crash(&format!("Exception ignored in: <f>\n{trace}")), None);
    }

    #[test]
    fn compilers_that_run_programs_are_recognised() {
        let how = |output: &str| seen(output);
        let python =
            "  File \"/home/ana/e.py\", line 3\n    if x\n        ^\nSyntaxError: expected ':'\n";
        assert_eq!(how(python), at("SyntaxError: expected ':'", "e.py", 3, How::Compiler));
        let java = "E.java:4: error: ';' expected\n  int x\n       ^\n1 error\nerror: compilation failed\n";
        assert_eq!(how(java), at("';' expected", "E.java", 4, How::Compiler));
        let go = "# command-line-arguments\n./e.go:5:2: undefined: x\n";
        assert_eq!(how(go), at("undefined: x", "e.go", 5, How::Compiler));
        let node = "/home/ana/e.js:3\nlet let\n    ^^^\n\nSyntaxError: no\n    \
            at wrapSafe (node:internal/modules/cjs/loader:1469:18)\n\nNode.js v20.11.0\n";
        assert_eq!(how(node), at("SyntaxError: no", "e.js", 3, How::Compiler));
    }

    #[test]
    fn ordinary_output_is_no_crash() {
        for text in
            ["", "Error: connect: refused\n", "port 12: Address already in use\n", "panic: no"]
        {
            assert_eq!(crash(text), None, "{text}");
        }
    }
}
