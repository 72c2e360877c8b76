//! Where a traced program can do its work: in a lab, whose packets can be recorded, or only in the
//! machine's own network. Pure.

use programs::Program;
use socklab_lab::is_in_internet;

/// Where a program runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ground {
    /// A loopback of its own, with the local internet.
    Lab,
    /// Where other terminals are, and the machine's internet.
    Machine,
}

/// Where this program finds everybody it needs. A client of another terminal has to reach a server; a client
/// finds its server there, or by a name that only the real internet knows; and who needs nobody, or whom
/// every lab has, is better off in a lab.
pub(super) fn ground(program: &Program, arguments: &[String]) -> Ground {
    let named = arguments.iter().find(|word| *word != "--").map(String::as_str);
    let finds = match program.group {
        _ if is_server(program) => false,
        // A name is looked up, and nobody is talked to.
        "socket-utils" => named.is_none_or(|name| !is_name_of_others(name)),
        "ntp-client" => {
            // SERVER[:PORT].
            let host = |text: &str| text.split(':').next().unwrap_or_default().to_owned();
            named.is_none_or(|server| is_in_internet(&host(server)))
        }
        "socket-http-client" => named.is_none_or(is_in_internet),
        // The pairs: without an argument, the server is on the same machine.
        _ => named.is_some_and(is_in_internet),
    };
    if finds { Ground::Lab } else { Ground::Machine }
}

/// Whether the program binds a port that a server of the internet would have, too.
pub(super) fn is_server(program: &Program) -> bool {
    program.name.ends_with("-server") || program.group == "socket-server"
}

/// Whether only the machine's own internet may know a name. Addresses, and what is no name, need nobody.
fn is_name_of_others(name: &str) -> bool {
    name.contains('.') && name.parse::<std::net::IpAddr>().is_err() && !is_in_internet(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_runs_where_it_finds_its_peer() {
        let of = |line: &str| {
            let mut words = line.split(' ').map(str::to_owned);
            let program = programs::find(&words.next().unwrap()).unwrap();
            ground(program, &words.collect::<Vec<_>>())
        };
        for line in [
            "basics-01",
            "basics-02",
            "basics-02 www.example.org",
            "basics-02 localhost",
            "basics-02 192.0.2.1",
            "basics-03 25",
            "basics-05",
            "basics-05 time.nist.gov",
            "basics-04 pool.ntp.org:123",
            "socket-01",
            "socket-05",
            "socket-03 example.com 80",
            "tcp-client servername",
        ] {
            assert_eq!(of(line), Ground::Lab, "{line}");
        }
        for line in [
            "server-01",
            "server-03 8889",
            "tcp-server",
            "echo-server --port 9",
            "tcp-client",
            "tcp-client localhost 12001",
            "echo-client --host localhost",
            "socket-05 localhost 8080",
            "socket-05 www.eafit.edu.co",
            "basics-02 www.eafit.edu.co",
            "basics-05 127.0.0.1:12300",
        ] {
            assert_eq!(of(line), Ground::Machine, "{line}");
        }
    }
}
