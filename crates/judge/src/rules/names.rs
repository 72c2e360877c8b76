//! Name look-ups, which a library makes on a program's behalf.

use std::collections::BTreeMap;

use socklab_event::Endpoint;
use socklab_flows::{Lookup, Position, Question};
use socklab_say::{count, duration};

use super::lost;
use crate::case::{Case, Occurrence};

/// What one process asked about one name, over all its sockets: a resolver that gets no answer asks
/// again on another.
struct Asked<'c> {
    server: &'c Endpoint,
    name: &'c str,
    questions: Vec<(&'c Lookup, &'c Question)>,
}

impl Asked<'_> {
    /// The types of record asked for, in order, and whether any question for one was answered.
    fn kinds(&self) -> Vec<(String, bool)> {
        let mut kinds: Vec<(String, bool)> = Vec::new();
        for (_, question) in &self.questions {
            let (kind, answered) = (question.kind.to_string(), question.answered.is_some());
            match kinds.iter_mut().find(|(known, _)| *known == kind) {
                Some((_, known)) => *known |= answered,
                None => kinds.push((kind, answered)),
            }
        }
        kinds
    }

    fn listed(&self, answered: Option<bool>) -> String {
        let kinds = self.kinds().into_iter();
        let kinds = kinds.filter(|(_, is)| answered.is_none_or(|wanted| wanted == *is));
        kinds.map(|(kind, _)| kind).collect::<Vec<_>>().join(", ")
    }

    fn is_answered(&self) -> bool {
        self.questions.iter().any(|(_, question)| question.answered.is_some())
    }

    fn first(&self) -> Option<Position> {
        self.questions.iter().filter_map(|(_, question)| question.asked.first().copied()).min()
    }

    /// The first packet of these look-ups that got lost.
    fn lost(&self, case: &Case<'_>) -> Option<Position> {
        let own = |socket: &Option<usize>| {
            self.questions.iter().any(|(lookup, _)| Some(lookup.socket) == *socket)
        };
        let conversations = case.flows.ties.conversations.iter();
        let own = conversations.filter(|one| one.sockets.iter().any(own));
        let frames = own.flat_map(|one| one.frames.iter().copied());
        frames.filter(|frame| lost::loss(case, *frame).is_some()).min()
    }

    /// How often the questions that got no answer were asked, and until when the program waited for
    /// one: the last time it read or closed one of those sockets.
    fn in_vain(&self, case: &Case<'_>) -> Option<(usize, Position)> {
        let open = self.questions.iter().filter(|(_, question)| question.answered.is_none());
        let times = open.clone().map(|(_, question)| question.asked.len()).sum();
        let waits = |at: &Position| {
            case.call(*at).is_some_and(|call| call.receives() || call.is_close() && !call.implicit)
        };
        let last = open.filter_map(|(lookup, _)| lookup.calls.iter().copied().rfind(waits));
        Some((times, last.max()?))
    }
}

fn asked<'c>(case: &'c Case<'_>) -> Vec<Asked<'c>> {
    let mut asked: BTreeMap<(u32, &str), Asked<'c>> = BTreeMap::new();
    for lookup in &case.flows.lookups {
        let Some(first) = lookup.calls.first() else { continue };
        let process = case.flows.order[*first].place.process;
        for question in &lookup.questions {
            let one = asked.entry((process, &question.name)).or_insert_with(|| Asked {
                server: &lookup.server,
                name: &question.name,
                questions: Vec::new(),
            });
            one.questions.push((lookup, question));
        }
    }
    asked.into_values().collect()
}

fn finding(asked: &Asked<'_>, types: String) -> Option<Occurrence> {
    let finding = Occurrence::at(asked.first()?).with("name", asked.name.to_owned());
    Some(finding.with("server", asked.server.to_string()).with("types", types))
}

pub(super) fn looked_up(case: &Case<'_>) -> Vec<Occurrence> {
    let all = asked(case).into_iter().filter(|one| one.kinds().iter().all(|(_, is)| *is));
    all.filter_map(|asked| finding(&asked, asked.listed(None))).collect()
}

/// Shorter than this, nobody has waited for an answer (nanoseconds).
const WAITED: u64 = 100_000_000;

fn waited(case: &Case<'_>, asked: &Asked<'_>) -> Option<(usize, Position, u64)> {
    let (times, until) = asked.in_vain(case)?;
    let began = case.call(asked.first()?).map(|call| call.began)?;
    let waited = case.call(until).map_or(0, |call| call.ended).saturating_sub(began);
    (waited >= WAITED).then_some((times, until, waited))
}

/// A question got lost, or its answer: then neither the name server nor the network is silent by
/// itself.
pub(super) fn packet_lost(case: &Case<'_>) -> Vec<Occurrence> {
    let found = asked(case).into_iter().filter_map(|asked| {
        let frame = asked.lost(case)?;
        let began = case.call(asked.first()?)?.began;
        let calls = asked.questions.iter().flat_map(|(lookup, _)| lookup.calls.iter());
        let ends = calls.filter_map(|at| case.call(*at)).filter(|call| !call.implicit);
        let took = ends.map(|call| call.ended).max()?.saturating_sub(began);
        let finding = finding(&asked, asked.listed(None))?.and([frame]);
        Some(finding.with("time", duration(took)).with("why", lost::loss(case, frame)?))
    });
    found.collect()
}

/// None of the questions about a name was answered, though the program waited.
pub(super) fn unanswered(case: &Case<'_>) -> Vec<Occurrence> {
    let none = asked(case).into_iter();
    let none = none.filter(|one| !one.is_answered() && one.lost(case).is_none());
    let found = none.filter_map(|asked| {
        let (_, until, waited) = waited(case, &asked)?;
        let finding = finding(&asked, asked.listed(None))?.and([until]);
        Some(finding.with("time", duration(waited)))
    });
    found.collect()
}

/// One type of record was answered and another not: an address came, after a long wait.
pub(super) fn partly_answered(case: &Case<'_>) -> Vec<Occurrence> {
    let some = asked(case).into_iter().filter(|one| {
        let kinds = one.kinds();
        let partly = kinds.iter().any(|(_, is)| *is) && kinds.iter().any(|(_, is)| !is);
        partly && one.lost(case).is_none()
    });
    let found = some.filter_map(|asked| {
        let (times, until, waited) = waited(case, &asked)?;
        let finding = finding(&asked, asked.listed(Some(true)))?.and([until]);
        let finding = finding.with("missing", asked.listed(Some(false)));
        Some(finding.with("times", count(times)).with("time", duration(waited)))
    });
    found.collect()
}

#[cfg(test)]
mod tests {
    use socklab_timelines::{Sock, Story, got};

    use super::super::explained::{rules, text_of};

    /// A question for the A record of `example.com`, or for another type.
    fn question(kind: u8) -> Vec<u8> {
        let mut question =
            b"\xab\xcd\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x07example\x03com\x00\
                             \x00\x01\x00\x01"
                .to_vec();
        let at = question.len() - 3;
        question[at] = kind;
        question
    }

    fn resolver(story: &mut Story) -> Sock {
        let client = story.command("client", "c");
        let sock = story.udp(client);
        story.connect(sock, "10.0.0.53:53");
        sock
    }

    fn waits_in_vain(story: &mut Story, sock: Sock) {
        let began = story.now();
        story.wait(5_000).since(began).fail(sock, "recvfrom", got(512, b""), 11);
    }

    #[test]
    fn look_ups_are_recognized() {
        let mut story = Story::new();
        let sock = resolver(&mut story);
        story.send(sock, question(1));
        story.recv(sock, question(1));
        assert_eq!(rules(&story.build()), ["name-lookup"]);
        assert!(text_of(&story.build(), "name-lookup").contains("example.com (A)"));

        let mut story = Story::new();
        let sock = resolver(&mut story);
        story.send(sock, question(1));
        waits_in_vain(&mut story, sock);
        assert_eq!(rules(&story.build()), ["name-lookup-unanswered"]);
        assert!(text_of(&story.build(), "name-lookup-unanswered").contains("example.com"));
    }

    #[test]
    fn one_type_of_record_may_be_answered_and_another_not() {
        let mut story = Story::new();
        let sock = resolver(&mut story);
        for _ in 0..2 {
            story.send(sock, question(1));
            story.send(sock, question(28));
            story.recv(sock, question(1));
            waits_in_vain(&mut story, sock);
        }
        assert_eq!(rules(&story.build()), ["name-lookup-partial"]);
        let text = text_of(&story.build(), "name-lookup-partial");
        assert!(text.contains("AAAA") && text.contains("10 s"), "{text}");
    }
}
