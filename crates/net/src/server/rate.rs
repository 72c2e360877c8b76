//! How often one source may ask: a bucket of tokens for each, refilled as time passes. Pure: the
//! time is an argument.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::time::{Duration, Instant};

use super::Rate;

/// How many sources are told apart. Beyond, newcomers share one bucket, so that a flood with
/// invented senders cannot fill the memory.
const MOST_SOURCES: usize = 4096;

/// How often to look for sources that can be forgotten, at most: a flood must not make us look
/// for every datagram.
const SWEEP: Duration = Duration::from_millis(100);

/// Whether a source may have an answer now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Admission {
    /// It may.
    Granted,
    /// It asked too often; `first` after it was last granted something.
    Exceeded { first: bool },
}

/// Counts the datagrams of every source.
pub(super) struct RateLimiter {
    rate: Rate,
    buckets: HashMap<IpAddr, Bucket>,
    swept: Option<Instant>,
}

struct Bucket {
    tokens: f64,
    filled: Instant,
    exceeded: bool,
}

impl RateLimiter {
    pub(super) fn new(rate: Rate) -> Self {
        Self { rate, buckets: HashMap::new(), swept: None }
    }

    /// One more datagram from `source`, at `now`.
    pub(super) fn admit(&mut self, source: IpAddr, now: Instant) -> Admission {
        let rate = self.rate;
        let key = self.key(source, now);
        let bucket = self.buckets.entry(key).or_insert_with(|| Bucket {
            tokens: f64::from(rate.burst),
            filled: now,
            exceeded: false,
        });
        bucket.fill(rate, now);
        if bucket.tokens >= 1.0 {
            bucket.tokens -= 1.0;
            bucket.exceeded = false;
            Admission::Granted
        } else {
            let first = !std::mem::replace(&mut bucket.exceeded, true);
            Admission::Exceeded { first }
        }
    }

    /// Whose bucket to use.
    fn key(&mut self, source: IpAddr, now: Instant) -> IpAddr {
        let key = network(source);
        if self.buckets.len() < MOST_SOURCES || self.buckets.contains_key(&key) {
            return key;
        }
        let due = |swept| now.saturating_duration_since(swept) >= SWEEP;
        if self.swept.is_none_or(due) {
            self.swept = Some(now);
            // A full bucket remembers nothing that a new one would not know.
            let rate = self.rate;
            self.buckets.retain(|_, bucket| {
                bucket.fill(rate, now);
                bucket.tokens < f64::from(rate.burst)
            });
        }
        if self.buckets.len() < MOST_SOURCES { key } else { Ipv6Addr::UNSPECIFIED.into() }
    }
}

impl Bucket {
    fn fill(&mut self, rate: Rate, now: Instant) {
        let passed = now.saturating_duration_since(self.filled).as_secs_f64();
        let tokens = self.tokens + passed * f64::from(rate.per_second);
        self.tokens = tokens.min(f64::from(rate.burst));
        self.filled = now;
    }
}

/// An IPv4 address, or the /64 network that one IPv6 customer has to choose addresses from.
fn network(source: IpAddr) -> IpAddr {
    match source.to_canonical() {
        IpAddr::V6(six) => {
            let [a, b, c, d, ..] = six.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
        four => four,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;

    const RATE: Rate = Rate { per_second: 10, burst: 3 };

    fn source(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn a_burst_then_the_rate_and_one_notice_each_time() {
        let mut limiter = RateLimiter::new(RATE);
        let begin = Instant::now();
        let mut at = |ms| limiter.admit(source("192.0.2.1"), begin + Duration::from_millis(ms));
        for _ in 0..3 {
            assert_eq!(at(0), Admission::Granted);
        }
        assert_eq!(at(0), Admission::Exceeded { first: true });
        assert_eq!(at(50), Admission::Exceeded { first: false });
        assert_eq!(at(101), Admission::Granted);
        assert_eq!(at(102), Admission::Exceeded { first: true });
    }

    #[test]
    fn sources_do_not_disturb_each_other_but_a_64_is_one_source() {
        let mut limiter = RateLimiter::new(Rate { per_second: 1, burst: 1 });
        let now = Instant::now();
        for text in ["192.0.2.1", "192.0.2.2", "2001:db8::1", "2001:db8:0:1::1"] {
            assert_eq!(limiter.admit(source(text), now), Admission::Granted, "{text}");
        }
        for text in ["::ffff:192.0.2.1", "2001:db8::2"] {
            let admission = limiter.admit(source(text), now);
            assert_eq!(admission, Admission::Exceeded { first: true }, "{text}");
        }
    }

    #[test]
    fn invented_senders_cannot_fill_the_memory() {
        let mut limiter = RateLimiter::new(RATE);
        let now = Instant::now();
        for number in 0..20_000 {
            limiter.admit(Ipv4Addr::from_bits(number).into(), now);
        }
        assert!(limiter.buckets.len() <= MOST_SOURCES + 1);
        // Once they are silent, there is room for newcomers again.
        let later = now + Duration::from_secs(10);
        assert_eq!(limiter.admit(source("198.51.100.1"), later), Admission::Granted);
        assert_eq!(limiter.buckets.len(), 1);
    }
}
