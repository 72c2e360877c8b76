//! Traces programs and writes the timeline as JSONL: `trace [-o FILE] [-p PID] [--flags] CMD…`.
//!
//! Several commands are separated by `--and`. A small tool that uses nothing but the library: a
//! tracer, its options, its events, and how the recording ended.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::process::exit;
use std::time::Duration;

use socklab_event::Writer;
use socklab_trace::{Command, Ending, Finish, Options, Tracer};

fn main() {
    match run() {
        Ok(code) => exit(code),
        Err(error) => {
            eprintln!("trace: {error}");
            exit(3);
        }
    }
}

fn run() -> Result<i32, Box<dyn std::error::Error>> {
    let mut options = Options::default();
    let mut out: Box<dyn Write> = Box::new(io::sink());
    let (mut attach, mut stats) = (Vec::new(), false);
    let mut arguments = std::env::args().skip(1).peekable();
    while let Some(flag) = arguments.next_if(|argument| argument.starts_with('-')) {
        let mut value = || arguments.next().ok_or(format!("{flag} needs a value"));
        match flag.as_str() {
            "-o" => {
                out = match value()?.as_str() {
                    "-" => Box::new(io::stdout()),
                    path => Box::new(File::create(path)?),
                };
            }
            "-p" => attach.push(value()?.parse()?),
            "--sample" => options = options.sample(value()?.parse()?),
            "--deadline" => {
                options = options.deadline(Duration::from_millis(value()?.parse()?));
            }
            "--last" => {
                let grace = Duration::from_millis(value()?.parse()?);
                options = options.finish(Finish::LastEnded).ending(Ending::Gentle { grace });
            }
            "--stdio" => options = options.stdio(true),
            "--every-call" => options = options.every_call(true),
            "--stats" => stats = true,
            "--" => break,
            _ => return Err(format!("unknown flag {flag}").into()),
        }
    }
    let mut tracer = Tracer::new(options);
    for pid in attach {
        tracer = tracer.attach(pid);
    }
    let arguments: Vec<String> = arguments.collect();
    for command in arguments.split(|argument| argument == "--and").filter(|argv| !argv.is_empty()) {
        tracer = tracer.command(Command::new(command.iter().cloned()));
    }
    let mut writer = Writer::new(BufWriter::with_capacity(1 << 16, out), &tracer.header())?;
    let mut failed = None;
    let outcome = tracer.run(|event| {
        if let Err(error) = writer.write(&event) {
            failed.get_or_insert(error);
        }
    })?;
    writer.finish()?.flush()?;
    if stats {
        eprintln!("{outcome:?}");
    }
    if let Some(error) = failed {
        return Err(error.into());
    }
    Ok(outcome.shell_code())
}
