//! What a message says, field by field, for displays that open it.

use std::collections::BTreeMap;

use socklab_event::Event;
use socklab_flows::Position;
use socklab_protocols::datagram::Datagram;
use socklab_protocols::dns;
use socklab_protocols::http2::{self, Body, Frame};
use socklab_protocols::ntp::Packet;
use socklab_protocols::stream::{Record, What};
use socklab_protocols::tls::{self, Handshake};
use socklab_say::{Speaker, clean, count, say};

use super::protocol;
use super::scene::Scene;
use crate::model::Fact;

/// So many pieces of one message are decoded.
const MOST: usize = 16;

/// The fields of the messages in these events, by `seq`.
pub(crate) fn of(scene: &Scene<'_, '_>, events: &BTreeMap<u64, Event>) -> BTreeMap<u64, Vec<Fact>> {
    let all = scene.flows.order.iter().enumerate();
    let drawn = all.filter(|(_, event)| events.contains_key(&event.seq));
    let facts = drawn.map(|(at, event)| (event.seq, facts(scene, at)));
    facts.filter(|(_, facts)| !facts.is_empty()).collect()
}

fn facts(scene: &Scene<'_, '_>, at: Position) -> Vec<Fact> {
    let (spoken, speaker) = (&scene.flows.spoken, scene.options.speaker);
    let mut facts = Facts { speaker, facts: Vec::new() };
    if let Some(name) = protocol::name(scene.flows, at, 0, speaker) {
        facts.say("decoded-message", name.text);
    }
    match spoken.datagram(at, 0) {
        Some(Datagram::Dns(message)) => facts.name_server(message),
        Some(Datagram::Ntp(packet)) => facts.time(packet),
        _ => {}
    }
    let (said, _) = spoken.at(at);
    for said in said.iter().filter(|said| said.bytes.end > said.unit.header).take(MOST) {
        match &said.unit.what {
            What::Body { until_end: false, chunked, .. } => {
                let total = said.unit.bytes.end - said.unit.bytes.start;
                let from = count(said.bytes.start + 1);
                let (to, n) = (count(said.bytes.end), count(total));
                let key = if *chunked { "decoded-chunks" } else { "ladder-bytes-of" };
                facts.say("decoded-body", say!(speaker, key, from = from, to = to, n = n));
            }
            What::Tls(record) => facts.record(record),
            What::Frame(frame) => facts.frame(frame),
            What::Dns(message) => facts.name_server(message),
            _ => {}
        }
    }
    facts.facts
}

struct Facts {
    speaker: Speaker,
    facts: Vec<Fact>,
}

impl Facts {
    fn say(&mut self, key: &'static str, value: impl Into<String>) {
        let (name, value) = (say!(self.speaker, key), value.into());
        self.facts.push(Fact { name, value, wrong: false, seqs: Vec::new() });
    }

    /// A list, if there is something in it.
    fn list(&mut self, key: &'static str, values: impl IntoIterator<Item = String>) {
        let values: Vec<String> = values.into_iter().collect();
        if !values.is_empty() {
            self.say(key, values.join(", "));
        }
    }

    fn record(&mut self, record: &Record) {
        match record {
            Record::Handshake(messages) => {
                messages.iter().flatten().for_each(|message| self.handshake(message));
            }
            Record::Encrypted { length, .. } => {
                self.say(
                    "decoded-encrypted",
                    format!("{} B", self.speaker.number((*length).into())),
                );
            }
            _ => {}
        }
    }

    fn handshake(&mut self, message: &Handshake) {
        let whole = match message {
            Handshake::ClientHello(hello) => {
                self.list("decoded-server-name", hello.server_name.iter().map(|name| clean(name)));
                self.list("decoded-offers", hello.versions.iter().map(ToString::to_string));
                self.list("decoded-alpn", hello.protocols.iter().map(|name| clean(name)));
                self.say("decoded-ciphers", hello.ciphers.to_string());
                hello.whole
            }
            Handshake::ServerHello(hello) => {
                self.list("decoded-version", hello.version.iter().map(ToString::to_string));
                let cipher = tls::cipher_name(hello.cipher);
                let cipher = cipher.map_or_else(|| format!("{:#06x}", hello.cipher), str::to_owned);
                self.say("decoded-cipher", cipher);
                self.list("decoded-alpn", hello.protocol.iter().map(|name| clean(name)));
                hello.whole
            }
            _ => true,
        };
        if !whole {
            self.say("decoded-missing", say!(self.speaker, "decoded-cut"));
        }
    }

    fn frame(&mut self, frame: &Frame) {
        match &frame.body {
            Body::Settings(settings) => {
                let settings = settings.iter().map(|(id, value)| {
                    let name = http2::setting_name(*id)
                        .map_or_else(|| format!("{id:#06x}"), str::to_owned);
                    format!("{name} {value}")
                });
                self.list("decoded-settings", settings);
            }
            Body::GoAway { last, .. } => self.say("decoded-last-stream", last.to_string()),
            _ => {}
        }
    }

    fn name_server(&mut self, message: &dns::Message) {
        self.say("decoded-id", format!("{:#06x}", message.id));
        let Some(answer) = &message.answer else { return };
        self.list("decoded-addresses", answer.addresses.iter().map(ToString::to_string));
    }

    fn time(&mut self, packet: &Packet) {
        if !packet.receive.is_unknown() {
            self.say("decoded-received-at", packet.receive.to_string());
        }
        if !packet.transmit.is_unknown() {
            self.say("decoded-sent-at", packet.transmit.to_string());
        }
    }
}
