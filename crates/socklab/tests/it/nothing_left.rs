//! What runs in a place of its own leaves the machine as it was: interfaces, routes, rules, sockets and
//! mounts are the same before, during and after, and no file or process of ours stays; also if socklab
//! is killed in the middle, by SIGKILL.
//!
//! The machine is a namespace of the test's own, in which nobody else changes anything.

use std::process::Command;
use std::time::SystemTime;

use rustix::process::geteuid;
use socklab_prerequisites::{find, need, not_run};

use crate::stage::own::Own;
use crate::stage::{program, run};

/// `$0` is socklab, the others are the command. Prints what differs; ends with 77 if there can be no
/// such machine.
const SCRIPT: &str = r#"
mount -t tmpfs tmpfs /run || exit 77
mkdir -p /run/home /run/tmp /run/user /run/bin
# Others use the machine's /tmp.
mount --bind "${0%/*}" /run/bin && mount -t tmpfs tmpfs /tmp || exit 77
program=/run/bin/${0##*/}
export HOME=/run/home TMPDIR=/run/tmp XDG_RUNTIME_DIR=/run/user XDG_STATE_HOME=/run/home/state
cd /run/home

# What a network, a mount table and the folders are like.
network() {
    for table in dev route ipv6_route if_inet6 fib_trie; do
        echo "== $table"
        sed 's/:.*//' /proc/net/$table 2>/dev/null
    done
    if command -v ip > /dev/null; then ip rule; ip -6 rule; ip route show table all; ip -o link; fi
    for table in tcp tcp6 udp udp6 raw packet; do
        echo "== $table"
        awk 'NR > 1 { print $2, $3 }' /proc/net/$table 2>/dev/null
    done
    echo '== mounts'
    cat /proc/self/mountinfo
}
files() {
    echo '== files'
    find /run /tmp /srv /media /mnt /opt -xdev 2>/dev/null | grep -v '^/run/home/state' | sort
}
processes() {
    for process in /proc/[0-9]*; do
        number=${process#/proc/}
        [ "$number" = $$ ] || [ "$number" = 1 ] || readlink "$process/exe" 2>/dev/null
    done | grep socklab
}
same() {
    [ "$2" = "$3" ] && return
    echo "$1 differ:"; printf '%s\n' "$2" > /run/one; printf '%s\n' "$3" > /run/other
    diff /run/one /run/other; rm -f /run/one /run/other
    failed=1
}

failed=0
how=$1; shift
network=$(network); files=$(files)
# A lab that is up, from its beginning to its end.
whole() {
    "$program" lab up "$@" && "$program" lab exec -- true || return
    case "$how" in
        up) "$program" lab down ;;
        # With one of its processes, all of it ends.
        *) kill -9 $(pgrep -f 'up --hol[d]' | head -1) ;;
    esac
}
case "$how" in
    up*) whole "$@" < /dev/null > /dev/null 2> /run/home/state.errors & ;;
    *) "$program" "$@" < /dev/null > /dev/null 2> /run/home/state.errors & ;;
esac
socklab=$!
rounds=0
while kill -0 $socklab 2>/dev/null; do
    same 'before and during' "$network" "$(network)"
    rounds=$((rounds + 1))
    case "$how" in killed:*) sleep "${how#killed:}"; kill -9 $socklab; break ;; esac
    # Once it has a child, it is in the middle.
    if [ "$how" = killed ] && [ -n "$(cat /proc/$socklab/task/$socklab/children 2>/dev/null)" ]; then
        kill -9 $socklab
        break
    fi
    [ $failed = 0 ] || break
done
wait $socklab; code=$?
case "$how" in killed*) code=0 ;; esac
case "$how" in
    ended|up) [ -z "$(processes)" ] || { echo "at its end there was: $(processes)"; failed=1; } ;;
esac
# A process that is about to execute another file has no name for a moment: so nobody must be there
# several times in a row.
tries=0; nobody=0
while [ $nobody -lt 5 ] && [ $tries -lt 500 ]; do
    tries=$((tries + 1))
    if [ -z "$(processes)" ]; then nobody=$((nobody + 1)); else nobody=0; fi
    sleep 0.02
done
[ -z "$(processes)" ] || { echo "left behind: $(processes)"; failed=1; }
same 'before and after' "$network" "$(network)"
[ -s /run/home/state.errors ] && [ $code -gt 1 ] && cat /run/home/state.errors
rm -f /run/home/state.errors
same 'files before and after' "$files" "$(files)"
[ $rounds -gt 0 ] || { echo 'it was never looked at'; failed=1; }
[ $code -le 1 ] || { echo "exit code $code"; failed=1; }
exit $failed
"#;

/// Commands that make places of every kind.
const COMMANDS: [&[&str]; 8] = [
    &["lab", "run", "--", "sleep", "0.3"],
    &["lab", "run", "--wire", "drop the 1st SYN", "--", "curl", "-s", "http://www.google.com/"],
    &["lab", "run", "--hosts", "5", "--", "sleep", "0.3"],
    &["trace", "--packets", "tcp-server", "tcp-client"],
    &["what-if", "3", "--predict", "b"],
    &["run", "--lab", "--trace", "socket-05"],
    &["trace", "--wire", "delay 1ms", "tcp-server", "tcp-client"],
    // Its wire is in the question.
    &["what-if", "lost-syn", "--predict", "a"],
];

/// A moment in which a command is at work, or just begins, or ends.
fn some_moment() -> String {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    format!("killed:0.{:03}", now.subsec_micros() % 300)
}

/// The script on a machine of its own, for a user.
fn machine(own: &Own, user: Option<u32>, how: &str, words: &[&str]) -> Command {
    let mut all: Vec<String> = Vec::new();
    if let Some(user) = user {
        let ids = [format!("--reuid={user}"), format!("--regid={user}")];
        all.push("setpriv".into());
        all.extend(ids);
        all.push("--clear-groups".into());
    }
    let namespaces =
        ["--user", "--map-root-user", "--mount", "--net", "--pid", "--fork", "--mount-proc"];
    all.push("unshare".into());
    all.extend(namespaces.map(str::to_owned));
    all.extend(["sh".into(), "-c".into(), SCRIPT.into(), own.path.display().to_string()]);
    all.push(how.into());
    all.extend(words.iter().map(|word| (*word).to_owned()));
    let mut command = program(&all[0]);
    command.args(&all[1..]);
    command
}

/// Tries all commands, ended by themselves and killed, as these users.
fn leaves_nothing(user: Option<u32>) {
    let own = Own::new();
    for words in COMMANDS {
        if words.contains(&"curl") && find("curl").is_none() {
            continue;
        }
        for how in ["ended", "killed", &some_moment()] {
            if !leaves_none(&own, user, how, words) {
                not_run!("user namespaces with a network and a process namespace");
            }
        }
    }
    need!("pgrep");
    for how in ["up", "up and killed"] {
        leaves_none(&own, user, how, &["--hosts", "3"]);
    }
}

/// False if there can be no such machine.
fn leaves_none(own: &Own, user: Option<u32>, how: &str, words: &[&str]) -> bool {
    let ended = run(&mut machine(own, user, how, words));
    if ended.code == 77 || ended.errors.contains("unshare:") {
        return false;
    }
    assert_eq!(ended.code, 0, "{how}: {words:?}\n{}\n{}", ended.text(), ended.errors);
    true
}

#[test]
fn nothing_is_left_of_a_place() {
    need!("unshare");
    leaves_nothing(None);
}

#[test]
fn nothing_is_left_of_a_place_of_nobody() {
    need!("unshare");
    need!("setpriv");
    if !geteuid().is_root() {
        not_run!("root, to become somebody else");
    }
    leaves_nothing(Some(65_534));
}
