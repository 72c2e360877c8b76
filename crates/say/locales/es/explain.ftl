# Lo que dicen las reglas: qué hizo el núcleo y qué probar. Corto, claro y sin culpas.
# Las variables son los argumentos de la regla; véase rules/mod.rs.

# A call with the line of source that made it: recv at server.py:12.
call-at-line = { $call } en { $line }
# Which lines the programs of the sentence wait in, at the end of a recording.
explain-waiting-at = { $sentence } (Espera en { $lines }.)
explain-with-more = { $sentence } (Y { $more } más como esto.)

## connect

explain-connect-refused = En ese momento nadie escuchaba en el puerto { $port } de { $address }, así que el núcleo de allí respondió al SYN con un RST. Revisa que el servidor esté en marcha y el número de puerto.
explain-connect-refused-remote = { $address } respondió con un rechazo: allí nadie escucha en el puerto { $port }, o un firewall lo dice en su lugar. Revisa la dirección y el puerto.
explain-connect-refused-elsewhere = { $server } escucha en ese puerto, pero en { $listens }, y nadie en { $asked }: para el núcleo son direcciones distintas. Conéctate a la dirección en que escucha, o haz que escuche en las dos (:: suele admitir también IPv4).
explain-connect-refused-six-only = { $server } escucha en el puerto { $port } en todas las direcciones IPv6 (::), pero había puesto IPV6_V6ONLY: así :: no admite IPv4, y nadie escucha en { $asked }. Conéctate a una dirección IPv6 (::1), o no pongas esa opción.
explain-connect-too-early = El cliente llegó { $time } antes de tiempo: { $server } no escuchó en el puerto { $port } hasta después. Mientras no se llame a listen, el núcleo rechaza. Espera al servidor o vuelve a intentarlo.
explain-connect-fell-back = { $program } no tuvo suerte en { $first } y luego se conectó a { $then }. No pasa nada: un nombre como localhost puede tener varias direcciones, y un cliente las prueba una tras otra.
explain-connect-timed-out = Ninguna respuesta de { $address } en { $time }: el núcleo repitió el SYN y se rindió. En esa dirección no hay nadie, un firewall descarta los paquetes en silencio, o la cola de conexiones del servidor está llena.
explain-unreachable-own-network = No hay camino hasta { $address } desde la red en la que corrieron los programas: la hizo socklab para ellos y no tiene salida. Tu red no tiene nada de malo. Para alcanzar direcciones de afuera, usa `socklab trace` sin --packets ni --wire; para una pequeña internet con nombres y servidores, `socklab lab run -- PROGRAMA`.
explain-unreachable = No hay camino hasta { $address }: el núcleo no conoce ninguna ruta, o alguien en el camino avisó que no la hay, o nadie en la red local tiene esa dirección. Revisa la dirección, la red y las rutas (ip route).
explain-already-connected = El descriptor { $fd } ya está conectado. Un socket de flujo se conecta una sola vez: para otra conexión, abre otro socket.
explain-connected-to-itself = El descriptor { $fd } está conectado consigo mismo: su propia dirección y la del otro extremo son { $address }, y lo que envía vuelve a él. Ahí no escucha nadie. Pero si un socket tiene enlazado justo el puerto al que se conecta, o el núcleo por casualidad le asigna ese, TCP deja que responda su propio SYN. Compara getsockname con getpeername después de connect, y pon los servidores en puertos por debajo de ip_local_port_range.
explain-connect-in-progress = EINPROGRESS no es un fallo: en un socket no bloqueante, connect a { $address } solo empieza. Cuando se pueda escribir en él (poll, POLLOUT), SO_ERROR dice cómo le fue.

## bind y listen

explain-address-in-use-held = El puerto { $port } está ocupado: lo tiene abierto { $holder }. Detén ese programa o elige otro puerto.
explain-address-in-use-own = El puerto { $port } lo ocupa este mismo programa, con otro de sus sockets. Cierra primero ese, o elige otro puerto.
explain-address-in-use-inherited = El puerto { $port } sigue abierto en { $holder }, que heredó el socket con fork: { $program } ya cerró su descriptor, pero solo el último close cierra un socket. Ciérralo en el hijo, o créalo con SOCK_CLOEXEC si el hijo ejecuta otro programa.
explain-address-in-use-time-wait = Ya nadie tiene abierto el puerto { $port }, pero unas conexiones cerradas hace poco siguen allí en TIME_WAIT, hasta un minuto. Mientras tanto, Linux solo le da el puerto a bind si los dos sockets pusieron SO_REUSEADDR antes de bind: este y aquel del que salieron esas conexiones.
explain-address-in-use-old-option = Este socket tiene puesto SO_REUSEADDR, pero el que dejó conexiones en TIME_WAIT en el puerto { $port } no lo había puesto, y Linux lo pide en los dos. Espera un minuto; desde el próximo arranque sí servirá.
explain-address-in-use-connected = Nadie escucha en el puerto { $port }, pero allí siguen conexiones de un socket anterior ({ $states }). Linux solo le da el puerto a bind junto a ellas si los dos sockets pusieron SO_REUSEADDR antes de bind. Para ver de quién son: ss -tanp.
explain-address-in-use = El puerto { $port } está ocupado, y esta grabación no muestra por quién. Para mirarlo: ss -tulnp para los sockets abiertos, ss -tan para las conexiones que quedan (TIME_WAIT).
explain-address-in-use-listening = El puerto { $port } está ocupado: cuando bind falló, la tabla del núcleo mostraba allí un socket abierto, de un programa ajeno a esta grabación. Para encontrarlo: ss -tulnp.
explain-path-left-over = { $path } es el archivo de un socket que ya nadie tiene abierto: cerrar un socket no lo borra, y bind no lo reemplaza. Bórralo antes de bind (unlink).
explain-path-exists = bind crea { $path } él mismo y falla si allí ya hay algo: el archivo de otro socket, aunque se haya cerrado hace tiempo, u otra cosa. Elige otra ruta, o bórralo si nadie lo usa.
explain-low-port = No se permitió bind al puerto { $port }: por defecto, los puertos menores que 1024 exigen permisos de administrador (CAP_NET_BIND_SERVICE). Elige uno del 1024 en adelante.
explain-address-not-here = bind solo admite direcciones de esta máquina, y { $address } no era una que este programa pudiera tener. Usa 0.0.0.0 para escuchar en todas.

## accept

explain-accept-waits = accept esperó { $time } hasta que llegó una conexión. Ese es su trabajo: un hilo que espera no gasta procesador ({ $server }).
explain-one-at-a-time = Este cliente esperó { $time } mientras { $server } atendía a otro: no acepta al siguiente hasta terminar. Atiende a cada cliente en su propio hilo o usa poll.
explain-accept-late = Esta conexión ya estaba hecha, pero { $server } llamó tarde a { $call }: durante { $time } el hilo que acepta no hizo nada con sus sockets; dormía, calculaba o esperaba otra cosa.
explain-connected-before-accept = connect terminó bien { $time } antes de que accept devolviera esta conexión: el núcleo completa el saludo por su cuenta y deja la conexión en cola hasta que el programa la acepta.
explain-queue-full = { $waiting ->
        [one] { $waiting } conexión esperaba a ser aceptada
       *[other] { $waiting } conexiones esperaban a ser aceptadas
    } y listen había pedido una cola de { $backlog }. Con la cola llena, el núcleo descarta los SYN siguientes, y esos clientes vuelven a intentarlo después de un segundo.
explain-too-many-files = { $call } falló: este proceso tiene demasiados descriptores abiertos. Cierra las conexiones cuando terminen, o sube el límite (ulimit -n).

## Un flujo no tiene mensajes

explain-short-read = Se enviaron { $sent } bytes de una vez, pero esta lectura solo recibió { $got }. Un flujo lleva bytes, no mensajes: lee en un bucle hasta tener todo lo que necesitas.
explain-buffer-too-small = Se enviaron { $sent } bytes de una vez y en el búfer cabían { $room }. No se pierde nada: el resto espera a la siguiente lectura. Lee en un bucle.
explain-coalesced-read = Esta lectura recibió { $got } bytes, de { $messages } envíos. Un flujo no conserva los límites entre mensajes: márcalos tú, con una longitud o un fin de línea.
explain-short-write = Solo se aceptaron { $taken } de { $asked } bytes, porque en el búfer del núcleo no cabían más, y el resto no se envió. Envía en un bucle hasta que se acepte todo.
explain-short-write-continued = Solo se aceptaron { $taken } de { $asked } bytes, porque en el búfer del núcleo no cabían más. No es un fallo: el programa siguió enviando, como debe ser.

## Cómo terminan las conexiones

explain-end-of-stream = 0 bytes significan el fin: { $peer } cerró su lado y no enviará nada más. No es un error. Deja de leer, y cierra cuando no tengas más que enviar.
explain-end-ignored = { $call } devolvió 0 bytes, el fin del flujo, y { $program } siguió leyendo: { $times } veces la misma respuesta. Con 0 bytes hay que salir del bucle.
explain-connection-reset = { $call } falló porque la conexión se cortó con un RST. Un extremo lo envía cuando cierra con bytes sin leer, cuando puso SO_LINGER en 0 segundos, o cuando le llega algo después de que cerró, cerró sus dos mitades con shutdown, o se reinició.
explain-connection-reset-unread = { $call } falló porque { $peer } cortó la conexión: cerró con { $unread ->
        [one] { $unread } byte
       *[other] { $unread } bytes
    } sin leer, y a eso el núcleo responde con un RST.{ $lost ->
        [0] {""}
        [one] {" "}De lo que { $peer } había enviado se perdió { $lost } byte.
       *[other] {" "}De lo que { $peer } había enviado se perdieron { $lost } bytes.
    }
explain-connection-reset-linger = { $call } falló porque { $peer } cortó la conexión: cerró con SO_LINGER en 0 segundos, y entonces el núcleo envía un RST y descarta lo que aún faltaba por enviar.{ $lost ->
        [0] {""}
        [one] {" "}De lo que { $peer } había enviado se perdió { $lost } byte.
       *[other] {" "}De lo que { $peer } había enviado se perdieron { $lost } bytes.
    }
explain-send-after-shutdown = La mitad de envío del descriptor { $fd } se había cerrado de este lado antes de este envío. Después de SHUT_WR no se puede enviar nada más.
explain-broken-pipe = Ya no se puede enviar nada por el descriptor { $fd }: el otro extremo había cerrado o cortado la conexión. Un envío todavía puede funcionar hasta que vuelve su RST (por loopback sin retraso, solo uno); cada uno de los siguientes falla, como este.
explain-tls-alert = Quien envía la alerta fatal { $alert } abandona esta conexión TLS.{ $alert ->
        [unknown_ca] {" "}El certificado no lleva a ninguna autoridad en la que confíe; uno que el servidor firmó él mismo hay que dárselo a conocer.
        [certificate_expired] {" "}El certificado venció, o todavía no es válido.
        [bad_certificate] {" "}El certificado está dañado, o su firma es incorrecta.
        [certificate_unknown] {" "}No acepta el certificado.
        [certificate_required] {" "}Quiere un certificado del cliente.
        [handshake_failure] {" "}Los dos no tienen ninguna combinación de algoritmos en común.
        [protocol_version] {" "}Los dos no tienen ninguna versión de TLS en común.
        [unrecognized_name] {" "}No tiene un certificado para el nombre que se pidió.
        [no_application_protocol] {" "}Los dos no tienen en común ningún protocolo de los que se ofrecieron por ALPN.
       *[other] {""}
    }
explain-close-unread = { $program } cerró con { $unread ->
        [one] { $unread } byte
       *[other] { $unread } bytes
    } sin leer de lo que el otro extremo había enviado. Entonces el núcleo envía un RST en vez de un cierre ordenado, y se pierde lo que al otro extremo aún no le había llegado. Lee hasta el final antes de cerrar.
explain-server-closed-first = { $server } cerró primero, así que el núcleo guarda esta conexión del puerto { $port } en TIME_WAIT en su lado durante un minuto. Por eso los servidores ponen SO_REUSEADDR.
explain-half-close = { $program } cerró solo su mitad de envío (SHUT_WR): el otro extremo ve el fin del flujo y todavía puede responder.
explain-sent-after-close = { $peer } había cerrado esta conexión { $time } antes. El núcleo aún aceptó { $sent ->
        [one] el { $sent } byte de este envío, pero nadie lo leerá
       *[other] los { $sent } bytes de este envío, pero nadie los leerá
    }: que un envío tenga éxito no dice nada del otro extremo. Les pasa a las conexiones que se guardan para la siguiente petición: el programa debe estar listo para repetirla en una nueva.
explain-end-held-open = { $program } cerró su descriptor de esta conexión, pero { $holder } todavía tiene uno, y solo el último close termina una conexión: { $reader } espera un fin que no se envió. Ciérralos todos (después de fork, en cada proceso que no lo usa), o termina el flujo con shutdown, que funciona aunque otro lo tenga abierto.
explain-never-closed = { $program } nunca cerró { $times } conexiones aunque su otro extremo ya había cerrado: cada una se queda en CLOSE_WAIT y ocupa su descriptor hasta que el programa la cierre o termine. Cierra una conexión cuando recv devuelva 0.
explain-nagle = { $program } envió en trozos pequeños, y { $times ->
        [one] { $times } de ellos tardó
       *[other] { $times } de ellos tardaron
    } unos { $time } en llegar aunque { $peer } estaba esperando. Así se ve cuando el algoritmo de Nagle (un trozo pequeño espera mientras haya otro anterior sin confirmar) se encuentra con la confirmación retrasada (el ACK espera 40 ms o más); se deduce de los tiempos. Envía en una sola llamada lo que va junto (un búfer, writev), o activa TCP_NODELAY.
explain-connection-timed-out = { $call } falló: lo enviado no se confirmó, o el otro extremo ya no respondía, y el núcleo se rindió. El otro extremo, o la red en el camino, desapareció sin cerrar; o dejó de leer por más tiempo del que permite TCP_USER_TIMEOUT.

## Datagramas

explain-udp-refused = A un datagrama anterior a { $address } le respondió un ICMP «puerto inalcanzable»: allí nadie tenía un socket, o un firewall lo dijo. Un socket UDP conectado se entera en su siguiente llamada.
explain-udp-nobody = Ninguno de los programas grabados tiene un socket UDP en el puerto { $port }: si no lo tiene otro, el datagrama a { $address } no encontró a nadie y no llegará ninguna respuesta. A un socket sin conectar no se le muestra el error ICMP: ponle un límite de tiempo, o conéctalo.
explain-datagram-truncated = El datagrama tenía { $sent } bytes y el búfer solo { $room }: el resto se perdió para siempre. A diferencia de un flujo, un datagrama se lee entero o cortado. Usa un búfer mayor.
explain-descriptors-lost = Con este mensaje se { $sent ->
        [one] pasó { $sent } descriptor
       *[other] pasaron { $sent } descriptores
    } (SCM_RIGHTS), pero llegaron { $got }: el núcleo descarta lo que no cabe en { $call }. Solo recvmsg recibe descriptores, en un búfer de control donde quepan todos (CMSG_SPACE). MSG_CTRUNC en sus msg_flags dice que no cupieron.
explain-control-truncated = Con este mensaje llegaron más datos de control de los que cabían en { $call } (MSG_CTRUNC): el resto se perdió, también los descriptores que hubiera. Usa un búfer de control mayor (CMSG_SPACE).
explain-datagram-empty = 0 bytes, y no es el fin: UDP también lleva datagramas vacíos. Solo en un flujo el 0 significa que el otro extremo cerró.
explain-datagram-too-long = { $asked } bytes no caben en un datagrama: UDP sobre IPv4 lleva 65 507 como máximo. Divide los datos o usa TCP.
explain-no-destination = { $call } no sabe adónde enviar: el socket no está conectado y no se indicó ninguna dirección. Usa sendto con una dirección o llama antes a connect.

## Descriptor equivocado, momento equivocado

explain-not-connected = { $call } necesita una conexión, y el descriptor { $fd } nunca la tuvo. Llama antes a connect o usa lo que devolvió accept.
explain-listener-used = El descriptor { $fd } solo escucha: { $call } no funciona con él. Habla con el cliente por el descriptor que devolvió accept.
explain-accept-without-listen = { $call } sobre el descriptor { $fd }, que no está escuchando. Llama a bind, luego a listen y luego a accept.
explain-closed-descriptor = El descriptor { $fd } se había cerrado antes de este { $call }. Cierra un socket cuando ya no lo use nadie en el programa, y una sola vez.
explain-not-a-socket = El descriptor { $fd } está abierto, pero no es un socket, así que { $call } no puede usarlo. Revisa qué número se le pasa (0, 1 y 2 son la entrada, la salida y la salida de error).

## Esperar

explain-busy-loop = Se llamó a { $call } { $times } veces en { $time } y no había nada que devolver: una espera activa que ocupa un procesador entero. Deja que la llamada se bloquee o espera con poll.
explain-spins-writable = { $call } volvió { $times } veces, unas { $rate } por segundo, porque en el descriptor { $fd } hay espacio para enviar ({ $event }), pero { $program } no envió nada. Casi siempre hay espacio: pide { $event } solo mientras algo espere a ser enviado.
explain-spins-ignored = { $call } volvió { $times } veces, unas { $rate } por segundo, por el mismo { $event } en el descriptor { $fd }, y { $program } no hizo nada al respecto. El aviso se repite hasta que se atienda: lee, acepta o cierra, o deja de pedirlo.
explain-spins-without-descriptors = { $call } en el descriptor { $fd } falló { $times } veces, unas { $rate } por segundo: a { $program } no le queda descriptor para la conexión. Esa conexión sigue en la cola, el descriptor { $fd } sigue legible, y por eso toda espera vuelve de inmediato, una y otra vez. Cierra las conexiones cuando terminen, sube el límite (ulimit -n) y haz una pausa después de EMFILE.
explain-edge-not-drained = { $program } leyó { $got } bytes del descriptor { $fd } y volvió a esperar cuando se habían enviado { $unread } más. Pidió eventos por flanco (EPOLLET), que solo avisan de novedades: de lo que quedó no se avisa otra vez. Lee hasta EAGAIN antes de esperar.
explain-not-now = EAGAIN no es un fallo: { $call } no debía esperar (socket no bloqueante, o MSG_DONTWAIT) y habría tenido que hacerlo. Espera con poll o epoll y vuelve a llamar.
explain-receive-timed-out = { $call } esperó { $time }, el límite de tiempo del socket (SO_RCVTIMEO), y no llegó nada. Vuelve a intentarlo o ríndete.
explain-send-timed-out = { $call } esperó { $time }, el límite de tiempo del socket (SO_SNDTIMEO), y en el búfer del núcleo todavía no había espacio: { $why }.
explain-poll-timed-out = { $call } esperó { $time }, el límite que se le dio, y no llegó nada. Así se ve también por debajo un límite puesto en Python (settimeout).
explain-interrupted = Una señal interrumpió { $call } antes de que pasara nada, y el programa no volvió a llamar. EINTR solo significa eso: para seguir, basta llamar otra vez.
explain-both-wait = Cuando terminó la grabación, { $one } esperaba a { $other } y { $other } esperaba a { $one }, sin nada en camino: si nadie más envía por aquí, ninguno de los dos seguirá. Hay que acordar quién habla primero y cómo termina un mensaje.
explain-waits-for-end = Cuando terminó la grabación, { $program } llevaba { $time } esperando más, y { $peer } no había enviado nada ni había cerrado. Quien lee hasta el fin necesita que el otro extremo cierre, o que cierre su mitad de envío.
explain-still-accepting = { $server } esperó en accept al siguiente cliente hasta el final. No es un error: un servidor así sigue para siempre, hasta que alguien lo termina (Ctrl-C).

## Opciones

explain-reuse-address = SO_REUSEADDR permite que bind tome el puerto { $port } aunque queden en él conexiones antiguas en TIME_WAIT, si el socket del que salieron también lo había puesto. No permite que dos programas escuchen ahí a la vez.
explain-no-delay = TCP_NODELAY envía los trozos pequeños sin esperar. Sin él (algoritmo de Nagle), el núcleo retiene un trozo pequeño mientras haya otro anterior sin confirmar, y los junta.

## Procesos

explain-name-lookup = Se buscó un nombre: al servidor de nombres { $server } se le preguntó por { $name } ({ $types }). Por lo general lo hace getaddrinfo por su cuenta, antes de que un programa pueda conectarse a un nombre.
explain-name-lookup-unanswered = El servidor de nombres { $server } no respondió por { $name } ({ $types }) en { $time }. Sin dirección no hay adónde conectar: revisa la red y /etc/resolv.conf.
explain-name-lookup-partial = El servidor de nombres { $server } respondió por el registro { $types } de { $name }, pero no por { $missing }, que se preguntó { $times ->
        [one] { $times } vez
       *[other] { $times } veces
    }: una dirección llegó enseguida, y esperar lo demás tardó { $time } en total. Un servidor de nombres que no conoce un registro debe decirlo.
explain-name-own-network = { $server }, que dice que { $name } no existe, es un servidor de nombres de socklab: solo conoce los nombres de la red que socklab hizo para los programas. Afuera el nombre puede existir: `socklab trace` sin --packets ni --wire le pregunta al servidor de nombres de la máquina.
explain-name-server-own-network = Nadie responde en { $server }, que debería decir las direcciones de los nombres: los programas corrieron en una red que socklab hizo para ellos, sin salida. Tu red no tiene nada de malo. Para nombres reales, usa `socklab trace` sin --packets ni --wire; para una pequeña internet con nombres y servidores, `socklab lab run -- PROGRAMA`.
explain-killed-by-sigpipe = SIGPIPE terminó a { $program }: envió por una conexión por la que ya no se puede enviar nada. Ignora SIGPIPE, o envía con MSG_NOSIGNAL, y trata EPIPE.
explain-killed-connected = { $signal } terminó a { $program } con una conexión abierta. El núcleo la cerró en su lugar y le envía al otro extremo el fin del flujo (FIN) o un corte (RST).
explain-io-uring = { $program } usa sockets por io_uring: eso no necesita llamadas al sistema, y aquí no se ve. Este diagrama no está completo.
