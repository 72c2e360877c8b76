//! The lines of source in sentences about calls.

use socklab_flows::{Flows, Position};
use socklab_say::{Argument, Sentence, clean, sentence};

/// The line of source that made the call of an event: `server.py:12`.
pub(crate) fn line(flows: &Flows<'_>, at: Position) -> Option<String> {
    flows.lines.name(flows.call(at)?).map(|line| clean(&line))
}

/// The lines in which programs were waiting still when the recording, or their process, ended.
pub(crate) fn waiting(flows: &Flows<'_>, calls: &[Position]) -> Option<String> {
    let pending = |at: &&Position| flows.is_pending_at_end(**at);
    let lines: Vec<String> =
        calls.iter().filter(pending).filter_map(|at| line(flows, *at)).collect();
    (!lines.is_empty()).then(|| lines.join(", "))
}

/// A sentence whose call, if it names one, is told with its line.
pub(crate) fn with_line(mut told: Sentence, line: Option<&str>) -> Sentence {
    let Some(line) = line else { return told };
    for (name, value) in &mut told.arguments {
        if let ("call", Argument::Text(call)) = (*name, &*value) {
            let call = sentence!("call-at-line", call = call, line = line);
            *value = Argument::Sentence(Box::new(call));
        }
    }
    told
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use socklab_event::{SourceLine, Timeline, What};
    use socklab_flows::Flows;
    use socklab_say::{Language, Speaker};
    use socklab_timelines::{Story, got, scenes};

    /// Every call of the server was made by a line of its own, with the number of the event.
    fn with_lines(mut timeline: Timeline) -> Timeline {
        for event in &mut timeline.events {
            if let What::Call(call) = &mut event.what {
                let line = u32::try_from(event.seq).expect("few events");
                let file = format!("/home/ana/{}.py", event.place.process);
                call.source = Some(Arc::new(SourceLine { file, line, function: None }));
            }
        }
        timeline
    }

    fn said(timeline: &Timeline, rule: &str, language: &str) -> String {
        let found = crate::explain(&Flows::of(timeline));
        let found = found.iter().find(|one| one.rule == rule).expect("the explanation");
        Speaker::new(Language::find(language).expect("a language")).tell(&found.sentence())
    }

    #[test]
    fn a_sentence_names_the_line_of_its_call() {
        let timeline = scenes::busy_loop(100);
        let plain = said(&timeline, "busy-loop", "en");
        let first = with_lines(timeline);
        let told = said(&first, "busy-loop", "en");
        let (call, rest) = plain.split_once(' ').expect("a call");
        assert!(told.starts_with(&format!("{call} at ")) && told.ends_with(rest), "{told}");
        assert!(said(&first, "busy-loop", "es").contains(&format!("{call} en ")), "{told}");
    }

    #[test]
    fn those_who_wait_for_ever_are_told_with_their_lines() {
        let mut story = Story::new();
        let (near, far) = scenes::tcp_pair(&mut story);
        let one = story.unfinished(far, "recvfrom", got(10, b""));
        let other = story.unfinished(near, "recvfrom", got(10, b""));
        let plain = said(&story.build(), "both-wait", "en");
        let timeline = with_lines(story.build());
        let told = said(&timeline, "both-wait", "en");
        let (head, lines) = told.split_once(" (Waiting at ").expect("the lines");
        assert_eq!(head, plain);
        assert!(
            lines.contains(&format!(":{one}")) && lines.contains(&format!(":{other}")),
            "{told}"
        );
        assert!(said(&timeline, "both-wait", "es").contains(" (Espera en "));
    }

    #[test]
    fn whoever_accepts_late_is_told_with_the_line() {
        let mut story = Story::new();
        let (_, listener, _) = scenes::tcp_server(&mut story);
        let client = story.command("client", "client");
        let near = story.tcp(client);
        story.connect(near, "127.0.0.1:12000");
        story.wait(700).accept(listener, near);
        let timeline = story.build();
        assert!(said(&timeline, "accept-late", "en").contains(" called accept late: "));
        let told = said(&with_lines(timeline), "accept-late", "en");
        assert!(told.contains(" called accept at ") && told.contains(".py:"), "{told}");
    }
}
