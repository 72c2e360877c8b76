//! The rules, with a file for each stage in a connection's life. A rule is a key, the names of its
//! sentence's arguments, and a pure function that finds where it applies.

mod accept;
mod arrived;
mod attempts;
mod bind;
mod broken_pipe;
mod close_wait;
mod closing;
mod connect;
mod control;
mod datagram;
mod edge;
#[cfg(test)]
mod explained;
mod hanging;
mod in_use;
mod itself;
mod kept;
mod late_send;
mod lost;
mod misuse;
mod nagle;
mod names;
mod options;
mod own_network;
mod process;
mod refused;
mod resets;
mod spinning;
mod stream;
mod tls;
mod waiting;
mod window;

use crate::Weight;
use crate::case::{Case, Occurrence};

/// A rule that explains something in a timeline.
pub struct Rule {
    /// Its stable key.
    pub key: &'static str,
    /// Whether what it finds is a problem, or merely worth knowing.
    pub weight: Weight,
    /// The arguments of its sentence; every occurrence has all of them.
    pub arguments: &'static [&'static str],
    pub(crate) find: fn(&Case<'_>) -> Vec<Occurrence>,
}

impl std::fmt::Debug for Rule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Rule").field(&self.key).finish()
    }
}

const fn problem(
    key: &'static str,
    arguments: &'static [&'static str],
    find: fn(&Case<'_>) -> Vec<Occurrence>,
) -> Rule {
    Rule { key, weight: Weight::Problem, arguments, find }
}

const fn lesson(
    key: &'static str,
    arguments: &'static [&'static str],
    find: fn(&Case<'_>) -> Vec<Occurrence>,
) -> Rule {
    Rule { key, weight: Weight::Lesson, arguments, find }
}

/// Every rule.
pub const RULES: &[Rule] = &[
    problem("connect-refused", &["address", "port"], refused::refused),
    problem("connect-refused-remote", &["address", "port"], refused::refused_remote),
    problem(
        "connect-refused-elsewhere",
        &["asked", "server", "listens"],
        refused::refused_elsewhere,
    ),
    problem("connect-refused-six-only", &["asked", "server", "port"], refused::refused_by_option),
    problem("connect-too-early", &["port", "server", "time"], refused::too_early),
    lesson("connect-fell-back", &["program", "first", "then"], refused::fell_back),
    problem("connect-timed-out", &["address", "time"], connect::timed_out),
    problem("syn-lost", &["address", "why", "times", "first", "time", "outcome"], lost::syn),
    problem("syn-ack-lost", &["address", "why", "then", "outcome"], lost::syn_ack),
    problem("handshake-ack-lost", &["program", "peer", "why", "then"], lost::handshake_ack),
    problem("unreachable", &["address"], connect::unreachable),
    problem("unreachable-own-network", &["address"], own_network::unreachable),
    problem("already-connected", &["fd"], connect::already_connected),
    problem("connected-to-itself", &["fd", "address"], itself::connected),
    lesson("connect-in-progress", &["address"], connect::in_progress),
    problem("address-in-use-held", &["port", "holder"], in_use::held),
    problem("address-in-use-own", &["port"], in_use::held_by_itself),
    problem("address-in-use-inherited", &["port", "program", "holder"], kept::inherited_port),
    problem("address-in-use-time-wait", &["port"], in_use::time_wait),
    problem("address-in-use-old-option", &["port"], in_use::time_wait_without_option),
    problem("address-in-use-connected", &["port", "states"], in_use::connections),
    problem("address-in-use", &["port"], in_use::in_use),
    problem("address-in-use-listening", &["port"], in_use::in_use_outside),
    problem("path-left-over", &["path"], bind::path_left_over),
    problem("path-exists", &["path"], bind::path_exists),
    problem("low-port", &["port"], bind::low_port),
    problem("address-not-here", &["address"], bind::not_local),
    lesson("accept-waits", &["time", "server"], accept::waits),
    problem("one-at-a-time", &["server", "time"], accept::one_at_a_time),
    problem("accept-late", &["server", "call", "time"], accept::late),
    lesson("connected-before-accept", &["time"], accept::before),
    problem("queue-full", &["backlog", "waiting"], accept::queue_full),
    problem("too-many-files", &["call"], accept::too_many_files),
    lesson("short-read", &["sent", "got"], stream::short_read),
    lesson("buffer-too-small", &["sent", "room"], stream::small_buffer),
    lesson("coalesced-read", &["messages", "got"], stream::coalesced_read),
    problem("short-write", &["asked", "taken"], stream::short_write),
    lesson("short-write-continued", &["asked", "taken"], stream::short_write_continued),
    lesson("end-of-stream", &["peer"], closing::end_of_stream),
    problem("end-ignored", &["call", "program", "times"], closing::end_ignored),
    problem("connection-reset", &["call"], resets::reset),
    problem("connection-reset-unread", &["call", "peer", "unread", "lost"], resets::reset_unread),
    problem("connection-reset-linger", &["call", "peer", "lost"], resets::reset_linger),
    problem("connection-reset-closed", &["call", "peer"], resets::reset_closed),
    problem("connection-reset-unaccepted", &["call", "peer"], resets::reset_unaccepted),
    problem("connection-reset-rule", &["call", "rule"], resets::reset_rule),
    problem("connection-reset-shutdown", &["call", "program"], resets::reset_shut),
    problem("send-after-shutdown", &["fd"], broken_pipe::send_after_shutdown),
    problem("broken-pipe", &["fd"], broken_pipe::broken_pipe),
    problem("tls-alert", &["alert"], tls::alert),
    problem("close-unread", &["unread", "program"], resets::unread),
    lesson("server-closed-first", &["port", "server"], closing::server_first),
    lesson("half-close", &["program"], closing::half_close),
    problem("sent-after-close", &["sent", "peer", "time"], late_send::after_the_end),
    problem("end-held-open", &["program", "holder", "reader"], kept::end_held_open),
    problem("never-closed", &["program", "times"], close_wait::never_closed),
    problem("nagle", &["program", "peer", "times", "time"], nagle::held_back),
    problem("nagle-delayed-ack", &["program", "peer", "times", "time"], nagle::met_delayed_ack),
    problem("window-closed", &["peer", "held", "time", "probes"], window::closed),
    problem("data-lost", &["program", "why", "times", "then", "outcome"], lost::data),
    problem("data-lost-asked-for", &["program", "why", "acks", "time"], lost::data_asked_for),
    problem("connection-timed-out", &["call"], resets::timed_out),
    problem("connection-timed-out-lost", &["call", "why"], lost::timed_out),
    problem("datagram-lost", &["address", "why", "times"], lost::datagram),
    problem("fragment-lost", &["bytes", "pieces", "why"], lost::fragment),
    problem("udp-refused", &["address"], datagram::refused),
    problem("udp-nobody", &["address", "port"], datagram::no_receiver),
    problem("datagram-truncated", &["sent", "room"], datagram::truncated),
    problem("descriptors-lost", &["call", "sent", "got"], control::descriptors_lost),
    lesson("control-truncated", &["call"], control::truncated),
    lesson("datagram-empty", &[], datagram::empty),
    problem("datagram-too-long", &["asked"], datagram::too_long),
    problem("no-destination", &["call"], datagram::no_destination),
    problem("not-connected", &["call", "fd"], misuse::not_connected),
    problem("listener-used", &["call", "fd"], misuse::listener_used),
    problem("accept-without-listen", &["call", "fd"], misuse::accept_without_listen),
    problem("closed-descriptor", &["call", "fd"], misuse::closed_descriptor),
    problem("not-a-socket", &["call", "fd"], misuse::not_a_socket),
    problem("busy-loop", &["call", "times", "time"], waiting::busy_loop),
    problem(
        "spins-writable",
        &["program", "call", "fd", "event", "times", "rate"],
        spinning::writable,
    ),
    problem(
        "spins-ignored",
        &["program", "call", "fd", "event", "times", "rate"],
        spinning::ignored,
    ),
    problem(
        "spins-without-descriptors",
        &["program", "call", "fd", "times", "rate"],
        spinning::no_descriptors,
    ),
    problem("edge-not-drained", &["program", "fd", "got", "unread"], edge::not_drained),
    lesson("not-now", &["call"], waiting::not_now),
    problem("receive-timed-out", &["call", "time"], waiting::receive_timed_out),
    problem("send-timed-out", &["call", "time", "why"], waiting::send_timed_out),
    problem("poll-timed-out", &["call", "time"], waiting::poll_timed_out),
    problem("interrupted", &["call"], waiting::interrupted),
    problem("both-wait", &["one", "other"], hanging::both_wait),
    problem("waits-for-end", &["program", "peer", "time"], hanging::waits_for_end),
    lesson("still-accepting", &["server"], hanging::still_accepting),
    lesson("reuse-address", &["port"], options::reuse_address),
    lesson("no-delay", &[], options::no_delay),
    lesson("name-lookup", &["name", "types", "server"], names::looked_up),
    problem("name-lookup-lost", &["name", "types", "server", "why", "time"], names::packet_lost),
    problem("name-lookup-unanswered", &["name", "types", "server", "time"], names::unanswered),
    problem(
        "name-lookup-partial",
        &["name", "types", "missing", "server", "times", "time"],
        names::partly_answered,
    ),
    problem("name-server-own-network", &["server"], own_network::name_server),
    problem("name-own-network", &["name", "server"], own_network::no_such_name),
    problem("killed-by-sigpipe", &["program"], process::sigpipe),
    problem("killed-connected", &["program", "signal"], process::killed),
    problem("io-uring", &["program"], process::io_uring),
];
