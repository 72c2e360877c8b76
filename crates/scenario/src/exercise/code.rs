//! The languages that exercises have solutions in.

use std::path::Path;

/// A programming language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Code {
    /// Python 3.
    Python,
    /// Rust, of the standard library alone.
    Rust,
    /// C11 with POSIX.
    C,
}

impl Code {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Python, Self::Rust, Self::C];

    /// The word for it on command lines and in course files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Python => "python",
            Self::Rust => "rust",
            Self::C => "c",
        }
    }

    /// The language of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|code| code.name() == name)
    }

    /// What its files end in.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Python => "py",
            Self::Rust => "rs",
            Self::C => "c",
        }
    }

    /// The language of a file, by its name.
    pub fn of(file: &Path) -> Option<Self> {
        let extension = file.extension()?.to_str()?;
        Self::ALL.into_iter().find(|code| code.extension() == extension)
    }

    /// A line that is a comment, without its signs; `None` if it is none.
    pub(super) fn comment(self, line: &str) -> Option<&str> {
        let line = line.trim();
        Some(match self {
            Self::Python => line.strip_prefix('#')?.trim(),
            Self::Rust => line.strip_prefix("//")?.trim(),
            Self::C => match line.strip_prefix("/*") {
                Some(inner) => inner.strip_suffix("*/")?.trim(),
                None => line.strip_prefix("//")?.trim(),
            },
        })
    }

    /// A comment.
    pub(super) fn as_comment(self, text: &str) -> String {
        match self {
            Self::Python => format!("# {text}"),
            Self::Rust => format!("// {text}"),
            Self::C => format!("/* {text} */"),
        }
    }

    /// What stands in an empty gap, so that running the program says which one it is.
    pub(super) fn placeholder(self, gap: &str) -> String {
        match self {
            Self::Python => format!("raise NotImplementedError(\"{gap}\")"),
            Self::Rust => format!("todo!(\"{gap}\");"),
            Self::C => format!("fputs(\"{gap}\\n\", stderr), exit(1);"),
        }
    }
}
