# The names of what a frame's headers say, beside those in ladder.ftl.
fact-fragment = fragment
fact-id = id
fact-offset = offset
fact-more = more follow
fact-options = options
fact-maximum_segment = maximum segment
fact-window_scale = window scale
fact-selective_permitted = selective ACK permitted
fact-selective = selective ACK
fact-timestamps = timestamps
fact-mtu = MTU
fact-about = about
fact-payload = payload
fact-changed = bytes changed
