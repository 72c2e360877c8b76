# Qué impide leer un archivo o una carpeta que alguien nombró.

cannot-missing = no hay nada con ese nombre
cannot-no-folder = una parte de esta ruta no es una carpeta
cannot-folder = esto es una carpeta, y hace falta un archivo
cannot-denied = no tienes permiso
cannot-large = este archivo es demasiado grande
cannot-missing-hint = Mira qué hay: ls { $folder }
cannot-denied-hint = Mira de quién es y quién puede leerlo: ls -ld { $path }
cannot-folder-hint = Nombra un archivo que esté en ella
cannot-large-hint = Nombra un archivo más pequeño

class-only-case = { $ids } solo se distinguen en mayúsculas: donde el sistema de archivos no las distingue (Windows, macOS, memorias USB), solo cabe una de sus carpetas. Lleva los resultados a un lugar así como archivo comprimido.
grade-only-case = { $folder } no distingue mayúsculas, y { $ids } no se distinguen en nada más: sus resultados se sobrescribirían
grade-only-case-hint = Guarda los resultados en otro lugar, en un sistema de archivos de Linux
