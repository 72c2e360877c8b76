//! Programs of all kinds find the names of the course in a private loopback, and real servers behind
//! them. `unshare` fails in a process with several threads, such as the test harness. So this test
//! has no harness, and runs itself again as the program inside, as the user it is run by and, if that
//! is root, as nobody.

use std::fs;
use std::net::IpAddr;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use socklab_kernel::parent::{self, Parent};
use socklab_lab::{Ground, InternetOptions, PlaceRole, enter_internet};
use socklab_prerequisites::{find, say_not_run};

const INSIDE: &str = "inside";
/// The user and group without any rights.
const NOBODY: u32 = 65534;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    if arguments.next().as_deref() == Some(INSIDE) {
        let parent = arguments.next().and_then(|id| id.parse().ok()).expect("our parent's id");
        let folder = arguments.next().map(PathBuf::from).expect("a folder");
        return inside(parent, &folder);
    }
    // What is to be executed inside is made outside: a compiler needs more than this place has.
    let folder = std::env::temp_dir().join(format!("socklab-internet-{}", std::process::id()));
    fs::create_dir(&folder).expect("a folder");
    // Another user cannot search the folders that lead to this binary.
    let us = folder.join("internet");
    fs::copy(std::env::current_exe().expect("our path"), &us).expect("a copy");
    prepare(&folder);
    let mut failed = false;
    let nobody = rustix::process::geteuid().is_root().then_some(true);
    for nobody in [false].into_iter().chain(nobody) {
        for etc in [Etc::Machines, Etc::WithoutFiles] {
            let Some(mut command) = etc.command() else {
                say_not_run("other files in /etc", "unshare");
                continue;
            };
            command.arg(&us).arg(INSIDE).arg(std::process::id().to_string()).arg(&folder);
            command.env("HOME", "/nonexistent").current_dir("/");
            if nobody {
                command.uid(NOBODY).gid(NOBODY);
            }
            let status = command.status().expect("ourselves");
            let who = if nobody { "nobody" } else { "as we are" };
            println!("the local internet, {who}, {etc:?} ... {status}");
            failed |= !status.success();
        }
    }
    let _ = fs::remove_dir_all(&folder);
    ExitCode::from(u8::from(failed))
}

/// Which files are in `/etc` outside.
#[derive(Clone, Copy, Debug)]
enum Etc {
    /// Those of the machine.
    Machines,
    /// Of those that say who is asked for names, only a link to nowhere.
    WithoutFiles,
}

impl Etc {
    /// What executes its arguments where `/etc` is like that.
    fn command(self) -> Option<Command> {
        match self {
            Self::Machines => Some(Command::new("env")),
            Self::WithoutFiles => {
                let mut command = Command::new(find("unshare")?);
                // Nobody may not read all of it, which does not matter here.
                let script = "mount -t tmpfs tmpfs /mnt && cp -a /etc/. /mnt 2>/dev/null; \
                    rm -f /mnt/resolv.conf /mnt/nsswitch.conf /mnt/hosts; \
                    ln -s /nowhere/resolv.conf /mnt/resolv.conf && mount --bind /mnt /etc && \
                    test -d /etc && ! test -e /etc/resolv.conf && exec \"$@\"";
                command.args(["--map-current-user", "--keep-caps", "-m", "sh", "-c", script, "sh"]);
                Some(command)
            }
        }
    }
}

/// A program in a language, which asks for `pool.ntp.org` and then asks the first IPv4 address that
/// it gets at port 123. It prints the number of addresses, and the first byte and the length of what
/// came back.
struct Client {
    tool: &'static str,
    file: &'static str,
    text: &'static str,
}

const CLIENTS: [Client; 5] = [
    Client {
        tool: "python3",
        file: "ask.py",
        text: r#"
import socket
found = socket.getaddrinfo("pool.ntp.org", 123, socket.AF_INET, socket.SOCK_DGRAM)
client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
client.settimeout(5)
client.sendto(b"\x23" + bytes(39) + b"12345678", found[0][4])
answer, peer = client.recvfrom(512)
assert peer == found[0][4] and answer[24:32] == b"12345678", (peer, answer)
print(len(found), hex(answer[0]), len(answer))
"#,
    },
    Client {
        tool: "node",
        file: "ask.js",
        text: r#"
const dns = require("dns"), dgram = require("dgram");
dns.lookup("pool.ntp.org", { all: true, family: 4 }, (error, found) => {
  if (error) throw error;
  // Node's own resolver reads /etc/resolv.conf itself.
  dns.resolve4("pool.ntp.org", (error, resolved) => {
    if (error || resolved.length !== found.length) throw error || resolved;
    const client = dgram.createSocket("udp4");
    client.on("message", (answer) => {
      console.log(found.length, "0x" + answer[0].toString(16), answer.length);
      client.close();
    });
    client.send(Buffer.concat([Buffer.from([0x23]), Buffer.alloc(47, 1)]), 123, found[0].address);
    setTimeout(() => { throw "no answer"; }, 5000).unref();
  });
});
"#,
    },
    Client {
        tool: "java",
        file: "Ask.java",
        text: r#"
import java.net.*;
public class Ask {
  public static void main(String[] words) throws Exception {
    InetAddress[] found = java.util.Arrays.stream(InetAddress.getAllByName("pool.ntp.org"))
        .filter(address -> address instanceof Inet4Address).toArray(InetAddress[]::new);
    DatagramSocket client = new DatagramSocket();
    client.setSoTimeout(5000);
    byte[] bytes = new byte[48];
    bytes[0] = 0x23;
    bytes[40] = 1;
    client.send(new DatagramPacket(bytes, 48, found[0], 123));
    DatagramPacket answer = new DatagramPacket(new byte[512], 512);
    client.receive(answer);
    System.out.println(found.length + " 0x" + Integer.toHexString(answer.getData()[0])
        + " " + answer.getLength());
  }
}
"#,
    },
    // Without cgo, Go asks the name server itself.
    Client {
        tool: "go",
        file: "ask.go",
        text: r#"
package main

import ("context"; "fmt"; "net"; "time")

func main() {
	found, err := net.DefaultResolver.LookupIP(context.Background(), "ip4", "pool.ntp.org")
	if err != nil { panic(err) }
	client, err := net.DialUDP("udp", nil, &net.UDPAddr{IP: found[0], Port: 123})
	if err != nil { panic(err) }
	client.SetDeadline(time.Now().Add(5 * time.Second))
	request := make([]byte, 48)
	request[0], request[40] = 0x23, 1
	client.Write(request)
	answer := make([]byte, 512)
	length, err := client.Read(answer)
	if err != nil { panic(err) }
	fmt.Printf("%d %#x %d\n", len(found), answer[0], length)
}
"#,
    },
    // A static binary, with the resolver of the C library that it was linked with.
    Client {
        tool: "musl-gcc",
        file: "ask.c",
        text: r#"
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
int main(void) {
  struct addrinfo hints = { .ai_family = AF_INET, .ai_socktype = SOCK_DGRAM }, *found;
  if (getaddrinfo("pool.ntp.org", "123", &hints, &found) != 0) return 1;
  int count = 0;
  for (struct addrinfo *it = found; it; it = it->ai_next) count++;
  int client = socket(AF_INET, SOCK_DGRAM, 0);
  unsigned char bytes[512] = { 0x23 };
  bytes[40] = 1;
  if (connect(client, found->ai_addr, found->ai_addrlen) != 0) return 2;
  if (send(client, bytes, 48, 0) != 48) return 3;
  int length = recv(client, bytes, sizeof bytes, 0);
  printf("%d %#x %d\n", count, bytes[0], length);
  return 0;
}
"#,
    },
];

/// Writes the programs, and compiles those that have to be.
fn prepare(folder: &Path) {
    for Client { tool, file, text } in &CLIENTS {
        let path = folder.join(file);
        fs::write(&path, text).expect("a file");
        let Some(compiler) = find(tool) else { continue };
        let mut command = Command::new(compiler);
        match *tool {
            "go" => command
                .args(["build", "-o", "ask-go", "ask.go"])
                .env("CGO_ENABLED", "0")
                .env("GOCACHE", folder.join("cache"))
                .env("GOFLAGS", "-mod=mod"),
            "musl-gcc" => command.args(["-static", "-o", "ask-musl-gcc", "ask.c"]),
            _ => continue,
        };
        let status = command.current_dir(folder).status().expect("a compiler");
        assert!(status.success(), "{tool}: {status}");
    }
}

fn inside(parent: u32, folder: &Path) -> ExitCode {
    parent::end_with(Parent::Id(parent)).expect("prctl");
    let network = socklab_kernel::process::own_network_namespace();
    let internet = match enter_internet(InternetOptions::new(Ground::Own)) {
        Ok(PlaceRole::Inside(internet)) => internet,
        Ok(PlaceRole::Outside { exit_code }) => {
            return ExitCode::from(u8::try_from(exit_code).unwrap_or(1));
        }
        Err(refusal) => {
            say_not_run("internet", &format!("a private loopback with names ({refusal})"));
            // Whoever could not enter is where he was.
            assert_eq!(socklab_kernel::process::own_network_namespace(), network);
            return ExitCode::SUCCESS;
        }
    };
    assert_ne!(socklab_kernel::process::own_network_namespace(), network);
    let servers: Vec<_> = internet.addresses().collect();
    assert!(servers.iter().all(|address| {
        matches!(address.port(), 7 | 13 | 80 | 123 | 12000)
            && address.ip() != IpAddr::from([127, 0, 0, 1])
    }));
    names();
    web();
    for Client { tool, file, .. } in &CLIENTS {
        let Some(path) = find(tool) else {
            say_not_run("a client of pool.ntp.org", tool);
            continue;
        };
        let command = match *tool {
            "go" | "musl-gcc" => Command::new(folder.join(format!("ask-{tool}"))),
            _ => {
                let mut command = Command::new(path);
                command.arg(folder.join(file));
                command
            }
        };
        assert_eq!(said(command), "4 0x24 48", "{tool}");
    }
    ExitCode::SUCCESS
}

/// What a command prints. It has to succeed.
#[track_caller]
fn said(mut command: Command) -> String {
    let output = command.stdin(Stdio::null()).output().expect("a program");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {} {errors}", output.status);
    String::from_utf8_lossy(&output.stdout).trim_end().to_owned()
}

/// What the C library finds.
fn names() {
    let Some(getent) = find("getent") else { return say_not_run("names", "getent") };
    let ask = |words: [&str; 2]| {
        let mut command = Command::new(&getent);
        command.args(words);
        command
    };
    let google = said(ask(["ahostsv4", "www.google.com"]));
    assert!(
        google.starts_with("198.51.100.80 ") || google.starts_with("127.51.100.80 "),
        "{google}"
    );
    // An alias, and the name that it is an alias of.
    let alias = said(ask(["ahostsv4", "www.example.com"]));
    assert!(alias.contains(" example.com"), "{alias}");
    for name in ["0.pool.ntp.org", "2.co.pool.ntp.org", "time.nist.gov", "localhost"] {
        said(ask(["ahosts", name]));
    }
    for name in ["www.gogle.com", "no-such-name.invalid", "nobody.example"] {
        let output = ask(["ahosts", name]).output().expect("getent");
        assert_eq!(output.status.code(), Some(2), "{name}");
    }
}

/// What curl gets.
fn web() {
    let Some(curl) = find("curl") else { return say_not_run("the web", "curl") };
    let get = |words: &[&str]| {
        let mut command = Command::new(&curl);
        command.args(["-q", "-sS", "--noproxy", "*", "--max-time", "10"]).args(words);
        command
    };
    let page = said(get(&["http://www.google.com/"]));
    assert!(page.contains("Host: www.google.com") && page.ends_with("</html>"), "{page}");
    let code = |url: &str| said(get(&["-o", "/dev/null", "-w", "%{http_code}", url]));
    assert_eq!(code("http://google.com/"), "301");
    assert_eq!(said(get(&["-L", "http://google.com/"])), page);
    assert!(said(get(&["http://example.org/"])).contains("Host: example.org"));
    let unknown = get(&["http://www.gogle.com/"]).output().expect("curl");
    assert_eq!(unknown.status.code(), Some(6), "no such host");
}
