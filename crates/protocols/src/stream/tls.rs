//! The records of a TLS connection.

use super::{Content, Record, Unit, What};
use crate::tls::{Alert, HEADER, Handshake, Header, Kind, Version};

/// Both directions, if the client's begins with a ClientHello.
pub(super) fn read(client: &Content, server: &Content) -> Option<[Vec<Unit>; 2]> {
    let mut own = records(client);
    let first = own.first().and_then(first_message);
    if !matches!(first, Some(Handshake::ClientHello(_))) {
        return None;
    }
    let mut other = records(server);
    // A server that does not like the hello says so at once.
    let refuses = matches!(other.first(), Some(Unit { what: What::Tls(Record::Alert(_)), .. }));
    if !refuses && !matches!(other.first().and_then(first_message), Some(Handshake::ServerHello(_)))
    {
        other.clear();
    }
    let chosen = other.iter().find_map(chosen);
    for unit in own.iter_mut().chain(&mut other) {
        if let What::Tls(Record::Encrypted { version, .. }) = &mut unit.what {
            *version = chosen;
        }
    }
    Some([own, other])
}

fn first_message(unit: &Unit) -> Option<&Handshake> {
    match &unit.what {
        What::Tls(Record::Handshake(messages)) => messages.first()?.as_ref(),
        _ => None,
    }
}

fn chosen(unit: &Unit) -> Option<Version> {
    let What::Tls(Record::Handshake(messages)) = &unit.what else { return None };
    let hello = |message: &Option<Handshake>| match message {
        Some(Handshake::ServerHello(hello)) => hello.version,
        _ => None,
    };
    messages.iter().find_map(hello)
}

/// What one direction says so far.
#[derive(Default)]
struct Said {
    /// It has said that it encrypts from now on, or has sent something encrypted.
    encrypts: bool,
    /// How much of a message is still to come that did not fit into the records before.
    left: usize,
    /// Something of the handshake is not known, so that nothing says where a message begins.
    lost: bool,
}

fn records(content: &Content) -> Vec<Unit> {
    let mut units = Vec::new();
    let mut said = Said::default();
    let mut at = 0;
    while at < content.end() {
        let known = content.from(at);
        let Some(header) = Header::parse(known) else { break };
        let rest = &known[HEADER..];
        let payload = &rest[..rest.len().min(header.length.into())];
        let what = match said.record(header, payload) {
            Some(what) => What::Tls(what),
            None => break,
        };
        let bytes = at..at + header.total();
        at = bytes.end;
        units.push(Unit { bytes, header: HEADER as u64, what });
    }
    units
}

impl Said {
    /// What a record is, of which `payload` may be only the first bytes; `None` if it can't be one.
    fn record(&mut self, header: Header, payload: &[u8]) -> Option<Record> {
        let Header { kind, length, .. } = header;
        let whole = payload.len() == usize::from(length);
        let encrypted = Record::Encrypted { length, kind, version: None };
        Some(match kind {
            Kind::ChangeCipherSpec if whole && payload != [1] => return None,
            Kind::ChangeCipherSpec => {
                self.encrypts = true;
                Record::ChangeCipherSpec
            }
            Kind::Alert if length > 2 => encrypted,
            Kind::Alert if !whole => Record::Unknown(kind),
            Kind::Alert => Record::Alert(Alert::parse(payload)?),
            Kind::ApplicationData => {
                self.encrypts = true;
                encrypted
            }
            Kind::Heartbeat if self.encrypts => encrypted,
            Kind::Heartbeat => Record::Unknown(kind),
            Kind::Handshake if self.encrypts => {
                // In TLS 1.3 a second hello, still in the clear, may come behind a ChangeCipherSpec
                // (RFC 8446 §D.4). What is encrypted does not look like one that fills its record.
                let hello = match payload {
                    [kind @ 1..=2, a, b, c, body @ ..] if whole => {
                        let total = number([*a, *b, *c]);
                        let fills = total == body.len();
                        fills.then(|| Handshake::parse(*kind, body, total)).flatten()
                    }
                    _ => None,
                };
                match hello {
                    Some(hello) => Record::Handshake(vec![Some(hello)]),
                    None => encrypted,
                }
            }
            Kind::Handshake => Record::Handshake(self.messages(payload, length.into())?),
        })
    }

    /// The messages of a record in the clear, RFC 5246 §6.2.1: one may be in several records, and a
    /// record may have several.
    fn messages(&mut self, payload: &[u8], length: usize) -> Option<Vec<Option<Handshake>>> {
        let mut messages = Vec::new();
        let mut at = self.left.min(length);
        if self.left > 0 || self.lost {
            messages.push(None);
        }
        self.left -= at;
        while at < length && !self.lost {
            let rest = payload.get(at..).unwrap_or_default();
            let [kind, a, b, c, body @ ..] = rest else {
                // The header of the message was not recorded, or is in two records.
                self.lost = true;
                break;
            };
            let total = number([*a, *b, *c]);
            let body = &body[..body.len().min(total)];
            messages.push(Some(Handshake::parse(*kind, body, total)?));
            at = at.checked_add(4)?.checked_add(total)?;
        }
        self.left += at.saturating_sub(length);
        Some(messages)
    }
}

fn number([a, b, c]: [u8; 3]) -> usize {
    u32::from_be_bytes([0, a, b, c]) as usize
}
