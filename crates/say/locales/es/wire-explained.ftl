# Lo que explican los paquetes grabados.

## Por qué no llegó un paquete: parte de una frase, después de dos puntos.

wire-dropped-by-rule = la regla «{ $rule }» lo descartó
wire-corrupted-by-rule = la regla «{ $rule }» le cambió bytes, así que su suma de control no cuadraba y el núcleo lo descartó
wire-lost = se perdió en el camino

## Quién repitió qué, después de «1 s después».

wire-asked-again = el núcleo que preguntaba envió otra vez su SYN, y la respuesta llegó de nuevo
wire-answered-again = el núcleo que escucha envió otra vez su respuesta

## Explicaciones

explain-syn-lost = El SYN hacia { $address } no llegó: { $why }. No volvió nada, y { $first } después el núcleo lo envió otra vez{ $times ->
        [one] .
       *[other] , { $times } veces en { $time }.
    } El programa no se da cuenta; su connect solo tarda más.
explain-syn-ack-lost = El SYN llegó a { $address }, pero el SYN,ACK que le respondía no volvió: { $why }. { $time } después { $again }.
explain-connection-reset-closed = { $call } falló porque { $peer } ya había cerrado su socket cuando le llegó algo más: el núcleo de allí respondió a eso con un RST.
explain-connection-reset-unaccepted = { $call } falló porque { $peer } cerró su socket de escucha antes de que accept devolviera esta conexión: el núcleo de allí corta con un RST lo que todavía espera en la cola.
explain-connection-reset-rule = { $call } falló porque la regla «{ $rule }» cortó la conexión: este RST lo envió la red simulada, ningún programa y ningún núcleo.
explain-nagle-delayed-ack = { $program } envió en trozos pequeños, y { $times ->
        [one] uno de ellos esperó
       *[other] { $times } de ellos esperaron
    } cerca de { $time } para salir: el algoritmo de Nagle { $times ->
        [one] lo retuvo
       *[other] los retuvo
    } hasta que se confirmara el trozo anterior, y el núcleo de { $peer } retuvo ese ACK (ACK retardado). Envía en una sola llamada lo que va junto (un solo búfer, writev), o activa TCP_NODELAY.
explain-window-closed = { $peer } no leía, así que su búfer de recepción se llenó y su núcleo cerró la ventana: durante { $time } { $program } no pudo enviar nada más.{ $probes ->
        [0] {""}
        [one] {" "}Mientras tanto, el núcleo preguntó una vez si había espacio (sondeo de ventana).
       *[other] {" "}Mientras tanto, el núcleo preguntó { $probes } veces si había espacio (sondeos de ventana).
    }
explain-data-lost = Un segmento con datos de { $program } no llegó: { $why }. No volvió ningún ACK, y { $time } después el núcleo lo envió otra vez{ $times ->
        [one] .
       *[other] ; eso pasó { $times } veces.
    } Los programas solo notan que tarda más.
explain-data-lost-asked-for = Un segmento con datos de { $program } no llegó: { $why }. A lo que llegó después se respondió con { $acks ->
        [one] un ACK duplicado, que dice
       *[other] { $acks } ACK duplicados, que dicen
    } qué falta, así que el núcleo lo envió otra vez ya { $time } después, sin esperar a su temporizador.
explain-connection-timed-out-lost = { $call } falló porque no volvió nada más, y el núcleo se rindió. Del último paquete que se perdió se sabe por qué: { $why }.
explain-datagram-lost = { $times ->
        [one] Este datagrama hacia { $address } no llegó: { $why }.
       *[other] { $times } datagramas hacia { $address } no llegaron. El primero: { $why }.
    } UDP no se da cuenta y no envía nada otra vez: eso queda en manos de los programas.
explain-fragment-lost = Este datagrama de { $bytes } bytes viajó en { $pieces } paquetes, y uno de ellos no llegó: { $why }. Sin él, los demás no sirven, y el receptor no recibe nada del datagrama.
