//! Which place the words of a command line describe. Pure.

use socklab_lab::rules::{Rule, RuleError};
use socklab_lab::{HostsOptions, LoopedOptions, PlaceKind, host_options};

use crate::cli::LabPlace;

/// The hosts that there are if nothing else is said: their addresses are 10.0.0.1, 10.0.0.2, 10.0.0.3.
pub(super) const USUAL: [&str; 3] = ["client", "server", "internet"];

/// The place that is wanted. `also` names hosts that are needed, too: if there are any, or hosts were
/// asked for, or a fast wire, which is between hosts, there are hosts.
pub(super) fn kind(wanted: &LabPlace, also: &[&str]) -> Result<PlaceKind, RuleError> {
    let rules = wanted.wire.iter().map(|text| text.parse());
    let rules: Vec<Rule> = rules.collect::<Result<_, _>>()?;
    if wanted.hosts.is_none() && also.is_empty() && !wanted.fast {
        if rules.is_empty() && wanted.mtu.is_none() {
            return Ok(PlaceKind::Loopback);
        }
        let mut options = LoopedOptions::default();
        options.rules = rules;
        options.mtu = wanted.mtu.unwrap_or(options.mtu);
        return Ok(PlaceKind::Looped(options));
    }
    let mut names = named(wanted.hosts.as_deref());
    for name in also {
        if !names.iter().any(|known| known == name) {
            names.push((*name).to_owned());
        }
    }
    let mut options: HostsOptions = host_options(names);
    options.rules = rules;
    options.mtu = wanted.mtu.unwrap_or(options.mtu);
    options.fast = wanted.fast;
    Ok(PlaceKind::Hosts(options))
}

/// `5`: so many hosts, the usual ones first. `web,db`: hosts of these names.
fn named(hosts: Option<&str>) -> Vec<String> {
    let usual = || USUAL.iter().map(|name| (*name).to_owned());
    match hosts {
        None => usual().collect(),
        Some(text) => match text.parse::<usize>() {
            // What is too many is refused where addresses are given out.
            Ok(count) => {
                let more = (USUAL.len() + 1..).map(|number| format!("host{number}"));
                usual().chain(more).take(count.min(MANY)).collect()
            }
            Err(_) => text.split(',').map(|name| name.trim().to_owned()).collect(),
        },
    }
}

/// More hosts than any place can have.
const MANY: usize = 1000;

#[cfg(test)]
mod tests {
    use super::*;

    fn hosts(wanted: &LabPlace, also: &[&str]) -> Vec<String> {
        match kind(wanted, also).unwrap() {
            PlaceKind::Hosts(options) => options.hosts.into_iter().map(|host| host.name).collect(),
            _ => vec![],
        }
    }

    #[test]
    fn a_place_is_a_loopback_unless_hosts_are_named() {
        let plain = LabPlace::default();
        assert!(matches!(kind(&plain, &[]), Ok(PlaceKind::Loopback)));
        let wire = LabPlace { wire: vec!["drop the 1st SYN".into()], ..LabPlace::default() };
        assert!(matches!(kind(&wire, &[]), Ok(PlaceKind::Looped(it)) if it.rules.len() == 1));
        assert_eq!(hosts(&plain, &["server"]), USUAL);
        assert_eq!(hosts(&plain, &["web"]), ["client", "server", "internet", "web"]);
        let named = LabPlace { hosts: Some("a, b".into()), ..LabPlace::default() };
        assert_eq!(hosts(&named, &["b"]), ["a", "b"]);
        let fast = LabPlace { fast: true, ..LabPlace::default() };
        assert!(matches!(kind(&fast, &[]), Ok(PlaceKind::Hosts(it)) if it.fast));
        let five = LabPlace { hosts: Some("5".into()), ..LabPlace::default() };
        assert_eq!(hosts(&five, &[])[3..], ["host4", "host5"]);
    }

    #[test]
    fn what_is_no_rule_is_an_error() {
        let wire = LabPlace { wire: vec!["dropp it".into()], ..LabPlace::default() };
        assert!(kind(&wire, &[]).is_err());
    }
}
