def letras_de(pueblo):
    letras = pueblo.lower()
    for con, sin in [("á", "a"), ("é", "e"), ("í", "i"), ("ó", "o"), ("ú", "u"), ("ü", "u"), (" ", "")]:
        letras = letras.replace(con, sin)
    return letras


def agrupar(pueblos):
    grupos = {}
    for pueblo in pueblos:
        letras = list(letras_de(pueblo))
        clave = letras.sort()
        grupos.setdefault(clave, []).append(pueblo)
    return [grupo for grupo in grupos.values() if len(grupo) > 1]
