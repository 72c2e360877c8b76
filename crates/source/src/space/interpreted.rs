//! Where a thread is in what an interpreter executes.

use std::ops::ControlFlow;

use super::{Around, Loaded, Space};
use crate::maps::Mapping;
use crate::memory::Reader;
use crate::python::{self, Python, Walk};
use crate::{Frame, Origin};

impl Space {
    /// The frame of a thread that is most the user's own, by what an interpreter executes; the outer `None` if
    /// the thread is in none, so that its native code counts.
    pub(crate) fn interpreted(
        &mut self,
        thread_pointer: impl FnOnce() -> Option<u64>,
        reader: &mut Reader<'_>,
        around: &mut Around<'_>,
    ) -> Option<Option<Frame>> {
        if self.python.is_none() {
            self.python = Some(self.find_python(reader, around));
        }
        let python = self.python.as_mut()?.as_mut()?;
        let mut best: Option<(Origin, python::Frame)> = None;
        let mut show = |frame: python::Frame| {
            let origin = around.own.origin(&frame.file);
            if best.as_ref().is_none_or(|(best, _)| origin < *best) {
                best = Some((origin, frame));
            }
            if origin == Origin::Own { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        let walk = python.frames(thread_pointer()?, reader, &mut show);
        match walk {
            Walk::Outside => return None,
            Walk::Unclear => return Some(None),
            Walk::Shown => {}
        }
        let Some((origin, frame)) = best else { return Some(None) };
        let line = python.line(&frame, reader);
        Some(line.map(|line| Frame {
            file: Some(frame.file),
            line,
            function: frame.function,
            origin,
        }))
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
