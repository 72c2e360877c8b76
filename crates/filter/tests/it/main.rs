//! Tests of the language.

mod table;
