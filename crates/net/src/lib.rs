#![forbid(unsafe_code)]
mod calendar;
pub mod connect;
pub mod ntp;
mod readiness;
pub mod resolve;
pub mod server;
pub mod services;
