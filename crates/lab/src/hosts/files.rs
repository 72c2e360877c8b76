//! What a host's programs find in `/etc`. Pure.

use super::{Addresses, INTERNET};

/// `hosts(5)`: the host itself, and all the others by name.
pub(super) fn hosts(name: &str, all: &[(&str, Addresses)]) -> String {
    // As on a real host, its own name leads to the network and not to the loopback: what a program
    // binds to by that name, others reach.
    debug_assert!(all.iter().any(|(known, _)| *known == name));
    let mut text = "127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback\n".to_owned();
    for (name, Addresses { v4, v6 }) in all {
        text += &format!("{v4} {name}\n{v6} {name}\n");
    }
    text
}

/// `resolv.conf(5)`: the host that knows other names, if there is one.
pub(super) fn resolver(all: &[(&str, Addresses)]) -> String {
    let internet = all.iter().find(|(name, _)| *name == INTERNET);
    let server = internet.map_or_else(String::new, |(_, it)| format!("nameserver {}\n", it.v4));
    // Without a name server the library would ask 127.0.0.1, where nobody is: that is fast, too.
    format!("{server}search .\noptions timeout:2 attempts:2\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_is_known_by_name() {
        let all = [("client", Addresses::of(0)), (INTERNET, Addresses::of(1))];
        assert!(
            hosts("client", &all).ends_with(
                "10.0.0.1 client\nfd00::1 client\n10.0.0.2 internet\nfd00::2 internet\n"
            )
        );
        assert!(resolver(&all).starts_with("nameserver 10.0.0.2\n"));
        assert!(resolver(&all[..1]).starts_with("search"));
    }
}
