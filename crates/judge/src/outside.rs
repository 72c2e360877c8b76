//! Programs that go outside by a name.
//!
//! A place has an address of its own for every name, so that a client finds its server whatever it calls it.
//! So a name alone tells little: whoever wants the server goes to a port that somebody in the place has, and
//! whoever only wants to know the machine's address sends nothing. What is told is a connection, or a
//! datagram, after a name that the place does not have, to a port that nobody has.

use std::collections::{HashMap, HashSet};

use socklab_event::{Args, Call, Endpoint, Event, SocketType};
use socklab_flows::{NAME_SERVER_PORT, question};

/// What a place has, if it has an address of its own for every name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Offered {
    /// The names that are part of the task; `*.example.org` stands for all names below `example.org`.
    pub names: Vec<String>,
    /// The name of the machine, with its domain if it has one.
    pub machine: String,
    /// Ports that a program may want, even if nobody has them.
    pub ports: Vec<u16>,
}

impl Offered {
    /// True for a name that nobody in the place has, and that no library looks up by itself.
    fn lacks(&self, name: &str) -> bool {
        let name = name.to_ascii_lowercase();
        let is_below = |above: &str| name.strip_suffix(above).is_some_and(|it| it.ends_with('.'));
        let own = self.machine.to_ascii_lowercase();
        let domain = own.split_once('.').map(|(_, domain)| domain);
        let first = name.split('.').next().unwrap_or_default();
        let is_own = first == "localhost"
            || own.split('.').next() == Some(first)
            || domain.is_some_and(|domain| name == domain || is_below(domain));
        let has = |known: &String| match known.to_ascii_lowercase() {
            all if all == "*" => true,
            known => known.strip_prefix("*.").map_or(known == name, is_below),
        };
        name.contains('.')
            && !["local", "localhost", "arpa"].into_iter().any(is_below)
            && !is_own
            && !self.names.iter().any(has)
    }
}

/// A name that a process has asked for, and where it has gone since.
struct Wanted {
    name: String,
    /// The port to which it has tied a socket for datagrams, which sends nothing.
    port: Option<u16>,
}

/// Where the processes that `is_watched` says are the program's went outside by a name: the event, and the
/// name with the port.
pub(crate) fn gone_outside(
    events: &[&Event],
    is_watched: impl Fn(u32) -> bool,
    offered: &Offered,
) -> Vec<(u64, String)> {
    let mut found = Vec::new();
    let mut wanted: HashMap<u32, Wanted> = HashMap::new();
    for event in events {
        let process = event.place.process;
        let Some(call) = event.call().filter(|_| is_watched(process)) else { continue };
        if let Some(name) = asked_for(call) {
            // The last one: resolvers ask for each name several times.
            match offered.lacks(&name) {
                true => drop(wanted.insert(process, Wanted { name, port: None })),
                false => drop(wanted.remove(&process)),
            }
            continue;
        }
        let Some(port) = goes_to(call) else { continue };
        let sends_nothing = is_datagram(call) && matches!(call.args, Args::Connect { .. });
        if sends_nothing {
            if let Some(wanted) = wanted.get_mut(&process).filter(|_| port != 0) {
                wanted.port = Some(port);
            }
        } else if let Some(wanted) = wanted.remove(&process)
            && wanted.port.is_none_or(|known| known == port)
        {
            found.push((event.seq, format!("{}:{port}", wanted.name), port));
        }
    }
    if found.is_empty() {
        return Vec::new();
    }
    let mut inside: HashSet<u16> = offered.ports.iter().copied().collect();
    for call in events.iter().filter_map(|event| event.call()) {
        inside.extend(ports(call));
    }
    let outside = found.into_iter().filter(|(.., port)| !inside.contains(port));
    outside.map(|(seq, what, _)| (seq, what)).collect()
}

/// The name that a call has asked a name server for.
fn asked_for(call: &Call) -> Option<String> {
    if !call.sends() || call.peer_address()?.port() != Some(NAME_SERVER_PORT) {
        return None;
    }
    let name = |(name, _)| name;
    call.messages().into_iter().find_map(|message| question(message.bytes.moved())).map(name)
}

/// The port that a call wants to reach.
fn goes_to(call: &Call) -> Option<u16> {
    let is_datagram = is_datagram(call);
    let goes = matches!(call.args, Args::Connect { .. }) || is_datagram && call.sends();
    let to = call.peer_address().filter(|_| goes)?;
    to.ip_port().map(|(_, port)| port).filter(|port| *port != NAME_SERVER_PORT)
}

fn is_datagram(call: &Call) -> bool {
    call.socket.as_ref().is_some_and(|socket| socket.kind == SocketType::DGRAM)
}

/// The ports that a call shows somebody to have.
fn ports(call: &Call) -> Vec<u16> {
    let local = call.socket.as_ref().and_then(|socket| socket.local.as_ref());
    let bound = match &call.args {
        Args::Bind { address } if call.value().is_some() => Some(address),
        Args::Accept { peer, .. } => peer.as_ref(),
        _ => None,
    };
    let heard = if call.receives() { call.addresses() } else { Vec::new() };
    let all = local.into_iter().chain(bound).chain(heard);
    all.filter_map(Endpoint::port).filter(|port| *port != 0).collect()
}

#[cfg(test)]
mod tests {
    use socklab_timelines::{Story, Who, address};

    use super::*;

    fn asks(story: &mut Story, who: Who, name: &str) {
        let sock = story.udp(who);
        story.connect(sock, "10.0.0.53:53");
        let mut message = b"\xab\xcd\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00".to_vec();
        for label in name.split('.') {
            message.push(u8::try_from(label.len()).expect("a short label"));
            message.extend(label.bytes());
        }
        message.extend(b"\x00\x00\x01\x00\x01");
        story.send(sock, message);
    }

    /// A connection to a port that nobody has.
    fn connects(story: &mut Story, who: Who, port: u16) {
        let sock = story.tcp(who);
        let address = address(&format!("127.0.0.1:{port}"));
        story.fail(sock, "connect", Args::Connect { address }, 111);
    }

    fn offered() -> Offered {
        Offered {
            names: ["www.google.com", "*.pool.ntp.org"].map(str::to_owned).to_vec(),
            machine: "lab7.example.edu".to_owned(),
            ports: vec![10_000],
        }
    }

    /// What is told of a program that does this.
    fn told(does: impl FnOnce(&mut Story, Who)) -> Vec<String> {
        let mut story = Story::new();
        let who = story.command("server", "s");
        does(&mut story, who);
        let timeline = story.build();
        let events: Vec<&Event> = timeline.events.iter().collect();
        assert_eq!(gone_outside(&events, |_| false, &offered()), [], "others are not asked about");
        let found = gone_outside(&events, |_| true, &offered());
        found.into_iter().map(|(_, what)| what).collect()
    }

    #[test]
    fn a_name_and_a_port_that_nobody_has_are_outside() {
        let found = told(|story, who| {
            asks(story, who, "example.com");
            asks(story, who, "EXAMPLE.com");
            connects(story, who, 80);
            connects(story, who, 8080);
        });
        assert_eq!(found, ["EXAMPLE.com:80"], "the second one was to no name");
        let found = told(|story, who| {
            asks(story, who, "ntp.example.com");
            let sock = story.udp(who);
            story.sendto(sock, "127.0.0.1:123", "x");
        });
        assert_eq!(found, ["ntp.example.com:123"]);
    }

    #[test]
    fn a_client_that_finds_its_server_is_not_outside() {
        // By whatever name, and even if nobody is there.
        let found = told(|story, who| {
            asks(story, who, "example.com");
            connects(story, who, 10_000);
        });
        assert_eq!(found, [] as [String; 0]);
        let found = told(|story, who| {
            let server = story.command("other", "o");
            let listener = story.tcp(server);
            story.bind(listener, "127.0.0.1:7777");
            asks(story, who, "example.com");
            connects(story, who, 7777);
        });
        assert_eq!(found, [] as [String; 0]);
    }

    #[test]
    fn who_asks_for_an_address_goes_nowhere() {
        let found = told(|story, who| {
            asks(story, who, "example.com");
            let probe = story.udp(who);
            story.connect(probe, "127.0.0.1:80");
            connects(story, who, 6379);
        });
        assert_eq!(found, [] as [String; 0]);
        // A server for datagrams answers whoever has sent one.
        let found = told(|story, who| {
            let other = story.command("client", "c");
            let (client, server) = (story.udp(other), story.udp(who));
            story.bind(server, "127.0.0.1:10000");
            asks(story, who, "example.com");
            story.sendto(client, "127.0.0.1:10000", "x");
            story.recvfrom(server, client, "127.0.0.1", "x");
            let port = story.identity(client).local.as_ref().and_then(Endpoint::port);
            story.sendto(server, &format!("127.0.0.1:{}", port.expect("a port")), "x");
        });
        assert_eq!(found, [] as [String; 0]);
        // The C library sorts the addresses of a name before one of them is used.
        let found = told(|story, who| {
            asks(story, who, "example.com");
            let probe = story.udp(who);
            story.connect(probe, "127.0.0.1:80");
            connects(story, who, 80);
        });
        assert_eq!(found, ["example.com:80"]);
    }

    #[test]
    fn names_of_the_task_and_of_the_machine_are_not_outside() {
        for name in [
            "www.google.com",
            "0.pool.ntp.org",
            "printer",
            "printer.local",
            "x.localhost",
            "localhost.localdomain",
            "1.0.0.127.in-addr.arpa",
            "lab7.example.edu",
            "lab7.lan",
            "db.example.edu",
        ] {
            assert!(!offered().lacks(name), "{name}");
        }
        for name in ["google.com", "pool.ntp.org.evil.com", "mylocal.org", "example.com"] {
            assert!(offered().lacks(name), "{name}");
        }
        assert!(!Offered { names: vec!["*".to_owned()], ..offered() }.lacks("example.com"));
    }
}
