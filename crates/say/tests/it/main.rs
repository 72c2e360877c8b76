//! What is true of all texts. One binary: linking takes longer than these tests.

mod spanish;
mod texts;
