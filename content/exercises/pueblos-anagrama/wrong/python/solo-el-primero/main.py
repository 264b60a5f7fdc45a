def letras_de(pueblo):
    letras = pueblo.lower()
    for con, sin in [("á", "a"), ("é", "e"), ("í", "i"), ("ó", "o"), ("ú", "u"), ("ü", "u"), (" ", "")]:
        letras = letras.replace(con, sin)
    return letras


def agrupar(pueblos):
    primera = sorted(letras_de(pueblos[0]))
    grupo = []
    for pueblo in pueblos:
        if sorted(letras_de(pueblo)) == primera:
            grupo.append(pueblo)
    if len(grupo) > 1:
        return [grupo]
    return []
