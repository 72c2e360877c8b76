//! The programming languages of exercises and submissions.

use std::path::Path;

/// A programming language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Code {
    /// Python 3.
    Python,
    /// Rust, with nothing but the standard library.
    Rust,
    /// C11 with POSIX.
    C,
    /// Java. A submission may be in it; no exercise has a starter or a solution in it.
    Java,
}

impl Code {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Python, Self::Rust, Self::C, Self::Java];

    /// Those that exercises may have starters and solutions in.
    pub const OFFERED: [Self; 3] = [Self::Python, Self::Rust, Self::C];

    /// Its name on command lines and in course files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Python => "python",
            Self::Rust => "rust",
            Self::C => "c",
            Self::Java => "java",
        }
    }

    /// The language with this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|code| code.name() == name)
    }

    /// The extension of its files.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Python => "py",
            Self::Rust => "rs",
            Self::C => "c",
            Self::Java => "java",
        }
    }

    /// The language of a file, by its name. Some systems write names in capitals.
    pub fn of(file: &Path) -> Option<Self> {
        let extension = file.extension()?.to_str()?;
        Self::ALL.into_iter().find(|code| code.extension().eq_ignore_ascii_case(extension))
    }

    /// The text of a comment line, without the comment marks; `None` if the line is not a comment.
    pub(super) fn comment(self, line: &str) -> Option<&str> {
        let line = line.trim();
        Some(match self {
            Self::Python => line.strip_prefix('#')?.trim(),
            Self::Rust | Self::Java => line.strip_prefix("//")?.trim(),
            Self::C => match line.strip_prefix("/*") {
                Some(inner) => inner.strip_suffix("*/")?.trim(),
                None => line.strip_prefix("//")?.trim(),
            },
        })
    }

    /// The text as a comment.
    pub(super) fn as_comment(self, text: &str) -> String {
        match self {
            Self::Python => format!("# {text}"),
            Self::Rust | Self::Java => format!("// {text}"),
            Self::C => format!("/* {text} */"),
        }
    }

    /// The line in an open gap: when it is executed, it reports which gap it is.
    pub(super) fn placeholder(self, gap: &str) -> String {
        match self {
            Self::Python => format!("raise NotImplementedError(\"{gap}\")"),
            Self::Rust => format!("todo!(\"{gap}\");"),
            Self::Java => format!("throw new UnsupportedOperationException(\"{gap}\");"),
            Self::C => format!("fputs(\"{gap}\\n\", stderr), exit(1);"),
        }
    }
}
