//! The bytes that an event quotes, wherever they are: what limits shorten, and what a redacted
//! recording leaves out.

use std::sync::Arc;

use crate::{
    Args, Bytes, Call, Control, Endpoint, Event, Frame, Header, Message, OptionValue, Process,
    SocketId, Transport, What,
};

impl Event {
    /// Visits every sample of bytes in the event: messages, ancillary data, the values of options
    /// that are not decoded, what passed through standard streams, frames, and addresses of
    /// families that are not decoded.
    pub fn each_sample(&mut self, mut visit: impl FnMut(&mut Bytes)) {
        let visit: &mut dyn FnMut(&mut Bytes) = &mut visit;
        match &mut self.what {
            What::Call(call) => of_call(call, visit),
            What::Process(process) => match &mut **process {
                Process::Stdio { bytes, .. } => visit(bytes),
                Process::Ready { at, .. } => of_endpoint(at.as_mut(), visit),
                _ => {}
            },
            What::Frame(frame) => of_frame(frame, visit),
            What::State(_) | What::Notice(_) => {}
        }
        self.each_socket(|socket| of_socket(socket, visit));
    }

    /// Drops every byte that a program sent, received, printed or passed to the kernel undecoded,
    /// and the arguments of programs. What remains is how many bytes there were; names of programs,
    /// addresses, paths of files and Unix sockets, and everything that is decoded into numbers and
    /// names.
    pub fn redact(&mut self) {
        self.each_sample(|bytes| bytes.cut(0));
        if let What::Process(process) = &mut self.what
            && let Process::Start { argv, argv_omitted, .. }
            | Process::Exec { argv, argv_omitted, .. } = &mut **process
        {
            *argv_omitted = argv_omitted.saturating_add(drop_arguments(argv));
        }
    }
}

impl Header {
    /// Drops the arguments of the commands, as [`Event::redact`] does.
    pub fn redact(&mut self) {
        for column in &mut self.columns {
            drop_arguments(&mut column.argv);
        }
    }
}

/// Leaves only the program's name, and returns how many arguments there were.
fn drop_arguments(argv: &mut Vec<String>) -> u64 {
    let dropped = argv.len().saturating_sub(1) as u64;
    argv.truncate(1);
    dropped
}

type Visit<'v> = &'v mut dyn FnMut(&mut Bytes);

fn of_call(call: &mut Call, visit: Visit<'_>) {
    match &mut call.args {
        Args::Send { bytes, control, to: address, .. }
        | Args::Recv { bytes, control, from: address, .. } => {
            visit(bytes);
            of_control(control, visit);
            of_endpoint(address.as_mut(), visit);
        }
        Args::SendMany { messages, .. } | Args::RecvMany { messages, .. } => {
            for Message { bytes, address, control, .. } in messages {
                visit(bytes);
                of_control(control, visit);
                of_endpoint(address.as_mut(), visit);
            }
        }
        Args::SetOption { value, .. } | Args::GetOption { value: Some(value), .. } => {
            if let OptionValue::Bytes(bytes) = value {
                visit(bytes);
            }
        }
        Args::Bind { address } | Args::Connect { address } => of_endpoint(Some(address), visit),
        Args::Accept { peer, .. } => of_endpoint(peer.as_mut(), visit),
        Args::LocalName { address } | Args::PeerName { address } => {
            of_endpoint(address.as_mut(), visit);
        }
        Args::Socket { .. }
        | Args::Socketpair { .. }
        | Args::Poll { .. }
        | Args::Listen { .. }
        | Args::SendFile { .. }
        | Args::Shutdown { .. }
        | Args::Close
        | Args::GetOption { value: None, .. }
        | Args::Dup { .. }
        | Args::Fcntl { .. }
        | Args::Ioctl { .. }
        | Args::EpollWait { .. }
        | Args::EpollControl { .. }
        | Args::IoUring { .. }
        | Args::Other { .. } => {}
    }
}

fn of_control(control: &mut [Control], visit: Visit<'_>) {
    for one in control {
        match one {
            Control::Other { value, bytes, .. } => {
                if let Some(OptionValue::Bytes(value)) = value {
                    visit(value);
                }
                visit(bytes);
            }
            Control::Rights { .. } | Control::Credentials { .. } => {}
        }
    }
}

fn of_frame(frame: &mut Frame, visit: Visit<'_>) {
    visit(&mut frame.bytes);
    if let Some(headers) = &mut frame.headers {
        visit(&mut headers.payload);
        of_endpoint(Some(&mut headers.source), visit);
        of_endpoint(Some(&mut headers.destination), visit);
        if let Transport::Icmp { about: Some(about), .. } = &mut headers.transport {
            visit(&mut about.payload);
            of_endpoint(Some(&mut about.source), visit);
            of_endpoint(Some(&mut about.destination), visit);
        }
    }
}

fn of_socket(socket: &mut Arc<SocketId>, visit: Visit<'_>) {
    let quotes = |endpoint: &Option<Endpoint>| {
        matches!(endpoint, Some(Endpoint::Other { .. } | Endpoint::Invalid { .. }))
    };
    // Identities are shared among events: only those that must change get a copy.
    if quotes(&socket.local) || quotes(&socket.peer) {
        let socket = Arc::make_mut(socket);
        of_endpoint(socket.local.as_mut(), visit);
        of_endpoint(socket.peer.as_mut(), visit);
    }
}

fn of_endpoint(endpoint: Option<&mut Endpoint>, visit: Visit<'_>) {
    match endpoint {
        Some(Endpoint::Other { bytes, .. } | Endpoint::Invalid { bytes, .. }) => visit(bytes),
        // An abstract name is the socket's address, as a path is: without it nobody could tell who
        // is connected to whom.
        Some(
            Endpoint::UnixAbstract { .. }
            | Endpoint::Unix { .. }
            | Endpoint::UnixUnnamed
            | Endpoint::Inet { .. }
            | Endpoint::Inet6 { .. }
            | Endpoint::Netlink { .. }
            | Endpoint::Unspecified,
        )
        | None => {}
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{Column, Place, Stream};

    /// A word that no name, number or label of the format contains.
    const SECRET: &[u8] = b"Wg~7#xQ!";

    /// True if the serialised value contains the secret, as text or in base64.
    fn tells(value: &impl serde::Serialize) -> bool {
        let text = serde_json::to_string(value).unwrap();
        let plain = std::str::from_utf8(SECRET).unwrap();
        // With a byte that is not UTF-8 before it, the secret is stored in base64 as well.
        text.contains(plain) || text.contains("Wg~7") || text.contains("/1dnfjcjeFEh")
    }

    /// Puts the secret wherever the event quotes bytes; true if there is such a place.
    fn fill(event: &mut Event, raw: bool) -> bool {
        let mut places = 0;
        event.each_sample(|bytes| {
            bytes.sample = if raw { [b"\xff", SECRET].concat() } else { SECRET.to_vec() };
            bytes.total = 1000;
            places += 1;
        });
        places > 0
    }

    /// The strategies for this many types need more stack than a test thread has.
    #[test]
    fn no_byte_of_any_sample_survives_and_every_length_does() {
        let check = || {
            let config = ProptestConfig { cases: 512, ..ProptestConfig::default() };
            let mut runner = proptest::test_runner::TestRunner::new(config);
            let done = runner.run(&(any::<Event>(), any::<bool>()), |(mut event, raw)| {
                let quotes = fill(&mut event, raw);
                prop_assert_eq!(tells(&event), quotes, "the secret was not planted: {:?}", event);
                event.redact();
                prop_assert!(!tells(&event), "{:?}", event);
                let mut whole = true;
                event.each_sample(|bytes| {
                    whole &= bytes.sample.is_empty() && bytes.total == 1000;
                });
                prop_assert!(whole, "{:?}", event);
                Ok(())
            });
            done.map_err(|failure| failure.to_string())
        };
        let thread = std::thread::Builder::new().stack_size(256 << 20).spawn(check).unwrap();
        thread.join().unwrap().unwrap();
    }

    /// Bytes that an arbitrary event has in a place which `each_sample` doesn't know would be found
    /// here: every sample is serialised with a `total`, and no sample may be left.
    #[test]
    fn no_sample_is_left_in_a_place_that_nobody_visits() {
        fn samples(value: &serde_json::Value, found: &mut Vec<String>) {
            match value {
                serde_json::Value::Object(fields) => {
                    // The name of an abstract socket is an address and stays.
                    let is_name = |key: &str| key == "name";
                    if fields.contains_key("total") {
                        let forms = ["text", "base64"].map(|form| fields.get(form));
                        found.extend(forms.into_iter().flatten().map(ToString::to_string));
                    }
                    for (_, inner) in fields.iter().filter(|(key, _)| !is_name(key)) {
                        samples(inner, found);
                    }
                }
                serde_json::Value::Array(items) => {
                    items.iter().for_each(|item| samples(item, found));
                }
                _ => {}
            }
        }
        let check = || {
            let mut runner = proptest::test_runner::TestRunner::default();
            let whole = std::cell::Cell::new(0);
            let done = runner.run(&any::<Event>(), |mut event| {
                let mut found = Vec::new();
                samples(&serde_json::to_value(&event).unwrap(), &mut found);
                whole.set(whole.get() + found.len());
                event.redact();
                let mut found = Vec::new();
                samples(&serde_json::to_value(&event).unwrap(), &mut found);
                prop_assert!(found.iter().all(|text| text == "\"\""), "{:?}: {:?}", found, event);
                Ok(())
            });
            assert!(whole.get() > 100, "samples are stored in this form");
            done.map_err(|failure| failure.to_string())
        };
        let thread = std::thread::Builder::new().stack_size(256 << 20).spawn(check).unwrap();
        thread.join().unwrap().unwrap();
    }

    #[test]
    fn arguments_are_dropped_and_counted() {
        let argv = ["curl", "-u", "me:secret"].map(str::to_owned).to_vec();
        let column = Column { label: "curl".into(), argv: argv.clone() };
        let mut header = Header { columns: vec![column], ..Header::default() };
        header.redact();
        assert_eq!(header.columns[0].argv, ["curl"]);
        let what = Process::Exec { argv, argv_omitted: 1, exe: None }.into();
        let mut event = Event { seq: 0, at: 0, place: Place::default(), what };
        event.redact();
        let Some(Process::Exec { argv, argv_omitted, .. }) = event.process() else { panic!() };
        assert_eq!((&argv[..], *argv_omitted), (&["curl".to_owned()][..], 3));
    }

    #[test]
    fn what_a_program_printed_is_dropped_and_its_length_kept() {
        let bytes = Bytes::whole("the password is 1234");
        let what = Process::Stdio { stream: Stream::Stdout, bytes }.into();
        let mut event = Event { seq: 0, at: 0, place: Place::default(), what };
        event.redact();
        let mut kept = Vec::new();
        event.each_sample(|bytes| kept.push(bytes.clone()));
        assert_eq!(kept, [Bytes { sample: vec![], total: 20 }]);
    }
}
