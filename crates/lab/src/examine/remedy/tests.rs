use super::super::ability::tests::where_refused;
use super::super::environment::tests::{docker, ubuntu};
use super::*;

fn of(refused: &[(Step, i32)], environment: &Environment) -> Vec<Remedy> {
    let found = remedies(&where_refused(refused), environment);
    found.into_iter().map(|(remedy, _)| remedy).collect()
}

fn with(name: &'static str, value: &str) -> Environment {
    let settings = [(name, value.to_owned())].into_iter().collect();
    Environment { settings, ..Environment::default() }
}

#[test]
fn docker_is_told_all_options_at_once() {
    let refused = [
        (Step::UserNamespace, libc::EPERM),
        (Step::PidfdGetfd, libc::EPERM),
        (Step::Attach, libc::EPERM),
    ];
    let options = vec![NO_FILTER, MAY_TRACE];
    let container = Container::Docker;
    assert_eq!(of(&refused, &docker()), [Remedy::StartContainer { container, options }]);
    // Where the filter is gone, the profile and the masks remain.
    let refused =
        [(Step::Settings, libc::EROFS), (Step::Proc, libc::EPERM), (Step::Tmpfs, libc::EACCES)];
    let found = of(&refused, &docker());
    let options = vec![WHOLE_PROC, NO_PROFILE];
    assert_eq!(found, [Remedy::StartContainer { container, options }]);
    let lines = found[0].lines();
    assert_eq!(lines[0], "docker run --security-opt systempaths=unconfined \\");
}

#[test]
fn a_codespace_is_started_by_others() {
    let environment = Environment { codespaces: true, ..docker() };
    let found = of(&[(Step::UserNamespace, libc::EPERM)], &environment);
    assert_eq!(found, [Remedy::Devcontainer { options: vec![NO_FILTER] }]);
    let text = found[0].lines().join("\n");
    let wanted = "\"runArgs\": [\n    \"--security-opt\", \"seccomp=unconfined\"\n]";
    assert_eq!(text, wanted);
}

#[test]
fn ubuntu_refuses_the_map_and_wants_a_profile() {
    let found = of(&[(Step::IdMaps, libc::EPERM)], &ubuntu());
    let program = "/home/ana/bin/socklab".into();
    assert_eq!(found, [Remedy::AllowProgram { program }]);
    let lines = found[0].lines();
    assert!(lines.contains(&"  userns,".to_owned()), "{lines:?}");
    assert!(lines.iter().any(|line| line.contains("\"/home/ana/bin/socklab\"")), "{lines:?}");
}

#[test]
fn a_limit_of_nought_is_named_whatever_the_error_says() {
    let environment = with("user.max_user_namespaces", "0");
    let name = "user.max_user_namespaces";
    let wanted = [Remedy::Set { name, value: "10000" }];
    for errno in [libc::ENOSPC, libc::EPERM] {
        assert_eq!(of(&[(Step::UserNamespace, errno)], &environment), wanted);
    }
    let environment = with("kernel.unprivileged_userns_clone", "0");
    let name = "kernel.unprivileged_userns_clone";
    let wanted = [Remedy::Set { name, value: "1" }];
    assert_eq!(of(&[(Step::UserNamespace, libc::EPERM)], &environment), wanted);
}

#[test]
fn yama_says_who_may_be_followed() {
    let name = "kernel.yama.ptrace_scope";
    let refused = [(Step::Ptrace, libc::EPERM), (Step::Attach, libc::EPERM)];
    assert_eq!(of(&refused[1..], &with(name, "1")), [Remedy::AsRoot]);
    assert_eq!(of(&refused, &with(name, "2")), [Remedy::Set { name, value: "1" }]);
    assert_eq!(of(&refused, &with(name, "3")), [Remedy::SetAndReboot { name, value: "1" }]);
}

#[test]
fn a_read_only_proc_is_no_matter_of_filters() {
    let refused = [(Step::IdMaps, libc::EROFS)];
    assert_eq!(of(&refused, &Environment::default()), [Remedy::WritableProc]);
    assert_eq!(
        of(&[(Step::IdMaps, libc::EPERM)], &Environment::default()),
        [Remedy::AskAdministrator]
    );
}

#[test]
fn wsl_is_converted_or_updated() {
    let wsl =
        |which| Environment { wsl: Some((which, "Ubuntu".to_owned())), ..Environment::default() };
    let refused = [(Step::UserNamespace, libc::EINVAL)];
    assert_eq!(of(&refused, &wsl(Wsl::Two)), [Remedy::UpdateWsl]);
    let found = of(&refused, &wsl(Wsl::One));
    assert_eq!(found[0].lines(), ["wsl.exe --set-version Ubuntu 2"]);
}

#[test]
fn a_kernel_without_veth_may_load_it() {
    let found = of(&[(Step::Veth, libc::EOPNOTSUPP)], &Environment::default());
    assert_eq!(found[0].lines(), ["sudo modprobe veth"]);
}

#[test]
fn what_nobody_needs_has_no_remedy() {
    let environment = Environment::default();
    assert_eq!(of(&[(Step::RawCapture, libc::EPERM)], &environment), []);
    assert_eq!(of(&[(Step::Landlock, libc::ENOSYS)], &environment), []);
    let both = [(Step::RawCapture, libc::EPERM), (Step::PacketRing, libc::EPERM)];
    assert_eq!(of(&both, &environment), [Remedy::AskAdministrator, Remedy::AsRoot]);
}

#[test]
fn hidden_processes_can_be_shown() {
    let environment = Environment { hidepid: Some("2".into()), ..Environment::default() };
    assert_eq!(of(&[], &environment), [Remedy::ShowProcesses]);
}
