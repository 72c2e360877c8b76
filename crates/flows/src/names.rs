//! Display names of programs.

/// The display name of a command: its label, unless that is only the file name of an interpreter
/// that runs a script. Then it is the name of the script.
pub(crate) fn program_name(label: &str, argv: &[String]) -> String {
    let program = argv.first().map(|program| file_name(program));
    if !label.is_empty() && program != Some(label) {
        return label.to_owned();
    }
    let script = program.filter(|program| interprets(program)).and_then(|_| {
        let script = argv[1..].iter().find(|argument| !argument.starts_with('-'))?;
        // With -c, -m and -e, no script file follows.
        let inline = argv[1..].iter().any(|flag| flag == "-c" || flag == "-m" || flag == "-e");
        (!inline).then(|| file_name(script))
    });
    script.or(program).unwrap_or(label).to_owned()
}

/// The last part of a path.
pub fn file_name(path: &str) -> &str {
    path.rsplit('/').find(|part| !part.is_empty()).unwrap_or(path)
}

fn interprets(program: &str) -> bool {
    const INTERPRETERS: [&str; 9] =
        ["python", "pypy", "ruby", "perl", "node", "bash", "sh", "lua", "php"];
    let stem = program.trim_end_matches(|char: char| char.is_ascii_digit() || char == '.');
    INTERPRETERS.contains(&stem)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_goes_by_its_own_name() {
        let name = |label: &str, line: &str| {
            let argv: Vec<String> = line.split(' ').map(str::to_owned).collect();
            program_name(label, &argv)
        };
        assert_eq!(name("python3", "/usr/bin/python3 -B dir/TCPServer.py 80"), "TCPServer.py");
        for inline in ["-c import", "-m http.server", "-e puts"] {
            assert_eq!(name("", &format!("python3.11 {inline}")), "python3.11");
        }
        assert_eq!(name("server", "python3 TCPServer.py"), "server");
        assert_eq!(name("", "nc -l 80"), "nc");
        assert_eq!(program_name("", &[]), "");
    }
}
