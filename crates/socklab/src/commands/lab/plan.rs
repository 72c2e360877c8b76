//! Which place the words of a command line describe, or what is wrong with them. Pure.

use socklab_lab::rules::Rule;
use socklab_lab::{
    HostsMistake, HostsOptions, LoopedOptions, LoopedRefusal, PlaceKind, host_options,
};
use socklab_say::{Speaker, count, say};
use socklab_scenario::rule_stranger;

use crate::cli::LabPlace;
use crate::exit_reason::ExitReason;
use crate::failure::Failure;
use crate::wire_rules;

/// The hosts that there are if nothing else is said: their addresses are 10.0.0.1, 10.0.0.2, 10.0.0.3.
pub(super) const USUAL: [&str; 3] = ["client", "server", "internet"];

/// The place that is wanted. `also` names hosts that are needed, too: if there are any, or hosts were
/// asked for, or a fast wire, which is between hosts, there are hosts. Hosts that were asked for are all
/// that there are; without, those that are needed are made, unless their names look like mistakes.
///
/// # Errors
///
/// What makes no sense, whatever the machine allows.
pub(super) fn kind(
    speaker: Speaker,
    wanted: &LabPlace,
    also: &[&str],
) -> Result<PlaceKind, Failure> {
    let rules = wanted.wire.iter().map(|text| text.parse());
    let rules: Vec<Rule> =
        rules.collect::<Result<_, _>>().map_err(|error| wire_rules::no_rule(speaker, &error))?;
    if wanted.hosts.is_none() && also.is_empty() && !wanted.fast {
        if rules.is_empty() && wanted.mtu.is_none() {
            return Ok(PlaceKind::Loopback);
        }
        let mut options = LoopedOptions::default();
        options.rules = rules;
        options.mtu = wanted.mtu.unwrap_or(options.mtu);
        options.check().map_err(|refusal| no_wire(speaker, &options.rules, &refusal))?;
        return Ok(PlaceKind::Looped(options));
    }
    let mut names = named(wanted.hosts.as_deref());
    for name in also {
        if names.iter().any(|known| known == name) {
            continue;
        }
        if wanted.hosts.is_some() {
            let (host, known) = ((*name).to_owned(), names);
            let what = told(speaker, &HostsMistake::NoHost { host, known });
            return Err(Failure::new(ExitReason::Usage, what));
        }
        if let Some(known) = misspelt(name) {
            let all = [&USUAL[..], &[name]].concat().join(",");
            let what = say!(speaker, "lab-host-alike", host = *name);
            let hint = say!(speaker, "lab-host-alike-hint", known = known, hosts = all);
            return Err(Failure::new(ExitReason::Usage, what).hint(hint));
        }
        names.push((*name).to_owned());
    }
    let mut options: HostsOptions = host_options(names);
    options.rules = rules;
    options.mtu = wanted.mtu.unwrap_or(options.mtu);
    options.fast = wanted.fast;
    options.check().map_err(|mistake| Failure::new(ExitReason::Usage, told(speaker, &mistake)))?;
    Ok(PlaceKind::Hosts(options))
}

/// The usual host that a name probably stands for. `server2` is another one on purpose.
fn misspelt(name: &str) -> Option<&'static str> {
    const ALIKE: f64 = 0.8;
    let numbered = |known: &str| {
        let number = name.strip_prefix(known);
        number.is_some_and(|it| it.trim_start_matches('-').chars().all(|it| it.is_ascii_digit()))
    };
    let name = name.to_lowercase();
    USUAL
        .into_iter()
        .filter(|known| !numbered(known))
        .map(|known| (strsim::jaro_winkler(known, &name), known))
        .filter(|(likeness, _)| *likeness > ALIKE)
        .max_by(|one, other| one.0.total_cmp(&other.0))
        .map(|(_, known)| known)
}

/// Those of these hosts that a lab has only because somebody needs them, if so.
pub(super) fn made<'h>(wanted: &LabPlace, also: &[&'h str]) -> Vec<&'h str> {
    let mut made: Vec<&str> = Vec::new();
    for name in also.iter().filter(|_| wanted.hosts.is_none()) {
        if !USUAL.contains(name) && !made.contains(name) {
            made.push(name);
        }
    }
    made
}

/// Why there can be no looped loopback with these rules.
fn no_wire(speaker: Speaker, rules: &[Rule], refusal: &LoopedRefusal) -> Failure {
    let stranger = |rule: &Rule| Some((rule.text().to_owned(), rule_stranger(rule)?.1));
    let what = match refusal {
        LoopedRefusal::Mtu { mtu, least, most } => no_mtu(speaker, *mtu, *least, *most),
        other => match rules.iter().find_map(stranger) {
            Some((rule, what)) => format!("{rule}: {}", speaker.tell(&what)),
            None => other.to_string(),
        },
    };
    Failure::new(ExitReason::Usage, what)
}

/// What is wrong with hosts, or with what is to be done to them.
pub(super) fn told(speaker: Speaker, mistake: &HostsMistake) -> String {
    match mistake {
        HostsMistake::NoHost { host, known } => {
            say!(speaker, "lab-no-host", host = host.as_str(), known = known.join(", "))
        }
        HostsMistake::Rule { rule, host, known } => {
            let what = say!(speaker, "lab-no-host", host = host.as_str(), known = known.join(", "));
            format!("{rule}: {what}")
        }
        HostsMistake::Name(name) => say!(speaker, "lab-host-name", name = format!("{name:?}")),
        HostsMistake::Twice(name) => say!(speaker, "lab-host-twice", name = name.as_str()),
        HostsMistake::TooMany { most, .. } => {
            say!(speaker, "lab-too-many-hosts", most = count(*most as u64))
        }
        HostsMistake::Fast => say!(speaker, "lab-fast-has-no-rules"),
        HostsMistake::Mtu { mtu, least, most } => no_mtu(speaker, *mtu, *least, *most),
        // The crate may have learned of more.
        other => other.to_string(),
    }
}

fn no_mtu(speaker: Speaker, mtu: u32, least: u32, most: u32) -> String {
    let [mtu, least, most] = [mtu, least, most].map(|bytes| bytes.to_string());
    say!(speaker, "lab-mtu", mtu = mtu, least = least, most = most)
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
    use socklab_say::Language;

    use super::*;

    fn hosts(wanted: &LabPlace, also: &[&str]) -> Vec<String> {
        match kind(Speaker::ENGLISH, wanted, also).unwrap() {
            PlaceKind::Hosts(options) => options.hosts.into_iter().map(|host| host.name).collect(),
            _ => vec![],
        }
    }

    #[test]
    fn a_place_is_a_loopback_unless_hosts_are_named() {
        let plain = LabPlace::default();
        assert!(matches!(kind(Speaker::ENGLISH, &plain, &[]), Ok(PlaceKind::Loopback)));
        let wire = LabPlace { wire: vec!["drop the 1st SYN".into()], ..LabPlace::default() };
        assert!(
            matches!(kind(Speaker::ENGLISH, &wire, &[]), Ok(PlaceKind::Looped(it)) if it.rules.len() == 1)
        );
        assert_eq!(hosts(&plain, &["server"]), USUAL);
        assert_eq!(hosts(&plain, &["web"]), ["client", "server", "internet", "web"]);
        let named = LabPlace { hosts: Some("a, b".into()), ..LabPlace::default() };
        assert_eq!(hosts(&named, &["b"]), ["a", "b"]);
        assert!(kind(Speaker::ENGLISH, &named, &["c"]).is_err());
        let fast = LabPlace { fast: true, ..LabPlace::default() };
        assert!(matches!(kind(Speaker::ENGLISH, &fast, &[]), Ok(PlaceKind::Hosts(it)) if it.fast));
        let five = LabPlace { hosts: Some("5".into()), ..LabPlace::default() };
        assert_eq!(hosts(&five, &[])[3..], ["host4", "host5"]);
    }

    #[test]
    fn a_misspelt_host_is_not_made() {
        let plain = LabPlace::default();
        for (name, meant) in [("servidor", "server"), ("cliente", "client"), ("Server", "server")] {
            assert_eq!(misspelt(name), Some(meant));
            assert!(kind(Speaker::ENGLISH, &plain, &[name]).is_err());
        }
        for name in ["server2", "client-1", "web", "db", "router", "peer", "host4", "a"] {
            assert_eq!(misspelt(name), None, "{name}");
        }
        assert_eq!(made(&plain, &["server", "web", "web"]), ["web"]);
    }

    #[test]
    fn what_is_no_rule_is_an_error() {
        let wire = LabPlace { wire: vec!["dropp it".into()], ..LabPlace::default() };
        let failure = kind(Speaker::ENGLISH, &wire, &[]).unwrap_err().to_string();
        assert!(
            failure.contains("\n  dropp it\n  ^^^^^\n") || failure.ends_with("^^^^^"),
            "{failure}"
        );
    }

    #[test]
    fn what_makes_no_sense_is_said_in_the_readers_language() {
        let said = |language: &str, hosts: Option<&str>, rule: &[&str], mtu| {
            let wire = rule.iter().map(|rule| (*rule).to_owned()).collect();
            let wanted =
                LabPlace { hosts: hosts.map(str::to_owned), wire, mtu, ..LabPlace::default() };
            let speaker = Speaker::new(Language::find(language).expect("a language"));
            kind(speaker, &wanted, &[]).map(drop).unwrap_err().to_string()
        };
        assert_eq!(said("en", Some("a,a"), &[], None), "two hosts are called a");
        assert_eq!(said("es", Some("a,a"), &[], None), "dos máquinas se llaman a");
        assert_eq!(said("en", Some("300"), &[], None), "a lab has 200 hosts at most");
        let mtu = "no wire has an MTU of 10: 1280 to 65535 bytes";
        assert_eq!(said("en", Some("2"), &[], Some(10)), mtu);
        assert!(said("es", None, &[], Some(10)).contains("de 68 a 65535"));
        let unknown = said("en", Some("a,b"), &["host c dies"], None);
        assert_eq!(unknown, "host c dies: there is no host c, only a, b");
        assert!(said("es", None, &["host c dies"], None).starts_with("host c dies: nadie"));
    }
}
