SIN_ACENTOS = str.maketrans("áéíóúü", "aeiouu", " ")


def son_anagramas(uno, otro):
    letras_de_uno = uno.lower().translate(SIN_ACENTOS)
    letras_de_otro = otro.lower().translate(SIN_ACENTOS)
    return sorted(letras_de_uno) == sorted(letras_de_otro)


def agrupar(pueblos):
    grupos = []
    quedan = pueblos[:]
    while quedan:
        primero = quedan[0]
        grupo = []
        otros = []
        for pueblo in quedan:
            if son_anagramas(primero, pueblo):
                grupo.append(pueblo)
            else:
                otros.append(pueblo)
        if len(grupo) > 1:
            grupos.append(grupo)
        quedan = otros
    return grupos
