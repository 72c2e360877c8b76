//! Why a private loopback could not be entered.

use std::io;

use socklab_kernel::sysctl;

use crate::examine::{FORBIDDING, Forbidding};

/// The kernel refused a step on the way into a private loopback.
#[derive(Debug, thiserror::Error)]
#[error("{step}: {source}{}", .setting.as_ref().map(|it| format!(" ({it})")).unwrap_or_default())]
#[non_exhaustive]
pub struct NamespaceRefusal {
    /// The system call and what it was called on: `unshare CLONE_NEWUSER`.
    pub step: &'static str,
    /// What the kernel answered.
    pub source: io::Error,
    /// The setting that most likely caused it: `user.max_user_namespaces = 0`.
    pub setting: Option<String>,
}

impl NamespaceRefusal {
    pub(crate) fn new(step: &'static str, source: io::Error) -> Self {
        Self { step, source, setting: forbidding_setting() }
    }
}

/// The first setting that keeps ordinary users of this machine from creating namespaces.
fn forbidding_setting() -> Option<String> {
    let forbids = |setting: &&Forbidding| {
        sysctl::read(setting.name).is_ok_and(|value| value.parse() == Ok(setting.value))
    };
    let setting = FORBIDDING.iter().find(forbids)?;
    Some(format!("{} = {}", setting.name, setting.value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_names_the_step_the_error_and_the_setting() {
        let refusal = |setting| NamespaceRefusal {
            step: "unshare CLONE_NEWUSER",
            source: io::Error::from_raw_os_error(libc::ENOSPC),
            setting,
        };
        let error = "unshare CLONE_NEWUSER: No space left on device (os error 28)";
        assert_eq!(refusal(None).to_string(), error);
        let setting = "user.max_user_namespaces = 0";
        assert_eq!(refusal(Some(setting.into())).to_string(), format!("{error} ({setting})"));
    }
}
