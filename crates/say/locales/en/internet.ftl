# The local internet of a lab, and programs that run in it.

lab-entered = In the lab: names and servers are socklab's own, and no packet leaves this machine.
run-in-lab = In socklab's lab, with an internet of its own: every packet is recorded. In the machine's own network: { $command }
run-in-lab-without = In socklab's lab, with an internet of its own; packets are left out. In the machine's own network: { $command }
run-here = In the machine's own network, where other terminals and their programs are: no packets are recorded. In a lab they are: --lab
run-here-tapped = In the machine's own network, where other terminals and their programs are: the packets of its sockets on lo are recorded.
run-here-without = In the machine's own network, where other terminals and their programs are; packets are left out.
run-here-no-lab = In the machine's own network, without packets: a lab, where they would be recorded, can't be had here ({ $reason }). `socklab doctor` says how to change that.
lab-nobody-else = No other terminal reaches this lab, which ends with the program. The server with a client: { $command }
lab-refused = no lab on this machine: { $reason }
lab-else = without the lab, `socklab run { $name }` runs it in the machine's own network
lab-else-http = without the lab, `socklab serve http --port 8080` in one terminal, and `socklab run { $name } localhost 8080` in another
lab-else-ntp = without the lab, `socklab serve ntp --port 12300` in one terminal, and `socklab run { $name } localhost:12300` in another

# Mistakes in `[dns."NAME"]` of a course file.
mistake-dns-alias = an alias has no addresses of its own: alias and addresses, or alias and rotate, contradict each other
mistake-dns-limit = first and asks say which questions answer and delay_ms are about: there is neither of the two
mistake-dns-delay = delay_ms is too long: no resolver waits for more than { $most }

# The tour.
tour-in-lab = In a lab of its own: real names, the servers' own ports, and packets that stay on this machine.
tour-on-loopback = On the loopback interface, because this machine allows no lab ({ $reason }).
