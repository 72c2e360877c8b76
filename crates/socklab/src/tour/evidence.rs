//! Second sources: independent answers to compare with what the programs print.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::process::Command;

use socklab_net::resolve::Family;

/// An answer and its source.
pub(super) struct Opinion<T> {
    pub(super) source: &'static str,
    pub(super) answer: T,
}

/// The addresses of a name, from glibc's own tool if it is installed.
pub(super) fn addresses(name: &str) -> Opinion<BTreeSet<IpAddr>> {
    if let Some(lines) = getent(&["ahosts", name]) {
        let answer = lines.lines().filter_map(|line| line.split_whitespace().next()?.parse().ok());
        return Opinion { source: "getent ahosts", answer: answer.collect() };
    }
    let resolution = socklab_net::resolve::resolve(name, Family::Any);
    let answer = resolution.map(|resolution| resolution.addresses).unwrap_or_default();
    Opinion { source: "getaddrinfo", answer: answer.into_iter().collect() }
}

/// The name of the service at a port.
pub(super) fn service(port: u16, protocol: socklab_net::services::Protocol) -> Opinion<String> {
    if let Some(line) = getent(&["services", &format!("{port}/{protocol}")]) {
        let answer = line.split_whitespace().next().unwrap_or_default().to_string();
        return Opinion { source: "getent services", answer };
    }
    let table = socklab_net::services::Table::load();
    let found = table.by_port(port, protocol).map(|service| service.name.clone());
    Opinion { source: "/etc/services", answer: found.unwrap_or_default() }
}

/// This machine's name, as the kernel reports it.
pub(super) fn host_name() -> String {
    socklab_kernel::sysctl::read("kernel.hostname").unwrap_or_default()
}

fn getent(words: &[&str]) -> Option<String> {
    let output = Command::new("getent").args(words).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    (output.status.success() && !text.is_empty()).then_some(text)
}
