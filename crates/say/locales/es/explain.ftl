# Lo que dicen las reglas: qué hizo el núcleo y qué probar. Corto, llano y sin culpas.
# Las variables son los argumentos de la regla; véase rules/mod.rs.

explain-with-more = { $sentence } (Y { $more } más como esto.)

## connect

explain-connect-refused = Nadie escucha en el puerto { $port } de { $address }, así que su núcleo respondió al SYN con un RST. Inicia primero el servidor o revisa el número de puerto.
explain-connect-refused-remote = { $address } respondió con un rechazo: allí nadie escucha en el puerto { $port }, o un firewall lo dice en su lugar. Revisa la dirección y el puerto.
explain-connect-too-early = El cliente llegó { $time } antes de tiempo: { $server } no escuchó en el puerto { $port } hasta después. Mientras no se llame a listen, el núcleo rechaza. Espera al servidor o vuelve a intentarlo.
explain-connect-timed-out = { $address } no dio respuesta alguna: el núcleo repitió el SYN durante { $time } y se rindió. La máquina está apagada, la dirección está mal o un firewall descarta los paquetes en silencio.
explain-unreachable = El núcleo no conoce ningún camino hasta { $address }, o le dijeron que no lo hay. Revisa la dirección, el cable y las rutas (ip route).
explain-already-connected = El descriptor { $fd } ya está conectado. Un socket TCP se conecta una sola vez: para otra conexión, abre otro socket.
explain-connected-to-itself = El descriptor { $fd } está conectado consigo mismo: su propia dirección y la de su par son { $address }, y lo que envía le vuelve. Ahí no escucha nadie. Pero si un socket tiene enlazado justo el puerto al que se conecta, o el núcleo por casualidad le asigna ese, TCP deja que conteste su propio SYN. Compara getsockname con getpeername después de connect, y pon los servidores en puertos por debajo de ip_local_port_range.
explain-connect-in-progress = EINPROGRESS no es un fallo: en un socket no bloqueante, connect a { $address } solo empieza. Espera a que se pueda escribir en él (poll, POLLOUT) y pregunta con SO_ERROR cómo le fue.

## bind y listen

explain-address-in-use-held = El puerto { $port } está ocupado: lo tiene abierto { $holder }. Solo cabe un socket por dirección y puerto: detén ese programa o elige otro puerto.
explain-address-in-use-inherited = El puerto { $port } sigue abierto en { $holder }, que heredó el socket al nacer con fork: { $program } ya cerró su descriptor, pero solo el último close cierra un socket. Ciérralo en el hijo, o créalo con SOCK_CLOEXEC si el hijo ejecuta otro programa.
explain-address-in-use-time-wait = El puerto { $port } aún no está libre: { $server } cerró primero una conexión y el núcleo guarda esa conexión un minuto en TIME_WAIT. Pon SO_REUSEADDR antes de bind.
explain-address-in-use = El puerto { $port } está ocupado. Para saber por quién: ss -tulnp. Si solo quedan conexiones en TIME_WAIT, pon SO_REUSEADDR antes de bind.
explain-address-in-use-listening = El puerto { $port } lo tiene abierto ahora mismo otro programa: SO_REUSEADDR ya está puesto y solo ayuda con conexiones antiguas. Para encontrarlo: ss -tulnp.
explain-low-port = Los puertos menores que 1024 son del administrador, y { $port } es uno de ellos. Elige uno a partir del 1024.
explain-address-not-here = { $address } no es una dirección de esta máquina, y bind solo admite las suyas. Usa 0.0.0.0 para escuchar en todas.

## accept

explain-accept-waits = accept esperó { $time } hasta que se conectó un cliente. Ese es su trabajo: mientras espera, { $server } no gasta procesador.
explain-one-at-a-time = Este cliente esperó { $time } porque { $server } estaba ocupado con otro: no acepta al siguiente hasta terminar. Atiende a cada cliente en su propio hilo o usa poll.
explain-connected-before-accept = connect terminó bien { $time } antes de que accept devolviera esta conexión: el núcleo completa el saludo él solo y deja la conexión en cola hasta que el programa la acepta.
explain-queue-full = { $waiting ->
        [one] { $waiting } conexión esperaba a ser aceptada
       *[other] { $waiting } conexiones esperaban a ser aceptadas
    } y listen había pedido una cola de { $backlog }. Con la cola llena, el núcleo descarta los SYN siguientes, y esos clientes lo reintentan después de un segundo.
explain-too-many-files = { $call } falló: este proceso tiene demasiados descriptores abiertos. Cierra las conexiones cuando acaben o sube el límite (ulimit -n).

## Un flujo no tiene mensajes

explain-short-read = Se enviaron { $sent } bytes de una vez, pero esta lectura solo recibió { $got }. TCP lleva bytes, no mensajes: lee en un bucle hasta tener todo lo que necesitas.
explain-buffer-too-small = Se enviaron { $sent } bytes de una vez y en el búfer cabían { $room }. No se pierde nada: el resto espera a la siguiente lectura. Lee en un bucle.
explain-coalesced-read = { $messages } envíos llegaron en una sola lectura de { $got } bytes. TCP no guarda fronteras entre mensajes: márcalas tú, con una longitud o un fin de línea.
explain-short-write = Solo se aceptaron { $taken } de { $asked } bytes: el búfer del núcleo está lleno porque el otro extremo lee demasiado despacio. Envía el resto en un bucle.

## Cómo acaban las conexiones

explain-end-of-stream = 0 bytes significan el final: { $peer } cerró su lado y no enviará nada más. No es un error. Deja de leer y cierra.
explain-end-ignored = recv devolvió 0 bytes, el final, y { $program } siguió leyendo: { $times } veces la misma respuesta, al instante. Con 0 bytes hay que salir del bucle.
explain-connection-reset = { $call } falló porque el otro extremo cortó la conexión con un RST: se cayó, cerró con bytes sin leer, o lo había pedido así (SO_LINGER con 0 segundos).
explain-send-after-shutdown = Este programa había cerrado su propia mitad de envío del descriptor { $fd } y luego intentó enviar. Después de SHUT_WR ya solo puede recibir.
explain-broken-pipe = El otro extremo del descriptor { $fd } ya no está, y respondió con un RST: a algo enviado después de su cierre, o porque cerró con bytes sin leer. La conexión se acabó en ambos sentidos, y cada envío posterior falla, como este.
explain-close-unread = { $program } cerró con { $unread ->
        [one] { $unread } byte
       *[other] { $unread } bytes
    } sin leer. Entonces el núcleo envía un RST en vez de un final ordenado, y el otro lado puede perder datos. Lee hasta el final antes de cerrar.
explain-server-closed-first = { $server } cerró primero, así que el núcleo guarda el puerto { $port } en TIME_WAIT en su lado durante un minuto. Por eso los servidores ponen SO_REUSEADDR.
explain-half-close = { $program } cerró solo su mitad de envío (SHUT_WR): el otro extremo ve el final del flujo y todavía puede contestar.
explain-sent-after-close = { $peer } había cerrado esta conexión { $time } antes. El núcleo aún aceptó { $sent ->
        [one] el { $sent } byte
       *[other] los { $sent } bytes
    } de este envío, pero nadie los leerá: que un envío tenga éxito no dice nada del otro extremo. Les pasa a las conexiones que se guardan para la siguiente petición. Prepárate para repetirla en una nueva.
explain-end-held-open = { $program } cerró su descriptor de esta conexión, pero { $holder } todavía tiene uno, y solo el último close termina una conexión: { $reader } espera un final que no se envió. Ciérralos todos (después de fork, en cada proceso que no lo usa), o termina el flujo con shutdown, que funciona aunque otro lo tenga abierto.
explain-never-closed = { $program } nunca cerró { $times } conexiones aunque su otro extremo ya había cerrado: cada una se queda en CLOSE_WAIT y ocupa su descriptor hasta que el programa la cierre o termine. Cierra una conexión cuando recv devuelva 0.
explain-nagle = { $program } envió en pedazos pequeños, y { $times ->
        [one] { $times } de ellos tardó
       *[other] { $times } de ellos tardaron
    } unos { $time } en llegar aunque { $peer } estaba esperando. Así se ve cuando el algoritmo de Nagle (un pedazo pequeño espera mientras haya otro anterior sin confirmar) se encuentra con la confirmación retrasada (el ACK espera 40 ms o más); se deduce de los tiempos. Envía en una sola llamada lo que va junto (un búfer, writev), o activa TCP_NODELAY.
explain-connection-timed-out = { $call } falló: el otro extremo dejó de contestar y el núcleo se rindió tras muchas retransmisiones. Seguramente desapareció sin cerrar.

## Datagramas

explain-udp-refused = Nadie tiene un socket en { $address }: su núcleo respondió a un datagrama anterior con un ICMP «puerto inalcanzable». Solo se entera un socket UDP conectado, y solo en su siguiente llamada.
explain-udp-nobody = No llegará ninguna respuesta: ninguno de los programas grabados tiene un socket UDP en el puerto { $port }, así que el datagrama a { $address } no encontró a nadie. A un socket sin conectar no se le muestra el error ICMP: ponle un límite de tiempo o conéctalo.
explain-datagram-truncated = El datagrama tenía { $sent } bytes y el búfer solo { $room }: el resto se perdió para siempre. A diferencia de un flujo, un datagrama se lee entero o cortado. Usa un búfer mayor.
explain-descriptors-lost = Con este mensaje se { $sent ->
        [one] pasó { $sent } descriptor
       *[other] pasaron { $sent } descriptores
    } (SCM_RIGHTS), pero llegaron { $got }: el núcleo descarta lo que no cabe en { $call }. Solo recvmsg recibe descriptores, en un búfer de control donde quepan todos (CMSG_SPACE). MSG_CTRUNC en sus msg_flags dice que no cupieron.
explain-control-truncated = Con este mensaje llegaron más datos de control de los que cabían en { $call } (MSG_CTRUNC): el resto se perdió, también los descriptores que hubiera. Usa un búfer de control mayor (CMSG_SPACE).
explain-datagram-empty = 0 bytes, y no es el final: UDP también lleva datagramas vacíos. Solo en un flujo el 0 significa que el otro extremo cerró.
explain-datagram-too-long = { $asked } bytes no caben en un datagrama: UDP sobre IPv4 lleva 65 507 como mucho. Divide los datos o usa TCP.
explain-no-destination = { $call } no sabe adónde enviar: el socket no está conectado y no se indicó ninguna dirección. Usa sendto con una dirección o llama antes a connect.

## Descriptor equivocado, momento equivocado

explain-not-connected = { $call } necesita una conexión y el descriptor { $fd } no la tiene (aún no, o ya no). Llama antes a connect o usa lo que devolvió accept.
explain-listener-used = El descriptor { $fd } solo escucha: { $call } no funciona con él. Habla con el cliente por el descriptor que devolvió accept.
explain-accept-without-listen = { $call } sobre el descriptor { $fd }, que no está escuchando. Llama a bind, luego a listen y luego a accept.
explain-closed-descriptor = El descriptor { $fd } se había cerrado antes de este { $call }. Cierra un socket cuando ya no lo use nadie, tampoco otro hilo.
explain-not-a-socket = El descriptor { $fd } está abierto, pero no es un socket, así que { $call } no puede usarlo. Revisa qué número se le pasa.

## Esperar

explain-busy-loop = Se llamó a { $call } { $times } veces en { $time } y no había nada que dar: una espera activa que gasta un procesador entero. Deja que la llamada se bloquee o espera con poll.
explain-spins-writable = { $call } volvió { $times } veces, unas { $rate } por segundo, porque en el descriptor { $fd } hay sitio para enviar ({ $event }), pero { $program } no envió nada. Casi siempre hay sitio: pide { $event } solo mientras algo espere a ser enviado.
explain-spins-ignored = { $call } volvió { $times } veces, unas { $rate } por segundo, por el mismo { $event } en el descriptor { $fd }, y { $program } no hizo nada al respecto. Se avisa hasta que se atienda: lee, acepta o cierra, o deja de pedirlo.
explain-spins-without-descriptors = { $call } en el descriptor { $fd } falló { $times } veces, unas { $rate } por segundo: a { $program } no le queda descriptor para la conexión. Ella sigue en la cola, el descriptor { $fd } sigue legible, y por eso esperarlo vuelve de inmediato, una y otra vez. Cierra las conexiones cuando acaben, sube el límite (ulimit -n) y haz una pausa tras EMFILE.
explain-edge-not-drained = { $program } leyó { $got } bytes del descriptor { $fd } y volvió a esperar cuando quedaban { $unread } más. Pidió eventos por flanco (EPOLLET), que solo avisan de novedades: de lo que quedó no se avisa otra vez. Lee hasta EAGAIN antes de esperar.
explain-not-now = EAGAIN no es un fallo: el socket es no bloqueante y { $call } habría tenido que esperar. Espera con poll o epoll y vuelve a llamar.
explain-receive-timed-out = { $call } esperó { $time }, todo lo que permite el límite de tiempo del socket (SO_RCVTIMEO), y no llegó nada. Vuelve a intentarlo o ríndete.
explain-poll-timed-out = { $call } esperó { $time }, el límite que se le dio, y no llegó nada. Así se ve también por debajo un límite puesto en Python (settimeout).
explain-interrupted = Una señal interrumpió { $call } antes de que pasara nada. No se rompió nada: vuelve a llamar (o instala el manejador con SA_RESTART).
explain-both-wait = { $one } espera a { $other } y { $other } espera a { $one }: ninguno de los dos seguirá nunca. Pónganse de acuerdo en quién habla primero y en cómo acaba un mensaje.
explain-waits-for-end = { $program } sigue esperando más, pero { $peer } ni envía ni cierra. Para leer hasta el final hace falta que el otro lado cierre, o al menos que cierre su mitad de envío.
explain-still-accepting = { $server } sigue esperando en accept al siguiente cliente. Un servidor así solo termina cuando se le dice (Ctrl-C).

## Opciones

explain-reuse-address = SO_REUSEADDR permite que bind tome el puerto { $port } aunque queden en él conexiones antiguas en TIME_WAIT. No permite que dos programas escuchen ahí a la vez.
explain-no-delay = TCP_NODELAY envía los fragmentos pequeños de inmediato. Sin él (algoritmo de Nagle), el núcleo retiene un fragmento pequeño mientras haya otro anterior sin confirmar, y los junta.

## Procesos

explain-name-lookup = Se buscó un nombre: al servidor de nombres { $server } se le preguntó por { $name }. getaddrinfo lo hace por su cuenta, antes de que nada pueda conectar.
explain-name-lookup-unanswered = El servidor de nombres { $server } no contestó por { $name }. Sin dirección no hay adónde conectar: revisa la red y /etc/resolv.conf.
explain-killed-by-sigpipe = A { $program } lo mató SIGPIPE: escribió en una conexión que ya no lee nadie. Ignora SIGPIPE, o envía con MSG_NOSIGNAL, y trata EPIPE.
explain-killed-connected = { $signal } acabó con { $program } con una conexión abierta. El núcleo la cerró en su lugar, así que el otro extremo ve el final del flujo o un corte.
explain-io-uring = { $program } usa sockets por io_uring: eso no son llamadas al sistema y aquí no se ve. Este dibujo no está completo.
