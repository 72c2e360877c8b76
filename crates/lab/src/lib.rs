//! Isolated places to run programs in: rootless namespaces that leave nothing behind.
//!
//! A **private loopback** is a network namespace with nothing in it but `lo`: all ports are free,
//! no other programs are there, and everything that runs in it ends with its first process. It is
//! made of user, network, mount and process namespaces (`namespaces(7)`), which Linux lets every
//! user create unless it is configured otherwise.
//!
//! A **cell** ([`Cell`]) is where a submission or a compiler runs: a process namespace of its own, in
//! a private loopback or anywhere else, from which nothing outside can be seen or reached.
//!
//! ```no_run
//! use std::net::TcpListener;
//! use socklab_lab::{Role, enter_private_loopback};
//!
//! // Call this before starting a second thread.
//! match enter_private_loopback() {
//!     Ok(Role::Inside(_)) => drop(TcpListener::bind("127.0.0.1:80").expect("nobody else is here")),
//!     Ok(Role::Outside { exit_code }) => std::process::exit(exit_code),
//!     Err(refusal) => eprintln!("no private loopback: {refusal}"),
//! }
//! ```

mod bond;
mod cell;
pub mod examine;
mod hosts;
mod internet;
mod looped;
mod names;
mod namespace;
mod netlink;
mod passage;
mod passing_on;
mod pcapng;
mod place;
mod private;
mod private_network;
mod refusal;
mod room;
mod sandbox;
mod scope;
mod supervise;
mod sys;
mod wire;

pub use bond::end_with_us;
pub use cell::{Cell, CellOptions, SHARED_MEMORY, secret_files};
pub use hosts::{
    Addresses, HostLink, HostOptions, Hosts, HostsMistake, HostsOptions, HostsRefusal, INTERNET,
    Network,
};
pub use internet::{
    Ground, Internet, InternetOptions, InternetRefusal, Listed, Observer, Running, enter_internet,
    is_in_internet,
};
pub use looped::{Circled, Looped, LoopedOptions, LoopedRefusal, Looping};
pub use names::{
    Answer, Asked, Asks, Entry, Manner, NameServer, Names, NamesRefusal, Over, Trouble, answer,
};
pub use passage::Passage;
pub use passing_on::heed_signals;
pub use pcapng::{
    Capture, CaptureError, CaptureWriter, Direction, Ended, FromCapture, Origin, Told,
    WrittenPacket, is_capture, read_capture,
};
pub use place::{
    FrameSink, HostSeen, LOOPBACK_NAME, Place, PlaceEnd, PlaceKind, PlaceOptions, PlaceRefusal,
    PlaceRole, host_options,
};
pub use private::{PrivateLoopback, Role, enter_private_loopback, private_folder};
pub use private_network::enter_private_network;
pub use refusal::NamespaceRefusal;
pub use room::Room;
pub use sandbox::{Limits, Sandbox};
pub use scope::Scope;
pub use supervise::{Patience, Reached, Supervised, supervise};
pub use sys::let_sigpipe_kill;
pub use wire::rules;
pub use wire::{
    Switched, Tap, Tapped, WireControl, WireRefusal, complete_checksum, headers, is_intact,
};
