//! basics-03: from a port number to the name of its service.
//!
//! New here: a port is a number, a service has a name, and `/etc/services` maps one to the other.
//!
//! Run: `socklab run basics-03 [PORT [PROTOCOL]]`
//!
//! Try: `80 tcp`, `123 udp`, `8888 tcp`. Compare with `getent services 80/tcp`.
//!
//! The question: does a web server have to listen on port 80? Who would object?

use std::env::args;
use std::fs::read_to_string;
use std::num::NonZeroU16;

use anyhow::{Context, Result, bail};

const SERVICES: &str = "/etc/services";

// The same format as the file, for a machine without one.
const WELL_KNOWN: &str = "\
echo      7/tcp
echo      7/udp
daytime  13/tcp
smtp     25/tcp     mail
domain   53/tcp
domain   53/udp
http     80/tcp     www
ntp     123/udp
https   443/tcp
";

pub fn main() -> Result<()> {
    let arguments: Vec<String> = args().skip(1).collect();
    let questions: Vec<(u16, &str)> = match arguments.as_slice() {
        [] => vec![(25, "tcp"), (53, "udp")],
        [port] => vec![(port_number(port)?, "tcp")],
        [port, protocol, ..] => vec![(port_number(port)?, protocol)],
    };

    // getservbyport(3) does little more than this: it reads a text file line by line.
    let table = read_to_string(SERVICES).unwrap_or(WELL_KNOWN.to_string());

    for (port, protocol) in questions {
        match service_name(&table, port, protocol) {
            Some(name) => println!("Port {port}/{protocol} is the service {name}"),
            None => {
                bail!("port {port}/{protocol}: no service has it, as far as this machine knows")
            }
        }
    }
    Ok(())
}

/// Finds `smtp` for 25 and tcp in lines like `smtp 25/tcp mail # a comment`.
fn service_name<'t>(table: &'t str, port: u16, protocol: &str) -> Option<&'t str> {
    let wanted = format!("{port}/{protocol}");
    for line in table.lines() {
        let mut words = line.split('#').next()?.split_whitespace();
        let (name, number) = (words.next(), words.next());
        if number == Some(&wanted) {
            return name;
        }
    }
    None
}

fn port_number(text: &str) -> Result<u16> {
    let port = text.parse::<NonZeroU16>();
    Ok(port.with_context(|| format!("a port is a number from 1 to 65535, not {text:?}"))?.get())
}
