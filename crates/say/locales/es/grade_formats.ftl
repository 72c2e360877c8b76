# Lo que dicen los archivos para las herramientas de colegios y universidades: JUnit, Gradescope, Classroom 50, check50, Moodle.

format-skipped = sin ejecutar
format-hidden = Este caso está oculto: solo ves su nombre y sus puntos.
format-no-submission = No entregaste nada que se pueda ejecutar.
format-does-not-compile = No compila.
format-comment = Comentario de quien califica: { $comment }
format-late = Entregado tarde.
format-unsafe = Se ejecutó sin caja de arena ({ $because }), así que no prueba nada contra un programa que hace trampa.
format-pending = Todavía no le ha tocado a esta entrega. No es un cero.
format-unknown = Falló la máquina, así que nadie sabe cuánto vale esto. No es un cero: hay que calificarlo otra vez.
format-unknown-because = Falló la máquina, así que nadie sabe cuánto vale esto. No es un cero: hay que calificarlo otra vez. Lo que falló: { $why }
format-points = { $earned } de { $of } puntos
format-passed = pasó
format-failed = no pasó

autograder-failed = Falló la máquina, o este contenedor no permite lo que hace falta para calificar; las líneas de arriba dicen qué. No se dieron puntos. Si aquí no puede haber caja de arena, haz el zip otra vez con --unsafe.
autograder-too-old = Este binario no se puede ejecutar en esta imagen: elige una más nueva de Ubuntu para el autograder, o haz el zip con un socklab compilado en un sistema más viejo.
autograder-written = { $file } está escrito ({ $mib } MiB).
autograder-next = En Gradescope: una «programming assignment» con { $points } «autograder points»; después «Configure Autograder», «Zip file upload», y este archivo.
autograder-next-pack = En Gradescope: una «programming assignment» con { $points } «autograder points» más los de los casos ocultos; después «Configure Autograder», «Zip file upload», y este archivo.
autograder-sandbox = Puede que un contenedor de Gradescope no permita una caja de arena. Entonces no se califica nada, y el registro dice por qué: haz el zip otra vez con --unsafe, que marca cada resultado.
autograder-pack = no se pudo leer el paquete en { $folder }: { $why }
arg-grade-gradescope_zip = No califica: escribe un zip para el autograder de Gradescope, con este ejercicio, el paquete y socklab mismo
