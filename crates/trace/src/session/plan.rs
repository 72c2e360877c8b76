//! What a recording is to be made of.

use crate::command::Command;
use crate::control::Handle;
use crate::entered::OnEnter;
use crate::options::Options;

/// What a recording is to be made of.
pub(crate) struct Plan {
    pub(crate) options: Options,
    pub(crate) commands: Vec<Command>,
    pub(crate) attach: Vec<u32>,
    pub(crate) keep_open: bool,
    pub(crate) handle: Handle,
    pub(crate) on_enter: Option<OnEnter>,
}
