//! Whether the HTTP responses that an actor received, or the requests it sent, are as expected.

use socklab_event::Bytes;
use socklab_flows::{Flows, Position};

use crate::expect::{HttpKind, HttpWanted, StreamWanted};
use crate::expect_pattern::{BytesWanted, Range};
use crate::http::{Circumstances, Fields, HttpFault, Lenient, Response};
use crate::http_request::Request;
use crate::verdict::{Judgement, Mismatch, WithEvidence};

/// In [`HttpWanted::header`]: any value.
const ANY: &str = "*";

impl HttpWanted {
    /// Judges what each connection received or sent. Every one of them must be such a message.
    pub(crate) fn judge(&self, flows: &Flows<'_>, times: Range) -> WithEvidence {
        let (mut fitting, mut wrong, mut unclear) = (Vec::new(), None, false);
        let streams = self.stream(self.kind == HttpKind::Request).candidates(flows);
        for (bytes, events) in &streams {
            match self.fits(flows, bytes, events) {
                Ok(true) => fitting.push(events),
                Ok(false) => unclear = true,
                Err(mismatch) => wrong = wrong.or(Some((mismatch, events))),
            }
        }
        let evidence = || fitting.iter().copied().flatten().copied().collect::<Vec<Position>>();
        let count = i64::try_from(fitting.len()).unwrap_or(i64::MAX);
        let never = times.at_most == Some(0);
        match wrong {
            _ if unclear => (Judgement::Unclear, Vec::new()),
            Some((mismatch, events)) if !never => (Judgement::Failed(mismatch), events.clone()),
            _ if times.has(count) => (Judgement::Passed, evidence()),
            _ if streams.is_empty() => {
                (Judgement::Failed(Mismatch::Http(HttpFault::Nothing)), Vec::new())
            }
            _ => {
                let mismatch = Mismatch::Times { wanted: times.to_string(), got: fitting.len() };
                (Judgement::Failed(mismatch), evidence())
            }
        }
    }

    /// Whether these bytes are such a message: how they are not; or false if the recording, which
    /// holds only the first of them, cannot decide.
    fn fits(
        &self,
        flows: &Flows<'_>,
        bytes: &Bytes,
        events: &[Position],
    ) -> Result<bool, Mismatch> {
        let parsed = match self.kind {
            HttpKind::Response => self.response(flows, bytes, events),
            HttpKind::Request => {
                let request = Request::parse(&bytes.sample, bytes.total, self.lenient());
                request.map(|one| (one.fields, one.body, one.body_total))
            }
        };
        let (fields, body, total) = match parsed {
            Ok(parsed) => parsed,
            // The rest of the head may be in the bytes that were not recorded.
            Err(
                HttpFault::NoEmptyLine(_) | HttpFault::StatusLine(_) | HttpFault::RequestLine(_),
            ) if bytes.is_cut() => return Ok(false),
            Err(fault) => return Err(Mismatch::Http(fault)),
        };
        for (name, wanted) in &self.header {
            let got = fields.value(name);
            let fits = |got: &[u8]| wanted == ANY || got == wanted.as_bytes();
            if !got.as_deref().is_some_and(fits) {
                let (name, wanted) = (name.clone(), wanted.clone());
                return Err(Mismatch::Http(HttpFault::Header { name, wanted, got }));
            }
        }
        match self.body.fit(&body, total) {
            Some(true) => Ok(true),
            None => Ok(false),
            Some(false) => Err(Mismatch::bytes(&self.body, &body, total)),
        }
    }

    /// The response in these bytes, with the expected status: its header, its body, and how long the
    /// body is.
    fn response(
        &self,
        flows: &Flows<'_>,
        bytes: &Bytes,
        events: &[Position],
    ) -> Result<(Fields, Vec<u8>, u64), HttpFault> {
        let ended = |at: &Position| flows.call(*at).is_some_and(|call| call.is_end_of_stream());
        let about = Circumstances {
            total: bytes.total,
            ended: events.last().is_some_and(ended),
            to_head: events.first().is_some_and(|at| self.asked_for_a_head(flows, *at)),
        };
        let response = Response::parse(&bytes.sample, about, self.lenient())?;
        match self.status.is_none_or(|wanted| wanted.has(response.status.into())) {
            true => Ok((response.fields, response.body, response.body_total)),
            false => Err(HttpFault::Status(response.status)),
        }
    }

    fn lenient(&self) -> Lenient {
        Lenient { line_ends: self.ignore_line_ends, length: self.ignore_length }
    }

    /// True if what the actor sent over the socket of this event was a HEAD request.
    fn asked_for_a_head(&self, flows: &Flows<'_>, at: Position) -> bool {
        let socket = flows.socket_at(at);
        let sent = self.stream(true).candidates(flows).into_iter();
        let mut same = sent.filter(|(_, events)| {
            events.first().is_some_and(|first| flows.socket_at(*first) == socket)
        });
        same.any(|(bytes, _)| bytes.sample.starts_with(b"HEAD "))
    }

    fn stream(&self, sent: bool) -> StreamWanted {
        let (actor, peer) = (self.actor.clone(), self.peer.clone());
        StreamWanted { actor, sent, peer, bytes: BytesWanted::default() }
    }
}
