//! What error names mean, in a sentence's worth.

use socklab_event::Errno;

use crate::words::Words;

/// What an error means for a socket call, in the language of `words` where it is English or
/// Spanish; `None` for errors that sockets do not give.
pub fn meaning(errno: Errno, words: &Words) -> Option<&'static str> {
    let (_, english, spanish) = MEANINGS.iter().find(|(number, ..)| *number == errno.0)?;
    Some(if words.language.starts_with("es") { spanish } else { english })
}

#[rustfmt::skip]
const MEANINGS: [(i32, &str, &str); 47] = [
    (1, "operation not permitted", "operación no permitida"),
    (2, "no such file: nobody is bound to that path", "no existe: nadie está asociado a esa ruta"),
    (4, "interrupted by a signal before anything happened", "interrumpida por una señal antes de que pasara nada"),
    (9, "bad descriptor: it is not open (any more)", "descriptor incorrecto: no está abierto (o ya no)"),
    (11, "not now: it would have to wait, and the socket is set not to", "ahora no: tendría que esperar, y el socket está puesto para no hacerlo"),
    (12, "out of memory", "no queda memoria"),
    (13, "permission denied", "permiso denegado"),
    (14, "bad address: the pointer leads nowhere", "dirección incorrecta: el puntero no lleva a ninguna parte"),
    (22, "invalid argument", "argumento no válido"),
    (23, "too many open files in the whole system", "demasiados ficheros abiertos en todo el sistema"),
    (24, "too many open files in this process", "demasiados ficheros abiertos en este proceso"),
    (32, "broken pipe: the other end does not read any more", "tubería rota: el otro extremo ya no lee"),
    (38, "this kernel does not have that call", "este núcleo no tiene esa llamada"),
    (71, "protocol error", "error de protocolo"),
    (88, "the descriptor is not a socket", "el descriptor no es un socket"),
    (89, "a destination address is needed", "hace falta una dirección de destino"),
    (90, "the message is too long for one datagram", "el mensaje es demasiado largo para un datagrama"),
    (91, "wrong protocol for this type of socket", "protocolo incorrecto para este tipo de socket"),
    (92, "the protocol has no such option", "el protocolo no tiene esa opción"),
    (93, "protocol not supported", "protocolo no soportado"),
    (94, "socket type not supported", "tipo de socket no soportado"),
    (95, "the socket cannot do that", "el socket no puede hacer eso"),
    (97, "address family not supported", "familia de direcciones no soportada"),
    (98, "the address and port are already in use", "la dirección y el puerto ya están en uso"),
    (99, "no interface of this machine has that address", "ninguna interfaz de esta máquina tiene esa dirección"),
    (100, "the network is down", "la red está caída"),
    (101, "no route leads to that network", "ninguna ruta lleva a esa red"),
    (102, "the connection was dropped by the network", "la red ha cortado la conexión"),
    (103, "the connection was given up before it was accepted", "la conexión se abandonó antes de aceptarla"),
    (104, "connection reset: the other end sent RST", "conexión cortada: el otro extremo envió RST"),
    (105, "no buffer space left", "no queda espacio en los búferes"),
    (106, "already connected", "ya está conectado"),
    (107, "not connected", "no está conectado"),
    (108, "this end was shut down for sending", "este extremo está cerrado para enviar"),
    (110, "timed out: no answer in time", "tiempo agotado: nadie respondió a tiempo"),
    (111, "connection refused: nobody listens there", "conexión rechazada: allí no escucha nadie"),
    (112, "the host is down", "la máquina está apagada"),
    (113, "no route leads to that host, or it does not answer", "ninguna ruta lleva a esa máquina, o no contesta"),
    (114, "an earlier connect has not finished yet", "un connect anterior aún no ha terminado"),
    (115, "in progress: the connect goes on in the background", "en curso: el connect sigue en segundo plano"),
    (125, "cancelled", "cancelada"),
    (61, "no data available", "no hay datos"),
    (62, "timer expired", "se acabó el tiempo"),
    (64, "the machine is not on the network", "la máquina no está en la red"),
    (70, "communication error on send", "error de comunicación al enviar"),
    (75, "value too large", "valor demasiado grande"),
    (85, "interrupted, to be restarted", "interrumpida, por reiniciar"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_number_has_a_name_and_stands_once() {
        for (index, (number, ..)) in MEANINGS.iter().enumerate() {
            assert!(Errno(*number).name().is_some(), "{number}");
            assert!(MEANINGS[..index].iter().all(|(other, ..)| other != number), "{number}");
        }
        assert!(meaning(Errno::ECONNREFUSED, &Words::spanish()).unwrap().contains("rechazada"));
    }
}
