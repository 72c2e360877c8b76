//! A loopback of its own for a process that otherwise stays where and what it is: same process id,
//! same terminal, same files.

use std::io::pipe;

use rustix::thread::UnshareFlags;

use crate::place::PlaceRefusal;
use crate::place::entering::{hear, report};
use crate::private::network;
use crate::refusal::NamespaceRefusal;
use crate::sys::{self, Forked};

/// Moves this process into a network namespace with nothing in it but `lo`, for which it also gets a
/// user namespace of its own (`network_namespaces(7)`). Unlike a private loopback
/// ([`enter_private_loopback`](crate::enter_private_loopback)) it has no process namespace: what it
/// starts afterwards is in the same network, and is ended by nobody.
///
/// The process must have a single thread. What it had open stays open, sockets of the old network
/// included.
///
/// # Errors
///
/// The step that the kernel refused. Nothing has changed then, because a child tries first: a process
/// that got a user namespace and may not map its user in it could not go back.
pub fn enter_private_network() -> Result<(), PlaceRefusal> {
    let refused = |call| move |error| PlaceRefusal::call(call)(error);
    let (news, tell) = pipe().map_err(refused("pipe2"))?;
    match sys::fork().map_err(refused("fork"))? {
        Forked::Child => {
            drop(news);
            let _ = report(tell, enter().map_err(|refusal| PlaceRefusal::of(&refusal)));
            sys::exit_now(0)
        }
        Forked::Parent(child) => {
            drop(tell);
            let heard = hear(news);
            let _ = sys::wait(child);
            heard?;
            enter().map_err(|refusal| PlaceRefusal::of(&refusal))
        }
    }
}

fn enter() -> Result<(), NamespaceRefusal> {
    network(UnshareFlags::NEWUSER | UnshareFlags::NEWNET, "unshare CLONE_NEWUSER|CLONE_NEWNET")
}
