//! Whether the HTTP responses that an actor received are as expected.

use socklab_event::Bytes;
use socklab_flows::{Flows, Position};

use crate::expect::{HttpWanted, StreamWanted};
use crate::expect_pattern::{BytesWanted, Range};
use crate::http::{Circumstances, HttpFault, Lenient, Response};
use crate::verdict::{Judgement, Mismatch, WithEvidence};

impl HttpWanted {
    /// Stands for any value of a field of the header.
    const ANY: &str = "*";

    /// Judges what each connection received. Every one of them must be such a response.
    pub(crate) fn judge(&self, flows: &Flows<'_>, times: Range) -> WithEvidence {
        let (mut fitting, mut wrong, mut unclear) = (Vec::new(), None, false);
        let streams = self.stream(false).candidates(flows);
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

    /// Whether these bytes are such a response: how they are not; or false if the recording, which
    /// holds only the first of them, cannot decide.
    fn fits(
        &self,
        flows: &Flows<'_>,
        bytes: &Bytes,
        events: &[Position],
    ) -> Result<bool, Mismatch> {
        let ended = |at: &Position| flows.call(*at).is_some_and(|call| call.is_end_of_stream());
        let about = Circumstances {
            total: bytes.total,
            ended: events.last().is_some_and(ended),
            to_head: events.first().is_some_and(|at| self.asked_for_a_head(flows, *at)),
        };
        let lenient = Lenient { line_ends: self.ignore_line_ends, length: self.ignore_length };
        let response = match Response::parse(&bytes.sample, about, lenient) {
            Ok(response) => response,
            // The rest of the head may be in the bytes that were not recorded.
            Err(HttpFault::NoEmptyLine(_) | HttpFault::StatusLine(_)) if bytes.is_cut() => {
                return Ok(false);
            }
            Err(fault) => return Err(Mismatch::Http(fault)),
        };
        if self.status.is_some_and(|wanted| !wanted.has(response.status.into())) {
            return Err(Mismatch::Http(HttpFault::Status(response.status)));
        }
        for (name, wanted) in &self.header {
            let got = response.value(name);
            let any = wanted == HttpWanted::ANY && got.is_some();
            if !any && got.as_deref() != Some(wanted.as_bytes()) {
                let (name, wanted) = (name.clone(), wanted.clone());
                return Err(Mismatch::Http(HttpFault::Header { name, wanted, got }));
            }
        }
        let (body, total) = (response.body, response.body_total);
        match self.body.fit(&body, total) {
            Some(true) => Ok(true),
            None => Ok(false),
            Some(false) => {
                let wanted = self.body.sample().unwrap_or_default().to_vec();
                Err(Mismatch::Bytes { wanted, got: body, total })
            }
        }
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
