# Lo que explican los paquetes grabados.

## Por qué no llegó un paquete, o no enseguida: parte de una frase, después de dos puntos.

wire-dropped-by-rule = la regla «{ $rule }» lo descartó
wire-corrupted-by-rule = la regla «{ $rule }» le cambió bytes, así que su suma de control no cuadraba y el núcleo lo descartó
wire-delayed-by-rule = la regla «{ $rule }» lo retuvo
wire-lost = se perdió en el camino

## Qué hicieron entonces los núcleos y en qué quedó: una frase cada uno.

wire-asked-again = { $time } después, el núcleo que preguntaba envió otra vez su SYN, y se le respondió otra vez.
wire-answered-again = { $time } después, el núcleo que escucha envió otra vez su respuesta.
wire-not-answered-again = Mientras duró la grabación no se respondió otra vez.
wire-connects-later = El programa no se da cuenta; su connect solo tarda más.
wire-answered-later = Entonces sí llegó una respuesta: la conexión se hizo con ese retraso.
wire-refused-later = Entonces sí llegó una respuesta: el rechazo (RST).
wire-gave-up = Nunca llegó una respuesta, y el núcleo se rindió: connect falló.
wire-never-answered = Nunca llegó una respuesta. Por defecto, el núcleo solo se rinde después de unos dos minutos.
wire-known-later = Para ese extremo la conexión solo existe { $time } después, cuando llegó otra cosa de ella.
wire-never-known = Mientras duró la grabación, la conexión no existió para ese extremo.
wire-timer-again = No volvió ningún ACK, y { $time } después el núcleo lo envió otra vez.
wire-sent-again = { $time } después, el núcleo lo envió otra vez.
wire-not-sent-again = Mientras duró la grabación no se envió otra vez.
wire-data-came-later = Los programas solo notan que tarda más.
wire-data-never-came = Sus bytes nunca llegaron.

## Quién esperó a que se abriera una ventana: el resto de una frase.

wire-program-waits = { $program } no pudo enviar nada más
wire-kernel-waits = lo que { $program } ya había entregado tuvo que esperar en su núcleo

## Por qué no había espacio en un búfer: el resto de una frase.

wire-send-lost = se habían perdido paquetes de esta conexión, así que lo enviado antes no estaba confirmado del todo
wire-send-unread = el otro extremo no leyó lo que se había enviado antes

## Explicaciones

explain-syn-lost = El SYN hacia { $address } no llegó: { $why }. No volvió nada{ $times ->
        [0] .
        [one] , y { $first } después el núcleo lo envió otra vez.
       *[other] , y { $first } después el núcleo lo envió otra vez, { $times } veces en { $time }.
    } { $outcome }
explain-syn-ack-lost = El SYN llegó a { $address }, pero el SYN,ACK que le respondía no volvió: { $why }. { $then } { $outcome }
explain-handshake-ack-lost = Para { $program } la conexión quedó hecha apenas llegó el SYN,ACK, pero el ACK que lo dice no le llegó enseguida a { $peer }: { $why }. { $then }
explain-connection-reset-shutdown = { $call } falló porque a { $program } le llegó algo más después de haber cerrado las dos mitades de esta conexión (shutdown): entonces su núcleo corta la conexión con un RST, para los dos extremos. Quien todavía quiere leer cierra solo la mitad de envío (SHUT_WR).
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
explain-window-closed = { $peer } no leía, así que su búfer de recepción se llenó y su núcleo cerró la ventana: durante { $time } { $held }.{ $probes ->
        [0] {""}
        [one] {" "}Mientras tanto, el núcleo preguntó una vez si había espacio (sondeo de ventana).
       *[other] {" "}Mientras tanto, el núcleo preguntó { $probes } veces si había espacio (sondeos de ventana).
    }
explain-data-lost = Un segmento con datos de { $program } no llegó: { $why }. { $then } { $outcome }{ $times ->
        [one] {""}
       *[other] {" "}En total se perdieron { $times } segmentos así.
    }
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
explain-name-lookup-lost = Un paquete de la búsqueda de { $name } ({ $types }), hacia el servidor de nombres { $server } o desde él, no llegó: { $why }. UDP no envía nada otra vez; quien busca espera, 5 s por defecto, y entonces pregunta de nuevo. Esta búsqueda tardó { $time }.
