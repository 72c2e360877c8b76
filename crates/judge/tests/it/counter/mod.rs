//! Timelines on which the tempting reading is false, a file for each stage in a connection's life.
//! `RULES.md` names one of them for every rule.

mod arrivals;
mod beginnings;
mod by_rule;
mod data;
mod endings;
mod own_network;
mod waiting;
mod wire;

use socklab_event::{Args, Errno, OptionValue, Outcome, State, TcpState, Timeline, What};
use socklab_flows::Flows;
use socklab_judge::explain;
use socklab_timelines::{Sock, Story, address};

/// True if a rule speaks about a timeline.
fn says(timeline: &Timeline, rule: &str) -> bool {
    explain(&Flows::of(timeline)).iter().any(|explanation| explanation.rule == rule)
}

/// True if a rule speaks about the story so far.
fn told(story: &Story, rule: &str) -> bool {
    says(&story.build(), rule)
}

fn set(story: &mut Story, sock: Sock, option: &'static str, value: OptionValue) {
    let args = Args::SetOption { level: "SOL_SOCKET".into(), option: option.into(), value };
    story.on(sock, "setsockopt", args, Outcome::Value(0));
}

fn connect_fails(story: &mut Story, sock: Sock, to: &str, errno: Errno) {
    story.fail(sock, "connect", Args::Connect { address: address(to) }, errno.0);
}

/// `bind` fails with EADDRINUSE, and the kernel's table shows these sockets.
fn bind_fails(story: &mut Story, sock: Sock, to: &str, shown: &[(&str, TcpState)]) {
    story.fail(sock, "bind", Args::Bind { address: address(to) }, Errno::EADDRINUSE.0);
    for (local, after) in shown {
        let mut socket = story.identity(sock).clone();
        socket.local = Some(address(local));
        socket.inode = None;
        let state = State {
            socket: socket.into(),
            before: None,
            after: *after,
            receive_queue: 0,
            send_queue: 0,
        };
        story.what(sock.who, What::State(Box::new(state)));
    }
}

fn no_accept() -> Args {
    Args::Accept { peer: None, flags: socklab_event::Flags::default(), listener: None }
}
