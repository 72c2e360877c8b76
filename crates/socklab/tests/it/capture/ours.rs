//! Captures that we write.
