//! Everything about a packet, for displays that open it.

use std::collections::BTreeMap;

use socklab_event::{Event, Fate, Frame, Headers, Transport};
use socklab_flows::{Cause, Meaning, NumberMap, Position, ResetReason, Tie, WindowChange};
use socklab_say::{clean, count, duration, say};

use super::caption;
use super::checksum::{Checksum, checksum};
use super::protocol;
use super::reason;
use super::scene::Scene;
use super::wording;
use crate::label::PartKind;
use crate::model::{Fact, Packet};
use crate::options::Detail;

/// The details of the packets among these events, by `seq`.
pub(crate) fn of(scene: &Scene<'_, '_>, events: &BTreeMap<u64, Event>) -> BTreeMap<u64, Packet> {
    let at = scene.flows.order.iter().enumerate();
    let drawn = at.filter(|(_, event)| event.frame().is_some() && events.contains_key(&event.seq));
    drawn.filter_map(|(at, event)| Some((event.seq, packet(scene, at, event.frame()?)))).collect()
}

fn packet(scene: &Scene<'_, '_>, at: Position, frame: &Frame) -> Packet {
    let speaker = scene.options.speaker;
    let mut facts = Facts { scene, at, facts: Vec::new() };
    let mut what = caption::caption(scene, at, &NumberMap::default());
    what.parts.retain(|part| part.kind != PartKind::Mark);
    facts.say("packet-fact-what", what.text(speaker));
    facts.fate(frame);
    if let Some(tie) = scene.flows.ties.of(at) {
        facts.causes(tie);
    }
    if let Some(headers) = &frame.headers {
        facts.headers(headers);
    }
    facts.wire(frame);
    Packet { facts: facts.facts }
}

struct Facts<'a, 't> {
    scene: &'a Scene<'a, 't>,
    at: Position,
    facts: Vec<Fact>,
}

impl Facts<'_, '_> {
    fn say(&mut self, key: &'static str, value: impl Into<String>) {
        self.about(key, value, &[]);
    }

    /// A fact that speaks of other events.
    fn about(&mut self, key: &'static str, value: impl Into<String>, events: &[Position]) {
        let name = say!(self.scene.options.speaker, key);
        let seqs = events.iter().map(|at| self.scene.flows.order[*at].seq).collect();
        self.facts.push(Fact { name, value: value.into(), wrong: false, seqs });
    }

    fn fate(&mut self, frame: &Frame) {
        let speaker = self.scene.options.speaker;
        let sent = self.scene.flows.order[self.at].at;
        let told = caption::mishaps(self.scene, self.at, frame);
        let arrived = match &frame.fate {
            Fate::Delivered { at } => vec![*at],
            Fate::Altered { at, .. } => at.clone(),
            _ => Vec::new(),
        };
        let arrived: Vec<String> = arrived
            .iter()
            .map(|at| say!(speaker, "packet-arrived", time = duration(at.saturating_sub(sent))))
            .collect();
        let mut said: Vec<String> = arrived;
        said.extend(told);
        self.say("packet-fact-fate", said.join("; "));
        let lost = !caption::is_lost(frame);
        if let Some(fact) = self.facts.last_mut() {
            fact.wrong = !lost;
        }
    }

    fn causes(&mut self, tie: &Tie) {
        let speaker = self.scene.options.speaker;
        match tie.cause {
            Cause::Call(call) => self.about("packet-fact-cause", self.call(call), &[call]),
            Cause::Frame(frame) => self.about("packet-fact-cause", self.other(frame), &[frame]),
            Cause::Timer { since } => {
                let timer = say!(speaker, "packet-cause-timer");
                let text = match since {
                    Some(at) => {
                        let time = self.scene.flows.order[self.at].at;
                        let time = time.saturating_sub(reason::noticed(self.scene, at, tie));
                        let (time, what) = (duration(time), self.other(at));
                        let since = say!(speaker, "packet-since", time = time, what = what);
                        format!("{timer}, {since}")
                    }
                    None => timer,
                };
                let since: Vec<Position> = since.into_iter().collect();
                self.about("packet-fact-cause", text, &since);
            }
            _ => self.say("packet-fact-cause", say!(speaker, "packet-cause-unknown")),
        }
        if let Some(why) = reason::why(self.scene, self.at, tie) {
            self.say("packet-fact-why", why);
        }
        if let Meaning::Rst(reason) = &tie.meaning {
            let why = match reason {
                ResetReason::NobodyListens => Some(say!(speaker, "packet-rst-nobody")),
                ResetReason::Unread(n) => Some(say!(speaker, "packet-rst-unread", n = count(*n))),
                ResetReason::Linger => Some(say!(speaker, "packet-rst-linger")),
                _ => None,
            };
            if let Some(why) = why {
                self.say("packet-fact-why", why);
            }
        }
        for carried in &tie.carries {
            let total = self.scene.flows.transfers[carried.transfer].total;
            let part = if carried.bytes == (0..total) {
                String::new()
            } else {
                format!(" ({})", caption::range(carried.bytes.clone(), speaker))
            };
            let text = format!("{}{part}", self.call(carried.sent));
            self.about("packet-fact-carries", text, &[carried.sent]);
        }
        for call in &tie.woke {
            self.about("packet-fact-woke", self.call(*call), &[*call]);
        }
        if let Some(again) = tie.again {
            self.about("packet-fact-again", self.other(again.of), &[again.of]);
        }
        if let Meaning::Icmp { about: Some(about) } = tie.meaning {
            self.about("packet-fact-about", self.other(about), &[about]);
        }
        let acknowledged = tie.acknowledges.map(|n| {
            let fin = if tie.acknowledges_fin { " + FIN" } else { "" };
            format!("{}{fin}", say!(speaker, "packet-moved", n = count(n)))
        });
        if let Some(acknowledged) = acknowledged {
            self.say("packet-fact-acknowledges", acknowledged);
        }
        if let Some(window) = tie.window {
            let raw = speaker.number(u64::from(window.raw));
            let mut text = match window.bytes {
                Some(bytes) if bytes != u64::from(window.raw) => {
                    let factor = bytes / u64::from(window.raw.max(1));
                    let (n, factor) = (count(bytes), factor.to_string());
                    say!(speaker, "packet-scaled", n = n, raw = raw, factor = factor)
                }
                Some(_) => format!("{raw} B"),
                None => say!(speaker, "packet-unscaled", raw = raw),
            };
            let change = match window.change {
                WindowChange::Closed => Some("packet-window-closed"),
                WindowChange::StillClosed => Some("packet-window-closed-still"),
                WindowChange::Opened => Some("packet-window-opened"),
                _ => None,
            };
            if let Some(change) = change {
                text = format!("{text}: {}", say!(speaker, change));
            }
            self.say("packet-fact-window", text);
        }
    }

    /// The call, and whose it is.
    fn call(&self, at: Position) -> String {
        let (scene, speaker) = (self.scene, self.scene.options.speaker);
        let Some(call) = scene.flows.call(at) else { return String::new() };
        let name = protocol::of_call(scene.flows, at, speaker);
        let text = wording::asked(call, Detail::Essential, name.as_ref(), speaker);
        let text = text.brief(DATA, speaker);
        match scene.cast.lane_at(scene.flows, at) {
            Some(lane) => format!("{}: {text}", scene.cast.participants[lane].name),
            None => text,
        }
    }

    /// Another packet.
    fn other(&self, at: Position) -> String {
        let (scene, speaker) = (self.scene, self.scene.options.speaker);
        let mut what = caption::caption(scene, at, &NumberMap::default());
        what.parts.retain(|part| part.kind != PartKind::Mark);
        what.brief(DATA, speaker)
    }

    fn headers(&mut self, headers: &Headers) {
        let speaker = self.scene.options.speaker;
        let [from, to] = [&headers.source, &headers.destination].map(|end| clean(&end.to_string()));
        self.say("packet-fact-addresses", format!("{from} → {to}"));
        let protocol = headers.protocol.to_string();
        let short = protocol.strip_prefix("IPPROTO_").unwrap_or(&protocol);
        self.say("packet-fact-protocol", short);
        if let Some(fragment) = headers.fragment {
            let (id, offset) = (fragment.id.to_string(), count(fragment.offset));
            let key = if fragment.more { "packet-piece" } else { "packet-last-piece" };
            self.say("packet-fact-fragment", say!(speaker, key, id = id, offset = offset));
        }
        match &headers.transport {
            Transport::Tcp { flags, sequence, acknowledgement, options, .. } => {
                self.say("packet-fact-flags", clean(&flags.to_string()));
                let bytes = self.scene.flows.ties.of(self.at).map(|tie| tie.bytes.clone());
                let carried = bytes.filter(|bytes| !bytes.is_empty());
                self.say(
                    "packet-fact-sequence",
                    match carried {
                        Some(bytes) => {
                            let of = caption::range(bytes, speaker);
                            format!("{sequence} ({of})")
                        }
                        None => sequence.to_string(),
                    },
                );
                if flags.has("ACK") {
                    self.say("packet-fact-acknowledgement", acknowledgement.to_string());
                }
                let mut set = Vec::new();
                set.extend(options.maximum_segment.map(|size| format!("MSS {size}")));
                set.extend(
                    options.window_scale.map(|by| format!("WS {by} (× {})", 1_u64 << by.min(14))),
                );
                set.extend(options.selective_permitted.then(|| "SACK permitted".to_owned()));
                let blocks = options.selective.iter();
                set.extend(blocks.map(|(from, to)| format!("SACK {from}–{to}")));
                set.extend(options.timestamps.map(|(own, echo)| format!("TS {own}, {echo}")));
                if !set.is_empty() {
                    self.say("packet-fact-options", set.join(" · "));
                }
            }
            Transport::Icmp { kind, code, mtu, .. } => {
                self.say("packet-fact-icmp", format!("{kind}, {code}"));
                if let Some(mtu) = mtu {
                    self.say("packet-fact-mtu", format!("{} B", speaker.number(u64::from(*mtu))));
                }
            }
            _ => {}
        }
        if headers.payload.total > 0 {
            self.say(
                "packet-fact-payload",
                say!(speaker, "packet-moved", n = count(headers.payload.total)),
            );
        }
    }

    fn wire(&mut self, frame: &Frame) {
        let speaker = self.scene.options.speaker;
        let corrupt = matches!(&frame.fate, Fate::Altered { how, .. } if how.iter().any(|how| *how == "corrupted"));
        if let Some(found) = checksum(&frame.bytes) {
            let hex = |sum: u16| format!("{sum:#06x}");
            let (text, wrong) = match found {
                Checksum::Right(sum) if corrupt => {
                    (say!(speaker, "packet-checksum-before", sum = hex(sum)), false)
                }
                Checksum::Right(sum) => {
                    (say!(speaker, "packet-checksum-right", sum = hex(sum)), false)
                }
                Checksum::Wrong(sum, right) => {
                    let (sum, right) = (hex(sum), hex(right));
                    (say!(speaker, "packet-checksum-wrong", sum = sum, right = right), true)
                }
                Checksum::Open(sum) => {
                    (say!(speaker, "packet-checksum-open", sum = hex(sum)), false)
                }
                Checksum::Unknown(sum) => {
                    let n = count(frame.bytes.sample.len());
                    (say!(speaker, "packet-checksum-unknown", sum = hex(sum), n = n), false)
                }
            };
            self.say("packet-fact-checksum", text);
            if let Some(fact) = self.facts.last_mut() {
                fact.wrong = wrong;
            }
        }
        let (from, to) = (clean(&frame.from), clean(frame.to.as_deref().unwrap_or("*")));
        let length = say!(speaker, "packet-moved", n = count(frame.bytes.total));
        let way = if from == to { from } else { format!("{from} → {to}") };
        self.say("packet-fact-wire", format!("{way}, {length}"));
    }
}

/// At most this many characters of data are shown of other events.
const DATA: usize = 40;
