//! Where a thread is in what an interpreter executes.

use std::sync::Arc;

use super::{Around, Loaded, Space};
use crate::maps::Mapping;
use crate::memory::Reader;
use crate::python::{Python, Walk};
use crate::{Frame, Origin};

/// Files of which it is remembered whose they are.
const FILES: usize = 1024;

impl Space {
    /// The frame of a thread that is most the user's own, by what an interpreter executes; the outer `None` if
    /// the thread is in none, so that its native code counts.
    pub(crate) fn interpreted(
        &mut self,
        thread: u32,
        thread_pointer: impl FnOnce() -> Option<u64>,
        reader: &mut Reader<'_>,
        around: &mut Around<'_>,
    ) -> Option<Option<Frame>> {
        if self.python.is_none() {
            self.python = Some(self.find_python(reader, around));
        }
        let python = self.python.as_mut()?.as_mut()?;
        let mut origin = |file: &Arc<str>| {
            if let Some(origin) = self.origins.get(file) {
                return *origin;
            }
            if self.origins.len() >= FILES {
                self.origins.clear();
            }
            *self.origins.entry(Arc::clone(file)).or_insert(around.own.origin(file))
        };
        let (walk, frames) =
            python.frames(thread, thread_pointer, reader, &mut |file| origin(file) == Origin::Own);
        match walk {
            Walk::Outside => return None,
            Walk::Unclear => return Some(None),
            Walk::Shown => {}
        }
        // The innermost of equals.
        let best = frames.into_iter().map(|frame| (origin(&frame.file), frame));
        let Some((origin, frame)) = best.min_by_key(|(origin, _)| *origin) else {
            return Some(None);
        };
        if origin == Origin::Library {
            return Some(None);
        }
        let line = python.line(&frame, reader);
        Some(line.map(|(function, line)| Frame { file: Some(frame.file), line, function, origin }))
    }

    /// The program itself is CPython, or has it as a library.
    fn find_python(&mut self, reader: &mut Reader<'_>, around: &mut Around<'_>) -> Option<Python> {
        let is_likely = |(index, mapping): (usize, &Mapping)| {
            (index == 0 || mapping.path.contains("libpython")).then_some(mapping.start)
        };
        let likely: Vec<u64> = self.mappings.iter().enumerate().filter_map(is_likely).collect();
        likely.into_iter().find_map(|at| {
            let Loaded { image, bias, .. } = self.loaded(at, reader, around)?;
            let found = image.interpreter?;
            Python::new(self.process, found.runtime.wrapping_add(bias), found.minor, reader)
        })
    }
}
