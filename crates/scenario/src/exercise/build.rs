//! Builds a student's program: finds interpreters, and compiles Rust, C and Java into a temporary folder.

use std::ffi::OsStr;
use std::fs;
use std::io::{self, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use socklab_lab::Reached;

use super::code::Code;
use super::compile::compile;
use super::java;
use crate::Used;
use crate::format::{ARGS, Arguments};
use crate::scratch::Scratch;
use crate::submission::Submission;

/// A program that can be run.
#[derive(Debug)]
pub struct Built {
    /// How to run it.
    pub submission: Submission,
    /// What the compiler said although it accepted the file: its warnings. Empty if there are none.
    pub warnings: String,
    /// The folder it was compiled to, which is removed when this is dropped.
    _folder: Option<BuildFolder>,
}

/// Why a program could not be built.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// A tool is not installed, which is not the student's fault.
    #[error("{tool} is not installed, or not in PATH")]
    Missing {
        /// Which tool.
        tool: String,
    },
    /// The compiler refused the file, which is for the student to correct.
    #[error("{command}: {output}")]
    Refused {
        /// The compiler and the file.
        command: String,
        /// What the compiler printed.
        output: String,
    },
    /// The file makes the compiler need more than it may, which is for the student to correct.
    #[error("{command}: ended at a limit ({reached:?})")]
    Limit {
        /// The compiler and the file.
        command: String,
        /// Which limit.
        reached: Reached,
        /// What the compiler printed until then.
        output: String,
    },
    /// The compiler can't even compile the smallest program here, or was killed by somebody else.
    #[error("{tool} does not work here: {output}")]
    Broken {
        /// The compiler.
        tool: String,
        /// What it printed.
        output: String,
    },
    /// The machine gave the compiler too little time.
    #[error("{command}: not finished after {} s, because the machine is busy", .after.as_secs())]
    Busy {
        /// The compiler and the file.
        command: String,
        /// How long it had.
        after: Duration,
    },
    /// A system call failed.
    #[error("{call} {object}: {source}")]
    Call {
        /// Which call.
        call: &'static str,
        /// On which file or program.
        object: String,
        /// Why it failed.
        source: io::Error,
    },
}

/// A folder for compiled programs, removed when it is dropped.
#[derive(Debug)]
pub struct BuildFolder(Scratch);

impl BuildFolder {
    /// Makes a new folder.
    ///
    /// # Errors
    ///
    /// `mkdir(2)` failed.
    pub fn open() -> Result<Self, BuildError> {
        let mut scratch = Scratch::new();
        scratch.make().map_err(|source| failed("mkdir", scratch.path())(source))?;
        Ok(Self(scratch))
    }

    /// Its path.
    pub fn path(&self) -> &Path {
        self.0.path()
    }
}

pub(super) fn failed(call: &'static str, object: &Path) -> impl FnOnce(io::Error) -> BuildError {
    let object = object.display().to_string();
    move |source| BuildError::Call { call, object, source }
}

impl Built {
    /// Builds one source file of an exercise with these arguments, to be run in the file's folder.
    ///
    /// # Errors
    ///
    /// A compiler or interpreter that is not installed, or a file that the compiler refused.
    pub fn from_source(code: Code, file: &Path, arguments: &Arguments) -> Result<Self, BuildError> {
        Self::from_sources(code, file, &[], arguments, &[], &Used::default())
    }

    /// Builds a source file together with others that it does not name, as C and Java need it. The
    /// compiler does not see what is `hidden`, as classmates' files. What it used is added to `used`, also
    /// if it refused the file.
    ///
    /// # Errors
    ///
    /// A compiler or interpreter that is not installed, or a file that the compiler refused.
    pub fn from_sources(
        code: Code,
        file: &Path,
        with: &[PathBuf],
        arguments: &Arguments,
        hidden: &[PathBuf],
        used: &Used,
    ) -> Result<Self, BuildError> {
        let whole = |file: &Path| file.canonicalize().map_err(failed("open", file));
        let file = whole(file)?;
        let with = with.iter().map(|file| whole(file)).collect::<Result<Vec<_>, _>>()?;
        let folder = file.parent().map(Path::to_owned);
        let submission = |argv: Vec<String>| Submission {
            argv: argv.into_iter().chain([ARGS.to_owned()]).collect(),
            directory: folder.clone(),
            needs: Vec::new(),
            language: code.name().to_owned(),
            arguments: arguments.clone(),
        };
        if code == Code::Python {
            let python = interpreter(find("python3")?);
            return Ok(Self {
                submission: submission(vec![python, file.display().to_string()]),
                warnings: String::new(),
                _folder: None,
            });
        }
        let build = BuildFolder::open()?;
        if code == Code::Java {
            let java = java::build((&file, &with), build.path(), hidden, used)?;
            let mut submission = submission(java.argv);
            submission.needs.push(java.classes);
            return Ok(Self { submission, warnings: java.warnings, _folder: Some(build) });
        }
        let program = build.path().join(file.file_stem().unwrap_or(OsStr::new("program")));
        let sources = [vec![file], with].concat();
        let warnings = compile(code, &sources, &program, build.path(), hidden, used)?;
        let argv = vec![program.display().to_string()];
        Ok(Self { submission: submission(argv), warnings, _folder: Some(build) })
    }

    /// Makes a program from a command as it was typed, for an exercise with these arguments.
    ///
    /// # Errors
    ///
    /// The program is not installed.
    pub fn from_command(words: &[String], arguments: &Arguments) -> Result<Self, BuildError> {
        let mut argv = words.to_vec();
        if let Some(program) = argv.first_mut() {
            let found = find(program)?;
            // A program with this name that is not the machine's own is not asked anything: it may be
            // what is to be checked.
            let python = program == "python3" && Path::new(&found).is_absolute();
            *program = if python { interpreter(found) } else { found };
        }
        // A command that names its source file without compiling it is in that file's language.
        let of_file = || words.iter().find_map(|word| Code::of(Path::new(word)));
        let language = arguments.behind(words).map(str::to_owned);
        let language =
            language.or_else(|| of_file().map(|code| code.name().to_owned())).unwrap_or_default();
        // Where a program usually gets no arguments, others can only follow it.
        let is_program = match words {
            [_] => true,
            [tool, file] => !tool.contains('/') && Path::new(file).is_file(),
            _ => false,
        };
        if arguments.of(&language).is_empty() && is_program {
            argv.push(ARGS.to_owned());
        }
        let arguments = arguments.clone();
        Ok(Self {
            submission: Submission {
                argv,
                directory: None,
                needs: Vec::new(),
                language,
                arguments,
            },
            warnings: String::new(),
            _folder: None,
        })
    }
}

/// The interpreter itself. `python3` may be a script that finds the right version and starts it:
/// then every case would wait for that script, and record its calls.
fn interpreter(python: String) -> String {
    let mut start = [0; 2];
    let read = fs::File::open(&python).and_then(|mut file| file.read_exact(&mut start));
    let is_script = read.is_ok() && start == *b"#!";
    if !is_script {
        return python;
    }
    let ask = ["-c", "import sys; print(sys.executable)"];
    let output = Command::new(&python).args(ask).stdin(Stdio::null()).output();
    let said = output.ok().and_then(|output| String::from_utf8(output.stdout).ok());
    said.map(|path| path.trim().to_owned()).filter(|path| find(path).is_ok()).unwrap_or(python)
}

/// True if a shell would find a program of this name.
pub(crate) fn is_installed(program: &str) -> bool {
    find(program).is_ok()
}

/// The path of a program, found as a shell finds it.
pub(super) fn find(program: &str) -> Result<String, BuildError> {
    let runs = |path: &Path| {
        path.metadata().is_ok_and(|about| about.is_file() && about.permissions().mode() & 0o111 > 0)
    };
    let missing = || BuildError::Missing { tool: program.to_owned() };
    if program.contains('/') {
        return if runs(Path::new(program)) { Ok(program.to_owned()) } else { Err(missing()) };
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path).map(|folder| folder.join(program)).find(|at| runs(at));
    found.map(|at| at.display().to_string()).ok_or_else(missing)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_program_is_reported_as_missing() {
        let missing = Built::from_command(
            &["no-such-interpreter".into(), "x.py".into()],
            &Arguments::default(),
        );
        assert!(
            matches!(missing, Err(BuildError::Missing { tool }) if tool == "no-such-interpreter")
        );
        let command = ["sh", "-c", "exit"].map(str::to_owned);
        let built = Built::from_command(&command, &Arguments::default()).unwrap();
        let argv = built.submission.argv;
        // The last word is no program: nobody knows what a further one would mean.
        assert!(argv[0].ends_with("/sh") && argv[1..] == command[1..], "{argv:?}");
        let built = Built::from_command(&["sh".to_owned()], &Arguments::default()).unwrap();
        assert_eq!(built.submission.argv[1..], [ARGS]);
    }

    #[test]
    fn compiler_output_is_quoted_and_programs_are_removed() {
        let folder = BuildFolder::open().unwrap();
        let file = folder.path().join("server.c");
        fs::write(&file, "int main(void) { return 0 }\n").unwrap();
        match Built::from_source(Code::C, &file, &Arguments::default()) {
            Err(BuildError::Refused { command, output }) => {
                assert!(command.starts_with("gcc ") && output.contains("expected"), "{output}");
            }
            Err(BuildError::Missing { .. }) => socklab_prerequisites::not_run!("a C compiler"),
            other => panic!("{other:?}"),
        }
        fs::write(&file, "int main(void) { return 0; }\n").unwrap();
        if let Ok(built) = Built::from_source(Code::C, &file, &Arguments::default()) {
            let program = PathBuf::from(&built.submission.argv[0]);
            assert!(program.is_file() && built.submission.argv[1] == ARGS);
            drop(built);
            assert!(!program.exists());
        }
    }

    fn built_c(name: &str, text: &str) -> Option<Result<Built, BuildError>> {
        if !is_installed("gcc") {
            socklab_prerequisites::say_not_run(name, "gcc");
            return None;
        }
        let folder = BuildFolder::open().unwrap();
        let file = folder.path().join(name);
        fs::write(&file, text).unwrap();
        rustix::fs::mkfifoat(rustix::fs::CWD, folder.path().join("ff"), 0o600.into()).unwrap();
        Some(Built::from_source(Code::C, &file, &Arguments::default()))
    }

    #[test]
    fn warnings_of_an_accepted_file_are_kept() {
        let text = "int main(void) { int unused; return 0; }\n";
        let Some(built) = built_c("warned.c", text) else { return };
        assert!(built.unwrap().warnings.contains("unused variable"));
        // However many they are: what is beyond a limit, and the folder in each, is left out.
        let text = format!("{}int main(void) {{ return 0; }}\n", "#warning again\n".repeat(12_000));
        let Some(built) = built_c("talks.c", &text) else { return };
        assert!(built.unwrap().warnings.len() > 1 << 19);
    }

    #[test]
    fn what_is_hidden_cannot_be_included() {
        if !is_installed("gcc") {
            socklab_prerequisites::not_run!("gcc");
        }
        let mut options = socklab_lab::CellOptions::default();
        (options.own_user, options.own_network) = (true, true);
        options.sandbox = Some(socklab_lab::Sandbox::new(socklab_lab::Limits::default()));
        if let Err(refusal) = socklab_lab::Cell::open(&options) {
            socklab_prerequisites::not_run!(&format!("a sandbox ({refusal})"));
        }
        let folder = BuildFolder::open().unwrap();
        let [file, key] = ["includes.c", "key.h"].map(|name| folder.path().join(name));
        fs::write(&file, "#include \"key.h\"\nint main(void) { return KEY; }\n").unwrap();
        fs::write(&key, "#define KEY 0\n").unwrap();
        let built = |hidden: &[PathBuf]| {
            let none = Arguments::default();
            Built::from_sources(Code::C, &file, &[], &none, hidden, &Used::default())
        };
        assert!(built(&[]).is_ok());
        let Err(BuildError::Refused { output, .. }) = built(&[key]) else { panic!("it is seen") };
        assert!(output.contains("KEY"), "{output}");
    }

    #[test]
    fn what_a_file_says_is_not_taken_for_the_compilers_words() {
        let text = "#error No space left on device\n#error Killed signal terminated program cc1\n\
            #error Cannot allocate memory\n#error File too large\n#error CPU time limit exceeded\n";
        let Some(built) = built_c("claims.c", text) else { return };
        assert!(matches!(built, Err(BuildError::Refused { .. })), "{built:?}");
    }

    #[test]
    fn a_file_that_the_compiler_cannot_finish_is_not_blamed_on_the_machine() {
        let waits = "#include \"ff\"\nint main(void) { return 0; }\n";
        let huge = "char a[1400000000] = {1};\nint main(void) { return 0; }\n";
        for (name, text) in [("waits.c", waits), ("huge.c", huge)] {
            let Some(built) = built_c(name, text) else { return };
            let Err(BuildError::Limit { reached, .. }) = built else { panic!("{name}: {built:?}") };
            match reached {
                Reached::Asleep(_) => assert_eq!(name, "waits.c"),
                Reached::Written(_) | Reached::Memory(_) => assert_eq!(name, "huge.c"),
                other => panic!("{name}: {other:?}"),
            }
        }
    }
}
