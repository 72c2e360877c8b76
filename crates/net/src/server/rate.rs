//! Rate limiting by source, with a token bucket for each. Pure: the time is an argument.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::time::{Duration, Instant};

use super::config::Rate;

/// The maximum number of buckets. Further sources share one, so that a flood with forged source
/// addresses cannot exhaust memory.
const MOST_SOURCES: usize = 4096;

/// The shortest time between two sweeps that drop full buckets: a flood must not cause a sweep for
/// every datagram.
const SWEEP_INTERVAL: Duration = Duration::from_millis(100);

/// Whether a source may be answered now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Admission {
    /// It may be answered.
    Granted,
    /// It exceeded its rate; `first` if this is the first time since it was last answered.
    Exceeded { first: bool },
}

/// Limits the datagrams answered to each source.
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

    /// Counts one more datagram from `source`, at `now`.
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

    /// The key of the bucket to use for `source`.
    fn key(&mut self, source: IpAddr, now: Instant) -> IpAddr {
        let key = network(source);
        if self.buckets.len() < MOST_SOURCES || self.buckets.contains_key(&key) {
            return key;
        }
        let due = |swept| now.saturating_duration_since(swept) >= SWEEP_INTERVAL;
        if self.swept.is_none_or(due) {
            self.swept = Some(now);
            // A full bucket is no different from a new one.
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

/// An IPv4 address, or an IPv6 /64 network: one customer can use any address of it.
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
    fn a_burst_is_granted_then_the_rate_and_each_excess_is_reported_once() {
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
    fn each_source_has_its_own_rate_and_a_64_is_one_source() {
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
    fn forged_sources_cannot_exhaust_memory() {
        let mut limiter = RateLimiter::new(RATE);
        let now = Instant::now();
        for number in 0..20_000 {
            limiter.admit(Ipv4Addr::from_bits(number).into(), now);
        }
        assert!(limiter.buckets.len() <= MOST_SOURCES + 1);
        // Once the sources are silent, their buckets are dropped.
        let later = now + Duration::from_secs(10);
        assert_eq!(limiter.admit(source("198.51.100.1"), later), Admission::Granted);
        assert_eq!(limiter.buckets.len(), 1);
    }
}
