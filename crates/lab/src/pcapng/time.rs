//! How an interface counts time.

/// What a tick of an interface's clock is, and when it began to count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Clock {
    /// `if_tsresol`: 10 to the negative power of this, or, with the highest bit, 2.
    pub(super) resolution: u8,
    /// `if_tsoffset`: seconds to add.
    pub(super) offset: i64,
}

impl Clock {
    /// Microseconds, which is what counts where nothing is said.
    pub(super) const MICROSECONDS: Self = Self { resolution: 6, offset: 0 };
    pub(super) const NANOSECONDS: Self = Self { resolution: 9, offset: 0 };

    /// Nanoseconds since 1970, rounded down; the nearest that there is if it lies outside.
    pub(super) fn at(self, ticks: u64) -> u64 {
        const SECOND: u128 = 1_000_000_000;
        let power = u32::from(self.resolution & 0x7f);
        // 94 bits at most.
        let product = u128::from(ticks) * SECOND;
        let at = if self.resolution & 0x80 != 0 {
            product.checked_shr(power).unwrap_or(0)
        } else {
            10_u128.checked_pow(power).map_or(0, |ticks_per_second| product / ticks_per_second)
        };
        let at = at as i128 + i128::from(self.offset) * SECOND as i128;
        u64::try_from(at.max(0)).unwrap_or(u64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_resolution_means_the_same_moment() {
        let moment = 1_700_000_000_123_456_789_u64;
        let at = |resolution, ticks| Clock { resolution, offset: 0 }.at(ticks);
        assert_eq!(at(9, moment), moment);
        assert_eq!(at(6, moment / 1000), 1_700_000_000_123_456_000);
        assert_eq!(at(3, moment / 1_000_000), 1_700_000_000_123_000_000);
        assert_eq!(at(0, moment / 1_000_000_000), 1_700_000_000_000_000_000);
        // Finer than nanoseconds: the rest is dropped.
        assert_eq!(at(10, 17_000_000_001_234_567_899), 1_700_000_000_123_456_789);
        // 2^-10 seconds.
        assert_eq!(at(0x8a, 1_700_000_000 << 10 | 512), 1_700_000_000_500_000_000);
        assert_eq!(Clock { resolution: 9, offset: 3600 }.at(5), 3_600_000_000_005);
        assert_eq!(Clock { resolution: 9, offset: -1 }.at(5), 0);
    }

    proptest! {
        #[test]
        fn nothing_overflows(resolution: u8, offset: i64, ticks: u64) {
            let _ = Clock { resolution, offset }.at(ticks);
        }
    }
}
