def clave(pueblo):
    pueblo.lower()
    for con, sin in [("á", "a"), ("é", "e"), ("í", "i"), ("ó", "o"), ("ú", "u"), ("ü", "u"), (" ", "")]:
        pueblo = pueblo.replace(con, sin)
    return "".join(sorted(pueblo))


def agrupar(pueblos):
    grupos = {}
    for pueblo in pueblos:
        grupos.setdefault(clave(pueblo), []).append(pueblo)
    return [grupo for grupo in grupos.values() if len(grupo) > 1]
