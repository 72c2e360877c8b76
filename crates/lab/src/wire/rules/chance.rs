//! Chance that can be repeated.

/// The `number`-th output, counted from 1, of SplitMix64 with this seed. The generator's state grows
/// by a constant, so any output can be had without those before it.
pub(super) fn splitmix64(seed: u64, number: u64) -> u64 {
    let mut z = seed.wrapping_add(number.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// True if the frame with this number is lost.
pub(super) fn is_lost(seed: u64, number: u64, millionths: u32) -> bool {
    splitmix64(seed, number) % 1_000_000 < u64::from(millionths)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_generator_is_splitmix64() {
        // The first outputs for the seed 1234567, as published with the reference in C.
        let first: Vec<u64> = (1..=5).map(|number| splitmix64(1_234_567, number)).collect();
        assert_eq!(
            first,
            [
                6_457_827_717_110_365_317,
                3_203_168_211_198_807_973,
                9_817_491_932_198_370_423,
                4_593_380_528_125_082_431,
                16_408_922_859_458_223_821,
            ]
        );
    }

    #[test]
    fn a_seed_means_the_same_losses_for_ever() {
        let lost: Vec<u64> = (1..=100).filter(|number| is_lost(7, *number, 50_000)).collect();
        assert_eq!(lost, LOST_OF_SEED_7);
        assert!((1..=1000).all(|number| is_lost(3, number, 1_000_000)));
        assert!(!(1..=1000).any(|number| is_lost(3, number, 0)));
        let about_a_third = (1..=30_000).filter(|number| is_lost(1, *number, 333_333)).count();
        assert!((9_500..10_500).contains(&about_a_third), "{about_a_third}");
    }

    const LOST_OF_SEED_7: [u64; 4] = [46, 49, 66, 89];
}
