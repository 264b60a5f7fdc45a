def letras_de(pueblo):
    letras = pueblo.lower()
    for con, sin in [("á", "a"), ("é", "e"), ("í", "i"), ("ó", "o"), ("ú", "u"), ("ü", "u"), (" ", "")]:
        letras = letras.replace(con, sin)
    return letras


def agrupar(pueblos):
    grupos = []
    while len(pueblos) > 0:
        primero = pueblos.pop(0)
        grupo = [primero]
        for pueblo in pueblos[:]:
            if sorted(letras_de(pueblo)) == sorted(letras_de(primero)):
                grupo.append(pueblo)
                pueblos.remove(pueblo)
        if len(grupo) > 1:
            grupos.append(grupo)
    return grupos
