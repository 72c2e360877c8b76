# What this machine allows: `socklab doctor`.

cmd-doctor = Try what this machine allows, and print the exact fix for what it does not
arg-doctor-json = Print JSON, for scripts
examples-doctor =
    $ socklab doctor
    $ socklab doctor --json | jq '.steps[] | select(.works != true)'
    Exit codes: 0 all that the course needs works, 1 something does not, 3 no program can be followed here.

doctor-as-root = root
doctor-as-user = user { $user }
doctor-codespace = GitHub Codespace
doctor-wsl = WSL { $version }

doctor-tried = Tried, each in a process of its own
doctor-step-user-namespace = user namespace
doctor-step-id-maps = your id inside it
doctor-step-network-namespace = network namespace
doctor-step-loopback-up = loopback inside it
doctor-step-settings = settings inside it
doctor-step-packet-ring = packets on it
doctor-step-veth = veth pair
doctor-step-policy-route = policy route
doctor-step-mount-namespace = mount namespace
doctor-step-process-namespace = process namespace
doctor-step-proc = /proc inside it
doctor-step-tmpfs = tmpfs
doctor-step-bind-mount = bind mount
doctor-step-seccomp = seccomp filter
doctor-step-ptrace = ptrace of a child
doctor-step-pidfd-getfd = pidfd_getfd
doctor-step-attach = ptrace of others
doctor-step-landlock = landlock
doctor-step-raw-capture = capture in place
doctor-refused = { $call }: { $error }
doctor-killed = the process that tried it was killed ({ $signal }): a filter allows no such call
doctor-not-needed = no, and nothing below needs it ({ $call }: { $error })
doctor-not-tried = not tried: it needs “{ $step }”
doctor-misleading = { $call }: { $error }. Nothing is full: it means that a limit of namespaces is reached, often a limit of 0

doctor-means = What that means
doctor-ability-trace = trace, run --trace
doctor-ability-place = what-if, check
doctor-ability-packets = packets in ladders
doctor-ability-rules = --wire RULE
doctor-ability-hosts = lab, several hosts
doctor-ability-internet = local internet
doctor-ability-sandbox = check --sandbox
doctor-ability-attach = trace -p
doctor-verdict-works = yes
doctor-verdict-lacking = yes, without: { $steps }
doctor-verdict-refused = no; what is missing: { $steps }
doctor-instead-place = yes, but on the machine's own loopback, where ports may be taken and others see them; what is missing: { $steps }
doctor-instead-packets = only with the right to capture, in the machine's own network; what is missing: { $steps }

doctor-session = What this session is not allowed
doctor-more = What could be had besides; the course does not need it
doctor-fixes = What to do
doctor-fix-start-container = A container forbids this. Start it with these options; they make it less of a wall, which is fine for a container of your own:
doctor-fix-devcontainer = A codespace is a container that GitHub starts. Put this into .devcontainer/devcontainer.json, and choose “Rebuild container”:
doctor-fix-allow-program = AppArmor gives namespaces to the programs that it knows (Ubuntu, since 24.04). As an administrator, tell it about this one, once:
doctor-fix-set = A setting of this machine forbids it. As an administrator, for now and after every start:
doctor-fix-set-and-reboot = A setting of this machine forbids it, and can't be changed until the next start. As an administrator, see which file sets it, then:
doctor-fix-show-processes = /proc hides the processes of others (hidepid), so they can't be followed, and nobody can be told who holds a port. As an administrator, until the next start:
doctor-fix-convert-to-wsl2 = The first version of WSL has no namespaces. In PowerShell, convert it to the second one:
doctor-fix-update-wsl = The kernel of WSL is too old for this. In PowerShell:
doctor-fix-load-module = A part of the kernel is not loaded, or was not built. As an administrator:
doctor-fix-newer-kernel = This kernel ({ $kernel }) is too old, or was built without it: socklab needs Linux 5.8 with user namespaces. Only another kernel helps.
doctor-fix-as-root = Only root may do this here: type sudo before the command that needs it.
doctor-fix-writable-proc = /proc is missing or read-only, and the maps of a user namespace are written there. As an administrator:
doctor-fix-ask-administrator = Nothing that can be read here forbids it, so a security module or a sandbox around this session does. Show this page to whoever administers the machine.
doctor-fix-for = (for: { $steps })

doctor-all-but-session = The machine allows all that the course needs; the limits of this session do not.
doctor-all = All that the course needs works here.
doctor-some = Not all that the course needs works here. What works: { $works }.
doctor-none = No program can be followed here. Programs can still be run and talked to: socklab run, serve, connect.
doctor-impossible = nothing could be tried: { $error }
doctor-hint = `socklab doctor` tries every step, and prints the exact fix
