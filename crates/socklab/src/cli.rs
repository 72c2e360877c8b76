//! The command line: its words and their types. What they mean to a reader is in
//! `locales/*/cli.ftl`, under the key `cmd-COMMAND` or `arg-COMMAND-ARGUMENT`.
//!
//! Longer than 400 lines, because it is one list of words without decisions.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use clap::builder::{PossibleValuesParser, TypedValueParser as _};
use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};
use socklab_filter::Filter;
use socklab_say::{Language, Speaker, sentence};
use socklab_scenario::IsolationWanted;

use crate::commands::trace::MAX_SIZE;
use crate::usage;

#[derive(Debug, Parser)]
#[command(name = "socklab", version, disable_help_subcommand = true)]
pub(crate) struct Cli {
    #[arg(
        long,
        global = true,
        value_name = tags().collect::<Vec<_>>().join("|"),
        value_parser = PossibleValuesParser::new(tags()).map(language),
        hide_possible_values = true
    )]
    pub(crate) lang: Option<Language>,

    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

impl Cli {
    /// The same command line, explained in a language.
    pub(crate) fn command_in(speaker: Speaker) -> clap::Command {
        usage::explain(speaker, Self::command(), "")
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Learn(Learn),
    Tour(Tour),
    List {
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        which: WhichCourse,
    },
    Show {
        #[arg(value_name = "PROGRAM")]
        name: String,
        #[arg(long)]
        source: bool,
    },
    #[command(trailing_var_arg = true)]
    Run(Run),
    #[command(name = "what-if")]
    WhatIf(WhatIf),
    #[command(subcommand)]
    Course(CourseCommand),
    Trace(Trace),
    Draw(Draw),
    Watch(Watch),
    Follow(Follow),
    Diff(Diff),
    Host {
        #[arg(long)]
        json: bool,
    },
    Resolve(Resolve),
    Service {
        #[arg(value_name = "PORT[/PROTOCOL]|NAME", required = true)]
        queries: Vec<String>,
        #[arg(long)]
        json: bool,
    },
    Serve(Serve),
    Connect(Connect),
    Exercise {
        #[command(subcommand)]
        command: ExerciseCommand,
    },
    Check(Check),
    Grade(Box<Grade>),
    Hint(Hint),
    Exam(Exam),
    Doctor {
        #[arg(long)]
        json: bool,
    },
    #[command(subcommand)]
    Lab(LabCommand),
    Completions {
        #[arg(hide_possible_values = true)]
        shell: clap_complete::Shell,
    },
    Man {
        #[arg(value_name = "FOLDER")]
        folder: PathBuf,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Tour {
    #[arg(long, value_name = "PROGRAM")]
    pub(crate) from: Option<String>,
    #[arg(long)]
    pub(crate) pause: bool,
    #[arg(long, conflicts_with = "pause")]
    pub(crate) json: bool,
    #[arg(short, long, value_name = "FILE.html")]
    pub(crate) output: Option<PathBuf>,
    /// For socklab's own use: only the stop of this program, and nothing around it.
    #[arg(long, hide = true, value_name = "PROGRAM")]
    pub(crate) stop: Option<String>,
    #[command(flatten)]
    pub(crate) packets: Packets,
    #[command(flatten)]
    pub(crate) which: WhichCourse,
}

#[derive(Debug, Default, Args)]
pub(crate) struct Learn {
    #[arg(value_name = "PROGRAM|QUESTION|EXERCISE")]
    pub(crate) name: Option<String>,
    #[command(flatten)]
    pub(crate) which: WhichCourse,
}

/// Whether packets are recorded where programs run on a loopback of their own.
#[derive(Clone, Copy, Debug, Default, Args)]
pub(crate) struct Packets {
    #[arg(long)]
    pub(crate) no_packets: bool,
}

impl Packets {
    pub(crate) fn wanted(self) -> bool {
        !self.no_packets
    }

    /// The option that says the same again.
    pub(crate) fn word(self) -> Option<&'static str> {
        self.no_packets.then_some("--no-packets")
    }
}

/// Which course to read, if not the nearest folder `course` over the built-in one.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct WhichCourse {
    #[arg(long, conflicts_with = "course")]
    pub(crate) builtin: bool,
    #[arg(long, value_name = "FOLDER")]
    pub(crate) course: Option<PathBuf>,
}

impl WhichCourse {
    /// The options that name this course again.
    pub(crate) fn words(&self) -> Vec<String> {
        let folder = self.course.iter().map(|folder| folder.display().to_string());
        let named = folder.flat_map(|folder| ["--course".to_owned(), folder]);
        self.builtin.then(|| "--builtin".to_owned()).into_iter().chain(named).collect()
    }
}

#[derive(Debug, Default, Args)]
pub(crate) struct Run {
    #[arg(long)]
    pub(crate) lab: bool,
    #[arg(long)]
    pub(crate) trace: bool,
    #[arg(long)]
    pub(crate) live: bool,
    #[arg(long)]
    pub(crate) no_packets: bool,
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Vec<PathBuf>,
    #[arg(long, value_name = "RULE")]
    pub(crate) wire: Vec<String>,
    #[arg(long, value_name = "BYTES")]
    pub(crate) mtu: Option<u32>,
    #[arg(short, long, value_name = "EXPRESSION", value_parser = Filter::parse)]
    pub(crate) filter: Option<Filter>,
    #[arg(value_name = "PROGRAM")]
    pub(crate) name: String,
    #[arg(allow_hyphen_values = true)]
    pub(crate) arguments: Vec<String>,
    #[command(flatten)]
    pub(crate) bond: Bond,
}

#[derive(Debug, Args)]
pub(crate) struct WhatIf {
    #[arg(value_name = "QUESTION|list|all")]
    pub(crate) question: Option<String>,
    #[arg(long, value_name = "CHOICE")]
    pub(crate) predict: Option<String>,
    #[arg(long)]
    pub(crate) show_commands: bool,
    #[arg(long, value_name = "NUMBER")]
    pub(crate) seed: Option<u64>,
    #[arg(long, value_name = "RULE")]
    pub(crate) wire: Vec<String>,
    #[arg(long)]
    pub(crate) json: bool,
    #[arg(long)]
    pub(crate) all: bool,
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) packets: Packets,
    #[command(flatten)]
    pub(crate) which: WhichCourse,
}

#[derive(Debug, Subcommand)]
pub(crate) enum CourseCommand {
    Check(CourseCheck),
    Soak(CourseSoak),
    Copy(CourseCopy),
    Format,
}

#[derive(Debug, Args)]
pub(crate) struct CourseCopy {
    #[arg(value_name = "QUESTION|EXERCISE")]
    pub(crate) name: String,
    #[arg(value_name = "FOLDER")]
    pub(crate) folder: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct CourseCheck {
    #[arg(value_name = "FOLDER")]
    pub(crate) folder: Option<PathBuf>,
    #[arg(long, conflicts_with = "folder")]
    pub(crate) builtin: bool,
    #[arg(long)]
    pub(crate) run: bool,
    #[arg(long, requires = "run", value_name = "QUESTION|EXERCISE")]
    pub(crate) only: Option<String>,
    #[arg(long)]
    pub(crate) json: bool,
}

/// How often every program is checked, and at most.
const TIMES: u32 = 30;
const MOST_TIMES: u32 = 10_000;

/// The most busy loops beside the checks.
const MOST_LOAD: u32 = 256;

#[derive(Debug, Args)]
pub(crate) struct CourseSoak {
    #[arg(value_name = "QUESTION|EXERCISE")]
    pub(crate) names: Vec<String>,
    #[arg(long, value_name = "N", default_value_t = TIMES, hide_default_value = true)]
    #[arg(value_parser = clap::value_parser!(u32).range(1..=i64::from(MOST_TIMES)))]
    pub(crate) times: u32,
    #[arg(long, value_name = "N", default_value_t = processors(), hide_default_value = true)]
    #[arg(value_parser = clap::value_parser!(u32).range(..=i64::from(MOST_LOAD)))]
    pub(crate) load: u32,
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub(crate) within: Option<Duration>,
    #[arg(long, value_name = "NUMBER")]
    pub(crate) seed: Option<u64>,
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) which: WhichCourse,
    #[arg(last = true, value_name = "COMMAND", requires = "names")]
    pub(crate) command: Vec<String>,
}

/// How many loops keep all processors busy.
fn processors() -> u32 {
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    u32::try_from(processors).unwrap_or(MOST_LOAD).min(MOST_LOAD)
}

/// The sizes that a recording may be limited to, in bytes.
const SMALLEST_RECORDING: u64 = 64 << 10;
const LARGEST_RECORDING: u64 = 1 << 50;

/// The widest drawing.
const MOST_COLUMNS: usize = 10_000;

/// The largest sample of a message that can be recorded.
const LARGEST_SAMPLE: u64 = 16 << 20;

/// A place of one's own, and what runs in it.
#[derive(Debug, Subcommand)]
pub(crate) enum LabCommand {
    Run(LabRun),
    Shell(LabShell),
    Up(LabUp),
    Exec(LabExec),
    Status(LabStatus),
    Wire(LabWire),
    Link(LabLink),
    Down(LabDown),
}

/// What a place is like.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct LabPlace {
    #[arg(long, value_name = "N|NAMES")]
    pub(crate) hosts: Option<String>,
    #[arg(long, value_name = "RULE")]
    pub(crate) wire: Vec<String>,
    #[arg(long, value_name = "BYTES")]
    pub(crate) mtu: Option<u32>,
    #[arg(long, conflicts_with = "wire")]
    pub(crate) fast: bool,
}

#[derive(Debug, Args)]
pub(crate) struct LabRun {
    #[command(flatten)]
    pub(crate) place: LabPlace,
    #[arg(long, value_name = "HOST")]
    pub(crate) on: Option<String>,
    #[arg(long)]
    pub(crate) trace: bool,
    #[arg(long)]
    pub(crate) live: bool,
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) look: Look,
    #[arg(last = true, required = true, value_name = "COMMAND")]
    pub(crate) command: Vec<OsString>,
}

#[derive(Debug, Args)]
pub(crate) struct LabShell {
    #[arg(value_name = "HOST")]
    pub(crate) host: Option<String>,
    #[command(flatten)]
    pub(crate) place: LabPlace,
    #[arg(long, value_name = "LAB")]
    pub(crate) name: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct LabUp {
    #[arg(value_name = "LAB")]
    pub(crate) name: Option<String>,
    #[command(flatten)]
    pub(crate) place: LabPlace,
    /// For socklab's own use: be the lab.
    #[arg(long, hide = true)]
    pub(crate) hold: bool,
}

#[derive(Debug, Args)]
pub(crate) struct LabExec {
    #[arg(value_name = "HOST")]
    pub(crate) host: Option<String>,
    #[arg(long, value_name = "LAB")]
    pub(crate) name: Option<String>,
    #[arg(last = true, required = true, value_name = "COMMAND")]
    pub(crate) command: Vec<OsString>,
}

#[derive(Debug, Args)]
pub(crate) struct LabStatus {
    #[arg(value_name = "LAB")]
    pub(crate) name: Option<String>,
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct LabWire {
    #[arg(value_name = "RULE", required = true)]
    pub(crate) rules: Vec<String>,
    #[arg(long, value_name = "LAB")]
    pub(crate) name: Option<String>,
}

/// What becomes of a cable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Cable {
    Up,
    Down,
}

#[derive(Debug, Args)]
pub(crate) struct LabLink {
    #[arg(value_name = "HOST")]
    pub(crate) host: String,
    #[arg(value_enum, value_name = "up|down", hide_possible_values = true)]
    #[arg(required_unless_present = "path_mtu")]
    pub(crate) cable: Option<Cable>,
    #[arg(long, value_name = "BYTES", value_parser = clap::value_parser!(u32).range(68..=65_535))]
    pub(crate) path_mtu: Option<u32>,
    #[arg(long, value_name = "LAB")]
    pub(crate) name: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct LabDown {
    #[arg(value_name = "LAB")]
    pub(crate) name: Option<String>,
}

#[derive(Debug, Default, Args)]
pub(crate) struct Trace {
    #[arg(value_name = "LINE", required_unless_present_any = ["command", "pid"])]
    pub(crate) commands: Vec<String>,
    #[arg(last = true, value_name = "COMMAND")]
    pub(crate) command: Vec<OsString>,
    #[arg(short, long, value_name = "PID")]
    pub(crate) pid: Vec<u32>,
    #[arg(long, requires = "pid")]
    pub(crate) only: bool,
    #[arg(long, conflicts_with = "pid")]
    pub(crate) packets: bool,
    #[arg(long, conflicts_with = "packets")]
    pub(crate) no_packets: bool,
    #[arg(long)]
    pub(crate) no_lines: bool,
    #[arg(short, long)]
    pub(crate) live: bool,
    #[arg(long, value_name = "RULE", conflicts_with_all = ["pid", "no_packets"])]
    pub(crate) wire: Vec<String>,
    #[arg(long, value_name = "BYTES", conflicts_with_all = ["pid", "no_packets"])]
    pub(crate) mtu: Option<u32>,
    #[arg(short, long, alias = "record", value_name = "FILE")]
    pub(crate) output: Vec<PathBuf>,
    #[arg(long, value_name = "N", default_value_t = 1024, hide_default_value = true)]
    #[arg(value_parser = clap::builder::RangedU64ValueParser::<usize>::new().range(..=LARGEST_SAMPLE))]
    pub(crate) bytes: usize,
    #[arg(short, long, value_name = "SECONDS", value_parser = seconds)]
    pub(crate) timeout: Option<Duration>,
    #[arg(long, value_name = "SIZE", value_parser = size, default_value_t = MAX_SIZE, hide_default_value = true)]
    pub(crate) max_size: u64,
    #[arg(long)]
    pub(crate) redact: bool,
    #[arg(long, value_name = "SECONDS", value_parser = seconds_or_none)]
    pub(crate) grace: Option<Duration>,
    #[command(flatten)]
    pub(crate) look: Look,
}

impl Trace {
    /// True if the programs are to run on a loopback that is looped through a wire.
    pub(crate) fn is_wired(&self) -> bool {
        !self.wire.is_empty() || self.mtu.is_some()
    }
}

#[derive(Debug, Args)]
pub(crate) struct Draw {
    #[arg(value_name = "FILE", required = true)]
    pub(crate) files: Vec<PathBuf>,
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Vec<PathBuf>,
    #[arg(long)]
    pub(crate) redact: bool,
    #[arg(long)]
    pub(crate) no_lines: bool,
    #[arg(long, requires = "figures")]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) look: Look,
}

#[derive(Debug, Args)]
pub(crate) struct Watch {
    #[arg(value_name = "FILE.jsonl")]
    pub(crate) file: PathBuf,
    #[arg(short, long, value_name = "EXPRESSION", value_parser = Filter::parse)]
    pub(crate) filter: Option<Filter>,
    #[arg(long)]
    pub(crate) all: bool,
    #[arg(long)]
    pub(crate) ascii: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Follow {
    #[arg(value_name = "FILE", required = true)]
    pub(crate) files: Vec<PathBuf>,
    #[arg(short, long, value_name = "N")]
    #[arg(value_parser = clap::builder::RangedU64ValueParser::<usize>::new().range(1..))]
    pub(crate) connection: Option<usize>,
    #[arg(short, long, value_name = "EXPRESSION", value_parser = Filter::parse)]
    #[arg(conflicts_with = "connection")]
    pub(crate) filter: Option<Filter>,
    #[arg(long, conflicts_with = "json")]
    pub(crate) hex: bool,
    #[arg(long)]
    pub(crate) json: bool,
    #[arg(short, long, value_name = "FOLDER", conflicts_with_all = ["hex", "json"])]
    pub(crate) output: Option<PathBuf>,
    #[arg(long, requires = "output")]
    pub(crate) partial: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Diff {
    #[arg(value_name = "A.jsonl")]
    pub(crate) a: PathBuf,
    #[arg(value_name = "B.jsonl")]
    pub(crate) b: PathBuf,
    #[arg(long)]
    pub(crate) all: bool,
    #[arg(long, value_name = "COLUMNS", value_parser = columns)]
    pub(crate) width: Option<usize>,
    #[arg(long)]
    pub(crate) ascii: bool,
    #[arg(long)]
    pub(crate) json: bool,
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Vec<PathBuf>,
}

/// Options for how a ladder looks.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct Look {
    #[arg(short, long, value_name = "EXPRESSION", value_parser = Filter::parse)]
    pub(crate) filter: Option<Filter>,
    #[arg(long, value_name = "COLUMNS", value_parser = columns)]
    pub(crate) width: Option<usize>,
    #[arg(long)]
    pub(crate) ascii: bool,
    #[arg(long)]
    pub(crate) all: bool,
    #[arg(long, value_enum, value_name = "relative|clock|none", hide_possible_values = true)]
    pub(crate) time: Option<TimeColumn>,
    #[arg(long)]
    pub(crate) since_previous: bool,
    #[arg(long)]
    pub(crate) durations: bool,
    #[arg(long, conflicts_with = "no_explanations")]
    pub(crate) lessons: bool,
    #[arg(long)]
    pub(crate) no_explanations: bool,
    #[arg(long, group = "figures")]
    pub(crate) summary: bool,
    #[arg(long, group = "figures", conflicts_with = "summary")]
    pub(crate) latency: bool,
    /// True if the command has these options, so that what is drawn may name them.
    #[arg(skip = true)]
    pub(crate) offered: bool,
    /// True if what the programs said is left out, so that their source is no business of the reader's
    /// either.
    #[arg(skip)]
    pub(crate) redacted: bool,
    /// True if the command makes recordings, so that what is drawn may say how to record packets.
    #[arg(skip = true)]
    pub(crate) records: bool,
}

impl Look {
    /// True if figures are asked for, instead of the ladder.
    pub(crate) fn has_figures(&self) -> bool {
        self.summary || self.latency
    }

    /// For readers who learn: what went wrong, and what is worth knowing.
    pub(crate) fn for_learning() -> Self {
        Self { lessons: true, ..Self::default() }
    }
}

/// The times beside the rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum TimeColumn {
    /// Since the start.
    Relative,
    /// Of the day.
    Clock,
    None,
}

/// For socklab's own use: processes that it starts must not outlive it.
#[derive(Clone, Copy, Debug, Default, Args)]
pub(crate) struct Bond {
    #[arg(long, hide = true, value_name = "PID")]
    pub(crate) end_with_parent: Option<u32>,
}

#[derive(Debug, Args)]
pub(crate) struct Resolve {
    #[arg(required = true)]
    pub(crate) names: Vec<String>,
    #[arg(short = '4', long, conflicts_with = "ipv6")]
    pub(crate) ipv4: bool,
    #[arg(short = '6', long)]
    pub(crate) ipv6: bool,
    #[arg(long)]
    pub(crate) json: bool,
}

/// The servers that `serve` can run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Protocol {
    Echo,
    Upper,
    Daytime,
    Http,
    Ntp,
}

#[derive(Debug, Args)]
pub(crate) struct Serve {
    #[arg(value_enum, hide_possible_values = true)]
    pub(crate) protocol: Protocol,
    #[arg(long, short)]
    pub(crate) port: Option<u16>,
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1", hide_default_value = true)]
    pub(crate) listen: std::net::IpAddr,
    #[arg(long)]
    pub(crate) tcp: bool,
    #[arg(long)]
    pub(crate) udp: bool,
    #[arg(long, value_name = "FOLDER")]
    pub(crate) root: Option<PathBuf>,
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) bond: Bond,
}

#[derive(Debug, Args)]
pub(crate) struct Connect {
    pub(crate) host: String,
    #[arg(value_name = "PORT")]
    pub(crate) port: Option<String>,
    #[arg(long)]
    pub(crate) udp: bool,
    #[arg(short = 'x', long)]
    pub(crate) hex: bool,
    #[arg(short, long)]
    pub(crate) verbose: bool,
    #[arg(short, long, value_name = "SECONDS", value_parser = seconds)]
    pub(crate) timeout: Option<Duration>,
    #[command(flatten)]
    pub(crate) bond: Bond,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ExerciseCommand {
    List {
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        which: WhichCourse,
    },
    Start(Start),
    Solution(Solution),
}

#[derive(Debug, Args)]
pub(crate) struct Start {
    #[arg(value_name = "EXERCISE")]
    pub(crate) name: String,
    #[arg(long = "in", value_enum, value_name = "python|rust|c", hide_possible_values = true)]
    pub(crate) code: Option<CodeLanguage>,
    #[arg(long)]
    pub(crate) force: bool,
    #[command(flatten)]
    pub(crate) which: WhichCourse,
    #[arg(value_name = "FOLDER")]
    pub(crate) folder: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Solution {
    #[arg(value_name = "EXERCISE")]
    pub(crate) name: String,
    #[arg(long = "in", value_enum, value_name = "python|rust|c", hide_possible_values = true)]
    pub(crate) code: Option<CodeLanguage>,
    #[arg(long, value_name = "NAME", conflicts_with = "diff")]
    pub(crate) gap: Option<String>,
    #[arg(long, value_name = "FILE", num_args = 0..=1)]
    pub(crate) diff: Option<Option<PathBuf>>,
    #[arg(long)]
    pub(crate) anyway: bool,
    #[command(flatten)]
    pub(crate) which: WhichCourse,
}

/// The languages an exercise can be written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum CodeLanguage {
    Python,
    Rust,
    C,
}

impl From<CodeLanguage> for socklab_scenario::exercise::Code {
    fn from(language: CodeLanguage) -> Self {
        match language {
            CodeLanguage::Python => Self::Python,
            CodeLanguage::Rust => Self::Rust,
            CodeLanguage::C => Self::C,
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct Check {
    #[arg(value_name = "EXERCISE")]
    pub(crate) name: Option<String>,
    #[arg(long, conflicts_with_all = ["format", "case"])]
    pub(crate) watch: bool,
    #[arg(
        long,
        value_enum,
        value_name = "FORMAT",
        default_value = "text",
        hide_default_value = true,
        hide_possible_values = true
    )]
    format: Format,
    #[arg(long, conflicts_with_all = ["format", "watch"])]
    json: bool,
    #[arg(long, value_name = "CASE")]
    pub(crate) case: Option<String>,
    #[arg(long, value_name = "FOLDER", conflicts_with = "watch")]
    pub(crate) pack: Option<PathBuf>,
    #[arg(long, value_name = "RULE", conflicts_with = "watch")]
    pub(crate) wire: Vec<String>,
    #[arg(short, long, value_name = "FILE", requires = "case")]
    pub(crate) output: Vec<PathBuf>,
    #[arg(long, value_name = "NUMBER")]
    pub(crate) seed: Option<u64>,
    #[command(flatten)]
    pub(crate) which: WhichCourse,
    #[command(flatten)]
    pub(crate) apart: Apart,
    #[command(flatten)]
    pub(crate) packets: Packets,
    #[arg(last = true, value_name = "COMMAND")]
    pub(crate) command: Vec<String>,
}

/// The most submissions that are graded at once.
const MOST_JOBS: u32 = 256;
/// The most points of a right answer.
const MOST_EXAM_POINTS: i64 = 1000;

/// How often a submission is graded again because the machine failed.
const RETRIES: u32 = 2;

#[derive(Clone, Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(crate) struct Grade {
    #[arg(value_name = "EXERCISE", required = true)]
    pub(crate) name: Option<String>,
    #[arg(value_name = "FOLDER", required_unless_present = "gradescope_zip")]
    pub(crate) folder: Option<PathBuf>,
    #[arg(long, value_name = "FILE", conflicts_with_all = ["folder", "output", "format", "soak"])]
    pub(crate) gradescope_zip: Option<PathBuf>,
    #[arg(short, long, value_name = "FOLDER")]
    pub(crate) output: Option<PathBuf>,
    #[arg(short, long, value_name = "N", default_value_t = processors(), hide_default_value = true)]
    #[arg(value_parser = clap::value_parser!(u32).range(1..=i64::from(MOST_JOBS)))]
    pub(crate) jobs: u32,
    #[arg(long, value_name = "FILE")]
    pub(crate) roster: Option<PathBuf>,
    #[arg(long, value_name = "MOMENT")]
    pub(crate) due: Option<String>,
    #[arg(long, value_name = "last|best|first", value_enum, default_value = "last")]
    #[arg(hide_default_value = true, hide_possible_values = true)]
    pub(crate) attempt: WhichAttempt,
    #[arg(long, value_name = "NAME")]
    pub(crate) file: Option<String>,
    #[arg(long = "in", value_name = "LANGUAGE", hide_possible_values = true)]
    #[arg(value_parser = PossibleValuesParser::new(["python", "rust", "c", "java"]))]
    pub(crate) code: Option<String>,
    #[arg(long, value_name = "FOLDER")]
    pub(crate) pack: Option<PathBuf>,
    #[arg(long, value_name = "core|all", value_enum, default_value = "core")]
    #[arg(hide_default_value = true, hide_possible_values = true)]
    pub(crate) count: WhichPoints,
    #[arg(long, value_name = "NUMBER")]
    pub(crate) seed: Option<u64>,
    #[arg(long, value_name = "TIME", value_parser = time_span)]
    pub(crate) deadline: Option<Duration>,
    #[arg(long, value_name = "N", default_value_t = RETRIES, hide_default_value = true)]
    #[arg(value_parser = clap::value_parser!(u32).range(..=100))]
    pub(crate) retries: u32,
    #[arg(long, value_name = "FORMAT", value_enum, hide_possible_values = true)]
    pub(crate) format: Vec<GradeFormat>,
    #[arg(long, value_name = "NAME")]
    pub(crate) column: Option<String>,
    #[arg(long, value_name = "POINTS", requires = "output")]
    #[arg(value_parser = clap::value_parser!(u32).range(..=MOST_EXAM_POINTS))]
    pub(crate) exam: Option<u32>,
    #[arg(long, requires = "output")]
    pub(crate) regrade: bool,
    #[arg(long = "unsafe")]
    pub(crate) without_sandbox: bool,
    #[arg(long, value_name = "I/N", value_parser = shard)]
    pub(crate) shard: Option<Shard>,
    #[arg(long, value_name = "N", conflicts_with_all = ["output", "format", "regrade", "shard"])]
    #[arg(value_parser = clap::value_parser!(u32).range(2..=i64::from(MOST_TIMES)))]
    pub(crate) soak: Option<u32>,
    #[arg(long, value_name = "N", requires = "soak", default_value_t = 0)]
    #[arg(hide_default_value = true)]
    #[arg(value_parser = clap::value_parser!(u32).range(..=i64::from(MOST_LOAD)))]
    pub(crate) load: u32,
    #[command(flatten)]
    pub(crate) packets: Packets,
    #[command(flatten)]
    pub(crate) which: WhichCourse,
    #[command(subcommand)]
    pub(crate) command: Option<GradeCommand>,
}

#[derive(Clone, Debug, Subcommand)]
pub(crate) enum GradeCommand {
    Merge(GradeMerge),
    Groups {
        #[arg(value_name = "FOLDER")]
        folder: PathBuf,
    },
    Exam(GradeExam),
}

#[derive(Clone, Debug, Args)]
pub(crate) struct GradeExam {
    #[arg(value_name = "FOLDER")]
    pub(crate) folder: PathBuf,
    #[arg(value_name = "FILE.csv", required = true)]
    pub(crate) answers: Vec<PathBuf>,
    #[arg(long, value_name = "FORMAT", value_enum, hide_possible_values = true)]
    pub(crate) format: Vec<GradeFormat>,
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct GradeMerge {
    #[arg(value_name = "FOLDER", required = true)]
    pub(crate) folders: Vec<PathBuf>,
    #[arg(short, long, value_name = "FOLDER", required = true)]
    pub(crate) output: PathBuf,
    #[arg(long, value_name = "FORMAT", value_enum, hide_possible_values = true)]
    pub(crate) format: Vec<GradeFormat>,
}

/// Which of a student's attempts counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum WhichAttempt {
    Last,
    Best,
    First,
}

/// Which points make the grade.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum WhichPoints {
    Core,
    All,
}

impl From<WhichPoints> for socklab_grade::Counted {
    fn from(points: WhichPoints) -> Self {
        match points {
            WhichPoints::Core => Self::Core,
            WhichPoints::All => Self::All,
        }
    }
}

/// The formats of grades.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum GradeFormat {
    Json,
    Junit,
    Gradescope,
    GradescopeHtml,
    Classroom50,
    Canvas,
    Moodle,
    Check50,
}

/// A part of a class: the students whose place in the order of ids leaves this remainder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Shard {
    /// From 1.
    pub(crate) number: usize,
    pub(crate) of: usize,
}

#[derive(Debug, Args)]
pub(crate) struct Hint {
    #[arg(value_name = "EXERCISE")]
    pub(crate) name: Option<String>,
    #[arg(long)]
    pub(crate) all: bool,
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) which: WhichCourse,
}

#[derive(Debug, Args)]
pub(crate) struct Exam {
    #[arg(value_name = "EXERCISE")]
    pub(crate) name: Option<String>,
    #[arg(long, value_name = "ID")]
    pub(crate) student: Option<String>,
    #[arg(long, value_name = "NUMBER", conflicts_with = "student")]
    pub(crate) seed: Option<u64>,
    #[arg(long, value_name = "LETTERS", value_delimiter = ',', conflicts_with_all = ["show", "key"])]
    pub(crate) answers: Vec<String>,
    #[arg(long)]
    pub(crate) again: bool,
    #[arg(long, conflicts_with = "key")]
    pub(crate) show: bool,
    #[arg(long)]
    pub(crate) key: bool,
    #[arg(long, requires = "key")]
    pub(crate) all: bool,
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) which: WhichCourse,
    #[command(flatten)]
    pub(crate) apart: Apart,
    #[arg(last = true, value_name = "COMMAND")]
    pub(crate) command: Vec<String>,
}

/// How far a program is kept apart from the machine and from those who judge it.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct Apart {
    #[arg(long, conflicts_with_all = ["no_sandbox", "require_isolation"])]
    pub(crate) sandbox: bool,
    #[arg(long, conflicts_with = "require_isolation")]
    pub(crate) no_sandbox: bool,
    #[arg(long)]
    pub(crate) require_isolation: bool,
}

impl Check {
    /// How to report.
    pub(crate) fn format(&self) -> Format {
        if self.json { Format::Json } else { self.format }
    }

    /// The options that another check of the same kind needs.
    pub(crate) fn words(&self) -> Vec<String> {
        let apart = self.apart.word().map(str::to_owned);
        let packets = self.packets.word().map(str::to_owned);
        let rules = self.wire.iter().flat_map(|rule| ["--wire".to_owned(), rule.clone()]);
        let pack = self.pack.iter().map(|folder| folder.display().to_string());
        let pack = pack.flat_map(|folder| ["--pack".to_owned(), folder]);
        let words = self.which.words().into_iter().chain(pack);
        words.chain(apart).chain(packets).chain(rules).collect()
    }
}

impl Apart {
    fn word(self) -> Option<&'static str> {
        match self.wanted() {
            IsolationWanted::Sandbox => Some("--sandbox"),
            IsolationWanted::Nothing => Some("--no-sandbox"),
            IsolationWanted::Cell => Some("--require-isolation"),
            IsolationWanted::Possible | IsolationWanted::SandboxIfPossible => None,
        }
    }

    pub(crate) fn wanted(self) -> IsolationWanted {
        match self {
            Self { sandbox: true, .. } => IsolationWanted::Sandbox,
            Self { no_sandbox: true, .. } => IsolationWanted::Nothing,
            Self { require_isolation: true, .. } => IsolationWanted::Cell,
            _ => IsolationWanted::Possible,
        }
    }
}

/// The formats of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    Text,
    Json,
    Junit,
    Gradescope,
    GradescopeHtml,
    Classroom50,
    Check50,
}

impl Format {
    /// True for a format of another tool.
    pub(crate) fn is_foreign(self) -> bool {
        !matches!(self, Self::Text | Self::Json)
    }
}

fn seconds(text: &str) -> Result<Duration, usage::NotAllowed> {
    let time = seconds_or_none(text).ok().filter(|time| !time.is_zero());
    time.ok_or_else(|| usage::NotAllowed(sentence!("allowed-seconds")))
}

/// The same, but zero is allowed.
fn seconds_or_none(text: &str) -> Result<Duration, usage::NotAllowed> {
    let number = text.parse::<f64>().ok().filter(|number| (0.0..=86_400.0).contains(number));
    let time = number.map(Duration::from_secs_f64);
    time.ok_or_else(|| usage::NotAllowed(sentence!("allowed-seconds-or-none")))
}

/// A time such as `90`, `90s`, `45m` or `2h`, of a day at most.
fn time_span(text: &str) -> Result<Duration, usage::NotAllowed> {
    let number = text.trim_end_matches(['s', 'm', 'h']);
    let unit = match &text[number.len()..] {
        "" | "s" => Some(1.0),
        "m" => Some(60.0),
        "h" => Some(3600.0),
        _ => None,
    };
    let seconds = number.parse::<f64>().ok().zip(unit).map(|(number, unit)| number * unit);
    let seconds = seconds.filter(|seconds| (0.001..=86_400.0).contains(seconds));
    let time = seconds.map(Duration::from_secs_f64);
    time.ok_or_else(|| usage::NotAllowed(sentence!("allowed-time-span")))
}

/// A part of several, such as `2/8`.
fn shard(text: &str) -> Result<Shard, usage::NotAllowed> {
    let parsed = text.split_once('/').and_then(|(number, of)| {
        Some(Shard { number: number.parse().ok()?, of: of.parse().ok()? })
    });
    let fits = |shard: &Shard| (1..=shard.of).contains(&shard.number) && shard.of <= 100_000;
    parsed.filter(fits).ok_or_else(|| usage::NotAllowed(sentence!("allowed-shard")))
}

/// The language that has one of the [`tags`].
fn language(tag: String) -> Language {
    Language::find(&tag).unwrap_or_default()
}

/// The tags of the languages that have texts.
fn tags() -> impl Iterator<Item = &'static str> {
    Language::all().map(Language::tag)
}

/// A number of bytes, such as `64M`; a recording of fewer than [`SMALLEST_RECORDING`] shows nothing.
fn size(text: &str) -> Result<u64, usage::NotAllowed> {
    let digits = text.trim_end_matches(|char: char| !char.is_ascii_digit());
    let unit = match text[digits.len()..].to_ascii_uppercase().as_str() {
        "" | "B" => Some(1),
        "K" | "KB" | "KIB" => Some(1 << 10),
        "M" | "MB" | "MIB" => Some(1 << 20),
        "G" | "GB" | "GIB" => Some(1 << 30),
        "T" | "TB" | "TIB" => Some(1_u64 << 40),
        _ => None,
    };
    let bytes =
        digits.parse::<u64>().ok().zip(unit).and_then(|(digits, unit)| digits.checked_mul(unit));
    bytes
        .filter(|bytes| (SMALLEST_RECORDING..=LARGEST_RECORDING).contains(bytes))
        .ok_or_else(|| usage::NotAllowed(sentence!("allowed-size")))
}

/// A ladder is unreadable with fewer columns than 40, and with more than [`MOST_COLUMNS`].
fn columns(text: &str) -> Result<usize, usage::NotAllowed> {
    let number = text.parse().ok().filter(|number| (40..=MOST_COLUMNS).contains(number));
    number.ok_or_else(|| usage::NotAllowed(sentence!("allowed-columns")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_is_offered_for_completion_and_accepted() {
        let offered: Vec<String> = Cli::command()
            .get_arguments()
            .filter(|argument| argument.get_id() == "lang")
            .flat_map(|argument| argument.get_possible_values())
            .map(|value| value.get_name().to_owned())
            .collect();
        assert_eq!(offered, tags().collect::<Vec<_>>());
        for tag in tags() {
            let cli = Cli::try_parse_from(["socklab", "--lang", tag, "list"]).unwrap();
            assert_eq!(cli.lang.map(Language::tag), Some(tag));
        }
        assert!(Cli::try_parse_from(["socklab", "--lang", "xx", "list"]).is_err());
    }

    #[test]
    fn the_command_line_is_consistent_and_explained() {
        let command = Cli::command_in(Speaker::ENGLISH);
        command.clone().debug_assert();
        let nested =
            |command: &clap::Command| command.get_subcommands().cloned().collect::<Vec<_>>();
        let subs = nested(&command);
        for sub in subs.iter().flat_map(|sub| [vec![sub.clone()], nested(sub)].concat()) {
            let about = sub.get_about().map(ToString::to_string).unwrap_or_default();
            assert!(!about.is_empty() && !about.starts_with('['), "{}: {about}", sub.get_name());
            for argument in sub.get_arguments().filter(|argument| !argument.is_hide_set()) {
                let help = argument.get_help().map(ToString::to_string).unwrap_or_default();
                let name = argument.get_id();
                assert!(!help.starts_with('[') && !help.is_empty(), "{} {name}", sub.get_name());
            }
        }
    }
}
