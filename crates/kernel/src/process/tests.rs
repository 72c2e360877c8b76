use std::net::TcpListener;
use std::os::fd::AsRawFd;
use std::sync::mpsc::channel;
use std::thread;

use proptest::prelude::*;

use super::*;

#[test]
fn a_socket_has_a_protocol_and_a_file_has_none() {
    use std::os::fd::AsRawFd as _;
    let us = std::process::id();
    let tcp = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    assert_eq!(socket_protocol(us, tcp.as_raw_fd()).as_deref(), Some("TCP"));
    let (unix, _other) = std::os::unix::net::UnixStream::pair().unwrap();
    assert_eq!(socket_protocol(us, unix.as_raw_fd()).as_deref(), Some("UNIX-STREAM"));
    let file = fs::File::open("/dev/null").unwrap();
    assert_eq!(socket_protocol(us, file.as_raw_fd()), None);
    assert_eq!(target(us, file.as_raw_fd()), Target::Other);
    assert!(matches!(target(us, tcp.as_raw_fd()), Target::Socket(inode) if inode > 0));
    assert_eq!(target(us, -1), Target::Nothing);
}

fn us() -> u32 {
    std::process::id()
}

#[test]
fn our_own_process_is_described() {
    assert!(all().unwrap().contains(&us()));
    let thread = rustix::process::getpid().as_raw_pid().cast_unsigned();
    assert!(threads(us()).unwrap().contains(&thread));
    let (arguments, omitted) = arguments(us());
    assert_eq!(arguments, std::env::args().collect::<Vec<_>>());
    assert_eq!(omitted, 0);
    assert_eq!(executable(us()), std::env::current_exe().ok());
    assert!(network_namespace(us()).is_some());
    assert_eq!(network_namespace(us()), own_network_namespace());
}

#[test]
fn a_child_is_listed() {
    // Children of threads other than the first are not listed; a shell has just one thread.
    let mut shell = std::process::Command::new("sh")
        .args(["-c", "cat & read line"])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let found = || children(shell.id()).map(|children| children.len());
    while found().is_ok_and(|count| count == 0) {
        thread::yield_now();
    }
    let found = found();
    drop(shell.stdin.take());
    shell.wait().unwrap();
    match found {
        Ok(count) => assert_eq!(count, 1),
        Err(error) => socklab_prerequisites::say_not_run(
            "children",
            &format!("CONFIG_PROC_CHILDREN ({error})"),
        ),
    }
}

#[test]
fn a_process_that_does_not_exist_is_not_found() {
    let nobody = u32::MAX;
    assert!(threads(nobody).is_err());
    assert_eq!(state(nobody, nobody), None);
    assert!(system_call(nobody, nobody).is_err());
    assert_eq!(arguments(nobody), (Vec::new(), 0));
    assert_eq!(executable(nobody), None);
    assert!(sockets(nobody).is_empty());
    assert_eq!(pidfd(nobody).unwrap_err().raw_os_error(), Some(3), "ESRCH");
}

#[test]
fn a_thread_that_waits_is_asleep() {
    let (wake, sleeping) = channel::<()>();
    let waiter = thread::spawn(move || sleeping.recv());
    let others = || threads(us()).unwrap().into_iter();
    while !others().any(|thread| state(us(), thread) == Some(State::Sleeping)) {
        thread::yield_now();
    }
    drop(wake);
    assert!(waiter.join().unwrap().is_err());
}

#[test]
fn sockets_are_distinguished_from_other_descriptors() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let fd = listener.as_raw_fd();
    let ours = sockets(us());
    let found = ours.iter().find(|socket| socket.fd == fd).expect("it is listed");
    assert!(found.close_on_exec, "the standard library opens its sockets close-on-exec");
    assert_eq!(found.inode, rustix::fs::fstat(&listener).unwrap().st_ino);
    rustix::io::fcntl_setfd(&listener, rustix::io::FdFlags::empty()).unwrap();
    assert!(!is_close_on_exec(us(), fd));
    let file = std::fs::File::open("/proc/self/stat").unwrap();
    assert_eq!(socket_inode(us(), file.as_raw_fd()), None);
}

#[test]
fn descendants_are_found_with_their_parents() {
    let mut shell = std::process::Command::new("/bin/sh")
        .args(["-c", "cat & cat; wait"])
        .stdin(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let deadline = std::time::Instant::now() + Duration::from_secs(20);
    // The one in the background has no input and ends; the other stays.
    while !descendants(shell.id()).iter().any(|(_, parent)| *parent == shell.id()) {
        assert!(std::time::Instant::now() < deadline);
        std::thread::yield_now();
    }
    assert!(descendants(us()).contains(&(shell.id(), us())));
    drop(shell.stdin.take());
    shell.wait().unwrap();
    assert_eq!(descendants(shell.id()), []);
}

#[test]
fn a_pidfd_shows_when_its_process_has_ended() {
    assert!(!has_ended_within(pidfd(us()).unwrap(), Duration::ZERO).unwrap());
    let mut child =
        std::process::Command::new("cat").stdin(std::process::Stdio::piped()).spawn().unwrap();
    let pidfd = pidfd(child.id()).unwrap();
    assert!(!has_ended_within(&pidfd, Duration::from_millis(1)).unwrap());
    drop(child.stdin.take());
    assert!(has_ended_within(&pidfd, Duration::MAX).unwrap());
    child.wait().unwrap();
    assert!(has_ended_within(&pidfd, Duration::ZERO).unwrap());
}

#[test]
fn a_system_call_is_read() {
    let line = "45 0x3 0x7ffd 0x400 0x0 0x0 0x0 0x7ffc 0x7f12\n";
    let arguments = [3, 0x7ffd, 0x400, 0, 0, 0];
    let (stack, instruction) = (0x7ffc, 0x7f12);
    let inside = SystemCall::Inside { number: 45, arguments, stack, instruction };
    assert_eq!(parse_system_call(line), Some(inside));
    assert_eq!(parse_system_call("running\n"), Some(SystemCall::Running));
    assert_eq!(parse_system_call("-1 0x7ffc 0x7f12\n"), Some(SystemCall::Outside));
    assert_eq!(parse_system_call("45 0x3\n"), None);
}

#[test]
fn a_long_command_line_is_truncated() {
    let long = vec![b'x'; LONGEST_COMMAND_LINE + 1];
    let line = [long.as_slice(), b"\0b\0c\0"].concat();
    let (arguments, omitted) = parse_arguments(&line);
    assert_eq!((arguments.len(), omitted), (1, 2));
    assert_eq!(arguments[0].len(), LONGEST_COMMAND_LINE);
    assert_eq!(parse_arguments(b"a\0\0b\0").0, ["a", "", "b"]);
    assert_eq!(parse_arguments(b"grep\0\0").0, ["grep", ""]);
    assert_eq!(parse_arguments(b"nginx: worker process\0\0\0\0").0, ["nginx: worker process"]);
}

proptest! {
    #[test]
    fn a_state_is_found_behind_any_name(name: Vec<u8>, letter in "[RSDTtZXI]") {
        let stat = [b"17 (".as_slice(), &name, b") ", letter.as_bytes(), b" 1 17 17 0"].concat();
        let expected = match letter.as_str() {
            "R" => State::Running,
            "S" => State::Sleeping,
            "D" => State::Uninterruptible,
            "T" => State::Stopped,
            "t" => State::Traced,
            "Z" => State::Zombie,
            "X" => State::Dead,
            _ => State::Other('I'),
        };
        prop_assert_eq!(parse_state(&stat), Some(expected));
    }

    #[test]
    fn arguments_are_read_back(words in prop::collection::vec("[^\0]{0,12}", 1..6)) {
        let line: String = words.iter().map(|word| format!("{word}\0")).collect();
        // A single empty argument can't be distinguished from no arguments.
        prop_assume!(line != "\0");
        // Several at the end are taken for the padding of a title.
        prop_assume!(!line.ends_with("\0\0\0"));
        prop_assert_eq!(parse_arguments(line.as_bytes()), (words, 0));
    }

    #[test]
    fn any_text_can_be_read(bytes: Vec<u8>, text: String, words in "[-0-9a-fx ]{0,80}") {
        let _ = parse_state(&bytes);
        let _ = parse_arguments(&bytes);
        for text in [text, words] {
            let _ = parse_system_call(&text);
            let _ = parse_inode(&text, "socket");
        }
    }
}
