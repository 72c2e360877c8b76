//! What is said of conversations, one by one or of several that are alike.

use socklab_say::{count, say};

use super::{Line, Remark, Teller};
use crate::alike::Group;
use crate::model::{Conversation, Ending, How};

impl Teller<'_, '_> {
    pub(super) fn line(&self, group: &Group<'_, Conversation>) -> Line {
        let speaker = self.speaker;
        let several = group.members.len() > 1;
        let first = group.first();
        let [one, other] = first.ends.each_ref().map(|end| self.name(end, several));
        let bytes = |side: usize| {
            let bytes = group.median(|one| one.carried[side].bytes());
            bytes.map_or_else(|| self.unknown(), |bytes| speaker.number(bytes))
        };
        let time = |figure: &dyn Fn(&Conversation) -> Option<u64>| {
            group.median(figure).map_or_else(String::new, |time| speaker.duration(time))
        };
        let gap = |one: &Conversation| one.longest_gap.as_ref().map(|gap| gap.lasted);
        let trips = group.median(|one| Some(one.round_trips)).unwrap_or_default();
        // One socket sends one way only.
        let (other, back) = match first.to_itself {
            true => (say!(speaker, "summary-itself"), String::new()),
            false => (other, bytes(1)),
        };
        let figures =
            [bytes(0), back, time(&|one| Some(one.lasted)), time(&gap), speaker.number(trips)];
        let who = format!("{one} {} {other}", self.arrows.out);
        let remarks = if several { self.of_several(group) } else { self.of_one(first) };
        Line { who, figures, remarks }
    }

    fn of_several(&self, group: &Group<'_, Conversation>) -> Vec<Remark> {
        let (speaker, first) = (self.speaker, group.first());
        let sum = |side: usize| {
            let sum = group.sum(|one| one.carried[side].bytes());
            sum.map_or_else(|| self.unknown(), |sum| speaker.number(sum))
        };
        let (n, out) = (count(group.members.len()), self.arrows.out);
        let sent = sum(0);
        let alike = match first.to_itself {
            true => say!(speaker, "summary-alike-itself", n = n, sent = sent),
            false => {
                let (back, received) = (self.arrows.back, sum(1));
                say!(
                    speaker,
                    "summary-alike",
                    n = n,
                    out = out,
                    back = back,
                    sent = sent,
                    received = received
                )
            }
        };
        let mut place = first.protocol.clone();
        if !first.to_itself && !first.ends[1].place.is_empty() {
            place = format!("{place}, {out} {}", first.ends[1].place);
        }
        let common = [place].into_iter().chain(self.ending(first, true)).collect::<Vec<_>>();
        let slowest = group.slowest();
        let (time, at) = (socklab_say::duration(slowest.lasted), speaker.clock(slowest.began));
        let address = self.addresses(slowest);
        let slowest = say!(speaker, "summary-slowest", time = time, address = address, at = at);
        let errors = first.errors.iter().map(|error| self.error(error, 1, true).text);
        let mut remarks = vec![alike, common.join("; ")];
        remarks.extend(errors);
        remarks.push(slowest);
        remarks.into_iter().map(Remark::from).collect()
    }

    fn of_one(&self, one: &Conversation) -> Vec<Remark> {
        let speaker = self.speaker;
        let mut what = match one.ends.iter().any(|end| end.address.is_some()) {
            true => format!("{}, {}", one.protocol, self.addresses(one)),
            // The ends of a socketpair have no names.
            false => one.protocol.clone(),
        };
        if let Some(ending) = self.ending(one, false) {
            what = format!("{what}; {ending}");
        }
        let seq = match &one.ending {
            Some(Ending::Reset { by, .. } | Ending::Closed { by, .. }) => Some(by.seq),
            _ => None,
        };
        let mut remarks = vec![Remark { text: what, seq }];
        if let Some(gap) = &one.longest_gap {
            let [after, before] = [&gap.after, &gap.before].map(|mention| {
                let call = mention.call.clone().unwrap_or_default();
                say!(speaker, "summary-call-of", call = call, who = mention.who)
            });
            let at = speaker.clock(gap.after.at);
            let text = say!(speaker, "summary-gap", after = after, before = before, at = at);
            remarks.push(Remark { text, seq: Some(gap.after.seq) });
        }
        remarks.extend(one.errors.iter().map(|error| self.error(error, error.times, false)));
        for (side, way) in one.carried.iter().enumerate().filter(|(_, way)| way.unread() > 0) {
            let who = self.name(&one.ends[side], false);
            let n = count(way.unread());
            remarks.push(say!(speaker, "summary-unread", n = n, who = who).into());
        }
        if let Some(frames) = one.frames.filter(|frames| frames.sent > 0) {
            remarks.push(self.packets("summary-packets-of", frames).into());
        }
        if one.inferred {
            remarks.push(say!(speaker, "summary-inferred").into());
        }
        remarks
    }

    fn addresses(&self, one: &Conversation) -> String {
        let known =
            one.ends.each_ref().map(|end| end.address.clone().unwrap_or_else(|| self.unknown()));
        format!("{} {} {}", known[0], self.arrows.out, known[1])
    }

    fn ending(&self, one: &Conversation, several: bool) -> Option<String> {
        let speaker = self.speaker;
        let name = |side: usize| self.name(&one.ends[side], several);
        Some(match one.ending.as_ref()? {
            Ending::NeverAccepted => say!(speaker, "summary-never-accepted"),
            Ending::Reset { error, by } => {
                let who = if several { self.alike.shared(&by.who) } else { by.who.clone() };
                let call = by.call.clone().unwrap_or_default();
                say!(speaker, "summary-reset", call = call, who = who, error = error)
            }
            Ending::Closed { side, how, both, .. } => {
                let key = match how {
                    How::Shutdown => "summary-shutdown",
                    How::Close => "summary-closed",
                    How::AtExit => "summary-exited",
                    How::Unseen => "summary-ended",
                };
                let end = say!(speaker, key, who = name(*side));
                let other = 1 - side;
                match !both && one.ends[other].who.is_some() {
                    true => say!(speaker, "summary-not-closed", end = end, who = name(other)),
                    false => end,
                }
            }
            Ending::Open => say!(speaker, "summary-open"),
            Ending::EndedByRecorder => say!(speaker, "summary-recorder"),
        })
    }
}
