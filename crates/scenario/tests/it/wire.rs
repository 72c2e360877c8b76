//! `wire` in course files: rules, changes of them in a step, and expectations about packets.

use socklab_lab::rules::Change;
use socklab_scenario::format::Verb;

use crate::folder::{Folder, GOOD, PROGRAMS, of};

/// `GOOD` with rules at its top, a step that changes them at its end, and a frame as evidence.
fn wired(rules: &str, change: &str, evidence: &str) -> String {
    let good = GOOD.replacen("= 1\n", &format!("= 1\nwire = [{rules}]\n"), 1);
    let step = format!("[[step]]\nwire = \"{change}\"\n\n[[choice]]");
    let good = good.replacen("[[choice]]", &step, 1);
    let plain = "actor = \"server\"\ncall = \"recv\"\nequals = \"hola\"";
    good.replacen(plain, evidence, 1)
}

const FRAME: &str = "frame = \"data\"\nfrom = \"alice\"\nto = \"server\"\nfate = \"delivered\"";

fn mistake(rules: &str, change: &str, evidence: &str) -> String {
    let folder = Folder::with(&wired(rules, change, evidence));
    let error = folder.course().question("01-one").expect_err("a mistake").to_string();
    error.replace(&format!("{}/questions/01-one/", folder.0.display()), "")
}

#[test]
fn rules_and_their_changes_are_read() {
    let text = wired("\"drop the 1st SYN from client\", 'delay 40ms'", "lift delay 40 ms", FRAME);
    let question = Folder::with(&text).course().question("01-one").unwrap();
    let rules: Vec<&str> = question.scenario.wire.iter().map(|rule| rule.text()).collect();
    assert_eq!(rules, ["drop the 1st SYN from client", "delay 40ms"]);
    assert!(question.scenario.needs_wire() && question.scenario.packets);
    let last = &question.scenario.steps.last().unwrap().verb;
    let Verb::Wire(change) = last else { panic!("{last:?}") };
    assert!(matches!(**change, Change::Lift(_)), "{last:?}");
    // A plain question needs neither.
    let plain = Folder::with(GOOD).course().question("01-one").unwrap().scenario;
    assert!(!plain.needs_wire() && !plain.packets);
    let ethernet = wired("", "drop every FIN", FRAME).replacen("wire = []", "mtu = 1500", 1);
    let scenario = Folder::with(&ethernet).course().question("01-one").unwrap().scenario;
    assert!(scenario.wire.is_empty() && scenario.mtu == Some(1500) && scenario.needs_wire());
    // What is handed to the engine comes out the same.
    let text = serde_json::to_string(&question.scenario).unwrap();
    assert_eq!(serde_json::from_str::<socklab_scenario::format::Scenario>(&text).unwrap(), {
        let mut scenario = question.scenario;
        scenario.steps.iter_mut().for_each(|step| step.within_at = None);
        scenario
    });
}

#[test]
fn a_wrong_rule_is_marked_at_the_word_at_fault() {
    let said = mistake("\"drop the 1st SIN from client\"", "lift all", FRAME);
    assert!(
        said.starts_with(
            "question.toml:2:23: a wire rule can't have `SIN` here, expected one of `frame`"
        ),
        "{said}"
    );
    assert!(said.contains("Did you mean `SYN`?"), "{said}");
    assert!(said.ends_with("^^^") && !said.ends_with("^^^^"), "{said}");

    let said = mistake("\"delay\"", "lift all", FRAME);
    assert!(
        said.contains("2:15: the wire rule ends too early, expected a time such as 40ms"),
        "{said}"
    );
    let said = mistake("\"lose 101%\"", "lift all", FRAME);
    assert!(said.contains("2:15: `101%` is not from 0% to 100%"), "{said}");
    let said = mistake("\"drop the 1st SYN from alice\"", "lift all", FRAME);
    assert!(said.contains("2:32: nobody on a loopback’s wire is called `alice`"), "{said}");
    let said = mistake("\"partition client from ::1\"", "lift all", FRAME);
    assert!(said.contains("2:32: ::1 is not on this wire"), "{said}");
    let text = wired("", "heal", FRAME).replacen("wire = []", "mtu = 20", 1);
    let said = Folder::with(&text).course().question("01-one").expect_err("a mistake").to_string();
    assert!(said.contains("toml:2:7: `20` is not from 68 to 65535"), "{said}");
    // With escapes, the place of the word is not known.
    let said = mistake("\"drop the 1st\\u0020SIN\"", "lift all", FRAME);
    assert!(said.contains("2:9: a wire rule can't have `SIN`"), "{said}");
    let said = mistake("\"drop the 1st SYN\"", "heel", FRAME);
    assert!(said.contains("expected one of `heal`, `lift`, `drop`"), "{said}");
    assert!(said.contains("Did you mean `heal`?"), "{said}");
}

#[test]
fn evidence_about_packets_is_checked() {
    let with = |evidence: &str| mistake("\"delay 40ms\"", "lift all", evidence);
    let said = with("frame = \"SIN\"");
    assert!(said.contains("unknown word `SIN`, expected one of frame, segment, SYN"), "{said}");
    assert!(said.contains("window-probe") && said.contains("Did you mean `SYN`?"), "{said}");
    let said = with("frame = \"SYN\"\nfate = \"droped\"");
    assert!(said.contains("unknown word `droped`, expected one of arrived, delivered"), "{said}");
    let said = with("frame = \"RST\"\nreason = \"because\"");
    assert!(said.contains("expected one of nobody-listens, unread"), "{said}");
    let said = with("frame = \"SYN\"\nfrom = \"bob\"");
    assert!(
        said.contains("nobody is called `bob`, expected one of server, alice, client"),
        "{said}"
    );
    for never in [
        "frame = \"SYN\"\nwindow = -1",
        "frame = \"UDP\"\nwindow = 0",
        "frame = \"SYN\"\nreason = \"unread\"",
        "frame = \"SYN\"\nresent = \"duplicate-acks\"",
    ] {
        let said = with(never);
        assert!(said.contains("never has this"), "{never}: {said}");
    }
    let said = with("frame = \"SYN\"\nerror = \"EPIPE\"");
    assert!(said.contains("these conditions are about calls"), "{said}");
    let said = with("call = \"recv\"\nagain = true");
    assert!(said.contains("again, window and if_recorded are about a frame"), "{said}");
}

/// `GOOD` with a packet as evidence besides, which is judged where packets were recorded.
fn perhaps(more: &str) -> String {
    GOOD.replacen("equals = \"hola\"\n", &format!("equals = \"hola\"\n{PERHAPS}{more}"), 1)
}

const PERHAPS: &str =
    "\n[[outcome.when]]\nname = \"fin\"\nframe = \"FIN\"\nfrom = \"alice\"\nif_recorded = true\n";

#[test]
fn what_may_not_be_recorded_needs_no_packets_and_nothing_else_rests_on_it() {
    let text = perhaps("");
    assert_ne!(text, GOOD);
    let course = of(&text);
    let question = course.question("01-one").unwrap();
    assert!(!question.scenario.packets && question.outcomes[0].when[1].is_if_recorded());
    let call = "\n[[outcome.when]]\nname = \"bye\"\nactor = \"server\"\ncall = \"close\"\n";
    for rests in ["after = \"fin\"", "depends_on = [\"fin\"]", "same_socket = \"fin\""] {
        let error = of(&perhaps(&format!("{call}{rests}\n"))).question("01-one");
        let said = error.expect_err("a mistake").to_string();
        assert!(said.contains("can't refer to “fin”"), "{said}");
        // What is judged under the same condition can.
        let frame = PERHAPS.replacen("fin", "again", 1);
        assert!(of(&perhaps(&format!("{frame}{rests}\n"))).question("01-one").is_ok(), "{rests}");
    }
    let said = of(&perhaps(&format!("{call}if_recorded = true\n"))).question("01-one");
    let said = said.expect_err("a mistake").to_string();
    assert!(said.contains("window and if_recorded are about a frame"), "{said}");
}

#[test]
fn something_must_be_left_where_packets_are_not_recorded() {
    let lints = |text: &str, page: &str| -> Vec<String> {
        let folder = Folder::with(text);
        let file = folder.0.join("questions/01-one/en.md");
        std::fs::write(file, format!("# T\n\n## a\n{page}\n\n## next\ny\n")).expect("write");
        let mistakes = folder.course().lint(&PROGRAMS).mistakes;
        let said = mistakes.iter().map(ToString::to_string);
        said.filter(|said| said.contains("if_recorded")).collect()
    };
    let none: [String; 0] = [];
    assert_eq!(lints(&perhaps(""), "It came.\n\nAn {fin.flags} did."), none);
    let said = lints(&perhaps(""), "It came.\nAn {fin.flags} did.");
    assert!(said.len() == 1 && said[0].contains("every paragraph of “a” cites"), "{said:?}");
    assert_eq!(lints(GOOD, "It came.\nAn {fin.flags} did."), none);
    let only = GOOD.replacen(
        "actor = \"server\"\ncall = \"recv\"\nequals = \"hola\"",
        "frame = \"FIN\"\nif_recorded = true",
        1,
    );
    let said = lints(&only, "It came.");
    assert!(said.len() == 1 && said[0].contains("nothing decides here"), "{said:?}");
}

#[test]
fn a_lift_that_lifts_nothing_is_reported() {
    let lints = |change: &str| -> Vec<String> {
        let text = wired("\"delay 40ms\"", change, FRAME);
        let mistakes = of(&text).lint(&PROGRAMS).mistakes;
        let said = mistakes.iter().map(ToString::to_string);
        said.filter(|said| said.contains("there is no such rule")).collect()
    };
    assert_eq!(lints("lift all"), Vec::<String>::new());
    assert_eq!(lints("lift delay 40 ms"), Vec::<String>::new());
    assert_eq!(lints("drop every FIN"), Vec::<String>::new());
    for change in ["lift delay 50ms", "heal"] {
        let said = lints(change);
        assert_eq!(said.len(), 1, "{said:?}");
        assert!(said[0].contains(&format!("`{change}`: there")), "{said:?}");
    }
}
