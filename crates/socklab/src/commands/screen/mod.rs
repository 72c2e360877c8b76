//! `watch`: a recording on a full screen, also while another socklab writes it.
//!
//! A thread of its own reads the file and finds out what is wanted; this one draws and obeys keys, so that
//! nothing it does has to wait for a large recording.

mod tail;
mod thinker;

use std::io::{self, Read};
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::process::ExitCode;
use std::sync::mpsc::{TryRecvError, channel};

use anyhow::{Context, Result};
use socklab_say::{Speaker, say};
use socklab_screen::{Key, View, Wish};

use crate::cli;
use crate::exit_reason::ExitReason;
use crate::failure::Failure;
use crate::scenario;
use crate::terminal::full_screen::FullScreen;
use crate::terminal::keys;
use tail::Tail;
use thinker::{Found, Thinker};

/// Shows the recording until `q`.
pub(crate) fn watch(speaker: Speaker, options: &cli::Watch) -> Result<ExitCode> {
    let name = socklab_say::path(&options.file);
    if std::fs::metadata(&options.file).is_ok_and(|data| !data.is_file()) {
        // It could be neither read twice nor waited for.
        let what = say!(speaker, "screen-no-file", path = name);
        let hint = say!(speaker, "screen-no-file-hint");
        return Err(Failure::new(ExitReason::Usage, what).hint(hint).into());
    }
    let tail = Tail::begin(speaker, &options.file)?;
    if !keys::can_ask() {
        let what = say!(speaker, "screen-no-terminal");
        let hint = say!(speaker, "screen-no-terminal-hint", path = name);
        return Err(Failure::new(ExitReason::Usage, what).hint(hint).into());
    }
    scenario::end_cleanly()?;
    let colour = anstream::AutoStream::choice(&io::stdout()) != anstream::ColorChoice::Never;
    let (columns, lines) = FullScreen::size();
    let mut view = View::new(speaker, name, columns, lines);
    view = view.colour(colour).filter(options.filter.clone());
    let (mut wakes, waker) = UnixStream::pair().context("socketpair")?;
    wakes.set_nonblocking(true).context("fcntl")?;
    waker.set_nonblocking(true).context("fcntl")?;
    let (asks, asked) = channel();
    let (tells, found) = channel();
    let thinker = Thinker::new(speaker, options, tail, view.wanted(), tells, waker);
    let thread = std::thread::Builder::new().name("thinker".to_owned());
    let thread = thread.spawn(move || thinker.run(&asked)).context("clone")?;
    let mut screen = FullScreen::take().context("the terminal")?;
    let ended = loop {
        screen.draw(|buffer| view.draw(buffer));
        let key = screen.press(wakes.as_fd()).context("read the terminal")?;
        let mut wishes = vec![];
        let (columns, lines) = FullScreen::size();
        wishes.push(view.resize(columns, lines));
        wishes.extend(key.map(|key| press(&mut view, key)));
        if wishes.contains(&Wish::Quit) {
            break Ok(());
        }
        if wishes.contains(&Wish::Plan) {
            // If nobody listens any more, that is told below.
            let _ = asks.send(view.wanted());
        }
        let _ = wakes.read(&mut [0; 64]);
        match take_in(&mut view, &found) {
            Ok(()) => {}
            Err(Some(error)) => break Err(error),
            Err(None) => break Err(anyhow::anyhow!("{}", say!(speaker, "screen-stopped"))),
        }
    };
    drop(screen);
    drop(asks);
    // It may be at work on a large recording, which nobody waits for any more.
    drop(thread);
    ended.map(|()| ExitCode::SUCCESS)
}

/// Takes in what has been found out; an error if there will be no more, with the reason if it is known.
fn take_in(
    view: &mut View,
    found: &std::sync::mpsc::Receiver<Found>,
) -> Result<(), Option<anyhow::Error>> {
    loop {
        match found.try_recv() {
            Ok(Found::Progress(progress)) => view.progress(progress),
            Ok(Found::Successor) => view.begin_anew(),
            Ok(Found::Talks(talks)) => view.know(talks),
            Ok(Found::Ladder(keys, shown)) => view.show(&keys, *shown),
            Ok(Found::Failed(error)) => return Err(Some(error)),
            Err(TryRecvError::Empty) => return Ok(()),
            Err(TryRecvError::Disconnected) => return Err(None),
        }
    }
}

fn press(view: &mut View, key: keys::Key) -> Wish {
    let key = match key {
        keys::Key::Char(char) => Key::Char(char),
        keys::Key::Enter => Key::Enter,
        keys::Key::Backspace => Key::Backspace,
        keys::Key::Escape => Key::Escape,
        keys::Key::Up => Key::Up,
        keys::Key::Down => Key::Down,
        keys::Key::PageUp => Key::PageUp,
        keys::Key::PageDown => Key::PageDown,
        keys::Key::Home => Key::Home,
        keys::Key::End => Key::End,
        keys::Key::Other => return Wish::Stay,
        keys::Key::EndOfInput => return Wish::Quit,
    };
    view.press(key)
}
