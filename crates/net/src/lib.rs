#![forbid(unsafe_code)]
mod calendar;
mod readiness;
pub mod services;
pub mod resolve;
pub mod ntp;
