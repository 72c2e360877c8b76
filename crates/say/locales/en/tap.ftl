# Packets: whether they were recorded, and why not.

# source: packet(7), PACKET_STATISTICS
tap-frames-lost = Of the packets { $n ->
        [one] { $n } is
       *[other] { $n } are
    } missing: there were more than could be recorded. The calls are complete.

tap-how = Arrows join calls; packets (SYN, ACK, FIN …) are recorded with trace --packets.
tap-others = Packets of other programs on this loopback, not recorded: { $n }.
tap-in-place = There is no loopback for these programs alone ({ $reason }). They use the machine's, of which only their own packets are recorded. `socklab doctor` says how to change that.
tap-refused = No packets are recorded, so that nothing shows what the kernels said to each other: { $reason }. The calls are recorded. `socklab doctor` says how to change that.
tap-shared = Arrows join calls; packets (SYN, ACK, FIN …) are recorded in a network of the programs' own: run --lab, or trace --packets.
tap-not-wanted = Arrows join calls; packets were left out.
tap-missing = Arrows join calls; packets (SYN, ACK, FIN …) could not be recorded: { $reason }. `socklab doctor` says how to change that.
tap-elsewhere = Packets of { $n ->
        [one] { $n } socket were
       *[other] { $n } sockets were
    } not recorded: they went over another device than lo, and only lo is looked at.
tap-other-network = { $who } made a network of its own: its packets there are not recorded, and no rule decides about them.
