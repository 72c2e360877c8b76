//! The kernel's settings, `sysctl(8)`: files under `/proc/sys`.

use std::fs;
use std::io;

/// The value of a setting, such as `kernel.yama.ptrace_scope`, without surrounding white space.
///
/// # Errors
///
/// When this kernel, or this container, has no such setting.
pub fn read(name: &str) -> io::Result<String> {
    Ok(fs::read_to_string(path(name))?.trim().to_owned())
}

/// Changes a setting.
///
/// # Errors
///
/// When there is no such setting, or this process may not change it.
pub fn write(name: &str, value: &str) -> io::Result<()> {
    fs::write(path(name), value)
}

fn path(name: &str) -> String {
    format!("/proc/sys/{}", name.replace('.', "/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_is_read_by_its_name() {
        assert_eq!(read("kernel.ostype").unwrap(), "Linux");
        assert_eq!(path("net.ipv4.tcp_wmem"), "/proc/sys/net/ipv4/tcp_wmem");
    }

    #[test]
    fn an_unknown_setting_is_an_error() {
        let error = read("kernel.no_such_setting").unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::NotFound);
        assert!(write("kernel.no_such_setting", "1").is_err());
    }
}
