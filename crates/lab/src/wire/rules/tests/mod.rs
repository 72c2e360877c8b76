//! Rules read, written, and at work on frames that are built here.

mod any;
mod built;
mod cuts;
mod fates;
mod language;
mod mistakes;
