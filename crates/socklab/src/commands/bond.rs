//! Ends a command together with the process that started it.

use anyhow::{Context, Result};
use socklab_kernel::parent::{self, Parent};

use crate::cli::Bond;

/// Ends this process when its parent ends, if asked to.
pub(super) fn bind_to_parent(bond: Bond) -> Result<()> {
    let Some(parent) = bond.end_with_parent else { return Ok(()) };
    parent::end_with(Parent::Id(parent)).context("prctl PR_SET_PDEATHSIG")
}
