//! Places to run programs in: rootless namespaces that leave nothing behind.
//!
//! A **private loopback** is a network namespace with nothing in it but `lo`: all ports are free,
//! nobody else is there, and whatever runs in it dies with its first process. It is made of user,
//! network, mount and process namespaces, which Linux gives to everybody unless told otherwise.

mod hosts;
mod private;
mod refusal;
mod sys;

pub use hosts::name_this_machine;
pub use private::{Entered, Side, enter_private_loopback, private_folder};
pub use refusal::Refusal;
pub use sys::{die_with_parent, let_sigpipe_kill, now};
