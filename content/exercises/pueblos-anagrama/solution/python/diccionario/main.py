def clave(pueblo):
    acentuadas = "áéíóúü"
    comunes = "aeiouu"
    letras = []
    for letra in pueblo.lower():
        if letra in acentuadas:
            letras.append(comunes[acentuadas.index(letra)])
        elif letra != " ":
            letras.append(letra)
    return "".join(sorted(letras))


def agrupar(pueblos):
    grupos = {}
    for pueblo in pueblos:
        letras = clave(pueblo)
        if letras not in grupos:
            grupos[letras] = []
        grupos[letras].append(pueblo)
    return [grupo for grupo in grupos.values() if len(grupo) > 1]
