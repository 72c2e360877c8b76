//! Socket options that change observable behaviour.

use socklab_event::{Args, OptionValue};
use socklab_flows::Position;

use crate::case::{Case, Occurrence, is_tcp, port};

/// The calls that switched an option on.
fn switched_on<'c>(
    case: &'c Case<'_>,
    wanted: &'static str,
) -> impl Iterator<Item = Position> + use<'c> {
    let set = case.calls().filter(move |(_, call)| match &call.args {
        Args::SetOption { option, value: OptionValue::Int(value), .. } => {
            option == wanted && *value != 0 && call.value().is_some()
        }
        _ => false,
    });
    set.map(|(at, _)| at)
}

pub(super) fn reuse_address(case: &Case<'_>) -> Vec<Occurrence> {
    // Only TCP has TIME_WAIT; for UDP sockets the option means something else.
    let tcp = switched_on(case, "SO_REUSEADDR").filter(|at| case.call(*at).is_some_and(is_tcp));
    let found = tcp.filter_map(|at| {
        let later = case.socket(at)?.calls.iter().copied().filter(|later| *later > at);
        let bind = later.into_iter().find_map(|later| match &case.call(later)?.args {
            Args::Bind { address } if port(address) > 0 && case.call(later)?.value().is_some() => {
                Some((later, port(address)))
            }
            _ => None,
        });
        let (bind, port) = bind?;
        Some(Occurrence::at(at).and([bind]).with("port", port))
    });
    found.collect()
}

pub(super) fn no_delay(case: &Case<'_>) -> Vec<Occurrence> {
    let set = switched_on(case, "TCP_NODELAY").filter(|at| case.call(*at).is_some_and(is_tcp));
    set.map(Occurrence::at).collect()
}

#[cfg(test)]
mod tests {
    use socklab_event::{Name, Outcome};
    use socklab_timelines::{Sock, Story};

    use super::super::explained::{rules, text_of};
    use super::*;

    fn set(story: &mut Story, sock: Sock, option: &'static str, value: i64) {
        let level = Name::of("SOL_SOCKET");
        let args =
            Args::SetOption { level, option: Name::of(option), value: OptionValue::Int(value) };
        story.on(sock, "setsockopt", args, Outcome::Value(0));
    }

    #[test]
    fn options_count_when_switched_on() {
        let mut story = Story::new();
        let server = story.command("server", "s");
        let sock = story.tcp(server);
        set(&mut story, sock, "SO_REUSEADDR", 0);
        story.bind(sock, "*:12000");
        assert_eq!(rules(&story.build()), [""; 0]);
        let sock = story.tcp(server);
        set(&mut story, sock, "SO_REUSEADDR", 1);
        set(&mut story, sock, "TCP_NODELAY", 1);
        story.bind(sock, "*:12000");
        assert_eq!(rules(&story.build()), ["reuse-address", "no-delay"]);
        assert!(text_of(&story.build(), "reuse-address").contains("12000"));
    }

    #[test]
    fn reusing_an_address_is_a_lesson_about_tcp() {
        let mut story = Story::new();
        let server = story.command("server", "s");
        let sock = story.udp(server);
        set(&mut story, sock, "SO_REUSEADDR", 1);
        story.bind(sock, "*:12000");
        assert_eq!(rules(&story.build()), [""; 0], "UDP has no TIME_WAIT to get past");
    }
}
