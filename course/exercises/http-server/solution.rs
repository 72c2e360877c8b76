// http-server: serve the files of a folder to a browser.
//
// Run: rustc http-server.rs && ./http-server [PORT [FOLDER]], then open http://localhost:8080/

use std::env::args;
use std::fs;
use std::io::{Read, Result, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::exit;
use std::thread;

fn main() {
    let port: u16 = args().nth(1).map_or(8080, |text| text.parse().expect("a port number"));

    let server = TcpListener::bind(("0.0.0.0", port)).unwrap_or_else(|error| {
        eprintln!("bind port {port}: {error}");
        exit(1)
    });
    println!("Open http://localhost:{port}/");

    for client in server.incoming() {
        // A browser opens several connections, and may send nothing on some of them.
        thread::spawn(|| {
            if let Err(error) = client.and_then(serve) {
                println!("{error}");
            }
        });
    }
}

fn serve(mut client: TcpStream) -> Result<()> {
    // A request may arrive in pieces. An empty line ends it.
    let mut request = Vec::new();
    // GAP request -> request
    let mut piece = [0u8; 4096];
    while !request.windows(4).any(|end| end == b"\r\n\r\n") && request.len() < 16384 {
        let length = client.read(&mut piece)?;
        if length == 0 {
            break;
        }
        request.extend_from_slice(&piece[..length]);
    }
    // END
    if request.is_empty() {
        return Ok(()); // it closed without sending anything
    }
    let request = String::from_utf8_lossy(&request);
    let words: Vec<&str> = request.lines().next().unwrap_or_default().split(' ').collect();
    match words[..] {
        ["GET", path, _] => match find(path).and_then(|file| Some((fs::read(&file).ok()?, file))) {
            Some((body, file)) => answer(&mut client, "200 OK", kind_of(&file), &body),
            None => answer(&mut client, "404 Not Found", "text/plain", b"Not found\n"),
        },
        [_, _, _] => answer(&mut client, "501 Not Implemented", "text/plain", b"Only GET\n"),
        _ => answer(&mut client, "400 Bad Request", "text/plain", b"What?\n"),
    }
}

/// The file that a path such as /photo.png names, if it is one.
fn find(path: &str) -> Option<PathBuf> {
    // GAP file
    let root = fs::canonicalize(args().nth(2).unwrap_or(".".to_string())).ok()?;
    let path = path.split('?').next()?.trim_start_matches('/');
    let mut file = fs::canonicalize(root.join(path)).ok()?;
    if file.is_dir() {
        file = fs::canonicalize(file.join("index.html")).ok()?;
    }
    // canonicalize has resolved "..": a file that is not below our folder must not be sent.
    (file.starts_with(&root) && file.is_file()).then_some(file)
    // END
}

fn kind_of(file: &Path) -> &'static str {
    match file.extension().and_then(|extension| extension.to_str()) {
        Some("html") => "text/html",
        Some("txt") => "text/plain",
        Some("png") => "image/png",
        _ => "application/octet-stream",
    }
}

fn answer(client: &mut TcpStream, status: &str, kind: &str, body: &[u8]) -> Result<()> {
    // GAP answer
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n\
         Connection: close\r\n\r\n"
    );
    client.write_all(head.as_bytes())?;
    client.write_all(body)
    // END
}
