def letras_de(pueblo):
    letras = pueblo.lower()
    for con, sin in [("á", "a"), ("é", "e"), ("í", "i"), ("ó", "o"), ("ú", "u"), ("ü", "u"), (" ", "")]:
        letras = letras.replace(con, sin)
    return letras


def agrupar(pueblos):
    grupos = {}
    for pueblo in pueblos:
        letras = sorted(letras_de(pueblo))
        if letras not in grupos:
            grupos[letras] = []
        grupos[letras].append(pueblo)
    return [grupo for grupo in grupos.values() if len(grupo) > 1]
