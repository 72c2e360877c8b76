//! One request and its response, as an entry of the archive.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use socklab_flows::{Dialogue, Flows, Meaning, Position};
use socklab_say::{Speaker, count, say};
use time::OffsetDateTime;

use super::message::{Body, Head, Message, Start, readable};
use super::tape::Tape;
use super::{Exchange, Exchanges, server};

/// A connection with HTTP on it.
pub(super) struct Talk<'a, 't> {
    pub(super) flows: &'a Flows<'t>,
    pub(super) speaker: Speaker,
    pub(super) dialogue: &'a Dialogue,
    /// Which dialogue it is, from 0.
    pub(super) number: usize,
    pub(super) tapes: &'a [Tape<'t>; 2],
    pub(super) exchanges: &'a Exchanges,
}

/// A stretch of time, nanoseconds of the clock of events.
#[derive(Clone, Copy, Debug)]
struct Span {
    from: u64,
    to: u64,
}

impl Span {
    fn length(self) -> u64 {
        self.to.saturating_sub(self.from)
    }
}

impl Talk<'_, '_> {
    /// The entries, each with the moment at which it began.
    pub(super) fn entries(&self) -> Vec<(u64, Value)> {
        let all = self.exchanges.all.iter().enumerate();
        all.map(|(index, exchange)| self.entry(index == 0, exchange)).collect()
    }

    fn entry(&self, is_first: bool, exchange: &Exchange) -> (u64, Value) {
        let client = self.exchanges.client;
        let Exchange { request, response, interim } = exchange;
        let connect = self.connected().filter(|_| is_first);
        let sent = self.span(client, request, false);
        let got = response.as_ref().map(|response| self.span(1 - client, response, true));
        let began = connect.map_or(sent.from, |connect| connect.from.min(sent.from));
        let blocked = connect.map(|connect| sent.from.saturating_sub(connect.to));
        let wait = got.map_or(0, |got| got.from.saturating_sub(sent.to));
        let receive = got.map_or(0, Span::length);
        let known = [blocked, connect.map(Span::length), Some(sent.length()), Some(wait)];
        let total = known.into_iter().flatten().fold(receive, u64::saturating_add);
        let or_none = |span: Option<u64>| span.map_or(json!(-1), |span| json!(millis(span)));
        let mut comments = Vec::new();
        if !interim.is_empty() {
            let status = |head: &Head| match head.start {
                Start::Response { status, .. } => status.to_string(),
                Start::Request { .. } => String::new(),
            };
            let all: Vec<String> = interim.iter().map(status).collect();
            comments.push(say!(self.speaker, "har-interim", status = all.join(", ")));
        }
        if response.is_none() {
            comments.push(say!(self.speaker, "har-no-response"));
        }
        let mut entry = json!({
            "startedDateTime": self.date(began),
            "time": millis(total),
            "request": self.request(request),
            "response": self.response(response.as_ref()),
            "cache": {},
            "timings": {
                "blocked": or_none(blocked),
                "dns": -1,
                "connect": or_none(connect.map(Span::length)),
                "ssl": -1,
                "send": millis(sent.length()),
                "wait": millis(wait),
                "receive": millis(receive),
            },
            "connection": (self.number + 1).to_string(),
        });
        if let Some((ip, _)) = server(self.dialogue, client) {
            entry["serverIPAddress"] = json!(ip);
        }
        comment(&mut entry, comments);
        (began, entry)
    }

    fn request(&self, request: &Message) -> Value {
        let Start::Request { method, target } = &request.head.start else { return Value::Null };
        let url = self.url(&request.head, target);
        let query = url.split_once('?').map_or("", |(_, query)| query);
        let query = query.split_once('#').map_or(query, |(query, _)| query);
        let pairs = query.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            json!({ "name": name, "value": value })
        });
        let cookies = request.head.values("cookie").flat_map(|line| {
            let line = readable(line);
            let pairs: Vec<Value> = line.split(';').map(str::trim).filter_map(cookie).collect();
            pairs
        });
        let mut told = json!({
            "method": method,
            "url": url,
            "httpVersion": version(&request.head),
            "cookies": cookies.collect::<Vec<_>>(),
            "headers": headers(&request.head),
            "queryString": pairs.collect::<Vec<_>>(),
            "headersSize": request.head.size,
            "bodySize": request.body.on_wire,
        });
        if request.body.on_wire > 0 {
            let kind = request.head.value("content-type").unwrap_or_default();
            let mut posted = json!({ "mimeType": kind, "params": [] });
            let mut comments = self.missing(&request.body);
            match whole_text(&request.body.bytes) {
                Some(text) => posted["text"] = json!(text),
                None => {
                    posted["text"] = json!(STANDARD.encode(&request.body.bytes));
                    comments.push(say!(self.speaker, "har-base64"));
                }
            }
            comment(&mut posted, comments);
            told["postData"] = posted;
        }
        told
    }

    fn response(&self, response: Option<&Message>) -> Value {
        let Some(response) = response else {
            // As browsers write it when nothing came.
            return json!({
                "status": 0, "statusText": "", "httpVersion": "", "cookies": [], "headers": [],
                "content": { "size": 0, "mimeType": "x-unknown" }, "redirectURL": "",
                "headersSize": -1, "bodySize": -1,
            });
        };
        let Start::Response { status, reason } = &response.head.start else { return Value::Null };
        let kind = response.head.value("content-type").unwrap_or_else(|| "x-unknown".to_owned());
        let size = response.body.total.map_or(json!(-1), |total| json!(total));
        let mut content = json!({ "size": size, "mimeType": kind });
        let mut comments = self.missing(&response.body);
        let coding = response.head.value("content-encoding");
        let coding = coding.filter(|coding| !coding.eq_ignore_ascii_case("identity"));
        if let Some(coding) = &coding {
            comments.push(say!(self.speaker, "har-coded", coding = coding));
        }
        if !response.body.bytes.is_empty() {
            match whole_text(&response.body.bytes).filter(|_| coding.is_none()) {
                Some(text) => content["text"] = json!(text),
                None => {
                    content["text"] = json!(STANDARD.encode(&response.body.bytes));
                    content["encoding"] = json!("base64");
                }
            }
        }
        comment(&mut content, comments);
        let cookies =
            response.head.values("set-cookie").filter_map(|line| set_cookie(&readable(line)));
        json!({
            "status": status,
            "statusText": reason,
            "httpVersion": version(&response.head),
            "cookies": cookies.collect::<Vec<_>>(),
            "headers": headers(&response.head),
            "content": content,
            "redirectURL": response.head.value("location").unwrap_or_default(),
            "headersSize": response.head.size,
            "bodySize": response.body.on_wire,
        })
    }

    /// What is missing of a body.
    fn missing(&self, body: &Body) -> Vec<String> {
        let mut comments = Vec::new();
        if body.unrecorded > 0 {
            let (n, has) = (count(body.unrecorded), count(body.bytes.len() as u64));
            comments.push(say!(self.speaker, "har-unrecorded", n = n, has = has));
        }
        if body.never_came > 0 {
            comments.push(say!(self.speaker, "har-never-came", n = count(body.never_came)));
        }
        comments
    }

    /// The target as a URL (RFC 9112 §3.3).
    fn url(&self, head: &Head, target: &str) -> String {
        if !target.starts_with('/') && target.contains("://") {
            return target.to_owned();
        }
        let host = head.value("host").filter(|host| !host.is_empty()).or_else(|| {
            let (ip, port) = server(self.dialogue, self.exchanges.client)?;
            let ip = if ip.contains(':') { format!("[{ip}]") } else { ip };
            Some(if port == 80 { ip } else { format!("{ip}:{port}") })
        });
        let host = host.unwrap_or_else(|| "localhost".to_owned());
        match head.method() {
            // The target of CONNECT is a host and a port.
            Some("CONNECT") => format!("http://{target}/"),
            _ if target == "*" => format!("http://{host}/"),
            _ => format!("http://{host}{target}"),
        }
    }

    /// When a message passed: as the client sent it, or as the client got it.
    fn span(&self, side: usize, message: &Message, heard: bool) -> Span {
        let tape = &self.tapes[side];
        let first = tape.told_at(message.from);
        let last = tape.told_at(message.to.saturating_sub(1).max(message.from)).or(first);
        let (from, to) = match heard {
            true => (first.map(|at| self.heard(at, true)), last.map(|at| self.heard(at, false))),
            false => {
                let ends = |at: Position| {
                    let event = self.flows.order[at];
                    event.call().map_or((event.at, event.at), |call| match call.sends() {
                        true => (call.began, call.ended),
                        false => (event.at, event.at),
                    })
                };
                (first.map(|at| ends(at).0), last.map(|at| ends(at).1))
            }
        };
        let from = from.unwrap_or(0);
        Span { from, to: to.unwrap_or(from).max(from) }
    }

    /// When the other end got the first, or the last, of what an event tells of.
    fn heard(&self, at: Position, first: bool) -> u64 {
        let transfers = self.flows.sent_at(at).iter();
        let parts = transfers.flat_map(|index| &self.flows.transfers[*index].parts);
        let moments = parts.map(|part| self.flows.order[part.received].at);
        let heard = if first { moments.min() } else { moments.max() };
        heard.unwrap_or(self.flows.order[at].at)
    }

    /// How long it took to connect.
    fn connected(&self) -> Option<Span> {
        let flows = self.flows;
        if let Some(connection) = self.dialogue.connection {
            let at = flows.connections[connection].connected?;
            let call = flows.call(at)?;
            return Some(Span { from: call.began, to: call.ended });
        }
        let frames = &flows.ties.conversations[self.dialogue.conversation?].frames;
        let first = |meaning: &Meaning| {
            let is =
                |at: &&Position| flows.ties.of(**at).is_some_and(|tie| tie.meaning == *meaning);
            frames.iter().find(is).map(|at| flows.order[*at].at)
        };
        Some(Span { from: first(&Meaning::Syn)?, to: first(&Meaning::SynAck)? })
    }

    /// ISO 8601. Without the time of day, it counts from 1970.
    fn date(&self, at: u64) -> String {
        let since = self.flows.timeline.header.epoch.saturating_add(at);
        let date = OffsetDateTime::from_unix_timestamp_nanos(i128::from(since));
        let date = date.unwrap_or(OffsetDateTime::UNIX_EPOCH);
        format!(
            "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:06}Z",
            date.year(),
            u8::from(date.month()),
            date.day(),
            date.hour(),
            date.minute(),
            date.second(),
            date.microsecond()
        )
    }
}

fn comment(object: &mut Value, comments: Vec<String>) {
    if !comments.is_empty() {
        object["comment"] = json!(comments.join(" "));
    }
}

fn version(head: &Head) -> String {
    format!("HTTP/1.{}", head.minor)
}

fn headers(head: &Head) -> Vec<Value> {
    let field =
        |(name, value): &(String, Vec<u8>)| json!({ "name": name, "value": readable(value) });
    head.fields.iter().map(field).collect()
}

fn cookie(pair: &str) -> Option<Value> {
    let (name, value) = pair.split_once('=')?;
    Some(json!({ "name": name.trim(), "value": value.trim() }))
}

/// RFC 6265 §4.1.
fn set_cookie(line: &str) -> Option<Value> {
    let mut parts = line.split(';').map(str::trim);
    let mut told = cookie(parts.next()?)?;
    for part in parts {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        match name.to_ascii_lowercase().as_str() {
            "path" => told["path"] = json!(value),
            "domain" => told["domain"] = json!(value),
            "httponly" => told["httpOnly"] = json!(true),
            "secure" => told["secure"] = json!(true),
            _ => {}
        }
    }
    Some(told)
}

/// The bytes as text, if they are text; of a character cut in two at the end, nothing.
fn whole_text(bytes: &[u8]) -> Option<&str> {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) if error.error_len().is_none() => {
            std::str::from_utf8(&bytes[..error.valid_up_to()]).ok()?
        }
        Err(_) => return None,
    };
    let odd = |char: char| char.is_control() && !matches!(char, '\n' | '\r' | '\t');
    (!text.contains(odd)).then_some(text)
}

/// Milliseconds, as the format wants them.
fn millis(nanoseconds: u64) -> f64 {
    nanoseconds as f64 / 1_000_000.0
}
