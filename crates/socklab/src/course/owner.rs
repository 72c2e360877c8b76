//! Whose course is read without being named.

/// The users whose files are trusted: this one, root, and whoever became root with sudo.
#[derive(Clone, Copy, Debug)]
pub(super) struct Trusted {
    me: u32,
    /// The user who called `sudo`, which sets `SUDO_UID` (sudo(8)).
    caller: Option<u32>,
}

impl Trusted {
    /// Those of this process.
    pub(super) fn here() -> Self {
        let sudo = std::env::var("SUDO_UID").ok();
        Self::of(rustix::process::geteuid().as_raw(), sudo.as_deref())
    }

    /// `SUDO_UID` counts for root only: anyone can set a variable, but nobody becomes more powerful
    /// by trusting less than root does.
    fn of(me: u32, sudo: Option<&str>) -> Self {
        let caller = sudo.and_then(|number| number.parse().ok()).filter(|_| me == 0);
        Self { me, caller }
    }

    /// The first of these owners who is not trusted.
    pub(super) fn stranger(&self, owners: impl IntoIterator<Item = u32>) -> Option<u32> {
        let known = |owner: &u32| *owner == self.me || *owner == 0 || Some(*owner) == self.caller;
        owners.into_iter().find(|owner| !known(owner))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_trusts_itself_and_root() {
        let me = Trusted::of(1000, None);
        assert_eq!(me.stranger([1000, 0]), None);
        assert_eq!(me.stranger([0, 1001]), Some(1001));
        assert_eq!(Trusted::of(0, None).stranger([0, 1000]), Some(1000));
    }

    #[test]
    fn sudo_does_not_hide_a_users_own_course() {
        let root = Trusted::of(0, Some("1000"));
        assert_eq!(root.stranger([1000, 0]), None);
        assert_eq!(root.stranger([1001]), Some(1001));
        // Nobody but root got there with sudo.
        assert_eq!(Trusted::of(1000, Some("1001")).stranger([1001]), Some(1001));
        assert_eq!(Trusted::of(0, Some("")).stranger([1001]), Some(1001));
    }
}
