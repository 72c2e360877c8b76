# `socklab exam`: tres preguntas sobre la grabación del propio programa.

cmd-exam = Hace tres preguntas sobre lo que hizo tu programa, cuando ya pasó
arg-exam-name = Un ejercicio, con el nombre que le da `socklab exercise list` (si falta: el que da nombre a esta carpeta o a un archivo de aquí)
arg-exam-student = Saca las preguntas que le tocan a este estudiante: con el mismo id salen las mismas
arg-exam-seed = Saca las preguntas que le tocan a este número
arg-exam-answers = Tus respuestas, para scripts: tres letras, como en b,a,c
arg-exam-again = Saca tres que todavía no te hayan hecho
arg-exam-show = Imprime las preguntas y no pregunta nada: para una hoja de papel. Nada en ellas dice cuáles opciones son correctas
arg-exam-key = Imprime las preguntas con sus opciones correctas: para docentes
arg-exam-all = Con --key: todas las preguntas que se pueden hacer sobre este programa, no solo tres
arg-exam-json = Imprime JSON, para scripts; con --show, --key o --answers
arg-exam-sandbox = Lo ejecuta en una caja de arena: ve el sistema y su propia carpeta, no cambia nada fuera y tiene límites de memoria, procesos y archivos. Donde no se puede, no se ejecuta (código de salida 3)
arg-exam-no_sandbox = Lo ejecuta sin aislarlo: podría alcanzar a quienes lo juzgan
arg-exam-require_isolation = Lo ejecuta solo donde se puede aislar de quienes lo juzgan (si no, código de salida 3)
arg-exam-command = Tu programa, como lo recibe `socklab check`: un comando, o su archivo fuente (por defecto: el que escribió `exercise start`)
examples-exam =
    $ socklab exam echo-server  # el archivo que escribió `exercise start`
    $ socklab exam echo-server --again  # otras tres preguntas
    $ socklab exam echo-server --student ana --show -- server.py  # para una hoja de papel
    $ socklab exam echo-server --student ana --key -- server.py  # para quien enseña
    $ socklab exam echo-server --student ana --answers b,a,c -- server.py

exam-checking = revisa el programa
exam-proving = ejecuta variantes
exam-answers-count =
    { $found ->
        [one] --answers trae 1 respuesta, y las preguntas son { $wanted }
       *[other] --answers trae { $found } respuestas, y las preguntas son { $wanted }
    }
exam-nobody-to-ask = no hay a quién preguntarle: la entrada y la salida no son un terminal, o se pidió JSON
exam-nobody-to-ask-hint = Imprime las preguntas con: socklab exam { $name } --show, y respóndelas con --answers
exam-taken = este examen ya lo hiciste: { $right } de las últimas { $asked } respuestas fueron correctas
exam-taken-hint = Otras tres preguntas: socklab exam { $name } --again
exam-not-checked = el caso `{ $case }` no se pudo ejecutar aquí
exam-not-passed = todavía no hay examen: el programa no pasó el caso `{ $case }`
exam-not-passed-hint = Mira por qué: socklab check { $name }
exam-too-few = hay muy poco que preguntar sobre este programa: { $left } preguntas, y un examen tiene 3
exam-no-more = ya te hicieron todas las preguntas sobre { $name } menos { $left }, y un examen tiene 3
exam-of-case = En el caso { $case }.
exam-ask = Tu respuesta: a–{ $last }, q: salir ▸
exam-no-choice = `{ $word }` no responde la pregunta { $number }: escribe una letra de a hasta { $last }
exam-right = Correcto.
exam-wrong = No.
exam-answer = La correcta es la { $letter }: { $text }.
exam-was-run = Esto pasó cuando se ejecutó, dos veces, con tu programa:
exam-result = { $right } de { $asked } correctas
exam-again-hint = Otras tres preguntas: socklab exam { $name } --again
exam-key = Clave: { $key }

exam-say-bytes =
    { $count ->
        [one] 1 byte
       *[other] { $count } bytes
    }
exam-say-number = { $number }
exam-say-call = { $call }
exam-say-port = el puerto { $port }
exam-say-error = falla con { $error }
exam-say-failed = { $call } falla con { $error }
exam-say-no-failure = nada falla: los dos funcionan
exam-say-waits = no vuelve: espera
exam-say-taken = devuelve cuántos bytes aceptó, como antes
exam-say-done = tiene éxito
exam-say-yes = sí
exam-say-no = no, mientras el otro no diga nada

# --- lo que pasó ---

exam-ask-got-less = Tu { $call } número { $nth } tenía espacio para { $room } bytes. Hasta ese momento { $peer } había enviado { $sent } bytes por esta conexión, de los que tu programa ya había recibido { $before }. ¿Cuántos recibió este { $call }?
exam-because-got-less-got = Una recepción devuelve lo que ya llegó, hasta donde alcance el espacio. No espera a que se llene.
exam-why-got-less-room = El espacio es solo lo máximo que puede recibir.
exam-why-got-less-all = Eso es todo lo que { $peer } envió por esta conexión, antes y después.
exam-why-got-less-less = Todos los bytes cuentan, los finales de línea también.
exam-why-got-less-one = Un flujo da lo que llegó, no un byte a la vez.

exam-ask-waits-for-data = { $peer } estaba conectado y todavía no había enviado nada. ¿En qué llamada esperaba tu programa los primeros bytes?
exam-because-waits-for-data-receive = La recepción empezó antes de que { $peer } enviara, y volvió después.
exam-why-waits-for-data-accept = accept espera conexiones, no bytes: esta conexión ya la había devuelto.
exam-why-waits-for-data-connect = connect es quien pide una conexión; no espera datos.
exam-why-waits-for-data-send = send le entrega bytes al núcleo; no espera los del otro extremo.
exam-why-waits-for-data-listen = listen vuelve enseguida: solo le dice al núcleo que acepte conexiones.

exam-ask-send-means = Tu { $call } número { $nth } devolvió { $took }. ¿Qué dice eso, en ese momento?
exam-choice-send-means-kernel = el núcleo aceptó { $took } bytes, para enviarlos
exam-choice-send-means-read = { $peer } leyó { $took } bytes
exam-choice-send-means-arrived = { $took } bytes llegaron y fueron confirmados
exam-choice-send-means-printed = en el búfer de envío quedan libres { $took } bytes
exam-because-send-means-kernel = { $peer } recibió estos bytes solo después de que tu { $call } volviera: dice que los tiene el núcleo, y nada más.
exam-why-send-means-read = { $peer } recibió estos bytes después de que tu { $call } volviera.
exam-why-send-means-arrived = send no espera ninguna confirmación: si llegaron se sabe después, si es que se sabe.
exam-why-send-means-printed = Devuelve cuántos bytes aceptó, no cuántos podría aceptar todavía.

exam-ask-connect-before-accept = Cuando tu connect número { $nth } volvió con éxito, ¿qué hacía { $peer }?
exam-choice-connect-before-accept-queue = todavía no había llamado a accept: la conexión la hizo su núcleo
exam-choice-connect-before-accept-accepted = su accept ya había vuelto
exam-choice-connect-before-accept-waiting = esperaba en accept
exam-choice-connect-before-accept-nobody = todavía nada: el socket de { $peer } no escuchaba
exam-because-connect-before-accept-queue = El accept de { $peer } empezó después de que tu connect volviera. El saludo lo hizo su núcleo solo, y puso la conexión en la cola.
exam-why-connect-before-accept-accepted = El accept de { $peer } está debajo de tu connect: empezó después.
exam-why-connect-before-accept-waiting = Su accept empezó solo después de que tu connect volviera.
exam-why-connect-before-accept-nobody = Donde nadie escucha, connect falla.

exam-ask-send-before-accept = Tu { $call } número { $nth } devolvió { $took }, y { $peer } no había llamado a accept. ¿Dónde estaban los bytes, o hacia dónde iban?
exam-choice-send-before-accept-kernel = al núcleo de { $peer }, que los guarda para la conexión
exam-choice-send-before-accept-own = a ninguna parte: se quedan en tu programa hasta que alguien acepte
exam-choice-send-before-accept-program = al programa { $peer }, que los tiene en su búfer
exam-choice-send-before-accept-lost = se perdieron, y tu programa tiene que enviarlos otra vez
exam-because-send-before-accept-kernel = La conexión existe antes de accept. Su búfer de recepción, en el núcleo, guarda los bytes, y un recv posterior los recibe.
exam-why-send-before-accept-own = send volvió: los bytes ya salieron de tu programa.
exam-why-send-before-accept-program = { $peer } todavía no tenía descriptor de esta conexión, así que no pudo recibir nada.
exam-why-send-before-accept-lost = Llegaron: { $peer } aceptó después y los pudo leer.

exam-ask-zero = Tu { $call } número { $nth } devolvió 0. ¿Qué había pasado?
exam-choice-zero-ended = { $peer } había terminado su flujo: ya no viene nada más
exam-choice-zero-empty = { $peer } había enviado un mensaje vacío
exam-choice-zero-nothing = en ese momento no había llegado nada; puede venir más
exam-choice-zero-full = el búfer de tu programa estaba lleno
exam-because-zero-ended = En el otro extremo de esta flecha hay un close o un shutdown de { $peer }: 0 es el fin del flujo.
exam-why-zero-empty = Un flujo no tiene mensajes vacíos: enviar 0 bytes no envía nada.
exam-why-zero-nothing = Mientras no llegue nada, la llamada espera. Solo al final devuelve 0.
exam-why-zero-full = Tenía espacio, y lo que no cupiera lo recibiría la siguiente llamada.

exam-ask-fin-by = ¿Qué llamada de tu programa le dijo a { $peer } que ya no viene nada más (el FIN)?
exam-choice-fin-by-exit = ninguna: el núcleo cerró el socket cuando tu programa terminó
exam-choice-fin-by-peer = ninguna: lo hizo { $peer }
exam-because-fin-by-close = Tu close es lo que { $peer } leyó después como fin del flujo.
exam-because-fin-by-shutdown = Tu shutdown terminó tu mitad de la conexión; { $peer } lo leyó como fin del flujo.
exam-because-fin-by-exit = Tu programa terminó con el socket abierto, y el núcleo lo cerró.
exam-why-fin-by-close = El fin que leyó { $peer } no lo causó un close de tu programa.
exam-why-fin-by-shutdown = Ahí tu programa no llamó a shutdown.
exam-why-fin-by-exit = El flujo lo terminó tu programa mismo, antes de terminar él.
exam-why-fin-by-send = Después de un send puede venir más: no termina nada.
exam-why-fin-by-peer = Cada extremo termina su propia mitad; lo que lee { $peer } lo termina tu programa.

exam-ask-first-to-end = ¿Quién fue el primero en terminar la conexión con { $peer }?
exam-choice-first-to-end-program = tu programa
exam-choice-first-to-end-peer = { $peer }
exam-choice-first-to-end-together = los dos, con la misma llamada
exam-choice-first-to-end-nobody = nadie: se terminó sola cuando todos los bytes estaban enviados
exam-because-first-to-end-program = Tu { $call } vino antes que el { $theirs } de { $peer }, que lo notó.
exam-because-first-to-end-peer = El { $theirs } de { $peer } vino primero; tu programa lo notó y después cerró.
exam-why-first-to-end-program = Tu { $call } vino después que el { $theirs } de { $peer }.
exam-why-first-to-end-peer = El { $theirs } de { $peer } vino después que tu { $call }.
exam-why-first-to-end-together = Cada extremo cierra con una llamada propia, y el diagrama muestra cuál vino primero.
exam-why-first-to-end-nobody = Una conexión queda abierta hasta que alguien la termina, por más que nadie envíe nada.

exam-ask-first-descriptor = Tu { $call } número { $nth } devolvió el descriptor 3. ¿Por qué el 3?
exam-choice-first-descriptor-lowest = es el número libre más bajo: 0, 1 y 2 son la entrada, la salida y los errores
exam-choice-first-descriptor-third = era el tercer socket de esta máquina
exam-choice-first-descriptor-stream = es el número del protocolo que se pidió
exam-choice-first-descriptor-chance = el núcleo elige un descriptor libre al azar, como un puerto
exam-because-first-descriptor-lowest = El núcleo da el descriptor libre más bajo del proceso.
exam-why-first-descriptor-third = Los descriptores se cuentan en cada proceso, no en la máquina.
exam-why-first-descriptor-stream = El protocolo también tiene un número, pero un descriptor solo nombra un archivo abierto del proceso.
exam-why-first-descriptor-chance = Así se dan los puertos; un descriptor es el número libre más bajo.

exam-ask-not-connected = Tu programa creó un socket TCP (llamada { $nth } a socket). ¿Con quién estaba conectado cuando el programa terminó?
exam-choice-not-connected-nobody = con nadie
exam-choice-not-connected-host = con la máquina cuyo nombre recibió el programa
exam-choice-not-connected-kernel = con el servidor de nombres
exam-choice-not-connected-itself = consigo mismo, en 127.0.0.1
exam-because-not-connected-nobody = socket solo crea un socket. Después no viene ningún connect, y no se envía nada.
exam-why-not-connected-host = Conocer una dirección no conecta nada; solo connect lo hace.
exam-why-not-connected-kernel = Quien busca un nombre usa otro socket para eso.
exam-why-not-connected-itself = Un socket no tiene dirección ni otro extremo hasta bind, connect o listen.

exam-ask-name-server = Tu programa necesitaba la dirección de { $name }. ¿A quién se le preguntó por la red?
exam-choice-name-server-server = a un servidor de nombres, por UDP, en el puerto { $port }
exam-choice-name-server-host = a la misma máquina { $name }
exam-choice-name-server-kernel = a nadie: el núcleo conoce todos los nombres
exam-choice-name-server-web = a un servidor web, por HTTP, en el puerto 80
exam-because-name-server-server = La biblioteca que busca nombres envió un datagrama al puerto { $port }.
exam-why-name-server-host = Para preguntarle habría que conocer ya su dirección.
exam-why-name-server-kernel = El núcleo solo conoce direcciones. Los nombres los busca una biblioteca.
exam-why-name-server-web = Los nombres se buscan por DNS, en el puerto { $port }.

exam-ask-waits-for-client = ¿En qué llamada estaba tu programa cuando { $peer } llamó a connect?
exam-because-waits-for-client-right = Esta llamada empezó antes del connect de { $peer }, y volvió después.
exam-why-waits-for-client-listen = listen vuelve enseguida. Solo le dice al núcleo que acepte conexiones.
exam-why-waits-for-client-receive = Sin una conexión no hay de quién recibir.
exam-why-waits-for-client-accept = Tu programa llama a accept solo cuando sabe que hay alguien.
exam-why-waits-for-client-bind = bind vuelve enseguida: le da al socket su puerto.

exam-ask-accept-gives = Tu accept número { $nth }, en el descriptor { $old }, devolvió { $new }. ¿Qué es { $new }?
exam-choice-accept-gives-one = el descriptor de un socket nuevo: la conexión con { $peer }, y con nadie más
exam-choice-accept-gives-copy = un segundo descriptor del socket que escucha
exam-choice-accept-gives-count = cuántos clientes están esperando
exam-choice-accept-gives-all = el socket para todos los clientes de ahí en adelante
exam-because-accept-gives-one = Por { $new } tu programa habló después con { $peer }; { $old } sigue escuchando.
exam-why-accept-gives-copy = El socket que escucha no lleva datos; por { $new } tu programa habló con { $peer }.
exam-why-accept-gives-count = Es un descriptor: con él hizo tu programa sus siguientes llamadas.
exam-why-accept-gives-all = Cada cliente tiene una conexión propia, y accept devuelve una a la vez.

exam-ask-which-descriptor = ¿En qué descriptor recibió tu programa los primeros bytes de { $peer }, su segundo cliente?
exam-because-which-descriptor-own = Es el que accept devolvió para el segundo cliente.
exam-why-which-descriptor-listener = El socket que escucha entrega conexiones; por él nunca vienen datos.
exam-why-which-descriptor-first = Esa era la conexión del primer cliente.
exam-why-which-descriptor-next = accept devolvió otro número, el libre más bajo.
exam-why-which-descriptor-input = 0 es la entrada estándar de tu programa.

exam-ask-open-sockets = ¿Cuántos sockets TCP tenía abiertos tu programa apenas volvió su accept número { $nth }?
exam-because-open-sockets-open = Uno es el que escucha; otro, cada conexión que todavía no se ha cerrado.
exam-why-open-sockets-more = Uno de los que contaste ya estaba cerrado, o todavía no existía.
exam-why-open-sockets-one = El que escucha y la conexión nueva ya son dos.
exam-why-open-sockets-less = Falta uno: el que escucha sigue abierto, y cada conexión también, hasta que se cierra.
exam-why-open-sockets-none = Al menos el que escucha estaba abierto, o accept habría fallado.

exam-ask-backlog = Tu programa llamó a listen con { $backlog }, y atendió a { $served } clientes. ¿Qué es el { $backlog }?
exam-choice-backlog-waiting = cuántas conexiones pueden esperar hasta que accept se las lleve
exam-choice-backlog-together = cuántos clientes puede tener el servidor al mismo tiempo
exam-choice-backlog-kernel = cuántas veces se puede llamar a accept
exam-choice-backlog-bytes = cuántos segundos puede esperar un cliente
exam-because-backlog-waiting = Limita la cola que hay antes de accept. Lo que ya se aceptó no está en ella: por eso se pudo atender a { $served }.
exam-why-backlog-together = Lo que ya se aceptó no cuenta: la cola está antes de accept.
exam-why-backlog-kernel = accept volvió { $served } veces, que son más.
exam-why-backlog-bytes = Es el largo de una cola, no un tiempo.

exam-ask-port-of-client = Tu accept número { $nth } devolvió una conexión con { $peer }, que viene del puerto { $port }. ¿Quién eligió { $port }?
exam-choice-port-of-client-connect = el núcleo, en el connect de { $peer }
exam-choice-port-of-client-client = el programa { $peer }, con bind
exam-choice-port-of-client-accept = tu programa, en accept
exam-choice-port-of-client-listen = tu núcleo, en listen
exam-because-port-of-client-connect = { $peer } no llamó a bind. Por eso su núcleo eligió un puerto libre en connect.
exam-why-port-of-client-client = { $peer } no llamó a bind.
exam-why-port-of-client-accept = accept solo le cuenta a tu programa con qué puerto llegó { $peer }.
exam-why-port-of-client-listen = listen tiene que ver con el puerto de tu servidor, no con los de sus clientes.

exam-ask-own-port = Tu programa se conectó al puerto { $far } sin llamar a bind. ¿Desde qué puerto propio?
exam-because-own-port-kernel = El núcleo eligió uno libre en connect. Cada vez es otro.
exam-why-own-port-same = { $far } es el puerto del servidor. Cada extremo tiene su propio puerto.
exam-why-own-port-zero = En bind, 0 quiere decir «cualquiera». Ninguna conexión tiene el puerto 0.
exam-why-own-port-next = El diagrama muestra la dirección que tenía el socket después de connect.

exam-ask-whose-address = { $peer } le envió un datagrama a tu programa. ¿Qué puerto dio { $call } número { $nth } como el de quien lo envió?
exam-because-whose-address-sender = Da la dirección del socket que envió el datagrama: para responder, se envía ahí.
exam-why-whose-address-own = { $own } es el puerto de tu propio socket.
exam-why-whose-address-zero = En bind, 0 quiere decir «cualquiera». Desde él no se envía nada.
exam-why-whose-address-next = El socket de { $peer } tenía otro puerto: mira la fila.

exam-ask-one-socket = Tu programa recibió de { $senders } clientes, hasta { $call } número { $nth }. ¿Con cuántos sockets propios habló con ellos?
exam-because-one-socket-used = Un socket de datagramas no es de un solo cliente. Cada datagrama trae la dirección de quien lo envió.
exam-why-one-socket-each = Así sería con TCP, donde accept da un socket por cliente.
exam-why-one-socket-more = Aquí nadie escucha, y ningún socket es de un cliente.
exam-why-one-socket-none = Sin un socket no se puede recibir nada.

exam-ask-each-its-call = Los clientes le enviaron a tu programa { $calls } datagramas con datos, { $all } bytes en total. ¿En cuántas llamadas los recibió tu programa?
exam-because-each-its-call-calls = Cada recepción recibe un datagrama, completo. Dos nunca vienen juntos, como sí los bytes de un flujo.
exam-why-each-its-call-one = Por grande que sea el búfer, una recepción recibe un datagrama.
exam-why-each-its-call-bytes = Un datagrama viene completo, no byte por byte.
exam-why-each-its-call-more = Un datagrama que cabe necesita una recepción, no dos.

exam-ask-datagram-means = Tu { $call } número { $nth } devolvió { $took }. ¿Qué dice eso, en ese momento?
exam-choice-datagram-means-kernel = el núcleo aceptó un datagrama de { $took } bytes, para enviarlo
exam-choice-datagram-means-arrived = el datagrama llegó
exam-choice-datagram-means-read = el otro programa recibió { $took } bytes
exam-choice-datagram-means-again = se envió { $took } veces, hasta que llegó
exam-because-datagram-means-kernel = El otro programa lo recibió después. UDP no le dice a nadie si un datagrama llega.
exam-why-datagram-means-arrived = UDP no tiene confirmaciones: nadie le avisa a quien envía.
exam-why-datagram-means-read = La recepción está más abajo: volvió después.
exam-why-datagram-means-again = UDP envía un datagrama una sola vez.

exam-ask-port-at-send = Tu socket de cliente tenía el puerto { $own }. ¿Cuándo lo recibió?
exam-choice-port-at-send-send = en el primer { $call }: lo eligió el núcleo
exam-choice-port-at-send-socket = en socket: todo socket tiene puerto desde el comienzo
exam-choice-port-at-send-server = cuando respondió el servidor: el puerto lo eligió él
exam-choice-port-at-send-receive = en la primera recepción: solo quien recibe necesita un puerto
exam-because-port-at-send-send = Sin bind, el núcleo elige un puerto libre cuando el socket envía por primera vez.
exam-why-port-at-send-socket = Un socket nuevo no tiene dirección.
exam-why-port-at-send-server = El servidor responde al puerto del que vino el datagrama: ya estaba antes.
exam-why-port-at-send-receive = El datagrama que se envió ya llevaba el puerto.

exam-ask-room-left = Tu { $call } número { $nth } tenía espacio para { $room } bytes y recibió de { $peer } un datagrama de { $size }. ¿Por qué volvió?
exam-choice-room-left-whole = había llegado un datagrama, y recibe uno a la vez, completo
exam-choice-room-left-waits = { $peer } había cerrado su socket, y no podía venir nada más
exam-choice-room-left-filled = el núcleo llenó con ceros el resto de los { $room } bytes
exam-choice-room-left-kept = { $size } bytes son lo máximo que lleva UDP
exam-because-room-left-whole = Lo que devuelve la llamada es ese único datagrama de { $size } bytes. El siguiente, aunque ya esté, queda para la siguiente llamada.
exam-why-room-left-waits = UDP no tiene un fin que pueda notar quien recibe.
exam-why-room-left-filled = Devolvió { $size }: el resto del búfer no se tocó.
exam-why-room-left-kept = Un datagrama puede tener unos 65 000 bytes.

# --- lo que habría pasado ---

exam-ask-would-start-twice = ¿Qué pasaría si alguien iniciara tu servidor otra vez, con el mismo puerto, mientras funciona?
exam-because-would-start-twice-bind = El puerto está ocupado: el bind del segundo falla. SO_REUSEADDR no lo cambia mientras alguien use el puerto.
exam-because-would-start-twice-both = Tu programa deja que otros compartan su puerto (SO_REUSEPORT), y así los dos funcionan.
exam-why-would-start-twice-bind = El bind del segundo tuvo éxito aquí.
exam-why-would-start-twice-both = Un puerto tiene un solo dueño: el segundo no lo recibió.
exam-why-would-start-twice-listen = No llega hasta listen: bind viene antes.
exam-why-would-start-twice-socket = Un socket siempre se puede crear: todavía no tiene puerto.

exam-ask-would-silent = { $peer } se conecta y no dice nada. Después { $other } se conecta y envía un mensaje. ¿Tu programa lo recibiría mientras tanto?
exam-because-would-silent-yes = Tu programa no espera a un solo cliente.
exam-because-would-silent-no = Tu programa espera a { $peer }, y la conexión de { $other } espera en la cola del núcleo, con sus bytes.
exam-why-would-silent-yes = Tu programa espera a { $peer } en una recepción: nadie se lleva lo que envía { $other }.
exam-why-would-silent-no = Tu programa recibió el mensaje de { $other } mientras { $peer } no decía nada.
exam-why-would-silent-refused = Mientras el socket escuche, el núcleo acepta conexiones, aunque tu programa esté ocupado.

exam-ask-would-nobody-listens = ¿Qué haría tu connect si nadie escuchara en ese puerto?
exam-because-would-nobody-listens-refused = El núcleo del otro extremo responde enseguida que nadie escucha (un RST).
exam-why-would-nobody-listens-done = Sin alguien que escuche no hay conexión, y connect no puede tener éxito.
exam-why-would-nobody-listens-waits = La respuesta del otro núcleo llega enseguida.
exam-why-would-nobody-listens-timed-out = Eso pasa si no responde nadie. Aquí responde un núcleo.

exam-ask-would-close = Tu primer { $call } en la conexión recibió { $got } bytes. ¿Qué devolvería si { $peer }, en vez de enviarlos, hubiera cerrado la conexión?
exam-because-would-close-end = El FIN que envía close se lee como 0 bytes: el fin del flujo.
exam-why-would-close-waits = Solo espera mientras todavía pueda venir algo.
exam-why-would-close-reset = Un close sin nada pendiente por leer envía un FIN, no un RST.
exam-why-would-close-pipe = EPIPE lo da un envío, no una recepción.

exam-ask-would-reset = Tu primer { $call } en la conexión recibió { $got } bytes. ¿Qué devolvería si { $peer }, en vez de enviarlos, hubiera cortado la conexión (con un RST)?
exam-because-would-reset-reset = Un RST no es un fin en orden, y la recepción que espera lo dice.
exam-why-would-reset-end = 0 es un fin en orden, después de un FIN. Un RST es un error.
exam-why-would-reset-waits = El RST termina la espera.
exam-why-would-reset-refused = Eso lo dice connect. Esta conexión existía.

exam-ask-would-pieces = ¿Qué devolvería tu primer { $call } en la conexión si { $peer } enviara 8 bytes en dos trozos: 3 bytes y, cuando estén leídos, 5?
exam-because-would-pieces-piece = Una recepción vuelve en cuanto llegó algo. El resto viene con la siguiente.
exam-why-would-pieces-all = No sabe que viene más, y devuelve lo que hay.
exam-why-would-pieces-waits = Con lo que llegó le basta para volver.
exam-why-would-pieces-second = Esos bytes vienen después, con la siguiente recepción.

exam-ask-would-together = ¿Qué devolvería tu primer { $call } en la conexión si { $peer } enviara dos líneas de 4 y 6 bytes, con sus finales de línea, en un solo send?
exam-because-would-together-both = Un flujo no conoce líneas: están las dos, y devuelve todo lo que quepa.
exam-why-would-together-line = Dónde termina una línea lo tiene que averiguar tu programa. Una recepción no mira eso.
exam-why-would-together-word = Los finales de línea son bytes como los demás, y una recepción no se detiene en ellos.
exam-why-would-together-waits = Con lo que llegó le basta para volver.

exam-ask-would-larger = Tu primer { $call } en la conexión tiene espacio para { $room } bytes. ¿Qué devolvería si { $peer } enviara { $all } bytes de una vez?
exam-because-would-larger-room = Llena el espacio que tiene. El resto espera en el núcleo a la siguiente recepción.
exam-why-would-larger-all = No puede devolver más bytes de los que le caben.
exam-why-would-larger-size = EMSGSIZE es cosa de datagramas, y de enviar. Un flujo no tiene mensajes.
exam-why-would-larger-rest = Primero vienen los primeros bytes. Lo que queda viene con la siguiente recepción.

exam-ask-would-gone = ¿Qué devolvería tu primer { $call } en la conexión si { $peer } la cerrara apenas envía su mensaje, sin esperar respuesta?
exam-because-would-gone-taken = send solo le entrega bytes al núcleo. Si el otro extremo todavía los recibe se sabe después: en el siguiente envío o en la siguiente recepción.
exam-why-would-gone-pipe = Eso viene en un envío posterior, cuando ya llegó la respuesta del otro núcleo (un RST).
exam-why-would-gone-zero = 0 lo devuelve una recepción al final de un flujo.
exam-why-would-gone-reset = Un RST solo puede venir como respuesta a lo que se envía: llega después.

exam-ask-would-half-close = { $peer } envía su mensaje y después dice con shutdown que ya no viene nada más. ¿Qué devolvería tu primer { $call } en la conexión?
exam-because-would-half-close-taken = Solo terminó una mitad de la conexión: { $peer } todavía puede recibir.
exam-why-would-half-close-pipe = Tu mitad de la conexión está abierta.
exam-why-would-half-close-zero = 0 lo devuelve una recepción al final de un flujo.
exam-why-would-half-close-reset = Nadie cortó nada: un FIN termina una mitad en orden.

exam-ask-would-larger-datagram = Tu primer { $call } tiene espacio para { $room } bytes. ¿Qué devolvería si { $peer } enviara un datagrama de { $all }?
exam-because-would-larger-datagram-room = Recibe el comienzo del datagrama, hasta donde cabe. El resto se pierde.
exam-why-would-larger-datagram-all = No puede devolver más bytes de los que le caben.
exam-why-would-larger-datagram-size = EMSGSIZE lo da un envío cuyo datagrama es demasiado grande para enviarlo.
exam-why-would-larger-datagram-waits = Llegó un datagrama, y por eso vuelve.

exam-ask-would-rest = { $peer } envía un datagrama de { $all } bytes, y tu recepción tiene espacio para { $room }. ¿Qué haría la recepción siguiente, si nadie envía nada más?
exam-because-would-rest-waits = Lo que no cupo se botó. La siguiente recepción espera el siguiente datagrama.
exam-why-would-rest-rest = Así es con un flujo. De un datagrama, lo que no cabe se bota.
exam-why-would-rest-zero = En UDP no hay un fin, y 0 sería un datagrama vacío.
exam-why-would-rest-again = Un datagrama se recibe una sola vez.

exam-ask-would-empty = ¿Qué devolvería tu primer { $call } si { $peer } enviara un datagrama vacío?
exam-because-would-empty-zero = Un datagrama vacío es un datagrama: llega, con 0 bytes. En UDP, 0 no quiere decir el fin.
exam-why-would-empty-waits = Llegó, y por eso la recepción vuelve.
exam-why-would-empty-reset = Nada falló. Un datagrama puede estar vacío.
exam-why-would-empty-again = EAGAIN dice que no hay nada todavía. Aquí llegó algo.

exam-ask-would-two = ¿Qué devolvería tu primer { $call } si { $peer } enviara dos datagramas, de 3 y de 5 bytes, uno enseguida del otro?
exam-because-would-two-first = Una recepción recibe un datagrama. El segundo espera a la siguiente.
exam-why-would-two-both = Los datagramas nunca se juntan, por más espacio que haya.
exam-why-would-two-second = Se recibe primero el que llegó primero.
exam-why-would-two-waits = Llegó un datagrama, y por eso vuelve.

exam-ask-would-gone-datagram = ¿Qué devolvería tu primer { $call } si { $peer } cerrara su socket apenas envía su datagrama, sin esperar respuesta?
exam-because-would-gone-datagram-taken = El núcleo acepta el datagrama y lo envía. Que ya nadie tiene el puerto no se sabe en ese momento.
exam-why-would-gone-datagram-refused = Tal vez lo diga el núcleo del otro extremo (con ICMP), pero después, cuando el datagrama ya llegó en vano.
exam-why-would-gone-datagram-waits = sendto no espera a nadie.
exam-why-would-gone-datagram-zero = El datagrama se acepta completo.

exam-ask-would-close-datagram = ¿Qué haría tu primer { $call } si { $peer } hubiera cerrado su socket sin enviar nada?
exam-because-would-close-datagram-waits = UDP no tiene una conexión que pueda terminar: a tu programa nadie le avisa.
exam-why-would-close-datagram-zero = 0 es el fin de un flujo. UDP no tiene, y 0 sería un datagrama vacío.
exam-why-would-close-datagram-reset = No hay ninguna conexión que se pueda cortar.
exam-why-would-close-datagram-refused = Eso solo puede venir como respuesta a algo que tu programa envíe.

exam-ask-would-nobody-bound = ¿Qué devolvería tu primer { $call } si ningún socket tuviera el puerto del servidor?
exam-because-would-nobody-bound-taken = El núcleo acepta el datagrama y lo envía. Que nadie tiene el puerto no se sabe en ese momento, si es que se llega a saber.
exam-why-would-nobody-bound-refused = Eso puede venir después, del núcleo del otro extremo (con ICMP), y solo se le dice a un socket conectado.
exam-why-would-nobody-bound-waits = sendto no espera a nadie.
exam-why-would-nobody-bound-zero = El datagrama se acepta completo.
