//! The fixed words of a ladder, in a language, and how that language writes numbers.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

/// A word or a pattern with `{name}` places.
pub type Phrase = Cow<'static, str>;

macro_rules! words {
    ($($(#[$doc:meta])* $field:ident: $english:literal, $spanish:literal;)*) => {
        /// Every fixed word a ladder says. Calls, flags and error names are the kernel's, and not
        /// translated. A language of yours: start from one of these and replace what differs.
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        pub struct Words {
            /// BCP 47 language, for HTML's `lang`: `en`.
            pub language: Phrase,
            /// Between units and tenths.
            pub decimal: char,
            /// Between groups of three digits.
            pub thousands: char,
            $($(#[$doc])* pub $field: Phrase,)*
        }

        impl Words {
            /// English.
            pub const fn english() -> Self {
                Self {
                    language: Cow::Borrowed("en"),
                    decimal: '.',
                    thousands: ',',
                    $($field: Cow::Borrowed($english),)*
                }
            }

            /// Spanish of Spain.
            pub const fn spanish() -> Self {
                Self {
                    language: Cow::Borrowed("es"),
                    decimal: ',',
                    thousands: '\u{a0}',
                    $($field: Cow::Borrowed($spanish),)*
                }
            }
        }
    };
}

words! {
    /// Before the time a call waits, where its result stands in a later row.
    waits: "waits {time}", "espera {time}";
    /// After a result that took its time, in the same row.
    waited: "after {time}", "tras {time}";
    /// A call that was still waiting when the program or the recording ended.
    unfinished: "waits {time}, never returned", "espera {time}, no volvió";
    /// Before the sender's address.
    from: "from {address}", "de {address}";
    /// Before the receiver's address.
    to: "to {address}", "a {address}";
    /// The size of a buffer that was filled.
    at_most: "max {n}", "máx. {n}";
    /// Fewer bytes were taken than offered.
    of: "of {n}", "de {n}";
    /// Which bytes of a message a read got.
    bytes_of: "bytes {from}–{to} of {n}", "bytes {from}–{to} de {n}";
    /// Which single byte of a message a read got.
    byte_of: "byte {from} of {n}", "byte {from} de {n}";
    /// `listen`'s number.
    backlog: "backlog {n}", "cola {n}";
    /// A read of 0 bytes.
    end: "end of stream", "fin del flujo";
    /// ECONNREFUSED.
    refused: "refused", "rechazado";
    /// ECONNRESET.
    reset: "reset", "cortado";
    /// EPIPE.
    broken_pipe: "nobody reads any more", "ya no lee nadie";
    /// ETIMEDOUT, or a wait with a limit that ran out.
    timed_out: "timed out", "tiempo agotado";
    /// EHOSTUNREACH, ENETUNREACH.
    unreachable: "unreachable", "inalcanzable";
    /// EADDRINUSE.
    in_use: "already in use", "ya en uso";
    /// EAGAIN.
    not_now: "not now", "ahora no";
    /// EINPROGRESS.
    in_progress: "in progress", "en curso";
    /// Bytes arrived that did not fit into the buffer.
    cut_off: "rest cut off", "resto perdido";
    /// A close nobody called for.
    by_kernel: "by the kernel", "por el núcleo";
    /// A process ended by itself.
    exit: "exit {code}", "sale con {code}";
    /// A signal ended a process.
    killed: "killed by {signal}", "muere por {signal}";
    /// A process ended, nobody saw how.
    gone: "gone", "ya no está";
    /// A process attached to was let go.
    released: "let go, still running", "suelto, sigue vivo";
    /// A process replaced its program.
    becomes: "becomes {program}", "pasa a ser {program}";
    /// A process or thread appeared.
    begins: "{tag} begins", "{tag} empieza";
    /// Job control.
    stopped: "stopped by {signal}", "parado por {signal}";
    /// Job control.
    continued: "continues", "continúa";
    /// Something read from the terminal.
    reads: "reads {stream}", "lee {stream}";
    /// Something written to the terminal.
    prints: "prints", "escribe";
    /// A name look-up, its calls folded.
    looks_up: "looks up {name}", "busca {name}";
    /// Who was asked.
    asks: "asks {server}", "pregunta a {server}";
    /// How often a call in a loop was repeated, and for how long.
    times_in: "× {n} in {time}", "× {n} en {time}";
    /// A fold of equal rows within one conversation.
    more_like_this: "× {n} more like this", "× {n} más como esto";
    /// A fold of equal connections.
    more_connections: "× {n} more connections like this", "× {n} conexiones más como esta";
    /// A fold of equal sockets that never connected.
    more_sockets: "× {n} more sockets like this", "× {n} sockets más como este";
    /// A fold of connections that differ from each other.
    more_ways: "× {n} more connections, in {ways} other ways", "× {n} conexiones más, de otras {ways} formas";
    /// Who served folded connections: some of them may be drawn.
    by_processes: "served by {n} processes", "servidas por {n} procesos";
    /// Who served folded connections: none of them is drawn.
    by_other_processes: "served by {n} other processes", "servidas por otros {n} procesos";
    /// Who served folded connections: one, which is not drawn.
    by_another_process: "served by another process", "servidas por otro proceso";
    /// Who served folded connections: some of them may be drawn.
    by_threads: "served by {n} threads", "servidas por {n} hilos";
    /// Who served folded connections: none of them is drawn.
    by_other_threads: "served by {n} other threads", "servidas por otros {n} hilos";
    /// How far a fold reaches.
    until: "until +{time}", "hasta +{time}";
    /// What a fold moved.
    in_all: "{n} B in all", "{n} B en total";
    /// Messages of `sendmmsg` and `recvmmsg`.
    messages: "{n} messages", "{n} mensajes";
    /// A participant that was not recorded.
    outside: "not traced", "sin trazar";
    /// Participants that were not recorded, together.
    elsewhere: "elsewhere", "otros";
    /// The clients' end, where one program holds both.
    client_side: "client side", "lado cliente";
    /// The server's end, where one program holds both.
    server_side: "server side", "lado servidor";
    /// A process whose start was not seen.
    process: "process {n}", "proceso {n}";
    /// How many clients share a column.
    clients_at: "clients at {address}", "clientes en {address}";
    /// What a frame suffered, with the rule in its words.
    dropped: "lost: {rule}", "perdido: {rule}";
    /// A segment sent before.
    again: "again", "otra vez";
    /// What happened on the wire to a frame.
    altered: "{how}: {rule}", "{how}: {rule}";
    /// A footer line.
    no_wire: "The wire was not recorded: arrows join calls; no SYN, ACK or FIN is drawn.", "No se grabó el cable: las flechas unen llamadas; SYN, ACK y FIN no se dibujan.";
    /// A footer line: which process each tag is.
    tagged: "Processes of {name}: {tags}", "Procesos de {name}: {tags}";
    /// The process of a column that has no tag.
    untagged: "without a tag", "sin etiqueta";
    /// A footer line.
    hidden: "Calls that only set up or enquire, not drawn: {n}.", "Llamadas que solo preparan o preguntan, sin dibujar: {n}.";
    /// A footer line.
    bare_acks: "Bare ACKs, not drawn: {n}.", "ACK sin datos, sin dibujar: {n}.";
    /// A footer line.
    folded_columns: "Programs whose connections were all folded, without a column: {n} ({names})", "Programas con todas sus conexiones plegadas, sin columna: {n} ({names})";
    /// A footer line.
    lost: "The record is incomplete, {n} events were lost: {why}", "El registro está incompleto, se perdieron {n} eventos: {why}";
    /// A footer line.
    io_uring: "{who} uses io_uring: socket calls made through it are not visible.", "{who} usa io_uring: las llamadas hechas por ahí no se ven.";
    /// A footer line.
    not_followed: "{who} ran on unseen: {why}", "{who} siguió sin ser observado: {why}";
    /// A footer line.
    attached: "{who} was already running: what its sockets did before is not known.", "{who} ya estaba en marcha: no se sabe qué hicieron antes sus sockets.";
    /// A footer line.
    foreign_abi: "{who} makes {abi} calls, which are not decoded.", "{who} hace llamadas {abi}, que no se decodifican.";
    /// A footer line.
    undecoded: "{call} is not decoded: {why}", "{call} no se decodifica: {why}";
    /// An empty ladder.
    nothing: "No socket call was recorded.", "No se grabó ninguna llamada de sockets.";
    /// Before a text's length, where it was cut.
    characters: "{n} characters", "{n} caracteres";
    /// HTML: the heading of the legend.
    legend: "How to read this", "Cómo se lee";
    /// HTML legend: time.
    legend_time: "Time runs down the page. Each column is one program; every box is one system call.", "El tiempo baja por la página. Cada columna es un programa y cada caja una llamada al sistema.";
    /// HTML legend: waiting.
    legend_wait: "the program waits in a call", "el programa espera dentro de una llamada";
    /// HTML legend: an arrow between calls.
    legend_arrow: "bytes go from one call to another", "los bytes van de una llamada a otra";
    /// HTML legend: an arrow on the wire.
    legend_wire: "a packet seen on the wire", "un paquete visto en el cable";
    /// HTML legend: a lost frame.
    legend_lost: "it did not arrive", "no llegó";
    /// HTML legend: a failed call.
    legend_failed: "the call failed", "la llamada falló";
    /// HTML: what to do.
    choose: "Choose a row to see everything about it. ↑ and ↓ (or k and j) move, Escape closes.", "Elige una fila para verlo todo. ↑ y ↓ (o k y j) mueven, Escape cierra.";
    /// HTML detail: the system call's name.
    call: "system call", "llamada al sistema";
    /// HTML detail: who made it.
    who: "made by", "hecha por";
    /// HTML detail: process and thread.
    process_thread: "process {process}, thread {thread}", "proceso {process}, hilo {thread}";
    /// HTML detail: the descriptor.
    descriptor: "descriptor", "descriptor";
    /// HTML detail: the socket.
    socket: "socket", "socket";
    /// HTML detail: the result.
    result: "result", "resultado";
    /// HTML detail: a result that never came.
    none_yet: "none: it never returned", "ninguno: no volvió";
    /// HTML detail: when.
    when: "when", "cuándo";
    /// HTML detail: from entry to return.
    from_to: "+{began} to +{ended} ({took})", "de +{began} a +{ended} ({took})";
    /// HTML detail: at one moment.
    moment: "+{time}", "+{time}";
    /// HTML detail: the source line.
    source: "source", "código";
    /// HTML detail: the bytes.
    bytes: "bytes", "bytes";
    /// HTML detail: only the first were kept.
    first_kept: "the first {kept} of {total}", "los primeros {kept} de {total}";
    /// HTML detail: an argument.
    argument: "argument", "argumento";
    /// HTML detail: a frame.
    packet: "packet", "paquete";
    /// HTML detail: what became of a frame.
    fate: "fate", "destino";
    /// HTML detail: an ordinary event.
    event: "event", "evento";
    /// HTML: the heading of the explanations.
    explained: "What happened", "Qué ha pasado";
    /// HTML: beside an explanation.
    see_row: "see it", "verlo";
}

impl Default for Words {
    fn default() -> Self {
        Self::english()
    }
}

/// Puts values into the places of a pattern. What has no place is left out; what has no value
/// stays as it stands.
pub(crate) fn fill(pattern: &str, values: &[(&str, &dyn std::fmt::Display)]) -> String {
    let mut text = String::with_capacity(pattern.len() + 16);
    let mut rest = pattern;
    while let Some(open) = rest.find('{') {
        text.push_str(&rest[..open]);
        let after = &rest[open + 1..];
        let known = after.find('}').and_then(|close| {
            let value = values.iter().find(|(name, _)| *name == &after[..close])?;
            Some((close, value.1.to_string()))
        });
        match known {
            Some((close, value)) => {
                text.push_str(&value);
                rest = &after[close + 1..];
            }
            None => {
                text.push('{');
                rest = after;
            }
        }
    }
    text.push_str(rest);
    text
}

impl Words {
    /// A whole number with its digits grouped: `1,998`.
    pub fn number(&self, number: u64) -> String {
        let digits = number.to_string();
        let mut text = String::with_capacity(digits.len() + 6);
        for (index, digit) in digits.chars().enumerate() {
            let left = digits.len() - index;
            if index > 0 && left.is_multiple_of(3) {
                text.push(self.thousands);
            }
            text.push(digit);
        }
        text
    }

    /// A duration of nanoseconds, in the unit a person would choose: `12 ms`, `1.2 s`, `3 min`.
    pub fn duration(&self, nanoseconds: u64) -> String {
        match nanoseconds {
            0..1_000 => format!("{nanoseconds} ns"),
            1_000..10_000 => self.tenths(nanoseconds, 1_000, "µs"),
            10_000..1_000_000 => format!("{} µs", nanoseconds / 1_000),
            1_000_000..10_000_000 => self.tenths(nanoseconds, 1_000_000, "ms"),
            10_000_000..1_000_000_000 => format!("{} ms", nanoseconds / 1_000_000),
            1_000_000_000..60_000_000_000 => self.tenths(nanoseconds, 1_000_000_000, "s"),
            _ => {
                let seconds = nanoseconds / 1_000_000_000;
                match (seconds / 3_600, seconds / 60 % 60, seconds % 60) {
                    (0, minutes, 0) => format!("{minutes} min"),
                    (0, minutes, seconds) => format!("{minutes} min {seconds} s"),
                    (hours, minutes, _) => format!("{} h {minutes} min", self.number(hours)),
                }
            }
        }
    }

    /// A moment to the microsecond: `1.200010 s`.
    pub fn precise(&self, nanoseconds: u64) -> String {
        let (seconds, rest) = (nanoseconds / 1_000_000_000, nanoseconds / 1_000 % 1_000_000);
        format!("{seconds}{}{rest:06} s", self.decimal)
    }

    fn tenths(&self, value: u64, unit: u64, name: &str) -> String {
        let (whole, tenth) = (value / unit, value % unit * 10 / unit);
        if tenth == 0 {
            format!("{whole} {name}")
        } else {
            format!("{whole}{}{tenth} {name}", self.decimal)
        }
    }

    /// A moment, counted from the first event: `0.000`, `12.345`.
    pub fn clock(&self, nanoseconds: u64) -> String {
        let (seconds, milliseconds) =
            (nanoseconds / 1_000_000_000, nanoseconds / 1_000_000 % 1_000);
        format!("{seconds}{}{milliseconds:03}", self.decimal)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_as_people_say_them() {
        let words = Words::english();
        let said = [0, 1_500, 12_000, 1_200_000, 1_200_000_000, 61_000_000_000, 7_200_000_000_000]
            .map(|ns| words.duration(ns));
        assert_eq!(said, ["0 ns", "1.5 µs", "12 µs", "1.2 ms", "1.2 s", "1 min 1 s", "2 h 0 min"]);
        assert_eq!(Words::spanish().duration(1_200_000_000), "1,2 s");
    }

    #[test]
    fn numbers_are_grouped() {
        assert_eq!(Words::english().number(1_234_567), "1,234,567");
        assert_eq!(Words::english().number(98), "98");
    }

    #[test]
    fn patterns_take_their_values_once() {
        assert_eq!(fill("a {n} b {x} {", &[("n", &"{x}"), ("m", &2)]), "a {x} b {x} {");
    }
}
