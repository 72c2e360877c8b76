# What a message is in its protocol. Names of messages, fields and errors are those of the RFCs and of the
# registries of IANA, and not translated.
# source: RFC 8446 §4, §5, §6; RFC 5246 §6.2, §7; RFC 9113 §4, §6, §7; RFC 9112 §3, §4; RFC 5905 §7.3

protocol-record-header = record header
protocol-frame-header = frame header
protocol-length = length
protocol-rest = rest of { $what }
protocol-more = more of { $what }
protocol-rest-of-handshake = rest of the handshake
protocol-record = record
protocol-type = type { $n }
protocol-alert = alert: { $level } { $name }
protocol-some-alert = alert
protocol-encrypted = encrypted
protocol-encrypted-alert = encrypted alert
protocol-encrypted-handshake = encrypted handshake
protocol-application-data = encrypted application data
protocol-preface = preface
protocol-stream = stream { $n }
protocol-cut = cut off
protocol-records = { $n ->
        [0] no record
        [one] { $n } record
       *[other] { $n } records
    }
protocol-time-request = NTP v{ $version } request
protocol-time-answer = NTP v{ $version } answer, stratum { $stratum }

# Beside the bytes of a message.
decoded = What it says
decoded-message = message
decoded-body = body
decoded-chunks = bytes { $from }–{ $to }, in chunks
decoded-encrypted = encrypted
decoded-server-name = server name (SNI)
decoded-offers = versions offered
decoded-version = version
decoded-alpn = protocols inside (ALPN)
decoded-ciphers = cipher suites offered
decoded-cipher = cipher suite
decoded-missing = not all of it
decoded-cut = only its beginning was recorded
decoded-settings = settings
decoded-last-stream = last stream
decoded-id = id
decoded-addresses = addresses
decoded-received-at = received by the server
decoded-sent-at = sent
