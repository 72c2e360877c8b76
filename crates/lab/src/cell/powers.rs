//! Giving up all privileges for good.

use rustix::io::Errno;
use rustix::thread::{
    CapabilitiesSecureBits, CapabilitySet, CapabilitySets, capabilities,
    remove_capability_from_bounding_set, set_capabilities, set_capabilities_secure_bits,
    set_no_new_privs,
};

/// Gives up all capabilities of the calling thread, in such a way that no program it executes gets
/// any: not even one that belongs to root, and not even if the user is root. Async-signal-safe.
///
/// Without privileges, there are no securebits and no bounding set to be changed; then
/// no_new_privs, which comes last, has the same effect.
pub(super) fn drop_all() -> Result<(), Errno> {
    let none = CapabilitySets {
        effective: CapabilitySet::empty(),
        permitted: CapabilitySet::empty(),
        inheritable: CapabilitySet::empty(),
    };
    if capabilities(None)?.effective.contains(CapabilitySet::SETPCAP) {
        let (ambient, root) = (
            CapabilitiesSecureBits::NO_CAP_AMBIENT_RAISE
                | CapabilitiesSecureBits::NO_CAP_AMBIENT_RAISE_LOCKED,
            CapabilitiesSecureBits::NO_ROOT | CapabilitiesSecureBits::NO_ROOT_LOCKED,
        );
        let ids = CapabilitiesSecureBits::NO_SETUID_FIXUP
            | CapabilitiesSecureBits::NO_SETUID_FIXUP_LOCKED
            | CapabilitiesSecureBits::KEEP_CAPS_LOCKED;
        set_capabilities_secure_bits(ambient | root | ids)?;
        for number in 0..64 {
            match drop_from_bounding_set(number) {
                // The kernel knows no capability with this number.
                Err(Errno::INVAL) => break,
                done => done?,
            }
        }
    }
    rustix::thread::clear_ambient_capability_set()?;
    set_capabilities(None, none)?;
    set_no_new_privs(true)
}

fn drop_from_bounding_set(number: u32) -> Result<(), Errno> {
    remove_capability_from_bounding_set(CapabilitySet::from_bits_retain(1 << number))
}
