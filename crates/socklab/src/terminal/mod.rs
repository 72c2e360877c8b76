//! What a terminal can do beyond printing lines: single keys, a progress bar, Markdown, aligned lists.

pub(crate) mod compare;
pub(crate) mod folding;
pub(crate) mod full_screen;
pub(crate) mod gauge;
pub(crate) mod keys;
pub(crate) mod markdown;
pub(crate) mod pager;
pub(crate) mod rows;
pub(crate) mod select;
