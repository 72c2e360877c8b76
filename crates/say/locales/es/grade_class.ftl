# Un curso que se califica: lo que se dice sobre cómo se leyó y sobre lo que no se puede ejecutar.

class-call = { $call } { $name }: { $why }
class-no-archive = { $name }: no es una carpeta ni un archivo zip que se pueda leer ({ $why })
class-nobody = { $name }: aquí nadie entregó nada. Se espera una carpeta, un archivo o un zip por estudiante, o la descarga completa de Moodle, Canvas o Gradescope
class-unknown = { $name }: no es de ningún estudiante, se ignora
class-outside = { $name }: un nombre que se sale del archivo comprimido, se ignora
class-twice = { $id }: varias entradas sin número ({ $names }). Cuentan como intentos en el orden de las fechas de los archivos; llámalas { $id }@1, { $id }@2 … para decir cuál es cuál
class-file-times = quién entregó tarde se dedujo de las fechas de los archivos, que pueden haber cambiado al copiarlos o descomprimirlos
class-no-times = esta descarga no dice cuándo se entregó: nadie está tarde por la hora límite

handed-nothing = no se entregó nada
handed-typed = se escribió texto en la página web; no se entregó ningún archivo
handed-no-files = no hay ningún archivo normal, solo enlaces o dispositivos: { $name }
handed-outside = un archivo comprimido tiene el nombre { $name }, que se sale de su carpeta
handed-twice = dos archivos distintos se llaman { $name }
handed-large = se entregaron más de { $limit } MiB, o los hay en un archivo comprimido
handed-many = se entregaron más de { $limit } archivos, o los hay en un archivo comprimido
handed-deep = { $name } está dentro de más de { $limit } carpetas
handed-bomb = { $name } se vuelve muchas veces más grande al descomprimirlo (una bomba zip)
handed-broken = el archivo comprimido { $name } no se puede leer: { $why }
handed-locked = el archivo comprimido { $name } tiene contraseña
handed-kind = { $name } es un archivo comprimido de un tipo que aquí no se lee; zip, tar y tar.gz sí
handed-empty = { $name } está vacío
handed-binary = { $name } no es un archivo de texto
handed-no-program = ningún archivo está en un lenguaje que se pueda ejecutar aquí (Python .py, Rust .rs, C .c, Java .java); se entregó: { $names }
handed-notebook = { $name } es un cuaderno de Jupyter, no un programa; en Jupyter, «File», «Save and Export Notebook As», «Executable Script» hace uno
handed-language = ningún archivo está en { $language }; se entregó: { $names }
handed-not-there = no hay ningún programa llamado { $name }; se entregó: { $names }
handed-several = varios archivos podrían ser el programa: { $names }. Di cuál con --file

class-not-on-list = { $id }: no está en la lista de estudiantes; se califica igual
class-missing = { $count ->
    [one] { $count } de { $of } estudiantes de la lista no entregó nada
   *[other] { $count } de { $of } estudiantes de la lista no entregaron nada
}
class-twice-on-list = { $id }: dos filas de la lista tienen este id; vale la primera
class-group = { $name }: entrega de un grupo, vale para cada uno de { $ids }
class-metadata = { $name } no se puede leer: { $why }
class-roster = { $name } no es una lista de estudiantes: { $why }
roster-empty = no hay filas con estudiantes
roster-columns = ninguna de sus columnas nombra a un estudiante (hay: { $found }). Se espera: id, name, email o las columnas de Canvas, Moodle o Gradescope
roster-csv = { $why }
