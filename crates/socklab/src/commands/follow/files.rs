//! What was said, as files: exactly these bytes.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result};
use socklab_flows::{Piece, Said};
use socklab_say::{count, say};

use super::Told;
use crate::exit_reason::ExitReason;
use crate::failure::Failure;
use crate::file::{PRIVATE, write_whole};
use crate::output::eprintln;

/// The directions, as files are called after them.
const DIRECTIONS: [&str; 2] = ["client-to-server", "server-to-client"];

/// Writes each direction of the chosen conversations into a file of its own. Where bytes are missing,
/// what comes behind them is never joined to what comes before: without `partial` there is no file, with
/// it there are several.
pub(super) fn write(
    told: &Told<'_, '_>,
    folder: &Path,
    which: &[usize],
    partial: bool,
) -> Result<ExitCode> {
    let speaker = told.speaker;
    match fs::create_dir(folder) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => {
            return Err(error).with_context(|| format!("mkdir {}", socklab_say::path(folder)));
        }
        _ => {}
    }
    let (mut files, mut lacking) = (0_u64, 0_u64);
    for &index in which {
        let said = told.dialogues.said(index);
        for (side, direction) in DIRECTIONS.iter().enumerate() {
            let (runs, missing) = runs(&said, side);
            let name = format!("{}-{direction}", index + 1);
            if missing > 0 {
                lacking += 1;
                let key = if partial { "follow-in-parts" } else { "follow-not-whole" };
                let (file, n) = (format!("{name}.bin"), count(missing));
                eprintln!("{}", say!(speaker, key, file = file, n = n));
                if !partial {
                    continue;
                }
            }
            for (offset, bytes) in runs {
                let name = match offset {
                    0 => format!("{name}.bin"),
                    offset => format!("{name}.from-{offset}.bin"),
                };
                let path = folder.join(name);
                write_whole(&path, &bytes, PRIVATE).with_context(|| {
                    say!(speaker, "write-failed", path = socklab_say::path(&path))
                })?;
                files += 1;
            }
        }
    }
    eprintln!(
        "{}",
        say!(speaker, "follow-written", path = socklab_say::path(folder), n = count(files))
    );
    if lacking > 0 && !partial {
        let what = say!(speaker, "follow-lacking", n = count(lacking));
        let hint = say!(speaker, "follow-lacking-hint");
        return Err(Failure::new(ExitReason::No, what).hint(hint).into());
    }
    Ok(ExitCode::SUCCESS)
}

/// The runs of bytes that one end said, each with its offset, and how many bytes are missing between
/// and behind them. An end that said nothing has one empty run.
fn runs(said: &[Said<'_>], side: usize) -> (Vec<(u64, Vec<u8>)>, u64) {
    let mut runs: Vec<(u64, Vec<u8>)> = Vec::new();
    let (mut at, mut missing) = (0_u64, 0_u64);
    let mut joined = false;
    for piece in said.iter().filter(|one| one.side == side).flat_map(|one| &one.pieces) {
        match piece {
            Piece::Known(bytes) => {
                match runs.last_mut().filter(|_| joined) {
                    Some((_, run)) => run.extend_from_slice(bytes),
                    None => runs.push((at, bytes.to_vec())),
                }
                joined = true;
                at = at.saturating_add(bytes.len() as u64);
            }
            other => {
                joined = false;
                missing = missing.saturating_add(other.missing());
                at = at.saturating_add(other.missing());
            }
        }
    }
    if runs.is_empty() && missing == 0 {
        runs.push((0, Vec::new()));
    }
    (runs, missing)
}
