# Qué es un mensaje en su protocolo.

protocol-record-header = encabezado de registro
protocol-frame-header = encabezado de trama
protocol-length = longitud
protocol-rest = resto de { $what }
protocol-more = más de { $what }
protocol-rest-of-handshake = resto del handshake
protocol-record = registro
protocol-type = tipo { $n }
protocol-alert = alerta: { $level } { $name }
protocol-some-alert = alerta
protocol-encrypted = cifrado
protocol-encrypted-alert = alerta cifrada
protocol-encrypted-handshake = handshake cifrado
protocol-application-data = datos de aplicación cifrados
protocol-preface = prefacio
protocol-stream = flujo { $n }
protocol-cut = recortada
protocol-records = { $n ->
        [0] ningún registro
        [one] { $n } registro
       *[other] { $n } registros
    }
protocol-time-request = pregunta NTP v{ $version }
protocol-time-answer = respuesta NTP v{ $version }, estrato { $stratum }

decoded = Qué dice
decoded-message = mensaje
decoded-body = cuerpo
decoded-chunks = bytes { $from }–{ $to }, por trozos
decoded-encrypted = cifrado
decoded-server-name = nombre del servidor (SNI)
decoded-offers = versiones ofrecidas
decoded-version = versión
decoded-alpn = protocolos adentro (ALPN)
decoded-ciphers = suites de cifrado ofrecidas
decoded-cipher = suite de cifrado
decoded-missing = no está todo
decoded-cut = solo se grabó el comienzo
decoded-settings = parámetros
decoded-last-stream = último flujo
decoded-id = id
decoded-addresses = direcciones
decoded-received-at = recibido por el servidor
decoded-sent-at = enviado
