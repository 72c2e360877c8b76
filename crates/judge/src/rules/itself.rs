//! A socket that is connected to itself.

use socklab_event::{Args, Call, Errno};

use crate::case::{Case, Occurrence, address_text, is_tcp};

/// `connect` to the very port the socket is bound to succeeds if nobody listens there: its SYN is
/// answered by itself (RFC 9293 §3.5, simultaneous open). The kernel may also have chosen that port.
pub(super) fn connected(case: &Case<'_>) -> Vec<Occurrence> {
    let itself = case.flows.connections.iter().filter(|one| one.is_to_itself());
    let found = itself.filter_map(|connection| {
        let socket = connection.ends[0].socket?;
        let connect = connection.connected?;
        let call = case.call(connect).filter(|call| is_tcp(call))?;
        let succeeds =
            |call: &Call| call.value().is_some() || call.error() == Some(Errno::EINPROGRESS);
        let bound = case
            .before(socket, connect)
            .rfind(|(_, call)| matches!(call.args, Args::Bind { .. }) && call.value().is_some());
        let local = case.flows.sockets[socket].identity.local.as_ref()?;
        let fd = u64::try_from(call.fd.unwrap_or(0)).unwrap_or(0);
        let syn = case.flows.ties.set_off(connect).first().copied();
        let finding = Occurrence::at(connect).and(bound.map(|(at, _)| at)).and(syn);
        let finding = finding.with("fd", fd).with("address", address_text(local));
        succeeds(call).then_some(finding)
    });
    found.collect()
}

#[cfg(test)]
mod tests {
    use socklab_timelines::{Story, scenes};

    use super::super::explained::{rules, text_of};

    #[test]
    fn a_socket_that_answers_itself() {
        let mut story = Story::new();
        let program = story.command("program", "p");
        let sock = story.tcp(program);
        story.bind(sock, "127.0.0.1:45678");
        story.connect(sock, "127.0.0.1:45678");
        story.send(sock, "hola");
        story.recv(sock, "hola");
        story.close(sock);
        let timeline = story.build();
        assert_eq!(rules(&timeline), ["connected-to-itself"]);
        assert!(text_of(&timeline, "connected-to-itself").contains("127.0.0.1:45678"));
    }

    #[test]
    fn a_program_that_talks_to_itself_over_two_sockets_is_not_that() {
        let mut story = Story::new();
        let (server, listener, _) = scenes::tcp_server(&mut story);
        let near = story.tcp(server);
        story.connect(near, "127.0.0.1:12000");
        story.accept(listener, near);
        assert!(!rules(&story.build()).contains(&"connected-to-itself"));
        let mut story = Story::new();
        let program = story.command("program", "p");
        let sock = story.udp(program);
        story.bind(sock, "127.0.0.1:45678");
        story.connect(sock, "127.0.0.1:45678");
        assert!(rules(&story.build()).is_empty(), "a datagram socket may wake itself that way");
    }
}
