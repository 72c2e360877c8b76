//! The languages of submissions, and where a program in each of them begins.

use std::path::Path;

/// A programming language of submissions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Language {
    Python,
    Rust,
    C,
    Java,
}

impl Language {
    pub(super) const ALL: [Self; 4] = [Self::Python, Self::Rust, Self::C, Self::Java];

    /// Its name on command lines.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Python => "python",
            Self::Rust => "rust",
            Self::C => "c",
            Self::Java => "java",
        }
    }

    pub(super) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.name() == name)
    }

    fn extension(self) -> &'static str {
        match self {
            Self::Python => "py",
            Self::Rust => "rs",
            Self::C => "c",
            Self::Java => "java",
        }
    }

    /// The language of a file, by its name. Some systems write names in capitals.
    pub(super) fn of(file: &Path) -> Option<Self> {
        let extension = file.extension()?.to_str()?;
        Self::ALL.into_iter().find(|code| code.extension().eq_ignore_ascii_case(extension))
    }

    /// The language of a file that is called `name.py.txt`. A Java compiler does not read such a file.
    pub(super) fn of_text(file: &Path) -> Option<Self> {
        let is_text = file.extension()?.eq_ignore_ascii_case("txt");
        let language = Self::of(Path::new(file.file_stem()?))?;
        (is_text && language != Self::Java).then_some(language)
    }

    /// True if a program can begin in a file with this text.
    pub(super) fn begins_in(self, text: &str) -> bool {
        match self {
            Self::Python => text.lines().any(|line| {
                let line = line.trim_end();
                line.starts_with("if ") && line.contains("__name__") && line.contains("__main__")
            }),
            Self::Rust => is_defined(&without_comments(text), "fn", "main"),
            Self::C => is_defined(&without_comments(text), "", "main"),
            Self::Java => is_defined(&without_comments(text), "void", "main"),
        }
    }

    /// True if a file with this text, which has this name, is used by another file: `import name`.
    pub(super) fn is_used(self, name: &str, by: &str) -> bool {
        self == Self::Python
            && by.lines().map(str::trim_start).any(|line| {
                let imports = line.starts_with("import ") || line.starts_with("from ");
                imports
                    && line
                        .split(|c: char| !(c.is_alphanumeric() || c == '_'))
                        .any(|word| word == name)
            })
    }
}

/// True if a function is defined: its name behind this word, its parameters, a body. A word that is
/// empty stands for any.
fn is_defined(code: &str, before: &str, name: &str) -> bool {
    let is_name = |c: char| c.is_alphanumeric() || c == '_';
    code.match_indices(name).any(|(at, _)| {
        let (ahead, behind) = (&code[..at], &code[at + name.len()..]);
        let word = ahead.trim_end();
        let apart = word.len() < ahead.len();
        let follows = apart && word.ends_with(|c: char| is_name(c) || c == '*');
        if !follows || !word.ends_with(before) || word.ends_with("return") {
            return false;
        }
        let Some(parameters) = behind.trim_start().strip_prefix('(') else { return false };
        let mut open = 1_usize;
        let end = parameters.find(|c| {
            open = match c {
                '(' => open + 1,
                ')' => open - 1,
                _ => open,
            };
            open == 0
        });
        let rest = end.map_or("", |end| parameters[end + 1..].trim_start());
        // Old C has the types of parameters between the two; Rust and Java what is returned or thrown.
        let declared = rest.find(';').unwrap_or(rest.len());
        rest.find('{').is_some_and(|body| body < declared)
    })
}

/// The text of a program in C, Rust or Java without comments and what stands between quotation marks.
pub(super) fn without_comments(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let skipped = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if let Some(inner) = rest.strip_prefix("/*") {
            inner.find("*/").map_or(rest.len(), |end| end + 4)
        } else if first == '"' {
            quoted(rest, '"')
        } else if first == '\'' {
            // A lifetime of Rust has no second mark, a character is short.
            let end = quoted(rest, '\'');
            if rest[..end].contains('\n') || end > 12 { 1 } else { end }
        } else {
            kept.push(first);
            rest = &rest[first.len_utf8()..];
            continue;
        };
        kept.push(' ');
        rest = &rest[skipped..];
    }
    kept
}

/// How long the beginning of a text is that stands between two marks.
fn quoted(text: &str, mark: char) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if c == mark => return at + c.len_utf8(),
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_begins_where_main_is_defined() {
        for (language, text, wanted) in [
            (Language::C, "int main(void)\n{\n}", true),
            (Language::C, "int\nmain (int argc, char *argv[]) { }", true),
            (Language::C, "int main(argc, argv) int argc; char **argv; {}", false),
            (Language::C, "int main(void);", false),
            (Language::C, "// int main(void) {}\nint helper(void) { return 0; }", false),
            (Language::C, "char *a = \"int main() {\";", false),
            (Language::C, "int remain(void) { return main(); }", false),
            (Language::C, "int domain(void) { }", false),
            (Language::Rust, "fn main() -> Result<(), String> { Ok(()) }", true),
            (Language::Rust, "fn f<'a>(x: &'a str) {}\nfn main() {}", true),
            (Language::Rust, "pub fn helper() { }", false),
            (Language::Java, "public static void main(String[] args) throws IOException {", true),
            (Language::Java, "/* void main(String[] args) { */ class Helper { }", false),
            (Language::Python, "if __name__ == '__main__':\n    main()", true),
            (Language::Python, "def main():\n    pass", false),
        ] {
            assert_eq!(language.begins_in(text), wanted, "{text}");
        }
    }

    #[test]
    fn a_file_that_another_one_imports_is_used() {
        let used = |by: &str| Language::Python.is_used("frames", by);
        assert!(used("import socket, frames") && used("from frames import Frame"));
        assert!(used("from .frames import x") && used("from . import frames"));
        assert!(!used("# import frames") && !used("import frames2"));
    }
}
