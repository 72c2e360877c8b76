//! What real programs say is named in their ladder.

use std::process::Command;

use crate::stage::Transport::Tcp;
use crate::stage::{free_port, run, socklab};
use socklab_prerequisites::need;

const SERVER: &str = r#"
import socket, ssl, sys
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain("pair.pem")
listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))
accepted, _ = listener.accept()
try:
    context.wrap_socket(accepted, server_side=True)
except OSError:
    pass
"#;

const CLIENT: &str = r#"
import socket, ssl, sys
raw = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
try:
    ssl.create_default_context().wrap_socket(raw, server_hostname="localhost")
except ssl.SSLError:
    pass
"#;

/// A client that knows nobody who signed the certificate says so, and the ladder repeats it.
#[test]
fn a_certificate_of_an_unknown_authority() {
    let (python, openssl) = (need!("python3"), need!("openssl"));
    let folder = tempfile::tempdir().expect("a temporary folder");
    let words = "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost";
    let mut making = Command::new(openssl);
    making.args(words.split(' ')).args(["-keyout", "key.pem", "-out", "cert.pem"]);
    let made = making.current_dir(folder.path()).output().expect("openssl");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let part = |name: &str| std::fs::read_to_string(folder.path().join(name)).expect("a part");
    let both = format!("{}{}", part("key.pem"), part("cert.pem"));
    for (name, text) in [("pair.pem", &*both), ("server.py", SERVER), ("client.py", CLIENT)] {
        std::fs::write(folder.path().join(name), text).expect("a file");
    }
    let port = free_port(Tcp);
    let mut command = socklab(&["trace", "--no-packets", "--width", "120", "--no-lines"]);
    command.current_dir(folder.path());
    command.args(["server", "client"].map(|name| format!("{python} {name}.py {port}")));
    let ended = run(&mut command).exits(0);
    let ladder = ended.errors.split_whitespace().collect::<Vec<_>>().join(" ");
    for wanted in [
        "TLS ClientHello localhost",
        "ServerHello",
        "TLS alert: fatal unknown_ca",
        "TLS record header",
    ] {
        assert!(ladder.contains(wanted), "{wanted:?} is not in\n{}", ended.errors);
    }
    assert!(ladder.contains("the fatal alert unknown_ca gives up this TLS"), "{}", ended.errors);
}
