//! What can be written, and how it is written back.

use super::super::{Change, Rule};
use super::built::rule;

#[test]
fn rules_are_written_back_in_one_form() {
    for (written, canonical) in [
        ("drop the 2nd SYN from client", "drop the 2nd SYN from client"),
        ("DROP the Second syns FROM client", "drop the 2nd SYN from client"),
        ("drop 1st SYN,ACK", "drop the 1st SYN-ACK"),
        ("drop the 1st SYN-ACK from the server", "drop the 1st SYN-ACK from server"),
        (
            "drop the segment with byte 3000 of the answer, once",
            "drop the segment with byte 3000 of the answer, once",
        ),
        (
            "drop the segment with byte 3000 from server",
            "drop the segment with byte 3000 from server",
        ),
        ("drop every 3rd data from client", "drop every 3rd data from client"),
        ("drop all", "drop every frame"),
        ("drop all from server", "drop every frame from server"),
        ("drop the data from client twice", "drop every data from client, twice"),
        ("drop datagrams to port 53, 5 times", "drop every UDP to port 53, 5 times"),
        ("delay 40ms", "delay 40ms"),
        ("delay 40 ms all from server", "delay 40ms from server"),
        ("delay 1.5s the 1st data", "delay 1500ms the 1st data"),
        ("delay 0.5ms of the 2nd connection", "delay 500us of the 2nd connection"),
        (
            "delay 40ms data of the 2nd connection to port 80",
            "delay 40ms every data to port 80 of the 2nd connection",
        ),
        ("duplicate the 1st UDP from client", "duplicate the 1st UDP from client"),
        ("reorder 3 and 4", "reorder 3 and 4"),
        ("reorder 3 and 4 of the UDP from client", "reorder 3 and 4 of the UDP from client"),
        ("corrupt byte 60", "corrupt byte 60"),
        ("corrupt byte 60 of the frame", "corrupt byte 60"),
        (
            "corrupt byte 60 of the 1st data from client",
            "corrupt byte 60 of the 1st data from client",
        ),
        (
            "corrupt byte 3 of the payload of the 1st UDP from client and mend the checksum",
            "corrupt byte 3 of the payload and mend the checksum of the 1st UDP from client",
        ),
        ("lose 5% seed 7", "lose 5% seed 7"),
        ("lose 0.5 % of the data from server", "lose 0.5% seed 1 of the data from server"),
        ("rate 1 Mbit/s", "rate 1 Mbit/s"),
        ("rate 125kB/s from server", "rate 1 Mbit/s from server"),
        ("reset after 10 kB", "reset after 10 kB"),
        ("reset after 10000 bytes from server, once", "reset after 10 kB from server, once"),
        ("reset after the 3rd data from client", "reset after the 3rd data from client"),
        ("host server dies", "host server dies"),
        ("host server dies at 2s", "host server dies after 2s"),
        (
            "host server dies after the 3rd data from client",
            "host server dies after the 3rd data from client",
        ),
        ("partition client from server", "partition client from server"),
        (
            "partition 10.0.0.1 from fd00::2 at 1s until 3s",
            "partition 10.0.0.1 from fd00::2 between 1s and 3s",
        ),
        ("drop the 1st FIN after 1s", "drop the 1st FIN after 1s"),
        ("drop all data until 2s", "drop every data until 2s"),
        (
            "drop ICMP between 1s and the 2nd data from client, once",
            "drop every ICMP between 1s and the 2nd data from client, once",
        ),
        ("drop the 1st retransmission", "drop the 1st retransmission"),
        ("drop every 2nd fragment", "drop every 2nd fragment"),
        ("drop ARP from client", "drop every ARP from client"),
    ] {
        let parsed = rule(written);
        assert_eq!(parsed.to_string(), canonical, "{written}");
        assert_eq!(parsed.text(), written);
        assert_eq!(rule(canonical), parsed, "{written}");
    }
}

#[test]
fn a_change_adds_or_lifts() {
    for (written, canonical) in [
        ("drop all", "drop every frame"),
        ("lift drop the 1st SYN", "lift drop the 1st SYN"),
        ("lift all", "lift all"),
        ("heal", "heal"),
    ] {
        let change: Change = written.parse().unwrap();
        assert_eq!(change.to_string(), canonical);
        assert_eq!(change.text(), written);
    }
    let mistake = "lift drop the 1st SIN".parse::<Change>().unwrap_err();
    assert_eq!(mistake.word(), "SIN");
    assert!("heal everything".parse::<Change>().is_err());
}

#[test]
fn a_rule_names_its_hosts_and_addresses() {
    let hosts = |text: &str| rule(text).hosts().join(" ");
    assert_eq!(hosts("drop the 1st data from a to b after the 2nd SYN from c"), "a b c");
    assert_eq!(hosts("host server dies after the 1st data from client"), "server client");
    assert_eq!(hosts("partition client from 10.0.0.2"), "client");
    assert_eq!(hosts("reset after the 1st data to b"), "b");
    let addresses = rule("partition client from ::1").addresses();
    assert_eq!(addresses, ["::1".parse::<std::net::IpAddr>().unwrap()]);
}

#[test]
fn rules_are_equal_if_they_mean_the_same() {
    let same = |one: &str, other: &str| rule(one) == rule(other);
    assert!(same("drop the 1st SYN", "drop  first syn"));
    assert!(!same("drop the 1st SYN", "drop the 1st SYN from client"));
    assert!("drop the 1st SYN".parse::<Rule>().is_ok());
}

#[test]
fn rules_and_changes_are_kept_as_their_authors_wrote_them() {
    let text = serde_json::to_string(&rule("drop the first  SYN")).unwrap();
    assert_eq!(text, "\"drop the first  SYN\"");
    assert_eq!(serde_json::from_str::<Rule>(&text).unwrap(), rule("drop the 1st SYN"));
    let error = serde_json::from_str::<Rule>("\"drop the 1st SIN\"").unwrap_err().to_string();
    assert!(error.contains("at \"SIN\""), "{error}");
    let change: Change = serde_json::from_str("\"lift all\"").unwrap();
    assert_eq!(serde_json::to_string(&change).unwrap(), "\"lift all\"");
}
