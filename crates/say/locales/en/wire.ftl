# What a wire with rules is asked for on a command line, and says at the end.

arg-trace-wire = Run the programs on a loopback of their own on which this rule decides about packets, such as 'drop the 1st SYN' (again for more rules): 127.0.0.1 stays 127.0.0.1
arg-trace-mtu = The same, with no packet larger than this: 1500 cuts large messages as an Ethernet does (default: as on lo)
arg-run-wire = With --lab, which it implies: let this rule decide about packets, such as 'delay 40ms every data from server' (again for more rules)
arg-run-mtu = The same, with no packet larger than this (default: as on lo)
# source: net/ipv6/ip6_input.c, ip6_rcv_core: what has the loopback address is dropped on any other device.
wire-beside = wire: { $frames ->
    [one] { $frames } frame went
   *[other] { $frames } frames went
} past it: it carries what is for 127.0.0.0/8, and not ::1 or multicast. No rule decides there.

value-fragmented = cut into pieces on its way
