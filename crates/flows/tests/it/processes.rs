//! Whose process is it, and what is its name?

use socklab_event::Process;
use socklab_flows::Flows;
use socklab_timelines::Story;

#[test]
fn a_program_started_by_a_command_has_its_own_name_but_the_same_actor() {
    let mut story = Story::new();
    let shell = story.command("shell", "sh run.sh");
    let child = story.fork(shell);
    let argv = vec!["/usr/bin/nc".to_owned(), "-l".to_owned()];
    story.process(child, Process::Exec { argv, argv_omitted: 0, exe: None });
    let grandchild = socklab_timelines::Who { process: 8, thread: 8 };
    let argv = vec!["nc".to_owned()];
    let parent = Some(child.process);
    let start =
        Process::Start { command: 0, parent, argv, argv_omitted: 0, exe: None, attached: false };
    story.process(grandchild, start);
    let stranger = socklab_timelines::Who { process: 7, thread: 7 };
    story.udp(stranger);
    let timeline = story.build();
    let flows = Flows::of(&timeline);
    let named = |process: u32| {
        let process = flows.process(process).expect("a process");
        (process.name(), process.actor(), process.root)
    };
    assert_eq!(named(shell.process), ("shell".to_owned(), Some("shell"), shell.process));
    assert_eq!(named(child.process), ("nc".to_owned(), Some("shell"), child.process));
    assert_eq!(named(8), ("nc".to_owned(), Some("shell"), child.process));
    assert_eq!(named(7), ("#7".to_owned(), None, 7));
    let last = flows.order.len() - 1;
    assert_eq!((flows.name_at(last), flows.actor_at(last)), ("#7".to_owned(), None));
}

#[test]
fn a_reused_process_id_is_another_process() {
    let mut story = Story::new();
    let first = story.command("first", "first");
    story.exit(first, 0);
    let argv = vec!["second".to_owned()];
    let again = Process::Start {
        command: 0,
        parent: None,
        argv,
        argv_omitted: 0,
        exe: None,
        attached: false,
    };
    story.process(first, again);
    let timeline = story.build();
    let flows = Flows::of(&timeline);
    assert_eq!(flows.processes.len(), 2);
    assert_eq!([0, 1, 2].map(|at| flows.process_at(at)), [Some(0), Some(0), Some(1)]);
}
