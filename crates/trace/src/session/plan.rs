//! The plan of a recording: what to run, attach to and report.
use crate::awaiting::{OnAwaiting, OnStandstill, WireHolds};
use crate::command::Command;
use crate::control::Handle;
use crate::entered::OnEnter;
use crate::options::Options;
use crate::tracer::Elsewhere;

/// Everything needed to begin a recording.
pub(crate) struct Plan {
    pub(crate) options: Options,
    pub(crate) commands: Vec<Command>,
    pub(crate) attach: Vec<u32>,
    pub(crate) keep_open: bool,
    pub(crate) handle: Handle,
    pub(crate) on_enter: Option<OnEnter>,
    pub(crate) on_awaiting: Option<OnAwaiting>,
    pub(crate) wire_holds: Option<WireHolds>,
    pub(crate) on_standstill: Option<OnStandstill>,
    pub(crate) elsewhere: Option<Elsewhere>,
}
