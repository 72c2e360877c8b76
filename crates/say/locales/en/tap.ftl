# Packets: whether they were recorded, and why not.

# source: packet(7), PACKET_STATISTICS
tap-frames-lost = Of the packets { $n ->
        [one] { $n } is
       *[other] { $n } are
    } missing: there were more than could be recorded. The calls are complete.
